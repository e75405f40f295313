package org.entente.gateway.store;

import org.entente.gateway.testkit.MemoryStore;

/** A replica in memory: what was not flushed is lost when its disk loses power. */
public final class MemoryReplica {
  private MemoryReplica() {}

  /** The replica that is on a disk. Its disk is copied, not the replica. */
  public static RocksReplica on(MemoryStore.Disk disk) {
    MemoryStore store = new MemoryStore(disk);
    return new RocksReplica(
        store,
        () -> store.commit(new Batch(), Durability.SYNCED),
        folder -> {
          throw new UnsupportedOperationException("copy the disk");
        },
        (engine, note) -> {
          throw new UnsupportedOperationException("copy the disk");
        });
  }
}
