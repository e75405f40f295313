package org.entente.gateway.policy.check;

import java.util.List;
import org.entente.gateway.model.OperationId;
import org.entente.gateway.policy.codes.PrecedenceLane;
import org.entente.gateway.policy.subject.CodedText;
import org.entente.proto.v1.Addressing;
import org.entente.proto.v1.InformationAddressees;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;

/** Checks a draft's addressing against the rules in the comments of publisher.proto. */
final class AddressingCheck {
  /** Most agencies that a draft may name as recipients. */
  static final int MAX_AGENCIES = 256;

  private static final int MAX_JURISDICTIONS = 64;

  private AddressingCheck() {}

  static void check(ValidationErrors findings, Label label, Addressing to) {
    findings.known("to", to);
    boolean others = to.getJurisdictionsCount() > 0 || to.getWhomAgreementsAllow();
    boolean named = to.getAgenciesCount() > 0 || to.getDesksCount() > 0;
    boolean within = !to.getOperation().isEmpty();
    findings.check(
        named || others || within || to.hasInformation(),
        "to",
        "is required: agencies, jurisdictions, whom_agreements_allow, desks, operation or"
            + " information");
    findings.check(
        !within || to.getOperation().size() == OperationId.SIZE,
        "to.operation",
        "must have 16 bytes or be empty");
    findings.check(
        !within || !(others || to.hasInformation()),
        "to.operation",
        "excludes jurisdictions, whom_agreements_allow and information: an operation goes to its "
            + "members");
    named(findings, "to", to.getAgenciesList(), to.getJurisdictionsList());
    DeskCheck desks = new DeskCheck(findings);
    desks.named("to.desks", to.getDesksList());
    if (to.hasInformation()) {
      information(findings, label, to.getInformation());
      desks.named("to.information.desks", to.getInformation().getDesksList());
    }
  }

  private static void information(
      ValidationErrors findings, Label label, InformationAddressees some) {
    String field = "to.information";
    findings.known(field, some);
    findings.check(
        label.getKind() != Kind.KIND_REQUEST,
        field,
        "must be empty for a REQUEST: every recipient is asked to answer");
    findings.check(
        label.getKind() != Kind.KIND_OPERATION,
        field,
        "must be empty for an OPERATION: it goes to members according to their roles");
    findings.check(
        some.getAgenciesCount() > 0 || some.getJurisdictionsCount() > 0 || some.getDesksCount() > 0,
        field,
        "must name an agency, a jurisdiction or a desk");
    named(findings, field, some.getAgenciesList(), some.getJurisdictionsList());
    findings.optional(field + ".lane", some.getLane());
    findings.check(
        some.getLaneValue() == 0 || some.getLaneValue() >= PrecedenceLane.number(label),
        field + ".lane",
        "must not be higher than the message's lane");
  }

  private static void named(
      ValidationErrors findings, String field, List<String> agencies, List<String> places) {
    if (findings.count(field + ".agencies", agencies.size(), MAX_AGENCIES)) {
      for (int i = 0; i < agencies.size() && !findings.full(); i++) {
        findings.agency(field + ".agencies[" + i + "]", agencies.get(i));
      }
    }
    if (findings.count(field + ".jurisdictions", places.size(), MAX_JURISDICTIONS)) {
      for (int i = 0; i < places.size(); i++) {
        findings.requiredCoded(
            field + ".jurisdictions[" + i + "]", places.get(i), CodedText.JURISDICTION_OR_GROUP);
      }
    }
  }
}
