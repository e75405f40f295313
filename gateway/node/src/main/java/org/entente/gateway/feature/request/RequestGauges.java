package org.entente.gateway.feature.request;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.entente.gateway.feature.GatewayParts;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.meter.Meters.Sample;
import org.entente.gateway.model.AgencyName;

/** Gauges of open requests, read from the ledger at each scrape. */
final class RequestGauges {
  private RequestGauges() {}

  static void register(GatewayParts gateway) {
    Meters meters = gateway.environment().meters();
    meters.gauge(
        "entente_requests_open",
        "Requests without an answer (LATER does not count), by side (asked: sent by this agency;"
            + " owed: received by it) and the other agency; without exercises.",
        List.of("side", "agency"),
        () -> samples(gateway, RequestTable.Count::open));
    meters.gauge(
        "entente_requests_overdue",
        "Open requests past their deadline, counted for at most 30 days.",
        List.of("side", "agency"),
        () -> samples(gateway, RequestTable.Count::overdue));
  }

  private static List<Sample> samples(
      GatewayParts gateway, ToDoubleFunction<RequestTable.Count> value) {
    List<Sample> out = new ArrayList<>();
    for (RequestTable.Side side : RequestTable.Side.values()) {
      for (AgencyName agency : gateway.rules().policy().get().membership().agencies()) {
        if (!agency.equals(gateway.self())) {
          RequestTable.Count count = RequestTable.of(gateway.ledger()).count(side, agency.value());
          out.add(new Sample(List.of(side.word(), agency.value()), value.applyAsDouble(count)));
        }
      }
    }
    return out;
  }
}
