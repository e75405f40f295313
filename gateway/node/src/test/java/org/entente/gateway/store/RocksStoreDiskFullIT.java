package org.entente.gateway.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.entente.gateway.store.StoreFailure.Kind;
import org.entente.gateway.testkit.SmallDisk;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A full disk refuses commits, loses nothing acknowledged, and is got over once space is free. */
@Tag("extended")
@Tag("full-disk")
class RocksStoreDiskFullIT {
  private static final int DISK_MIB = 64;
  private static final int VALUE = 20_000;

  @TempDir private Path temp;

  private SmallDisk halfFull() {
    SmallDisk disk = SmallDisk.mount(temp.resolve("disk"), DISK_MIB);
    disk.occupy(DISK_MIB / 2);
    return disk;
  }

  /** Full within the log (large write buffers), and full while sorted files are written (small). */
  @ParameterizedTest
  @ValueSource(ints = {2, 64})
  void commit_fullDisk_isRefusedAndNothingIsLost(int writeBufferMib) {
    RocksOptions options = new RocksOptions(4 << 20, writeBufferMib * (1L << 20), 128 << 20, 64, 2);
    try (SmallDisk disk = halfFull()) {
      Path dir = disk.folder().resolve("store");
      int stored = fill(dir, options);
      reopenWhileFull(dir, options, stored);
      disk.free();
      reopenWithSpace(dir, options, stored);
    }
  }

  private static void reopenWithSpace(Path dir, RocksOptions options, int stored) {
    try (RocksStore store = RocksStore.open(dir, options)) {
      int count = NumberedCommits.count(store, VALUE);
      assertTrue(count == stored || count == stored + 1, stored + " and " + count);
      store.verify();
      NumberedCommits.commit(store, count + 1, count + 200, VALUE, Durability.SYNCED);
      assertEquals(count + 200, NumberedCommits.count(store, VALUE));
    }
  }

  private static int fill(Path dir, RocksOptions options) {
    try (RocksStore store = RocksStore.open(dir, options)) {
      int stored = 0;
      StoreFailure failure;
      while (true) {
        try {
          store.commit(NumberedCommits.batch(store, stored + 1, VALUE), Durability.SYNCED);
          stored++;
        } catch (StoreFailure e) {
          failure = e;
          break;
        }
      }
      assertEquals(Kind.DISK_FULL, failure.kind(), failure.getMessage());
      assertTrue(failure.diskFull());
      assertEquals(StoreState.failed(failure), store.state());
      int next = stored + 2;
      StoreFailure further =
          assertThrows(
              StoreFailure.class,
              () -> store.commit(NumberedCommits.batch(store, next, 1), Durability.SYNCED));
      assertEquals(Kind.FAILED_EARLIER, further.kind());
      assertTrue(further.diskFull());
      assertTrue(NumberedCommits.count(store, VALUE) >= stored, "reads go on");
      assertTrue(stored > 100, "stored " + stored);
      return stored;
    }
  }

  /** It may open or refuse, as the space it takes allows; it must not lose anything either way. */
  private static void reopenWhileFull(Path dir, RocksOptions options, int stored) {
    try (RocksStore store = RocksStore.open(dir, options)) {
      assertTrue(NumberedCommits.count(store, VALUE) >= stored);
    } catch (StoreFailure refused) {
      assertTrue(refused.diskFull(), refused.getMessage());
    }
  }

  @Test
  void open_newStoreOnFullDisk_isRefusedClearly() {
    try (SmallDisk disk = halfFull()) {
      disk.free();
      disk.occupy(DISK_MIB);
      Path dir = disk.folder().resolve("store");
      StoreFailure refused =
          assertThrows(
              StoreFailure.class, () -> RocksStore.open(dir, RocksOptions.defaults()).close());
      assertTrue(refused.diskFull(), refused.getMessage());
      disk.free();
      RocksStore.open(dir, RocksOptions.defaults()).close();
    }
  }
}
