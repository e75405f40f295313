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
 * The clock for irreversible expiry: destroying keys, withdrawing mail, refusing late messages. It
 * shows the machine's time, except in two cases in which a wrong clock would lose acknowledged
 * messages:
 *
 * <ul>
 *   <li>A forward jump of more than {@link #LEAP} against monotonic time is not accepted until it
 *       has lasted for {@link #STANDING}. Until then this clock continues from its time before the
 *       jump.
 *   <li>It stops at the end of the trust bundle's grace, beyond which nothing vouches for the
 *       federation either.
 * </ul>
 *
 * <p>A starting node compares its clock with the last known time in the same way: it cannot tell a
 * long stop from a jump.
 *
 * <p>A clock set back is followed at once, since that expires nothing early. Any number of jumps of
 * less than an hour each is followed; the bundle's end bounds them. Safe for many threads.
 */
final class SteadyClock implements InstantSource {
  /** The largest forward jump that is followed at once. */
  static final Duration LEAP = Duration.ofHours(1);

  /** How long a larger jump must last before it is accepted. */
  static final Duration STANDING = Duration.ofHours(1);

  private static final Logger LOG = LoggerFactory.getLogger(SteadyClock.class);
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final InstantSource clock;
  private final LongSupplier nanos;
  private final Supplier<Instant> latest;

  /** The accepted clock time minus monotonic time, in milliseconds. */
  private long followed;

  private boolean leapt;
  private long leap;
  private long leaptAt;

  /**
   * Starts at the clock's time, or at the last known time if that is earlier.
   *
   * @param nanos a monotonic time, as {@link System#nanoTime}
   * @param last a time that has certainly passed; empty if none is known
   * @param latest the time beyond which the clock is not believed
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
        LOG.warn("the clock has returned from its forward jump");
      }
      leapt = false;
      followed = offset;
    } else if (!leapt || Math.abs(offset - leap) > LEAP.toMillis()) {
      leapt = true;
      leap = offset;
      leaptAt = running;
      LOG.error(
          "the clock jumped forward by {}; nothing expires by it until the jump has lasted for {}",
          Duration.ofMillis(offset - followed),
          STANDING);
    } else if (running - leaptAt >= STANDING.toMillis()) {
      LOG.warn("accepting the clock's forward jump, which has lasted for {}", STANDING);
      leapt = false;
      followed = offset;
    }
  }

  /** Whether this clock differs from the machine's by more than {@link #LEAP}. */
  boolean doubts() {
    return Duration.between(instant(), clock.instant()).compareTo(LEAP) > 0;
  }

  /** The reason for {@link #doubts}, for an operator; empty if the machine's clock is followed. */
  synchronized Optional<String> doubt() {
    if (!doubts()) {
      return Optional.empty();
    }
    return Optional.of(
        leapt
            ? "clock: it jumped forward; nothing expires by it until the jump has lasted for "
                + STANDING
                + "; check this machine's time"
            : "clock: it is past the end of the trust bundle's grace; nothing expires by it;"
                + " check this machine's time and the trust bundle");
  }
}
