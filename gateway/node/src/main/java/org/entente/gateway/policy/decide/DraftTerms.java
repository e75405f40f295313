package org.entente.gateway.policy.decide;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Refusal;
import org.entente.gateway.policy.codes.SharingOrder;
import org.entente.gateway.policy.terms.Agreement;
import org.entente.gateway.policy.terms.ExerciseRetention;
import org.entente.gateway.policy.terms.FulfilmentSnapshot;
import org.entente.gateway.policy.terms.Membership;
import org.entente.proto.v1.Label;

/**
 * What is asked of a draft beyond its label, once an agreement permits that: the recipient can
 * fulfil what the agreement binds it to, what it passes on may go there and lacks what it came
 * without, and it names a person where the agreement asks for one. Pure.
 */
public final class DraftTerms {
  private final OnwardCheck onward;
  private final FulfilmentSnapshot fulfilments;
  private final ExerciseRetention retention;

  public DraftTerms(
      RuleEvaluator rules,
      Membership membership,
      SharingOrder sharing,
      FulfilmentSnapshot fulfilments,
      ExerciseRetention retention) {
    this.fulfilments = fulfilments;
    this.retention = retention;
    this.onward = new OnwardCheck(rules, membership, sharing);
  }

  /**
   * The agreement as it binds a draft with this label: training may be kept for a shorter time, and
   * what passes on something for no longer than that. The same for each recipient.
   */
  Agreement binding(Label label, Agreement agreement, List<OnwardSource> sources, Instant now) {
    Agreement training = retention.applied(label, agreement);
    int granted = training.obligations().retentionDays();
    int days = PropagatedRestrictions.days(granted, sources, now);
    return days == granted ? training : training.keeping(days);
  }

  /** The ruling on a label, unless the draft lacks what is asked of it besides. */
  public Ruling held(
      Ruling ruling,
      Label label,
      boolean namesPerson,
      List<OnwardSource> sources,
      AgencyName recipient,
      Instant now) {
    if (!(ruling instanceof Ruling.Allowed allowed)) {
      return ruling;
    }
    Refusal refusal =
        passage(label, namesPerson, sources, recipient, allowed.agreement(), now).refusal();
    return refusal == null ? ruling : new Ruling.Denied(refusal);
  }

  /**
   * Whether a draft may go to a recipient under the agreement that permits its label.
   *
   * @param namesPerson whether it says who sends and why
   * @param sources what it passes on, as it came
   */
  OnwardCheck.Passage passage(
      Label label,
      boolean namesPerson,
      List<OnwardSource> sources,
      AgencyName recipient,
      Agreement agreement,
      Instant now) {
    Optional<Refusal> unfulfilled =
        ObligationCheck.refusal(agreement, recipient, fulfilments.of(recipient));
    if (unfulfilled.isPresent()) {
      return new OnwardCheck.Passage(unfulfilled.get(), List.of());
    }
    OnwardCheck.Passage passage = onward.passage(label, sources, recipient, now);
    Optional<Refusal> unnamed =
        passage.refusal() == null
            ? withheld(label, sources, recipient, agreement)
            : Optional.empty();
    if (unnamed.isPresent()) {
      return new OnwardCheck.Passage(unnamed.get(), List.of());
    }
    if (passage.refusal() != null || !agreement.obligations().personRequired() || namesPerson) {
      return passage;
    }
    return new OnwardCheck.Passage(
        new Refusal(
            recipient.value(),
            Code.PERSON_REQUIRED,
            agreement.id() + "/person_required",
            "this agreement asks who sends and why: on_behalf_of.officer and"
                + " on_behalf_of.justification"),
        List.of());
  }

  /**
   * What came without some fields goes on under an agreement that withholds them too: so nobody
   * puts back what was taken out, and the next reader is told of it. Its originator may have it
   * back.
   */
  private static Optional<Refusal> withheld(
      Label label, List<OnwardSource> sources, AgencyName recipient, Agreement agreement) {
    if (sources.isEmpty()) {
      return Optional.empty();
    }
    // Of the kind that it goes on as: what is withheld of another kind is not withheld of this.
    List<String> here = agreement.redactions().of(label.getKind());
    for (OnwardSource source : sources) {
      List<String> lacking = new ArrayList<>(source.label().getRedactedList());
      lacking.removeIf(
          path -> here.stream().anyMatch(all -> path.equals(all) || path.startsWith(all + '.')));
      if (!lacking.isEmpty() && !source.label().getOrigin().equals(recipient.value())) {
        return Optional.of(
            new Refusal(
                recipient.value(),
                Code.ONWARD_REFUSED,
                "onward/redacted",
                "it passes on "
                    + source.id()
                    + ", which came without "
                    + String.join(", ", source.label().getRedactedList())
                    + "; "
                    + agreement.id()
                    + " does not withhold "
                    + String.join(", ", lacking)
                    + "; name an agreement that does"));
      }
    }
    return Optional.empty();
  }
}
