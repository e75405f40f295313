package org.entente.gateway.feature.consent;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditSubject;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.LawCategory;
import org.entente.gateway.deliver.GivenConsents;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.model.EvidenceMessages;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.gateway.receive.ReceptionHook;
import org.entente.gateway.seal.statement.ConsentStatement;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;

/**
 * Notices of consent from other agencies, and the consents under which they pass messages on.
 *
 * @param notices processes notices
 * @param carried checks consents attached to messages
 */
public record ReceivedConsents(IncomingConsents notices, CarriedConsentCheck carried)
    implements ReceptionHook {
  /** Of a carried consent: the pair's in its voucher, and the statement's under two keys. */
  private static final int CARRIED = 4;

  @Override
  public int signatures(Body body) {
    return CARRIED * body.getPassedOnUnderCount() + (body.hasConsent() ? 1 : 0);
  }

  @Override
  public Result<Step> inspect(Incoming message) {
    Optional<Problem> problem =
        message.body().hasConsent()
            ? notices.refusal(message.origin(), message.label(), message.body().getConsent())
            : carried.refusal(message.origin(), message.label(), message.body());
    if (problem.isPresent()) {
      return Result.refused(problem.get());
    }
    List<ConsentStatement.Content> given = GivenConsents.statements(message.body());
    return given.isEmpty() && !message.body().hasConsent()
        ? Step.NONE
        : Result.done(new MessageStep(notices, message, given));
  }

  private record MessageStep(
      IncomingConsents notices, Incoming message, List<ConsentStatement.Content> given)
      implements Step {
    @Override
    public Optional<Problem> check(Transaction tx) {
      return notices.refusal(tx, message.origin(), message.body().getConsent());
    }

    @Override
    public void keep(Transaction tx) {
      if (message.body().hasConsent()) {
        notices.received(
            tx,
            message.origin(),
            message.id(),
            message.facts().exercise(),
            message.body().getConsent());
      }
      for (ConsentStatement.Content consent : given) {
        Instant until = Instant.ofEpochMilli(consent.terms().untilMs());
        tx.audit(
            AuditRecord.of(
                    AuditType.CAME_UNDER_CONSENT,
                    LawCategory.COLLECTION,
                    Instant.ofEpochMilli(tx.nowMillis()),
                    AuditActor.gateway(message.origin()),
                    new AuditSubject(
                        null,
                        List.of(message.id(), consent.id()),
                        List.of(message.origin(), consent.grantor()),
                        null))
                .saying("passed on with consent of " + consent.grantor() + " until " + until));
      }
    }
  }

  @Override
  public void evidence(Transaction tx, EvidenceItem item, boolean isNew) {
    if (isNew && item.getKind() == EvidenceKind.EVIDENCE_KIND_PASSED_ON) {
      notices.used(tx, item);
    }
    if (item.getKind() == EvidenceKind.EVIDENCE_KIND_NON_DELIVERY) {
      EvidenceMessages.of(item).forEach(id -> notices.refused(tx, id, item.getRecipient()));
    }
  }
}
