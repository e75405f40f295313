package org.entente.gateway.ledger;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.Optional;
import org.entente.gateway.store.Keys;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.Table;
import org.entente.proto.store.v1.CursorRecord;

/**
 * Durable places of subscribers.
 *
 * <pre>CURSOR ascii client · ascii cursor → CursorRecord</pre>
 */
public final class CursorBook {
  private final Store store;

  CursorBook(Store store) {
    this.store = store;
  }

  /** A committed cursor. */
  public Optional<CursorRecord> read(String client, String cursor) {
    byte[] value = store.get(Table.CURSOR, key(client, cursor));
    if (value == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(CursorRecord.parseFrom(value));
    } catch (InvalidProtocolBufferException e) {
      throw new CorruptRecord("CURSOR", e);
    }
  }

  /** Sets a cursor. */
  public void write(Transaction tx, String client, String cursor, CursorRecord record) {
    tx.put(Table.CURSOR, key(client, cursor), record.toByteArray());
  }

  private static byte[] key(String client, String cursor) {
    return Keys.key().ascii(client).ascii(cursor).done();
  }
}
