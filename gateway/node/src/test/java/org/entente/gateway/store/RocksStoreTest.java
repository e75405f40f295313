package org.entente.gateway.store;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.entente.gateway.store.StoreCounts.Operation;
import org.entente.gateway.store.StoreFailure.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.DBOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/** What a store on RocksDB does beyond the contract. */
class RocksStoreTest {
  private static final RocksOptions OPTIONS = RocksOptions.defaults();
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final byte[] KEY = {1};
  private static final byte[] HIGHER = {1, 1};
  private static final Operation NATIVE_CALL = Operation.NATIVE_CALL;

  @TempDir private Path temp;

  @Test
  void open_newFolder_isForItsOwnerOnly() throws IOException {
    Path dir = temp.resolve("a/b/store");
    RocksStore.open(dir, OPTIONS).close();

    for (Path folder : List.of(dir, temp.resolve("a/b"), temp.resolve("a"))) {
      assertEquals(
          "rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)));
    }
  }

  @Test
  void open_openTwice_isRefusedAsLocked() {
    try (RocksStore first = RocksStore.open(temp, OPTIONS)) {
      StoreFailure refused =
          assertThrows(StoreFailure.class, () -> RocksStore.open(temp, OPTIONS).close());

      assertEquals(Kind.LOCKED, refused.kind(), refused.getMessage());
      assertEquals(StoreState.OPEN, first.state());
      NumberedCommits.commit(first, 1, 1, 10, Durability.SYNCED);
    }
    RocksStore.open(temp, OPTIONS).close();
  }

  @Test
  void counts_eachOperation_andItsCallsOfRocksDb() {
    try (RocksStore store = RocksStore.open(temp, OPTIONS)) {
      Map<Operation, Long> before = counted(store);
      store.commit(
          store
              .batch()
              .put(Table.INBOX, KEY, KEY)
              .put(Table.META, HIGHER, KEY)
              .delete(Table.META, KEY),
          Durability.SYNCED);
      assertEquals(
          Map.of(Operation.PUT, 2L, Operation.DELETE, 1L, Operation.COMMIT, 1L, NATIVE_CALL, 3L),
          since(before, store));

      before = counted(store);
      assertNotNull(store.get(Table.INBOX, KEY));
      assertNull(store.get(Table.META, KEY));
      assertNull(store.get(Table.CHAIN, KEY), "nothing is so high: no look-up");
      assertEquals(
          Map.of(Operation.GET, 2L, Operation.ABSENT, 1L, NATIVE_CALL, 2L), since(before, store));

      before = counted(store);
      try (Scan scan = store.scan(Table.INBOX, new byte[0], null)) {
        assertTrue(scan.hasNext());
        scan.next();
        assertFalse(scan.hasNext());
      }
      // Five to open and close, two to seek, one for each question, six for a step to the end.
      assertEquals(Map.of(Operation.SCAN, 1L, NATIVE_CALL, 15L), since(before, store));
    }
  }

  private static Map<Operation, Long> counted(RocksStore store) {
    Map<Operation, Long> counts = new EnumMap<>(Operation.class);
    for (Operation operation : Operation.values()) {
      counts.put(operation, store.counts().count(operation));
    }
    return counts;
  }

  /** How much each count grew, without those that did not. */
  private static Map<Operation, Long> since(Map<Operation, Long> before, RocksStore store) {
    Map<Operation, Long> grown = counted(store);
    before.forEach((operation, count) -> grown.merge(operation, -count, Long::sum));
    grown.values().removeIf(count -> count == 0);
    return grown;
  }

  @Test
  void reclaim_whatWasDeleted_isGivenBackToTheDisk() throws IOException {
    try (RocksStore store = RocksStore.open(temp, OPTIONS)) {
      NumberedCommits.commit(store, 1, 600, 100_000, Durability.BUFFERED);
      store.commit(
          store.batch().deleteRange(Table.INBOX, new byte[0], KeyBuilder.key().u32(700).done()),
          Durability.SYNCED);
      long before = bytes();
      store.reclaim();
      store.reclaim();
      // RocksDB deletes the logs that it no longer needs a little later.
      long start = System.nanoTime();
      while (bytes() >= 10_000_000 && System.nanoTime() - start < PATIENCE.toNanos()) {
        Thread.onSpinWait();
      }
      assertTrue(before > 50_000_000, before + " bytes before");
      assertTrue(bytes() < 10_000_000, bytes() + " bytes of " + before);
    }
  }

  /**
   * A look-up above the greatest key asks nothing of RocksDB, nor does one of what was just written
   * to the outbox.
   */
  @ParameterizedTest
  @EnumSource(names = {"CHAIN", "OUTBOX", "RETENTION", "STATEMENT"})
  void get_ofAnyKey_isWhatWasWritten_alsoAfterReopening(Table table) {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    NavigableMap<byte[], byte[]> model = new TreeMap<>(Arrays::compareUnsigned);
    int spaces = 3;
    for (int round = 0; round < 12; round++) {
      try (RocksStore store = RocksStore.open(temp, OPTIONS)) {
        for (int i = 0; i < 30; i++) {
          Batch batch = store.batch();
          change(random, spaces, table, batch, model);
          change(random, spaces, table, batch, model);
          store.commit(batch, Durability.BUFFERED);
          for (int k = 0; k < 20; k++) {
            byte[] key = key(random, spaces);
            byte[] expected = model.get(key);
            assertArrayEquals(expected, store.get(table, key), "seed " + seed);
          }
        }
      }
      // From some round on, the keys begin with more bytes than are bounded.
      spaces = 3 + 3 * round;
    }
  }

  private static void change(
      Random random, int spaces, Table table, Batch batch, NavigableMap<byte[], byte[]> model) {
    byte[] key = key(random, spaces);
    switch (random.nextInt(6)) {
      case 0 -> {
        batch.delete(table, key);
        model.remove(key);
      }
      case 1 -> {
        byte[] to = key(random, spaces);
        batch.deleteRange(table, key, to);
        if (Arrays.compareUnsigned(key, to) < 0) {
          model.subMap(key, to).clear();
        }
      }
      default -> {
        byte[] value = KeyBuilder.key().u32(random.nextInt(1 << 20)).done();
        batch.put(table, key, value);
        model.put(key, value);
      }
    }
  }

  private static byte[] key(Random random, int spaces) {
    byte[] key = new byte[random.nextInt(8) == 0 ? 16 + random.nextInt(3) : random.nextInt(5)];
    for (int i = 0; i < key.length; i++) {
      int most = i == 0 ? spaces : i == 1 ? 4 : 256;
      key[i] = (byte) random.nextInt(most);
    }
    return key;
  }

  private long bytes() throws IOException {
    try (Stream<Path> files = Files.list(temp)) {
      return files.mapToLong(file -> file.toFile().length()).sum();
    }
  }

  @Test
  void openReadOnly_stoppedStore_readsAndChangesNothing() throws IOException {
    Path killed;
    try (RocksStore store = RocksStore.open(temp.resolve("live"), OPTIONS)) {
      NumberedCommits.commit(store, 1, 20, 10, Durability.SYNCED);
      killed = NumberedCommits.copy(temp.resolve("live"), temp.resolve("killed"));
    }
    Map<String, Long> before = checksums(killed);
    try (RocksStore store = RocksStore.openReadOnly(killed)) {
      assertEquals(20, NumberedCommits.count(store, 10));
      store.verify();
      StoreFailure refused =
          assertThrows(
              StoreFailure.class,
              () -> store.commit(NumberedCommits.batch(store, 21, 10), Durability.SYNCED));
      assertEquals(Kind.READ_ONLY, refused.kind());
      assertEquals(StoreState.OPEN, store.state());
    }

    assertEquals(before, checksums(killed));
  }

  @Test
  void openReadOnly_noStore_isRefusedAndMakesNone() throws IOException {
    StoreFailure refused =
        assertThrows(
            StoreFailure.class, () -> RocksStore.openReadOnly(temp.resolve("none")).close());

    assertEquals(Kind.IO, refused.kind());
    assertTrue(refused.getMessage().contains("no store"), refused.getMessage());
    try (Stream<Path> files = Files.list(temp)) {
      assertEquals(0, files.count());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {RocksOpener.FORMAT - 1, RocksOpener.FORMAT + 1})
  void open_formatOfAnotherRelease_isRefused_andStays(int other) {
    byte[] format = KeyBuilder.key().u16(other).done();
    try (RocksStore store = RocksStore.open(temp, OPTIONS)) {
      store.commit(
          store.batch().put(Table.META, RocksOpener.FORMAT_KEY, format), Durability.SYNCED);
    }

    for (int attempt = 0; attempt < 2; attempt++) {
      StoreFailure refused =
          assertThrows(StoreFailure.class, () -> RocksStore.open(temp, OPTIONS).close());
      assertEquals(Kind.OTHER_FORMAT, refused.kind());
      assertTrue(refused.getMessage().contains("another release"), refused.getMessage());
      assertTrue(refused.getMessage().contains("format " + RocksOpener.FORMAT));
      assertTrue(refused.getMessage().contains("is " + other));
    }
    assertEquals(
        Kind.OTHER_FORMAT,
        assertThrows(StoreFailure.class, () -> RocksStore.openReadOnly(temp).close()).kind());
  }

  /** Reading alone cannot give it the table. */
  @Test
  void openReadOnly_ofAStoreWithoutATableOfThisRelease_isRefused() throws RocksDBException {
    RocksStore.open(temp, OPTIONS).close();
    List<ColumnFamilyDescriptor> tables = new ArrayList<>();
    tables.add(new ColumnFamilyDescriptor(RocksDB.DEFAULT_COLUMN_FAMILY));
    for (Table table : Table.values()) {
      tables.add(new ColumnFamilyDescriptor(table.name().getBytes(US_ASCII)));
    }
    List<ColumnFamilyHandle> handles = new ArrayList<>();
    try (DBOptions options = new DBOptions();
        RocksDB database = RocksDB.open(options, temp.toString(), tables, handles)) {
      database.dropColumnFamily(handles.get(handles.size() - 1));
      handles.forEach(ColumnFamilyHandle::close);
    }

    StoreFailure refused =
        assertThrows(StoreFailure.class, () -> RocksStore.openReadOnly(temp).close());

    assertTrue(refused.getMessage().contains("another release"), refused.getMessage());
    RocksStore.open(temp, OPTIONS).close();
    RocksStore.openReadOnly(temp).close();
  }

  @Test
  void open_formatMissingFromAFilledStore_isRefused() {
    try (RocksStore store = RocksStore.open(temp, OPTIONS)) {
      NumberedCommits.commit(store, 1, 1, 10, Durability.SYNCED);
      store.commit(store.batch().delete(Table.META, RocksOpener.FORMAT_KEY), Durability.SYNCED);
    }

    assertEquals(
        Kind.CORRUPT,
        assertThrows(StoreFailure.class, () -> RocksStore.open(temp, OPTIONS).close()).kind());
  }

  @Test
  void open_tableOfAnotherRelease_isRefused() throws RocksDBException {
    RocksStore.open(temp, OPTIONS).close();
    List<ColumnFamilyDescriptor> tables = new ArrayList<>();
    tables.add(new ColumnFamilyDescriptor(RocksDB.DEFAULT_COLUMN_FAMILY));
    for (Table table : Table.values()) {
      tables.add(new ColumnFamilyDescriptor(table.name().getBytes(US_ASCII)));
    }
    tables.add(new ColumnFamilyDescriptor("HOLOGRAM".getBytes(US_ASCII)));
    List<ColumnFamilyHandle> handles = new ArrayList<>();
    try (DBOptions options = new DBOptions().setCreateMissingColumnFamilies(true);
        RocksDB database = RocksDB.open(options, temp.toString(), tables, handles)) {
      assertNotNull(database);
      handles.forEach(ColumnFamilyHandle::close);
    }
    StoreFailure refused =
        assertThrows(StoreFailure.class, () -> RocksStore.open(temp, OPTIONS).close());

    assertEquals(Kind.OTHER_FORMAT, refused.kind());
    assertTrue(refused.getMessage().contains("HOLOGRAM"), refused.getMessage());
  }

  /** Its filters and indexes are in parts, unlike those of other tables. */
  @Test
  void tableOfHashedKeys_findsEachKey_inItsFiles_alsoAfterReopening() {
    int keys = 20_000;
    try (RocksStore store = RocksStore.open(temp, OPTIONS)) {
      Batch batch = store.batch();
      for (int i = 0; i < keys; i++) {
        batch.put(Table.IDEMPOTENCY_PLACE, hashed(i), KeyBuilder.key().u64(i).done());
      }
      store.commit(batch, Durability.SYNCED);
      store.reclaim();
      assertHashed(store, keys);
    }
    try (RocksStore store = RocksStore.open(temp, OPTIONS)) {
      assertHashed(store, keys);
      store.verify();
    }
    try (RocksStore store = RocksStore.openReadOnly(temp)) {
      assertHashed(store, keys);
    }
  }

  private static byte[] hashed(long number) {
    return KeyBuilder.key().u64(number * 0x9e3779b97f4a7c15L).done();
  }

  private static void assertHashed(RocksStore store, int keys) {
    for (int i = 0; i < keys; i += 97) {
      byte[] value = store.get(Table.IDEMPOTENCY_PLACE, hashed(i));
      assertNotNull(value);
      assertEquals(i, KeyReader.of(value).u64());
      assertNull(store.get(Table.IDEMPOTENCY_PLACE, hashed(keys + i)));
    }
  }

  @Test
  void verify_soundStore_passes() {
    try (RocksStore store = RocksStore.open(temp, OPTIONS)) {
      NumberedCommits.commit(store, 1, 50, 100, Durability.BUFFERED);
      store.verify();
    }
    try (RocksStore store = RocksStore.open(temp, OPTIONS)) {
      store.verify();
      assertEquals(50, NumberedCommits.count(store, 100));
    }
  }

  @Test
  void close_withAnOpenScan_closesItFirst() {
    RocksStore store = RocksStore.open(temp, OPTIONS);
    NumberedCommits.commit(store, 1, 5, 10, Durability.SYNCED);
    Scan scan = store.scan(Table.INBOX, new byte[0], null);
    scan.next();
    store.close();

    assertThrows(IllegalStateException.class, scan::next);
    scan.close();
  }

  @Test
  void close_whileOthersRead_neverCrashesTheProcess() throws InterruptedException {
    for (int round = 0; round < 20; round++) {
      RocksStore store = RocksStore.open(temp, OPTIONS);
      store.commit(store.batch().put(Table.META, KEY, KEY), Durability.BUFFERED);
      List<Thread> readers = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        readers.add(new Thread(() -> readUntilClosed(store)));
      }
      readers.forEach(Thread::start);
      store.close();
      for (Thread reader : readers) {
        reader.join();
      }
    }
  }

  private static void readUntilClosed(RocksStore store) {
    try {
      while (store.state().status() != StoreState.Status.CLOSED) {
        assertArrayEquals(KEY, store.get(Table.META, KEY));
        try (Scan scan = store.scan(Table.META, KEY, null)) {
          scan.next();
        }
        assertNull(store.last(Table.INBOX, KEY, null));
      }
    } catch (IllegalStateException closedMeanwhile) {
      assertEquals(StoreState.CLOSED, store.state());
    }
  }

  @Test
  void options_outOfBounds_areRefused() {
    assertThrows(
        IllegalArgumentException.class, () -> new RocksOptions(1, 1 << 20, 1 << 20, 64, 2));
    assertThrows(
        IllegalArgumentException.class, () -> new RocksOptions(1 << 20, 1 << 20, 1 << 20, 64, 1));
  }

  private static Map<String, Long> checksums(Path dir) throws IOException {
    Map<String, Long> sums = new TreeMap<>();
    try (Stream<Path> files = Files.list(dir)) {
      for (Path file : files.toList()) {
        java.util.zip.CRC32C crc = new java.util.zip.CRC32C();
        crc.update(Files.readAllBytes(file));
        sums.put(file.getFileName().toString(), crc.getValue());
      }
    }
    return sums;
  }
}
