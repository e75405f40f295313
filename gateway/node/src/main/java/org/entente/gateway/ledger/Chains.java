package org.entente.gateway.ledger;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Timestamps;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.ChainLink;
import org.entente.gateway.ledger.table.ChainTable;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.ledger.table.InboxTable;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.MessageId;
import org.entente.proto.store.v1.ChainChange;
import org.entente.proto.store.v1.ChainRecord;
import org.entente.proto.store.v1.InboxRecord;
import org.entente.proto.v1.ChainEntry;
import org.entente.proto.v1.Change;
import org.entente.proto.v1.MessageType;
import org.entente.proto.v1.Standing;
import org.jspecify.annotations.Nullable;

/**
 * Chains of messages: which message updates, cancels, rectifies or restricts which.
 *
 * <p><b>Rules.</b> A change applies only to a message of its own origin; one that names another
 * origin's message, or a message that never arrives, is kept without effect. The order of arrival
 * does not matter: a change waits for a target that has not arrived, and is dropped if exactly one
 * of the two is training. A change applies unless it was itself cancelled or recalled. A
 * cancellation is final, so one further step decides this, and cycles cannot occur. A change
 * outlives the message that made it: erasing a restriction, or the end of its retention, does not
 * lift it.
 *
 * <p>The record of a received message says whether it was changed and whether it is restricted, so
 * that delivery reads the chain only when needed. What applies to a message is in its own record of
 * the chain, so that an arriving change costs the same few reads however many there are. Safe for
 * many threads; changes are made in transactions.
 */
public final class Chains {
  /** Most changes that a sender may make to one of its messages. */
  public static final int MOST = 64;

  /** Most changes of one message that are accepted from a peer. */
  static final int MOST_TAKEN = 128;

  /** Most messages of a chain that are shown. */
  static final int MOST_SHOWN = 256;

  /** Steps for which a chain is followed for subscribers that receive only some messages. */
  public static final int STEPS = 8;

  /** How long a chain is kept whose message is not here, in days. */
  private static final long KEPT_DAYS = EvidenceRecords.KEPT.toDays();

  private final ChainTable book;
  private final InboxTable inbox;
  private final RedeliveryQueue redeliveries;

  Chains(ChainTable book, InboxTable inbox, RedeliveryQueue redeliveries) {
    this.book = book;
    this.inbox = inbox;
    this.redeliveries = redeliveries;
  }

  /** Continues redeliveries that were pending when the ledger was closed. */
  void start() {
    redeliveries.resume();
  }

  /** Since when messages have waited to be redelivered, if that is longer than an hour. */
  public Optional<Instant> redeliveriesWaitSince() {
    return redeliveries.waitsLongSince();
  }

  /**
   * Sets the listener called after each commit that redelivers received messages, on the writer's
   * thread, so it must be quick. There is one listener.
   */
  public void onRedelivery(Runnable told) {
    redeliveries.onMoved(told);
  }

  /** Whether its sender can change a message once more. */
  public boolean hasRoom(AgencyName origin, MessageId target) {
    ChainRecord record = book.read(origin, target);
    return record == null || record.getChangesCount() < MOST;
  }

  /** Whether one more change of a message is accepted from its origin. */
  public boolean takes(Transaction tx, AgencyName origin, MessageId target) {
    ChainRecord record = book.read(tx, origin, target);
    return record == null || record.getChangesCount() < MOST_TAKEN;
  }

  /** The message that a message changes, as committed; empty if none. Decrypts nothing. */
  public Optional<MessageId> changedBy(AgencyName origin, MessageId id) {
    return Optional.ofNullable(book.read(origin, id))
        .filter(record -> !record.getReferences().isEmpty())
        .map(record -> MessageId.of(record.getReferences().toByteArray()));
  }

  /** Whether a message is a cancellation, which cannot be changed. */
  public boolean isFinal(AgencyName origin, MessageId id) {
    ChainRecord record = book.read(origin, id);
    return record != null && record.getType() == MessageType.MESSAGE_TYPE_CANCEL_VALUE;
  }

  /**
   * Whether a message is known to change another and to be training where it should be actual
   * traffic, or the reverse. This is remembered after the message itself is gone.
   */
  public boolean isOfTheOther(Transaction tx, AgencyName origin, MessageId id, boolean exercise) {
    ChainRecord record = book.read(tx, origin, id);
    return record != null && !isOf(record, exercise);
  }

  /** Whether a record fits a kind; one that changes nothing, or has no kind stored, fits both. */
  private static boolean isOf(ChainRecord record, boolean exercise) {
    return !record.hasExercise() || record.getExercise() == exercise;
  }

  /**
   * The record of an arriving message, with the changes that arrived before it. Called before the
   * message is appended.
   */
  public InboxRecord arriving(Transaction tx, AgencyName origin, MessageId id, InboxRecord record) {
    ChainRecord chain = withoutTheOther(tx, origin, id, record.getExercise());
    return chain == null || chain.getChangesCount() == 0
        ? record
        : record.toBuilder().setChanged(true).setRestricted(isRestricted(chain)).build();
  }

  /**
   * Redelivers, after a message that arrived late, the changes that arrived before it, and their
   * own changes for {@link #STEPS} steps. Filtering subscribers have skipped them, as their target
   * was unknown. Called once the message is appended; the redelivery follows in separate commits.
   */
  public void arrived(Transaction tx, AgencyName origin, MessageId id) {
    redeliveries.addChanges(tx, origin, id, STEPS);
  }

  /**
   * The record without changes of the other kind (training or actual), which was unknown before the
   * message arrived.
   */
  private @Nullable ChainRecord withoutTheOther(
      Transaction tx, AgencyName origin, MessageId id, boolean exercise) {
    ChainRecord chain = book.read(tx, origin, id);
    if (chain == null) {
      return null;
    }
    List<ChainChange> own =
        chain.getChangesList().stream().filter(it -> it.getExercise() == exercise).toList();
    if (own.size() == chain.getChangesCount()) {
      return chain;
    }
    ChainRecord left = chain.toBuilder().clearChanges().addAllChanges(own).build();
    book.put(tx, origin, id, left);
    return left;
  }

  /** Records a change by its origin; it applies to present and future messages. */
  public void changed(Transaction tx, AgencyName origin, ChainLink step) {
    ChainRecord own =
        orNew(book.read(tx, origin, step.id())).toBuilder()
            .setReferences(ByteString.copyFrom(step.target().bytes()))
            .setType(step.type().getNumber())
            .setAtMs(step.atMillis())
            .setExercise(step.exercise())
            .build();
    book.put(tx, origin, step.id(), own);
    // Read after that: a message may name itself.
    ChainRecord target = with(orNew(book.read(tx, origin, step.target())), change(step.id(), own));
    book.put(tx, origin, step.target(), target);
    refresh(tx, origin, step.target(), target);
    tell(tx, origin, step.target(), target, 1);
  }

  /**
   * Ends the effect of a recalled message on its target, if both are training or neither is. A
   * further recall of it does nothing.
   */
  public void recalled(Transaction tx, AgencyName origin, MessageId id, boolean exercise) {
    ChainRecord record = book.read(tx, origin, id);
    if (record != null
        && !record.getRecalled()
        && !record.getReferences().isEmpty()
        && isOf(record, exercise)) {
      ChainRecord recalled = record.toBuilder().setRecalled(true).build();
      book.put(tx, origin, id, recalled);
      // The second is the target of what a recalled cancellation had cancelled.
      tell(tx, origin, id, recalled, 2);
    }
  }

  /**
   * Brings what the target of a change says of it up to date. A target that says nothing of it, as
   * exactly one of them is training, stays as it is.
   *
   * @param targets targets of the change, the target's target and so on
   */
  private void tell(
      Transaction tx, AgencyName origin, MessageId id, ChainRecord record, int targets) {
    if (targets == 0 || record.getReferences().isEmpty()) {
      return;
    }
    MessageId target = MessageId.of(record.getReferences().toByteArray());
    ChainRecord before = orNew(book.read(tx, origin, target));
    ChainChange change = change(id, record);
    if (indexOf(before, change) < 0 || before.getChangesList().contains(change)) {
      return;
    }
    ChainRecord now = with(before, change);
    book.put(tx, origin, target, now);
    refresh(tx, origin, target, now);
    tell(tx, origin, target, now, targets - 1);
  }

  /** The record of a target, which says this of the change. */
  private static ChainRecord with(ChainRecord target, ChainChange change) {
    int at = indexOf(target, change);
    ChainRecord.Builder now = target.toBuilder();
    return (at < 0 ? now.addChanges(change) : now.setChanges(at, change)).build();
  }

  private static int indexOf(ChainRecord target, ChainChange change) {
    for (int i = 0; i < target.getChangesCount(); i++) {
      if (target.getChanges(i).getMessageId().equals(change.getMessageId())) {
        return i;
      }
    }
    return -1;
  }

  /** What the target of a change says of it. */
  private static ChainChange change(MessageId id, ChainRecord record) {
    return ChainChange.newBuilder()
        .setMessageId(ByteString.copyFrom(id.bytes()))
        .setType(record.getType())
        .setAtMs(record.getAtMs())
        .setExercise(record.getExercise())
        .setWithdrawn(isWithdrawn(record))
        .build();
  }

  private static ChainRecord orNew(@Nullable ChainRecord record) {
    return record == null ? ChainRecord.getDefaultInstance() : record;
  }

  /** Updates the record of a received message; redelivers it if its restriction ended. */
  private void refresh(Transaction tx, AgencyName origin, MessageId id, ChainRecord chain) {
    InboxTable.PlacedRecord placed = inbox.find(tx, id);
    if (placed == null || !placed.record().getOrigin().equals(origin.value())) {
      return;
    }
    InboxRecord before = placed.record();
    InboxRecord now =
        before.toBuilder()
            .setChanged(chain.getChangesCount() > 0)
            .setRestricted(isRestricted(chain))
            .build();
    if (now.equals(before)) {
      return;
    }
    inbox.replace(tx, placed, now);
    if (before.getRestricted() && !now.getRestricted()) {
      // Subscribers skipped it while it was restricted.
      redeliveries.addMessage(tx, origin, id);
    }
  }

  // Reading --------------------------------------------------------------------------------------

  private static boolean isRestricted(ChainRecord chain) {
    return chain.getChangesList().stream()
        .anyMatch(it -> applies(it, MessageType.MESSAGE_TYPE_RESTRICTION));
  }

  /** Whether a change is of a type and was not withdrawn. */
  private static boolean applies(ChainChange change, MessageType type) {
    return change.getType() == type.getNumber() && !change.getWithdrawn();
  }

  /** Whether a change was recalled or cancelled. A cancellation cannot be cancelled. */
  private static boolean isWithdrawn(ChainRecord change) {
    return change.getRecalled()
        || (change.getType() != MessageType.MESSAGE_TYPE_CANCEL_VALUE
            && change.getChangesList().stream()
                .anyMatch(it -> applies(it, MessageType.MESSAGE_TYPE_CANCEL)));
  }

  private static List<Change> changes(ChainRecord chain) {
    return chain.getChangesList().stream()
        .sorted(Comparator.comparingLong(ChainChange::getAtMs))
        .map(
            it ->
                Change.newBuilder()
                    .setType(type(it.getType()))
                    .setMessageId(it.getMessageId())
                    .setAt(Timestamps.fromMillis(it.getAtMs()))
                    .setWithdrawn(it.getWithdrawn())
                    .build())
        .toList();
  }

  private static MessageType type(int number) {
    MessageType type = MessageType.forNumber(number);
    return type == null ? MessageType.MESSAGE_TYPE_UNSPECIFIED : type;
  }

  /**
   * The later changes of a message by its origin, as committed; the default instance if there are
   * none.
   */
  public Standing standing(AgencyName origin, MessageId id) {
    ChainRecord chain = book.read(origin, id);
    if (chain == null || chain.getChangesCount() == 0) {
      return Standing.getDefaultInstance();
    }
    Standing.Builder standing = Standing.newBuilder();
    for (Change change : changes(chain)) {
      standing.addChanges(change);
      if (!change.getWithdrawn()) {
        hold(standing, change.getType());
      }
    }
    return standing.build();
  }

  private static void hold(Standing.Builder standing, MessageType type) {
    switch (type) {
      case MESSAGE_TYPE_UPDATE -> standing.setSuperseded(true);
      case MESSAGE_TYPE_CANCEL -> standing.setCancelled(true);
      case MESSAGE_TYPE_RECTIFICATION -> standing.setRectified(true);
      case MESSAGE_TYPE_RESTRICTION -> standing.setRestricted(true);
      default -> {
        // No other type is recorded.
      }
    }
  }

  /** The chain of a message, from its first member, as committed; bounded. */
  public List<ChainEntry> chain(AgencyName origin, MessageId id) {
    List<ChainEntry> out = new ArrayList<>();
    add(out, origin, first(origin, id), new HashSet<>());
    return out;
  }

  private MessageId first(AgencyName origin, MessageId id) {
    Set<MessageId> seen = new HashSet<>();
    MessageId first = id;
    ChainRecord record = book.read(origin, first);
    while (record != null && !record.getReferences().isEmpty() && seen.size() < MOST_SHOWN) {
      MessageId before = MessageId.of(record.getReferences().toByteArray());
      if (!seen.add(before)) {
        return first;
      }
      first = before;
      record = book.read(origin, first);
    }
    return first;
  }

  private void add(List<ChainEntry> out, AgencyName origin, MessageId id, Set<MessageId> seen) {
    if (out.size() >= MOST_SHOWN || !seen.add(id)) {
      return;
    }
    ChainRecord record = orNew(book.read(origin, id));
    ChainEntry.Builder entry =
        ChainEntry.newBuilder().setMessageId(ByteString.copyFrom(id.bytes()));
    if (!record.getReferences().isEmpty()) {
      entry
          .setReferences(record.getReferences())
          .setType(type(record.getType()))
          .setAt(Timestamps.fromMillis(record.getAtMs()))
          .setWithdrawn(isWithdrawn(record));
    }
    out.add(entry.build());
    for (Change change : changes(record)) {
      add(out, origin, MessageId.of(change.getMessageId().toByteArray()), seen);
    }
  }

  /** Removes records no longer needed, at most {@code most}; returns how many were examined. */
  public int prune(Transaction tx, long nowMillis, int most) {
    long day = Duration.ofMillis(nowMillis).toDays() - KEPT_DAYS;
    return book.prune(tx, day, most, (origin, id) -> isNeeded(tx, origin, id));
  }

  /** Whether the message, its target or the target's target is here. */
  private boolean isNeeded(Transaction tx, AgencyName origin, MessageId id) {
    MessageId next = id;
    for (int step = 0; step < 3; step++) {
      if (inbox.knows(tx, next)) {
        return true;
      }
      ChainRecord record = book.read(tx, origin, next);
      if (record == null || record.getReferences().isEmpty()) {
        return false;
      }
      next = MessageId.of(record.getReferences().toByteArray());
    }
    return false;
  }
}
