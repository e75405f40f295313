package org.entente.gateway.policy.decide;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Timestamp;
import com.google.protobuf.UnsafeByteOperations;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Permit;
import org.entente.gateway.model.Refusal;
import org.entente.gateway.policy.check.CheckedDraft;
import org.entente.gateway.policy.check.TimestampConversion;
import org.entente.gateway.policy.terms.Agreement;
import org.entente.gateway.policy.terms.Redactions;
import org.entente.proto.v1.Addressed;
import org.entente.proto.v1.Addressees;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.CarriedConsent;
import org.entente.proto.v1.Label;
import org.jspecify.annotations.Nullable;

/**
 * What policy decided about one draft: who may receive it under which agreement, who may not and
 * why, and whether it waits for a second person.
 *
 * <p>A value: decisions of equal content are equal. Made by {@link EgressPolicy} only.
 */
public final class PolicyDecision {
  private final CheckedDraft draft;
  private final AgencyName self;
  private final Instant at;
  private final PolicyStamp stamp;
  private final Map<AgencyName, Agreement> allowed;
  private final Set<AgencyName> information;
  private final List<Refusal> refusals;
  private final List<AppliedConsent> consented;

  PolicyDecision(
      CheckedDraft draft,
      AgencyName self,
      Instant at,
      PolicyStamp stamp,
      Map<AgencyName, Agreement> allowed,
      Set<AgencyName> information,
      List<Refusal> refusals,
      List<AppliedConsent> consented) {
    this.draft = draft;
    this.self = self;
    this.at = at.truncatedTo(ChronoUnit.MILLIS);
    this.stamp = stamp;
    this.allowed = new TreeMap<>(allowed);
    this.information = new HashSet<>(information);
    this.information.retainAll(allowed.keySet());
    this.refusals = List.copyOf(refusals);
    this.consented = List.copyOf(consented);
  }

  /** What becomes of the draft as a whole. */
  public enum Outcome {
    /** Goes to at least one recipient. */
    ACCEPTED,
    /** Would go to at least one, after a second person has released it. */
    HELD,
    /** Goes to nobody. */
    REFUSED
  }

  /** What becomes of the draft as a whole. */
  public Outcome outcome() {
    if (allowed.isEmpty()) {
      return Outcome.REFUSED;
    }
    boolean asked =
        allowed.values().stream().anyMatch(agreement -> agreement.obligations().fourEyes());
    return asked ? Outcome.HELD : Outcome.ACCEPTED;
  }

  /** Why the draft is held, if it is: one agreement that asks for four eyes holds all of it. */
  public Optional<String> holdReason() {
    List<String> asking =
        allowed.values().stream()
            .filter(agreement -> agreement.obligations().fourEyes())
            .map(Agreement::id)
            .distinct()
            .sorted()
            .toList();
    return asking.isEmpty()
        ? Optional.empty()
        : Optional.of("release by a second person is asked by " + String.join(", ", asking));
  }

  /** Those who may receive it (once released, if it is held), in the order of their names. */
  public List<Permit> permits() {
    return allowed.entrySet().stream()
        .map(entry -> permit(entry.getKey(), entry.getValue()))
        .toList();
  }

  /** Those who may not, in the order of addressing; one without an agency if it led to nobody. */
  public List<Refusal> refusals() {
    return refusals;
  }

  /** The consents of originators under which recipients may have what the draft passes on. */
  public List<AppliedConsent> consented() {
    return consented;
  }

  /** Version of the policy that decided. */
  public String policyVersion() {
    return stamp.version();
  }

  /** When it was decided, whole milliseconds. */
  public Instant at() {
    return at;
  }

  /**
   * The messages to seal: for each agreement, in the order of their ids, one for those of whom the
   * action is asked and one for those who have it for information, each apart from those who have
   * it at other desks; all with this id.
   *
   * @throws IllegalStateException unless the outcome is {@link Outcome#ACCEPTED}
   */
  public List<Permitted> permitted(MessageId id) {
    return permitted(id, consent -> Optional.empty());
  }

  /**
   * The same, each with the consents under which its recipients may have what it passes on; those
   * who may have it under others get a message of their own, so that none learns of the others'.
   *
   * @param carried what goes along of a consent
   */
  public List<Permitted> permitted(
      MessageId id, Function<MessageId, Optional<CarriedConsent>> carried) {
    if (outcome() != Outcome.ACCEPTED) {
      throw new IllegalStateException("nothing is permitted: " + outcome());
    }
    return parts(
        id, new MessageInputs(carried, new RecheckInputs(false, draft.namesPersonAndReason())));
  }

  /**
   * The messages to seal after a second person has released them, as {@link #permitted}.
   *
   * @throws IllegalStateException if the outcome is {@link Outcome#REFUSED}: nobody releases that
   */
  public List<Permitted> released(MessageId id) {
    return released(id, consent -> Optional.empty());
  }

  /** The same with the consents, as {@link #permitted(MessageId, Function)}. */
  public List<Permitted> released(
      MessageId id, Function<MessageId, Optional<CarriedConsent>> carried) {
    if (outcome() == Outcome.REFUSED) {
      throw new IllegalStateException("nothing is permitted: " + outcome());
    }
    return parts(
        id, new MessageInputs(carried, new RecheckInputs(true, draft.namesPersonAndReason())));
  }

  /**
   * What is known besides when messages are made.
   *
   * @param carried what goes along of a consent
   * @param grounds on what they go out
   */
  private record MessageInputs(
      Function<MessageId, Optional<CarriedConsent>> carried, RecheckInputs grounds) {}

  /** What the recipients of one message must have in common. */
  private record Part(
      String agreement, boolean information, List<String> desks, List<MessageId> consents) {
    static Comparator<Part> order() {
      return Comparator.comparing(Part::agreement)
          .thenComparing(Part::information)
          .thenComparing(part -> part.desks().toString())
          .thenComparing(part -> part.consents().toString());
    }
  }

  private List<MessageId> consents(AgencyName recipient) {
    if (consented.isEmpty()) {
      return List.of();
    }
    return consented.stream()
        .filter(one -> one.recipient().equals(recipient))
        .map(AppliedConsent::consent)
        .distinct()
        .sorted()
        .toList();
  }

  private List<Permitted> parts(MessageId id, MessageInputs given) {
    Map<Part, List<Permit>> parts = new TreeMap<>(Part.order());
    Map<String, Agreement> agreements = new TreeMap<>();
    allowed.forEach(
        (recipient, agreement) -> {
          agreements.put(agreement.id(), agreement);
          parts
              .computeIfAbsent(
                  new Part(
                      agreement.id(),
                      information.contains(recipient),
                      draft.desks(recipient),
                      consents(recipient)),
                  unused -> new ArrayList<>())
              .add(permit(recipient, agreement));
        });
    List<Permitted> out = new ArrayList<>();
    parts.forEach(
        (part, permits) -> {
          Agreement agreement = agreements.get(part.agreement());
          if (agreement != null) {
            List<CarriedConsent> along =
                part.consents().stream().map(given.carried()).flatMap(Optional::stream).toList();
            out.add(
                permitted(
                    id, agreement, part, permits, new PropagatedInputs(along, given.grounds())));
          }
        });
    return out;
  }

  /** What goes along with one message, and on what it goes out. */
  private record PropagatedInputs(List<CarriedConsent> consents, RecheckInputs grounds) {}

  /** A body with the consents under which it passes on what it passes on. */
  private static Body with(List<CarriedConsent> along, Body body) {
    return along.isEmpty() ? body : body.toBuilder().addAllPassedOnUnder(along).build();
  }

  /** The same of a serialised body. */
  private static ByteString with(List<CarriedConsent> along, ByteString body) {
    if (along.isEmpty()) {
      return body;
    }
    try {
      return with(along, Body.parseFrom(body)).toByteString();
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a body that was checked", e);
    }
  }

  private Permitted permitted(
      MessageId id, Agreement agreement, Part part, List<Permit> permits, PropagatedInputs with) {
    List<CarriedConsent> along = with.consents();
    Instant expires = expires(agreement);
    Redactions redactions = agreement.redactions();
    Label whole =
        (part.information() ? draft.informationLabel() : draft.label())
            .toBuilder()
                .setMessageId(UnsafeByteOperations.unsafeWrap(id.bytes()))
                .setOrigin(self.value())
                .setCreatedAt(TimestampConversion.timestamp(at))
                .setAgreement(agreement.id())
                .setRetentionDays(agreement.obligations().retentionDays())
                .addAllObligations(agreement.obligations().ofRecipient())
                .setExpiresAt(TimestampConversion.timestamp(expires))
                .setAddressed(
                    part.information()
                        ? Addressed.ADDRESSED_INFORMATION
                        : Addressed.ADDRESSED_ACTION)
                .addAllDesks(part.desks())
                .build();
    if (draft.isDisclosed()) {
      whole = whole.toBuilder().setAddressees(addressees()).build();
    }
    return new Permitted(
        id,
        self,
        redactions.isNone()
            ? new Permitted.LabelledBody(whole, with(along, draft.body()))
            : left(whole, redactions, along),
        new Permitted.AuthoredMessage(whole, with(along, draft.content().whole())),
        with.grounds(),
        permits,
        expires);
  }

  /** What an agreement leaves of the draft, with a label that says what is not there. */
  private Permitted.LabelledBody left(
      Label whole, Redactions redactions, List<CarriedConsent> along) {
    Label label =
        redactions.label(whole).toBuilder()
            .addAllRedacted(redactions.of(whole.getKind()))
            .setPersonalData(draft.content().given(redactions).personalData())
            .build();
    return new Permitted.LabelledBody(label, with(along, draft.content().body(redactions)));
  }

  /** The desks of a recipient that it is for, ascending; none for the whole agency. */
  public List<String> desks(AgencyName recipient) {
    return draft.desks(recipient);
  }

  /** The fields that a recipient is not given, as its label will name them. */
  public List<String> withheld(AgencyName recipient) {
    Agreement agreement = allowed.get(recipient);
    return agreement == null ? List.of() : agreement.redactions().of(draft.label().getKind());
  }

  /** What binds a recipient and the sender under the agreement that permits; empty if none does. */
  Optional<Agreement.Obligations> obligations(AgencyName recipient) {
    return Optional.ofNullable(allowed.get(recipient)).map(Agreement::obligations);
  }

  private Addressees addressees() {
    Addressees.Builder all = Addressees.newBuilder();
    for (AgencyName recipient : allowed.keySet()) {
      if (information.contains(recipient)) {
        all.addInformation(recipient.value());
      } else {
        all.addAction(recipient.value());
      }
    }
    return all.build();
  }

  /** The earliest of: what the client asked, what the agreement grants, the agreement's end. */
  private Instant expires(Agreement agreement) {
    Instant expires = at.plus(Duration.ofDays(agreement.obligations().deliverWithinDays()));
    if (draft.label().hasExpiresAt()) {
      Timestamp asked = draft.label().getExpiresAt();
      expires = TimestampConversion.earlier(expires, TimestampConversion.instant(asked));
    }
    Instant limit = expires;
    expires =
        agreement
            .validity()
            .ends()
            .map(end -> TimestampConversion.earlier(limit, end))
            .orElse(limit);
    return expires.truncatedTo(ChronoUnit.MILLIS);
  }

  private Permit permit(AgencyName recipient, Agreement agreement) {
    return new Permit(
        recipient,
        agreement.id(),
        agreement.obligations().retentionDays(),
        stamp.version(),
        stamp.generation());
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof PolicyDecision that
        && permits().equals(that.permits())
        && information.equals(that.information)
        && refusals.equals(that.refusals)
        && consented.equals(that.consented)
        && holdReason().equals(that.holdReason())
        && stamp.equals(that.stamp);
  }

  @Override
  public int hashCode() {
    return permits().hashCode() * 31 + refusals.hashCode();
  }

  @Override
  public String toString() {
    return outcome() + ": " + permits().size() + " permits, " + refusals.size() + " refusals";
  }
}
