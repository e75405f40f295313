package org.entente.gateway.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.entente.gateway.store.Durability;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.StoreFailure;
import org.entente.gateway.store.StoreState;
import org.entente.gateway.store.Table;
import org.junit.jupiter.api.Test;

/** What the store for simulations does beyond the contract, which it keeps as the real one does. */
class MemoryStoreTest {
  private static final byte[] A = {1};
  private static final byte[] B = {2};

  private final MemoryStore.Disk disk = new MemoryStore.Disk();

  @Test
  void cutPower_afterBufferedCommits_goesBackToTheLastSyncedOne() {
    Store store = new MemoryStore(disk);
    store.commit(store.batch().put(Table.META, A, A), Durability.BUFFERED);
    store.commit(store.batch().put(Table.META, B, A), Durability.SYNCED);
    store.commit(
        store.batch().put(Table.META, A, B).deleteRange(Table.META, B, new byte[] {3}),
        Durability.BUFFERED);
    store.commit(store.batch().delete(Table.META, A), Durability.BUFFERED);
    disk.cutPower();

    Store again = new MemoryStore(disk);
    assertArrayEquals(A, again.get(Table.META, A));
    assertArrayEquals(A, again.get(Table.META, B));
  }

  @Test
  void failNextCommit_fullDisk_stopsUntilReopened() {
    MemoryStore store = new MemoryStore(disk);
    StoreFailure full = new StoreFailure(StoreFailure.Kind.DISK_FULL, "full", null);
    store.failNextCommit(full);

    assertSame(
        full,
        assertThrows(
            StoreFailure.class,
            () -> store.commit(store.batch().put(Table.META, A, A), Durability.SYNCED)));
    StoreFailure further =
        assertThrows(StoreFailure.class, () -> store.commit(store.batch(), Durability.SYNCED));
    assertEquals(StoreFailure.Kind.FAILED_EARLIER, further.kind());
    assertTrue(further.diskFull());
    assertEquals(StoreState.failed(full), store.state());
    assertNull(store.get(Table.META, A));
    assertEquals(StoreState.OPEN, new MemoryStore(disk).state());
  }
}
