package org.entente.gateway.node.assembly;

import java.util.List;
import org.entente.gateway.store.RocksBackups;
import org.entente.gateway.store.StoreFailure;

/** Where backups of the ledger are kept. */
public interface BackupCopies {
  /** Makes a backup; {@link StoreFailure} if that fails. */
  RocksBackups.Backup add(String note);

  /** The existing backups; {@link StoreFailure} if they cannot be read. */
  List<RocksBackups.Backup> list();
}
