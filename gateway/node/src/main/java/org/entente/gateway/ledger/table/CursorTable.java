package org.entente.gateway.ledger.table;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.KeyReader;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.Table;
import org.entente.proto.store.v1.CursorRecord;

/**
 * Durable cursors of subscribers.
 *
 * <pre>CURSOR ascii client · ascii cursor → CursorRecord</pre>
 */
public final class CursorTable {
  private final Store store;

  public CursorTable(Store store) {
    this.store = store;
  }

  /** A committed cursor. */
  public Optional<CursorRecord> read(String client, String cursor) {
    byte[] value = store.get(Table.CURSOR, key(client, cursor));
    return value == null ? Optional.empty() : Optional.of(parse(value));
  }

  /** A cursor as the transaction sees it. */
  public Optional<CursorRecord> read(Transaction tx, String client, String cursor) {
    byte[] value = tx.get(Table.CURSOR, key(client, cursor));
    return value == null ? Optional.empty() : Optional.of(parse(value));
  }

  /** Names of a client's committed cursors, in order; at most {@code most}. */
  public List<String> names(String client, int most) {
    byte[] prefix = KeyBuilder.key().ascii(client).done();
    List<String> names = new ArrayList<>();
    try (Scan scan = store.scan(Table.CURSOR, prefix, KeyBuilder.endOf(prefix))) {
      while (names.size() < most && scan.hasNext()) {
        scan.next();
        KeyReader key = KeyReader.of(scan.key());
        key.ascii();
        names.add(key.ascii());
      }
    }
    return names;
  }

  /** A committed cursor with its name. */
  public record NamedCursor(String client, String cursor, CursorRecord record) {}

  /**
   * Committed cursors by client and name, at most {@code most}.
   *
   * @param client the client; empty for all
   */
  public List<NamedCursor> all(String client, int most) {
    byte[] prefix = client.isEmpty() ? new byte[0] : KeyBuilder.key().ascii(client).done();
    List<NamedCursor> all = new ArrayList<>();
    try (Scan scan =
        store.scan(Table.CURSOR, prefix, client.isEmpty() ? null : KeyBuilder.endOf(prefix))) {
      while (all.size() < most && scan.hasNext()) {
        scan.next();
        KeyReader key = KeyReader.of(scan.key());
        all.add(new NamedCursor(key.ascii(), key.ascii(), parse(scan.value())));
      }
    }
    return all;
  }

  /** Removes a cursor. */
  public void remove(Transaction tx, String client, String cursor) {
    tx.delete(Table.CURSOR, key(client, cursor));
  }

  private static CursorRecord parse(byte[] value) {
    try {
      return CursorRecord.parseFrom(value);
    } catch (InvalidProtocolBufferException e) {
      throw new CorruptRecord("CURSOR", e);
    }
  }

  /** Sets a cursor. */
  public void write(Transaction tx, String client, String cursor, CursorRecord record) {
    tx.put(Table.CURSOR, key(client, cursor), record.toByteArray());
  }

  private static byte[] key(String client, String cursor) {
    return KeyBuilder.key().ascii(client).ascii(cursor).done();
  }
}
