package org.entente.gateway.ledger.table;

import java.util.ArrayList;
import java.util.List;
import org.entente.gateway.ledger.record.RecordPlace;
import org.entente.gateway.model.BigEndian;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.KeyReader;
import org.entente.gateway.store.Table;
import org.jspecify.annotations.Nullable;

/**
 * A statement about messages of a group. Those of one name are in one record, one after the other.
 *
 * @param number of what is known
 * @param positions a bit for each message in the group
 * @param sealed the item without its messages
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record SharedStatement(long number, long positions, byte[] sealed) {
  /** The statements in a record. */
  static List<SharedStatement> all(byte[] record) {
    List<SharedStatement> out = new ArrayList<>();
    KeyReader reader = KeyReader.of(record);
    for (int at = 0; at < record.length; at += out.get(out.size() - 1).length()) {
      out.add(new SharedStatement(reader.u64(), reader.u64(), reader.bytes(reader.u16())));
    }
    return out;
  }

  /** The messages of which there is a statement in a record. */
  static long positions(byte @Nullable [] record) {
    long positions = 0;
    for (int at = 0; record != null && at < record.length; at += lengthAt(record, at)) {
      positions |= BigEndian.u64(record, at + Long.BYTES);
    }
    return positions;
  }

  private static int lengthAt(byte[] record, int at) {
    int lengthAt = at + 2 * Long.BYTES;
    return 2 * Long.BYTES
        + Short.BYTES
        + ((record[lengthAt] & 0xff) << Byte.SIZE | (record[lengthAt + 1] & 0xff));
  }

  private int length() {
    return 2 * Long.BYTES + Short.BYTES + sealed.length;
  }

  /** A record with this after what it holds. */
  byte[] after(byte @Nullable [] record) {
    KeyBuilder out = KeyBuilder.key().bytes(record == null ? new byte[0] : record);
    return out.u64(number).u64(positions).u16(sealed.length).bytes(sealed).done();
  }

  /** Where a statement lies. */
  static RecordPlace place(byte[] key, long number) {
    return new RecordPlace(
        Table.STATEMENT, KeyBuilder.key().bytes(key).u64(number).done(), "statement");
  }
}
