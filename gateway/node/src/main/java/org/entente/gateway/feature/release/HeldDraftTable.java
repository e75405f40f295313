package org.entente.gateway.feature.release;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.ledger.record.RecordPlace;
import org.entente.gateway.ledger.record.SealedRecord;
import org.entente.gateway.ledger.record.UnreadableRecords;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.Table;
import org.entente.proto.store.v1.HeldRecord;
import org.jspecify.annotations.Nullable;

/**
 * Drafts held for release by a second person. Ids follow the time of publishing, so the oldest
 * comes first.
 *
 * <pre>
 * HELD u8 1 · 16-byte message id → HeldRecord
 * HELD u8 2 · 16-byte message id → the draft, sealed
 * </pre>
 *
 * An unreadable record blocks no other: it is reported once ({@link UnreadableRecords}) and left
 * out.
 */
public final class HeldDraftTable {
  private static final int RECORD = 1;
  private static final int DRAFT = 2;
  private static final byte[] END = {DRAFT};

  /**
   * A record under its message's id.
   *
   * @param id the id
   * @param record the record
   */
  public record Entry(MessageId id, HeldRecord record) {}

  private final Store store;
  private final UnreadableRecords unreadable;
  private final AtomicInteger count = new AtomicInteger();
  private final AtomicInteger exercises = new AtomicInteger();

  /** The table of a ledger. */
  static HeldDraftTable of(Ledger ledger) {
    return ledger.table(
        HeldDraftTable.class, store -> new HeldDraftTable(store, ledger.unreadable()));
  }

  /** The table of a store. */
  public HeldDraftTable(Store store, UnreadableRecords unreadable) {
    this.store = store;
    this.unreadable = unreadable;
    try (Scan scan = store.scan(Table.HELD, new byte[] {RECORD}, END)) {
      while (scan.hasNext()) {
        scan.next();
        HeldRecord record = readable(scan);
        if (record != null) {
          added(record, 1);
        }
      }
    }
  }

  /** Adds a draft. */
  public void put(Transaction tx, MessageId id, HeldRecord record, byte[] sealedDraft) {
    tx.put(Table.HELD, key(RECORD, id), record.toByteArray());
    tx.put(Table.HELD, key(DRAFT, id), sealedDraft);
    tx.afterCommit(() -> added(record, 1));
  }

  private void added(HeldRecord record, int drafts) {
    count.addAndGet(drafts);
    if (record.getExercise()) {
      exercises.addAndGet(drafts);
    }
  }

  /** Removes a draft; returns whether it existed. */
  public boolean remove(Transaction tx, MessageId id) {
    byte[] value = tx.get(Table.HELD, key(RECORD, id));
    if (value == null) {
      return false;
    }
    HeldRecord record = parse(value);
    tx.delete(Table.HELD, key(RECORD, id));
    tx.delete(Table.HELD, key(DRAFT, id));
    tx.afterCommit(() -> added(record, -1));
    return true;
  }

  /** The record of a draft, or null. */
  public @Nullable HeldRecord read(MessageId id) {
    byte[] value = store.get(Table.HELD, key(RECORD, id));
    return value == null ? null : parse(value);
  }

  /** The sealed draft of one, or null. */
  public @Nullable SealedRecord draft(MessageId id) {
    byte[] sealed = store.get(Table.HELD, key(DRAFT, id));
    return sealed == null ? null : new SealedRecord(draftPlace(id), sealed);
  }

  /** Where the draft of one lies. */
  public static RecordPlace draftPlace(MessageId id) {
    return new RecordPlace(Table.HELD, key(DRAFT, id), "draft");
  }

  /** Where it lies what is known of one without its content. */
  public static RecordPlace factsPlace(MessageId id) {
    return new RecordPlace(Table.HELD, key(RECORD, id), "facts");
  }

  /** Drafts after an id, or from the oldest, at most {@code most}, oldest first. */
  public List<Entry> page(@Nullable MessageId after, int most) {
    // The least key greater than that of the id: the same followed by a zero byte.
    byte[] from =
        after == null
            ? new byte[] {RECORD}
            : KeyBuilder.key().u8(RECORD).bytes(after.bytes()).u8(0).done();
    List<Entry> out = new ArrayList<>();
    try (Scan scan = store.scan(Table.HELD, from, END)) {
      while (out.size() < most && scan.hasNext()) {
        scan.next();
        HeldRecord record = readable(scan);
        if (record != null) {
          out.add(new Entry(idIn(scan.key()), record));
        }
      }
    }
    return out;
  }

  /**
   * When the oldest draft that is not an exercise was held, in milliseconds since 1970; 0 if there
   * is none.
   */
  public long oldestMillis() {
    try (Scan scan = store.scan(Table.HELD, new byte[] {RECORD}, END)) {
      while (scan.hasNext()) {
        scan.next();
        HeldRecord record = readable(scan);
        if (record != null && !record.getExercise()) {
          return record.getSinceMs();
        }
      }
    }
    return 0;
  }

  /** The number of held drafts. */
  public int count() {
    return count.get();
  }

  /** The number of held drafts that are not exercises. */
  public int actual() {
    return count.get() - exercises.get();
  }

  /** The record of a scan, or null if it cannot be read. */
  private @Nullable HeldRecord readable(Scan scan) {
    try {
      return parse(scan.value());
    } catch (CorruptRecord e) {
      unreadable.found(Table.HELD, idIn(scan.key()).toString(), e);
      return null;
    }
  }

  private static MessageId idIn(byte[] key) {
    return MessageId.of(Arrays.copyOfRange(key, 1, key.length));
  }

  private static HeldRecord parse(byte[] value) {
    return CorruptRecord.parse(HeldRecord.parser(), value, "HELD");
  }

  private static byte[] key(int space, MessageId id) {
    return KeyBuilder.key().u8(space).bytes(id.bytes()).done();
  }
}
