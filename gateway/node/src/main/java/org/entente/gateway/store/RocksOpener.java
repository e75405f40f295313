package org.entente.gateway.store;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.entente.gateway.store.StoreFailure.Kind;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WALRecoveryMode;

/**
 * Opens a RocksDB directory as a store: checks what is there, opens it, checks its format.
 *
 * <p>The format version is the entry {@code entente.store.format} of {@link Table#META}, two bytes
 * big-endian, written by the first commit of a new store. A store of another version, or with an
 * unknown table, is refused and left unchanged: before the first release there is one format, and
 * this constant rises with each change of it.
 */
final class RocksOpener<S extends Store> {
  static final int FORMAT = 17;
  static final byte[] FORMAT_KEY = "entente.store.format".getBytes(StandardCharsets.US_ASCII);

  static {
    RocksDB.loadLibrary();
  }

  private final Path dir;
  private final RocksOptions options;
  private final Assembly<S> assembly;

  /** Makes a store of an open database. */
  interface Assembly<S> {
    S of(
        RocksResources resources,
        RocksDB database,
        Map<Table, ColumnFamilyHandle> tables,
        boolean readOnly);
  }

  RocksOpener(Path dir, RocksOptions options, Assembly<S> assembly) {
    this.dir = dir;
    this.options = options;
    this.assembly = assembly;
  }

  S open() {
    requireUndamagedLogs();
    return open(WALRecoveryMode.TolerateCorruptedTailRecords, /* logged= */ true);
  }

  S openCuttingLogAtDamage() {
    return open(WALRecoveryMode.PointInTimeRecovery, /* logged= */ true);
  }

  /** Opens it without a log of its own: see {@link RocksReplica}. */
  S openReplica() {
    return open(WALRecoveryMode.TolerateCorruptedTailRecords, /* logged= */ false);
  }

  private S open(WALRecoveryMode recovery, boolean logged) {
    RocksDirectory.create(dir);
    if (!RocksDirectory.holdsStore(dir)) {
      RocksDirectory.requirePrivate(dir);
    }
    requireKnownTables();
    S store = open(new RocksResources(options, recovery, logged), false);
    return checked(store, () -> checkFormat(store));
  }

  S openReadOnly() {
    if (!RocksDirectory.holdsStore(dir)) {
      throw new StoreFailure(Kind.IO, "there is no store in " + dir, null);
    }
    requireUndamagedLogs();
    requireKnownTables();
    requireAllTables();
    RocksResources resources =
        new RocksResources(
            options, WALRecoveryMode.TolerateCorruptedTailRecords, /* logged= */ true);
    resources.keepNoInfoLog();
    S store = open(resources, true);
    return checked(store, () -> requireFormat(store));
  }

  private S open(RocksResources resources, boolean readOnly) {
    List<ColumnFamilyDescriptor> descriptors = new ArrayList<>();
    descriptors.add(
        new ColumnFamilyDescriptor(RocksDB.DEFAULT_COLUMN_FAMILY, resources.table(Table.META)));
    for (Table table : Table.values()) {
      descriptors.add(new ColumnFamilyDescriptor(nameOf(table), resources.table(table)));
    }
    List<ColumnFamilyHandle> handles = new ArrayList<>();
    try {
      String path = dir.toString();
      RocksDB database =
          readOnly
              ? RocksDB.openReadOnly(resources.database(), path, descriptors, handles)
              : RocksDB.open(resources.database(), path, descriptors, handles);
      handles.remove(0).close();
      Map<Table, ColumnFamilyHandle> tables = new EnumMap<>(Table.class);
      Iterator<ColumnFamilyHandle> inOrder = handles.iterator();
      for (Table table : Table.values()) {
        tables.put(table, inOrder.next());
      }
      return assembly.of(resources, database, tables, readOnly);
    } catch (RocksDBException e) {
      resources.close();
      throw RocksFailureMapper.of("opening " + dir, e);
    }
  }

  private S checked(S store, Runnable check) {
    try {
      check.run();
      return store;
    } catch (StoreFailure e) {
      store.close();
      throw e;
    }
  }

  private void requireUndamagedLogs() {
    if (RocksDirectory.holdsStore(dir)) {
      LogFiles.requireUndamaged(dir);
    }
  }

  /** Also refuses remains of a store. RocksDB would not open with a table of another release. */
  private void requireKnownTables() {
    if (!RocksDirectory.holdsStore(dir)) {
      return;
    }
    for (byte[] name : tables()) {
      if (!isKnown(name)) {
        throw otherFormat("it has a table " + new String(name, StandardCharsets.UTF_8));
      }
    }
  }

  /** A store opened for reading only cannot be given a missing table. */
  private void requireAllTables() {
    List<byte[]> there = tables();
    for (Table table : Table.values()) {
      if (there.stream().noneMatch(name -> Arrays.equals(name, nameOf(table)))) {
        throw otherFormat("it has no table " + table);
      }
    }
  }

  private List<byte[]> tables() {
    try (Options listing = new Options()) {
      return RocksDB.listColumnFamilies(listing, dir.toString());
    } catch (RocksDBException e) {
      throw RocksFailureMapper.of("opening " + dir, e);
    }
  }

  private static boolean isKnown(byte[] name) {
    return Arrays.equals(name, RocksDB.DEFAULT_COLUMN_FAMILY)
        || Arrays.stream(Table.values()).anyMatch(table -> Arrays.equals(name, nameOf(table)));
  }

  private static byte[] nameOf(Table table) {
    return table.name().getBytes(StandardCharsets.US_ASCII);
  }

  private void checkFormat(Store store) {
    if (store.get(Table.META, FORMAT_KEY) == null && isEmpty(store)) {
      byte[] format = KeyBuilder.key().u16(FORMAT).done();
      store.commit(store.batch().put(Table.META, FORMAT_KEY, format), Durability.SYNCED);
    }
    requireFormat(store);
  }

  private void requireFormat(Store store) {
    byte[] value = store.get(Table.META, FORMAT_KEY);
    if (value == null || value.length != 2) {
      throw new StoreFailure(Kind.CORRUPT, dir + " does not name its format", null);
    }
    int format = KeyReader.of(value).u16();
    if (format != FORMAT) {
      throw otherFormat("its format is " + format + "; this release reads format " + FORMAT);
    }
  }

  private StoreFailure otherFormat(String why) {
    return new StoreFailure(
        Kind.OTHER_FORMAT, dir + " was written by another release: " + why, null);
  }

  private static boolean isEmpty(Store store) {
    byte[] first = new byte[0];
    return Arrays.stream(Table.values()).allMatch(table -> store.last(table, first, null) == null);
  }
}
