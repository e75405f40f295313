package org.entente.loadtests.measure;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Measures the throughput of a saturated chain. A bounded number of messages is in flight, so that
 * it does not measure the length of queues.
 */
public final class Saturation {
  private static final long QUIET_SECONDS = 60;

  private final MessageSender sender;
  private final Arrivals arrivals;
  private final int packing;
  private final int window;
  private final Semaphore room;
  private long sent;

  /**
   * A measurement that does not run yet.
   *
   * @param packing messages handed over at a time
   * @param window most messages in flight, at least {@code packing}
   */
  public Saturation(MessageSender sender, Arrivals arrivals, int packing, int window) {
    if (window < packing) {
      throw new IllegalArgumentException("a window of " + window + " below " + packing);
    }
    this.sender = sender;
    this.arrivals = arrivals;
    this.packing = packing;
    this.window = window;
    this.room = new Semaphore(window);
  }

  /**
   * Arrivals per second; returns when all sent messages have arrived.
   *
   * @param before how long it runs unmeasured, until queues are stable
   * @param measured how long it counts
   * @throws MeasurementFailure if messages are lost or repeated, or nothing arrives for a minute
   */
  public double run(Duration before, Duration measured) throws InterruptedException {
    long already = arrivals.count();
    arrivals.listen(number -> room.release());
    fillUntil(System.nanoTime() + before.toNanos());
    long counted = arrivals.count();
    long from = System.nanoTime();
    fillUntil(from + measured.toNanos());
    double seconds = (System.nanoTime() - from) / (double) TimeUnit.SECONDS.toNanos(1);
    double rate = (arrivals.count() - counted) / seconds;
    take(window);
    arrivals.check();
    if (arrivals.count() - already != sent) {
      throw new MeasurementFailure(
          sent + " messages were sent and " + (arrivals.count() - already) + " arrived");
    }
    return rate;
  }

  /** Number of messages sent so far, measured or not. */
  public long sent() {
    return sent;
  }

  private void fillUntil(long end) throws InterruptedException {
    while (System.nanoTime() - end < 0) {
      take(packing);
      sender.send(arrivals.reserve(packing), packing);
      sent += packing;
    }
  }

  private void take(int places) throws InterruptedException {
    long start = System.nanoTime();
    while (!room.tryAcquire(places, 1, TimeUnit.SECONDS)) {
      arrivals.check();
      if (System.nanoTime() - start > TimeUnit.SECONDS.toNanos(QUIET_SECONDS)) {
        throw new MeasurementFailure(
            window
                - room.availablePermits()
                + " messages did not arrive in "
                + QUIET_SECONDS
                + " s");
      }
    }
  }
}
