package org.entente.loadtests.bench;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.HdrHistogram.Histogram;
import org.entente.loadtests.federation.Federation;
import org.entente.loadtests.measure.Arrivals;
import org.entente.loadtests.measure.MeasuredContent;
import org.entente.loadtests.measure.MeasurementFailure;
import org.entente.loadtests.measure.MessageSender;
import org.entente.loadtests.measure.OpenLoadMeasurement;
import org.entente.loadtests.measure.Percentile;
import org.entente.proto.v1.Lane;

/**
 * Latency of FLASH at 200/s alone, and while the recipient's gateway fetches file after file from
 * the same sender as fast as both can. Segments travel in the direction of the messages.
 */
final class FlashBesideFetch {
  private static final int RATE = 200;

  /** Files to have, beside those that a fetch takes: the gateways are warmer by then. */
  private static final double MARGIN = 1.5;

  private final FileTransfer files;
  private final Effort effort;
  private final Rounds rounds;
  private final MessageSender flash;
  private final Arrivals arrivals;
  private final Duration measured;

  /**
   * A measurement that has not begun.
   *
   * @param rounds receives the figures
   */
  FlashBesideFetch(Federation federation, FileTransfer files, Effort effort, Rounds rounds)
      throws InterruptedException {
    this.files = files;
    this.effort = effort;
    this.rounds = rounds;
    GatewayChain chain = new GatewayChain(federation);
    flash = chain.stream(Lane.LANE_FLASH, new MeasuredContent(Effort.KIB));
    arrivals = chain.arrivals(Lane.LANE_FLASH);
    measured = Effort.brief(effort.paced());
  }

  /**
   * Measures in turns.
   *
   * @param mib size of each file
   * @param perSecond MiB a second of a fetch, measured before
   */
  void run(int mib, double perSecond) throws InterruptedException {
    var unused =
        OpenLoadMeasurement.run(flash, arrivals, RATE, Duration.ZERO, effort.scenarios().warmUp());
    double seconds = effort.before().plus(measured).toMillis() / 1_000.0;
    int most = 2 + (int) (MARGIN * perSecond * seconds / mib);
    for (int i = 0; i < effort.repeats(); i++) {
      add("alone", "FLASH, 200/s, alone", pace());
      Queue<ByteString> messages = new ArrayDeque<>();
      for (int file = 0; file < most; file++) {
        messages.add(files.send(files.upload(mib)));
      }
      AtomicBoolean over = new AtomicBoolean();
      CompletableFuture<Double> fetch =
          CompletableFuture.supplyAsync(() -> fetch(messages, mib, over));
      add("beside", "FLASH, 200/s, beside a fetch", pace());
      over.set(true);
      rounds.add(
          "attachment.fetch.beside",
          "files of " + mib + " MiB while FLASH is sent at 200/s",
          "MiB/s",
          Latency.joined(fetch));
    }
  }

  private Histogram pace() throws InterruptedException {
    return OpenLoadMeasurement.run(flash, arrivals, RATE, effort.before(), measured);
  }

  private void add(String id, String what, Histogram micros) {
    for (int percent : new int[] {50, 99}) {
      rounds.add(
          "attachment.flash.p" + percent + "." + id,
          what + ", p" + percent,
          "ms",
          Percentile.millis(micros, percent));
    }
  }

  /** Fetches until told to end; MiB a second. */
  private double fetch(Queue<ByteString> messages, int mib, AtomicBoolean over) {
    long start = System.nanoTime();
    int fetched = 0;
    try {
      while (!over.get()) {
        ByteString message = messages.poll();
        if (message == null) {
          throw new MeasurementFailure("all files were fetched before FLASH was measured");
        }
        files.await(files.open(message), mib);
        fetched++;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MeasurementFailure("interrupted", e);
    }
    return fetched * mib * 1e9 / (System.nanoTime() - start);
  }
}
