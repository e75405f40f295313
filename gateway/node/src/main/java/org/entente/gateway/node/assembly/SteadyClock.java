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
 * <p>One rule holds for all that ends: it is ended by this clock, which may be behind, and its end
 * is reckoned from the machine's clock, or from {@link #keeping} where the machine's may be behind
 * for a moment and the end cannot be moved later. An end that was reckoned from this clock would be
 * over as soon as the doubt is.
 *
 * <p>A clock set back is followed at once, since that expires nothing early. If it returns within
 * {@link #STANDING}, that is no jump. Any number of jumps of less than an hour each is followed;
 * the bundle's end bounds them. Safe for many threads.
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
  private final Supplier<Instant> end;

  /** The accepted clock time minus monotonic time, in milliseconds. */
  private long followed;

  /** The latest that was ever accepted, for {@link #keeping}. */
  private long highest;

  private boolean leapt;
  private long leap;
  private long leaptAt;

  /** Where the clock was before it was set back, until that has lasted. */
  private boolean setBack;

  private long before;
  private long setBackAt;

  /**
   * Starts at the clock's time, or at the last known time if that is earlier.
   *
   * @param nanos a monotonic time, as {@link System#nanoTime}
   * @param last a time that has certainly passed; empty if none is known
   * @param end the time beyond which the clock is not believed
   */
  SteadyClock(
      InstantSource clock, LongSupplier nanos, Optional<Instant> last, Supplier<Instant> end) {
    this.clock = clock;
    this.nanos = nanos;
    this.end = end;
    long now = clock.millis();
    long known = last.map(Instant::toEpochMilli).orElse(now);
    long running = running();
    this.followed = known - running;
    this.highest = followed;
    if (now < known) {
      look(now - running, running);
    }
  }

  private long running() {
    return Math.floorDiv(nanos.getAsLong(), NANOS_PER_MILLI);
  }

  @Override
  public synchronized Instant instant() {
    long running = running();
    look(clock.millis() - running, running);
    Instant now = Instant.ofEpochMilli(followed + running);
    Instant last = end.get();
    return now.isAfter(last) ? last : now;
  }

  /**
   * The latest time that it may be, for the end of what is kept: that of the machine's clock, or of
   * this one as if it had never been set back.
   */
  InstantSource keeping() {
    return this::latest;
  }

  private synchronized Instant latest() {
    long running = running();
    long offset = clock.millis() - running;
    look(offset, running);
    return Instant.ofEpochMilli(Math.max(offset, highest) + running);
  }

  private void look(long offset, long running) {
    if (setBack && running - setBackAt >= STANDING.toMillis()) {
      setBack = false;
    }
    if (offset - (setBack ? before : followed) <= LEAP.toMillis()) {
      if (leapt) {
        LOG.warn("the clock has returned from its forward jump");
      }
      leapt = false;
      follow(offset, running);
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
      follow(offset, running);
    }
  }

  private void follow(long offset, long running) {
    if (!setBack && followed - offset > LEAP.toMillis()) {
      setBack = true;
      before = followed;
      setBackAt = running;
    } else if (setBack && offset >= before) {
      setBack = false;
    }
    followed = offset;
    highest = Math.max(highest, offset);
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
