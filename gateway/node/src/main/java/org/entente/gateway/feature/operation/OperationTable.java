package org.entente.gateway.feature.operation;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.commit.Transaction.Mutation;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.ledger.record.RecordPlace;
import org.entente.gateway.ledger.record.SealedRecord;
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
import org.jspecify.annotations.Nullable;

/**
 * Joint operations. Ids follow the time of founding, so the oldest comes first.
 *
 * <pre>
 * OPERATION u8 1 · 16-byte operation id                         → OperationRecord
 * OPERATION u8 2 · 16-byte operation id · u64 number            → its roster, sealed
 * OPERATION u8 3 · 16-byte operation id · u8 n · ascii agency   → a member's statement, sealed
 * OPERATION u8 4 · 16-byte operation id · 16-byte message id    → the message, sealed, if own
 * OPERATION u8 5 · 16-byte message id                           → operation id of this agency's message
 * OPERATION u8 6 · u8 n · ascii agency                          → operations that count for it here: each
 *                                                                 16-byte id · u64 its end
 * </pre>
 */
public final class OperationTable {
  private static final int RECORD = 1;
  private static final int ROSTER = 2;
  private static final int WORD = 3;
  private static final int SAID = 4;
  private static final int OWN = 5;
  private static final int OPEN = 6;
  private static final int OPEN_BYTES = MessageId.SIZE + 8;
  private static final byte[] NOTHING = new byte[0];

  private final Store store;

  /** Operations that need attention; few, even if the table is large. */
  private final NavigableSet<OperationId> marked = new ConcurrentSkipListSet<>();

  /** The table of a ledger. */
  public static OperationTable of(Ledger ledger) {
    return ledger.table(OperationTable.class, OperationTable::new);
  }

  public OperationTable(Store store) {
    this.store = store;
    try (Scan scan = records(store)) {
      while (scan.hasNext()) {
        scan.next();
        if (isMarked(scan.value())) {
          marked.add(idOf(scan.key()));
        }
      }
    }
  }

  /** Whether a record is marked. The code that reads an unreadable record reports it. */
  private static boolean isMarked(byte[] value) {
    try {
      return isMarked(OperationRecord.parseFrom(value));
    } catch (InvalidProtocolBufferException e) {
      return true;
    }
  }

  private static boolean isMarked(OperationRecord record) {
    return record.getSetBack() || record.getForked() || !record.getGiveBackTo().isEmpty();
  }

  /** Marks all operations of a ledger being restored, since later rosters may be missing. */
  public static void setBack(Store store, Batch batch) {
    for (Entry entry : new OperationTable(store).list(Integer.MAX_VALUE)) {
      batch.put(
          Table.OPERATION,
          key(RECORD, entry.id()),
          entry.record().toBuilder().setSetBack(true).clearAskedIn().build().toByteArray());
    }
  }

  /** An operation's record. */
  public record Entry(OperationId id, OperationRecord record) {}

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
    tx.put(Table.OPERATION, key(RECORD, id), record.toByteArray());
    boolean now = isMarked(record);
    tx.afterCommit(() -> mark(id, now));
  }

  private void mark(OperationId id, boolean now) {
    if (now) {
      marked.add(id);
    } else {
      marked.remove(id);
    }
  }

  /**
   * Committed operations that were restored, are forked or must be handed back, oldest first. Does
   * not scan the others.
   */
  public List<OperationId> marked() {
    return List.copyOf(marked);
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
  public static RecordPlace saidPlace(OperationId id, MessageId message) {
    return new RecordPlace(Table.OPERATION, saidKey(id, message), "said");
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

  /** Adds a received message to an operation. */
  public void received(Transaction tx, OperationId id, MessageId message) {
    tx.put(Table.OPERATION, saidKey(id, message), NOTHING);
  }

  /** Stores a message of this agency. */
  public void said(Transaction tx, OperationId id, MessageId message, byte[] sealed) {
    tx.put(Table.OPERATION, saidKey(id, message), sealed);
    tx.put(Table.OPERATION, ownKey(message), id.bytes());
  }

  /** Removes a message of this agency, if it is stored. */
  public void forgetSaid(Transaction tx, MessageId message) {
    byte[] id = tx.get(Table.OPERATION, ownKey(message));
    if (id != null) {
      tx.delete(Table.OPERATION, ownKey(message));
      tx.delete(Table.OPERATION, saidKey(OperationId.of(id), message));
    }
  }

  /**
   * The newest message of an operation before another one, or of all if that is null; null if there
   * is none. A caller that goes through them holds one at a time.
   */
  public @Nullable StoredUpdate newestBefore(OperationId id, @Nullable MessageId later) {
    byte[] prefix = key(SAID, id);
    byte[] end = later == null ? KeyBuilder.endOf(prefix) : saidKey(id, later);
    KeyValue found = store.last(Table.OPERATION, prefix, end);
    if (found == null) {
      return null;
    }
    byte[] key = found.key();
    MessageId message = MessageId.of(Arrays.copyOfRange(key, prefix.length, key.length));
    return new StoredUpdate(message, new SealedRecord(saidPlace(id, message), found.value()));
  }

  /** The newest operations, newest first, as committed; at most {@code most}. */
  public List<Entry> list(int most) {
    List<Entry> all = new ArrayList<>();
    try (Scan scan = records(store)) {
      while (scan.hasNext()) {
        scan.next();
        OperationRecord record = parse(scan.value());
        if (record != null) {
          all.add(new Entry(idOf(scan.key()), record));
        }
      }
    }
    Collections.reverse(all);
    return List.copyOf(all.subList(0, Math.min(most, all.size())));
  }

  /**
   * A change that removes some entries of one operation that is over, and returns how many. The
   * operation's own record goes last. A change is bounded, because members choose how much they say
   * in an operation. This call looks for the operation; the change only removes.
   *
   * @param today the operation's last day is before this day
   * @param most most entries that the change removes
   */
  public Mutation<Integer> removal(long today, int most) {
    Optional<OperationId> over =
        list(Integer.MAX_VALUE).stream()
            .filter(entry -> entry.record().getKeepUntilDay() < today)
            .map(Entry::id)
            .findFirst();
    return tx -> over.filter(id -> isOver(tx, id, today)).map(id -> remove(tx, id, most)).orElse(0);
  }

  private boolean isOver(Transaction tx, OperationId id, long today) {
    OperationRecord record = record(tx, id);
    return record != null && record.getKeepUntilDay() < today;
  }

  private int remove(Transaction tx, OperationId id, int most) {
    int removed = 0;
    for (int space : new int[] {SAID, WORD, ROSTER}) {
      byte[] prefix = key(space, id);
      try (Scan scan = tx.scanCommitted(Table.OPERATION, prefix, KeyBuilder.endOf(prefix))) {
        while (removed < most && scan.hasNext()) {
          scan.next();
          byte[] key = scan.key();
          tx.delete(Table.OPERATION, key);
          if (space == SAID) {
            byte[] message = Arrays.copyOfRange(key, prefix.length, key.length);
            tx.delete(Table.OPERATION, ownKey(MessageId.of(message)));
          }
          removed++;
        }
      }
    }
    if (removed < most) {
      removeRecord(tx, id);
      removed++;
    }
    return removed;
  }

  private void removeRecord(Transaction tx, OperationId id) {
    tx.delete(Table.OPERATION, key(RECORD, id));
    tx.afterCommit(() -> mark(id, false));
    byte[] open = {OPEN};
    try (Scan scan = tx.scanCommitted(Table.OPERATION, open, KeyBuilder.endOf(open))) {
      while (scan.hasNext()) {
        scan.next();
        shut(tx, scan.key(), id);
      }
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

  private static byte[] saidKey(OperationId id, MessageId message) {
    return KeyBuilder.key().u8(SAID).bytes(id.bytes()).bytes(message.bytes()).done();
  }

  private static byte[] openKey(AgencyName agency) {
    return KeyBuilder.key().u8(OPEN).ascii(agency.value()).done();
  }

  private static byte[] ownKey(MessageId message) {
    return KeyBuilder.key().u8(OWN).bytes(message.bytes()).done();
  }
}
