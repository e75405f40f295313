package org.entente.gateway.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.DBOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/** Batches as RocksDB encodes them itself. */
class BatchEncoderTest {
  /** Lengths on both sides of each further byte of a length. */
  private static final int[] LENGTHS = {0, 1, 127, 128, 300, 16_383, 16_384, 2_097_151, 2_097_152};

  /** META says that this is a store, so it stays as it is. */
  private static final List<Table> TABLES =
      List.copyOf(EnumSet.complementOf(EnumSet.of(Table.META)));

  private static final byte[] OPENING = "of this opening.".getBytes(StandardCharsets.US_ASCII);

  @TempDir private Path temp;

  /** Also with column families above 127, whose numbers take two bytes. */
  @Test
  void encode_randomBatches_areThoseOfRocksDb() throws RocksDBException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    List<ColumnFamilyHandle> opened = new ArrayList<>();
    try (DBOptions options = new DBOptions().setCreateIfMissing(true);
        RocksDB database =
            RocksDB.open(
                options,
                temp.toString(),
                List.of(new ColumnFamilyDescriptor(RocksDB.DEFAULT_COLUMN_FAMILY)),
                opened)) {
      for (int i = 1; i <= 140; i++) {
        opened.add(database.createColumnFamily(new ColumnFamilyDescriptor(new byte[] {(byte) i})));
      }
      Map<Table, ColumnFamilyHandle> handles = new EnumMap<>(Table.class);
      Map<Table, Integer> families = new EnumMap<>(Table.class);
      Iterator<ColumnFamilyHandle> last = opened.subList(100, opened.size()).iterator();
      for (Table table : Table.values()) {
        ColumnFamilyHandle handle = last.next();
        handles.put(table, handle);
        families.put(table, handle.getID());
      }
      BatchEncoder encoder = new BatchEncoder(families, OPENING);
      for (int i = 0; i < 60; i++) {
        Batch batch = random(random, i < 2 ? i : random.nextInt(40));
        try (WriteBatch own = new WriteBatch(encoder.encode(batch))) {
          byte[] expected = natively(batch, handles);
          assertEquals(batch.size(), own.count(), "seed " + seed);
          assertArrayEquals(expected, encoder.encode(batch), "seed " + seed);
        }
      }
      opened.forEach(ColumnFamilyHandle::close);
    }
  }

  @Test
  void commit_randomBatches_storesWhatSingleChangesDo() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    Map<Table, List<String>> whole = new EnumMap<>(Table.class);
    Map<Table, List<String>> single = new EnumMap<>(Table.class);
    try (Store first = RocksStore.open(temp.resolve("a"), RocksOptions.defaults());
        Store second = RocksStore.open(temp.resolve("b"), RocksOptions.defaults())) {
      for (int i = 0; i < 20; i++) {
        Batch batch = random(random, random.nextInt(40));
        first.commit(batch, Durability.BUFFERED);
        batch.applyTo(new SingleCommits(second));
      }
    }
    try (Store first = RocksStore.open(temp.resolve("a"), RocksOptions.defaults());
        Store second = RocksStore.open(temp.resolve("b"), RocksOptions.defaults())) {
      for (Table table : Table.values()) {
        whole.put(table, contents(first, table));
        single.put(table, contents(second, table));
      }
    }
    assertEquals(single, whole, "seed " + seed);
  }

  @Test
  void encoder_tableWithoutColumnFamily_isRefused() {
    assertThrows(
        IllegalArgumentException.class, () -> new BatchEncoder(Map.of(Table.INBOX, 1), OPENING));
  }

  private static Batch random(Random random, int changes) {
    Batch batch = new Batch();
    for (int i = 0; i < changes; i++) {
      Table table = TABLES.get(random.nextInt(TABLES.size()));
      byte[] key = key(random);
      switch (random.nextInt(6)) {
        case 0 -> batch.delete(table, key);
        case 1 -> batch.deleteRange(table, key, key(random));
        default -> {
          // long values are rare, so that the test stays quick
          int most = random.nextInt(50) == 0 ? LENGTHS.length : 7;
          byte[] value = new byte[LENGTHS[random.nextInt(most)]];
          random.nextBytes(value);
          batch.put(table, key, value);
        }
      }
    }
    return batch;
  }

  /** One of few keys, so that changes meet. */
  private static byte[] key(Random random) {
    byte[] key = new byte[random.nextInt(8) == 0 ? 128 + random.nextInt(2) : random.nextInt(3)];
    for (int i = 0; i < Math.min(2, key.length); i++) {
      key[i] = (byte) (random.nextInt(6) * 50);
    }
    return key;
  }

  private static byte[] natively(Batch batch, Map<Table, ColumnFamilyHandle> handles)
      throws RocksDBException {
    try (WriteBatch changes = new WriteBatch()) {
      changes.putLogData(OPENING);
      batch.applyTo(
          new Batch.Target() {
            @Override
            public void put(Table table, byte[] key, byte[] value) {
              tried(() -> changes.put(handles.get(table), key, value));
            }

            @Override
            public void delete(Table table, byte[] key) {
              tried(() -> changes.delete(handles.get(table), key));
            }

            @Override
            public void deleteRange(Table table, byte[] from, byte[] to) {
              tried(() -> changes.deleteRange(handles.get(table), from, to));
            }
          });
      return changes.data();
    }
  }

  private interface Change {
    void run() throws RocksDBException;
  }

  private static void tried(Change change) {
    try {
      change.run();
    } catch (RocksDBException e) {
      throw new AssertionError(e);
    }
  }

  private static List<String> contents(Store store, Table table) {
    List<String> found = new ArrayList<>();
    try (Scan scan = store.scan(table, new byte[0], null)) {
      while (scan.hasNext()) {
        scan.next();
        byte[] value = scan.value();
        found.add(
            HexFormat.of().formatHex(scan.key())
                + "="
                + value.length
                + ":"
                + Arrays.hashCode(value));
      }
    }
    return found;
  }

  /** Commits each change by itself. */
  private record SingleCommits(Store store) implements Batch.Target {
    @Override
    public void put(Table table, byte[] key, byte[] value) {
      store.commit(store.batch().put(table, key, value), Durability.BUFFERED);
    }

    @Override
    public void delete(Table table, byte[] key) {
      store.commit(store.batch().delete(table, key), Durability.BUFFERED);
    }

    @Override
    public void deleteRange(Table table, byte[] from, byte[] to) {
      store.commit(store.batch().deleteRange(table, from, to), Durability.BUFFERED);
    }
  }
}
