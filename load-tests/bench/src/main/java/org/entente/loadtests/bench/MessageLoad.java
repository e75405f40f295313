package org.entente.loadtests.bench;

import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.entente.loadtests.measure.MeasuredContent;
import org.entente.loadtests.measure.MeasurementFailure;
import org.entente.loadtests.measure.MessageSender;
import org.entente.loadtests.measure.Saturation;
import org.entente.proto.v1.Lane;

/**
 * A load of messages of 1 KiB under which gateways are counted and recorded. Used by one thread at
 * a time.
 */
final class MessageLoad {
  private static final int PACKED = 64;
  private static final Duration BETWEEN_LONE = Duration.ofMillis(10);
  private static final Duration BETWEEN_BURSTS = Duration.ofMillis(50);
  private static final MeasuredContent CONTENT = new MeasuredContent(Effort.KIB);

  /** What is sent. */
  enum Kind {
    /** Each message has envelope and commit for itself. */
    LONE("100/s, each when the one before has arrived"),
    /** As many as the gateways take, in requests of 64. */
    PACKED("as many as the gateways take, 64 in a request"),
    /** Bulk beside urgent messages. */
    MIXED("64 ROUTINE every 50 ms in one request, and FLASH as in lone");

    private final String words;

    Kind(String words) {
      this.words = words;
    }

    String id() {
      return name().toLowerCase(Locale.ROOT);
    }

    String words() {
      return words;
    }
  }

  private final GatewayChain gateways;
  private final Kind kind;

  /** Makes requests as large as the load has them. No message may be in flight. */
  MessageLoad(GatewayChain gateways, Kind kind) throws InterruptedException {
    this.gateways = gateways;
    this.kind = kind;
    gateways.pack(kind == Kind.LONE ? 1 : PACKED);
  }

  /** Sends for this long, and returns when all messages have arrived. */
  void run(Duration time) throws InterruptedException {
    run(time, BETWEEN_LONE);
  }

  /**
   * The same without the pause between lone messages: the compiler waits for numbers of calls, not
   * for time.
   */
  void hurry(Duration time) throws InterruptedException {
    run(time, Duration.ZERO);
  }

  /** Messages that have arrived so far. */
  long arrived() {
    return gateways.arrivals(Lane.LANE_ROUTINE).count()
        + gateways.arrivals(Lane.LANE_FLASH).count();
  }

  private void run(Duration time, Duration betweenLone) throws InterruptedException {
    switch (kind) {
      case LONE -> send(Lane.LANE_ROUTINE, 1, 1, betweenLone, time);
      case PACKED ->
          send(Lane.LANE_ROUTINE, PACKED, Throughput.window(CONTENT.bytes()), Duration.ZERO, time);
      case MIXED -> {
        // Opened here, because the chain is used by one thread at a time.
        MessageSender urgent = gateways.stream(Lane.LANE_FLASH, CONTENT);
        CompletableFuture<Double> beside =
            CompletableFuture.supplyAsync(() -> urgent(urgent, betweenLone, time));
        send(Lane.LANE_ROUTINE, PACKED, PACKED, BETWEEN_BURSTS, time);
        double unused = Latency.joined(beside);
      }
    }
  }

  private double urgent(MessageSender urgent, Duration between, Duration time) {
    try {
      return send(urgent, Lane.LANE_FLASH, 1, 1, between, time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MeasurementFailure("interrupted", e);
    }
  }

  private void send(Lane lane, int packing, int window, Duration between, Duration time)
      throws InterruptedException {
    double unused = send(gateways.stream(lane, CONTENT), lane, packing, window, between, time);
  }

  /**
   * Sends at most so often, and only while there is room in the window: on a slow machine the rate
   * falls, but a message that is to travel alone still does.
   */
  private double send(
      MessageSender sender, Lane lane, int packing, int window, Duration between, Duration time)
      throws InterruptedException {
    long[] next = {System.nanoTime()};
    MessageSender paced =
        (first, count) -> {
          TimeUnit.NANOSECONDS.sleep(next[0] - System.nanoTime());
          next[0] = System.nanoTime() + between.toNanos();
          sender.send(first, count);
        };
    return new Saturation(paced, gateways.arrivals(lane), packing, window).run(Duration.ZERO, time);
  }
}
