package org.entente.gateway.feature.request;

import java.time.Duration;
import java.util.Optional;
import org.entente.gateway.feature.Feature;
import org.entente.gateway.feature.GatewayParts;
import org.entente.gateway.feature.MessagePath;
import org.entente.gateway.feature.Registry;

/** Requests between agencies, their answers and reminders, and the responders that answer. */
public final class RequestFeature implements Feature {
  @Override
  public void wire(Registry registry) {
    GatewayParts gateway = registry.parts();
    GatewayParts.Environment around = gateway.environment();
    int mostOpen = gateway.config().limitsInForce().perAgencyInForce().openRequests();
    ResponseDeadlines deadlines =
        new ResponseDeadlines(RequestTable.of(gateway.ledger()), around.meters(), mostOpen);
    AdvertisedResponders advertised =
        new AdvertisedResponders(gateway.ledger(), gateway.records().atRest());
    registry.receive(
        new ReceivedRequests(
            gateway.self(),
            deadlines,
            advertised,
            name -> Optional.ofNullable(ResponderTable.of(gateway.ledger()).own(name))));
    registry.draft(
        new ResponseCorrelation(
            gateway.ledger(),
            gateway.records().evidence(),
            deadlines,
            new RequestShares(gateway.ledger(), mostOpen),
            gateway.records().received(),
            (agency, name) -> advertised.find(agency, name, around.clock().instant()),
            around.clock()));
    RequestGauges.register(gateway);
    schedule(registry, gateway);
    registry.whenBuilt(path -> offer(registry, gateway, advertised, path));
  }

  private static void schedule(Registry registry, GatewayParts gateway) {
    GatewayParts.Environment around = gateway.environment();
    RequestDeadlineSweep sweep =
        new RequestDeadlineSweep(
            gateway.self(),
            gateway.ledger(),
            new ReminderSchedule(gateway.config().requestsInForce().remindAtPercentInForce()),
            around.meters(),
            around.ending());
    registry.every(Duration.ofSeconds(1), "unanswered requests", sweep::round);
    ResponderAdvertiser advertiser =
        new ResponderAdvertiser(
            gateway.self(),
            gateway.ledger(),
            gateway.rules().policy(),
            gateway.outgoing().sealer(),
            gateway.outgoing().dispatch(),
            around.clock(),
            around.random());
    registry.every(Duration.ofSeconds(1), "responders", advertiser::round);
  }

  private static void offer(
      Registry registry, GatewayParts gateway, AdvertisedResponders advertised, MessagePath path) {
    GatewayParts.Environment around = gateway.environment();
    RequestDesk desk =
        new RequestDesk(
            new RequestList(
                gateway.ledger(),
                gateway.records().evidence(),
                gateway.records().received()::label,
                gateway.records().desks()),
            new ResponderRegistry(gateway.self(), gateway.ledger(), gateway.rules().labels()),
            new Discovery(gateway.self(), advertised, gateway.rules().policy(), around.clock()));
    RequestReminders reminding =
        new RequestReminders(path.parts(), path.intake(), around.clock(), around.random());
    registry.offer(context -> new RequestsService(desk, reminding, context));
  }
}
