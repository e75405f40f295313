package org.entente.gateway.policy.decide;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.EnumNames;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.Refusal;
import org.entente.gateway.policy.terms.Agreement;
import org.entente.gateway.policy.terms.AgreementMismatch;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Obligation;

/**
 * Rechecks a waiting message under rules that may have changed since it was sealed. Its markings
 * must still be known, and it must bind the recipient as the agreement does now. If the agreement
 * now requires a person or a second one, the message must have had them. Onward-transfer rules are
 * not rechecked; their inputs are not stored. Pure.
 */
final class QueuedMessageTerms {
  private static final Set<Obligation> ONWARD =
      Set.of(
          Obligation.OBLIGATION_NO_ONWARD_TRANSFER,
          Obligation.OBLIGATION_ONWARD_WITH_CONSENT,
          Obligation.OBLIGATION_ONWARD_WITHIN_PARTIES);

  private final Set<String> markings;

  /** Uses these known sharing markings. */
  QueuedMessageTerms(Set<String> markings) {
    this.markings = Set.copyOf(markings);
  }

  /** Why it may not go under the agreement that permits its label; empty if it may. */
  Optional<Refusal> refusal(Agreement agreement, PendingMessage message, AgencyName recipient) {
    return marked(message.label())
        .or(() -> onward(agreement, message.label()))
        .or(() -> export(agreement, message.label()))
        .or(() -> people(agreement, message.grounds()))
        .map(
            it ->
                new Refusal(
                    recipient.value(), it.code(), agreement.id() + "/" + it.field(), it.reason()));
  }

  private Optional<AgreementMismatch> marked(Label label) {
    return label.getMarkingsList().stream()
        .filter(marking -> !markings.contains(marking))
        .findFirst()
        .map(
            marking ->
                new AgreementMismatch(
                    "markings",
                    Code.NOT_COVERED,
                    "it is marked "
                        + InvalidValue.printable(marking)
                        + ", which the code lists in force do not contain"));
  }

  /**
   * The strictest obligation, no onward transfer, covers the others; of the other two, neither
   * covers the other. A label without any obligation on onward transfer is bound by the recipient's
   * agreement.
   */
  private static Optional<AgreementMismatch> onward(Agreement agreement, Label label) {
    List<Obligation> bound = label.getObligationsList().stream().filter(ONWARD::contains).toList();
    boolean enough =
        bound.isEmpty()
            || bound.contains(Obligation.OBLIGATION_NO_ONWARD_TRANSFER)
            || agreement.obligations().ofRecipient().stream()
                .filter(ONWARD::contains)
                .allMatch(bound::contains);
    return enough
        ? Optional.empty()
        : Optional.of(
            new AgreementMismatch(
                "onward_transfer",
                Code.NOT_COVERED,
                "it binds its recipient to "
                    + EnumNames.words(bound)
                    + "; this agreement now says "
                    + agreement.obligations().onwardTransfer()));
  }

  private static Optional<AgreementMismatch> export(Agreement agreement, Label label) {
    return agreement.obligations().noExport()
            && !label.getObligationsList().contains(Obligation.OBLIGATION_NO_EXPORT)
        ? Optional.of(
            new AgreementMismatch(
                "no_export",
                Code.NOT_COVERED,
                "this agreement now binds its recipient to NO_EXPORT; the message does not"))
        : Optional.empty();
  }

  private static Optional<AgreementMismatch> people(Agreement agreement, RecheckInputs grounds) {
    if (agreement.obligations().personRequired() && !grounds.person()) {
      return Optional.of(
          new AgreementMismatch(
              "person_required",
              Code.PERSON_REQUIRED,
              "this agreement now requires on_behalf_of.officer and on_behalf_of.justification; "
                  + "the message had none"));
    }
    if (agreement.obligations().fourEyes() && !grounds.secondPerson()) {
      return Optional.of(
          new AgreementMismatch(
              "four_eyes",
              Code.SECOND_PERSON_REQUIRED,
              "this agreement now requires a second person; the message was sent without release "
                  + "by one"));
    }
    return Optional.empty();
  }
}
