package org.entente.gateway.deliver;

import java.util.Optional;
import org.entente.gateway.ledger.Desks;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.ledger.table.InboxTable;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.proto.v1.ShowChainResponse;

/**
 * Shows the chain of a message that this agency sent or that is stored here. Ids, kinds of change
 * and times only. Reads committed state; safe for use by several threads.
 */
public final class ChainView {
  private final AgencyName self;
  private final Ledger ledger;
  private final EvidenceRecords evidence;
  private final Desks desks;

  /** The chains in a ledger. */
  public ChainView(AgencyName self, Ledger ledger, EvidenceRecords evidence, Desks desks) {
    this.desks = desks;
    this.self = self;
    this.ledger = ledger;
    this.evidence = evidence;
  }

  /**
   * The chain of a message; empty if the agency did not send it and this client may not see it
   * here.
   */
  public Optional<ShowChainResponse> chain(NodeName client, MessageId id) {
    return origin(client, id)
        .map(
            origin ->
                ShowChainResponse.newBuilder()
                    .setOrigin(origin.value())
                    .addAllEntries(ledger.chains().chain(origin, id))
                    .build());
  }

  private Optional<AgencyName> origin(NodeName client, MessageId id) {
    if (evidence.sent(ledger.evidence(), id).isPresent()) {
      return Optional.of(self);
    }
    InboxTable.PlacedRecord placed = ledger.inbox().find(id);
    return placed == null
            || placed.record().getRecalled()
            || !desks.sight(client).sees(placed.record())
        ? Optional.empty()
        : Optional.of(new AgencyName(placed.record().getOrigin()));
  }
}
