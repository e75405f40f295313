package org.entente.gateway.intake;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.gateway.policy.decide.Permitted;

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
   * Sends like {@link #send}, unless the disk is full or a share of what waits for a recipient is:
   * then it is refused, and nothing is recorded. For all that a person can do again and again, so
   * that no client takes the room of others.
   */
  public CompletableFuture<Result<MessageId>> sendWithinShare(
      AuditActor actor, Permitted message, Leaf leaf) {
    return Result.unless(lacksRoom(actor, message), () -> Result.done(message))
        .thenLater(permitted -> send(actor, permitted, leaf));
  }

  /** Why a client's message has no room: on the disk, or in a share. Empty if it has. */
  public Optional<Problem> lacksRoom(AuditActor actor, Permitted message) {
    return intake.lacksRoom(submission(actor, message));
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
    Submission submission = submission(actor, message).with(change);
    intake.submit(submission);
    return submission
        .done()
        .thenApply(
            outcome ->
                outcome.hasAccepted()
                    ? Result.done(message.messageId())
                    : Result.refused(Problem.of(outcome.getInvalid())));
  }

  private Submission submission(AuditActor actor, Permitted message) {
    return Submission.of(
        key(message),
        actor,
        List.of(message),
        List.of(),
        OnwardContent.NOTHING,
        OpeningDeadlines.NEVER,
        new CompletableFuture<>());
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
