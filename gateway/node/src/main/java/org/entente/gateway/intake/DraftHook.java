package org.entente.gateway.intake;

import java.time.Instant;
import java.util.List;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Refusal;
import org.entente.gateway.policy.check.CheckedDraft;
import org.entente.gateway.policy.decide.Permitted;
import org.entente.proto.v1.Label;
import org.jspecify.annotations.Nullable;

/**
 * What one feature does with the drafts of this agency's clients. The intake calls the hooks in the
 * order of its list; the first that refuses decides. Safe for use by several threads.
 */
public interface DraftHook {
  /**
   * A draft as it goes on to policy.
   *
   * @param draft the draft, which the hook may have changed
   * @param lacking why it may not go on; null if it may
   */
  record Prepared(CheckedDraft draft, @Nullable Problem lacking) {}

  /** What {@link #begin} would answer now. Reserves nothing. */
  default Prepared explain(NodeName client, CheckedDraft draft, Instant now) {
    return new Prepared(draft, null);
  }

  /**
   * Prepares a draft for policy. What it reserves it holds until {@link #end}.
   *
   * @param attempt identifies the attempt
   */
  default Prepared begin(NodeName client, CheckedDraft draft, Instant now, Object attempt) {
    return explain(client, draft, now);
  }

  /**
   * Ends an attempt that is durable, held, refused or abandoned. Without effect if the attempt
   * reserved nothing.
   */
  default void end(CheckedDraft draft, Object attempt) {}

  /**
   * A draft is held for a second person, in this commit.
   *
   * @param label as its client wrote it
   * @param untilMillis until when it may be released, milliseconds since 1970
   */
  default void held(Transaction tx, Label label, long untilMillis) {}

  /** Whether the feature itself judges the message to which a draft replies. */
  default boolean judgesReply(CheckedDraft draft) {
    return false;
  }

  /**
   * A refusal for each recipient at whom the client may have no more of what the message brings;
   * others may have it. What it reserves it holds until {@link #end}.
   *
   * @param client the client that caused the message
   * @param parts the message, once for each agreement and way of addressing
   */
  default List<Refusal> beyond(String client, List<Permitted> parts, Object attempt) {
    return List.of();
  }

  /**
   * A message of this agency is committed.
   *
   * @param client the client that caused it
   * @param parts the message, once for each agreement and way of addressing
   */
  default void sent(Transaction tx, String client, List<Permitted> parts) {}

  /** A message of this agency is recalled, in this commit. */
  default void recalled(Transaction tx, MessageId message) {}
}
