package org.entente.gateway.feature.search;

import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.entente.gateway.feature.Feature;
import org.entente.gateway.feature.GatewayParts;
import org.entente.gateway.feature.Registry;
import org.entente.gateway.identity.Scope;
import org.entente.gateway.meter.Meters;

/** Search in received messages. The index exists while a client may search. */
public final class SearchFeature implements Feature {
  @Override
  public void wire(Registry registry) {
    GatewayParts gateway = registry.parts();
    GatewayParts.Environment around = gateway.environment();
    SearchIndex index =
        new SearchIndex(
            gateway.ledger(),
            gateway.records().inbox(),
            around.clock(),
            gateway.config().limitsInForce().searchMessages());
    BooleanSupplier searched = () -> gateway.someoneHas(Scope.SEARCH);
    registry.every(
        Duration.ofMillis(250),
        "search index",
        () -> {
          if (searched.getAsBoolean()) {
            index.round();
          } else {
            index.forget();
          }
        });
    registry.atEnd(index::close);
    gauges(around.meters(), index, searched);
    MessageSearch search =
        new MessageSearch(
            new SearchParts(
                gateway.self(),
                gateway.ledger(),
                gateway.records().inbox(),
                gateway.records().evidence(),
                gateway.records().desks(),
                gateway.rules().labels(),
                around.meters()),
            index);
    registry.offer(context -> new SearchService(search, gateway.opening(), context.names()));
  }

  private static void gauges(Meters meters, SearchIndex index, BooleanSupplier searched) {
    meters.gauge(
        "entente_search_index_messages",
        "Received messages in the search index; none where no client may search.",
        List.of(),
        () -> List.of(Meters.Sample.of(index.size())));
    meters.gauge(
        "entente_search_index_building",
        "Whether the search index is still being built after a start.",
        List.of(),
        () -> List.of(Meters.Sample.of(searched.getAsBoolean() && index.isBuilding() ? 1 : 0)));
  }
}
