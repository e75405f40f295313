package org.entente.gateway.feature.consent;

import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.entente.gateway.crypto.Ed25519SigningKey;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.gateway.policy.decide.Policy;
import org.entente.gateway.transmit.Dispatch;
import org.entente.gateway.transmit.OutboundSealer;
import org.entente.proto.v1.Label;

/**
 * The collaborators of requests and decisions.
 *
 * @param policy the policy in force
 * @param received the messages that this agency has received
 * @param signer signs grants
 * @param clock the clock for statements
 */
public record ConsentParts(
    AgencyName self,
    Ledger ledger,
    Dispatch dispatch,
    OutboundSealer outbound,
    EvidenceRecords evidence,
    ConsentRecords records,
    LabelCheck check,
    Supplier<Policy> policy,
    ReceivedMessages received,
    Signer signer,
    InstantSource clock,
    RandomGenerator random) {

  /** The messages that this agency has received. */
  @FunctionalInterface
  public interface ReceivedMessages {
    /** The label of a message; empty if it is not stored or can no longer be opened. */
    Optional<Label> label(MessageId id);
  }

  /** The signing gateway. */
  public record Signer(FederationName federation, NodeName gateway, Ed25519SigningKey key) {}
}
