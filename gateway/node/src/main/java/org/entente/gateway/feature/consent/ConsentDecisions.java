package org.entente.gateway.feature.consent;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Timestamps;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.feature.GatewayParts;
import org.entente.gateway.feature.consent.ConsentTable.Side;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.gateway.policy.decide.Permitted;
import org.entente.gateway.seal.statement.ConsentStatement;
import org.entente.gateway.seal.statement.StatementFrame;
import org.entente.proto.store.v1.ConsentRecord;
import org.entente.proto.store.v1.ConsentStage;
import org.entente.proto.v1.ConsentDenied;
import org.entente.proto.v1.ConsentGranted;
import org.entente.proto.v1.ConsentNotice;
import org.entente.proto.v1.ConsentRevoked;
import org.entente.proto.v1.OnBehalfOf;
import org.jspecify.annotations.Nullable;

/**
 * Decisions of the originator's officers on consent: grant in whole or in part, denial, revocation.
 * Each is decided once: of two concurrent decisions the first counts, and the second caller is told
 * so. Safe for use by several threads.
 */
public final class ConsentDecisions {
  private final ConsentParts parts;
  private final ConsentNotices notices;

  /** Decisions in a ledger. */
  public ConsentDecisions(ConsentParts parts) {
    this.parts = parts;
    this.notices = new ConsentNotices(parts.sending());
  }

  /**
   * A decision that is durable, with its notice queued.
   *
   * @param granted the granted terms; null if it grants nothing
   */
  public record Decided(Instant at, ConsentStatement.@Nullable Terms granted) {}

  /** A consent to decide on. */
  private record Consent(MessageId id, ConsentRecord record, ConsentRecords.Facts facts) {
    AgencyName asker() {
      return new AgencyName(record.getAgency());
    }
  }

  /** A decision on a consent. */
  private record Decision(
      AuditType type, ConsentStage from, ConsentNotice notice, Instant needed, Change change) {}

  /** The change of the record. */
  private interface Change {
    ConsentRecord of(ConsentRecord record, long nowMillis);
  }

  /** The deciding client and person for the audit log. */
  private AuditActor actor(NodeName client, OnBehalfOf person) {
    return AuditActor.client(parts.self(), client, person);
  }

  /**
   * Grants all or part of the request. Durable when the future completes, which fails only if the
   * ledger does.
   */
  public CompletableFuture<Result<Decided>> grant(
      NodeName client, MessageId id, GrantedScope narrowing, OnBehalfOf person) {
    Instant now = parts.clock().instant();
    return Result.unless(parts.check().decision(person), () -> find(id))
        .then(consent -> Result.unless(ungrantable(consent, now), () -> Result.done(consent)))
        .thenLater(
            consent ->
                narrowing
                    .of(consent.facts().asked(), now, parts.policy().get().membership())
                    .thenLater(terms -> grant(actor(client, person), consent, terms, now)));
  }

  private CompletableFuture<Result<Decided>> grant(
      AuditActor actor, Consent consent, ConsentStatement.Terms terms, Instant now) {
    ConsentStatement statement = sign(consent, terms, now);
    ConsentNotice notice =
        ConsentNotice.newBuilder()
            .setGranted(
                ConsentGranted.newBuilder().setStatement(ByteString.copyFrom(statement.encoded())))
            .build();
    return send(
        actor,
        consent,
        new Decision(
            AuditType.CONSENT_GRANTED,
            ConsentStage.CONSENT_STAGE_OPEN,
            notice,
            Instant.ofEpochMilli(terms.untilMs()),
            (record, at) ->
                parts
                    .records()
                    .granted(
                        ConsentTable.place(Side.ORIGINATOR, consent.id()),
                        record,
                        consent.facts(),
                        statement,
                        at)),
        terms);
  }

  private Optional<Problem> ungrantable(Consent consent, Instant now) {
    if (consent.record().getStage() == ConsentStage.CONSENT_STAGE_OPEN
        && !ConsentTable.of(parts.ledger())
            .isUndecided(Side.ORIGINATOR, consent.id(), consent.record())) {
      return Optional.of(
          new Problem(
              Code.EXPIRED,
              "consent_id",
              "nobody decided on it within "
                  + ConsentTable.DECIDED_WITHIN.toDays()
                  + " days; "
                  + consent.asker()
                  + " can ask again"));
    }
    if (consent.record().getUntilMs() <= now.toEpochMilli()) {
      return Optional.of(
          new Problem(
              Code.EXPIRED,
              "consent_id",
              "it was requested only until "
                  + Instant.ofEpochMilli(consent.record().getUntilMs())));
    }
    // Checked against evidence of what was sent: the record alone proves no right.
    for (MessageId message : ConsentTable.messages(consent.record())) {
      boolean sent =
          SentMessageCheck.to(
              consent.asker(),
              consent.record().getExercise(),
              parts.sending().evidence().sent(parts.ledger().evidence(), message));
      if (!sent) {
        return Optional.of(
            new Problem(
                Code.NOT_FOUND,
                "consent_id",
                "there is no longer a record that " + consent.asker() + " was sent " + message));
      }
    }
    return Optional.empty();
  }

  private ConsentStatement sign(Consent consent, ConsentStatement.Terms terms, Instant now) {
    GatewayParts.Identity signer = parts.identity();
    return ConsentStatement.sign(
        new ConsentStatement.Content(
            StatementFrame.to(
                signer.federation(),
                signer.agency(),
                signer.gateway(),
                consent.asker(),
                now.toEpochMilli()),
            consent.id(),
            terms),
        signer.key());
  }

  /** Denies a request; as {@link #grant}. */
  public CompletableFuture<Result<Decided>> deny(
      NodeName client, MessageId id, String reason, OnBehalfOf person) {
    return end(client, id, reason, person, ConsentStage.CONSENT_STAGE_DENIED);
  }

  /** Revokes a grant; as {@link #grant}. */
  public CompletableFuture<Result<Decided>> revoke(
      NodeName client, MessageId id, String reason, OnBehalfOf person) {
    return end(client, id, reason, person, ConsentStage.CONSENT_STAGE_REVOKED);
  }

  private CompletableFuture<Result<Decided>> end(
      NodeName client, MessageId id, String reason, OnBehalfOf person, ConsentStage stage) {
    return Result.unless(
            parts.check().decision(person).or(() -> parts.check().told("reason", reason)),
            () -> find(id))
        .thenLater(consent -> end(actor(client, person), consent, reason, stage));
  }

  private CompletableFuture<Result<Decided>> end(
      AuditActor actor, Consent consent, String reason, ConsentStage stage) {
    MessageId id = consent.id();
    boolean revoked = stage == ConsentStage.CONSENT_STAGE_REVOKED;
    return send(
        actor,
        consent,
        new Decision(
            revoked ? AuditType.CONSENT_REVOKED : AuditType.CONSENT_DENIED,
            revoked ? ConsentStage.CONSENT_STAGE_GRANTED : ConsentStage.CONSENT_STAGE_OPEN,
            revoked ? revocation(id, reason) : denial(id, reason),
            Instant.ofEpochMilli(consent.record().getUntilMs()),
            (record, at) ->
                parts
                    .records()
                    .ended(
                        ConsentTable.place(Side.ORIGINATOR, id),
                        record,
                        consent.facts(),
                        stage,
                        reason,
                        at)),
        null);
  }

  private ConsentNotice denial(MessageId id, String reason) {
    return ConsentNotice.newBuilder()
        .setDenied(
            ConsentDenied.newBuilder()
                .setConsentId(ByteString.copyFrom(id.bytes()))
                .setReason(reason)
                .setAt(Timestamps.fromMillis(parts.clock().millis())))
        .build();
  }

  private ConsentNotice revocation(MessageId id, String reason) {
    return ConsentNotice.newBuilder()
        .setRevoked(
            ConsentRevoked.newBuilder()
                .setConsentId(ByteString.copyFrom(id.bytes()))
                .setReason(reason)
                .setAt(Timestamps.fromMillis(parts.clock().millis())))
        .build();
  }

  private Result<Consent> find(MessageId id) {
    ConsentRecord record = ConsentTable.of(parts.ledger()).read(Side.ORIGINATOR, id);
    return record == null
        ? Result.refused(notFound(id))
        : Result.of(
            parts
                .records()
                .facts(ConsentTable.place(Side.ORIGINATOR, id), record)
                .map(facts -> new Consent(id, record, facts)),
            () -> notFound(id));
  }

  private CompletableFuture<Result<Decided>> send(
      AuditActor actor,
      Consent consent,
      Decision decision,
      ConsentStatement.@Nullable Terms granted) {
    Instant now = parts.clock().instant();
    return notice(consent, decision, now)
        .thenLater(
            notice -> notices.send(notice, actor, tx -> decide(tx, actor, consent, decision)))
        .thenApply(sent -> sent.map(id -> new Decided(now, granted)));
  }

  private Result<Permitted> notice(Consent consent, Decision decision, Instant now) {
    if (consent.record().getStage() != decision.from()) {
      return Result.refused(elsewhere(consent.id(), consent.record()));
    }
    return Result.of(
        parts
            .policy()
            .get()
            .messages()
            .consent(
                MessageId.fresh(parts.self(), now.toEpochMilli(), parts.random()),
                decision.notice(),
                parts.self(),
                consent.asker(),
                consent.record().getExercise(),
                decision.needed(),
                now),
        () ->
            new Problem(
                Code.NO_RECIPIENT, "consent_id", consent.asker() + " is no longer a member"));
  }

  private Optional<Problem> decide(
      Transaction tx, AuditActor actor, Consent consent, Decision decision) {
    ConsentRecord record = ConsentTable.of(parts.ledger()).read(tx, Side.ORIGINATOR, consent.id());
    if (record == null) {
      return Optional.of(notFound(consent.id()));
    }
    if (record.getStage() != decision.from()) {
      return Optional.of(elsewhere(consent.id(), record));
    }
    ConsentRecord next = decision.change().of(record, tx.nowMillis());
    ConsentTable.of(parts.ledger()).put(tx, Side.ORIGINATOR, consent.id(), next);
    tx.audit(
        ConsentNotices.leaf(
            tx,
            decision.type(),
            actor,
            consent.id(),
            ConsentTable.messages(record),
            consent.asker()));
    return Optional.empty();
  }

  private static Problem notFound(MessageId id) {
    return new Problem(
        Code.NOT_FOUND, "consent_id", "this agency has no request for a consent " + id);
  }

  private static Problem elsewhere(MessageId id, ConsentRecord record) {
    String state =
        switch (record.getStage()) {
          case CONSENT_STAGE_OPEN -> "not granted";
          case CONSENT_STAGE_GRANTED -> "already granted";
          case CONSENT_STAGE_DENIED -> "already denied";
          case CONSENT_STAGE_REVOKED -> "already revoked";
          case CONSENT_STAGE_UNSPECIFIED, UNRECOGNIZED -> "of a later release";
        };
    return new Problem(Code.NOT_FOUND, "consent_id", "consent " + id + " is " + state);
  }
}
