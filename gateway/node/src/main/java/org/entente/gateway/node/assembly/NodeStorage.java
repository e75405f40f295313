package org.entente.gateway.node.assembly;

import java.security.SecureRandom;
import java.util.List;
import org.entente.gateway.node.files.ConfiguredFiles;
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

  /** The other machines of this gateway; none by default. */
  default OtherMachines machines() {
    return OtherMachines.NONE;
  }

  /** Where backups of the ledger are kept; none can be made by default. */
  default BackupCopies backups() {
    return new BackupCopies() {
      @Override
      public RocksBackups.Backup add(String note) {
        throw new StoreFailure(
            StoreFailure.Kind.IO, "a cluster makes no backups (docs/operate/cluster.md)", null);
      }

      @Override
      public List<RocksBackups.Backup> list() {
        return List.of();
      }
    };
  }
}
