package org.entente.gateway.ledger;

import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.commit.Transaction.Mutation;
import org.entente.proto.store.v1.QuarantineRecord;
import org.entente.proto.store.v1.QuarantineState;

/**
 * Handles the quarantined messages of one stage when a person decides or they expire. Safe for many
 * threads.
 */
public interface QuarantineStage {
  /**
   * The outcome of a decision.
   *
   * @param state never WAITING
   * @param text what was done, for the operator and the audit log; no content
   */
  record DecisionResult(QuarantineState state, String text) {}

  /**
   * Retries a message: slow work is done in this call, outside the ledger's writer, and the rest in
   * the returned mutation, within the transaction that settles the entry. Either throws if the
   * retry fails.
   *
   * @param content further content kept for a retry; empty if it is stored elsewhere
   */
  Mutation<DecisionResult> retry(QuarantineRecord record, byte[] content);

  /**
   * Discards a message, and informs its origin if it has not been informed yet.
   *
   * @param expired true if its time ended, false if a person decided
   */
  DecisionResult discard(Transaction tx, QuarantineRecord record, boolean expired);
}
