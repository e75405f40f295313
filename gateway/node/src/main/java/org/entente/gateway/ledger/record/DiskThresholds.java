package org.entente.gateway.ledger.record;

/**
 * Thresholds of free disk space, in bytes, and what one agency can have of it.
 *
 * @param slowBelow publishers are slowed below this
 * @param refuseBelow publishers and peers are refused below this; less than {@code slowBelow}
 * @param agencyPercent bytes that are stored of one agency, of FLASH and of its other mail each, in
 *     per cent of those still free above {@code refuseBelow}; from 1 to {@link #MOST_PERCENT}
 */
public record DiskThresholds(long slowBelow, long refuseBelow, int agencyPercent) {
  /** The default share of one agency. */
  public static final int DEFAULT_PERCENT = 50;

  /** The greatest share of one agency: nine tenths of a disk. */
  public static final int MOST_PERCENT = 900;

  /** The defaults of a node: 2 GiB, 512 MiB and half. */
  public static final DiskThresholds DEFAULT = new DiskThresholds(2L << 30, 512L << 20);

  /** Thresholds with the default share. */
  public DiskThresholds(long slowBelow, long refuseBelow) {
    this(slowBelow, refuseBelow, DEFAULT_PERCENT);
  }

  /** Whether a node that was full may accept messages again. */
  public boolean admitAgain(long free) {
    return free >= refuseBelow + refuseBelow / 8;
  }

  public DiskThresholds {
    if (refuseBelow < 1 || slowBelow <= refuseBelow) {
      throw new IllegalArgumentException(
          "slowBelow must be greater than refuseBelow, and refuseBelow positive");
    }
    if (agencyPercent < 1 || agencyPercent > MOST_PERCENT) {
      throw new IllegalArgumentException("agencyPercent must be from 1 to " + MOST_PERCENT);
    }
  }
}
