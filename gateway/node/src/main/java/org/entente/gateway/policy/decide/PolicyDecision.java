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
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
 * Policy's decision about one draft: who may receive it under which agreement, who may not and why,
 * and whether it waits for a second person.
 *
 * <p>An immutable value with equality by content. Only {@link EgressPolicy} makes it.
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

  /** The outcome of the draft as a whole. */
  public enum Outcome {
    /** The draft goes to at least one recipient. */
    ACCEPTED,
    /** The draft would go to at least one recipient, once a second person has released it. */
    HELD,
    /** The draft goes to no recipient. */
    REFUSED
  }

  /** The outcome of the draft as a whole. */
  public Outcome outcome() {
    if (allowed.isEmpty()) {
      return Outcome.REFUSED;
    }
    for (Agreement agreement : allowed.values()) {
      if (agreement.obligations().fourEyes()) {
        return Outcome.HELD;
      }
    }
    return Outcome.ACCEPTED;
  }

  /**
   * Why the draft is held, if it is. One agreement that requires four eyes holds the whole draft.
   */
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
        : Optional.of("release by a second person is required by " + String.join(", ", asking));
  }

  /** Those who may receive it (once released, if it is held), in the order of their names. */
  public List<Permit> permits() {
    return allowed.entrySet().stream()
        .map(entry -> permit(entry.getKey(), entry.getValue()))
        .toList();
  }

  /**
   * The refusals, in the order of addressing, then those of {@link #without}. A refusal has no
   * agency if that part of the addressing led to none.
   */
  public List<Refusal> refusals() {
    return refusals;
  }

  /** The same decision, except that it permits those no more to whom these refusals say so. */
  public PolicyDecision without(List<Refusal> more) {
    Set<String> refused = more.stream().map(Refusal::recipient).collect(Collectors.toSet());
    Map<AgencyName, Agreement> left = new TreeMap<>(allowed);
    left.keySet().removeIf(recipient -> refused.contains(recipient.value()));
    return new PolicyDecision(
        draft,
        self,
        at,
        stamp,
        left,
        information,
        Stream.concat(refusals.stream(), more.stream()).toList(),
        consented.stream().filter(one -> left.containsKey(one.recipient())).toList());
  }

  /** The originators' consents that permit passing on the content. */
  public List<AppliedConsent> consented() {
    return consented;
  }

  /** Version of the policy that decided. */
  public String policyVersion() {
    return stamp.version();
  }

  /**
   * The messages to seal, all with this id: for each agreement, in the order of ids, one for
   * recipients that must act and one for those that have it for information. Recipients at
   * different desks get separate messages.
   *
   * @throws IllegalStateException unless the outcome is {@link Outcome#ACCEPTED}
   */
  public List<Permitted> permitted(MessageId id) {
    return permitted(id, consent -> Optional.empty());
  }

  /**
   * The messages to seal, each with the consents that its recipients rely on. Recipients under
   * different consents get separate messages, so that none learns of the others'.
   *
   * @param carried gives the part of a consent that travels with the message
   */
  public List<Permitted> permitted(
      MessageId id, Function<MessageId, Optional<CarriedConsent>> carried) {
    if (outcome() != Outcome.ACCEPTED) {
      throw new IllegalStateException("policy permits no recipient: " + outcome());
    }
    return parts(
        id, new MessageInputs(carried, new RecheckInputs(false, draft.namesPersonAndReason())));
  }

  /**
   * The messages to seal after a second person has released them, with consents as in {@link
   * #permitted(MessageId, Function)}.
   *
   * @throws IllegalStateException if the outcome is {@link Outcome#REFUSED}: a refused draft cannot
   *     be released
   */
  public List<Permitted> released(
      MessageId id, Function<MessageId, Optional<CarriedConsent>> carried) {
    if (outcome() == Outcome.REFUSED) {
      throw new IllegalStateException("policy permits no recipient: " + outcome());
    }
    return parts(
        id, new MessageInputs(carried, new RecheckInputs(true, draft.namesPersonAndReason())));
  }

  /**
   * Further inputs for making messages.
   *
   * @param carried gives the part of a consent that travels with the message
   * @param grounds what the permission rested on beyond the label
   */
  private record MessageInputs(
      Function<MessageId, Optional<CarriedConsent>> carried, RecheckInputs grounds) {}

  /** The properties that all recipients of one message share. */
  private record Part(
      String agreement, boolean information, List<String> desks, List<MessageId> consents) {
    private static final Comparator<Part> ORDER =
        Comparator.comparing(Part::agreement)
            .thenComparing(Part::information)
            .thenComparing(part -> part.desks().toString())
            .thenComparing(part -> part.consents().toString());
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
    Map<Part, List<Permit>> parts = new TreeMap<>(Part.ORDER);
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
            List<CarriedConsent> along = new ArrayList<>();
            for (MessageId consent : part.consents()) {
              given.carried().apply(consent).ifPresent(along::add);
            }
            out.add(
                permitted(
                    id, agreement, part, permits, new PropagatedInputs(along, given.grounds())));
          }
        });
    return out;
  }

  /** The consents that travel with one message, and what its permission rested on. */
  private record PropagatedInputs(List<CarriedConsent> consents, RecheckInputs grounds) {}

  /** A body with the consents for the content that it passes on. */
  private static Body with(List<CarriedConsent> along, Body body) {
    return along.isEmpty() ? body : body.toBuilder().addAllPassedOnUnder(along).build();
  }

  /** A body with the keys of the attachments of which its recipients learn. */
  private ByteString keyed(Label label, ByteString body) {
    if (label.getAttachmentsCount() == 0) {
      return body;
    }
    // The last field of a body, so this is the encoding of the whole.
    return body.concat(
        Body.newBuilder()
            .addAllAttachmentKeys(draft.content().attachmentKeys())
            .build()
            .toByteString());
  }

  /** A serialised body with the consents for the content that it passes on. */
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
    Label.Builder built =
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
                .addAllDesks(part.desks());
    if (draft.isDisclosed()) {
      built.setAddressees(addressees());
    }
    Label whole = built.build();
    return new Permitted(
        id,
        redactions.isNone()
            ? new Permitted.LabelledBody(whole, keyed(whole, with(along, draft.body())))
            : left(whole, redactions, along),
        new Permitted.AuthoredMessage(whole, with(along, draft.content().whole())),
        with.grounds(),
        permits,
        expires);
  }

  /** The draft after an agreement's redactions, with a label that names the withheld fields. */
  private Permitted.LabelledBody left(
      Label whole, Redactions redactions, List<CarriedConsent> along) {
    Label label =
        redactions.label(whole).toBuilder()
            .addAllRedacted(redactions.of(whole.getKind()))
            .setPersonalData(draft.content().given(redactions).personalData())
            .build();
    return new Permitted.LabelledBody(
        label, keyed(label, with(along, draft.content().body(redactions))));
  }

  /** A recipient's addressed desks, ascending; none for the whole agency. */
  public List<String> desks(AgencyName recipient) {
    return draft.desks(recipient);
  }

  /** The fields withheld from a recipient, as its label will name them. */
  public List<String> withheld(AgencyName recipient) {
    Agreement agreement = allowed.get(recipient);
    return agreement == null ? List.of() : agreement.redactions().of(draft.label().getKind());
  }

  /**
   * The terms that bind a recipient and the sender under the agreement that permits; empty if none
   * does.
   */
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

  /** The earliest of: the client's expiry, the agreement's delivery limit, the agreement's end. */
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
