package org.entente.gateway.deliver;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.entente.gateway.deliver.DeliveryLeaves.Advance;
import org.entente.gateway.deliver.DeliveryLeaves.Cursor;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.table.CursorTable;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.entente.proto.store.v1.CursorRecord;
import org.entente.proto.v1.EvidenceItem;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an acknowledgement makes durable, in one commit: the cursor's place, evidence of retrieval
 * that is owed, and the audit leaf of what was put behind, or what will have one. Safe for many
 * threads.
 */
final class AcknowledgementCommit {
  private static final Logger LOG = LoggerFactory.getLogger(AcknowledgementCommit.class);

  /** Cursors that one round tells of, so that its commit stays short. */
  private static final int AT_A_TIME = 1_000;

  /** More than there can be. */
  private static final int ALL = 10_000_000;

  private final Ledger ledger;
  private final EvidenceRecords evidence;
  private final DeliveryLeaves leaves;
  private final LateAnswers late;
  private final Set<Cursor> unlogged = ConcurrentHashMap.newKeySet();

  /** Over a ledger that may hold what a killed process had no time to tell of. */
  AcknowledgementCommit(
      Ledger ledger, EvidenceRecords evidence, DeliveryLeaves leaves, LateAnswers late) {
    this.late = late;
    this.ledger = ledger;
    this.evidence = evidence;
    this.leaves = leaves;
    for (CursorTable.NamedCursor one : ledger.cursors().all("", ALL)) {
      if (needsCare(one.record())) {
        unlogged.add(new Cursor(one.client(), one.cursor()));
      }
    }
  }

  /** Done when it is durable. */
  CompletableFuture<?> acknowledged(
      Cursor cursor, CursorRecord places, Advance advance, List<LaneCursor.SentMessage> messages) {
    return ledger
        .write(
            Lane.ROUTINE,
            tx -> {
              owe(tx, cursor.client(), messages);
              put(tx, cursor, leaves.advanced(tx, cursor, read(tx, cursor), places, advance));
              return messages.size();
            })
        .whenComplete(
            (done, e) -> {
              if (e != null) {
                // Delivered again after the restart, which subscribers drop by id.
                LOG.warn(
                    "cursor {} of client {} was not made durable",
                    cursor.name(),
                    cursor.client(),
                    e);
              }
            });
  }

  private void owe(Transaction tx, String client, List<LaneCursor.SentMessage> messages) {
    Map<AgencyName, List<EvidenceItem>> byOrigin = new LinkedHashMap<>();
    for (LaneCursor.SentMessage sent : messages) {
      told(tx, client, sent)
          .ifPresent(
              item ->
                  byOrigin.computeIfAbsent(sent.origin(), origin -> new ArrayList<>()).add(item));
    }
    byOrigin.forEach((origin, items) -> evidence.owe(tx, ledger.evidence(), origin, items));
  }

  /**
   * Its origin is told of the first client that has it, and of a further one only where it has
   * taken the message back and was answered already: that answer lacks this one.
   */
  private Optional<EvidenceItem> told(Transaction tx, String client, LaneCursor.SentMessage sent) {
    return switch (evidence
        .retrievals()
        .note(tx, ledger.retrievals(), sent.id(), sent.bucketDay(), client)) {
      case FIRST -> Optional.of(evidence.retrieval(sent.id(), client, tx.nowMillis()));
      case FURTHER -> late.answer(tx, sent.origin(), sent.id());
      case KNOWN -> Optional.empty();
    };
  }

  /**
   * A stream has ended: what its client was given and did not acknowledge has its leaf, or will
   * have one with what it acknowledged. Done when that is durable.
   *
   * @param before its acknowledgements
   */
  CompletableFuture<?> ended(Cursor cursor, CompletableFuture<?> before, List<Advance> unanswered) {
    if (unanswered.isEmpty()) {
      return before;
    }
    CompletableFuture<?> told =
        ledger
            .write(
                Lane.ROUTINE,
                tx -> {
                  put(tx, cursor, leaves.ended(tx, cursor, read(tx, cursor), unanswered));
                  return cursor;
                })
            .exceptionally(
                e -> {
                  // It comes again, and is told of then.
                  LOG.warn("no leaf of the end of {}", cursor, e);
                  return cursor;
                });
    return CompletableFuture.allOf(before, told);
  }

  /** Tells of what a cursor has acknowledged, as part of a change, if that is not told of. */
  void settle(Transaction tx, Cursor cursor) {
    CursorRecord record = read(tx, cursor);
    if (record.getUnloggedCount() > 0) {
      put(tx, cursor, leaves.told(tx, cursor, record));
    } else if (leaves.isDone(record, tx.nowMillis())) {
      ledger.cursors().remove(tx, cursor.client(), cursor.name());
      tx.afterCommit(() -> note(cursor, false));
    }
  }

  /** What is not told of yet, or is to be forgotten since nothing was ever acknowledged. */
  private static boolean needsCare(CursorRecord record) {
    return record.getUnloggedCount() > 0 || DeliveryLeaves.hasNoPlace(record);
  }

  /** Tells of what is due and not told of, of all cursors in one commit; none where nothing is. */
  void round(InstantSource clock) {
    long now = clock.millis();
    List<Cursor> due = unlogged.stream().filter(one -> isDue(one, now)).limit(AT_A_TIME).toList();
    if (!due.isEmpty()) {
      ledger.commit(
          Lane.ROUTINE,
          tx -> {
            due.forEach(cursor -> settle(tx, cursor));
            return due.size();
          });
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
