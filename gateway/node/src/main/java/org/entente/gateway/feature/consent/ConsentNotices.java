package org.entente.gateway.feature.consent;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditSubject;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.LawCategory;
import org.entente.gateway.batch.SealingItem;
import org.entente.gateway.intake.WaitingShare;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.commit.Transaction.Mutation;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Permit;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.gateway.policy.decide.Permitted;
import org.entente.gateway.transmit.EvidenceTimeouts;
import org.entente.gateway.transmit.OutboundSealer;
import org.entente.proto.store.v1.SentFacts;

/**
 * Sends notices. Each is sealed, durable and tracked like any message of this agency, in one commit
 * with its effect here, so that neither exists without the other. Safe for use by several threads.
 */
final class ConsentNotices {
  private final ConsentParts.Sending sending;
  private final WaitingShare share;

  ConsentNotices(ConsentParts.Sending sending) {
    this.sending = sending;
    this.share = new WaitingShare(sending.ledger());
  }

  /**
   * Why a client's notice has no room: on the disk, or in a share of what waits for its recipient.
   * Empty if it has. For what a person can send again and again.
   */
  Optional<Problem> lacksRoom(NodeName client, Permitted notice) {
    return share.lacksRoom(client, notice);
  }

  /**
   * Sends a notice, unless the change returns a problem; the change then has no effect. The notice
   * is the client's part of what waits for its recipient. The future fails only if the ledger does.
   */
  CompletableFuture<Result<MessageId>> send(
      Permitted notice, AuditActor actor, Mutation<Optional<Problem>> change) {
    NodeName client = Objects.requireNonNull(actor.client(), "persons decide as clients");
    List<OutboundSealer.ReadyEnvelope> sealed =
        share.owned(
            sending.outgoing().sealer().seal(List.of(SealingItem.of(notice))), client.value());
    return sending
        .ledger()
        .write(
            Lane.FLASH,
            tx -> {
              Optional<Problem> problem = change.apply(tx);
              if (problem.isPresent()) {
                return Result.refused(problem.get());
              }
              sealed.forEach(ready -> submit(tx, ready, actor, notice.policyVersion()));
              EvidenceTimeouts.begin(
                  tx, sending.ledger(), sending.evidence(), notice.messageId(), facts(notice));
              return Result.done(notice.messageId());
            });
  }

  private void submit(
      Transaction tx, OutboundSealer.ReadyEnvelope ready, AuditActor actor, String policyVersion) {
    sending.outgoing().dispatch().submit(tx, ready.outgoing());
    sending
        .evidence()
        .keepHeader(
            tx,
            sending.ledger().evidence(),
            ready.outgoing().envelope().getHeader().toByteArray(),
            ready.outgoing().envelope().getSignature().toByteArray());
    tx.audit(
        AuditRecord.of(
                AuditType.ACCEPTED,
                LawCategory.NONE,
                Instant.ofEpochMilli(tx.nowMillis()),
                actor,
                AuditSubject.of(ready.envelope(), ready.messages(), ready.recipients())
                    .headed(ready.outgoing().headerHash()))
            .under(ready.key().agreement(), policyVersion));
  }

  private static SentFacts facts(Permitted notice) {
    return SentFacts.newBuilder()
        .setExercise(notice.exercise())
        .setLane(notice.lane().number())
        .setRecall(true)
        .addAllRecipients(
            notice.permits().stream().map(Permit::recipient).map(AgencyName::value).toList())
        .setExpiresAtMs(notice.expires().toEpochMilli())
        .build();
  }

  /** A leaf about an act on a consent: the consent's id comes first, then the messages. */
  static AuditRecord leaf(
      Transaction tx,
      AuditType type,
      AuditActor actor,
      MessageId consent,
      List<MessageId> messages,
      AgencyName other) {
    List<MessageId> ids = new ArrayList<>();
    ids.add(consent);
    ids.addAll(messages);
    return AuditRecord.of(
        type,
        LawCategory.NONE,
        Instant.ofEpochMilli(tx.nowMillis()),
        actor,
        new AuditSubject(null, ids, List.of(other), null));
  }
}
