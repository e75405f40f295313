package org.entente.gateway.ledger;

/**
 * Bounds of the writer.
 *
 * @param maxWaiting changes that may wait for the disk; more are refused with OVERLOADED
 * @param maxBatch changes in one commit
 * @param maxBatchBytes bytes in one commit, after which it is closed
 */
public record LedgerLimits(int maxWaiting, int maxBatch, long maxBatchBytes) {
  /** What a node has unless configured otherwise. */
  public static final LedgerLimits DEFAULT = new LedgerLimits(20_000, 1_024, 16L << 20);

  public LedgerLimits {
    if (maxWaiting < 1 || maxBatch < 1 || maxBatchBytes < 1) {
      throw new IllegalArgumentException("ledger limits are at least 1");
    }
  }
}
