package org.entente.loadtests.isolation;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.entente.loadtests.federation.Federation;

/**
 * Queues messages at a gateway for a dead peer, measures the gateway's memory meanwhile, and
 * restarts the peer.
 */
public final class QueueMeasurement {
  private static final int STEPS = 10;
  private static final int MOST_THROUGH = 5_000;

  private final Federation federation;
  private final WarningStream stream;
  private final String gateway;
  private final String peer;
  private final Consumer<String> say;

  /**
   * A measurement that has not begun. All gateways must run, and the stream's recipient must have a
   * subscriber.
   *
   * @param gateway the queueing gateway, whose client the stream's publisher is
   * @param peer that dies: the stream's recipient or the transit to it
   */
  public QueueMeasurement(
      Federation federation,
      WarningStream stream,
      String gateway,
      String peer,
      Consumer<String> say) {
    this.federation = federation;
    this.stream = stream;
    this.gateway = gateway;
    this.peer = peer;
    this.say = say;
  }

  /**
   * Queues messages, and returns when all have arrived.
   *
   * @param messages at least ten
   */
  public Backlog queue(int messages) throws InterruptedException {
    double through = through(Math.min(messages, MOST_THROUGH));
    federation.kill(peer);
    List<ProcessMemory> memory = new ArrayList<>();
    long first = stream.sent();
    for (int step = 1; step <= STEPS; step++) {
      long goal = first + (long) messages * step / STEPS;
      while (stream.sent() < goal) {
        stream.send();
      }
      // The first message, which set the streams up, has arrived already.
      stream.awaitAccepted(goal);
      ProcessMemory now =
          ProcessMemory.of(federation.pid(gateway), federation.plan(gateway).admin());
      memory.add(now);
      say.accept((goal - first) + " queued: " + now);
    }
    long before = stream.arrived();
    federation.start(List.of(peer));
    long start = System.nanoTime();
    stream.awaitArrived(stream.sent());
    double seconds = (System.nanoTime() - start) / (double) TimeUnit.SECONDS.toNanos(1);
    return new Backlog(memory, through, (stream.sent() - before) / seconds, stream.repeated());
  }

  /** Messages per second while the peer runs. */
  private double through(int messages) throws InterruptedException {
    long start = System.nanoTime();
    for (int i = 0; i < messages; i++) {
      stream.send();
    }
    stream.awaitArrived(stream.sent());
    return messages / ((System.nanoTime() - start) / (double) TimeUnit.SECONDS.toNanos(1));
  }
}
