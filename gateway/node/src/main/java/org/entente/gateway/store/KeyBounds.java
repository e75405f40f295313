package org.entente.gateway.store;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/**
 * The greatest key that each key space of a table may hold, so that nobody looks for a key above
 * it. Most look-ups of absent keys are of this kind: message ids and numbers rise, and spaces for
 * rare things (holds, blocks, changes) are mostly empty.
 *
 * <p>A space is what begins with one byte, and with one origin where that follows the byte.
 * Statements begin with the id of a message, so their space is what follows it. Spaces whose names
 * have one {@link #index} share a bound.
 *
 * <p>A bound only rises, before the commit that needs it, and is read from the store at its
 * opening; so it is never too low. A table whose keys begin with many different bytes has none.
 * Changed by one commit at a time; read by many threads.
 */
final class KeyBounds implements Batch.Target {
  /** A table with more spaces has keys in no order, and finding its bounds would take long. */
  static final int MOST_SPACES = 16;

  /** The same for a table with spaces for origins. */
  private static final int MOST_ORIGINS = 1_024;

  /**
   * Without bounds: keys in no order, or nobody looks for absent ones, or their ends are deleted so
   * often that finding them takes long.
   */
  private static final Set<Table> UNBOUNDED =
      EnumSet.of(
          Table.OUTBOX,
          Table.ENVELOPE,
          Table.HOP_OUT,
          Table.INBOX,
          Table.BODY,
          Table.AUDIT_NODE,
          Table.AUDIT_LEAF,
          Table.AUDIT_INDEX,
          Table.SUBJECT,
          Table.IDEMPOTENCY,
          Table.IDEMPOTENCY_PLACE);

  private static final int ID_BYTES = 16;
  private static final int FNV_PRIME = 0x01000193;

  private final Map<Table, Spaces> tables = new EnumMap<>(Table.class);

  private static final class Spaces {
    private final Table table;
    private final AtomicReferenceArray<byte @Nullable []> greatest =
        new AtomicReferenceArray<>(1 << Byte.SIZE);

    /** Bounds also the spaces in which nothing was written since the opening; empty for none. */
    private byte[] stored = {};

    private int used;
    private volatile boolean bounded;

    Spaces(Table table) {
      this.table = table;
      this.bounded = !UNBOUNDED.contains(table);
    }

    void raise(byte[] key) {
      if (!bounded || key.length == 0) {
        return;
      }
      int index = index(table, key);
      byte[] before = greatest.get(index);
      if (before == null && ++used > MOST_SPACES && !hasOrigins(table) && !hasIds(table)) {
        bounded = false;
      } else if (before == null || Arrays.compareUnsigned(key, before) > 0) {
        greatest.set(index, key.clone());
      }
    }

    boolean mayHold(byte[] key) {
      if (!bounded || key.length == 0) {
        return true;
      }
      byte[] most = greatest.get(index(table, key));
      return Arrays.compareUnsigned(key, stored) <= 0
          || (most != null && Arrays.compareUnsigned(key, most) <= 0);
    }

    /** Reads the bounds of what is stored, from the last space to the first. */
    void find(RocksIterator iterator) throws RocksDBException {
      iterator.seekToLast();
      if (hasIds(table)) {
        stored = iterator.isValid() ? iterator.key() : stored;
        iterator.status();
        return;
      }
      int spaces = 0;
      while (bounded && iterator.isValid()) {
        byte[] key = iterator.key();
        if (key.length == 0) {
          return;
        }
        raise(key);
        spaces++;
        if (spaces > MOST_ORIGINS) {
          bounded = false;
        }
        byte[] space = Arrays.copyOf(key, spaceBytes(table, key));
        iterator.seekForPrev(space);
        if (iterator.isValid() && Arrays.equals(space, iterator.key())) {
          iterator.prev();
        }
      }
      iterator.status();
    }
  }

  private static boolean hasOrigins(Table table) {
    return table == Table.CHAIN || table == Table.RETENTION;
  }

  private static boolean hasIds(Table table) {
    return table == Table.STATEMENT;
  }

  /**
   * How many bytes at the beginning of a key name its space. They alone decide that, so that keys
   * of one space follow each other.
   */
  private static int spaceBytes(Table table, byte[] key) {
    boolean origin =
        switch (table) {
          case CHAIN -> key[0] == 1;
          case RETENTION -> key[0] == 4;
          default -> false;
        };
    return origin && key.length > 1 ? Math.min(key.length, 2 + (key[1] & 0xff)) : 1;
  }

  private static int index(Table table, byte[] key) {
    // A statement's last byte counts its repetitions.
    boolean id = hasIds(table);
    int from = id ? Math.min(ID_BYTES, key.length) : 0;
    int to = id ? Math.max(from, key.length - 1) : spaceBytes(table, key);
    int hash = 0;
    for (int i = from; i < to; i++) {
      hash = hash * FNV_PRIME ^ (key[i] & 0xff);
    }
    return (hash ^ (hash >>> 8) ^ (hash >>> 16) ^ (hash >>> 24)) & 0xff;
  }

  /**
   * The bounds of what is stored now.
   *
   * @param iterators one of each table, closed here
   */
  KeyBounds(Function<Table, Function<ReadOptions, RocksIterator>> iterators) {
    for (Table table : Table.values()) {
      Spaces spaces = new Spaces(table);
      tables.put(table, spaces);
      if (!spaces.bounded) {
        continue;
      }
      try (ReadOptions options = RocksResources.readOptions();
          RocksIterator iterator = iterators.apply(table).apply(options)) {
        spaces.find(iterator);
      } catch (RocksDBException e) {
        // A later read of the damaged part reports it.
        spaces.bounded = false;
      }
    }
  }

  /** Whether a table may hold a key; false only if it does not. */
  boolean mayHold(Table table, byte[] key) {
    return spaces(table).mayHold(key);
  }

  @Override
  public void put(Table table, byte[] key, byte[] value) {
    spaces(table).raise(key);
  }

  @Override
  public void delete(Table table, byte[] key) {
    // A bound never falls.
  }

  @Override
  public void deleteRange(Table table, byte[] from, byte[] to) {
    // A bound never falls.
  }

  @SuppressWarnings("NullAway") // the constructor fills every table
  private Spaces spaces(Table table) {
    return tables.get(table);
  }
}
