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
import org.entente.proto.v1.Obligation;

/**
 * Checks a draft beyond its label once an agreement permits the label. The recipient must be able
 * to fulfil the obligations. Content passed on must be allowed there, and fields that were withheld
 * from it must stay withheld. The draft must name a person if the agreement requires one. Pure.
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
   * The agreement as it binds a draft with this label. Training may have a shorter retention.
   * Content passed on arrives before its source is destroyed here, and is kept for no more days
   * than its source has left; the recipient counts them from its receipt. The result is the same
   * for each recipient.
   */
  Agreement binding(Label label, Agreement agreement, List<OnwardSource> sources, Instant now) {
    Agreement training = retention.applied(label, agreement);
    Agreement.Obligations granted = training.obligations();
    int kept = PropagatedRestrictions.days(granted.retentionDays(), sources, now);
    int within = PropagatedRestrictions.days(granted.deliverWithinDays(), sources, now);
    return kept == granted.retentionDays() && within == granted.deliverWithinDays()
        ? training
        : training.keeping(kept, within);
  }

  /** The ruling on a label, or a refusal if the draft fails a check beyond its label. */
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
   * @param namesPerson whether it says who sends it and why
   * @param sources the messages that it passes on, as received
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
                .or(() -> exported(sources, recipient, agreement))
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
            "this agreement requires on_behalf_of.officer and on_behalf_of.justification"),
        List.of());
  }

  /**
   * If the source came without some fields, the agreement must withhold them too. Then nobody puts
   * back withheld content, and the next reader is told of it. The source's originator may receive
   * it back.
   */
  private static Optional<Refusal> withheld(
      Label label, List<OnwardSource> sources, AgencyName recipient, Agreement agreement) {
    if (sources.isEmpty()) {
      return Optional.empty();
    }
    // Compare with the fields withheld from the draft's kind; those of another kind do not matter.
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

  /**
   * If the source may not be exported, the agreement must forbid that too. The source's originator
   * may receive it back.
   */
  private static Optional<Refusal> exported(
      List<OnwardSource> sources, AgencyName recipient, Agreement agreement) {
    if (agreement.obligations().noExport()) {
      return Optional.empty();
    }
    for (OnwardSource source : sources) {
      if (source.label().getObligationsList().contains(Obligation.OBLIGATION_NO_EXPORT)
          && !source.label().getOrigin().equals(recipient.value())) {
        return Optional.of(
            new Refusal(
                recipient.value(),
                Code.ONWARD_REFUSED,
                "onward/no_export",
                "it passes on "
                    + source.id()
                    + ", which may not be exported; "
                    + agreement.id()
                    + " permits that; name an agreement with no_export"));
      }
    }
    return Optional.empty();
  }
}
