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
 * What is asked of a message that waits beyond what the agreement covers, by rules that may have
 * come since it was sealed: that its markings are still known, that it binds the recipient as the
 * agreement does now, and that it named a person and had its second one where that is asked by now.
 * Of what it passes on nothing is kept with it, so that nothing is asked of that. Pure.
 */
final class QueuedMessageTerms {
  private static final Set<Obligation> ONWARD =
      Set.of(
          Obligation.OBLIGATION_NO_ONWARD_TRANSFER,
          Obligation.OBLIGATION_ONWARD_WITH_CONSENT,
          Obligation.OBLIGATION_ONWARD_WITHIN_PARTIES);

  private final Set<String> markings;

  /** Held against the sharing markings that are known. */
  QueuedMessageTerms(Set<String> markings) {
    this.markings = Set.copyOf(markings);
  }

  /** Why it may not go under the agreement that permits its label; empty if it may. */
  Optional<Refusal> refusal(Agreement agreement, PendingMessage message, AgencyName recipient) {
    return marked(message.label())
        .or(() -> onward(agreement, message.label()))
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
                        + ", which the code lists in force do not know"));
  }

  /**
   * Nothing may be passed on of what is bound most; of the two others neither says all that the
   * other does. A label without any is bound by the recipient's agreement.
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
                    + "; by now this agreement says "
                    + agreement.obligations().onwardTransfer()));
  }

  private static Optional<AgreementMismatch> people(Agreement agreement, RecheckInputs grounds) {
    if (agreement.obligations().personRequired() && !grounds.person()) {
      return Optional.of(
          new AgreementMismatch(
              "person_required",
              Code.PERSON_REQUIRED,
              "by now this agreement asks who sends and why, and that was not said of it"));
    }
    if (agreement.obligations().fourEyes() && !grounds.secondPerson()) {
      return Optional.of(
          new AgreementMismatch(
              "four_eyes",
              Code.SECOND_PERSON_REQUIRED,
              "by now this agreement asks for a second person, and none released it"));
    }
    return Optional.empty();
  }
}
