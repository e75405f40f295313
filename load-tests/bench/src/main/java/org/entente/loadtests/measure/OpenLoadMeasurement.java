package org.entente.loadtests.measure;

import java.time.Duration;
import java.util.BitSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * Measures latency under open load. The intended time of each message is fixed in advance, and
 * latency counts from that time even if the message was sent later. A chain that falls behind
 * therefore shows all the waiting that it causes (no coordinated omission).
 */
public final class OpenLoadMeasurement {
  private static final int DIGITS = 3;
  private static final long ARRIVAL_SECONDS = 60;
  private static final long LEAD_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final Arrivals arrivals;
  private final long first;
  private final int total;
  private final int unmeasured;
  private final double interval;
  private final long start;
  private final BitSet seen;
  private final Histogram micros = new Histogram(DIGITS);
  private final CountDownLatch done = new CountDownLatch(1);
  private int arrived;

  private OpenLoadMeasurement(
      Arrivals arrivals, double perSecond, Duration before, Duration measured) {
    this.arrivals = arrivals;
    this.interval = TimeUnit.SECONDS.toNanos(1) / perSecond;
    this.unmeasured = (int) (before.toNanos() / interval);
    this.total = unmeasured + Math.max(1, (int) (measured.toNanos() / interval));
    this.first = arrivals.reserve(total);
    this.seen = new BitSet(total);
    this.start = System.nanoTime() + LEAD_NANOS;
  }

  /**
   * Microseconds from the intended time of sending to arrival; returns when all messages have
   * arrived.
   *
   * @param perSecond messages, evenly spaced
   * @param before how long it runs unmeasured
   * @param measured how long measured messages are sent
   * @throws MeasurementFailure if messages are lost or repeated
   */
  public static Histogram run(
      MessageSender sender, Arrivals arrivals, double perSecond, Duration before, Duration measured)
      throws InterruptedException {
    OpenLoadMeasurement pacing = new OpenLoadMeasurement(arrivals, perSecond, before, measured);
    arrivals.listen(pacing::take);
    pacing.send(sender);
    if (!pacing.done.await(ARRIVAL_SECONDS, TimeUnit.SECONDS)) {
      arrivals.check();
      throw new MeasurementFailure(
          pacing.missing() + " messages did not arrive within " + ARRIVAL_SECONDS + " s");
    }
    arrivals.check();
    return pacing.micros;
  }

  private long intended(int index) {
    return start + (long) (index * interval);
  }

  private void send(MessageSender sender) throws InterruptedException {
    for (int i = 0; i < total; i++) {
      for (long wait = intended(i) - System.nanoTime();
          wait > 0;
          wait = intended(i) - System.nanoTime()) {
        LockSupport.parkNanos(wait);
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
      }
      sender.send(first + i, 1);
    }
  }

  private void take(long number) {
    long now = System.nanoTime();
    long index = number - first;
    if (index < 0 || index >= total) {
      arrivals.failed("message " + number + " of another measurement arrived again");
      return;
    }
    record((int) index, now);
  }

  private synchronized void record(int index, long now) {
    if (seen.get(index)) {
      arrivals.failed("message " + (first + index) + " arrived again");
      return;
    }
    seen.set(index);
    if (index >= unmeasured) {
      micros.recordValue(Math.max(0, TimeUnit.NANOSECONDS.toMicros(now - intended(index))));
    }
    if (++arrived == total) {
      done.countDown();
    }
  }

  private synchronized int missing() {
    return total - arrived;
  }
}
