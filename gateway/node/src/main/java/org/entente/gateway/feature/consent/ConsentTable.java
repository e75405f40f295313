package org.entente.gateway.feature.consent;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.commit.Transaction.Mutation;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.ledger.record.RecordPlace;
import org.entente.gateway.ledger.record.UnreadableRecords;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.BigEndian;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.KeyReader;
import org.entente.gateway.store.KeyValue;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.Table;
import org.entente.proto.store.v1.ConsentRecord;
import org.entente.proto.store.v1.ConsentStage;
import org.jspecify.annotations.Nullable;

/**
 * Consents to onward transfer of messages: those requested from this agency, and those requested by
 * it. The id is that of the requesting message, so the oldest comes first.
 *
 * <pre>
 * CONSENT u8 1 · 16-byte consent id                        → ConsentRecord: asked of this agency
 * CONSENT u8 2 · 16-byte consent id                        → ConsentRecord: asked by this agency
 * CONSENT u8 3 · 16-byte message id · 16-byte consent id   → nothing: asked by this agency about it
 * CONSENT u8 4 · ascii agency                              → u32 undecided requests of that agency
 * CONSENT u8 5 · 16-byte message id                        → u32 requests by this agency about it
 * CONSENT u8 6 · 16-byte message id · client's token       → u32 of these, those of one client
 * CONSENT u8 7 · ascii agency                              → u32 undecided requests to that agency
 * CONSENT u8 8 · ascii agency · client's token             → u32 of these, those of one client
 * CONSENT u8 9 · u64 when · u8 side · 16-byte consent id   → undecided, lapses then: ascii agency ·
 *                                                            client's token, for whom it counts
 * </pre>
 *
 * <p>A request is undecided until a decision, until the originator's gateway refuses it, or until
 * it lapses. A short time for which consent is asked does not end it sooner: else an agency could
 * have any number of requests on record.
 */
public final class ConsentTable {
  private static final int ABOUT = 3;
  private static final int OPEN = 4;
  private static final int REQUESTS = 5;
  private static final int CLIENT_REQUESTS = 6;
  private static final int OPEN_AT = 7;
  private static final int CLIENT_OPEN_AT = 8;
  private static final int UNDECIDED = 9;
  private static final byte[] NOTHING = {};

  /** Where the records of both sides begin. */
  private static final byte[] FIRST = KeyBuilder.key().u8(Side.ORIGINATOR.space).done();

  /** How long a request stays undecided at its originator. */
  public static final Duration DECIDED_WITHIN = Duration.ofDays(30);

  /** It comes to its originator later, and ends there later. */
  private static final Duration ON_ITS_WAY = Duration.ofDays(1);

  private final Store store;
  private final UnreadableRecords unreadable;

  /** Where the next {@link #removal} goes on. */
  private volatile byte[] removalFrom = FIRST;

  /** The table of a ledger. */
  public static ConsentTable of(Ledger ledger) {
    return ledger.table(ConsentTable.class, store -> new ConsentTable(store, ledger.unreadable()));
  }

  public ConsentTable(Store store, UnreadableRecords unreadable) {
    this.store = store;
    this.unreadable = unreadable;
  }

  /** This agency's side of a consent. */
  public enum Side {
    /** Others request consent from it. */
    ORIGINATOR(1),
    /** It requests consent from others. */
    ASKER(2);

    private final int space;

    Side(int space) {
      this.space = space;
    }

    private static Side of(int space) {
      return space == ORIGINATOR.space ? ORIGINATOR : ASKER;
    }
  }

  /** A record under its consent's id. */
  public record Entry(MessageId id, ConsentRecord record) {}

  /** Adds or replaces a record. */
  public void put(Transaction tx, Side side, MessageId id, ConsentRecord record) {
    ConsentRecord before = read(tx, side, id);
    if (side == Side.ASKER) {
      if (before == null) {
        messages(record).forEach(message -> count(tx, message, record.getClientToken(), 1));
      }
      messages(record).forEach(message -> tx.put(Table.CONSENT, aboutKey(message, id), NOTHING));
    }
    boolean undecided = before == null || end(tx, side, id, before);
    if (undecided && record.getStage() == ConsentStage.CONSENT_STAGE_OPEN) {
      byte[] counted =
          KeyBuilder.key()
              .ascii(record.getAgency())
              .bytes(record.getClientToken().toByteArray())
              .done();
      tx.put(Table.CONSENT, undecidedKey(side, id, record), counted);
      countUndecided(tx, side, counted, 1);
    }
    tx.put(Table.CONSENT, key(side.space, id), record.toByteArray());
  }

  /** Whether a request is undecided, as committed. */
  boolean isUndecided(Side side, MessageId id, ConsentRecord record) {
    return store.get(Table.CONSENT, undecidedKey(side, id, record)) != null;
  }

  /** Counts a request as undecided no longer; whether it was. */
  boolean end(Transaction tx, Side side, MessageId id, ConsentRecord record) {
    return end(tx, side, undecidedKey(side, id, record));
  }

  /** The same without its record, which may be damaged. */
  private static boolean end(Transaction tx, Side side, byte[] undecidedKey) {
    byte[] counted = tx.get(Table.CONSENT, undecidedKey);
    if (counted == null) {
      return false;
    }
    tx.delete(Table.CONSENT, undecidedKey);
    countUndecided(tx, side, counted, -1);
    return true;
  }

  private static void countUndecided(Transaction tx, Side side, byte[] counted, int by) {
    KeyReader parts = KeyReader.of(counted);
    String agency = parts.ascii();
    if (side == Side.ORIGINATOR) {
      count(tx, openKey(agency), by);
    } else {
      count(tx, openAtKey(agency), by);
      count(tx, openAtKey(agency, ByteString.copyFrom(parts.rest())), by);
    }
  }

  private static void count(Transaction tx, MessageId message, ByteString client, int by) {
    count(tx, requestsKey(message), by);
    count(tx, requestsKey(message, client), by);
  }

  private static void count(Transaction tx, byte[] key, int by) {
    long count = (long) number(tx.get(Table.CONSENT, key)) + by;
    if (count > 0) {
      tx.put(Table.CONSENT, key, KeyBuilder.key().u32(count).done());
    } else {
      tx.delete(Table.CONSENT, key);
    }
  }

  private static int number(byte @Nullable [] count) {
    return count == null ? 0 : BigEndian.u32(count, 0);
  }

  /** The record of a consent, or null. */
  public @Nullable ConsentRecord read(Transaction tx, Side side, MessageId id) {
    byte[] value = tx.get(Table.CONSENT, key(side.space, id));
    return value == null ? null : parse(value);
  }

  /** The same as committed. */
  public @Nullable ConsentRecord read(Side side, MessageId id) {
    byte[] value = store.get(Table.CONSENT, key(side.space, id));
    return value == null ? null : parse(value);
  }

  /** Consents of a side after an id, or from the oldest, at most {@code most}, oldest first. */
  public List<Entry> page(Side side, @Nullable MessageId after, int most) {
    byte[] prefix = KeyBuilder.key().u8(side.space).done();
    byte[] from = after == null ? prefix : after(key(side.space, after));
    List<Entry> out = new ArrayList<>();
    try (Scan scan = store.scan(Table.CONSENT, from, KeyBuilder.endOf(prefix))) {
      while (out.size() < most && scan.hasNext()) {
        scan.next();
        ConsentRecord record = readable(scan);
        if (record != null) {
          out.add(new Entry(idAt(scan.key(), 1), record));
        }
      }
    }
    return out;
  }

  /** The latest consents that this agency requested for a message, at most {@code most}. */
  public List<MessageId> about(MessageId message, int most) {
    byte[] prefix = KeyBuilder.key().u8(ABOUT).bytes(message.bytes()).done();
    List<MessageId> found = new ArrayList<>();
    KeyValue latest = store.last(Table.CONSENT, prefix, KeyBuilder.endOf(prefix));
    while (latest != null && found.size() < most) {
      found.add(idAt(latest.key(), 1 + MessageId.SIZE));
      latest = store.last(Table.CONSENT, prefix, latest.key());
    }
    return found;
  }

  /**
   * How many requests this agency made about a message, or has undecided at an originator.
   *
   * @param own those of one client
   * @param all those of all clients
   */
  record Requests(int own, int all) {}

  /** The requests about a message, with those of this transaction. */
  Requests requests(Transaction tx, MessageId message, ByteString client) {
    return new Requests(
        number(tx.get(Table.CONSENT, requestsKey(message, client))),
        number(tx.get(Table.CONSENT, requestsKey(message))));
  }

  /** The same as committed. */
  Requests requests(MessageId message, ByteString client) {
    return new Requests(
        number(store.get(Table.CONSENT, requestsKey(message, client))),
        number(store.get(Table.CONSENT, requestsKey(message))));
  }

  /** The undecided requests to an originator, with those of this transaction. */
  Requests undecided(Transaction tx, AgencyName originator, ByteString client) {
    return new Requests(
        number(tx.get(Table.CONSENT, openAtKey(originator.value(), client))),
        number(tx.get(Table.CONSENT, openAtKey(originator.value()))));
  }

  /** The same as committed. */
  Requests undecided(AgencyName originator, ByteString client) {
    return new Requests(
        number(store.get(Table.CONSENT, openAtKey(originator.value(), client))),
        number(store.get(Table.CONSENT, openAtKey(originator.value()))));
  }

  /** The number of an agency's undecided requests. */
  public int open(Transaction tx, AgencyName agency) {
    return number(tx.get(Table.CONSENT, openKey(agency.value())));
  }

  /** The same as committed. */
  public int open(AgencyName agency) {
    return number(store.get(Table.CONSENT, openKey(agency.value())));
  }

  /** A consent on a side. */
  private record SidedId(Side side, MessageId id) {}

  /** What ends the requests on which nobody decided in time, at most so many; gives how many. */
  public Mutation<Integer> lapsing(long nowMillis, int most) {
    List<byte[]> over = new ArrayList<>();
    byte[] from = KeyBuilder.key().u8(UNDECIDED).done();
    byte[] to = KeyBuilder.key().u8(UNDECIDED).u64(nowMillis + 1).done();
    try (Scan scan = store.scan(Table.CONSENT, from, to)) {
      while (over.size() < most && scan.hasNext()) {
        scan.next();
        over.add(scan.key());
      }
    }
    return tx -> over.stream().mapToInt(key -> lapse(tx, key)).sum();
  }

  private static int lapse(Transaction tx, byte[] undecidedKey) {
    KeyReader key = KeyReader.of(undecidedKey);
    key.u8();
    key.u64();
    Side side = Side.of(key.u8());
    return end(tx, side, undecidedKey) ? 1 : 0;
  }

  /**
   * What forgets consents that are over, at most so many, and gives how many. Looks at all, here
   * and not on the writer's thread: the ids of those that others ask for are the others' choice,
   * and so is their order. Goes on after the last one if there were as many as that, since those
   * before it have been looked at.
   */
  public Mutation<Integer> removal(long nowMillis, int most) {
    List<SidedId> over = new ArrayList<>();
    byte[] from = removalFrom;
    byte[] last = KeyBuilder.key().u8(Side.ASKER.space).done();
    removalFrom = FIRST;
    try (Scan scan = store.scan(Table.CONSENT, from, KeyBuilder.endOf(last))) {
      while (over.size() < most && scan.hasNext()) {
        scan.next();
        ConsentRecord record = readable(scan);
        if (record != null && record.getKeptUntilMs() <= nowMillis) {
          over.add(new SidedId(Side.of(scan.key()[0]), idAt(scan.key(), 1)));
          if (over.size() == most) {
            removalFrom = after(scan.key());
          }
        }
      }
    }
    return tx -> over.stream().mapToInt(one -> forget(tx, one.side(), one.id(), nowMillis)).sum();
  }

  /** The record of a scan, or null if it cannot be read: it must not hide the others. */
  private @Nullable ConsentRecord readable(Scan scan) {
    try {
      return parse(scan.value());
    } catch (CorruptRecord e) {
      unreadable.found(Table.CONSENT, idAt(scan.key(), 1).toString(), e);
      return null;
    }
  }

  private int forget(Transaction tx, Side side, MessageId id, long nowMillis) {
    ConsentRecord record = read(tx, side, id);
    if (record == null || record.getKeptUntilMs() > nowMillis) {
      return 0;
    }
    tx.delete(Table.CONSENT, key(side.space, id));
    end(tx, side, id, record);
    if (side == Side.ASKER) {
      for (MessageId message : messages(record)) {
        tx.delete(Table.CONSENT, aboutKey(message, id));
        count(tx, message, record.getClientToken(), -1);
      }
    }
    return 1;
  }

  /** Where it lies what was asked and answered. */
  public static RecordPlace place(Side side, MessageId id) {
    return new RecordPlace(Table.CONSENT, key(side.space, id), "facts");
  }

  /** The messages that a consent is about. */
  public static List<MessageId> messages(ConsentRecord record) {
    return record.getMessageIdsList().stream()
        .map(bytes -> MessageId.of(bytes.toByteArray()))
        .toList();
  }

  private static ConsentRecord parse(byte[] value) {
    return CorruptRecord.parse(ConsentRecord.parser(), value, "CONSENT");
  }

  private static MessageId idAt(byte[] key, int at) {
    return MessageId.of(Arrays.copyOfRange(key, at, at + MessageId.SIZE));
  }

  /** The least key greater than another: the same followed by a zero byte. */
  private static byte[] after(byte[] key) {
    return KeyBuilder.key().bytes(key).u8(0).done();
  }

  private static byte[] key(int space, MessageId id) {
    return KeyBuilder.key().u8(space).bytes(id.bytes()).done();
  }

  private static byte[] aboutKey(MessageId message, MessageId id) {
    return KeyBuilder.key().u8(ABOUT).bytes(message.bytes()).bytes(id.bytes()).done();
  }

  private static byte[] requestsKey(MessageId message) {
    return KeyBuilder.key().u8(REQUESTS).bytes(message.bytes()).done();
  }

  private static byte[] requestsKey(MessageId message, ByteString client) {
    byte[] token = client.toByteArray();
    return KeyBuilder.key().u8(CLIENT_REQUESTS).bytes(message.bytes()).bytes(token).done();
  }

  private static byte[] openKey(String agency) {
    return KeyBuilder.key().u8(OPEN).ascii(agency).done();
  }

  private static byte[] openAtKey(String agency) {
    return KeyBuilder.key().u8(OPEN_AT).ascii(agency).done();
  }

  private static byte[] openAtKey(String agency, ByteString client) {
    return KeyBuilder.key().u8(CLIENT_OPEN_AT).ascii(agency).bytes(client.toByteArray()).done();
  }

  private static byte[] undecidedKey(Side side, MessageId id, ConsentRecord record) {
    long asked = record.getAskedAtMs() + (side == Side.ASKER ? ON_ITS_WAY.toMillis() : 0);
    return KeyBuilder.key()
        .u8(UNDECIDED)
        .u64(asked + DECIDED_WITHIN.toMillis())
        .u8(side.space)
        .bytes(id.bytes())
        .done();
  }
}
