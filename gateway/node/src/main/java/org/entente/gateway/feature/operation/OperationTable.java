package org.entente.gateway.feature.operation;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.Collectors;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.commit.Transaction.Mutation;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.ledger.record.RecordPlace;
import org.entente.gateway.ledger.record.SealedRecord;
import org.entente.gateway.ledger.record.StoredNames;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.BigEndian;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.OperationId;
import org.entente.gateway.store.Batch;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.KeyReader;
import org.entente.gateway.store.KeyValue;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.Table;
import org.entente.proto.store.v1.OperationRecord;
import org.entente.proto.store.v1.RosterReturn;
import org.jspecify.annotations.Nullable;

/**
 * Joint operations. Ids follow the time of founding, so the oldest comes first.
 *
 * <pre>
 * OPERATION u8 1 · 16-byte operation id                         → OperationRecord
 * OPERATION u8 2 · 16-byte operation id · u64 number            → its roster, sealed
 * OPERATION u8 3 · 16-byte operation id · u8 n · ascii agency   → a member's statement, sealed
 * OPERATION u8 4 · 16-byte operation id · u8 n · ascii agency   → a message of the agency, which is
 *                · u8 1 if it states what stands, 2 if not        empty for this one: sealed, if own
 *                · 16-byte message id
 * OPERATION u8 5 · 16-byte message id                           → operation id of this agency's message
 * OPERATION u8 6 · u8 n · ascii agency                          → operations that count for it here: each
 *                                                                 16-byte id · u64 its end
 * OPERATION u8 7 · u8 n · ascii agency                          → u64 number of operations stored here
 *                                                                 that it founded
 * OPERATION u8 8 · u32 last day · 16-byte operation id          → empty: kept until that day
 * OPERATION u8 9 · token of a client of this agency             → u64 number of operations stored here
 *                                                                 that it founded
 * OPERATION u8 10 · u8 n · ascii agency                         → own operations that count there: each
 *                                                                 16-byte id · u64 its end · 16-byte
 *                                                                 token of the client, zeros for none
 * </pre>
 */
public final class OperationTable {
  private static final int RECORD = 1;
  private static final int ROSTER = 2;
  private static final int WORD = 3;
  private static final int SAID = 4;
  private static final int OWN = 5;
  private static final int OPEN = 6;
  private static final int FOUNDED = 7;
  private static final int KEPT_UNTIL = 8;
  private static final int FOUNDED_BY = 9;
  private static final int LED = 10;
  private static final int STANDING = 1;
  private static final int OTHER = 2;
  private static final int OPEN_BYTES = MessageId.SIZE + 8;
  private static final int LED_BYTES = OPEN_BYTES + StoredNames.TOKEN_BYTES;
  private static final ByteString NO_CLIENT =
      ByteString.copyFrom(new byte[StoredNames.TOKEN_BYTES]);
  private static final byte[] NOTHING = new byte[0];

  /** In the place of an operation's end: it is not open. */
  static final long OVER = 0;

  /** In the place of an agency: this one. */
  private static final String OWN_AGENCY = "";

  private final Store store;

  /** Operations with something to be done; few, even if the table is large. */
  private final NavigableSet<OperationId> marked = new ConcurrentSkipListSet<>();

  private final NavigableSet<OperationId> forked = new ConcurrentSkipListSet<>();

  /** The table of a ledger. */
  public static OperationTable of(Ledger ledger) {
    return ledger.table(OperationTable.class, OperationTable::new);
  }

  public OperationTable(Store store) {
    this.store = store;
    try (Scan scan = records(store)) {
      while (scan.hasNext()) {
        scan.next();
        mark(idOf(scan.key()), scan.value());
      }
    }
  }

  /** Marks an operation by its record. The code that reads an unreadable one reports it. */
  private void mark(OperationId id, byte[] value) {
    try {
      mark(id, OperationRecord.parseFrom(value));
    } catch (InvalidProtocolBufferException e) {
      marked.add(id);
    }
  }

  private void mark(OperationId id, OperationRecord record) {
    boolean due = record.getReturnsList().stream().anyMatch(RosterReturn::getDue);
    mark(marked, id, record.getSetBack() || due);
    mark(forked, id, record.getForked());
  }

  private static void mark(Set<OperationId> all, OperationId id, boolean now) {
    if (now) {
      all.add(id);
    } else {
      all.remove(id);
    }
  }

  /** Marks all operations of a ledger being restored, since later rosters may be missing. */
  public static void setBack(Store store, Batch batch) {
    try (Scan scan = records(store)) {
      while (scan.hasNext()) {
        scan.next();
        OperationRecord record =
            CorruptRecord.parse(OperationRecord.parser(), scan.value(), "OPERATION");
        batch.put(
            Table.OPERATION,
            scan.key(),
            record.toBuilder().setSetBack(true).clearAskedIn().build().toByteArray());
      }
    }
  }

  /** What a member goes by, sealed. */
  public record SealedReference(AgencyName agency, SealedRecord sealed) {}

  /** An operation that counts for an agency, until its stated end. */
  private record OpenEntry(OperationId id, long endsAtMs) {}

  /**
   * A message of an operation.
   *
   * @param sealed this agency's own message; empty for a received one
   */
  public record StoredUpdate(MessageId id, SealedRecord sealed) {
    /** Whether this agency said it. */
    public boolean own() {
      return sealed.bytes().length > 0;
    }
  }

  /**
   * Which message of an operation.
   *
   * @param agency empty for a message of this agency
   * @param standing whether it states what a later message replaces ({@link Situation})
   */
  public record UpdateKey(String agency, boolean standing, MessageId message) {}

  /**
   * Newest messages of an operation, by the time in their ids, newest first.
   *
   * @param more whether there are older ones
   */
  public record NewestUpdates(List<UpdateKey> keys, boolean more) {
    public NewestUpdates {
      keys = List.copyOf(keys);
    }
  }

  /** The record of an operation as the transaction sees it, or null. */
  public @Nullable OperationRecord record(Transaction tx, OperationId id) {
    return parse(tx.get(Table.OPERATION, key(RECORD, id)));
  }

  /** The same as committed. */
  public @Nullable OperationRecord record(OperationId id) {
    return parse(store.get(Table.OPERATION, key(RECORD, id)));
  }

  /** Sets the record of an operation. */
  public void put(Transaction tx, OperationId id, OperationRecord record) {
    OperationRecord before = record(tx, id);
    if (before != null && before.getKeepUntilDay() != record.getKeepUntilDay()) {
      tx.delete(Table.OPERATION, keptKey(before.getKeepUntilDay(), id));
    }
    if (before == null || before.getKeepUntilDay() != record.getKeepUntilDay()) {
      tx.put(Table.OPERATION, keptKey(record.getKeepUntilDay(), id), NOTHING);
    }
    tx.put(Table.OPERATION, key(RECORD, id), record.toByteArray());
    tx.afterCommit(() -> mark(id, record));
  }

  /**
   * Committed operations that were restored or must be handed back, oldest first. Does not scan the
   * others.
   */
  public List<OperationId> marked() {
    return List.copyOf(marked);
  }

  /** Committed operations whose leads signed contradicting rosters, oldest first; scans nothing. */
  public List<OperationId> forked() {
    return List.copyOf(forked);
  }

  /** The sealed roster of a number as the transaction sees it, or null. */
  public @Nullable SealedRecord roster(Transaction tx, OperationId id, long number) {
    return roster(id, number, tx.get(Table.OPERATION, rosterKey(id, number)));
  }

  /** The same as committed. */
  public @Nullable SealedRecord roster(OperationId id, long number) {
    return roster(id, number, store.get(Table.OPERATION, rosterKey(id, number)));
  }

  private static @Nullable SealedRecord roster(
      OperationId id, long number, byte @Nullable [] sealed) {
    return sealed == null ? null : new SealedRecord(rosterPlace(id, number), sealed);
  }

  /** Where the roster of a number lies. */
  public static RecordPlace rosterPlace(OperationId id, long number) {
    return new RecordPlace(Table.OPERATION, rosterKey(id, number), "roster");
  }

  /** Where a roster lies that contradicts what is held. */
  public static RecordPlace conflictPlace(OperationId id) {
    return new RecordPlace(Table.OPERATION, key(RECORD, id), "conflict");
  }

  /** Where it lies by which roster a member goes. */
  public static RecordPlace wordPlace(OperationId id, AgencyName agency) {
    return new RecordPlace(Table.OPERATION, wordKey(id, agency), "word");
  }

  /** Where it lies what this agency said in a message. */
  public static RecordPlace saidPlace(OperationId id, MessageId message, boolean standing) {
    return saidPlace(id, new UpdateKey(OWN_AGENCY, standing, message));
  }

  private static RecordPlace saidPlace(OperationId id, UpdateKey update) {
    return new RecordPlace(Table.OPERATION, saidKey(id, update), "said");
  }

  /** Numbers of the stored rosters, newest first, as committed; at most {@code most}. */
  public List<Long> numbers(OperationId id, int most) {
    byte[] prefix = key(ROSTER, id);
    ArrayDeque<Long> latest = new ArrayDeque<>();
    try (Scan scan = store.scan(Table.OPERATION, prefix, KeyBuilder.endOf(prefix))) {
      while (scan.hasNext()) {
        scan.next();
        latest.addFirst(BigEndian.u64(scan.key(), prefix.length));
        if (latest.size() > most) {
          latest.removeLast();
        }
      }
    }
    return List.copyOf(latest);
  }

  /** Keeps the roster of a number. */
  public void putRoster(Transaction tx, OperationId id, long number, byte[] sealed) {
    tx.put(Table.OPERATION, rosterKey(id, number), sealed);
  }

  /** Stores a member's reference to a roster that is not held here; the latest counts. */
  public void putWord(Transaction tx, OperationId id, AgencyName agency, byte[] sealed) {
    tx.put(Table.OPERATION, wordKey(id, agency), sealed);
  }

  /**
   * Members' references as the transaction sees them.
   *
   * @param members agencies that may have made one in this batch
   */
  public List<SealedReference> words(Transaction tx, OperationId id, List<AgencyName> members) {
    byte[] prefix = key(WORD, id);
    Set<AgencyName> agencies = new TreeSet<>(members);
    try (Scan scan = tx.scanCommitted(Table.OPERATION, prefix, KeyBuilder.endOf(prefix))) {
      while (scan.hasNext()) {
        scan.next();
        byte[] key = scan.key();
        byte[] name = Arrays.copyOfRange(key, prefix.length, key.length);
        agencies.add(new AgencyName(KeyReader.of(name).ascii()));
      }
    }
    List<SealedReference> out = new ArrayList<>();
    for (AgencyName agency : agencies) {
      byte[] now = tx.get(Table.OPERATION, wordKey(id, agency));
      if (now != null) {
        out.add(new SealedReference(agency, new SealedRecord(wordPlace(id, agency), now)));
      }
    }
    return out;
  }

  /** Removes a member's reference. */
  public void forgetWord(Transaction tx, OperationId id, AgencyName agency) {
    tx.delete(Table.OPERATION, wordKey(id, agency));
  }

  /** Open operations that count for an agency here, as the transaction sees them. */
  public List<OperationId> open(Transaction tx, AgencyName agency) {
    return open(tx, openKey(agency)).stream().map(OpenEntry::id).toList();
  }

  private static List<OpenEntry> open(Transaction tx, byte[] key) {
    byte[] value = tx.get(Table.OPERATION, key);
    List<OpenEntry> entries = new ArrayList<>();
    for (int at = 0; value != null && at + OPEN_BYTES <= value.length; at += OPEN_BYTES) {
      long endsAtMs = BigEndian.u64(value, at + MessageId.SIZE);
      if (endsAtMs > tx.nowMillis()) {
        byte[] id = Arrays.copyOfRange(value, at, at + MessageId.SIZE);
        entries.add(new OpenEntry(OperationId.of(id), endsAtMs));
      }
    }
    return entries;
  }

  /** Counts an open operation for an agency until a time. */
  public void open(Transaction tx, AgencyName agency, OperationId id, long endsAtMs) {
    List<OpenEntry> entries = without(id, open(tx, openKey(agency)));
    entries.add(new OpenEntry(id, endsAtMs));
    putOpen(tx, openKey(agency), entries);
  }

  /**
   * Counts an operation no longer for an agency.
   *
   * @return whether it did
   */
  public boolean shut(Transaction tx, AgencyName agency, OperationId id) {
    return shut(tx, openKey(agency), id);
  }

  private static boolean shut(Transaction tx, byte[] key, OperationId id) {
    List<OpenEntry> before = open(tx, key);
    List<OpenEntry> now = without(id, before);
    boolean was = now.size() < before.size();
    if (was) {
      putOpen(tx, key, now);
    }
    return was;
  }

  private static List<OpenEntry> without(OperationId id, List<OpenEntry> entries) {
    List<OpenEntry> others = new ArrayList<>(entries);
    others.removeIf(entry -> entry.id().equals(id));
    return others;
  }

  private static void putOpen(Transaction tx, byte[] key, List<OpenEntry> entries) {
    if (entries.isEmpty()) {
      tx.delete(Table.OPERATION, key);
      return;
    }
    KeyBuilder value = KeyBuilder.key(entries.size() * OPEN_BYTES);
    entries.forEach(entry -> value.bytes(entry.id().bytes()).u64(entry.endsAtMs()));
    tx.put(Table.OPERATION, key, value.done());
  }

  /** An operation that counts for this agency at a member, and for one of its clients there. */
  private record LedEntry(OperationId id, long endsAtMs, ByteString client) {}

  /**
   * Open operations that count for this agency at a member.
   *
   * @param ofClient how many of them count for one client
   */
  record LedThere(Set<OperationId> operations, int ofClient) {}

  /** The operations that count for this agency at a member, as committed. */
  LedThere ledAt(AgencyName member, ByteString client, long nowMillis) {
    List<LedEntry> entries = led(store.get(Table.OPERATION, ledKey(member)), nowMillis);
    int own = (int) entries.stream().filter(entry -> entry.client().equals(client)).count();
    return new LedThere(entries.stream().map(LedEntry::id).collect(Collectors.toSet()), own);
  }

  /**
   * Counts an operation for this agency at a member until its end. It goes on counting for the
   * client for which it counted there first.
   *
   * @param endsAtMs its end, or {@link #OVER} to count it there no longer
   * @param client as a token; empty if none of this agency has it signed
   */
  void led(Transaction tx, AgencyName member, OperationId id, long endsAtMs, ByteString client) {
    byte[] key = ledKey(member);
    List<LedEntry> before = led(tx.get(Table.OPERATION, key), tx.nowMillis());
    List<LedEntry> now = new ArrayList<>(before);
    now.removeIf(entry -> entry.id().equals(id));
    if (endsAtMs != OVER) {
      ByteString counted =
          before.stream()
              .filter(entry -> entry.id().equals(id))
              .map(LedEntry::client)
              .findFirst()
              .orElse(client.isEmpty() ? NO_CLIENT : client);
      now.add(new LedEntry(id, endsAtMs, counted));
    }
    if (now.equals(before)) {
      return;
    }
    if (now.isEmpty()) {
      tx.delete(Table.OPERATION, key);
      return;
    }
    KeyBuilder value = KeyBuilder.key(now.size() * LED_BYTES);
    now.forEach(
        entry ->
            value
                .bytes(entry.id().bytes())
                .u64(entry.endsAtMs())
                .bytes(entry.client().toByteArray()));
    tx.put(Table.OPERATION, key, value.done());
  }

  private static List<LedEntry> led(byte @Nullable [] value, long nowMillis) {
    List<LedEntry> entries = new ArrayList<>();
    for (int at = 0; value != null && at + LED_BYTES <= value.length; at += LED_BYTES) {
      long endsAtMs = BigEndian.u64(value, at + MessageId.SIZE);
      if (endsAtMs > nowMillis) {
        byte[] id = Arrays.copyOfRange(value, at, at + MessageId.SIZE);
        ByteString client = ByteString.copyFrom(value, at + OPEN_BYTES, StoredNames.TOKEN_BYTES);
        entries.add(new LedEntry(OperationId.of(id), endsAtMs, client));
      }
    }
    return entries;
  }

  /** How many stored operations an agency founded, open or not, as the transaction sees it. */
  public long founded(Transaction tx, AgencyName agency) {
    return count(tx.get(Table.OPERATION, foundedKey(agency)));
  }

  /** The same as committed. */
  long founded(AgencyName agency) {
    return count(store.get(Table.OPERATION, foundedKey(agency)));
  }

  /** How many of them a client of this agency founded, as committed. */
  long foundedBy(ByteString client) {
    return count(store.get(Table.OPERATION, foundedKey(client)));
  }

  private static long count(byte @Nullable [] value) {
    return value == null ? 0 : BigEndian.u64(value, 0);
  }

  /**
   * Counts one more, or one fewer.
   *
   * @param client the client of this agency that founded it, as a token; empty for others
   */
  void founded(Transaction tx, AgencyName agency, ByteString client, int more) {
    count(tx, foundedKey(agency), more);
    if (!client.isEmpty()) {
      count(tx, foundedKey(client), more);
    }
  }

  private static void count(Transaction tx, byte[] key, int more) {
    long now = count(tx.get(Table.OPERATION, key)) + more;
    if (now > 0) {
      tx.put(Table.OPERATION, key, KeyBuilder.key().u64(now).done());
    } else {
      tx.delete(Table.OPERATION, key);
    }
  }

  /** Adds a received message to an operation. */
  public void received(
      Transaction tx, OperationId id, AgencyName origin, MessageId message, boolean standing) {
    UpdateKey key = new UpdateKey(origin.value(), standing, message);
    tx.put(Table.OPERATION, saidKey(id, key), NOTHING);
  }

  /** Stores a message of this agency. */
  public void said(
      Transaction tx, OperationId id, MessageId message, boolean standing, byte[] sealed) {
    tx.put(Table.OPERATION, saidKey(id, new UpdateKey(OWN_AGENCY, standing, message)), sealed);
    tx.put(Table.OPERATION, ownKey(message), id.bytes());
  }

  /** Removes a message of this agency, if it is stored. */
  public void forgetSaid(Transaction tx, MessageId message) {
    byte[] id = tx.get(Table.OPERATION, ownKey(message));
    if (id != null) {
      tx.delete(Table.OPERATION, ownKey(message));
      for (boolean standing : new boolean[] {true, false}) {
        UpdateKey key = new UpdateKey(OWN_AGENCY, standing, message);
        tx.delete(Table.OPERATION, saidKey(OperationId.of(id), key));
      }
    }
  }

  /**
   * The newest messages of an operation. Agencies take turns, since the time in an id is what its
   * origin says: none takes the place of another's newest. An agency has a turn for what states
   * what stands, and one for the others, so that its reports do not take the place of its plan.
   */
  public NewestUpdates newest(OperationId id, int most) {
    List<UpdateKey> chosen = new ArrayList<>();
    List<UpdateKey> next = newestOfEach(id);
    while (!next.isEmpty() && chosen.size() < most) {
      int fit = Math.min(next.size(), most - chosen.size());
      chosen.addAll(next.subList(0, fit));
      List<UpdateKey> older = new ArrayList<>(next.subList(fit, next.size()));
      for (UpdateKey taken : next.subList(0, fit)) {
        KeyValue before = store.last(Table.OPERATION, saidOf(id, taken), saidKey(id, taken));
        if (before != null) {
          older.add(updateIn(before.key()));
        }
      }
      next = older;
    }
    chosen.sort(Comparator.comparing(UpdateKey::message).reversed());
    return new NewestUpdates(chosen, !next.isEmpty());
  }

  private List<UpdateKey> newestOfEach(OperationId id) {
    byte[] all = key(SAID, id);
    List<UpdateKey> newest = new ArrayList<>();
    KeyValue found = store.last(Table.OPERATION, all, KeyBuilder.endOf(all));
    while (found != null) {
      UpdateKey one = updateIn(found.key());
      newest.add(one);
      found = store.last(Table.OPERATION, all, saidOf(id, one));
    }
    return newest;
  }

  /** A message of an operation, or null. */
  public @Nullable StoredUpdate update(OperationId id, UpdateKey key) {
    byte[] value = store.get(Table.OPERATION, saidKey(id, key));
    return value == null
        ? null
        : new StoredUpdate(key.message(), new SealedRecord(saidPlace(id, key), value));
  }

  /** The newest operations, newest first, as committed; at most {@code most}. */
  public List<OperationId> list(int most) {
    List<OperationId> newest = new ArrayList<>();
    byte[] first = {RECORD};
    KeyValue found = store.last(Table.OPERATION, first, KeyBuilder.endOf(first));
    while (found != null && newest.size() < most) {
      newest.add(idOf(found.key()));
      found = store.last(Table.OPERATION, first, found.key());
    }
    return newest;
  }

  /**
   * A change that removes some entries of one operation that is over, and returns how many. The
   * operation's own record goes last. A change is bounded, because members choose how much they say
   * in an operation. This call looks for the operation, without a look at the others; the change
   * only removes.
   *
   * @param today the operation's last day is before this day
   * @param most most entries that the change removes
   */
  public Mutation<Integer> removal(long today, int most) {
    byte[] first = {KEPT_UNTIL};
    byte[] over;
    try (Scan scan =
        store.scan(Table.OPERATION, first, KeyBuilder.key().u8(KEPT_UNTIL).u32(today).done())) {
      if (!scan.hasNext()) {
        return tx -> 0;
      }
      scan.next();
      over = scan.key();
    }
    // A later roster may have put off its end meanwhile.
    return tx -> tx.get(Table.OPERATION, over) == null ? 0 : remove(tx, over, most);
  }

  private int remove(Transaction tx, byte[] over, int most) {
    OperationId id = OperationId.of(Arrays.copyOfRange(over, 1 + 4, over.length));
    int removed = 0;
    for (int space : new int[] {SAID, WORD, ROSTER}) {
      byte[] prefix = key(space, id);
      try (Scan scan = tx.scanCommitted(Table.OPERATION, prefix, KeyBuilder.endOf(prefix))) {
        while (removed < most && scan.hasNext()) {
          scan.next();
          byte[] key = scan.key();
          tx.delete(Table.OPERATION, key);
          if (space == SAID) {
            tx.delete(Table.OPERATION, ownKey(updateIn(key).message()));
          }
          removed++;
        }
      }
    }
    if (removed < most) {
      removeRecord(tx, id);
      tx.delete(Table.OPERATION, over);
      removed++;
    }
    return removed;
  }

  private void removeRecord(Transaction tx, OperationId id) {
    OperationRecord counted = counted(tx, id);
    if (!counted.getCountedFor().isEmpty()) {
      founded(tx, new AgencyName(counted.getCountedFor()), counted.getFounder(), -1);
    }
    tx.delete(Table.OPERATION, key(RECORD, id));
    tx.afterCommit(() -> mark(id, OperationRecord.getDefaultInstance()));
    byte[] open = {OPEN};
    try (Scan scan = tx.scanCommitted(Table.OPERATION, open, KeyBuilder.endOf(open))) {
      while (scan.hasNext()) {
        scan.next();
        shut(tx, scan.key(), id);
      }
    }
  }

  /** One whose record cannot be read counts on, and is removed like the others. */
  private OperationRecord counted(Transaction tx, OperationId id) {
    try {
      OperationRecord record = record(tx, id);
      return record == null ? OperationRecord.getDefaultInstance() : record;
    } catch (CorruptRecord e) {
      return OperationRecord.getDefaultInstance();
    }
  }

  private static Scan records(Store store) {
    return store.scan(Table.OPERATION, new byte[] {RECORD}, new byte[] {RECORD + 1});
  }

  private static OperationId idOf(byte[] recordKey) {
    return OperationId.of(Arrays.copyOfRange(recordKey, 1, recordKey.length));
  }

  private static @Nullable OperationRecord parse(byte @Nullable [] value) {
    if (value == null) {
      return null;
    }
    return CorruptRecord.parse(OperationRecord.parser(), value, "OPERATION");
  }

  private static byte[] key(int space, OperationId id) {
    return KeyBuilder.key().u8(space).bytes(id.bytes()).done();
  }

  private static byte[] rosterKey(OperationId id, long number) {
    return KeyBuilder.key().u8(ROSTER).bytes(id.bytes()).u64(number).done();
  }

  private static byte[] wordKey(OperationId id, AgencyName agency) {
    return KeyBuilder.key().u8(WORD).bytes(id.bytes()).ascii(agency.value()).done();
  }

  /** What the messages that take turns with this one begin with. */
  private static byte[] saidOf(OperationId id, UpdateKey update) {
    return KeyBuilder.key()
        .u8(SAID)
        .bytes(id.bytes())
        .ascii(update.agency())
        .u8(update.standing() ? STANDING : OTHER)
        .done();
  }

  private static UpdateKey updateIn(byte[] saidKey) {
    int from = 1 + MessageId.SIZE + 1;
    int to = saidKey.length - MessageId.SIZE;
    return new UpdateKey(
        new String(saidKey, from, to - 1 - from, StandardCharsets.US_ASCII),
        saidKey[to - 1] == STANDING,
        MessageId.of(Arrays.copyOfRange(saidKey, to, saidKey.length)));
  }

  private static byte[] saidKey(OperationId id, UpdateKey update) {
    return KeyBuilder.key().bytes(saidOf(id, update)).bytes(update.message().bytes()).done();
  }

  private static byte[] openKey(AgencyName agency) {
    return KeyBuilder.key().u8(OPEN).ascii(agency.value()).done();
  }

  private static byte[] ledKey(AgencyName member) {
    return KeyBuilder.key().u8(LED).ascii(member.value()).done();
  }

  private static byte[] foundedKey(AgencyName agency) {
    return KeyBuilder.key().u8(FOUNDED).ascii(agency.value()).done();
  }

  private static byte[] foundedKey(ByteString client) {
    return KeyBuilder.key().u8(FOUNDED_BY).bytes(client.toByteArray()).done();
  }

  private static byte[] keptKey(long lastDay, OperationId id) {
    return KeyBuilder.key().u8(KEPT_UNTIL).u32(lastDay).bytes(id.bytes()).done();
  }

  private static byte[] ownKey(MessageId message) {
    return KeyBuilder.key().u8(OWN).bytes(message.bytes()).done();
  }
}
