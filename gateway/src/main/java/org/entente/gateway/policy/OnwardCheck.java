package org.entente.gateway.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Refusal;
import org.entente.proto.v1.Handling;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Obligation;

/**
 * Originator control: whether what came in may be passed on. What the label and the agreement say
 * under which it came bind whoever passes it on, whatever the agreement permits under which it is
 * to leave. Its originator may always have it back. Pure.
 */
final class OnwardCheck {
  private final Rules rules;

  OnwardCheck(Rules rules) {
    this.rules = rules;
  }

  /** Why a draft that passes on these may not go to a recipient; empty if it may. */
  Optional<Refusal> refusal(Label draft, List<Source> sources, AgencyName recipient) {
    for (Source source : sources) {
      Optional<Failure> failure = failure(draft, source.label(), recipient);
      if (failure.isPresent()) {
        return Optional.of(
            new Refusal(
                recipient.value(),
                failure.get().code(),
                "onward/" + failure.get().field(),
                "it passes on " + source.id() + ": " + failure.get().reason()));
      }
    }
    return Optional.empty();
  }

  private Optional<Failure> failure(Label draft, Label source, AgencyName recipient) {
    if (source.getOrigin().equals(recipient.value())) {
      return Optional.empty();
    }
    return carried(draft, source).or(() -> permitted(source, recipient));
  }

  /** What must go along with the content. */
  private static Optional<Failure> carried(Label draft, Label source) {
    if (Exercise.of(draft) != Exercise.of(source)) {
      return refused("exercise", "training and actual traffic are not mixed");
    }
    if (draft.getClassificationValue() < source.getClassificationValue()) {
      return refused(
          "classification",
          "it is "
              + EnumWords.word(source.getClassification())
              + "; what passes it on is at least that");
    }
    boolean marked = !source.getClassificationScheme().isEmpty();
    boolean same =
        draft.getClassificationScheme().equals(source.getClassificationScheme())
            && draft.getClassificationMarking().equals(source.getClassificationMarking());
    if (marked && !same && draft.getClassification() == source.getClassification()) {
      return refused(
          "classification_scheme",
          "it is marked "
              + source.getClassificationScheme()
              + " "
              + source.getClassificationMarking()
              + ", which goes along with it, unless a higher classification does");
    }
    List<Handling> lacking = new ArrayList<>(source.getHandlingList());
    lacking.removeAll(draft.getHandlingList());
    if (!lacking.isEmpty()) {
      return refused("handling", "handling " + EnumWords.words(lacking) + " goes along with it");
    }
    if (source.getPersonalData() && !draft.getPersonalData()) {
      return refused("personal_data", "it has personal data, and the draft says that it has none");
    }
    if (draft.getPurpose() != source.getPurpose()) {
      return refused(
          "purpose",
          "it came for " + EnumWords.word(source.getPurpose()) + "; it goes on for nothing else");
    }
    return Optional.empty();
  }

  /** What the originator and the agreement under which it came allow. */
  private Optional<Failure> permitted(Label source, AgencyName recipient) {
    if (source.getHandlingList().contains(Handling.HANDLING_H2)) {
      return consent("handling", "handling H2 asks for its originator's permission");
    }
    // As it was when it was sent; the agreement may have been loosened here since.
    if (source.getObligationsList().contains(Obligation.OBLIGATION_NO_ONWARD_TRANSFER)) {
      return refused("obligations", "its originator lets nothing of it be passed on");
    }
    if (source.getObligationsList().contains(Obligation.OBLIGATION_ONWARD_WITH_CONSENT)) {
      return consent("obligations", "its originator asks for consent before it is passed on");
    }
    Optional<Coverage> known = rules.coverage(source.getAgreement());
    if (known.isEmpty()) {
      return refused("agreement", "the agreement under which it came is not known here any more");
    }
    Coverage coverage = known.get();
    String id = coverage.agreement().id();
    return switch (coverage.agreement().obligations().onwardTransfer()) {
      case NONE ->
          refused("onward_transfer", id + ", under which it came, lets nothing be passed on");
      case WITH_CONSENT ->
          consent(
              "onward_transfer", id + ", under which it came, asks for its originator's consent");
      case WITHIN_PARTIES ->
          coverage.covers(new AgencyName(source.getOrigin()), recipient)
              ? Optional.empty()
              : refused(
                  "onward_transfer",
                  id
                      + ", under which it came, lets it be passed on among its parties only: "
                      + coverage.agreement().parties().words());
    };
  }

  private static Optional<Failure> refused(String field, String reason) {
    return Optional.of(new Failure(field, Code.ONWARD_REFUSED, reason));
  }

  private static Optional<Failure> consent(String field, String reason) {
    return Optional.of(new Failure(field, Code.CONSENT_REQUIRED, reason));
  }
}
