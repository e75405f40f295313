package org.entente.gateway.ledger;

import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import org.entente.gateway.store.Batch;
import org.entente.gateway.store.Table;
import org.jspecify.annotations.Nullable;

/** Changes that are not committed yet, by table and key; the last change of a key counts. */
final class Overlay {
  private static final byte[] DELETED = new byte[0];

  private final Map<Table, Map<ByteBuffer, byte[]>> changes = new EnumMap<>(Table.class);
  private long bytes;

  void put(Table table, byte[] key, byte[] value) {
    bytes += key.length + value.length;
    table(table).put(ByteBuffer.wrap(key), value.length == 0 ? value.clone() : value);
  }

  void delete(Table table, byte[] key) {
    bytes += key.length;
    table(table).put(ByteBuffer.wrap(key), DELETED);
  }

  boolean knows(Table table, byte[] key) {
    Map<ByteBuffer, byte[]> entries = changes.get(table);
    return entries != null && entries.containsKey(ByteBuffer.wrap(key));
  }

  byte @Nullable [] get(Table table, byte[] key) {
    Map<ByteBuffer, byte[]> entries = changes.get(table);
    byte[] value = entries == null ? null : entries.get(ByteBuffer.wrap(key));
    return isDeleted(value) ? null : value;
  }

  /** Takes over all changes of another, which is not used afterwards. */
  void absorb(Overlay other) {
    other.changes.forEach((table, entries) -> table(table).putAll(entries));
    bytes += other.bytes;
  }

  @SuppressWarnings("ByteBufferBackingArray") // every key was made by wrap of a whole array
  void writeTo(Batch batch) {
    changes.forEach(
        (table, entries) ->
            entries.forEach(
                (key, value) -> {
                  if (isDeleted(value)) {
                    batch.delete(table, key.array());
                  } else {
                    batch.put(table, key.array(), value);
                  }
                }));
  }

  long bytes() {
    return bytes;
  }

  // The marker is told by identity: an empty value is a value.
  @SuppressWarnings("ArrayEquals")
  private static boolean isDeleted(byte @Nullable [] value) {
    return value == DELETED;
  }

  private Map<ByteBuffer, byte[]> table(Table table) {
    return changes.computeIfAbsent(table, t -> new HashMap<>());
  }
}
