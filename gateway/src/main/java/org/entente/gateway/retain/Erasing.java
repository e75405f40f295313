package org.entente.gateway.retain;

import com.google.protobuf.util.Timestamps;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.entente.gateway.audit.AuditActor;
import org.entente.gateway.audit.AuditRecord;
import org.entente.gateway.audit.AuditSubject;
import org.entente.gateway.audit.AuditType;
import org.entente.gateway.audit.LawCategory;
import org.entente.gateway.ledger.EvidenceRecords;
import org.entente.gateway.ledger.InboxBook;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.RetentionBook;
import org.entente.gateway.ledger.RetrievalRecords;
import org.entente.gateway.ledger.Transaction;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.EnvelopeId;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.policy.EvidenceMessages;
import org.entente.gateway.seal.BodyAddress;
import org.entente.proto.store.v1.ErasureCause;
import org.entente.proto.store.v1.ErasureRecord;
import org.entente.proto.store.v1.InboxRecord;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;

/**
 * Erases single messages before their bucket ends, so that a crash at any moment leaves either an
 * erasure that has not begun or one that is finished at the next start.
 *
 * <p><b>Order.</b> One commit removes the message from the inbox and notes that its erasure has
 * begun: from then on nobody is given it. Then the journal outside the ledger has it, then the keys
 * go, then a second commit says so in the audit log and, after a recall, to the origin. What is
 * stated as done is done.
 *
 * <p>Safe for many threads.
 */
public final class Erasing {
  private static final int AT_ONCE = 1_000;

  private final AgencyName self;
  private final Ledger ledger;
  private final RetentionKeys keys;
  private final ErasureJournal journal;
  private final EvidenceRecords evidence;

  /** Erasing from a ledger. */
  public Erasing(
      AgencyName self,
      Ledger ledger,
      RetentionKeys keys,
      ErasureJournal journal,
      EvidenceRecords evidence) {
    this.self = self;
    this.ledger = ledger;
    this.keys = keys;
    this.journal = journal;
    this.evidence = evidence;
  }

  /** Begins, in a transaction; {@link #finish} or {@link #round} goes on once it is committed. */
  ErasureRecord begin(Transaction tx, InboxBook.Placed placed, ErasureCause cause) {
    InboxRecord record = placed.record();
    ErasureRecord erasure =
        ErasureRecord.newBuilder()
            .setMessageId(record.getMessageId())
            .setOrigin(record.getOrigin())
            .setEnvelopeId(record.getEnvelopeId())
            .setIndex(record.getIndex())
            .setBucketDay(record.getBucketDay())
            .setHeaderHash(record.getHeaderHash())
            .setCause(cause)
            .setAtMs(tx.nowMillis())
            .build();
    ledger.inbox().remove(tx, placed);
    ledger.scores().remove(tx, MessageId.of(record.getMessageId().toByteArray()));
    ledger
        .retention()
        .removed(
            tx, new RetentionBook.Place(record.getBucketDay(), placed.lane(), placed.position()));
    ledger.retention().begin(tx, erasure);
    return erasure;
  }

  /**
   * Finishes an erasure whose beginning is committed. Blocks until it is durable.
   *
   * @throws UncheckedIOException if the journal cannot be written: it goes on at the next round
   */
  synchronized ErasureRecord finish(ErasureRecord begun) {
    MessageId id = MessageId.of(begun.getMessageId().toByteArray());
    ErasureRecord before = ledger.retention().done(id);
    if (before != null) {
      return before;
    }
    try {
      journal.append(begun);
    } catch (IOException e) {
      throw new UncheckedIOException("the erasure journal cannot be written", e);
    }
    boolean forgotten = forget(begun);
    keys.destroyHold(id);
    return ledger.commit(Lane.ROUTINE, tx -> end(tx, begun, forgotten));
  }

  private boolean forget(ErasureRecord erasure) {
    return keys.forget(
        LocalDate.ofEpochDay(erasure.getBucketDay()),
        new BodyAddress(
            new AgencyName(erasure.getOrigin()),
            EnvelopeId.of(erasure.getEnvelopeId().toByteArray()),
            erasure.getIndex()));
  }

  private ErasureRecord end(Transaction tx, ErasureRecord begun, boolean forgotten) {
    // Read again: a recall may have come since.
    ErasureRecord pending =
        ledger.retention().pending(tx, MessageId.of(begun.getMessageId().toByteArray()));
    ErasureRecord done =
        (pending == null ? begun : pending)
            .toBuilder().setDoneAtMs(tx.nowMillis()).setOldCopiesOpen(!forgotten).build();
    ledger.retention().end(tx, done);
    MessageId id = MessageId.of(done.getMessageId().toByteArray());
    AgencyName origin = new AgencyName(done.getOrigin());
    tx.audit(
        AuditRecord.of(
                AuditType.ERASED,
                LawCategory.ERASURE,
                Instant.ofEpochMilli(tx.nowMillis()),
                AuditActor.gateway(self),
                new AuditSubject(null, List.of(id), List.of(origin), null))
            .saying(forgotten ? "" : "old copies of the ledger open until the bucket ends"));
    if (done.getCause() == ErasureCause.ERASURE_CAUSE_RECALL) {
      evidence.owe(tx, ledger.evidence(), origin, answer(tx, done));
    }
    return done;
  }

  /** What a recall is answered once the message is erased, with who had it before. */
  EvidenceItem answer(Transaction tx, ErasureRecord done) {
    MessageId id = MessageId.of(done.getMessageId().toByteArray());
    EvidenceItem item =
        evidence.item(
            EvidenceKind.EVIDENCE_KIND_ERASURE,
            id,
            self.value(),
            done.getHeaderHash().toByteArray(),
            done.getDoneAtMs());
    return withRetrieval(tx, id, item);
  }

  EvidenceItem withRetrieval(Transaction tx, MessageId id, EvidenceItem item) {
    RetrievalRecords.Retrieved retrieved =
        evidence.retrievals().of(tx, ledger.retrievals(), id, EvidenceMessages.MAX_CLIENTS);
    EvidenceItem.Builder said =
        item.toBuilder()
            .addAllAlsoRetrievedBy(retrieved.further())
            .setAlsoRetrievedMore(retrieved.more());
    retrieved
        .first()
        .ifPresent(
            first ->
                said.setRetrievedBy(first.client())
                    .setRetrievedAt(Timestamps.fromMillis(first.atMillis())));
    return said.build();
  }

  /** Finishes what has begun; how many. */
  public int round() {
    List<ErasureRecord> begun = ledger.retention().pending(AT_ONCE);
    begun.forEach(this::finish);
    return begun.size();
  }

  /**
   * Holds the ledger against the journal, before anything is served: what was erased and is there
   * again, because the ledger was restored, is erased again. How many were.
   */
  public int replay() {
    int again = 0;
    for (ErasureRecord erased : journal.atOpening()) {
      MessageId id = MessageId.of(erased.getMessageId().toByteArray());
      forget(erased);
      boolean there =
          ledger.commit(
              Lane.ROUTINE,
              tx -> {
                InboxBook.Placed placed = ledger.inbox().find(tx, id);
                if (placed == null
                    || !placed.record().getEnvelopeId().equals(erased.getEnvelopeId())) {
                  return false;
                }
                begin(tx, placed, erased.getCause());
                return true;
              });
      again += there ? 1 : 0;
    }
    round();
    return again;
  }
}
