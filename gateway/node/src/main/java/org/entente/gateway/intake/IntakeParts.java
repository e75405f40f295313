package org.entente.gateway.intake;

import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.operation.RosterConfirmation;
import org.entente.gateway.operation.RosterRecords;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.gateway.policy.decide.ConsentGrant;
import org.entente.gateway.policy.decide.Policy;
import org.entente.gateway.transmit.Dispatch;
import org.entente.proto.v1.CarriedConsent;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.Responder;

/**
 * What the intake works with.
 *
 * @param policy the policy in force, asked for each draft
 * @param fingerprint keyed hash of a draft, 32 bytes: what lies on the disk lets nobody guess
 *     drafts
 * @param holding bounds on what waits for a second person
 * @param openWithin how long recipients have until somebody must have opened a message
 * @param received what drafts may pass on
 * @param granted what originators consent to about it
 * @param rosters of joint operations
 * @param responders of other agencies
 */
public record IntakeParts(
    AgencyName self,
    Ledger ledger,
    Dispatch dispatch,
    LabelCheck check,
    Supplier<Policy> policy,
    RecordSeal atRest,
    EvidenceRecords evidence,
    UnaryOperator<byte[]> fingerprint,
    HoldLimits holding,
    OpeningDeadlines openWithin,
    ReceivedMessages received,
    ConsentLookup granted,
    RosterRecords rosters,
    ResponderLookup responders) {

  /** What this agency has received. */
  @FunctionalInterface
  public interface ReceivedMessages {
    /** The label of a message; empty if it is not here, or cannot be opened any more. */
    Optional<Label> label(MessageId id);

    /** The last day, UTC, on which a message may be kept; empty where that is not known. */
    default Optional<LocalDate> lastDay(MessageId id) {
      return Optional.empty();
    }

    /** Whether a message is here and its originator restricts its processing. */
    default boolean isRestricted(MessageId id) {
      return false;
    }

    /** Of it, what a client is given: what is for desks at which it does not sit is not here. */
    default ReceivedMessages by(NodeName client) {
      return this;
    }
  }

  /** What originators consent to. */
  @FunctionalInterface
  public interface ConsentLookup {
    /** What was granted about a received message, also what has ended, the latest first. */
    List<ConsentGrant> about(MessageId id);

    /** What goes along with what is passed on under a consent; empty if it is not kept any more. */
    default Optional<CarriedConsent> carried(MessageId consent) {
      return Optional.empty();
    }
  }

  /** Who answers requests elsewhere. */
  @FunctionalInterface
  public interface ResponderLookup {
    /** A responder as its agency has described it of late; empty if nothing was heard of it. */
    Optional<Responder> find(String agency, String name);
  }

  /**
   * Bounds on what waits for a second person.
   *
   * @param most messages that may wait
   * @param time how long one waits before it is refused
   * @param sameClient whether the client that published a message may decide on it
   */
  public record HoldLimits(int most, Duration time, boolean sameClient) {}

  /** Which members have confirmed the rosters of a ledger that was set back. */
  RosterConfirmation confirmation() {
    return new RosterConfirmation(self, ledger.evidence(), evidence);
  }

  OutcomeMemory memory() {
    return new OutcomeMemory(ledger.idempotency(), atRest);
  }

  HeldDrafts heldDrafts() {
    return new HeldDrafts(ledger.held(), atRest, holding.most(), holding.time());
  }

  /** One of this agency's clients, for the person behind it if one is named. */
  AuditActor actor(NodeName client, OnBehalfOf person) {
    return AuditActor.client(self, client, person);
  }
}
