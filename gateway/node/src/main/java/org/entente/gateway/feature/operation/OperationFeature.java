package org.entente.gateway.feature.operation;

import java.time.Duration;
import java.util.List;
import org.entente.gateway.feature.Feature;
import org.entente.gateway.feature.GatewayParts;
import org.entente.gateway.feature.MessagePath;
import org.entente.gateway.feature.Registry;
import org.entente.gateway.intake.GatewayMessageSender;
import org.entente.gateway.retention.RecordExpiry;

/** Joint operations: rosters that leads sign, and messages to all members. */
public final class OperationFeature implements Feature {
  /** Operations that one look at {@code /readyz} names because their leads signed twice. */
  private static final int MOST_WARNED = 20;

  @Override
  public void wire(Registry registry) {
    GatewayParts gateway = registry.parts();
    GatewayParts.Identity identity = gateway.identity();
    RosterRecords rosters =
        new RosterRecords(
            OperationTable.of(gateway.ledger()),
            gateway.records().atRest(),
            gateway.config().limitsInForce().perAgencyInForce().openOperations());
    registry.receive(
        new OperationReception(
            gateway.self(),
            gateway.ledger(),
            rosters,
            new OwnRosters(
                identity.federation(),
                identity.agency(),
                identity.gateway(),
                identity.key().verifyingKey())));
    registry.draft(
        new OperationDrafts(
            gateway.self(),
            rosters,
            OperationTable.of(gateway.ledger()),
            gateway.records().atRest()));
    registry.expire(
        now ->
            OperationTable.of(gateway.ledger())
                .removal(now / RecordExpiry.DAY_MILLIS, RecordExpiry.AT_ONCE));
    registry.warn(() -> forked(gateway, rosters));
    registry.whenBuilt(path -> lead(registry, gateway, rosters, path));
  }

  private static List<String> forked(GatewayParts gateway, RosterRecords rosters) {
    return rosters.forked(gateway.environment().clock().millis(), MOST_WARNED).stream()
        .map(forked -> "operation " + forked + ": its lead signed contradictory rosters")
        .toList();
  }

  private static void lead(
      Registry registry, GatewayParts gateway, RosterRecords rosters, MessagePath path) {
    GatewayParts.Environment around = gateway.environment();
    GatewayMessageSender sender = path.sender("roster/");
    RosterConfirmation confirmation =
        new RosterConfirmation(
            gateway.self(), gateway.ledger().evidence(), gateway.records().evidence());
    RosterRecovery recovery =
        new RosterRecovery(
            path.parts(), rosters, confirmation, sender, around.clock(), around.random());
    registry.every(Duration.ofSeconds(1), "rosters of a restored ledger", recovery::round);
    registry.warn(recovery::warnings);
    OperationLead lead =
        new OperationLead(
            path.parts(),
            rosters,
            confirmation,
            sender,
            gateway.identity(),
            around.clock(),
            around.random());
    OperationView view =
        new OperationView(
            gateway.self(),
            gateway.ledger(),
            rosters,
            new OperationView.Reading(
                gateway.records().atRest(),
                gateway.records().inbox(),
                gateway.records().evidence(),
                gateway.records().desks()),
            gateway.rules().labels());
    registry.offer(context -> new OperationsService(lead, view, context.clock()));
  }
}
