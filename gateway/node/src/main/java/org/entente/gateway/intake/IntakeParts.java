package org.entente.gateway.intake;

import java.time.InstantSource;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.gateway.policy.decide.ConsentGrant;
import org.entente.gateway.policy.decide.Policy;
import org.entente.gateway.transmit.Dispatch;
import org.entente.proto.v1.CarriedConsent;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.OnBehalfOf;

/**
 * The collaborators of the intake.
 *
 * @param openWithin the time within which each recipient must open a message
 */
public record IntakeParts(
    AgencyName self,
    Ledger ledger,
    Dispatch dispatch,
    Rules rules,
    Records records,
    OpeningDeadlines openWithin,
    Sources sources) {
  /**
   * What decides on drafts.
   *
   * @param policy the policy in force, read for each draft
   * @param hooks what features do with drafts, in the order in which they may refuse
   */
  public record Rules(LabelCheck check, Supplier<Policy> policy, DraftHooks hooks) {}

  /**
   * What is stored of drafts.
   *
   * @param fingerprint keyed hash of a draft
   * @param ending the time by which outcomes end; it does not follow a clock jump
   */
  public record Records(
      RecordSeal atRest,
      EvidenceRecords evidence,
      OutcomeKey.Fingerprint fingerprint,
      InstantSource ending) {}

  /**
   * What drafts may pass on.
   *
   * @param received the received messages
   * @param granted the originators' consents
   */
  public record Sources(ReceivedMessages received, ConsentLookup granted) {}

  /** The messages that this agency has received. */
  @FunctionalInterface
  public interface ReceivedMessages {
    /** The label of a message; empty if it is not stored or can no longer be opened. */
    Optional<Label> label(MessageId id);

    /** The last day, UTC, on which a message may be kept; empty if unknown. */
    default Optional<LocalDate> lastDay(MessageId id) {
      return Optional.empty();
    }

    /** Whether a message is stored here and its originator restricts its processing. */
    default boolean isRestricted(MessageId id) {
      return false;
    }

    /** The view of one client: messages for desks at which the client does not sit are absent. */
    default ReceivedMessages by(NodeName client) {
      return this;
    }
  }

  /** Looks up originators' consents. */
  @FunctionalInterface
  public interface ConsentLookup {
    /** The grants about a received message, including ended ones, latest first. */
    List<ConsentGrant> about(MessageId id);

    /** The part of a consent that travels with the content; empty if it is no longer stored. */
    default Optional<CarriedConsent> carried(MessageId consent) {
      return Optional.empty();
    }
  }

  /** Stored outcomes of drafts. */
  public OutcomeMemory memory() {
    return new OutcomeMemory(ledger.idempotency(), records.atRest(), records.ending());
  }

  /** The actor for one of this agency's clients and the person that it names, if any. */
  public AuditActor actor(NodeName client, OnBehalfOf person) {
    return AuditActor.client(self, client, person);
  }
}
