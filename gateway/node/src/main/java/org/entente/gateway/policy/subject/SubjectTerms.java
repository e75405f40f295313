package org.entente.gateway.policy.subject;

import java.text.Normalizer;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.NameSuggestion;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Company;
import org.entente.proto.v1.Firearm;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.OperationUpdate;
import org.entente.proto.v1.Person;
import org.entente.proto.v1.Plate;
import org.entente.proto.v1.Subject;

/**
 * Subject terms, by which exchanges about a person or thing are looked up: texts of the form {@code
 * scheme:value}, normalised from the spellings in messages.
 *
 * <pre>
 *   person:FAMILY/GIVEN            person:FAMILY/GIVEN/BIRTH-DATE      document:NUMBER
 *   company:NAME   lei:LEI         container:   declaration:   bill_of_lading:   air_waybill:
 *   consignment:   vessel:         vehicle:     recordation:   case:REFERENCE
 *   aircraft:REGISTRATION or ICAO ADDRESS       plate:ISSUER/NUMBER      phone:    account:IBAN
 *   firearm:SERIAL or MAKE/SERIAL   seal:       cargo_reference:         aeo:NUMBER
 * </pre>
 *
 * Letters lose case and diacritics; characters that are neither letter nor digit are removed. A
 * different spelling of a value (transliterated, or with a typing error) is a different term. Pure.
 */
public final class SubjectTerms {
  private static final Pattern MARKS = Pattern.compile("\\p{M}+");
  private static final Pattern OTHERS = Pattern.compile("[^\\p{L}\\p{N}]+");
  static final Set<String> SCHEMES =
      Set.of(
          "person",
          "document",
          "company",
          "lei",
          "container",
          "declaration",
          "bill_of_lading",
          "air_waybill",
          "consignment",
          "vessel",
          "vehicle",
          "recordation",
          "aircraft",
          "plate",
          "phone",
          "account",
          "firearm",
          "seal",
          "cargo_reference",
          "aeo",
          "case");
  static final int MAX_TERM = 500;

  /** Subjects that cost as much as a message. */
  private static final int SUBJECTS_A_MESSAGE = 2;

  /** Most terms of a subject. */
  private static final int TERMS_A_SUBJECT = 3;

  /** Schemes of coded identifiers, which must be valid to occur in a message. */
  private static final Map<String, CodedText> CODED =
      Map.ofEntries(
          Map.entry("container", CodedText.CONTAINER),
          Map.entry("declaration", CodedText.MRN),
          Map.entry("bill_of_lading", CodedText.BILL_OF_LADING),
          Map.entry("air_waybill", CodedText.AIR_WAYBILL),
          Map.entry("consignment", CodedText.UCR),
          Map.entry("vessel", CodedText.VESSEL),
          Map.entry("vehicle", CodedText.VIN),
          Map.entry("lei", CodedText.LEI),
          Map.entry("aeo", CodedText.SAFE_NUMBER),
          Map.entry("aircraft", CodedText.AIRCRAFT_REGISTRATION),
          Map.entry("seal", CodedText.SEAL),
          Map.entry("cargo_reference", CodedText.SAFE_NUMBER),
          Map.entry("account", CodedText.IBAN));

  /** Numbers that may belong to a natural person; errors do not quote them. */
  private static final Set<String> UNQUOTED = Set.of("account", "phone");

  private static final Pattern ISSUER = Pattern.compile("[A-Z]{2}[A-Z0-9]{0,3}");

  private SubjectTerms() {}

  /** The terms of a message, each once. */
  public static List<String> of(Label label, Body body) {
    Set<String> terms = new LinkedHashSet<>();
    add(terms, "case", label.getCaseRef());
    subjects(body).forEach(subject -> add(terms, subject));
    return List.copyOf(terms);
  }

  /**
   * What the subjects of a message cost beside it, in messages: each is up to three records of the
   * ledger.
   */
  public static int cost(Body body) {
    return subjects(body).size() / SUBJECTS_A_MESSAGE;
  }

  /** As many terms as a message has at most; no subject has more than a person. */
  public static int most(Body body) {
    return 1 + TERMS_A_SUBJECT * subjects(body).size();
  }

  /** The subjects of a message, in its order. */
  static List<Subject> subjects(Body body) {
    return switch (body.getContentCase()) {
      case ALERT -> body.getAlert().getSubjectsList();
      case INTELLIGENCE -> body.getIntelligence().getSubjectsList();
      case REQUEST -> body.getRequest().getSubjectsList();
      case ANSWER -> body.getAnswer().getSubjectsList();
      case OPERATION_UPDATE -> subjects(body.getOperationUpdate());
      default -> List.of();
    };
  }

  /** The subjects of an update of a joint operation. */
  public static List<Subject> subjects(OperationUpdate update) {
    return Stream.concat(
            update.getReportsList().stream().flatMap(it -> it.getSubjectsList().stream()),
            update.getOutcomesList().stream().flatMap(it -> it.getSubjectsList().stream()))
        .toList();
  }

  private static void add(Set<String> terms, Subject subject) {
    switch (subject.getSubjectCase()) {
      case CONTAINER -> add(terms, "container", subject.getContainer());
      case DECLARATION -> add(terms, "declaration", subject.getDeclaration());
      case BILL_OF_LADING -> add(terms, "bill_of_lading", subject.getBillOfLading());
      case AIR_WAYBILL -> add(terms, "air_waybill", subject.getAirWaybill());
      case CONSIGNMENT -> add(terms, "consignment", subject.getConsignment());
      case VESSEL -> add(terms, "vessel", subject.getVessel());
      case VEHICLE -> add(terms, "vehicle", subject.getVehicle());
      case RIGHT -> add(terms, "recordation", subject.getRight().getRecordation());
      case COMPANY -> add(terms, subject.getCompany());
      case PERSON -> add(terms, subject.getPerson());
      case AIRCRAFT -> {
        add(terms, "aircraft", subject.getAircraft().getRegistration());
        add(terms, "aircraft", subject.getAircraft().getIcaoAddress());
      }
      case PLATE -> add(terms, subject.getPlate());
      case PHONE -> add(terms, "phone", subject.getPhone());
      case ACCOUNT -> add(terms, "account", subject.getAccount());
      case FIREARM -> add(terms, subject.getFirearm());
      case SEAL -> add(terms, "seal", subject.getSeal());
      case CARGO_REFERENCE ->
          add(terms, "cargo_reference", subject.getCargoReference().getNumber());
      case PLACE, ROUTE, COMMODITY, SUBJECT_NOT_SET -> {
        // Ports and descriptions of goods are not looked up.
      }
    }
  }

  private static void add(Set<String> terms, Company company) {
    add(terms, "company", company.getName());
    add(terms, "lei", company.getLei());
    add(terms, "aeo", company.getAeoNumber());
  }

  private static void add(Set<String> terms, Plate plate) {
    String number = plain(plate.getNumber());
    if (!number.isEmpty()) {
      // Also indexed by the country alone: a person who reads a plate seldom sees which state
      // issued it.
      String issuer = plate.getIssuer();
      terms.add("plate:" + plain(issuer.substring(0, Math.min(2, issuer.length()))) + '/' + number);
      terms.add("plate:" + plain(issuer) + '/' + number);
    }
  }

  private static void add(Set<String> terms, Firearm firearm) {
    String serial = plain(firearm.getSerial());
    if (!serial.isEmpty()) {
      terms.add("firearm:" + serial);
      String make = plain(firearm.getMake());
      if (!make.isEmpty()) {
        terms.add("firearm:" + make + '/' + serial);
      }
    }
  }

  private static void add(Set<String> terms, Person person) {
    add(terms, "document", person.getDocument());
    String name = plain(person.getFamilyName()) + '/' + plain(person.getGivenNames());
    if (name.length() > 1) {
      terms.add("person:" + name);
      if (!person.getBirthDate().isEmpty()) {
        terms.add("person:" + name + '/' + plain(person.getBirthDate()));
      }
    }
  }

  static void add(Set<String> terms, String scheme, String value) {
    String plain = plain(value);
    if (!plain.isEmpty()) {
      terms.add(scheme + ':' + plain);
    }
  }

  /**
   * Parses an officer's search term.
   *
   * @throws InvalidValue saying what would be valid
   */
  public static String parse(String text) {
    return parse(text, SCHEMES.stream().sorted().toList());
  }

  static InvalidValue tooLong(String text) {
    return new InvalidValue(
        "a subject has at most %d characters; found %d".formatted(MAX_TERM, text.length()));
  }

  /** Parses a term; an error names these schemes as valid. */
  static String parse(String text, List<String> schemes) {
    int colon = text.indexOf(':');
    String scheme = colon < 0 ? "" : text.substring(0, colon);
    if (colon < 0) {
      throw new InvalidValue(
          "a subject is scheme:value, with a scheme of " + String.join(", ", schemes), text);
    }
    if (!SCHEMES.contains(scheme)) {
      throw new InvalidValue(
          "a subject is scheme:value; scheme \"%s\" %s"
              .formatted(InvalidValue.printable(scheme), NameSuggestion.noneOf(scheme, schemes)));
    }
    if (text.length() > MAX_TERM) {
      throw tooLong(text);
    }
    String value = text.substring(colon + 1);
    return switch (scheme) {
      case "person" -> person(value);
      case "plate" -> plate(value);
      case "firearm" -> parts("firearm", value, 1, 2, "a firearm is SERIAL or MAKE/SERIAL");
      case "phone" -> "phone:" + coded("phone", CodedText.PHONE, "+", value);
      default -> {
        CodedText kind = CODED.get(scheme);
        yield scheme + ':' + (kind == null ? required(value) : coded(scheme, kind, "", value));
      }
    };
  }

  /**
   * The term of an identifier that a message can contain.
   *
   * @param before the characters before it that are neither letter nor digit
   */
  static String coded(String scheme, CodedText kind, String before, String value) {
    String plain = required(value);
    if (!kind.valid(before + plain)) {
      throw new InvalidValue(scheme + " is " + kind.form(), UNQUOTED.contains(scheme) ? "" : value);
    }
    return plain;
  }

  private static String plate(String value) {
    String form = "a plate is ISSUER/NUMBER, such as FR/AB-123-CD";
    String term = parts("plate", value, 2, 2, form);
    String issuer = term.substring("plate:".length(), term.indexOf('/'));
    if (!ISSUER.matcher(issuer).matches()) {
      throw new InvalidValue(form + ", with the issuer as " + CodedText.JURISDICTION.form(), value);
    }
    return term;
  }

  private static String parts(String scheme, String value, int least, int most, String form) {
    List<String> parts = List.of(value.split("/", -1));
    if (parts.size() < least || parts.size() > most) {
      throw new InvalidValue(form, value);
    }
    return scheme
        + ':'
        + parts.stream().map(SubjectTerms::required).collect(Collectors.joining("/"));
  }

  private static String person(String value) {
    List<String> parts = List.of(value.split("/", -1));
    if (parts.size() < 2 || parts.size() > 3) {
      throw new InvalidValue("a person is FAMILY/GIVEN or FAMILY/GIVEN/BIRTH-DATE", value);
    }
    String name = plain(parts.get(0)) + '/' + plain(parts.get(1));
    if (name.length() == 1) {
      throw new InvalidValue("a person has a name", value);
    }
    return "person:" + name + (parts.size() == 3 ? '/' + birthDate(parts.get(2)) : "");
  }

  /** With hyphens or, as in terms, without. */
  private static String birthDate(String value) {
    String plain = required(value);
    StringBuilder date = new StringBuilder(plain);
    for (int at : new int[] {6, 4}) {
      if (at < date.length()) {
        date.insert(at, '-');
      }
    }
    if (!CodedText.PARTIAL_DATE.valid(date.toString())) {
      throw new InvalidValue("a birth date is " + CodedText.PARTIAL_DATE.form(), "");
    }
    return plain;
  }

  static String required(String value) {
    return Optional.of(plain(value))
        .filter(plain -> !plain.isEmpty())
        .orElseThrow(() -> new InvalidValue("a value must contain letters or digits", value));
  }

  static String plain(String value) {
    StringBuilder ascii = new StringBuilder(value.length());
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c >= 0x80) {
        return plainOfAny(value);
      }
      if (isAsciiLetterOrDigit(c)) {
        ascii.append(c >= 'a' && c <= 'z' ? (char) (c - 'a' + 'A') : c);
      }
    }
    return ascii.toString();
  }

  private static boolean isAsciiLetterOrDigit(char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  }

  /** The same of any text, of which most is ASCII. */
  private static String plainOfAny(String value) {
    String parted = Normalizer.normalize(value, Normalizer.Form.NFKD);
    String bare = OTHERS.matcher(MARKS.matcher(parted).replaceAll("")).replaceAll("");
    return bare.toUpperCase(Locale.ROOT);
  }
}
