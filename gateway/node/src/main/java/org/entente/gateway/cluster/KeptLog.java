package org.entente.gateway.cluster;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * The entries of the log that receivers of this node's copy need next. Without them a copy would be
 * out of date when it arrives, and so would each further one. A receiver gets as long to take them
 * as its copy took, and a minute; one that takes nothing of its copy for long gets none. Safe for
 * many threads.
 */
final class KeptLog {
  private static final long LEAST_NANOS = Duration.ofMinutes(1).toNanos();

  private final LongSupplier nanos;
  private final Duration silence;
  private final Set<Entries> kept = new HashSet<>();

  /**
   * Nothing is kept yet.
   *
   * @param nanos a monotonic time
   * @param silence after which a receiver that takes nothing is given up
   */
  KeptLog(LongSupplier nanos, Duration silence) {
    this.nanos = nanos;
    this.silence = silence;
  }

  /** What one receiver needs. */
  final class Entries {
    private final long after;
    private final long began = nanos.getAsLong();
    private long last = began;
    private boolean sent;
    private long end;

    private Entries(long after) {
      this.after = after;
    }

    /** It takes more of its copy. */
    void taken() {
      synchronized (KeptLog.this) {
        last = nanos.getAsLong();
      }
    }

    /** Nothing more is sent to it. */
    void ended(boolean whole) {
      synchronized (KeptLog.this) {
        long now = nanos.getAsLong();
        sent = true;
        end = whole ? now + (now - began) + LEAST_NANOS : now;
      }
    }

    private boolean isOver(long now) {
      return sent ? now - end >= 0 : now - last >= silence.toNanos();
    }
  }

  /** Keeps what follows an index, for a copy that is made after this call. */
  synchronized Entries after(long index) {
    Entries needed = new Entries(index);
    kept.add(needed);
    return needed;
  }

  /** The index up to which the log may go, of which the copy is on disk up to another one. */
  synchronized long shorten(long flushed) {
    long now = nanos.getAsLong();
    kept.removeIf(one -> one.isOver(now));
    return kept.stream().mapToLong(one -> one.after).reduce(flushed, Math::min);
  }
}
