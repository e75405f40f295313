package org.entente.gateway.receive;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.gateway.policy.terms.Exercise;
import org.entente.gateway.seal.format.EnvelopeFacts;
import org.entente.gateway.seal.statement.SessionTerms;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;

/**
 * What one feature does with the messages of other agencies. Reception calls the hooks in the order
 * of its list, for each message by itself; the first that refuses decides. Safe for use by several
 * threads.
 */
public interface ReceptionHook {
  /**
   * A message that agrees with its header and that policy admits.
   *
   * @param announced announcements of the origin's agency, with the keys of its gateways
   * @param begun when the inspection of its envelope began, as {@link System#nanoTime}
   * @param opened when the envelope was verified and open
   */
  record Incoming(
      MessageId id,
      EnvelopeFacts facts,
      Label label,
      Body body,
      List<SessionTerms.Parties> announced,
      long begun,
      long opened) {
    /** The agency that sent it. */
    public AgencyName origin() {
      return facts.origin();
    }

    /** Whether it is training. */
    public boolean exercise() {
      return Exercise.of(label);
    }
  }

  /** What the feature does in the commit of the message. The writer calls it. */
  interface Step {
    /** A feature that has nothing to do with the message. */
    Result<Step> NONE = Result.done(new Step() {});

    /** A step that refuses nothing. */
    static Result<Step> onKeep(Consumer<Transaction> keep) {
      return Result.done(
          new Step() {
            @Override
            public void keep(Transaction tx) {
              keep.accept(tx);
            }
          });
    }

    /** Why the message is not kept; empty if it is. What it writes stays if it refuses. */
    default Optional<Problem> check(Transaction tx) {
      return Optional.empty();
    }

    /** The message is kept. */
    default void keep(Transaction tx) {}
  }

  /**
   * Whether messages of a kind are for this feature alone: they are not put into the inbox, and
   * their refusal causes no evidence.
   */
  default boolean consumes(Kind kind) {
    return false;
  }

  /** Signatures inside a message that the feature verifies; its origin is charged for them. */
  default int signatures(Body body) {
    return 0;
  }

  /**
   * Parses and verifies a message, before its commit and off the writer. A message with a problem
   * is not kept; its origin is told all of it.
   */
  Result<Step> inspect(Incoming message);

  /**
   * A recipient's evidence about messages of this agency, in the commit that keeps it.
   *
   * @param isNew whether it was not known before of any of them
   */
  default void evidence(Transaction tx, EvidenceItem item, boolean isNew) {}
}
