package org.entente.gateway.ledger;

import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.commit.Transaction.Mutation;
import org.entente.proto.store.v1.QuarantineRecord;
import org.entente.proto.store.v1.QuarantineState;

/**
 * What a stage does with what it had set aside, once a person or time decides. Safe for many
 * threads.
 */
public interface QuarantineStage {
  /**
   * How it ended.
   *
   * @param state never WAITING
   * @param text what was done, for the operator and the audit log; no content
   */
  record DecisionResult(QuarantineState state, String text) {}

  /**
   * Another try: what takes time is done at once, outside the ledger's writer, and the rest in the
   * transaction that ends the waiting. Throws, or its mutation does, if it fails again.
   *
   * @param content what was kept besides; empty where that lies elsewhere
   */
  Mutation<DecisionResult> retry(QuarantineRecord record, byte[] content);

  /**
   * Gives it up, and tells its origin if that does not have its word already.
   *
   * @param expired because its time is over, and not because a person said so
   */
  DecisionResult discard(Transaction tx, QuarantineRecord record, boolean expired);
}
