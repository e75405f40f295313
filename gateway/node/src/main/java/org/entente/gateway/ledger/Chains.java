package org.entente.gateway.ledger;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Timestamps;
import java.time.Duration;
import java.util.ArrayList;
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
import org.entente.proto.store.v1.ChainRecord;
import org.entente.proto.store.v1.InboxRecord;
import org.entente.proto.v1.ChainEntry;
import org.entente.proto.v1.Change;
import org.entente.proto.v1.MessageType;
import org.entente.proto.v1.Standing;
import org.jspecify.annotations.Nullable;

/**
 * Chains of messages: what updates, cancels, rectifies or restricts what.
 *
 * <p><b>Rules.</b> A change concerns a message of its own origin only; one that names another's, or
 * one that never comes, is kept and changes nothing. The order of arrival means nothing: what
 * changes a message that is not here yet waits for it, and is dropped if one of them is training
 * and the other is not. A change holds unless it was itself cancelled or recalled; a cancellation
 * is final, so that this is decided by looking one step further and never around a circle. A change
 * outlives the message that made it: a recipient who erases a restriction, or whose copy of it
 * ends, does not lift it.
 *
 * <p>A received message bears in its record that it was changed and that it is restricted, so that
 * whoever delivers it looks here only where there is something to be seen. Safe for many threads;
 * changes are made in transactions.
 */
public final class Chains {
  /** Most changes of one message that its sender may make. */
  public static final int MOST = 64;

  /** Most changes of one message that are taken from a peer. */
  static final int MOST_TAKEN = 128;

  /** Most messages of a chain that are shown. */
  static final int MOST_SHOWN = 256;

  /** So far back a chain is followed for whoever is given some of what comes. */
  public static final int STEPS = 8;

  /** How long a chain is remembered whose message is not here, days. */
  private static final long KEPT_DAYS = EvidenceRecords.KEPT.toDays();

  private final ChainTable book;
  private final InboxTable inbox;
  private final RedeliveryQueue anew;

  Chains(ChainTable book, InboxTable inbox, RedeliveryQueue anew) {
    this.book = book;
    this.inbox = inbox;
    this.anew = anew;
  }

  /** Goes on with what was to come anew when the ledger was closed. */
  void start() {
    anew.goOn();
  }

  /**
   * Has somebody told after each commit in which received messages came anew. On the writer's
   * thread, so it must be quick; one at a time.
   */
  public void whenAnew(Runnable told) {
    anew.whenMoved(told);
  }

  /** Whether a message can be changed once more by its sender. */
  public boolean hasRoom(AgencyName origin, MessageId target) {
    ChainRecord record = book.read(origin, target);
    return record == null || record.getChangedByCount() < MOST;
  }

  /** Whether one more change of a message is taken from its origin. */
  public boolean takes(Transaction tx, AgencyName origin, MessageId target) {
    ChainRecord record = book.read(tx, origin, target);
    return record == null || record.getChangedByCount() < MOST_TAKEN;
  }

  /** What a message changes, as committed; empty if it changes nothing. Opens nothing. */
  public Optional<MessageId> changedBy(AgencyName origin, MessageId id) {
    return Optional.ofNullable(book.read(origin, id))
        .filter(record -> !record.getReferences().isEmpty())
        .map(record -> MessageId.of(record.getReferences().toByteArray()));
  }

  /** Whether a message is a cancellation, which nothing changes. */
  public boolean isFinal(AgencyName origin, MessageId id) {
    ChainRecord record = book.read(origin, id);
    return record != null && record.getType() == MessageType.MESSAGE_TYPE_CANCEL_VALUE;
  }

  /**
   * Whether a message is known to change another, and to be training where it should be actual
   * traffic, or the reverse: that is remembered when the message itself is gone.
   */
  public boolean isOfTheOther(Transaction tx, AgencyName origin, MessageId id, boolean exercise) {
    ChainRecord record = book.read(tx, origin, id);
    return record != null && !isOf(record, exercise);
  }

  /** One that changes nothing, or of which that was not kept, may be either. */
  private static boolean isOf(ChainRecord record, boolean exercise) {
    return !record.hasExercise() || record.getExercise() == exercise;
  }

  /**
   * The record of a message that is about to be kept, with what changed it before it came. To be
   * asked before the message is appended.
   */
  public InboxRecord arriving(Transaction tx, AgencyName origin, MessageId id, InboxRecord record) {
    ChainRecord chain = withoutTheOther(tx, origin, id, record.getExercise());
    return chain == null || chain.getChangedByCount() == 0
        ? record
        : record.toBuilder()
            .setChanged(true)
            .setRestricted(isRestricted(reading(tx, origin), chain))
            .build();
  }

  /**
   * A message has come after what changes it. That comes anew behind it, with what changes that in
   * its turn, {@link #STEPS} steps on: whoever takes some of what comes has passed it over, since
   * nothing said then whether it concerned him. To be called once the message is appended; the rest
   * follows in commits of its own.
   */
  public void arrived(Transaction tx, AgencyName origin, MessageId id) {
    anew.changesOf(tx, origin, id, STEPS);
  }

  /** Before a message came nobody knew whether what changes it is of its kind. */
  private @Nullable ChainRecord withoutTheOther(
      Transaction tx, AgencyName origin, MessageId id, boolean exercise) {
    ChainRecord chain = book.read(tx, origin, id);
    if (chain == null) {
      return null;
    }
    List<ByteString> own = new ArrayList<>();
    for (ByteString by : chain.getChangedByList()) {
      if (!isOfTheOther(tx, origin, MessageId.of(by.toByteArray()), exercise)) {
        own.add(by);
      }
    }
    if (own.size() == chain.getChangedByCount()) {
      return chain;
    }
    ChainRecord left = chain.toBuilder().clearChangedBy().addAllChangedBy(own).build();
    book.put(tx, origin, id, left);
    return left;
  }

  /** Notes a change by its origin; once it is noted it holds for what is here and what comes. */
  public void changed(Transaction tx, AgencyName origin, ChainLink step) {
    ChainRecord own = orNew(book.read(tx, origin, step.id()));
    book.put(
        tx,
        origin,
        step.id(),
        own.toBuilder()
            .setReferences(ByteString.copyFrom(step.target().bytes()))
            .setType(step.type().getNumber())
            .setAtMs(step.atMillis())
            .setExercise(step.exercise())
            .build());
    ChainRecord target = orNew(book.read(tx, origin, step.target()));
    ByteString id = ByteString.copyFrom(step.id().bytes());
    if (!target.getChangedByList().contains(id)) {
      target = target.toBuilder().addChangedBy(id).build();
      book.put(tx, origin, step.target(), target);
    }
    refresh(tx, origin, step.target());
    refreshTarget(tx, origin, target);
  }

  /**
   * A message was recalled by its origin: what it changed, it changes no more, if both are training
   * or neither is.
   */
  public void recalled(Transaction tx, AgencyName origin, MessageId id, boolean exercise) {
    ChainRecord record = book.read(tx, origin, id);
    if (record != null && !record.getReferences().isEmpty() && isOf(record, exercise)) {
      book.put(tx, origin, id, record.toBuilder().setRecalled(true).build());
      refreshTarget(tx, origin, record);
    }
  }

  /** Where it is a change itself, what it changes may stand otherwise now. */
  private void refreshTarget(Transaction tx, AgencyName origin, ChainRecord record) {
    if (!record.getReferences().isEmpty()) {
      refresh(tx, origin, MessageId.of(record.getReferences().toByteArray()));
    }
  }

  private static ChainRecord orNew(@Nullable ChainRecord record) {
    return record == null ? ChainRecord.getDefaultInstance() : record;
  }

  /** Brings the record of a received message in line; one that is free again comes anew. */
  private void refresh(Transaction tx, AgencyName origin, MessageId id) {
    InboxTable.PlacedRecord placed = inbox.find(tx, id);
    ChainRecord chain = book.read(tx, origin, id);
    if (placed == null || chain == null || !placed.record().getOrigin().equals(origin.value())) {
      return;
    }
    InboxRecord before = placed.record();
    InboxRecord now =
        before.toBuilder()
            .setChanged(chain.getChangedByCount() > 0)
            .setRestricted(isRestricted(reading(tx, origin), chain))
            .build();
    if (now.equals(before)) {
      return;
    }
    inbox.replace(tx, placed, now);
    if (before.getRestricted() && !now.getRestricted()) {
      // Subscribers passed it over while it was restricted.
      anew.itself(tx, origin, id);
    }
  }

  // Reading --------------------------------------------------------------------------------------

  /** Records of one origin, in a transaction or as committed. */
  private interface ChainReader {
    @Nullable ChainRecord of(MessageId id);
  }

  private ChainReader reading(Transaction tx, AgencyName origin) {
    return id -> book.read(tx, origin, id);
  }

  private ChainReader reading(AgencyName origin) {
    return id -> book.read(origin, id);
  }

  private static boolean isRestricted(ChainReader reading, ChainRecord chain) {
    return changes(reading, chain).stream()
        .anyMatch(it -> holds(it, MessageType.MESSAGE_TYPE_RESTRICTION));
  }

  private static boolean holds(Change change, MessageType type) {
    return change.getType() == type && !change.getWithdrawn();
  }

  private static List<Change> changes(ChainReader reading, ChainRecord chain) {
    List<Change> out = new ArrayList<>();
    for (ByteString id : chain.getChangedByList()) {
      ChainRecord by = reading.of(MessageId.of(id.toByteArray()));
      if (by != null) {
        out.add(
            Change.newBuilder()
                .setType(type(by))
                .setMessageId(id)
                .setAt(Timestamps.fromMillis(by.getAtMs()))
                .setWithdrawn(isWithdrawn(reading, by))
                .build());
      }
    }
    out.sort((one, two) -> Timestamps.compare(one.getAt(), two.getAt()));
    return out;
  }

  private static MessageType type(ChainRecord record) {
    MessageType type = MessageType.forNumber(record.getType());
    return type == null ? MessageType.MESSAGE_TYPE_UNSPECIFIED : type;
  }

  /** Recalled, or cancelled: a cancellation of a cancellation is none. */
  private static boolean isWithdrawn(ChainReader reading, ChainRecord change) {
    return change.getRecalled()
        || (change.getType() != MessageType.MESSAGE_TYPE_CANCEL_VALUE
            && change.getChangedByList().stream()
                .map(id -> reading.of(MessageId.of(id.toByteArray())))
                .anyMatch(by -> by != null && isCancellation(by)));
  }

  private static boolean isCancellation(ChainRecord record) {
    return record.getType() == MessageType.MESSAGE_TYPE_CANCEL_VALUE && !record.getRecalled();
  }

  /** What an origin did with its message since, as committed; the default instance for nothing. */
  public Standing standing(AgencyName origin, MessageId id) {
    ChainRecord chain = book.read(origin, id);
    if (chain == null || chain.getChangedByCount() == 0) {
      return Standing.getDefaultInstance();
    }
    Standing.Builder standing = Standing.newBuilder();
    for (Change change : changes(reading(origin), chain)) {
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
        // No other is ever noted.
      }
    }
  }

  /** The chain in which a message stands, from its first on, as committed; bounded. */
  public List<ChainEntry> chain(AgencyName origin, MessageId id) {
    ChainReader reading = reading(origin);
    List<ChainEntry> out = new ArrayList<>();
    add(out, reading, first(reading, id), new HashSet<>());
    return out;
  }

  private static MessageId first(ChainReader reading, MessageId id) {
    Set<MessageId> seen = new HashSet<>();
    MessageId first = id;
    ChainRecord record = reading.of(first);
    while (record != null && !record.getReferences().isEmpty() && seen.size() < MOST_SHOWN) {
      MessageId before = MessageId.of(record.getReferences().toByteArray());
      if (!seen.add(before)) {
        return first;
      }
      first = before;
      record = reading.of(first);
    }
    return first;
  }

  private static void add(
      List<ChainEntry> out, ChainReader reading, MessageId id, Set<MessageId> seen) {
    if (out.size() >= MOST_SHOWN || !seen.add(id)) {
      return;
    }
    ChainRecord record = orNew(reading.of(id));
    ChainEntry.Builder entry =
        ChainEntry.newBuilder().setMessageId(ByteString.copyFrom(id.bytes()));
    if (!record.getReferences().isEmpty()) {
      entry
          .setReferences(record.getReferences())
          .setType(type(record))
          .setAt(Timestamps.fromMillis(record.getAtMs()))
          .setWithdrawn(isWithdrawn(reading, record));
    }
    out.add(entry.build());
    for (Change change : changes(reading, record)) {
      add(out, reading, MessageId.of(change.getMessageId().toByteArray()), seen);
    }
  }

  /** Forgets what nobody needs any more, at most so many; how many were looked at. */
  public int prune(Transaction tx, long nowMillis, int most) {
    long day = Duration.ofMillis(nowMillis).toDays() - KEPT_DAYS;
    return book.prune(tx, day, most, (origin, id) -> isNeeded(tx, origin, id));
  }

  /** As long as the message is here, or what it changes, or what that changes in its turn. */
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
