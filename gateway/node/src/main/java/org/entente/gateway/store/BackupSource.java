package org.entente.gateway.store;

import org.rocksdb.BackupEngine;
import org.rocksdb.RocksDBException;

/** A store that can be backed up while it is in use. */
interface BackupSource {
  void backUp(BackupEngine engine, String note) throws RocksDBException;
}
