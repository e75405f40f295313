package org.entente.gateway.feature.consent;

import java.time.InstantSource;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.entente.gateway.feature.GatewayParts;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.gateway.policy.decide.Policy;

/**
 * The collaborators of requests and decisions.
 *
 * @param identity this gateway, which signs grants
 * @param policy the policy in force
 * @param clock the clock for statements
 */
public record ConsentParts(
    GatewayParts.Identity identity,
    Sending sending,
    ConsentRecords records,
    LabelCheck check,
    Supplier<Policy> policy,
    InstantSource clock,
    RandomGenerator random) {

  /** Seals, queues and tracks notices in one commit. */
  public record Sending(Ledger ledger, GatewayParts.Outgoing outgoing, EvidenceRecords evidence) {}

  /** This agency. */
  AgencyName self() {
    return identity.agency();
  }

  /** The stored records. */
  Ledger ledger() {
    return sending.ledger();
  }
}
