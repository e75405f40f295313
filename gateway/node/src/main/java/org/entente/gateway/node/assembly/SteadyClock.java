package org.entente.gateway.node.assembly;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The time by which the node ends things for good: destroys keys, withdraws mail, refuses what came
 * too late. The clock's own time, but for two cases in which a clock that is wrong would lose what
 * was acknowledged:
 *
 * <ul>
 *   <li>A leap forward of more than {@link #LEAP}, against a time that only runs, is not followed
 *       until it has stood for {@link #STANDING}: this time runs on from where the clock was.
 *   <li>It stands still at the end of the trust bundle and its grace, beyond which nobody vouches
 *       for the federation either.
 * </ul>
 *
 * <p>A node that starts holds its clock against the last time that it knows of in the same way: it
 * cannot tell a long rest from a leap.
 *
 * <p>A clock that is set back is followed at once, since that ends nothing early. Leaps of less
 * than an hour each are followed, however many; the bundle bounds where they lead. Safe for many
 * threads.
 */
final class SteadyClock implements InstantSource {
  /** A leap of at most so much is followed at once. */
  static final Duration LEAP = Duration.ofHours(1);

  /** How long a greater one has to stand. */
  static final Duration STANDING = Duration.ofHours(1);

  private static final Logger LOG = LoggerFactory.getLogger(SteadyClock.class);
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final InstantSource clock;
  private final LongSupplier nanos;
  private final Supplier<Instant> latest;

  /** What the clock said, less what the running time said, in milliseconds. */
  private long followed;

  private boolean leapt;
  private long leap;
  private long leaptAt;

  /**
   * Begins with the clock as it is, or with the last time known.
   *
   * @param nanos a time that only runs, as {@link System#nanoTime}
   * @param last a time that has come for sure; empty if none is known
   * @param latest beyond which no clock is believed
   */
  SteadyClock(
      InstantSource clock, LongSupplier nanos, Optional<Instant> last, Supplier<Instant> latest) {
    this.clock = clock;
    this.nanos = nanos;
    this.latest = latest;
    long now = clock.millis();
    this.followed = Math.min(now, last.map(Instant::toEpochMilli).orElse(now)) - running();
  }

  private long running() {
    return Math.floorDiv(nanos.getAsLong(), NANOS_PER_MILLI);
  }

  @Override
  public synchronized Instant instant() {
    long running = running();
    look(clock.millis() - running, running);
    Instant now = Instant.ofEpochMilli(followed + running);
    Instant end = latest.get();
    return now.isAfter(end) ? end : now;
  }

  private void look(long offset, long running) {
    if (offset - followed <= LEAP.toMillis()) {
      if (leapt) {
        LOG.warn("the clock is back from its leap");
      }
      leapt = false;
      followed = offset;
    } else if (!leapt || Math.abs(offset - leap) > LEAP.toMillis()) {
      leapt = true;
      leap = offset;
      leaptAt = running;
      LOG.error(
          "the clock leapt forward by {}: nothing is destroyed or withdrawn by it before it has"
              + " stood for {}",
          Duration.ofMillis(offset - followed),
          STANDING);
    } else if (running - leaptAt >= STANDING.toMillis()) {
      LOG.warn("the clock's leap has stood for {} and is followed", STANDING);
      leapt = false;
      followed = offset;
    }
  }

  /** Whether it says something else than the clock. */
  boolean doubts() {
    return Duration.between(instant(), clock.instant()).compareTo(LEAP) > 0;
  }
}
