package org.entente.gateway.policy.decide;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Refusal;
import org.entente.gateway.policy.codes.SharingOrder;
import org.entente.gateway.policy.terms.AgreementMismatch;
import org.entente.gateway.policy.terms.Coverage;
import org.entente.gateway.policy.terms.Membership;
import org.entente.proto.v1.Handling;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Obligation;
import org.jspecify.annotations.Nullable;

/**
 * Originator control: decides whether a received message may be passed on. Its label and the
 * agreement under which it came bind the agency that passes it on, whatever the new agreement
 * permits. Where they require the originator's consent, a valid grant that covers recipient and
 * purpose satisfies that requirement and no other. The originator may always receive it back. Pure.
 */
final class OnwardCheck {
  /** Most grants whose shortcomings a refusal lists. */
  private static final int TOLD = 3;

  private final RuleEvaluator rules;
  private final Membership membership;
  private final SharingOrder sharing;
  private final PropagatedRestrictions along;

  OnwardCheck(RuleEvaluator rules, Membership membership, SharingOrder sharing) {
    this.rules = rules;
    this.membership = membership;
    this.sharing = sharing;
    this.along = new PropagatedRestrictions(sharing);
  }

  /**
   * The decision whether a draft may go to a recipient with the content that it passes on.
   *
   * @param refusal why it may not; null if it may
   * @param consented the consents that permit it; none if no consent was needed
   */
  record Passage(@Nullable Refusal refusal, List<AppliedConsent> consented) {}

  private static final Passage NOTHING_PASSED_ON = new Passage(null, List.of());

  /** One draft on its way to one recipient. */
  private record DraftRecipient(
      Label draft, AgencyName recipient, Instant now, List<AppliedConsent> consented) {}

  /** Decides about a draft that passes on these sources. */
  Passage passage(Label draft, List<OnwardSource> sources, AgencyName recipient, Instant now) {
    if (sources.isEmpty()) {
      return NOTHING_PASSED_ON;
    }
    DraftRecipient way = new DraftRecipient(draft, recipient, now, new ArrayList<>());
    for (OnwardSource source : sources) {
      Optional<AgreementMismatch> failure = failure(way, source);
      if (failure.isPresent()) {
        return new Passage(
            new Refusal(
                recipient.value(),
                failure.get().code(),
                "onward/" + failure.get().field(),
                "it passes on " + source.id() + ": " + failure.get().reason()),
            List.of());
      }
    }
    return new Passage(null, way.consented());
  }

  private Optional<AgreementMismatch> failure(DraftRecipient way, OnwardSource source) {
    if (source.label().getOrigin().equals(way.recipient().value())) {
      return Optional.empty();
    }
    return along
        .leftBehind(way.draft(), source, way.now())
        .or(() -> marked(way, source))
        .or(() -> permitted(way, source));
  }

  /** Whether its marking permits onward transfer, or its originator consents. */
  private Optional<AgreementMismatch> marked(DraftRecipient way, OnwardSource source) {
    return source.label().getMarkingsList().stream()
        .filter(sharing::asksConsent)
        .findFirst()
        .flatMap(
            marking ->
                consent(
                    way,
                    source,
                    "markings",
                    "it is marked " + marking + ", which requires its originator's consent"));
  }

  /** Whether the originator's handling and the agreement under which it came permit it. */
  private Optional<AgreementMismatch> permitted(DraftRecipient way, OnwardSource source) {
    if (source.label().getHandlingList().contains(Handling.HANDLING_H2)) {
      Optional<AgreementMismatch> lacking =
          consent(way, source, "handling", "handling H2 requires its originator's permission");
      if (lacking.isPresent()) {
        return lacking;
      }
    }
    // Use the obligations at the time of sending; the agreement may have been loosened here since.
    List<Obligation> obligations = source.label().getObligationsList();
    if (obligations.contains(Obligation.OBLIGATION_NO_ONWARD_TRANSFER)) {
      return refused("obligations", "its originator forbids passing on any of it");
    }
    if (obligations.contains(Obligation.OBLIGATION_ONWARD_WITH_CONSENT)) {
      Optional<AgreementMismatch> lacking =
          consent(
              way, source, "obligations", "its originator requires consent before it is passed on");
      if (lacking.isPresent()) {
        return lacking;
      }
    }
    Optional<Coverage> known = rules.coverage(source.label().getAgreement());
    return known.isEmpty()
        ? refused("agreement", "the agreement under which it came is no longer known here")
        : allowed(way, source, known.get());
  }

  private Optional<AgreementMismatch> allowed(
      DraftRecipient way, OnwardSource source, Coverage coverage) {
    String id = coverage.agreement().id();
    return switch (coverage.agreement().obligations().onwardTransfer()) {
      case NONE ->
          refused("onward_transfer", id + ", under which it came, forbids onward transfer");
      case WITH_CONSENT ->
          consent(
              way,
              source,
              "onward_transfer",
              id + ", under which it came, requires its originator's consent");
      case WITHIN_PARTIES ->
          coverage.covers(new AgencyName(source.label().getOrigin()), way.recipient())
              ? Optional.empty()
              : refused(
                  "onward_transfer",
                  id
                      + ", under which it came, permits onward transfer among its parties only: "
                      + coverage.agreement().parties().words());
    };
  }

  /** Whether the originator consents; a consent needed twice is recorded once. */
  private Optional<AgreementMismatch> consent(
      DraftRecipient way, OnwardSource source, String field, String reason) {
    // Only the originator's own grants count, whatever else is stored.
    List<ConsentGrant> grants =
        source.grants().stream()
            .filter(grant -> grant.grantor().value().equals(source.label().getOrigin()))
            .toList();
    for (ConsentGrant grant : grants) {
      if (lacks(way, grant).isEmpty()) {
        AppliedConsent consented =
            new AppliedConsent(grant.id(), grant.grantor(), source.id(), way.recipient());
        if (!way.consented().contains(consented)) {
          way.consented().add(consented);
        }
        return Optional.empty();
      }
    }
    String why =
        Stream.concat(
                Stream.of(reason),
                grants.stream().limit(TOLD).flatMap(grant -> lacks(way, grant).stream()))
            .collect(Collectors.joining("; "));
    return Optional.of(new AgreementMismatch(field, Code.CONSENT_REQUIRED, why));
  }

  private Optional<String> lacks(DraftRecipient way, ConsentGrant grant) {
    return grant.lacks(way.recipient(), way.draft().getPurpose(), way.now(), membership);
  }

  private static Optional<AgreementMismatch> refused(String field, String reason) {
    return Optional.of(new AgreementMismatch(field, Code.ONWARD_REFUSED, reason));
  }
}
