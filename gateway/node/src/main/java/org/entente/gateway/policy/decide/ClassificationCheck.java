package org.entente.gateway.policy.decide;

import java.util.Optional;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.EnumNames;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.policy.codes.ClassificationScheme;
import org.entente.gateway.policy.codes.CodeLists;
import org.entente.gateway.policy.terms.AgreementMismatch;
import org.entente.gateway.policy.terms.Membership;
import org.entente.proto.v1.Classification;
import org.entente.proto.v1.ClassificationEquivalent;
import org.entente.proto.v1.Label;

/**
 * Checks whether a national classification may go to a recipient: its scheme and marking are known,
 * the label's level matches the marking, and the recipient uses the same scheme or an equivalent is
 * configured in the recipient's scheme. Sender and recipient apply the same check, each with its
 * own lists. A label without a scheme passes. Pure; safe for use by several threads.
 */
final class ClassificationCheck {
  private final CodeLists codes;
  private final Membership membership;

  ClassificationCheck(CodeLists codes, Membership membership) {
    this.codes = codes;
    this.membership = membership;
  }

  /** Why a label may not go to a recipient; the field names the rule. */
  Optional<AgreementMismatch> failure(Label label, AgencyName recipient) {
    String name = label.getClassificationScheme();
    String marking = label.getClassificationMarking();
    if (name.isEmpty() && marking.isEmpty()) {
      return Optional.empty();
    }
    Optional<ClassificationScheme> scheme = codes.scheme(name);
    if (scheme.isEmpty()) {
      return failed(
          "classification",
          Code.CLASSIFICATION_UNKNOWN,
          "classification scheme \""
              + InvalidValue.printable(name)
              + "\"; known here: "
              + (codes.schemes().isEmpty() ? "none" : String.join(", ", codes.schemes())));
    }
    Optional<Classification> level = scheme.get().level(marking);
    if (level.isEmpty()) {
      return failed(
          "classification/" + name,
          Code.CLASSIFICATION_UNKNOWN,
          name
              + " has no marking \""
              + InvalidValue.printable(marking)
              + "\"; it has "
              + scheme.get().markings());
    }
    if (level.get() != label.getClassification()) {
      return failed(
          "classification/" + name,
          Code.CLASSIFICATION_MISMATCH,
          name
              + " "
              + marking
              + " is "
              + EnumNames.word(level.get())
              + "; the label says "
              + EnumNames.word(label.getClassification()));
    }
    return handled(name, marking, recipient);
  }

  private Optional<AgreementMismatch> handled(String scheme, String marking, AgencyName recipient) {
    Optional<ClassificationScheme> own = usedBy(recipient);
    if (own.isEmpty()) {
      return failed(
          "equivalence/" + scheme,
          Code.NO_EQUIVALENT,
          recipient
              + " has no known classification scheme, so "
              + marking
              + " has no equivalent there");
    }
    String there = own.get().name();
    if (there.equals(scheme) || equivalent(scheme, marking, there).isPresent()) {
      return Optional.empty();
    }
    boolean otherWay = codes.equivalence(there, scheme).isPresent();
    return failed(
        "equivalence/" + scheme + "-" + there,
        Code.NO_EQUIVALENT,
        "no equivalent of "
            + scheme
            + " "
            + marking
            + " in "
            + there
            + " is configured"
            + (otherWay
                ? "; the entry " + there + "-" + scheme + " covers only the opposite direction"
                : ""));
  }

  /**
   * The recipient's equivalent of a label's national classification; empty if the recipient uses
   * that scheme itself, if the label has none, or if nothing is configured.
   */
  Optional<ClassificationEquivalent> equivalent(Label label, AgencyName recipient) {
    if (label.getClassificationScheme().isEmpty()) {
      return Optional.empty();
    }
    return usedBy(recipient)
        .map(ClassificationScheme::name)
        .filter(there -> !there.equals(label.getClassificationScheme()))
        .flatMap(
            there ->
                equivalent(label.getClassificationScheme(), label.getClassificationMarking(), there)
                    .map(
                        it ->
                            ClassificationEquivalent.newBuilder()
                                .setScheme(there)
                                .setMarking(it)
                                .build()));
  }

  private Optional<String> equivalent(String from, String marking, String to) {
    return codes
        .equivalence(from, to)
        .flatMap(it -> Optional.ofNullable(it.markings().get(marking)));
  }

  private Optional<ClassificationScheme> usedBy(AgencyName agency) {
    return codes.schemeUsedBy(agency.value(), membership.jurisdiction(agency));
  }

  private static Optional<AgreementMismatch> failed(String rule, Code code, String reason) {
    return Optional.of(new AgreementMismatch(rule, code, reason));
  }
}
