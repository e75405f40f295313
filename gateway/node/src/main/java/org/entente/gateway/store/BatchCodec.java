package org.entente.gateway.store;

import java.util.ArrayList;
import java.util.List;

/**
 * Encodes a batch for other machines. It names tables and not RocksDB's column families, whose
 * numbers differ between two stores.
 *
 * <pre>
 * batch  · count of names (1) · names · changes to the end
 * name   · length (1) · ASCII name of a table, in the order of their first changes
 * put    · 01 · table (1) · bytes key · bytes value
 * delete · 02 · table (1) · bytes key
 * range  · 03 · table (1) · bytes from · bytes to
 * table  · index of its name in this batch
 * bytes  · length (4, big-endian) · that many bytes
 * </pre>
 */
public final class BatchCodec {
  private static final int PUT = 1;
  private static final int DELETE = 2;
  private static final int DELETE_RANGE = 3;

  /** Most bytes of a change beside its keys and its value. */
  private static final int CHANGE_BYTES = 10;

  private BatchCodec() {}

  /** The bytes of a batch, which {@link #decode} reads. */
  public static byte[] encode(Batch batch) {
    Encoding encoding = new Encoding(batch.bytes() + CHANGE_BYTES * batch.size());
    batch.applyTo(encoding);
    KeyBuilder names = KeyBuilder.key().u8(encoding.tables.size());
    encoding.tables.forEach(table -> names.ascii(table.name()));
    byte[] head = names.done();
    byte[] changes = encoding.changes.done();
    return KeyBuilder.key(head.length + changes.length).bytes(head).bytes(changes).done();
  }

  /**
   * The batch of these bytes. Accepted bytes are those that encoding would make.
   *
   * @throws IllegalArgumentException if they are not a batch, or one with a table that this release
   *     does not know
   */
  public static Batch decode(byte[] bytes) {
    try {
      return new Decoding(KeyReader.of(bytes)).batch();
    } catch (IllegalStateException | ArithmeticException e) {
      throw new IllegalArgumentException("not a batch: " + e.getMessage(), e);
    }
  }

  private static final class Decoding {
    private final KeyReader in;
    private final List<Table> tables = new ArrayList<>();
    private final Batch batch = new Batch();
    private int used;

    Decoding(KeyReader in) {
      this.in = in;
    }

    Batch batch() {
      for (int left = in.u8(); left > 0; left--) {
        Table table = Table.valueOf(in.ascii());
        require(!tables.contains(table), "a table is named twice");
        tables.add(table);
      }
      while (!in.atEnd()) {
        change(in.u8(), table());
      }
      require(used == tables.size(), "a table is named without a change");
      return batch;
    }

    private void change(int kind, Table table) {
      switch (kind) {
        case PUT -> batch.put(table, part(), part());
        case DELETE -> batch.delete(table, part());
        case DELETE_RANGE -> {
          int before = batch.size();
          batch.deleteRange(table, part(), part());
          require(batch.size() > before, "a range is empty");
        }
        default -> throw new IllegalArgumentException("a change of kind " + kind);
      }
    }

    /** Tables are numbered in the order in which changes first name them. */
    private Table table() {
      int index = in.u8();
      require(index <= used && index < tables.size(), "a change of an unnamed table");
      used = Math.max(used, index + 1);
      return tables.get(index);
    }

    private byte[] part() {
      return in.bytes(Math.toIntExact(in.u32()));
    }

    private static void require(boolean condition, String otherwise) {
      if (!condition) {
        throw new IllegalArgumentException("not a batch: " + otherwise);
      }
    }
  }

  private static final class Encoding implements Batch.Target {
    private final List<Table> tables = new ArrayList<>();
    private final KeyBuilder changes;

    Encoding(int expectedBytes) {
      changes = KeyBuilder.key(expectedBytes);
    }

    @Override
    public void put(Table table, byte[] key, byte[] value) {
      begin(PUT, table).add(key).add(value);
    }

    @Override
    public void delete(Table table, byte[] key) {
      begin(DELETE, table).add(key);
    }

    @Override
    public void deleteRange(Table table, byte[] from, byte[] to) {
      begin(DELETE_RANGE, table).add(from).add(to);
    }

    private Encoding begin(int kind, Table table) {
      int index = tables.indexOf(table);
      if (index < 0) {
        index = tables.size();
        tables.add(table);
      }
      changes.u8(kind).u8(index);
      return this;
    }

    private Encoding add(byte[] part) {
      changes.u32(part.length).bytes(part);
      return this;
    }
  }
}
