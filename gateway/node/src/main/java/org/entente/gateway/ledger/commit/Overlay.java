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

  /** The earlier value of a changed key in this overlay; null if there was none. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Change(Table table, Key key, byte @Nullable [] before, int bytes) {}

  void put(Table table, byte[] key, byte[] value) {
    // The marker is recognised by identity, so an empty value must not be the marker.
    set(table, key, value.length == 0 ? value.clone() : value, key.length + value.length);
  }

  void delete(Table table, byte[] key) {
    set(table, key, DELETED, key.length);
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
    return entries == null ? null : entries.get(new Key(key));
  }

  /** The present position, for {@link #undoTo}. */
  int mark() {
    return history.size();
  }

  /** Undoes the changes since a mark. */
  void undoTo(int mark) {
    for (int i = history.size() - 1; i >= mark; i--) {
      Change change = history.remove(i);
      if (change.before() == null) {
        table(change.table()).remove(change.key());
      } else {
        table(change.table()).put(change.key(), change.before());
      }
      bytes -= change.bytes();
    }
  }

  public void writeTo(Batch batch) {
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
