package org.entente.gateway.ledger;

import org.entente.gateway.ledger.record.DiskThresholds;
import org.entente.gateway.ledger.table.QuarantineTable;

/**
 * Bounds of the ledger.
 *
 * @param maxWaiting changes that may wait for the disk; more are refused with OVERLOADED
 * @param maxBatch changes in one commit
 * @param maxBatchBytes bytes after which a commit is closed; fewer where the store takes less in
 *     one
 * @param quarantine limits of the quarantine
 * @param disk thresholds of free disk space
 * @param custodyBytes bytes held for others, of one origin through one neighbour
 * @param gatewayKeys keys of one agency's gateways that are ever vouched for
 */
public record LedgerLimits(
    int maxWaiting,
    int maxBatch,
    long maxBatchBytes,
    QuarantineTable.Limits quarantine,
    DiskThresholds disk,
    long custodyBytes,
    int gatewayKeys) {
  /** Bytes held for others by default. */
  public static final long DEFAULT_CUSTODY_BYTES = 1L << 30;

  /** Keys of one agency's gateways by default. */
  public static final int DEFAULT_GATEWAY_KEYS = 1_024;

  /** The defaults of a node. */
  public static final LedgerLimits DEFAULT = new LedgerLimits(20_000, 1_024, 16L << 20);

  public LedgerLimits {
    if (maxWaiting < 1 || maxBatch < 1 || maxBatchBytes < 1) {
      throw new IllegalArgumentException("ledger limits must be at least 1");
    }
  }

  /** Bounds of the writer, with the default quarantine. */
  public LedgerLimits(int maxWaiting, int maxBatch, long maxBatchBytes) {
    this(maxWaiting, maxBatch, maxBatchBytes, QuarantineTable.Limits.DEFAULT);
  }

  /** The same with given limits of the quarantine. */
  public LedgerLimits(
      int maxWaiting, int maxBatch, long maxBatchBytes, QuarantineTable.Limits quarantine) {
    this(
        maxWaiting,
        maxBatch,
        maxBatchBytes,
        quarantine,
        DiskThresholds.DEFAULT,
        DEFAULT_CUSTODY_BYTES,
        DEFAULT_GATEWAY_KEYS);
  }
}
