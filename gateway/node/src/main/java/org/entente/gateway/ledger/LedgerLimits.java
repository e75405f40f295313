package org.entente.gateway.ledger;

import org.entente.gateway.ledger.record.DiskThresholds;
import org.entente.gateway.ledger.table.QuarantineTable;

/**
 * Bounds of the ledger.
 *
 * @param maxWaiting changes that may wait for the disk; more are refused with OVERLOADED
 * @param maxBatch changes in one commit
 * @param maxBatchBytes bytes in one commit, after which it is closed
 * @param quarantine what may be set aside
 * @param disk when a filling disk is acted upon
 */
public record LedgerLimits(
    int maxWaiting,
    int maxBatch,
    long maxBatchBytes,
    QuarantineTable.Limits quarantine,
    DiskThresholds disk) {
  /** What a node has unless configured otherwise. */
  public static final LedgerLimits DEFAULT = new LedgerLimits(20_000, 1_024, 16L << 20);

  public LedgerLimits {
    if (maxWaiting < 1 || maxBatch < 1 || maxBatchBytes < 1) {
      throw new IllegalArgumentException("ledger limits are at least 1");
    }
  }

  /** Bounds of the writer, and of the quarantine what a node has unless configured otherwise. */
  public LedgerLimits(int maxWaiting, int maxBatch, long maxBatchBytes) {
    this(maxWaiting, maxBatch, maxBatchBytes, QuarantineTable.Limits.DEFAULT);
  }

  /** The same with a quarantine of its own. */
  public LedgerLimits(
      int maxWaiting, int maxBatch, long maxBatchBytes, QuarantineTable.Limits quarantine) {
    this(maxWaiting, maxBatch, maxBatchBytes, quarantine, DiskThresholds.DEFAULT);
  }
}
