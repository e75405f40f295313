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
 * Originator control: whether what came in may be passed on. What the label and the agreement say
 * under which it came bind whoever passes it on, whatever the agreement permits under which it is
 * to leave. Where they ask for its originator's consent, a grant in force that covers recipient and
 * purpose is that, and loosens nothing else. Its originator may always have it back. Pure.
 */
final class OnwardCheck {
  /** Grants of which a refusal says why they do not serve. */
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
   * Whether a draft may go to a recipient with what it passes on.
   *
   * @param refusal why it may not; null if it may
   * @param consented under which consents it may; none if nobody had to be asked
   */
  record Passage(@Nullable Refusal refusal, List<AppliedConsent> consented) {}

  /** One draft on its way to one recipient. */
  private record DraftRecipient(
      Label draft, AgencyName recipient, Instant now, List<AppliedConsent> consented) {}

  /** Decides about a draft that passes on these. */
  Passage passage(Label draft, List<OnwardSource> sources, AgencyName recipient, Instant now) {
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

  /** Whether its marking lets it be told to others, or its originator does. */
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
                    "it is marked " + marking + ", which asks for its originator's consent"));
  }

  /** What the originator and the agreement under which it came allow. */
  private Optional<AgreementMismatch> permitted(DraftRecipient way, OnwardSource source) {
    if (source.label().getHandlingList().contains(Handling.HANDLING_H2)) {
      Optional<AgreementMismatch> lacking =
          consent(way, source, "handling", "handling H2 asks for its originator's permission");
      if (lacking.isPresent()) {
        return lacking;
      }
    }
    // As it was when it was sent; the agreement may have been loosened here since.
    List<Obligation> obligations = source.label().getObligationsList();
    if (obligations.contains(Obligation.OBLIGATION_NO_ONWARD_TRANSFER)) {
      return refused("obligations", "its originator lets nothing of it be passed on");
    }
    if (obligations.contains(Obligation.OBLIGATION_ONWARD_WITH_CONSENT)) {
      Optional<AgreementMismatch> lacking =
          consent(
              way, source, "obligations", "its originator asks for consent before it is passed on");
      if (lacking.isPresent()) {
        return lacking;
      }
    }
    Optional<Coverage> known = rules.coverage(source.label().getAgreement());
    return known.isEmpty()
        ? refused("agreement", "the agreement under which it came is not known here any more")
        : allowed(way, source, known.get());
  }

  private Optional<AgreementMismatch> allowed(
      DraftRecipient way, OnwardSource source, Coverage coverage) {
    String id = coverage.agreement().id();
    return switch (coverage.agreement().obligations().onwardTransfer()) {
      case NONE ->
          refused("onward_transfer", id + ", under which it came, lets nothing be passed on");
      case WITH_CONSENT ->
          consent(
              way,
              source,
              "onward_transfer",
              id + ", under which it came, asks for its originator's consent");
      case WITHIN_PARTIES ->
          coverage.covers(new AgencyName(source.label().getOrigin()), way.recipient())
              ? Optional.empty()
              : refused(
                  "onward_transfer",
                  id
                      + ", under which it came, lets it be passed on among its parties only: "
                      + coverage.agreement().parties().words());
    };
  }

  /** Whether the originator consents; what is asked for twice is noted once. */
  private Optional<AgreementMismatch> consent(
      DraftRecipient way, OnwardSource source, String field, String reason) {
    // Of anybody else's word nothing follows, however it came to be kept.
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
