package org.entente.gateway.intake;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.gateway.policy.decide.Permitted;
import org.entente.proto.v1.Outcome;

/**
 * Sends messages that the gateway makes after a person's decision: sealed, durable and tracked like
 * any other. Safe for use by several threads.
 */
public final class GatewayMessageSender {
  private final IntakeParts parts;
  private final Intake intake;
  private final String slot;

  /** Records the decision in the given transaction. */
  @FunctionalInterface
  public interface Leaf {
    /** The leaf. */
    AuditRecord of(Transaction tx);
  }

  /**
   * A sender for one kind of such messages.
   *
   * @param slot prefix under which outcomes are remembered; it contains a slash, which no client's
   *     name does, so it never collides with a draft
   */
  public GatewayMessageSender(IntakeParts parts, Intake intake, String slot) {
    this.parts = parts;
    this.intake = intake;
    this.slot = slot;
  }

  /**
   * Records the decision, then sends the message. The decision is recorded even if the message then
   * cannot be queued.
   *
   * @return the message's id, once it is durable and queued
   */
  public CompletableFuture<Result<MessageId>> send(AuditActor actor, Permitted message, Leaf leaf) {
    return parts
        .ledger()
        .write(
            message.lane(),
            tx -> {
              tx.audit(leaf.of(tx));
              return message;
            })
        .thenCompose(recorded -> sendWith(actor, recorded, tx -> {}));
  }

  /** Sends a message, with a change in the commit that makes it durable. */
  public CompletableFuture<Result<MessageId>> sendWith(
      AuditActor actor, Permitted message, Consumer<Transaction> change) {
    CompletableFuture<Outcome> done = new CompletableFuture<>();
    intake.submit(
        Submission.of(
                key(message),
                actor,
                List.of(message),
                List.of(),
                OnwardContent.NOTHING,
                OpeningDeadlines.NEVER,
                done)
            .with(change));
    return done.thenApply(
        outcome ->
            outcome.hasAccepted()
                ? Result.done(message.messageId())
                : Result.refused(Problem.of(outcome.getInvalid())));
  }

  private OutcomeKey key(Permitted message) {
    byte[] hash =
        parts
            .records()
            .fingerprint()
            .of(message.messageId().toString().getBytes(StandardCharsets.US_ASCII), new byte[0]);
    return OutcomeKey.of(slot, message.messageId().toString(), hash);
  }
}
