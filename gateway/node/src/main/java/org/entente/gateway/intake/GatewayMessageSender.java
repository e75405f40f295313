package org.entente.gateway.intake;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.policy.decide.Permitted;
import org.entente.proto.v1.Outcome;

/**
 * Sends what this gateway makes on a person's word, as a message like any other: sealed, durable
 * and tracked. Safe for many threads.
 */
final class GatewayMessageSender {
  private final IntakeParts parts;
  private final Intake intake;
  private final String slot;

  /** What is put on record of a decision, in the transaction that it is given. */
  interface Leaf {
    AuditRecord of(Transaction tx);
  }

  /**
   * A kind of such messages.
   *
   * @param slot what their outcomes are remembered under; it has a slash, as no client's name has,
   *     so that none takes the place of a draft
   */
  GatewayMessageSender(IntakeParts parts, Intake intake, String slot) {
    this.parts = parts;
    this.intake = intake;
    this.slot = slot;
  }

  /**
   * Records the decision, then sends. The decision is on record even where the message then cannot
   * be queued.
   */
  CompletableFuture<Outcome> send(AuditActor actor, Permitted message, Leaf leaf) {
    CompletableFuture<Outcome> done = new CompletableFuture<>();
    return parts
        .ledger()
        .write(
            message.lane(),
            tx -> {
              tx.audit(leaf.of(tx));
              return message;
            })
        .thenCompose(
            recorded -> {
              intake.submit(
                  Submission.of(
                      key(recorded),
                      actor,
                      List.of(recorded),
                      List.of(),
                      OnwardContent.NOTHING,
                      OpeningDeadlines.NEVER,
                      null,
                      done));
              return done;
            });
  }

  private OutcomeKey key(Permitted message) {
    byte[] hash =
        parts
            .fingerprint()
            .apply(message.messageId().toString().getBytes(StandardCharsets.US_ASCII));
    return OutcomeKey.of(slot, message.messageId().toString(), hash);
  }
}
