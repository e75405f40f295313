package org.entente.gateway.ledger.record;

import java.time.Duration;
import java.util.Optional;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Problem;
import org.entente.gateway.store.Store;

/**
 * The free space on the ledger's disk, and its consequences. Publishers are slowed before they are
 * refused. Incoming messages are refused before a commit can fail, so that work that frees space
 * (sending, evidence, erasure) continues.
 *
 * <p><b>Shares.</b> What is stored of one agency may be at most a part of what is still free
 * (dynamic thresholds, as for shared packet buffers). The more agencies fill the disk, the less
 * each can have, so that any number of them leave space for the others: with the part <i>a</i>,
 * <i>n</i> of them leave 1/(1 + <i>an</i>) of it. No agency is reserved anything that it does not
 * use.
 *
 * <p>Values are those of the last {@link #look}. A level ends only when an eighth more than its
 * threshold is free, so that it does not change with every commit. Safe for many threads.
 */
public final class DiskSpace {
  /** The longest pause between two rounds of sealing while space is scarce. */
  static final Duration LONGEST_PAUSE = Duration.ofMillis(200);

  private static final long MIB = 1 << 20;

  /** More than any disk has, and small enough to be multiplied. */
  private static final long MOST_FREE = 1L << 55;

  /** Levels of free space. */
  public enum Level {
    /** Enough. */
    AMPLE,
    /** Publishers are slowed. */
    SCARCE,
    /** Publishers and peers are refused. */
    FULL
  }

  private final Store store;
  private final DiskThresholds thresholds;
  private volatile Level level = Level.AMPLE;
  private volatile long free = Long.MAX_VALUE;

  public DiskSpace(Store store, DiskThresholds thresholds) {
    this.store = store;
    this.thresholds = thresholds;
  }

  /**
   * Measures the free space.
   *
   * @return whether the level has changed
   * @throws org.entente.gateway.store.StoreFailure if that fails; the level stays
   */
  public synchronized boolean look() {
    long now = store.freeBytes();
    Level before = level;
    free = now;
    level = next(before, now, thresholds);
    return level != before;
  }

  /**
   * Whether this many more bytes of an agency's mail can be stored. A message alone always can.
   *
   * @param stored bytes that are stored of it
   */
  public boolean hasRoom(long stored, long bytes) {
    return stored == 0 || stored + bytes <= share();
  }

  /** Bytes that may be stored of one agency at present. */
  public long share() {
    long left = Math.max(0, Math.min(free, MOST_FREE) - thresholds.refuseBelow());
    return left / 100 * thresholds.agencyPercent() + left % 100 * thresholds.agencyPercent() / 100;
  }

  /** The present level. */
  public Level level() {
    return level;
  }

  /** The free bytes. */
  public long freeBytes() {
    return free;
  }

  /** The thresholds of the levels. */
  public DiskThresholds thresholds() {
    return thresholds;
  }

  /** Why incoming messages are refused now; empty while they are accepted. */
  public Optional<Problem> refusal() {
    return level == Level.FULL
        ? Optional.of(
            new Problem(
                Code.STORAGE_FULL,
                "",
                "the disk is filling: "
                    + free / MIB
                    + " MiB are free, and messages are refused below "
                    + thresholds.refuseBelow() / MIB
                    + "; its operator must free space"))
        : Optional.empty();
  }

  /** The present pause between two sealing rounds. */
  public Duration pause() {
    return level == Level.AMPLE ? Duration.ZERO : pause(free, thresholds);
  }

  /** Grows linearly from zero at the first threshold to the longest pause at the second. */
  static Duration pause(long free, DiskThresholds thresholds) {
    long range = thresholds.slowBelow() - thresholds.refuseBelow();
    double part = (double) (thresholds.slowBelow() - free) / range;
    return Duration.ofNanos((long) (LONGEST_PAUSE.toNanos() * Math.max(0, Math.min(1, part))));
  }

  static Level next(Level now, long free, DiskThresholds thresholds) {
    if (isBelow(free, thresholds.refuseBelow(), now == Level.FULL)) {
      return Level.FULL;
    }
    return isBelow(free, thresholds.slowBelow(), now != Level.AMPLE) ? Level.SCARCE : Level.AMPLE;
  }

  private static boolean isBelow(long free, long threshold, boolean already) {
    return free < (already ? threshold + threshold / 8 : threshold);
  }
}
