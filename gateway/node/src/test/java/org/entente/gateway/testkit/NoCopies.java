package org.entente.gateway.testkit;

import java.util.List;
import org.entente.gateway.node.assembly.BackupCopies;
import org.entente.gateway.store.RocksBackups;
import org.entente.gateway.store.StoreFailure;

/** A node that keeps no backups. */
public final class NoCopies implements BackupCopies {
  @Override
  public RocksBackups.Backup add(String note) {
    throw new StoreFailure(StoreFailure.Kind.IO, "no backups here", null);
  }

  @Override
  public List<RocksBackups.Backup> list() {
    return List.of();
  }
}
