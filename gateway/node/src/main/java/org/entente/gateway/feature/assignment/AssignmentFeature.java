package org.entente.gateway.feature.assignment;

import org.entente.gateway.deliver.ChainView;
import org.entente.gateway.feature.Feature;
import org.entente.gateway.feature.GatewayParts;
import org.entente.gateway.feature.Registry;
import org.entente.gateway.retention.RecordExpiry;

/** Who acts on a message, at this agency and at others. */
public final class AssignmentFeature implements Feature {
  @Override
  public void wire(Registry registry) {
    GatewayParts gateway = registry.parts();
    GatewayParts.Records stored = gateway.records();
    AssignmentRecords records = new AssignmentRecords(stored.atRest());
    registry.receive(new ReceivedAssignments(gateway.ledger(), stored.evidence(), records));
    registry.expire(
        now ->
            tx ->
                AssignmentTable.of(gateway.ledger())
                    .prune(tx, now / RecordExpiry.DAY_MILLIS, RecordExpiry.AT_ONCE));
    registry.whenBuilt(
        path -> {
          Assignments assignments =
              new Assignments(
                  path.parts(),
                  path.intake(),
                  gateway.environment().clock(),
                  gateway.environment().random());
          OwnAssignments own = new OwnAssignments(gateway.ledger(), records, stored.desks());
          ChainView chains =
              new ChainView(gateway.self(), gateway.ledger(), stored.evidence(), stored.desks());
          registry.offer(
              context ->
                  new TaskingService(
                      assignments, records, AssignmentTable.of(gateway.ledger()), own, chains));
        });
  }
}
