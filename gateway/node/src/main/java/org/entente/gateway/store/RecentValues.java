package org.entente.gateway.store;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Small values committed last, of the tables whose records are read soon after they are written:
 * counters, sequences, queues. So one commit reads nothing that the one before has written.
 *
 * <p>Before a commit its keys are {@link #forget forgotten}, and {@link #remember remembered} after
 * it. Reads never add anything: a value read before a commit must not replace what that commit
 * wrote. Bounded by count and bytes; what was written longest ago goes first. Safe for many
 * threads.
 */
final class RecentValues {
  private static final Set<Table> TABLES =
      EnumSet.of(
          Table.META,
          Table.OUTBOX,
          Table.ENVELOPE,
          Table.HOP_OUT,
          Table.HOP_IN,
          Table.ORIGIN_IN,
          Table.CURSOR);

  /** Values above this are not held: an envelope, for example. */
  static final int LONGEST = 4_096;

  private final int mostEntries;
  private final int mostBytes;
  private final Map<Key, byte[]> values = new LinkedHashMap<>();
  private int bytes;

  RecentValues(int mostEntries, int mostBytes) {
    this.mostEntries = mostEntries;
    this.mostBytes = mostBytes;
  }

  /** The array belongs to this record. */
  @SuppressWarnings("ArrayRecordComponent") // compared by content below
  private record Key(Table table, byte[] bytes) {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Key key && table == key.table && Arrays.equals(bytes, key.bytes);
    }

    @Override
    public int hashCode() {
      return 31 * table.hashCode() + Arrays.hashCode(bytes);
    }
  }

  /** The committed value of a key, as a copy; null if it is not held. */
  synchronized byte @Nullable [] get(Table table, byte[] key) {
    byte[] value = TABLES.contains(table) ? values.get(new Key(table, key)) : null;
    return value == null ? null : value.clone();
  }

  /** Holds no value any more that a batch changes. */
  synchronized void forget(Batch batch) {
    batch.applyTo(
        new Batch.Target() {
          @Override
          public void put(Table table, byte[] key, byte[] value) {
            remove(table, key);
          }

          @Override
          public void delete(Table table, byte[] key) {
            remove(table, key);
          }

          @Override
          public void deleteRange(Table table, byte[] from, byte[] to) {
            clear(table);
          }
        });
  }

  /** Holds what a batch has committed. */
  synchronized void remember(Batch batch) {
    batch.applyTo(
        new Batch.Target() {
          @Override
          public void put(Table table, byte[] key, byte[] value) {
            remove(table, key);
            if (TABLES.contains(table) && value.length <= LONGEST) {
              values.put(new Key(table, key.clone()), value.clone());
              bytes += key.length + value.length;
              evict();
            }
          }

          @Override
          public void delete(Table table, byte[] key) {
            remove(table, key);
          }

          @Override
          public void deleteRange(Table table, byte[] from, byte[] to) {
            clear(table);
          }
        });
  }

  private void remove(Table table, byte[] key) {
    byte[] before = TABLES.contains(table) ? values.remove(new Key(table, key)) : null;
    bytes -= before == null ? 0 : key.length + before.length;
  }

  /** Ranges are rare, so one of these tables ends all that is held. */
  private void clear(Table table) {
    if (TABLES.contains(table)) {
      values.clear();
      bytes = 0;
    }
  }

  private void evict() {
    Iterator<Map.Entry<Key, byte[]>> oldest = values.entrySet().iterator();
    while (values.size() > mostEntries || bytes > mostBytes) {
      Map.Entry<Key, byte[]> entry = oldest.next();
      bytes -= entry.getKey().bytes().length + entry.getValue().length;
      oldest.remove();
    }
  }
}
