package org.entente.gateway.ledger;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import org.entente.gateway.store.Batch;
import org.entente.gateway.store.Table;
import org.jspecify.annotations.Nullable;

/** Changes that are not committed yet, by table and key; the last change of a key counts. */
final class Overlay {
  private static final byte[] DELETED = new byte[0];

  private final Map<Table, Map<Key, byte[]>> changes = new EnumMap<>(Table.class);
  private long bytes;

  /** A key, not to be changed, with its hash: it goes from one map into the next. */
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

  void put(Table table, byte[] key, byte[] value) {
    bytes += key.length + value.length;
    table(table).put(new Key(key), value.length == 0 ? value.clone() : value);
  }

  void delete(Table table, byte[] key) {
    bytes += key.length;
    table(table).put(new Key(key), DELETED);
  }

  /**
   * What became of a key here: its value, {@link #isDeleted nothing}, or null if it is as it was.
   */
  byte @Nullable [] find(Table table, byte[] key) {
    Map<Key, byte[]> entries = changes.get(table);
    return entries == null ? null : entries.get(new Key(key));
  }

  /** Takes over all changes of another, which is not used afterwards. */
  void absorb(Overlay other) {
    other.changes.forEach((table, entries) -> table(table).putAll(entries));
    bytes += other.bytes;
  }

  void writeTo(Batch batch) {
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

  long bytes() {
    return bytes;
  }

  /** Whether what was found says that the key is gone. An empty value is a value. */
  @SuppressWarnings("ArrayEquals") // the marker is told by identity
  static boolean isDeleted(byte[] found) {
    return found == DELETED;
  }

  private Map<Key, byte[]> table(Table table) {
    return changes.computeIfAbsent(table, t -> new HashMap<>());
  }
}
