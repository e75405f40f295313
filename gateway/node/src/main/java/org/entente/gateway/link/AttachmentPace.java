package org.entente.gateway.link;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Keeps attachments behind messages, on all links of a gateway together. While messages come or go,
 * frames of attachments leave one at a time: after each, the next waits for {@link #REST} times as
 * long as the last one that came kept this gateway busy. So processors and disk are free for
 * messages most of the time, at both ends, since the recipient paces its requests in the same way.
 * Links take turns. Without messages nothing waits. Safe for many threads.
 */
final class AttachmentPace {
  /** How long a message counts as recent. */
  static final Duration RECENT = Duration.ofSeconds(1);

  /** Length of a rest, as a multiple of the work before it. */
  static final int REST = 3;

  /** Longest time from one frame to the next, so that no message stops attachments. */
  static final Duration LONGEST = Duration.ofMillis(50);

  private final LongSupplier nanos;
  private volatile long messageAt;
  private volatile long took;
  private long next;

  /**
   * A pace without messages.
   *
   * @param nanos as {@link Timers#nanos}
   */
  AttachmentPace(LongSupplier nanos) {
    this.nanos = nanos;
    this.messageAt = nanos.getAsLong() - RECENT.toNanos();
  }

  /** Messages were committed here, or went. */
  void message() {
    messageAt = nanos.getAsLong();
  }

  /** A frame of an attachment that came was handled, which began then. */
  void handled(long since) {
    took = nanos.getAsLong() - since;
  }

  /** Takes a turn: how long the next frame has to wait, in nanoseconds; 0 if not at all. */
  synchronized long turn() {
    long now = nanos.getAsLong();
    if (now - messageAt >= RECENT.toNanos()) {
      return 0;
    }
    long wait = Math.max(0, next - now);
    next = now + wait + Math.min(LONGEST.toNanos(), (1 + REST) * took);
    return wait;
  }
}
