package org.entente.gateway.intake;

import java.util.Optional;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.ledger.commit.Transaction.Mutation;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Result;
import org.entente.gateway.policy.decide.PolicyDecision;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Held;
import org.entente.proto.v1.HeldMessage;

/**
 * Holds drafts that need a second person, until one decides. One feature does; without it such
 * drafts are refused. Safe for use by several threads.
 */
public interface DraftHolder {
  /**
   * A draft that needs a second person.
   *
   * @param key the key under which its outcome is remembered
   * @param publisher the publisher, for the audit log
   * @param draft as the client published it
   * @param decision permits it for at least one recipient
   */
  record UnreleasedDraft(
      MessageId id, OutcomeKey key, AuditActor publisher, Draft draft, PolicyDecision decision) {
    /** Names the message, never the content. */
    @Override
    public String toString() {
      return "draft " + id + " without release";
    }
  }

  /** Why a draft cannot be held; otherwise what stores it, in the commit of its outcome. */
  Result<Mutation<Held>> hold(UnreleasedDraft draft);

  /** The facts of a held draft that people are shown; empty if it is not held. */
  Optional<HeldMessage> find(MessageId id);
}
