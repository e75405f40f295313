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
 * The clients of a federation's agencies: a publisher where one is needed, a subscriber for actual
 * and one for exercise traffic at each. Closing ends their calls, not the gateways.
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

  /** Clients that do nothing yet. */
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
   * Subscribes at every agency of these that has a client for it; returns when all cursors are
   * open.
   *
   * @throws CommandFailure if one is not open in time
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

  /** Begins to publish; the tally says when all is answered. */
  public void publish(List<Publication> publications, int perSecond) {
    publishing.begin(publications, perSecond);
  }

  /**
   * Begins to publish what a source gives, so many a second, until it gives none.
   *
   * @param publishers every agency that it publishes for; each needs a client that may
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
