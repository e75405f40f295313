package org.entente.gateway.intake;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Refusal;
import org.entente.gateway.policy.decide.Permitted;
import org.entente.proto.v1.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * A draft that policy permits for at least one recipient, on its way into the ledger.
 *
 * @param key under which its outcome is remembered
 * @param actor who published it, for the audit log
 * @param parts the permitted message, once for each agreement it falls under and way of addressing
 * @param refusals recipients that policy refused
 * @param passesOn the received messages whose content it passes on, and under which consents
 * @param outcome what the client is told, but for the position
 * @param openWithin how long recipients have until somebody must have opened it; zero for ever
 * @param releasedBy the second person who let it go; null where none was asked for
 * @param besides what is to be in the same commit
 * @param done completes when it is durable
 */
record Submission(
    OutcomeKey key,
    AuditActor actor,
    List<Permitted> parts,
    List<Refusal> refusals,
    OnwardContent passesOn,
    Outcome outcome,
    Duration openWithin,
    @Nullable AuditActor releasedBy,
    Consumer<Transaction> besides,
    CompletableFuture<Outcome> done) {

  static Submission of(
      OutcomeKey key,
      AuditActor actor,
      List<Permitted> parts,
      List<Refusal> refusals,
      OnwardContent passesOn,
      Duration openWithin,
      @Nullable AuditActor releasedBy,
      CompletableFuture<Outcome> done) {
    Outcome outcome = OutcomeMapper.accepted(key.key(), parts.get(0).messageId(), parts, refusals);
    return new Submission(
        key, actor, parts, refusals, passesOn, outcome, openWithin, releasedBy, tx -> {}, done);
  }

  /** The same with something else in its commit. */
  Submission with(Consumer<Transaction> change) {
    return new Submission(
        key,
        actor,
        parts,
        refusals,
        passesOn,
        outcome,
        openWithin,
        releasedBy,
        besides.andThen(change),
        done);
  }

  /** The highest of its lanes: those who have it for information may get it in a lower one. */
  Lane lane() {
    Lane highest = parts.get(0).lane();
    for (Permitted part : parts) {
      highest = part.lane().compareTo(highest) < 0 ? part.lane() : highest;
    }
    return highest;
  }

  MessageId id() {
    return parts.get(0).messageId();
  }

  String policyVersion() {
    return parts.get(0).policyVersion();
  }
}
