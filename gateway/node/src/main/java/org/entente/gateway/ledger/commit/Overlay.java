package org.entente.gateway.ledger.commit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.entente.gateway.store.Batch;
import org.entente.gateway.store.Table;
import org.jspecify.annotations.Nullable;

/**
 * Uncommitted changes by table and key; the last change of a key counts. Changes since a {@link
 * #mark} can be undone, so that each is stored once, however deeply it is nested.
 */
public final class Overlay {
  private static final byte[] DELETED = new byte[0];

  private final Map<Table, Map<Key, byte[]>> changes = new EnumMap<>(Table.class);
  private final List<Range> ranges = new ArrayList<>();
  private final List<Change> history = new ArrayList<>();
  private long bytes;

  /** A key with its hash; the array must not be modified. */
  private static final class Key {
    private final byte[] bytes;
    private final int hash;

    Key(byte[] bytes) {
      this.bytes = bytes;
      this.hash = Arrays.hashCode(bytes);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Key key && hash == key.hash && Arrays.equals(bytes, key.bytes);
    }

    @Override
    public int hashCode() {
      return hash;
    }
  }

  /** Keys whose committed values are deleted. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Range(Table table, byte[] from, byte[] to) {
    boolean holds(Table in, byte[] key) {
      return in == table
          && Arrays.compareUnsigned(key, from) >= 0
          && Arrays.compareUnsigned(key, to) < 0;
    }
  }

  /**
   * The earlier value of a changed key in this overlay; null if there was none. A change without a
   * key is the deletion of a range.
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Change(Table table, @Nullable Key key, byte @Nullable [] before, int bytes) {}

  void put(Table table, byte[] key, byte[] value) {
    // The marker is recognised by identity, so an empty value must not be the marker.
    set(table, key, value.length == 0 ? value.clone() : value, key.length + value.length);
  }

  void delete(Table table, byte[] key) {
    set(table, key, DELETED, key.length);
  }

  /** Deletes the keys of a range, put here or committed; those put here later remain. */
  void deleteRange(Table table, byte[] fromInclusive, byte[] toExclusive) {
    Range range = new Range(table, fromInclusive, toExclusive);
    for (Key key : List.copyOf(table(table).keySet())) {
      if (range.holds(table, key.bytes)) {
        delete(table, key.bytes);
      }
    }
    ranges.add(range);
    int more = fromInclusive.length + toExclusive.length;
    history.add(new Change(table, null, null, more));
    bytes += more;
  }

  private void set(Table table, byte[] bytesOfKey, byte[] value, int more) {
    Key key = new Key(bytesOfKey);
    byte[] before = table(table).put(key, value);
    history.add(new Change(table, key, before, more));
    bytes += more;
  }

  /** The change of a key: its value, {@link #isDeleted a deletion}, or null if unchanged. */
  byte @Nullable [] find(Table table, byte[] key) {
    Map<Key, byte[]> entries = changes.get(table);
    byte[] found = entries == null ? null : entries.get(new Key(key));
    if (found != null || ranges.isEmpty()) {
      return found;
    }
    return ranges.stream().anyMatch(range -> range.holds(table, key)) ? DELETED : null;
  }

  /** The present position, for {@link #undoTo}. */
  int mark() {
    return history.size();
  }

  /** Undoes the changes since a mark. */
  void undoTo(int mark) {
    for (int i = history.size() - 1; i >= mark; i--) {
      Change change = history.remove(i);
      Key key = change.key();
      if (key == null) {
        ranges.remove(ranges.size() - 1);
      } else if (change.before() == null) {
        table(change.table()).remove(key);
      } else {
        table(change.table()).put(key, change.before());
      }
      bytes -= change.bytes();
    }
  }

  public void writeTo(Batch batch) {
    // First: a key of a range has its own change here if it was changed, before or after.
    ranges.forEach(range -> batch.deleteRange(range.table(), range.from(), range.to()));
    changes.forEach(
        (table, entries) ->
            entries.forEach(
                (key, value) -> {
                  if (isDeleted(value)) {
                    batch.delete(table, key.bytes);
                  } else {
                    batch.put(table, key.bytes, value);
                  }
                }));
  }

  public long bytes() {
    return bytes;
  }

  /** Whether a result of {@link #find} is a deletion. An empty value is a value. */
  @SuppressWarnings("ArrayEquals") // the marker is recognised by identity
  static boolean isDeleted(byte[] found) {
    return found == DELETED;
  }

  private Map<Key, byte[]> table(Table table) {
    return changes.computeIfAbsent(table, t -> new HashMap<>());
  }
}
