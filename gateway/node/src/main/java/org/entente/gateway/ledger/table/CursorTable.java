package org.entente.gateway.ledger.table;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.ledger.record.RecordPlace;
import org.entente.gateway.ledger.record.StoredNames;
import org.entente.gateway.ledger.record.UnreadableRecords;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.Table;
import org.entente.proto.store.v1.CursorRecord;
import org.entente.proto.v1.SubscriptionSettings;

/**
 * Durable cursors of subscribers.
 *
 * <pre>CURSOR 16-byte token of the client · 16-byte token of client and cursor → CursorRecord</pre>
 *
 * The names themselves are in the record, sealed, and so are the settings of a subscription. A
 * cursor whose names do not open, as after the loss of the keystore, is none any more.
 */
public final class CursorTable {
  private final Store store;
  private final StoredNames stored;
  private final UnreadableRecords unreadable;

  /** The cursors of a store. */
  public CursorTable(Store store, StoredNames stored, UnreadableRecords unreadable) {
    this.store = store;
    this.stored = stored;
    this.unreadable = unreadable;
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
    return all(client, most).stream().map(NamedCursor::cursor).toList();
  }

  /** A committed cursor with its name. */
  public record NamedCursor(String client, String cursor, CursorRecord record) {}

  /**
   * Committed cursors, by client and name, up to a number. One that cannot be read is left out and
   * reported, so that it stops neither the start nor other cursors.
   *
   * @param client the client; empty for all
   */
  public List<NamedCursor> all(String client, int most) {
    byte[] prefix = client.isEmpty() ? new byte[0] : stored.token(client);
    List<NamedCursor> all = new ArrayList<>();
    try (Scan scan =
        store.scan(Table.CURSOR, prefix, client.isEmpty() ? null : KeyBuilder.endOf(prefix))) {
      while (all.size() < most && scan.hasNext()) {
        scan.next();
        named(scan.key(), scan.value()).ifPresent(all::add);
      }
    }
    all.sort(Comparator.comparing(NamedCursor::client).thenComparing(NamedCursor::cursor));
    return all;
  }

  private Optional<NamedCursor> named(byte[] key, byte[] value) {
    CursorRecord record;
    try {
      record = parse(value);
    } catch (CorruptRecord e) {
      unreadable.found(Table.CURSOR, HexFormat.of().formatHex(key), e);
      return Optional.empty();
    }
    return stored
        .open(place(key), record.getSealedNames().toByteArray())
        .filter(names -> names.size() == 2)
        .map(names -> new NamedCursor(names.get(0), names.get(1), record));
  }

  /** Forgets a cursor. */
  public void remove(Transaction tx, String client, String cursor) {
    tx.delete(Table.CURSOR, key(client, cursor));
  }

  private static CursorRecord parse(byte[] value) {
    return CorruptRecord.parse(CursorRecord.parser(), value, "CURSOR");
  }

  /** Sets a cursor. */
  public void write(Transaction tx, String client, String cursor, CursorRecord record) {
    byte[] key = key(client, cursor);
    byte[] names = stored.seal(place(key), client, cursor);
    CursorRecord named = record.toBuilder().setSealedNames(ByteString.copyFrom(names)).build();
    tx.put(Table.CURSOR, key, named.toByteArray());
  }

  /** The settings of a subscription; empty if it was not created by a call. */
  public Optional<SubscriptionSettings> settings(NamedCursor cursor) {
    RecordPlace place = settingsPlace(key(cursor.client(), cursor.cursor()));
    return stored
        .open(place, cursor.record().getSealedSettings().toByteArray())
        .map(texts -> Base64.getDecoder().decode(texts.get(0)))
        .map(bytes -> CorruptRecord.parse(SubscriptionSettings.parser(), bytes, "CURSOR"));
  }

  /** Settings as they are stored. */
  public ByteString sealed(String client, String cursor, SubscriptionSettings settings) {
    String text = Base64.getEncoder().encodeToString(settings.toByteArray());
    return ByteString.copyFrom(stored.seal(settingsPlace(key(client, cursor)), text));
  }

  private static RecordPlace settingsPlace(byte[] key) {
    return new RecordPlace(Table.CURSOR, key, "settings");
  }

  private static RecordPlace place(byte[] key) {
    return new RecordPlace(Table.CURSOR, key, "names");
  }

  private byte[] key(String client, String cursor) {
    return KeyBuilder.key().bytes(stored.token(client)).bytes(stored.token(client, cursor)).done();
  }
}
