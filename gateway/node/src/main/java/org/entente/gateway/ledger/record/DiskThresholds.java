package org.entente.gateway.ledger.record;

/**
 * Thresholds of free disk space, in bytes.
 *
 * @param slowBelow publishers are slowed below this
 * @param refuseBelow publishers and peers are refused below this; less than {@code slowBelow}
 */
public record DiskThresholds(long slowBelow, long refuseBelow) {
  /** The defaults of a node: 2 GiB and 512 MiB. */
  public static final DiskThresholds DEFAULT = new DiskThresholds(2L << 30, 512L << 20);

  /** Whether a node that was full may accept messages again. */
  public boolean admitAgain(long free) {
    return free >= refuseBelow + refuseBelow / 8;
  }

  public DiskThresholds {
    if (refuseBelow < 1 || slowBelow <= refuseBelow) {
      throw new IllegalArgumentException(
          "slowBelow must be greater than refuseBelow, and refuseBelow positive");
    }
  }
}
