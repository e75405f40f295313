package org.entente.gateway.feature.watch;

import java.time.Duration;
import java.util.List;
import org.entente.gateway.feature.Feature;
import org.entente.gateway.feature.GatewayParts;
import org.entente.gateway.feature.Registry;
import org.entente.gateway.identity.Scope;
import org.entente.gateway.meter.Meters;

/** Watches: searches that clients leave standing. */
public final class WatchFeature implements Feature {
  @Override
  public void wire(Registry registry) {
    GatewayParts gateway = registry.parts();
    Watches watches =
        new Watches(
            new WatchParts(
                gateway.self(),
                gateway.ledger(),
                gateway.records().inbox(),
                gateway.records().desks(),
                gateway.rules().labels(),
                gateway.environment().clock(),
                gateway.environment().ending(),
                gateway.environment().meters()),
            gateway.records().atRest(),
            client -> gateway.has(client, Scope.WATCH));
    registry.every(
        Duration.ofMillis(250),
        "watches",
        () -> {
          if (gateway.someoneHas(Scope.WATCH)) {
            watches.round();
          }
        });
    registry.every(Duration.ofMinutes(1), "ended watches", watches::upkeep);
    gateway
        .environment()
        .meters()
        .gauge(
            "entente_watches",
            "Watches of all clients.",
            List.of(),
            () -> List.of(Meters.Sample.of(watches.count())));
    registry.offer(context -> new WatchService(watches, context.names()));
  }
}
