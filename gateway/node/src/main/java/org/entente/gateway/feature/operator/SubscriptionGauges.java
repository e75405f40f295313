package org.entente.gateway.feature.operator;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.entente.gateway.feature.Registry;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.meter.Meters.Sample;

/**
 * Gauges and warnings about durable subscriptions: those furthest behind, measured every 15
 * seconds. Safe for many threads.
 */
final class SubscriptionGauges {
  /** Subscriptions that are shown; the names in metrics are bounded. */
  static final int SHOWN = 200;

  private static final Duration EVERY = Duration.ofSeconds(15);

  private final ClientSubscriptions subscriptions;
  private final InstantSource clock;
  private final Duration mostLag;
  private volatile List<ClientSubscriptions.Listed> furthest = List.of();

  /**
   * Creates the gauges of a gateway.
   *
   * @param mostLag lag beyond which operators are warned
   */
  SubscriptionGauges(ClientSubscriptions subscriptions, InstantSource clock, Duration mostLag) {
    this.subscriptions = subscriptions;
    this.mostLag = mostLag;
    this.clock = clock;
  }

  void register(Registry registry) {
    registry.every(EVERY, "lag of subscriptions", this::measure);
    registry.warn(this::warnings);
    Meters meters = registry.parts().environment().meters();
    gauge(
        meters,
        "entente_subscription_lag_messages",
        "Stored messages that a subscription has not passed, counted up to a limit.",
        one -> one.backlog().messages());
    gauge(
        meters,
        "entente_subscription_lag_seconds",
        "Age of the oldest message that a subscription has not passed.",
        this::lagSeconds);
    gauge(
        meters,
        "entente_subscription_dead_letters",
        "Dead letters of a shared subscription that wait for a decision.",
        ClientSubscriptions.Listed::deadLetters);
  }

  private void gauge(
      Meters meters, String name, String help, ToDoubleFunction<ClientSubscriptions.Listed> value) {
    meters.gauge(
        name,
        help,
        List.of("client", "subscription"),
        () ->
            furthest.stream()
                .map(one -> new Sample(List.of(one.client(), one.name()), value.applyAsDouble(one)))
                .toList());
  }

  /** Reads the subscriptions again. */
  void measure() {
    furthest =
        subscriptions.all().stream()
            .sorted(
                Comparator.comparing((ClientSubscriptions.Listed one) -> one.deadLetters() == 0)
                    .thenComparing(one -> -lagSeconds(one)))
            .limit(SHOWN)
            .toList();
  }

  private double lagSeconds(ClientSubscriptions.Listed one) {
    long since = one.backlog().sinceMillis();
    return since == 0 ? 0 : Math.max(0, clock.millis() - since) / 1_000.0;
  }

  List<String> warnings() {
    List<String> warnings = new ArrayList<>();
    for (ClientSubscriptions.Listed one : furthest) {
      String name = one.name() + " of client " + one.client();
      if (one.deadLetters() > 0) {
        warnings.add(
            "subscription: dead letters of %s wait: %d; run `entente subscription dead-letters`"
                .formatted(name, one.deadLetters()));
      }
      if (lagSeconds(one) > mostLag.toSeconds()) {
        warnings.add(
            "subscription: %s is %d s behind, with %d streams"
                .formatted(name, (long) lagSeconds(one), one.streams()));
      }
    }
    return warnings;
  }
}
