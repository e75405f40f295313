package org.entente.gateway.ledger.record;

/**
 * When a disk that fills is acted upon, in bytes that are free.
 *
 * @param slowBelow publishers are slowed below this
 * @param refuseBelow nothing is taken from publishers and peers below this; less than {@code
 *     slowBelow}
 */
public record DiskThresholds(long slowBelow, long refuseBelow) {
  /** What a node has unless configured otherwise: 2 GiB and 512 MiB. */
  public static final DiskThresholds DEFAULT = new DiskThresholds(2L << 30, 512L << 20);

  /** Whether so much is free that a node which was full takes in again. */
  public boolean admitAgain(long free) {
    return free >= refuseBelow + refuseBelow / 8;
  }

  public DiskThresholds {
    if (refuseBelow < 1 || slowBelow <= refuseBelow) {
      throw new IllegalArgumentException("a disk is slow before it refuses");
    }
  }
}
