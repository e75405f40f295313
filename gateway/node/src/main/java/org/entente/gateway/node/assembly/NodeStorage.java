package org.entente.gateway.node.assembly;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import org.entente.gateway.node.audit.AuditComponents;
import org.entente.gateway.node.files.ConfiguredFiles;
import org.entente.gateway.retention.ErasureJournal;
import org.entente.gateway.seal.keys.Keystore;
import org.entente.gateway.store.RocksBackups;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.StoreFailure;

/** Where a node keeps its ledger and its keys, for one opening. */
interface NodeStorage {
  /** Opens the ledger's store, which is closed with the node. */
  Store store();

  /**
   * The node's secret keys; those of the configured folder are closed with the node.
   *
   * @throws org.entente.gateway.model.StartProblem saying what the operator must do
   */
  default Keystore keystore(ConfiguredFiles files, SecureRandom random) {
    return files.keep(files.keystore(random));
  }

  /** The erasure journal; that of the configured folder is closed with the node. */
  default ErasureJournal erasures(ConfiguredFiles files, InstantSource clock) {
    return files.keep(AuditComponents.erasures(files.config(), clock));
  }

  /** The other machines of this gateway; none by default. */
  default OtherMachines machines() {
    return OtherMachines.NONE;
  }

  /** Where backups of the ledger are kept; none can be made by default. */
  default BackupCopies backups() {
    return new BackupCopies() {
      @Override
      public RocksBackups.Backup add(String note) {
        throw new StoreFailure(StoreFailure.Kind.IO, "this ledger is not on a disk", null);
      }

      @Override
      public List<RocksBackups.Backup> list() {
        return List.of();
      }
    };
  }
}
