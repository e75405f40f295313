package org.entente.gateway.retention;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditSubject;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.LawCategory;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.ledger.table.InboxTable;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Problem;
import org.entente.gateway.seal.format.EnvelopeFacts;
import org.entente.gateway.seal.format.EnvelopeHeader;
import org.entente.proto.store.v1.ErasureCause;
import org.entente.proto.store.v1.ErasureRecord;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;

/**
 * Handles recalls from other agencies. Only the origin of a message may recall it: what names an id
 * of another origin was refused before, and a recall of another's message is answered as if that
 * were unknown, and has no effect. A recall that arrives before its target blocks the target until
 * the recall's own expiry, if both are training or neither is. One whose target lies in quarantine
 * erases it there. Safe for many threads.
 */
public final class RecallReception {
  private static final String NOT_HERE =
      "the message is not here; it will be refused if it arrives";
  private static final String IN_QUARANTINE =
      "the message is in quarantine, no client gets it, and it is erased with its envelope";

  private final AgencyName self;
  private final Ledger ledger;
  private final MessageErasure erasing;
  private final QuarantineRecall quarantined;
  private final EvidenceRecords evidence;
  private final int mostWaiting;

  /**
   * Creates the handler of a ledger.
   *
   * @param mostWaiting most recalls kept of one origin whose targets are not here
   */
  public RecallReception(
      AgencyName self,
      Ledger ledger,
      MessageErasure erasing,
      EvidenceRecords evidence,
      int mostWaiting) {
    this.mostWaiting = mostWaiting;
    this.self = self;
    this.ledger = ledger;
    this.erasing = erasing;
    this.quarantined = new QuarantineRecall(ledger);
    this.evidence = evidence;
  }

  /** Why an arriving message is not kept; empty if it is kept. */
  public Optional<Code> refusal(Transaction tx, EnvelopeFacts facts, MessageId id) {
    if (ledger.retention().isBlocked(tx, facts.origin(), id, facts.exercise())) {
      return Optional.of(Code.RECALLED);
    }
    return ledger.retention().done(tx, id) != null || ledger.retention().pending(tx, id) != null
        ? Optional.of(Code.ERASED)
        : Optional.empty();
  }

  /**
   * Why a recall is not kept: its target is not here, and too many recalls of its origin already
   * wait for their targets. The origin is informed, and can recall again if it ever sends the
   * target. Empty if it is kept.
   */
  public Optional<Problem> refusal(Transaction tx, EnvelopeHeader recall, MessageId target) {
    AgencyName origin = recall.facts().origin();
    if (isKnown(tx, origin, target)
        || ledger.retention().hasBlock(tx, origin, target)
        || ledger.retention().blocks(tx, origin) < mostWaiting) {
      return Optional.empty();
    }
    Problem full =
        new Problem(
            Code.LIMIT_REACHED,
            "body.recall.message_id",
            "the recalled message is not here, and at most "
                + mostWaiting
                + " such recalls are kept for each agency (limits.waiting_recalls)");
    owe(tx, origin, failed(tx, target, full.code(), full.message()));
    return Optional.of(full);
  }

  /**
   * Whether a message of an origin is here, or was erased early: only then may clients have
   * received it.
   */
  public boolean isKnown(Transaction tx, AgencyName origin, MessageId target) {
    InboxTable.PlacedRecord placed = ledger.inbox().find(tx, target);
    if (placed != null) {
      return placed.record().getOrigin().equals(origin.value());
    }
    ErasureRecord done = ledger.retention().done(tx, target);
    ErasureRecord erased = done == null ? ledger.retention().pending(tx, target) : done;
    return erased != null && erased.getOrigin().equals(origin.value());
  }

  /** Applies a recall, in the transaction that stores it. */
  public void received(Transaction tx, EnvelopeHeader recall, MessageId target) {
    AgencyName origin = recall.facts().origin();
    tx.audit(
        AuditRecord.of(
            AuditType.RECALLED,
            LawCategory.ERASURE,
            Instant.ofEpochMilli(tx.nowMillis()),
            AuditActor.gateway(origin),
            new AuditSubject(null, List.of(target), List.of(origin), null)));
    ledger.chains().recalled(tx, origin, target, recall.facts().exercise());
    InboxTable.PlacedRecord placed = ledger.inbox().find(tx, target);
    ErasureRecord done = ledger.retention().done(tx, target);
    ErasureRecord pending = ledger.retention().pending(tx, target);
    if (placed != null && placed.record().getOrigin().equals(origin.value())) {
      take(tx, origin, placed);
    } else if (pending != null && pending.getOrigin().equals(origin.value())) {
      // Answered when the erasure is finished.
      ErasureRecord recalled =
          pending.toBuilder().setCause(ErasureCause.ERASURE_CAUSE_RECALL).build();
      ledger.retention().begin(tx, recalled);
    } else if (done != null && done.getOrigin().equals(origin.value())) {
      ledger.retention().end(tx, done.toBuilder().setRecalled(true).build());
      owe(tx, origin, erasing.answer(tx, done));
    } else {
      ledger
          .retention()
          .block(tx, origin, target, recall.facts().exercise(), recall.facts().expiresAtMs());
      switch (quarantined.apply(tx, origin, target)) {
        case ENDS -> tx.afterCommit(erasing::wake);
        case STAYS -> owe(tx, origin, failed(tx, target, Code.QUARANTINED, IN_QUARANTINE));
        case NOTHING -> owe(tx, origin, failed(tx, target, Code.NOT_FOUND, NOT_HERE));
      }
    }
  }

  /**
   * A renewed answer to a recall, with the clients that have retrieved its target by now. Empty if
   * the target was not recalled or is not erased yet (in progress, or under a hold): the first
   * answer will then name all clients.
   */
  public Optional<EvidenceItem> answer(Transaction tx, AgencyName origin, MessageId target) {
    ErasureRecord done = ledger.retention().done(tx, target);
    return done != null && isRecalledBy(origin, done)
        ? Optional.of(erasing.answer(tx, done))
        : Optional.empty();
  }

  private static boolean isRecalledBy(AgencyName origin, ErasureRecord done) {
    return done.getOrigin().equals(origin.value())
        && (done.getCause() == ErasureCause.ERASURE_CAUSE_RECALL || done.getRecalled());
  }

  private EvidenceItem onHold(Transaction tx, InboxTable.PlacedRecord placed) {
    EvidenceItem item =
        failed(
            tx,
            MessageId.of(placed.record().getMessageId().toByteArray()),
            Code.ON_LEGAL_HOLD,
            "a legal hold keeps the message; no client gets it");
    return erasing.withRetrieval(tx, placed.retrieval(), item);
  }

  private void take(Transaction tx, AgencyName origin, InboxTable.PlacedRecord placed) {
    if (placed.record().getOnHold()) {
      ledger.inbox().replace(tx, placed, placed.record().toBuilder().setRecalled(true).build());
      owe(tx, origin, onHold(tx, placed));
    } else {
      erasing.begin(tx, placed, ErasureCause.ERASURE_CAUSE_RECALL);
      tx.afterCommit(erasing::wake);
    }
  }

  private EvidenceItem failed(Transaction tx, MessageId target, Code code, String reason) {
    EvidenceItem item =
        evidence.item(
            EvidenceKind.EVIDENCE_KIND_ERASURE, target, self.value(), new byte[0], tx.nowMillis());
    return evidence.failed(item, code, reason);
  }

  private void owe(Transaction tx, AgencyName origin, EvidenceItem item) {
    evidence.owe(tx, ledger.evidence(), origin, item);
  }
}
