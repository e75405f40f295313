package org.entente.gateway.feature.request;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.ledger.record.UnreadableRecords;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.model.BigEndian;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.KeyReader;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.Table;
import org.entente.proto.store.v1.RequestRecord;
import org.entente.proto.store.v1.RequestState;
import org.jspecify.annotations.Nullable;

/**
 * Requests between this agency and others, with their deadlines: one record for each request and
 * other agency. Names and times only; no label or body data. Safe for many threads.
 *
 * <pre>
 * REQUEST u8 1 · u8 side · 16-byte request id · ascii agency             → RequestRecord
 * REQUEST u8 2 · u8 side · 16-byte request id · ascii agency             → it is open: u8 as what it
 *                                       counts · token of its client, if it has one
 * REQUEST u8 3 · u64 when · u8 side · 16-byte request id · ascii agency  → empty: examine it then
 * REQUEST u8 7 · u8 exercise · ascii agency → u32: how many of its requests are open here
 * REQUEST u8 8 · u8 exercise · ascii agency → u32: how many requests of this agency are open there
 * REQUEST u8 9 · u8 exercise · ascii agency · client's token → u32: of these, those of one client
 * REQUEST u8 10 · u64 when · 16-byte request id · ascii agency → empty: it is known then whether this
 *                                                               agency's request was delivered
 * </pre>
 *
 * <p>The others are derived from the first and written with it; {@link ResponderTable} owns the
 * rest of the table. A record is examined when a reminder is due, when its deadline passes, {@link
 * #LISTED} later if it is still open, and {@link #KEPT} after it was closed, when it is removed.
 */
public final class RequestTable {
  /** How long an unanswered request stays open after its deadline. */
  public static final Duration LISTED = Duration.ofDays(30);

  /** How long a record is kept after it was closed; as long as evidence. */
  public static final Duration KEPT = EvidenceRecords.KEPT;

  /** Most reminders of one request to one agency; both gateways enforce it. */
  public static final int MOST_REMINDERS = 5;

  /** Least time between two reminders. */
  public static final Duration REMINDERS_APART = Duration.ofHours(1);

  private static final int RECORD = 1;
  private static final int OPEN = 2;
  private static final int DUE = 3;
  private static final int OWED_COUNT = 7;
  private static final int ASKED_COUNT = 8;
  private static final int CLIENT_COUNT = 9;
  private static final int DELIVERY = 10;
  private static final byte[] NOTHING = {};

  /** As what an open request counts; a damaged record does not say. */
  private static final int ACTUAL = 0;

  private static final int EXERCISE = 1;
  private static final int UNCOUNTED = 2;

  /** The requesting side. */
  public enum Side {
    /** This agency. */
    ASKED(1),
    /** The other agency; this one owes the answer. */
    OWED(2);

    private final int number;

    Side(int number) {
      this.number = number;
    }

    /** The label value in metrics. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * The key of a record.
   *
   * @param agency the other agency
   */
  public record Name(Side side, MessageId id, String agency) {}

  /** A record to examine, and when. */
  public record DueRecord(long atMillis, Name name) {}

  /** Numbers of open and of overdue requests, without exercises. */
  public record Count(int open, int overdue) {
    private static final Count NONE = new Count(0, 0);

    private Count plus(RequestRecord record, int sign) {
      return isOpen(record)
          ? new Count(open + sign, overdue + (record.getOverdue() ? sign : 0))
          : this;
    }
  }

  private record Group(Side side, String agency) {}

  private final Store store;
  private final Map<Group, Count> counts = new ConcurrentHashMap<>();
  private final Set<Consumer<Name>> listeners = ConcurrentHashMap.newKeySet();

  /** The table of a ledger. */
  public static RequestTable of(Ledger ledger) {
    return ledger.table(RequestTable.class, store -> new RequestTable(store, ledger.unreadable()));
  }

  /**
   * The table of a store.
   *
   * @param unreadable told of records that cannot be read, which are not counted
   */
  public RequestTable(Store store, UnreadableRecords unreadable) {
    this.store = store;
    byte[] all = KeyBuilder.key().u8(OPEN).done();
    try (Scan scan = store.scan(Table.REQUEST, all, KeyBuilder.endOf(all))) {
      while (scan.hasNext()) {
        scan.next();
        Name name = name(scan.key());
        try {
          RequestRecord record = read(name);
          if (record != null) {
            count(name, record, 1);
          }
        } catch (CorruptRecord e) {
          unreadable.found(Table.REQUEST, name.id().toString(), e);
        }
      }
    }
  }

  /** Whether an answer is still awaited. */
  public static boolean isOpen(RequestRecord record) {
    return record.getState() == RequestState.REQUEST_STATE_OPEN;
  }

  /** A record as the transaction sees it; null if there is none. */
  public @Nullable RequestRecord read(Transaction tx, Name name) {
    return parse(tx.get(Table.REQUEST, key(RECORD, name)));
  }

  /** The same, as committed. */
  public @Nullable RequestRecord read(Name name) {
    return parse(store.get(Table.REQUEST, key(RECORD, name)));
  }

  /** Adds or replaces a record; the client that sent the request stays the same. */
  public void put(Transaction tx, Name name, RequestRecord record) {
    byte[] open = tx.get(Table.REQUEST, key(OPEN, name));
    replace(tx, name, record, open == null ? open(record, NOTHING) : open);
  }

  /**
   * Adds or replaces a record.
   *
   * @param client the client of this agency that sent the request, as a token; empty if none did
   */
  void put(Transaction tx, Name name, RequestRecord record, byte[] client) {
    replace(tx, name, record, open(record, client));
  }

  private static byte[] open(RequestRecord record, byte[] client) {
    return KeyBuilder.key().u8(record.getExercise() ? EXERCISE : ACTUAL).bytes(client).done();
  }

  private void replace(Transaction tx, Name name, RequestRecord record, byte[] open) {
    remove(tx, name);
    tx.put(Table.REQUEST, key(RECORD, name), record.toByteArray());
    tx.put(Table.REQUEST, dueKey(new DueRecord(due(record), name)), NOTHING);
    if (isOpen(record)) {
      tx.put(Table.REQUEST, key(OPEN, name), open);
      countOpen(tx, name, open, 1);
    }
    tx.afterCommit(() -> count(name, record, 1));
  }

  /** Removes a record, if it exists. */
  public void remove(Transaction tx, Name name) {
    RequestRecord record = read(tx, name);
    if (record != null) {
      close(tx, name);
      tx.delete(Table.REQUEST, key(RECORD, name));
      tx.delete(Table.REQUEST, dueKey(new DueRecord(due(record), name)));
      tx.afterCommit(() -> count(name, record, -1));
    }
  }

  private static void close(Transaction tx, Name name) {
    byte[] open = tx.get(Table.REQUEST, key(OPEN, name));
    if (open != null) {
      countOpen(tx, name, open, -1);
      tx.delete(Table.REQUEST, key(OPEN, name));
    }
  }

  /** How many requests of another agency are open here, with those of this transaction. */
  public int owed(Transaction tx, String agency, boolean exercise) {
    return number(tx.get(Table.REQUEST, countKey(OWED_COUNT, agency, exercise)));
  }

  /** How many requests of this agency are open at another one, as committed. */
  int openAt(String agency, boolean exercise) {
    return number(store.get(Table.REQUEST, countKey(ASKED_COUNT, agency, exercise)));
  }

  /** How many of them a client sent, given as a token. */
  int openAt(String agency, boolean exercise, byte[] client) {
    return number(store.get(Table.REQUEST, clientKey(agency, exercise, client)));
  }

  /** Counts an open request no longer: it was not delivered, so that its recipient has none. */
  void uncount(Transaction tx, Name name) {
    byte[] open = tx.get(Table.REQUEST, key(OPEN, name));
    if (open != null) {
      countOpen(tx, name, open, -1);
      tx.put(Table.REQUEST, key(OPEN, name), KeyBuilder.key().u8(UNCOUNTED).done());
    }
  }

  /** Has it looked up at a time whether a request of this agency was delivered. */
  void lookUpDelivery(Transaction tx, DueRecord due) {
    tx.put(Table.REQUEST, deliveryKey(due), NOTHING);
  }

  /** What is to be looked up by a time, at most {@code most}, the longest due first. */
  List<DueRecord> deliveriesDue(long nowMillis, int most) {
    byte[] from = KeyBuilder.key().u8(DELIVERY).done();
    byte[] to = KeyBuilder.key().u8(DELIVERY).u64(nowMillis + 1).done();
    List<DueRecord> out = new ArrayList<>();
    try (Scan scan = store.scan(Table.REQUEST, from, to)) {
      while (out.size() < most && scan.hasNext()) {
        scan.next();
        KeyReader key = KeyReader.of(scan.key());
        key.u8();
        long at = key.u64();
        MessageId id = MessageId.of(key.bytes(MessageId.SIZE));
        out.add(new DueRecord(at, new Name(Side.ASKED, id, key.ascii())));
      }
    }
    return out;
  }

  /** Removes what was looked up. */
  void lookedUpDelivery(Transaction tx, DueRecord due) {
    tx.delete(Table.REQUEST, deliveryKey(due));
  }

  private static byte[] deliveryKey(DueRecord due) {
    return KeyBuilder.key()
        .u8(DELIVERY)
        .u64(due.atMillis())
        .bytes(due.name().id().bytes())
        .ascii(due.name().agency())
        .done();
  }

  private static void countOpen(Transaction tx, Name name, byte[] open, int by) {
    KeyReader parts = KeyReader.of(open);
    int counted = parts.u8();
    if (counted == UNCOUNTED) {
      return;
    }
    boolean exercise = counted == EXERCISE;
    if (name.side() == Side.OWED) {
      count(tx, countKey(OWED_COUNT, name.agency(), exercise), by);
      return;
    }
    count(tx, countKey(ASKED_COUNT, name.agency(), exercise), by);
    byte[] client = parts.rest();
    if (client.length > 0) {
      count(tx, clientKey(name.agency(), exercise, client), by);
    }
  }

  private static void count(Transaction tx, byte[] key, int by) {
    long count = (long) number(tx.get(Table.REQUEST, key)) + by;
    if (count > 0) {
      tx.put(Table.REQUEST, key, KeyBuilder.key().u32(count).done());
    } else {
      tx.delete(Table.REQUEST, key);
    }
  }

  private static int number(byte @Nullable [] count) {
    return count == null ? 0 : BigEndian.u32(count, 0);
  }

  private static byte[] countKey(int space, String agency, boolean exercise) {
    return KeyBuilder.key().u8(space).u8(exercise ? 1 : 0).ascii(agency).done();
  }

  private static byte[] clientKey(String agency, boolean exercise, byte[] client) {
    return KeyBuilder.key().bytes(countKey(CLIENT_COUNT, agency, exercise)).bytes(client).done();
  }

  /** When to examine a record, in milliseconds since 1970. */
  public static long due(RequestRecord record) {
    if (!isOpen(record)) {
      return record.getClosedAtMs() + KEPT.toMillis();
    }
    if (record.getOverdue()) {
      return record.getAnswerByMs() + LISTED.toMillis();
    }
    return record.getNearAtMs() > 0
        ? Math.min(record.getNearAtMs(), record.getAnswerByMs())
        : record.getAnswerByMs();
  }

  /** Whether its own gateway or the requesting agency reminded this agency of an answer it owes. */
  public static boolean isReminded(RequestRecord record) {
    return record.getNoticedPercent() > 0 || record.getReminders() > 0;
  }

  /** Stores a record, and tells listeners that this agency is reminded of it. */
  public void remind(Transaction tx, Name name, RequestRecord record) {
    put(tx, name, record);
    tx.afterCommit(() -> listeners.forEach(listener -> listener.accept(name)));
  }

  /**
   * Adds a listener called after each commit that reminds this agency of a request.
   *
   * @param listener must not wait
   */
  public void listen(Consumer<Name> listener) {
    listeners.add(listener);
  }

  /** Removes a listener. */
  public void unlisten(Consumer<Name> listener) {
    listeners.remove(listener);
  }

  /** Records due by a time, at most {@code most}, the longest due first. */
  public List<DueRecord> due(long nowMillis, int most) {
    byte[] from = KeyBuilder.key().u8(DUE).done();
    byte[] to = KeyBuilder.key().u8(DUE).u64(nowMillis + 1).done();
    List<DueRecord> out = new ArrayList<>();
    try (Scan scan = store.scan(Table.REQUEST, from, to)) {
      while (out.size() < most && scan.hasNext()) {
        scan.next();
        out.add(dueOf(scan.key()));
      }
    }
    return out;
  }

  /**
   * Removes a due entry without a record, or whose record cannot be read; such a request is open no
   * longer. {@link #put} and {@link #remove} remove their own.
   */
  public void looked(Transaction tx, DueRecord due) {
    close(tx, due.name());
    tx.delete(Table.REQUEST, dueKey(due));
  }

  /** The agencies to which this agency sent a request, as committed. */
  public List<Name> asked(MessageId id) {
    byte[] prefix = KeyBuilder.key().u8(RECORD).u8(Side.ASKED.number).bytes(id.bytes()).done();
    List<Name> out = new ArrayList<>();
    try (Scan scan = store.scan(Table.REQUEST, prefix, KeyBuilder.endOf(prefix))) {
      while (scan.hasNext()) {
        scan.next();
        out.add(name(scan.key()));
      }
    }
    return out;
  }

  /**
   * Keys of committed records of a side in the order of their ids, and so of publishing.
   *
   * @param openOnly only those that are open
   * @param after only those after this one; null for all
   */
  public List<Name> names(Side side, boolean openOnly, @Nullable Name after, int most) {
    int space = openOnly ? OPEN : RECORD;
    byte[] prefix = KeyBuilder.key().u8(space).u8(side.number).done();
    byte[] from = after == null ? prefix : KeyBuilder.key().bytes(key(space, after)).u8(0).done();
    List<Name> out = new ArrayList<>();
    try (Scan scan = store.scan(Table.REQUEST, from, KeyBuilder.endOf(prefix))) {
      while (out.size() < most && scan.hasNext()) {
        scan.next();
        out.add(name(scan.key()));
      }
    }
    return out;
  }

  /** The numbers of open and overdue requests of a side and an agency. */
  public Count count(Side side, String agency) {
    return counts.getOrDefault(new Group(side, agency), Count.NONE);
  }

  private void count(Name name, RequestRecord record, int sign) {
    if (!record.getExercise()) {
      counts.merge(
          new Group(name.side(), name.agency()),
          Count.NONE.plus(record, sign),
          (a, b) -> new Count(a.open() + b.open(), a.overdue() + b.overdue()));
    }
  }

  private static @Nullable RequestRecord parse(byte @Nullable [] value) {
    if (value == null) {
      return null;
    }
    return CorruptRecord.parse(RequestRecord.parser(), value, "REQUEST");
  }

  private static byte[] key(int space, Name name) {
    return KeyBuilder.key()
        .u8(space)
        .u8(name.side().number)
        .bytes(name.id().bytes())
        .ascii(name.agency())
        .done();
  }

  private static byte[] dueKey(DueRecord due) {
    return KeyBuilder.key()
        .u8(DUE)
        .u64(due.atMillis())
        .u8(due.name().side().number)
        .bytes(due.name().id().bytes())
        .ascii(due.name().agency())
        .done();
  }

  private static Name name(byte[] key) {
    KeyReader parts = KeyReader.of(key);
    parts.u8();
    return name(parts);
  }

  private static DueRecord dueOf(byte[] key) {
    KeyReader parts = KeyReader.of(key);
    parts.u8();
    return new DueRecord(parts.u64(), name(parts));
  }

  private static Name name(KeyReader parts) {
    Side side = parts.u8() == Side.ASKED.number ? Side.ASKED : Side.OWED;
    MessageId id = MessageId.of(parts.bytes(MessageId.SIZE));
    return new Name(side, id, parts.ascii());
  }
}
