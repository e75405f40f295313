package org.entente.gateway.feature.release;

import java.time.Duration;
import java.util.List;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.feature.Feature;
import org.entente.gateway.feature.GatewayParts;
import org.entente.gateway.feature.Registry;
import org.entente.gateway.meter.Meters;

/** Drafts that wait until a second person releases or denies them. */
public final class ReleaseFeature implements Feature {
  @Override
  public void wire(Registry registry) {
    GatewayParts gateway = registry.parts();
    GatewayParts.Environment around = gateway.environment();
    NodeConfig config = gateway.config();
    HeldDrafts held =
        new HeldDrafts(
            gateway.ledger(),
            gateway.records().atRest(),
            new HeldDrafts.Limits(
                config.limitsInForce().heldMessages(),
                config.limitsInForce().perClientInForce().heldMessages(),
                config.limitsInForce().perClientInForce().heldBytes(),
                Duration.ofHours(config.limitsInForce().heldHours()),
                config.releaseInForce().allowsSameClient()));
    registry.hold(held);
    gauges(around.meters(), held.table());
    registry.whenBuilt(
        path -> {
          ReleaseDecisions decisions =
              new ReleaseDecisions(
                  path.parts(), path.intake(), held, around.ending(), around.meters());
          registry.every(Duration.ofSeconds(5), "messages held too long", decisions::expire);
          registry.offer(context -> new ReleaseService(decisions));
        });
  }

  private static void gauges(Meters meters, HeldDraftTable held) {
    meters.gauge(
        "entente_held_messages",
        "Messages held for release by a second person; without exercises.",
        List.of(),
        () -> List.of(Meters.Sample.of(held.actual())));
    meters.gauge(
        "entente_held_oldest_timestamp_seconds",
        "When the oldest held message was held; 0 if there is none.",
        List.of(),
        () -> List.of(Meters.Sample.of(held.oldestMillis() / 1e3)));
  }
}
