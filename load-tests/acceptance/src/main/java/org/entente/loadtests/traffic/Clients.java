package org.entente.loadtests.traffic;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.loadtests.federation.Federation;

/**
 * The clients of a federation's agencies: publishers as needed, and at each agency a subscriber for
 * actual and one for exercise traffic. Closing ends their calls, not the gateways.
 */
public final class Clients implements AutoCloseable {
  private static final long OPEN_SECONDS = 30;
  private static final long END_SECONDS = 5;

  private final Federation federation;
  private final Tally tally;
  private final Watcher watcher;
  private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(2);
  private final TrafficPublisher publishing;
  private final List<TrafficSubscriber> subscribers = new ArrayList<>();

  /** Clients that have not started. */
  public Clients(Federation federation, Tally tally, Watcher watcher) {
    this.federation = federation;
    this.tally = tally;
    this.watcher = watcher;
    this.publishing =
        new TrafficPublisher(
            agency ->
                federation.channel(
                    agency, federation.plan(agency).clientWith("publish").orElseThrow()),
            timer,
            tally,
            watcher);
  }

  /**
   * Subscribes at each of these agencies that has a subscriber client; returns when all cursors are
   * open.
   *
   * @throws CommandFailure if a cursor is not open in time
   */
  public void subscribe(Collection<String> agencies) throws InterruptedException {
    for (String agency : agencies) {
      federation
          .plan(agency)
          .clientWith("subscribe")
          .ifPresent(client -> subscribe(agency, client));
    }
    for (TrafficSubscriber subscriber : subscribers) {
      if (!subscriber.awaitOpened(OPEN_SECONDS)) {
        throw new CommandFailure("a subscriber's cursor is not open after " + OPEN_SECONDS + " s");
      }
    }
  }

  private void subscribe(String agency, String client) {
    for (boolean exercise : new boolean[] {false, true}) {
      TrafficSubscriber subscriber =
          new TrafficSubscriber(
              agency, exercise, federation.channel(agency, client), timer, tally, watcher);
      subscribers.add(subscriber);
      subscriber.begin();
    }
  }

  /** Begins to publish; the tally tells when all publications are answered. */
  public void publish(List<Publication> publications, int perSecond) {
    publishing.begin(publications, perSecond);
  }

  /**
   * Begins to publish from a source at a rate per second, until the source ends.
   *
   * @param publishers every publishing agency; each needs a client with the scope
   */
  public void publish(
      Collection<String> publishers, TrafficPublisher.Source source, int perSecond) {
    publishing.begin(publishers, source, perSecond);
  }

  @Override
  public void close() {
    subscribers.forEach(TrafficSubscriber::close);
    timer.shutdownNow();
    federation.disconnect();
    try {
      timer.awaitTermination(END_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
