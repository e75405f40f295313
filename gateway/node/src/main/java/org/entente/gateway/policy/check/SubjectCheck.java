package org.entente.gateway.policy.check;

import java.util.List;
import org.entente.gateway.policy.subject.CodedText;
import org.entente.gateway.policy.subject.SubjectTerms;
import org.entente.proto.v1.AeoStatus;
import org.entente.proto.v1.Aircraft;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.CargoReference;
import org.entente.proto.v1.Commodity;
import org.entente.proto.v1.Company;
import org.entente.proto.v1.Firearm;
import org.entente.proto.v1.Person;
import org.entente.proto.v1.Plate;
import org.entente.proto.v1.Right;
import org.entente.proto.v1.Route;
import org.entente.proto.v1.Subject;

/** Checks the subjects of a message, including the check digits of identifiers. */
public final class SubjectCheck {
  private static final int MAX_SUBJECTS = 256;
  private static final int MAX_PLACES = 64;

  private final ValidationErrors findings;

  SubjectCheck(ValidationErrors findings) {
    this.findings = findings;
  }

  /** Whether a body names a natural person. */
  public static boolean namesPerson(Body body) {
    List<Subject> subjects =
        switch (body.getContentCase()) {
          case ALERT -> body.getAlert().getSubjectsList();
          case INTELLIGENCE -> body.getIntelligence().getSubjectsList();
          case REQUEST -> body.getRequest().getSubjectsList();
          case ANSWER -> body.getAnswer().getSubjectsList();
          case OPERATION_UPDATE -> SubjectTerms.subjects(body.getOperationUpdate());
          default -> List.of();
        };
    for (Subject subject : subjects) {
      if (subject.hasPerson()) {
        return true;
      }
    }
    return false;
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
      case AIRCRAFT -> aircraft(field + ".aircraft", subject.getAircraft());
      case PLATE -> plate(field + ".plate", subject.getPlate());
      case ROUTE -> route(field + ".route", subject.getRoute());
      // Numbers that may belong to a natural person are not quoted.
      case PHONE -> unquoted(field + ".phone", subject.getPhone(), CodedText.PHONE);
      case ACCOUNT -> unquoted(field + ".account", subject.getAccount(), CodedText.IBAN);
      case FIREARM -> firearm(field + ".firearm", subject.getFirearm());
      case SEAL -> coded(field, "seal", subject.getSeal(), CodedText.SEAL);
      case CARGO_REFERENCE ->
          cargoReference(field + ".cargo_reference", subject.getCargoReference());
      case SUBJECT_NOT_SET ->
          findings.check(
              findings.isOfALaterVersion(subject), field, "is empty; it must name a subject");
    }
  }

  private void coded(String field, String name, String text, CodedText kind) {
    findings.requiredCoded(field + "." + name, text, kind);
  }

  void commodity(String field, Commodity commodity) {
    findings.known(field, commodity);
    findings.text(field + ".description", commodity.getDescription(), 1_000);
    findings.coded(field + ".hs_code", commodity.getHsCode(), CodedText.HS_CODE);
    findings.line(field + ".brand", commodity.getBrand(), 200);
    findings.coded(field + ".origin_country", commodity.getOriginCountry(), CodedText.COUNTRY);
    findings.text(field + ".batch", commodity.getBatch(), 500);
    findings.coded(field + ".quantity", commodity.getQuantity(), CodedText.QUANTITY);
    findings.coded(field + ".unit", commodity.getUnit(), CodedText.UNIT);
    findings.coded(field + ".value", commodity.getValue(), CodedText.QUANTITY);
    findings.coded(field + ".currency", commodity.getCurrency(), CodedText.CURRENCY);
    findings.check(
        commodity.getValue().isEmpty() == commodity.getCurrency().isEmpty(),
        field + ".currency",
        "is required with a value, and valid only with one");
  }

  private void company(String field, Company company) {
    findings.known(field, company);
    findings.line(field + ".name", company.getName(), 500);
    findings.coded(field + ".lei", company.getLei(), CodedText.LEI);
    findings.coded(field + ".country", company.getCountry(), CodedText.COUNTRY);
    findings.optional(field + ".aeo_status", company.getAeoStatus());
    findings.coded(field + ".aeo_number", company.getAeoNumber(), CodedText.SAFE_NUMBER);
    findings.check(
        company.getAeoNumber().isEmpty()
            || (company.getAeoStatus() != AeoStatus.AEO_STATUS_UNSPECIFIED
                && company.getAeoStatus() != AeoStatus.AEO_STATUS_NONE),
        field + ".aeo_number",
        "is valid only with the status of an authorisation");
  }

  private void aircraft(String field, Aircraft aircraft) {
    findings.known(field, aircraft);
    findings.check(
        !aircraft.getRegistration().isEmpty() || !aircraft.getIcaoAddress().isEmpty(),
        field,
        "must have a registration, an ICAO address or both");
    findings.coded(
        field + ".registration", aircraft.getRegistration(), CodedText.AIRCRAFT_REGISTRATION);
    findings.coded(field + ".icao_address", aircraft.getIcaoAddress(), CodedText.ICAO_ADDRESS);
  }

  private void plate(String field, Plate plate) {
    findings.known(field, plate);
    findings.line(field + ".number", plate.getNumber(), 20);
    findings.check(
        plate.getNumber().codePoints().anyMatch(Character::isLetterOrDigit),
        field + ".number",
        "is required and must contain a letter or a digit");
    findings.requiredCoded(field + ".issuer", plate.getIssuer(), CodedText.JURISDICTION);
  }

  private void route(String field, Route route) {
    findings.known(field, route);
    List<String> places = route.getPlacesList();
    findings.check(places.size() >= 2, field + ".places", "must have at least two entries");
    if (!findings.count(field + ".places", places.size(), MAX_PLACES)) {
      return;
    }
    for (int i = 0; i < places.size() && !findings.full(); i++) {
      findings.requiredCoded(field + ".places[" + i + "]", places.get(i), CodedText.PLACE);
      findings.check(
          i == 0 || !places.get(i).equals(places.get(i - 1)),
          field + ".places[" + i + "]",
          "repeats the place before it");
    }
  }

  private void firearm(String field, Firearm firearm) {
    findings.known(field, firearm);
    findings.line(field + ".make", firearm.getMake(), 100);
    findings.line(field + ".model", firearm.getModel(), 100);
    findings.line(field + ".calibre", firearm.getCalibre(), 40);
    findings.line(field + ".serial", firearm.getSerial(), 40);
    findings.check(
        !(firearm.getMake() + firearm.getModel() + firearm.getCalibre() + firearm.getSerial())
            .isBlank(),
        field,
        "must have a make, a model, a calibre or a serial number");
  }

  private void cargoReference(String field, CargoReference reference) {
    findings.known(field, reference);
    findings.requiredCoded(field + ".number", reference.getNumber(), CodedText.SAFE_NUMBER);
    findings.coded(field + ".country", reference.getCountry(), CodedText.COUNTRY);
  }

  private void unquoted(String field, String text, CodedText kind) {
    findings.check(kind.valid(text), field, "must be " + kind.form());
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
        "must be " + CodedText.PARTIAL_DATE.form());
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
