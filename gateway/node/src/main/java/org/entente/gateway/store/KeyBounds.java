package org.entente.gateway.store;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/**
 * The greatest key that each key space of a table may hold, so that nobody looks for a key above
 * it. A space is what begins with one byte. Most look-ups of absent keys are of this kind: message
 * ids and numbers rise, and spaces for rare things (holds, blocks, changes) are mostly empty.
 *
 * <p>A bound only rises, before the commit that needs it, and is read from the store at its
 * opening; so it is never too low. A table whose keys begin with many different bytes has none.
 * Changed by one commit at a time; read by many threads.
 */
final class KeyBounds implements Batch.Target {
  /** A table with more spaces has keys in no order, and finding its bounds would take long. */
  static final int MOST_SPACES = 16;

  private final Map<Table, Spaces> tables = new EnumMap<>(Table.class);

  private static final class Spaces {
    private final AtomicReferenceArray<byte @Nullable []> greatest =
        new AtomicReferenceArray<>(1 << Byte.SIZE);
    private int used;
    private volatile boolean bounded = true;

    void raise(byte[] key) {
      if (!bounded || key.length == 0) {
        return;
      }
      byte[] before = greatest.get(key[0] & 0xff);
      if (before == null && ++used > MOST_SPACES) {
        bounded = false;
      } else if (before == null || Arrays.compareUnsigned(key, before) > 0) {
        greatest.set(key[0] & 0xff, key.clone());
      }
    }

    boolean mayHold(byte[] key) {
      if (!bounded || key.length == 0) {
        return true;
      }
      byte[] most = greatest.get(key[0] & 0xff);
      return most != null && Arrays.compareUnsigned(key, most) <= 0;
    }
  }

  /**
   * The bounds of what is stored now.
   *
   * @param iterators one of each table, closed here
   */
  KeyBounds(Function<Table, Function<ReadOptions, RocksIterator>> iterators) {
    for (Table table : Table.values()) {
      Spaces spaces = new Spaces();
      tables.put(table, spaces);
      try (ReadOptions options = RocksResources.readOptions();
          RocksIterator iterator = iterators.apply(table).apply(options)) {
        find(spaces, iterator);
      } catch (RocksDBException e) {
        // Whoever reads the damaged part reports it.
        spaces.bounded = false;
      }
    }
  }

  private static void find(Spaces spaces, RocksIterator iterator) throws RocksDBException {
    iterator.seekToLast();
    while (spaces.bounded && iterator.isValid()) {
      byte[] key = iterator.key();
      if (key.length == 0) {
        return;
      }
      spaces.raise(key);
      byte[] first = {key[0]};
      iterator.seekForPrev(first);
      if (iterator.isValid() && Arrays.equals(first, iterator.key())) {
        iterator.prev();
      }
    }
    iterator.status();
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
