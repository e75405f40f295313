package org.entente.gateway.feature.request;

import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.ledger.record.RecordPlace;
import org.entente.gateway.ledger.record.UnreadableRecords;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.KeyReader;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.Table;
import org.entente.proto.store.v1.AdvertisedRecord;
import org.entente.proto.store.v1.AdvertisingRecord;
import org.entente.proto.store.v1.ResponderRecord;
import org.entente.proto.v1.Responder;
import org.jspecify.annotations.Nullable;

/**
 * Responders to requests: this agency's own, what was advertised to other agencies, and what those
 * advertised. Safe for many threads.
 *
 * <pre>
 * REQUEST u8 4 · ascii name   → ResponderRecord: a responder of this agency
 * REQUEST u8 5 · ascii agency → AdvertisingRecord: last advertised to that agency
 * REQUEST u8 6 · ascii agency → AdvertisedRecord: last advertised by that agency, sealed
 * </pre>
 */
public final class ResponderTable {
  private static final int OWN = 4;
  private static final int TOLD = 5;
  private static final int SAID = 6;

  private final Store store;
  private final UnreadableRecords unreadable;

  /** The table of a ledger. */
  public static ResponderTable of(Ledger ledger) {
    return ledger.table(
        ResponderTable.class, store -> new ResponderTable(store, ledger.unreadable()));
  }

  public ResponderTable(Store store, UnreadableRecords unreadable) {
    this.store = store;
    this.unreadable = unreadable;
  }

  /** A responder of this agency as the transaction sees it, or null. */
  public @Nullable ResponderRecord own(Transaction tx, String name) {
    byte[] value = tx.get(Table.REQUEST, key(OWN, name));
    return value == null ? null : parse(ResponderRecord.parser(), value);
  }

  /** A committed responder of this agency, or null. */
  public @Nullable Responder own(String name) {
    byte[] value = store.get(Table.REQUEST, key(OWN, name));
    return value == null ? null : parse(ResponderRecord.parser(), value).getResponder();
  }

  /** This agency's committed responders, by name. */
  public List<ResponderRecord> own() {
    List<ResponderRecord> out = new ArrayList<>();
    byte[] prefix = KeyBuilder.key().u8(OWN).done();
    try (Scan scan = store.scan(Table.REQUEST, prefix, KeyBuilder.endOf(prefix))) {
      while (scan.hasNext()) {
        scan.next();
        ResponderRecord record = readable(ResponderRecord.parser(), scan);
        if (record != null) {
          out.add(record);
        }
      }
    }
    return out;
  }

  /** Adds or replaces a responder of this agency. */
  public void put(Transaction tx, String name, ResponderRecord record) {
    tx.put(Table.REQUEST, key(OWN, name), record.toByteArray());
  }

  /** Removes a responder. */
  public void remove(Transaction tx, String name) {
    tx.delete(Table.REQUEST, key(OWN, name));
  }

  /** What was last advertised to each agency, as committed. */
  public Map<AgencyName, AdvertisingRecord> told() {
    return all(TOLD, AdvertisingRecord.parser());
  }

  /** Records what was advertised to an agency. */
  public void told(Transaction tx, AgencyName agency, AdvertisingRecord record) {
    tx.put(Table.REQUEST, key(TOLD, agency.value()), record.toByteArray());
  }

  /** What an agency last advertised, as the transaction sees it, or null. */
  public @Nullable AdvertisedRecord said(Transaction tx, AgencyName agency) {
    byte[] value = tx.get(Table.REQUEST, key(SAID, agency.value()));
    return value == null ? null : parse(AdvertisedRecord.parser(), value);
  }

  /** What each agency last advertised, as committed. */
  public Map<AgencyName, AdvertisedRecord> said() {
    return all(SAID, AdvertisedRecord.parser());
  }

  /** Records what an agency advertised. */
  public void said(Transaction tx, AgencyName agency, AdvertisedRecord record) {
    tx.put(Table.REQUEST, key(SAID, agency.value()), record.toByteArray());
  }

  /** Where it lies which client registered a responder of this agency. */
  public static RecordPlace ownPlace(String name) {
    return new RecordPlace(Table.REQUEST, key(OWN, name), "client");
  }

  /** Where the list that an agency said last lies. */
  public static RecordPlace saidPlace(AgencyName agency) {
    return new RecordPlace(Table.REQUEST, key(SAID, agency.value()), "responders");
  }

  private <M extends Message> Map<AgencyName, M> all(int space, Parser<M> parser) {
    Map<AgencyName, M> out = new TreeMap<>();
    byte[] prefix = KeyBuilder.key().u8(space).done();
    try (Scan scan = store.scan(Table.REQUEST, prefix, KeyBuilder.endOf(prefix))) {
      while (scan.hasNext()) {
        scan.next();
        M record = readable(parser, scan);
        if (record != null) {
          out.put(new AgencyName(name(scan)), record);
        }
      }
    }
    return out;
  }

  private static String name(Scan scan) {
    KeyReader parts = KeyReader.of(scan.key());
    parts.u8();
    return parts.ascii();
  }

  /** The record of a scan, or null if it cannot be read: it must not hide the others. */
  private <M extends Message> @Nullable M readable(Parser<M> parser, Scan scan) {
    try {
      return parse(parser, scan.value());
    } catch (CorruptRecord e) {
      unreadable.found(Table.REQUEST, name(scan), e);
      return null;
    }
  }

  private static <M extends Message> M parse(Parser<M> parser, byte[] value) {
    return CorruptRecord.parse(parser, value, "REQUEST");
  }

  private static byte[] key(int space, String name) {
    return KeyBuilder.key().u8(space).ascii(name).done();
  }
}
