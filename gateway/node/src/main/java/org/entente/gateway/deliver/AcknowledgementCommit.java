package org.entente.gateway.deliver;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.entente.gateway.deliver.DeliveryLeaves.Advance;
import org.entente.gateway.deliver.DeliveryLeaves.Cursor;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.ProcessingFailure;
import org.entente.gateway.ledger.table.CursorTable;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.ledger.table.RetrievalRecords.RetrievalKind;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.proto.store.v1.CursorRecord;
import org.entente.proto.v1.EvidenceItem;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes an acknowledgement durable in one commit: the cursor's position, owed evidence of
 * retrieval, and the audit leaf of the acknowledged range, or the range for a later leaf. Safe for
 * many threads.
 */
final class AcknowledgementCommit {
  private static final Logger LOG = LoggerFactory.getLogger(AcknowledgementCommit.class);

  /** Cursors handled per round, so that its commit stays short. */
  private static final int AT_A_TIME = 1_000;

  /** Messages whose evidence is owed together at most: a few records of 64 for each origin. */
  private static final int TOGETHER = 256;

  /** The part of what a change may put after which it takes no further acknowledgements. */
  private static final int SHARE = 4;

  /** More cursors than there can be. */
  private static final int ALL = 10_000_000;

  private final Ledger ledger;
  private final EvidenceRecords evidence;
  private final DeliveryLeaves leaves;
  private final LateAnswers late;
  private final CursorChanges changes;
  private final Set<Cursor> unlogged = ConcurrentHashMap.newKeySet();

  /** Cursors whose ranges could not be recorded, which is logged once. */
  private final Set<Cursor> failing = ConcurrentHashMap.newKeySet();

  /** Creates one over a ledger, which may hold ranges without leaves from a killed process. */
  AcknowledgementCommit(
      Ledger ledger, EvidenceRecords evidence, DeliveryLeaves leaves, LateAnswers late) {
    this.late = late;
    this.ledger = ledger;
    this.evidence = evidence;
    this.leaves = leaves;
    this.changes = new CursorChanges(ledger, this::apply);
    for (CursorTable.NamedCursor one : ledger.cursors().all("", ALL)) {
      if (needsCare(one.record())) {
        unlogged.add(new Cursor(one.client(), one.cursor()));
      }
    }
  }

  /**
   * Records an acknowledgement; completes when it is durable. One that the ledger refuses for load
   * is recorded later, before those that follow it.
   */
  CompletableFuture<?> acknowledged(
      Cursor cursor, CursorRecord places, Advance advance, List<LaneCursor.SentMessage> messages) {
    // The position moves with the last part: what was owed before it is not owed again.
    int from = 0;
    for (; from + TOGETHER < messages.size(); from += TOGETHER) {
      var unused =
          changes.add(
              cursor,
              new CursorChanges.Change(
                  messages.subList(from, from + TOGETHER), null, (tx, before, none) -> before));
    }
    return changes.add(
        cursor,
        new CursorChanges.Change(
            messages.subList(from, messages.size()),
            places,
            (tx, before, stored) -> leaves.advanced(tx, cursor, before, stored, advance)));
  }

  /** Records other positions of a subscription; completes when they are durable. */
  CompletableFuture<?> moved(Cursor cursor, CursorRecord places) {
    return changes.add(
        cursor,
        new CursorChanges.Change(
            List.of(), places, (tx, before, stored) -> DeliveryLeaves.moved(before, stored)));
  }

  /** Records where a new cursor starts; completes when it is durable. */
  CompletableFuture<?> started(Cursor cursor, CursorRecord places) {
    return changes.add(
        cursor,
        new CursorChanges.Change(
            List.of(),
            null,
            (tx, before, none) ->
                DeliveryLeaves.hasNoPlace(before)
                    ? before.toBuilder().mergeFrom(places).build()
                    : before));
  }

  private int apply(Transaction tx, Cursor cursor, List<CursorChanges.Change> all) {
    int applied = oweWhatHasRoom(tx, cursor.client(), all);
    CursorRecord record = read(tx, cursor);
    for (CursorChanges.Change one : all.subList(0, applied)) {
      record = one.apply(tx, record);
    }
    put(tx, cursor, record);
    if (LOG.isDebugEnabled()) {
      LOG.debug(
          "client {} retrieved {}",
          cursor.client(),
          all.subList(0, applied).stream()
              .flatMap(one -> one.messages().stream().map(LaneCursor.SentMessage::id))
              .toList());
    }
    return applied;
  }

  /**
   * Owes evidence of what changes acknowledge, while there is room; returns for how many. A record
   * of retrievals has many messages and all clients that retrieved them.
   */
  private int oweWhatHasRoom(Transaction tx, String client, List<CursorChanges.Change> all) {
    long end = tx.bytes() + ledger.mostBytesOfAChange() / SHARE;
    int applied = 0;
    while (applied < all.size() && tx.bytes() < end) {
      List<LaneCursor.SentMessage> some = new ArrayList<>();
      while (applied < all.size() && some.size() < TOGETHER) {
        some.addAll(all.get(applied).messages());
        applied++;
      }
      if (!some.isEmpty()) {
        oweWhatCanBe(tx, client, some);
      }
    }
    return applied;
  }

  /**
   * Owes evidence, one by one if a record of retrievals is damaged: neither the position nor the
   * audit log waits for it.
   */
  private void oweWhatCanBe(Transaction tx, String client, List<LaneCursor.SentMessage> messages) {
    if (owes(tx, client, messages)) {
      return;
    }
    long left =
        messages.stream()
            .filter(one -> !owes(tx, client, List.of(one)) && !owesUnnoted(tx, client, one))
            .count();
    LOG.error(
        "records of retrievals by client {} are damaged; {} retrievals have no evidence",
        client,
        left);
  }

  private boolean owes(Transaction tx, String client, List<LaneCursor.SentMessage> messages) {
    return isApplied(tx, () -> owe(tx, client, messages));
  }

  /** Owes evidence of a retrieval that cannot be noted, so that it can be owed again. */
  private boolean owesUnnoted(Transaction tx, String client, LaneCursor.SentMessage message) {
    return isApplied(tx, () -> oweFirst(tx, client, message.origin(), List.of(message.id())));
  }

  private static boolean isApplied(Transaction tx, Runnable change) {
    try {
      return tx.within(
          inner -> {
            change.run();
            return true;
          });
    } catch (RuntimeException e) {
      // A defect of one record must not lose the acknowledgement of all.
      LOG.debug("evidence of a retrieval cannot be owed", e);
      return false;
    }
  }

  /**
   * Owes evidence to the origins. They learn of the first client that retrieved a message, and of a
   * further one only if the message was recalled and its recall already answered without this
   * client.
   */
  private void owe(Transaction tx, String client, List<LaneCursor.SentMessage> messages) {
    Map<AgencyName, List<MessageId>> first = new LinkedHashMap<>();
    List<RetrievalKind> kinds =
        evidence
            .retrievals()
            .note(tx, messages.stream().map(LaneCursor.SentMessage::retrieval).toList(), client);
    for (int i = 0; i < kinds.size(); i++) {
      LaneCursor.SentMessage sent = messages.get(i);
      switch (kinds.get(i)) {
        case FIRST ->
            first.computeIfAbsent(sent.origin(), origin -> new ArrayList<>()).add(sent.id());
        case FURTHER ->
            late.answer(tx, sent.origin(), sent.id())
                .ifPresent(item -> evidence.owe(tx, ledger.evidence(), sent.origin(), item));
        case KNOWN -> {}
      }
    }
    first.forEach((origin, ids) -> oweFirst(tx, client, origin, ids));
  }

  private void oweFirst(Transaction tx, String client, AgencyName origin, List<MessageId> ids) {
    EvidenceItem item = evidence.retrieval(ids.get(0), client, tx.nowMillis());
    evidence.owe(tx, ledger.evidence(), origin, EvidenceRecords.about(ids, item));
  }

  /**
   * Handles the end of a stream: records the deliveries that its client did not acknowledge, in a
   * leaf now or later. Completes when that is durable, later if the ledger refuses it for load.
   *
   * @param before completes when its acknowledgements are durable
   */
  CompletableFuture<?> ended(Cursor cursor, CompletableFuture<?> before, List<Advance> unanswered) {
    if (unanswered.isEmpty()) {
      changes.hurry(cursor);
      return before;
    }
    CompletableFuture<?> told =
        changes.add(
            cursor,
            new CursorChanges.Change(
                List.of(),
                null,
                (tx, record, none) -> leaves.ended(tx, cursor, record, unanswered)));
    return CompletableFuture.allOf(before, told);
  }

  /**
   * Makes durable what a cursor has acknowledged, a window at a time. Waits for the disk. No stream
   * may hold the cursor meanwhile.
   */
  void commitWaiting(Cursor cursor) {
    while (changes.isWaiting(cursor)) {
      ledger.commit(
          Lane.ROUTINE,
          tx -> {
            changes.apply(tx, cursor);
            return cursor;
          });
    }
  }

  /**
   * Records in the audit log what a cursor has acknowledged, as part of a change, if it is not
   * recorded yet.
   */
  void settle(Transaction tx, Cursor cursor) {
    changes.apply(tx, cursor);
    CursorRecord record = read(tx, cursor);
    if (record.getUnloggedCount() > 0) {
      put(tx, cursor, leaves.told(tx, cursor, record));
    } else if (leaves.isDone(record, tx.nowMillis())) {
      ledger.cursors().remove(tx, cursor.client(), cursor.name());
      tx.afterCommit(() -> note(cursor, false));
    }
  }

  /**
   * Whether a cursor has unrecorded ranges, or must be removed because nothing was ever
   * acknowledged.
   */
  private static boolean needsCare(CursorRecord record) {
    return record.getUnloggedCount() > 0 || DeliveryLeaves.hasNoPlace(record);
  }

  /**
   * Records all due ranges of all cursors, in as few commits as their records need; without due
   * ranges there is none. A cursor whose ranges cannot be recorded keeps no other from it.
   */
  void round(InstantSource clock) {
    long now = clock.millis();
    List<Cursor> due = unlogged.stream().filter(one -> isDue(one, now)).limit(AT_A_TIME).toList();
    ledger.commitEach(Lane.ROUTINE, due, this::settleIfItCanBe);
  }

  private void settleIfItCanBe(Transaction tx, Cursor cursor) {
    try {
      tx.within(
          inner -> {
            settle(inner, cursor);
            return cursor;
          });
      failing.remove(cursor);
    } catch (RuntimeException e) {
      if (ProcessingFailure.isOfTheMachine(e)) {
        throw e;
      }
      if (failing.add(cursor)) {
        LOG.error(
            "the deliveries of cursor {} of client {} cannot be recorded yet; it is tried again",
            cursor.name(),
            cursor.client(),
            e);
      }
    }
  }

  private boolean isDue(Cursor cursor, long now) {
    return ledger
        .cursors()
        .read(cursor.client(), cursor.name())
        .filter(record -> leaves.isDue(record, now) || leaves.isDone(record, now))
        .isPresent();
  }

  private CursorRecord read(Transaction tx, Cursor cursor) {
    return ledger
        .cursors()
        .read(tx, cursor.client(), cursor.name())
        .orElse(CursorRecord.getDefaultInstance());
  }

  private void put(Transaction tx, Cursor cursor, CursorRecord record) {
    ledger.cursors().write(tx, cursor.client(), cursor.name(), record);
    boolean waits = needsCare(record);
    tx.afterCommit(() -> note(cursor, waits));
  }

  private void note(Cursor cursor, boolean waits) {
    if (waits) {
      unlogged.add(cursor);
    } else {
      unlogged.remove(cursor);
    }
  }
}
