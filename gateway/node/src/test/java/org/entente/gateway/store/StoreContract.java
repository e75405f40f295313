package org.entente.gateway.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** What every {@link Store} keeps, whatever it is made of. */
public abstract class StoreContract {
  private static final byte[] FIRST = {};

  private final Supplier<Store> opening;
  @AutoClose private Store store;

  /** A contract for the store that this opens, empty at first, and again after each closing. */
  protected StoreContract(Supplier<Store> opening) {
    this.opening = opening;
    store = opening.get();
  }

  /** What opens the store. */
  protected final Supplier<Store> opening() {
    return opening;
  }

  @Test
  void reclaim_afterDeletions_keepsWhatIsThere() {
    NumberedCommits.commit(store, 1, 50, 1_000, Durability.SYNCED);
    store.commit(
        store.batch().put(Table.META, bytes("a"), bytes("1")).delete(Table.META, bytes("b")),
        Durability.SYNCED);
    assertTrue(store.freeBytes() > 0);
    store.reclaim();
    assertEquals(50, NumberedCommits.count(store, 1_000));
    assertEquals(StoreState.OPEN, store.state());
    NumberedCommits.commit(store, 51, 60, 1_000, Durability.SYNCED);
    store.close();
    store = opening.get();
    assertEquals(60, NumberedCommits.count(store, 1_000));
  }

  @Test
  void get_absentKey_isNull() {
    assertNull(store.get(Table.INBOX, bytes("a")));
  }

  @Test
  void commit_severalTables_isVisibleAtOnce() {
    store.commit(
        store.batch().put(Table.INBOX, bytes("a"), bytes("1")).put(Table.META, bytes("a"), FIRST),
        Durability.SYNCED);

    assertArrayEquals(bytes("1"), store.get(Table.INBOX, bytes("a")));
    assertArrayEquals(FIRST, store.get(Table.META, bytes("a")));
    assertNull(store.get(Table.OUTBOX, bytes("a")), "tables do not share keys");
  }

  @Test
  void batch_sameKeyAgain_lastChangeStands() {
    store.commit(
        store
            .batch()
            .put(Table.INBOX, bytes("a"), bytes("1"))
            .delete(Table.INBOX, bytes("a"))
            .put(Table.INBOX, bytes("a"), bytes("2"))
            .put(Table.INBOX, bytes("b"), bytes("1"))
            .delete(Table.INBOX, bytes("b"))
            .delete(Table.INBOX, bytes("never there")),
        Durability.BUFFERED);

    assertEquals(List.of("a=2"), entries(Table.INBOX, FIRST, null));
  }

  @Test
  void deleteRange_inBatch_takesWhatStandsBeforeIt() {
    putAll(Table.INBOX, "a", "b", "c", "d");

    store.commit(
        store
            .batch()
            .put(Table.INBOX, bytes("bb"), bytes("gone"))
            .deleteRange(Table.INBOX, bytes("b"), bytes("d"))
            .put(Table.INBOX, bytes("c"), bytes("back"))
            .deleteRange(Table.INBOX, bytes("d"), bytes("a"))
            .deleteRange(Table.INBOX, bytes("d"), bytes("d")),
        Durability.SYNCED);

    assertEquals(List.of("a=a", "c=back", "d=d"), entries(Table.INBOX, FIRST, null));
    assertNull(store.get(Table.INBOX, bytes("b")));
  }

  @Test
  void scan_keysWithHighBytes_isUnsignedOrder() {
    for (String hex : List.of("80", "7f", "00", "ff", "7fff", "0000", "ff00", "80ff", "")) {
      byte[] key = HexFormat.of().parseHex(hex);
      store.commit(store.batch().put(Table.AUDIT_LEAF, key, key), Durability.BUFFERED);
    }

    List<String> found = new ArrayList<>();
    try (Scan scan = store.scan(Table.AUDIT_LEAF, FIRST, null)) {
      while (scan.hasNext()) {
        scan.next();
        found.add(HexFormat.of().formatHex(scan.key()));
      }
    }
    assertEquals(List.of("", "00", "0000", "7f", "7fff", "80", "80ff", "ff", "ff00"), found);
  }

  @Test
  void scan_bounds_includeFirstExcludeLast() {
    putAll(Table.INBOX, "a", "b", "c", "d");

    assertEquals(List.of("b=b", "c=c"), entries(Table.INBOX, bytes("b"), bytes("d")));
    assertEquals(List.of("c=c", "d=d"), entries(Table.INBOX, bytes("bb"), null));
    assertEquals(List.of(), entries(Table.INBOX, bytes("b"), bytes("b")));
    assertEquals(List.of(), entries(Table.INBOX, bytes("d"), bytes("a")));
    assertEquals(List.of(), entries(Table.INBOX, bytes("e"), null));
    assertEquals(List.of(), entries(Table.OUTBOX, FIRST, null));
  }

  @Test
  void last_range_isGreatestBelowEnd() {
    putAll(Table.INBOX, "a", "b", "d");

    assertEquals("d=d", text(store.last(Table.INBOX, FIRST, null)));
    assertEquals("b=b", text(store.last(Table.INBOX, FIRST, bytes("d"))));
    assertEquals("b=b", text(store.last(Table.INBOX, bytes("b"), bytes("c"))));
    assertNull(store.last(Table.INBOX, bytes("c"), bytes("d")));
    assertNull(store.last(Table.INBOX, bytes("c"), bytes("b")));
    assertNull(store.last(Table.OUTBOX, FIRST, null));
  }

  @Test
  void scan_commitsMeanwhile_seesNoneOfThem() {
    putAll(Table.INBOX, "a", "b", "c");
    try (Scan scan = store.scan(Table.INBOX, FIRST, null)) {
      scan.next();
      store.commit(
          store
              .batch()
              .put(Table.INBOX, bytes("aa"), bytes("new"))
              .put(Table.INBOX, bytes("c"), bytes("changed"))
              .deleteRange(Table.INBOX, bytes("b"), bytes("c")),
          Durability.SYNCED);
      store.commit(store.batch().put(Table.INBOX, bytes("d"), FIRST), Durability.SYNCED);

      assertEquals("a=a", text(scan));
      scan.next();
      assertEquals("b=b", text(scan));
      scan.next();
      assertEquals("c=c", text(scan));
      assertFalse(scan.hasNext());
    }
    assertEquals(List.of("a=a", "aa=new", "c=changed", "d="), entries(Table.INBOX, FIRST, null));
  }

  @Test
  void scan_beforeFirstOrPastEnd_isRefused() {
    putAll(Table.INBOX, "a");
    Scan scan = store.scan(Table.INBOX, FIRST, null);
    assertThrows(IllegalStateException.class, scan::key);
    assertThrows(IllegalStateException.class, scan::value);
    scan.next();
    assertThrows(NoSuchElementException.class, scan::next);
    assertEquals("a=a", text(scan));
    scan.close();
    scan.close();
    assertThrows(IllegalStateException.class, scan::hasNext);
    assertThrows(IllegalStateException.class, scan::next);
    assertThrows(IllegalStateException.class, scan::key);
  }

  @Test
  void values_changedByCaller_doNotChangeTheStore() {
    byte[] key = bytes("key");
    byte[] value = bytes("value");
    store.commit(store.batch().put(Table.INBOX, key, value), Durability.SYNCED);
    key[0] = 'x';
    value[0] = 'x';
    byte[] read = store.get(Table.INBOX, bytes("key"));
    assertNotNull(read);
    read[1] = 'x';

    assertEquals(List.of("key=value"), entries(Table.INBOX, FIRST, null));
  }

  @Test
  void batch_beyondLimits_isRefusedBeforeCommit() {
    byte[] longest = new byte[Batch.MAX_KEY_BYTES];
    Batch batch = store.batch().put(Table.INBOX, longest, FIRST).delete(Table.INBOX, FIRST);
    assertEquals(2, batch.size());
    assertEquals(Batch.MAX_KEY_BYTES, batch.bytes());
    byte[] tooLong = new byte[Batch.MAX_KEY_BYTES + 1];
    assertThrows(IllegalArgumentException.class, () -> batch.put(Table.INBOX, tooLong, FIRST));
    assertThrows(IllegalArgumentException.class, () -> batch.delete(Table.INBOX, tooLong));
    assertThrows(
        IllegalArgumentException.class, () -> batch.deleteRange(Table.INBOX, FIRST, tooLong));
    byte[] most = new byte[Batch.MAX_BYTES - Batch.MAX_KEY_BYTES];
    assertThrows(IllegalArgumentException.class, () -> batch.put(Table.INBOX, bytes("b"), most));
    assertEquals(2, batch.size());

    byte[] rest = new byte[store.maxBatchBytes() - Batch.MAX_KEY_BYTES];
    batch.put(Table.INBOX, FIRST, rest);
    store.commit(batch, Durability.SYNCED);
    byte[] read = store.get(Table.INBOX, FIRST);
    assertNotNull(read);
    assertEquals(rest.length, read.length);
  }

  @Test
  void batch_beyondWhatTheStoreTakes_isRefusedAndChangesNothing() {
    if (store.maxBatchBytes() < Batch.MAX_BYTES) {
      Batch batch = store.batch().put(Table.INBOX, bytes("a"), new byte[store.maxBatchBytes()]);
      assertThrows(IllegalArgumentException.class, () -> store.commit(batch, Durability.SYNCED));
      assertNull(store.get(Table.INBOX, bytes("a")));
    }
    store.commit(store.batch().put(Table.INBOX, bytes("b"), FIRST), Durability.SYNCED);
    assertEquals(StoreState.OPEN, store.state());
  }

  @Test
  void batch_empty_commits() {
    store.commit(store.batch(), Durability.SYNCED);
    store.commit(store.batch(), Durability.BUFFERED);

    assertEquals(StoreState.OPEN, store.state());
  }

  @Test
  void reopen_afterClose_keepsEverything() {
    store.commit(store.batch().put(Table.INBOX, bytes("a"), bytes("1")), Durability.SYNCED);
    store.commit(store.batch().put(Table.INBOX, bytes("b"), bytes("2")), Durability.BUFFERED);
    store.commit(
        store.batch().deleteRange(Table.INBOX, bytes("a"), bytes("b")), Durability.BUFFERED);
    reopen();

    assertEquals(List.of("b=2"), entries(Table.INBOX, FIRST, null));
    store.commit(store.batch().put(Table.INBOX, bytes("c"), bytes("3")), Durability.SYNCED);
    reopen();
    assertEquals(List.of("b=2", "c=3"), entries(Table.INBOX, FIRST, null));
  }

  @Test
  void use_afterClose_isRefused() {
    putAll(Table.INBOX, "a");
    Scan scan = store.scan(Table.INBOX, FIRST, null);
    Batch batch = store.batch().put(Table.INBOX, bytes("b"), FIRST);
    store.close();
    store.close();

    assertEquals(StoreState.CLOSED, store.state());
    assertThrows(IllegalStateException.class, scan::hasNext);
    assertThrows(IllegalStateException.class, () -> store.get(Table.INBOX, bytes("a")));
    assertThrows(IllegalStateException.class, () -> store.scan(Table.INBOX, FIRST, null));
    assertThrows(IllegalStateException.class, () -> store.last(Table.INBOX, FIRST, null));
    assertThrows(IllegalStateException.class, () -> store.commit(batch, Durability.SYNCED));
    scan.close();
  }

  @Test
  void commits_seenByReaders_areWholeAndInOrder() throws InterruptedException {
    AtomicBoolean done = new AtomicBoolean();
    List<String> torn = new ArrayList<>();
    Thread reader = new Thread(() -> readPairs(done, torn));
    reader.start();
    for (int i = 1; i <= 500; i++) {
      byte[] value = KeyBuilder.key().u32(i).done();
      store.commit(
          store.batch().put(Table.CURSOR, bytes("x"), value).put(Table.CURSOR, bytes("y"), value),
          Durability.BUFFERED);
    }
    done.set(true);
    reader.join();

    assertEquals(List.of(), torn);
  }

  /** A reader that was told of a commit reads that one or a later one. */
  @Test
  void get_whileOthersCommit_neverGoesBack() throws InterruptedException {
    AtomicLong told = new AtomicLong();
    AtomicBoolean done = new AtomicBoolean();
    List<String> wrong = new ArrayList<>();
    Thread reader =
        new Thread(
            () -> {
              for (long seen = 0; !done.get(); ) {
                long least = Math.max(seen, told.get());
                byte[] value = store.get(Table.OUTBOX, bytes("x"));
                seen = value == null ? 0 : KeyReader.of(value).u32();
                if (seen < least) {
                  wrong.add(seen + " after " + least);
                }
              }
            });
    reader.start();
    for (int i = 1; i <= 2_000; i++) {
      store.commit(
          store.batch().put(Table.OUTBOX, bytes("x"), KeyBuilder.key().u32(i).done()),
          Durability.BUFFERED);
      told.set(i);
    }
    done.set(true);
    reader.join();

    assertEquals(List.of(), wrong);
  }

  private void readPairs(AtomicBoolean done, List<String> torn) {
    long before = 0;
    while (!done.get()) {
      List<Long> seen = new ArrayList<>();
      try (Scan scan = store.scan(Table.CURSOR, FIRST, null)) {
        while (scan.hasNext()) {
          scan.next();
          seen.add(KeyReader.of(scan.value()).u32());
        }
      }
      boolean whole = seen.isEmpty() || (seen.size() == 2 && seen.get(0).equals(seen.get(1)));
      if (!whole || (!seen.isEmpty() && seen.get(0) < before)) {
        torn.add(before + " then " + seen);
      }
      before = seen.isEmpty() ? before : seen.get(0);
    }
  }

  /**
   * Seeded random batches against a plain map: the whole table is compared after each reopening.
   */
  @Test
  void randomBatches_againstModel_agree() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    NavigableMap<byte[], byte[]> model = new TreeMap<>(Arrays::compareUnsigned);
    for (int round = 0; round < 4; round++) {
      for (int i = 0; i < 50; i++) {
        Batch batch = store.batch();
        IntStream.range(0, random.nextInt(20)).forEach(c -> change(random, batch, model));
        store.commit(batch, random.nextBoolean() ? Durability.SYNCED : Durability.BUFFERED);
      }
      reopen();
      assertEquals(texts(model), entries(Table.MESSAGE, FIRST, null), "seed " + seed);
    }
    assertTrue(model.size() > 0, "seed " + seed);
  }

  private static void change(Random random, Batch batch, NavigableMap<byte[], byte[]> model) {
    byte[] key = bytes(Integer.toString(100 + random.nextInt(300)));
    switch (random.nextInt(10)) {
      case 0 -> {
        byte[] to = bytes(Integer.toString(100 + random.nextInt(300)));
        batch.deleteRange(Table.MESSAGE, key, to);
        model.keySet().removeIf(k -> Arrays.compare(k, key) >= 0 && Arrays.compare(k, to) < 0);
      }
      case 1, 2 -> {
        batch.delete(Table.MESSAGE, key);
        model.remove(key);
      }
      default -> {
        byte[] value = bytes(Integer.toString(random.nextInt(), Character.MAX_RADIX));
        batch.put(Table.MESSAGE, key, value);
        model.put(key, value);
      }
    }
  }

  private void reopen() {
    store.close();
    store = opening.get();
  }

  private void putAll(Table table, String... keys) {
    Batch batch = store.batch();
    for (String key : keys) {
      batch.put(table, bytes(key), bytes(key));
    }
    store.commit(batch, Durability.SYNCED);
  }

  private List<String> entries(Table table, byte[] from, byte @Nullable [] to) {
    List<String> found = new ArrayList<>();
    try (Scan scan = store.scan(table, from, to)) {
      while (scan.hasNext()) {
        scan.next();
        found.add(text(scan));
      }
    }
    return found;
  }

  private static List<String> texts(Map<byte[], byte[]> model) {
    return model.entrySet().stream().map(e -> text(e.getKey(), e.getValue())).toList();
  }

  private static String text(Scan scan) {
    return text(scan.key(), scan.value());
  }

  private static String text(@Nullable KeyValue entry) {
    assertNotNull(entry);
    return text(entry.key(), entry.value());
  }

  private static String text(byte[] key, byte[] value) {
    return new String(key, StandardCharsets.ISO_8859_1)
        + "="
        + new String(value, StandardCharsets.ISO_8859_1);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
