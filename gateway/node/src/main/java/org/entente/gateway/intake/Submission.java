package org.entente.gateway.intake;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Refusal;
import org.entente.gateway.policy.decide.Permitted;
import org.entente.proto.v1.Outcome;

/**
 * A draft that policy permits for at least one recipient, on its way into the ledger.
 *
 * @param key the key under which its outcome is remembered
 * @param actor the publisher, for the audit log
 * @param parts the permitted message, once for each agreement and way of addressing
 * @param refusals recipients that policy refused
 * @param passesOn the received messages whose content it passes on, with the consents
 * @param outcome the client's outcome without the position
 * @param openWithin the time within which each recipient must open it; zero for no limit
 * @param besides further changes in the same commit
 * @param writtenBytes about as many bytes as it puts in its commit, without {@code besides}
 * @param done completes when the submission is durable
 */
record Submission(
    OutcomeKey key,
    AuditActor actor,
    List<Permitted> parts,
    List<Refusal> refusals,
    OnwardContent passesOn,
    Outcome outcome,
    Duration openWithin,
    Consumer<Transaction> besides,
    long writtenBytes,
    CompletableFuture<Outcome> done) {

  static Submission of(
      OutcomeKey key,
      AuditActor actor,
      List<Permitted> parts,
      List<Refusal> refusals,
      OnwardContent passesOn,
      Duration openWithin,
      CompletableFuture<Outcome> done) {
    Outcome outcome = OutcomeMapper.accepted(key.key(), parts.get(0).messageId(), parts, refusals);
    long bytes = WrittenBytes.of(actor, parts, refusals, passesOn);
    return new Submission(
        key, actor, parts, refusals, passesOn, outcome, openWithin, tx -> {}, bytes, done);
  }

  /** A copy with another change in its commit. */
  Submission with(Consumer<Transaction> change) {
    return new Submission(
        key,
        actor,
        parts,
        refusals,
        passesOn,
        outcome,
        openWithin,
        besides.andThen(change),
        writtenBytes,
        done);
  }

  /** The highest of its lanes: information recipients may have a lower one. */
  Lane lane() {
    Lane highest = parts.get(0).lane();
    for (Permitted part : parts) {
      highest = part.lane().compareTo(highest) < 0 ? part.lane() : highest;
    }
    return highest;
  }

  /** Bytes of its labels and bodies. */
  long bytes() {
    return bytes(parts);
  }

  /** Bytes of the labels and bodies of a message. */
  static long bytes(List<Permitted> parts) {
    long bytes = 0;
    for (Permitted part : parts) {
      bytes += (long) part.label().getSerializedSize() + part.body().size();
    }
    return bytes;
  }

  /** Whose share of what waits for a recipient it takes: the client that caused it. */
  String sharer() {
    NodeName client = actor.client();
    return client == null ? key.client() : client.value();
  }

  MessageId id() {
    return parts.get(0).messageId();
  }

  String policyVersion() {
    return parts.get(0).policyVersion();
  }
}
