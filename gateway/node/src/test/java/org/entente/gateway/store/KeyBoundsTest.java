package org.entente.gateway.store;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.DBOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/** For which keys RocksDB is not asked. */
@SuppressWarnings("NullAway.Init") // opened before each test
class KeyBoundsTest {
  @TempDir private Path temp;
  private final List<ColumnFamilyHandle> handles = new ArrayList<>();
  private final Map<Table, ColumnFamilyHandle> tables = new HashMap<>();
  private RocksDB database;

  @BeforeEach
  void open() throws RocksDBException {
    List<ColumnFamilyDescriptor> names = new ArrayList<>();
    names.add(new ColumnFamilyDescriptor(RocksDB.DEFAULT_COLUMN_FAMILY));
    for (Table table : Table.values()) {
      names.add(new ColumnFamilyDescriptor(table.name().getBytes(StandardCharsets.US_ASCII)));
    }
    try (DBOptions options =
        new DBOptions().setCreateIfMissing(true).setCreateMissingColumnFamilies(true)) {
      database = RocksDB.open(options, temp.toString(), names, handles);
    }
    Iterator<ColumnFamilyHandle> opened = handles.subList(1, handles.size()).iterator();
    for (Table table : Table.values()) {
      tables.put(table, opened.next());
    }
  }

  @AfterEach
  void close() {
    handles.forEach(ColumnFamilyHandle::close);
    database.close();
  }

  private KeyBounds bounds() {
    return new KeyBounds(table -> options -> database.newIterator(tables.get(table), options));
  }

  private void store(Table table, byte[] key) throws RocksDBException {
    database.put(tables.get(table), key, new byte[1]);
  }

  private static byte[] key(int... bytes) {
    KeyBuilder key = KeyBuilder.key();
    for (int one : bytes) {
      key.u8(one);
    }
    return key.done();
  }

  @Test
  void stored_boundsEachSpaceByItsGreatestKey() throws RocksDBException {
    store(Table.RETENTION, key(5));
    store(Table.RETENTION, key(5, 1));
    store(Table.RETENTION, key(5, 3));
    store(Table.RETENTION, key(7));
    store(Table.RETENTION, key(255, 255));
    KeyBounds bounds = bounds();
    assertTrue(bounds.mayHold(Table.RETENTION, key(5, 3)));
    assertTrue(bounds.mayHold(Table.RETENTION, key(5, 2, 9)), "nothing says that it is not there");
    assertFalse(bounds.mayHold(Table.RETENTION, key(5, 3, 0)));
    assertFalse(bounds.mayHold(Table.RETENTION, key(6)));
    assertTrue(bounds.mayHold(Table.RETENTION, key(7)));
    assertFalse(bounds.mayHold(Table.RETENTION, key(7, 0)));
    assertTrue(bounds.mayHold(Table.RETENTION, key(255, 255)));
    assertFalse(bounds.mayHold(Table.CHAIN, key(5, 1)), "an empty table");
    assertTrue(bounds.mayHold(Table.CHAIN, key()), "the empty key has no space");
  }

  @Test
  void committed_raises_andNothingLowers() {
    KeyBounds bounds = bounds();
    byte[] key = key(1, 5);
    Batch batch = new Batch().put(Table.MESSAGE, key, new byte[0]);
    batch.applyTo(bounds);
    key[1] = 9;
    assertTrue(bounds.mayHold(Table.MESSAGE, key(1, 5)));
    assertFalse(bounds.mayHold(Table.MESSAGE, key(1, 6)), "the caller's array is not kept");
    new Batch()
        .put(Table.MESSAGE, key(1, 2), new byte[0])
        .delete(Table.MESSAGE, key(1, 5))
        .deleteRange(Table.MESSAGE, key(0), key(2))
        .applyTo(bounds);
    assertTrue(bounds.mayHold(Table.MESSAGE, key(1, 5)));
  }

  /** A change of one origin's message costs the others nothing, also after a restart. */
  @Test
  void originsAndStatements_haveSpacesOfTheirOwn() throws RocksDBException {
    store(Table.CHAIN, key(1, 2, 'z', 'z', 9));
    store(Table.CHAIN, key(1, 2, 'a', 'a', 5));
    store(Table.CHAIN, key(1, 2, 'a', 'a'));
    store(Table.CHAIN, key(1, 2));
    store(Table.CHAIN, key(4, 2, 'b', 'b', 9));
    KeyBounds bounds = bounds();
    assertTrue(bounds.mayHold(Table.CHAIN, key(1, 2)));
    assertTrue(bounds.mayHold(Table.CHAIN, key(1, 2, 'a', 'a')));
    assertTrue(bounds.mayHold(Table.CHAIN, key(1, 2, 'a', 'a', 5)));
    assertFalse(bounds.mayHold(Table.CHAIN, key(1, 2, 'a', 'a', 6)));
    assertFalse(bounds.mayHold(Table.CHAIN, key(1, 2, 'b', 'b', 1)));
    assertTrue(bounds.mayHold(Table.CHAIN, key(1, 2, 'z', 'z', 9)));
    assertFalse(bounds.mayHold(Table.CHAIN, key(1, 2, 'z', 'z', 9, 0)));

    byte[] id = new byte[16];
    store(Table.STATEMENT, statement(id, 1, 7));
    KeyBounds later = bounds();
    id[0] = 1;
    assertFalse(later.mayHold(Table.STATEMENT, statement(id, 2, 7, 7, 1)));
    new Batch().put(Table.STATEMENT, statement(id, 2, 7, 7, 1), new byte[0]).applyTo(later);
    assertTrue(later.mayHold(Table.STATEMENT, statement(id, 2, 7, 7, 1)));
    assertFalse(later.mayHold(Table.STATEMENT, statement(id, 2, 7, 7, 2)), "not repeated");
    assertFalse(later.mayHold(Table.STATEMENT, statement(id, 2, 7, 8, 1)), "another's");
    id[0] = 0;
    assertTrue(later.mayHold(Table.STATEMENT, statement(id, 1, 7)), "stored before");
  }

  @Test
  void tableOfBulk_isNotBounded() {
    assertTrue(bounds().mayHold(Table.BODY, key(1)));
    assertTrue(bounds().mayHold(Table.IDEMPOTENCY, key(1)));
  }

  private static byte[] statement(byte[] id, int... rest) {
    return KeyBuilder.key().bytes(id).bytes(key(rest)).done();
  }

  @Test
  void tableOfManySpaces_isNotBounded() throws RocksDBException {
    for (int i = 0; i < KeyBounds.MOST_SPACES; i++) {
      store(Table.CHARGE, key(i, 1));
    }
    KeyBounds bounds = bounds();
    assertFalse(bounds.mayHold(Table.CHARGE, key(0, 2)));
    new Batch().put(Table.CHARGE, key(100), new byte[0]).applyTo(bounds);
    for (int i = 0; i < 256; i++) {
      assertTrue(bounds.mayHold(Table.CHARGE, key(i, 2)));
    }
    store(Table.CHARGE, key(100));
    KeyBounds again = bounds();
    assertTrue(again.mayHold(Table.CHARGE, key(200)));
  }
}
