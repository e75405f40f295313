package org.entente.gateway.policy.terms;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.entente.gateway.cel.Condition;
import org.entente.gateway.cel.Evaluation;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.EnumNames;
import org.entente.gateway.trust.AgencyKind;
import org.entente.proto.v1.Classification;
import org.entente.proto.v1.Handling;
import org.entente.proto.v1.Label;

/**
 * Checks a transfer against an agreement that covers the two agencies. Every field is checked, so
 * that a refusal can name the closest agreement. The condition is evaluated only if nothing else
 * fails.
 */
public final class AgreementCheck {
  /** What stands behind an agreement's id in the rule that refuses a new message. */
  public static final List<String> CLAUSES =
      List.of(
          "between",
          "categories",
          "classification_ceiling",
          "condition",
          "handling",
          "kinds",
          "max_message_bytes",
          "no_export",
          "onward_transfer",
          "person_required",
          "personal_data",
          "purpose_change",
          "purposes",
          "redactions",
          "retention_days",
          "transfer_basis",
          "valid");

  private static final int SHOWN_CONDITION = 200;

  private final Membership membership;

  public AgreementCheck(Membership membership) {
    this.membership = membership;
  }

  /** The failures in the order of checks; none if the agreement permits the transfer. */
  public List<AgreementMismatch> failures(Agreement agreement, Transfer transfer) {
    List<AgreementMismatch> failures = new ArrayList<>();
    Transfer left = transfer.without(agreement.redactions());
    validity(agreement, transfer).ifPresent(failures::add);
    purposeChange(agreement, transfer).ifPresent(failures::add);
    content(agreement.covers(), left.label(), failures);
    transferBasis(agreement, left).ifPresent(failures::add);
    limits(agreement.obligations(), left).ifPresent(failures::add);
    redactions(agreement, transfer).ifPresent(failures::add);
    if (failures.isEmpty()) {
      agreement.covers().condition().flatMap(c -> condition(c, left)).ifPresent(failures::add);
    }
    return failures;
  }

  private static Optional<AgreementMismatch> redactions(Agreement agreement, Transfer transfer) {
    return Optional.ofNullable(transfer.content().given(agreement.redactions()).failure());
  }

  private static Optional<AgreementMismatch> validity(Agreement agreement, Transfer transfer) {
    Agreement.Validity validity = agreement.validity();
    if (validity.includes(transfer.now())) {
      return Optional.empty();
    }
    boolean early = transfer.now().isBefore(validity.begins());
    String reason =
        early
            ? "this agreement is in force from " + validity.from()
            : "this agreement ended on " + validity.until();
    return Optional.of(
        new AgreementMismatch("valid", early ? Code.NO_AGREEMENT : Code.AGREEMENT_ENDED, reason));
  }

  private Optional<AgreementMismatch> purposeChange(Agreement agreement, Transfer transfer) {
    boolean changes =
        membership.kind(transfer.origin()) == AgencyKind.CUSTOMS
            && membership.kind(transfer.recipient()) == AgencyKind.POLICE;
    if (!changes || agreement.law().allowsPurposeChange()) {
      return Optional.empty();
    }
    return Optional.of(
        new AgreementMismatch(
            "purpose_change",
            Code.NOT_COVERED,
            "this agreement does not allow the change of purpose from customs to police use"));
  }

  /** The file was checked against an earlier membership: an agency may have left a group since. */
  private Optional<AgreementMismatch> transferBasis(Agreement agreement, Transfer transfer) {
    boolean leaves =
        transfer.label().getPersonalData()
            && agreement.law().basis().equals(Optional.of(Law.TransferBasis.INTERNAL))
            && agreement.parties().areNamed()
            && !agreement.law().inOneOrder(transfer.origin(), transfer.recipient(), membership);
    return leaves
        ? Optional.of(
            new AgreementMismatch(
                "transfer_basis",
                Code.PERSONAL_DATA_REFUSED,
                "the message contains personal data, which this agreement transfers within one"
                    + " legal order only; the two agencies are not in one"))
        : Optional.empty();
  }

  private static void content(
      Agreement.Covers covers, Label label, List<AgreementMismatch> failures) {
    member("kinds", "kind", label.getKind(), covers.kinds(), failures);
    member("categories", "category", label.getCategory(), covers.categories(), failures);
    member("purposes", "purpose", label.getPurpose(), covers.purposes(), failures);
    classification(covers, label.getClassification()).ifPresent(failures::add);
    for (Handling code : label.getHandlingList()) {
      if (!covers.handling().contains(code)) {
        failures.add(notCovered("handling", "handling " + EnumNames.word(code), covers.handling()));
        break;
      }
    }
    if (label.getPersonalData() && !covers.personalData()) {
      failures.add(
          new AgreementMismatch(
              "personal_data",
              Code.PERSONAL_DATA_REFUSED,
              "the message contains personal data, which this agreement does not cover"));
    }
  }

  private static <E extends com.google.protobuf.ProtocolMessageEnum> void member(
      String field, String name, E found, Set<E> allowed, List<AgreementMismatch> failures) {
    if (!allowed.contains(found)) {
      failures.add(notCovered(field, name + " " + EnumNames.word(found), allowed));
    }
  }

  private static AgreementMismatch notCovered(
      String field, String found, Set<? extends com.google.protobuf.ProtocolMessageEnum> allowed) {
    String covered = allowed.isEmpty() ? "none" : EnumNames.words(allowed);
    return new AgreementMismatch(
        field, Code.NOT_COVERED, found + "; this agreement covers " + covered);
  }

  private static Optional<AgreementMismatch> classification(
      Agreement.Covers covers, Classification found) {
    boolean known =
        found != Classification.UNRECOGNIZED && found != Classification.CLASSIFICATION_UNSPECIFIED;
    if (known && found.getNumber() <= covers.ceiling().getNumber()) {
      return Optional.empty();
    }
    return Optional.of(
        new AgreementMismatch(
            "classification_ceiling",
            Code.ABOVE_CEILING,
            "classification "
                + EnumNames.word(found)
                + "; this agreement covers at most "
                + EnumNames.word(covers.ceiling())));
  }

  private static Optional<AgreementMismatch> limits(
      Agreement.Obligations obligations, Transfer transfer) {
    if (transfer.bodyBytes() > obligations.maxMessageBytes()) {
      return Optional.of(
          new AgreementMismatch(
              "max_message_bytes",
              Code.TOO_LARGE,
              "the body is larger than the "
                  + obligations.maxMessageBytes()
                  + " bytes that this agreement allows"));
    }
    // The sending gateway sets it: it is absent at egress and present at ingress.
    int retention = transfer.label().getRetentionDays();
    if (retention < 0 || retention > obligations.retentionDays()) {
      return Optional.of(
          new AgreementMismatch(
              "retention_days",
              Code.NOT_COVERED,
              "retention of "
                  + Integer.toUnsignedString(retention)
                  + " days; this agreement allows "
                  + obligations.retentionDays()));
    }
    return Optional.empty();
  }

  private static Optional<AgreementMismatch> condition(Condition condition, Transfer transfer) {
    Evaluation<Boolean> evaluation =
        condition.evaluate(
            transfer.label(),
            transfer.origin().value(),
            transfer.recipient().value(),
            transfer.now());
    if (evaluation instanceof Evaluation.Value<Boolean> value) {
      return value.value()
          ? Optional.empty()
          : Optional.of(
              new AgreementMismatch(
                  "condition",
                  Code.CONDITION_FALSE,
                  "this agreement requires " + shown(condition.source())));
    }
    String why = ((Evaluation.EvaluationFailed<Boolean>) evaluation).reason();
    return Optional.of(
        new AgreementMismatch(
            "condition",
            Code.CONDITION_FAILED,
            "the condition" + condition.reading() + " cannot be evaluated: " + why));
  }

  private static String shown(String source) {
    String line = source.strip().replaceAll("\\s+", " ");
    return line.length() <= SHOWN_CONDITION ? line : line.substring(0, SHOWN_CONDITION) + "…";
  }
}
