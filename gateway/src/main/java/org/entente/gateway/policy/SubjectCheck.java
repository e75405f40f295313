package org.entente.gateway.policy;

import java.util.List;
import org.entente.gateway.policy.subject.CodedText;
import org.entente.gateway.policy.subject.SubjectTerms;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Commodity;
import org.entente.proto.v1.Company;
import org.entente.proto.v1.Person;
import org.entente.proto.v1.Right;
import org.entente.proto.v1.Subject;

/** Checks of what and whom a message is about, identifiers with their check digits. */
final class SubjectCheck {
  private static final int MAX_SUBJECTS = 256;

  private final Findings findings;

  SubjectCheck(Findings findings) {
    this.findings = findings;
  }

  /** Whether a body names a natural person. */
  static boolean namesPerson(Body body) {
    List<Subject> subjects =
        switch (body.getContentCase()) {
          case ALERT -> body.getAlert().getSubjectsList();
          case INTELLIGENCE -> body.getIntelligence().getSubjectsList();
          case REQUEST -> body.getRequest().getSubjectsList();
          case ANSWER -> body.getAnswer().getSubjectsList();
          case OPERATION_UPDATE -> SubjectTerms.subjects(body.getOperationUpdate());
          default -> List.of();
        };
    return subjects.stream().anyMatch(Subject::hasPerson);
  }

  void all(String field, List<Subject> subjects) {
    if (!findings.count(field, subjects.size(), MAX_SUBJECTS)) {
      return;
    }
    for (int i = 0; i < subjects.size() && !findings.full(); i++) {
      subject(field + "[" + i + "]", subjects.get(i));
    }
  }

  private void subject(String field, Subject subject) {
    findings.known(field, subject);
    switch (subject.getSubjectCase()) {
      case CONTAINER -> coded(field, "container", subject.getContainer(), CodedText.CONTAINER);
      case DECLARATION -> coded(field, "declaration", subject.getDeclaration(), CodedText.MRN);
      case BILL_OF_LADING ->
          coded(field, "bill_of_lading", subject.getBillOfLading(), CodedText.BILL_OF_LADING);
      case AIR_WAYBILL ->
          coded(field, "air_waybill", subject.getAirWaybill(), CodedText.AIR_WAYBILL);
      case CONSIGNMENT -> coded(field, "consignment", subject.getConsignment(), CodedText.UCR);
      case VESSEL -> coded(field, "vessel", subject.getVessel(), CodedText.VESSEL);
      case PLACE -> coded(field, "place", subject.getPlace(), CodedText.PLACE);
      case VEHICLE -> coded(field, "vehicle", subject.getVehicle(), CodedText.VIN);
      case COMMODITY -> commodity(field + ".commodity", subject.getCommodity());
      case COMPANY -> company(field + ".company", subject.getCompany());
      case PERSON -> person(field + ".person", subject.getPerson());
      case RIGHT -> right(field + ".right", subject.getRight());
      case SUBJECT_NOT_SET -> findings.invalid(field, "names nothing");
    }
  }

  private void coded(String field, String name, String text, CodedText kind) {
    findings.requiredCoded(field + "." + name, text, kind);
  }

  private void commodity(String field, Commodity commodity) {
    findings.known(field, commodity);
    findings.text(field + ".description", commodity.getDescription(), 1_000);
    findings.coded(field + ".hs_code", commodity.getHsCode(), CodedText.HS_CODE);
    findings.line(field + ".brand", commodity.getBrand(), 200);
    findings.coded(field + ".origin_country", commodity.getOriginCountry(), CodedText.COUNTRY);
    findings.text(field + ".batch", commodity.getBatch(), 500);
    findings.coded(field + ".quantity", commodity.getQuantity(), CodedText.QUANTITY);
    findings.coded(field + ".unit", commodity.getUnit(), CodedText.UNIT);
  }

  private void company(String field, Company company) {
    findings.known(field, company);
    findings.line(field + ".name", company.getName(), 500);
    findings.coded(field + ".lei", company.getLei(), CodedText.LEI);
    findings.coded(field + ".country", company.getCountry(), CodedText.COUNTRY);
  }

  private void person(String field, Person person) {
    findings.known(field, person);
    findings.required(field + ".role", person.getRole());
    findings.line(field + ".family_name", person.getFamilyName(), 200);
    findings.line(field + ".given_names", person.getGivenNames(), 200);
    // A date of birth is personal data: its text is not quoted.
    findings.check(
        person.getBirthDate().isEmpty() || CodedText.PARTIAL_DATE.valid(person.getBirthDate()),
        field + ".birth_date",
        "is " + CodedText.PARTIAL_DATE.form());
    findings.line(field + ".document", person.getDocument(), 40);
    findings.coded(field + ".nationality", person.getNationality(), CodedText.COUNTRY);
  }

  private void right(String field, Right right) {
    findings.known(field, right);
    findings.line(field + ".type", right.getType(), 40);
    findings.line(field + ".holder", right.getHolder(), 500);
    findings.line(field + ".recordation", right.getRecordation(), 80);
  }
}
