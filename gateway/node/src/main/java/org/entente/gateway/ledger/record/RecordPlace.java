package org.entente.gateway.ledger.record;

import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.Table;

/**
 * The place of a sealed record in the store: its table, its key, and what it is there. A record
 * opens at its place only, so that nobody who writes to the disk can put one record in the place of
 * another.
 *
 * @param table the table
 * @param key the key, or what stands for it where a record moves; not to be changed
 * @param what the content, where a key has several; at most 255 ASCII characters
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record RecordPlace(Table table, byte[] key, String what) {
  /** The place as bytes: no two places have the same. */
  byte[] bytes() {
    return begun(0).done();
  }

  /** The place, with room for more bytes. */
  KeyBuilder begun(int more) {
    int parts = 2 + what.length() + table.name().length() + Integer.BYTES + key.length;
    return KeyBuilder.key(parts + more).ascii(what).ascii(table.name()).u32(key.length).bytes(key);
  }
}
