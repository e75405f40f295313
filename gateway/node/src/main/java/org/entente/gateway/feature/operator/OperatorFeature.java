package org.entente.gateway.feature.operator;

import java.time.Duration;
import java.util.stream.Collectors;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.feature.Administration;
import org.entente.gateway.feature.Feature;
import org.entente.gateway.feature.GatewayParts;
import org.entente.gateway.feature.MessagePath;
import org.entente.gateway.feature.Registry;

/** What operators see and change: quarantine, links, subscriptions, backups, pairs, cluster. */
public final class OperatorFeature implements Feature {
  @Override
  public void wire(Registry registry) {
    GatewayParts gateway = registry.parts();
    QuarantineMonitor.register(registry, gateway);
    registry.whenBuilt(path -> wire(registry, gateway, path));
  }

  private static void wire(Registry registry, GatewayParts gateway, MessagePath path) {
    Administration administration = path.administration();
    Quarantine quarantine =
        new Quarantine(
            gateway.self(),
            gateway.ledger(),
            administration.quarantining(),
            gateway.rules().labels(),
            gateway.environment().ending(),
            administration.stages());
    registry.every(Duration.ofMinutes(1), "quarantine", quarantine::expire);
    registry.offer(context -> new QuarantineService(quarantine));
    Links links =
        new Links(
            gateway.self(),
            gateway.ledger(),
            gateway.rules().labels(),
            administration.linked(),
            administration.links());
    LinkGauges.register(registry, links);
    registry.offer(context -> new LinksService(links));
    ClientSubscriptions subscriptions =
        new ClientSubscriptions(
            gateway.self(),
            gateway.ledger(),
            gateway.rules().labels(),
            path.subscriptions(),
            () ->
                gateway.clients().stream()
                    .map(NodeConfig.Client::name)
                    .collect(Collectors.toSet()));
    new ConfiguredSubscriptions(subscriptions, gateway.config().subscriptions()).register(registry);
    new SubscriptionGauges(
            subscriptions,
            gateway.environment().clock(),
            Duration.ofSeconds(
                gateway.config().limitsInForce().perClientInForce().subscriptionLagSeconds()))
        .register(registry);
    registry.offer(
        context ->
            new SubscriptionsService(
                subscriptions,
                context.names(),
                new ErasedMessages(
                    gateway.ledger(),
                    client ->
                        gateway.clients().stream()
                            .anyMatch(
                                one ->
                                    one.name().equals(client.value()) && !one.desks().isEmpty()))));
    registry.offer(context -> new BackupsService(administration.backups()));
    registry.offer(context -> new KeysService(administration.pairs()));
    registry.offer(context -> new ClusterService(administration.cluster()));
  }
}
