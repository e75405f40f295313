package org.entente.gateway.ledger.record;

import java.time.Duration;
import java.util.Optional;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Problem;
import org.entente.gateway.store.Store;

/**
 * How much room the disk of the ledger has, and what follows from it: publishers are slowed before
 * they are refused, and what comes in is refused before a commit can fail, so that what frees space
 * (mail that goes out, evidence, erasure) goes on.
 *
 * <p>Known as of the last {@link #look}. A level is left only when an eighth more than its
 * threshold is free, so that it does not change with every commit. Safe for many threads.
 */
public final class DiskSpace {
  /** The longest pause between two rounds of sealing while space is scarce. */
  static final Duration LONGEST_PAUSE = Duration.ofMillis(200);

  private static final long MIB = 1 << 20;

  /** How much there is. */
  public enum Level {
    /** Enough. */
    AMPLE,
    /** Publishers are slowed. */
    SCARCE,
    /** Nothing is taken from publishers and peers. */
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
   * Asks the disk.
   *
   * @return whether the level is another now
   * @throws org.entente.gateway.store.StoreFailure if it does not say; the level stays
   */
  public synchronized boolean look() {
    long now = store.freeBytes();
    Level before = level;
    free = now;
    level = next(before, now, thresholds);
    return level != before;
  }

  /** How much there is. */
  public Level level() {
    return level;
  }

  /** Bytes that are free. */
  public long freeBytes() {
    return free;
  }

  /** When it is acted upon. */
  public DiskThresholds thresholds() {
    return thresholds;
  }

  /** Why nothing is taken in now; empty while it is. */
  public Optional<Problem> refusal() {
    return level == Level.FULL
        ? Optional.of(
            new Problem(
                Code.STORAGE_FULL,
                "",
                "the disk is filling: "
                    + free / MIB
                    + " MiB are free, and nothing is taken below "
                    + thresholds.refuseBelow() / MIB
                    + "; its operator makes room"))
        : Optional.empty();
  }

  /** How long sealing rests between two rounds now. */
  public Duration pause() {
    return level == Level.AMPLE ? Duration.ZERO : pause(free, thresholds);
  }

  /** From none at the first threshold to the longest at the second, evenly. */
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
