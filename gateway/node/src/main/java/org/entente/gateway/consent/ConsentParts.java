package org.entente.gateway.consent;

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
 * What asking and deciding work with.
 *
 * @param policy the policy in force
 * @param received what this agency has received
 * @param signer signs what is granted
 * @param clock the time that statements bear
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

  /** What this agency has received. */
  @FunctionalInterface
  public interface ReceivedMessages {
    /** The label of a message; empty if it is not here, or cannot be opened any more. */
    Optional<Label> label(MessageId id);
  }

  /** The gateway that signs. */
  public record Signer(FederationName federation, NodeName gateway, Ed25519SigningKey key) {}
}
