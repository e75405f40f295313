package org.entente.gateway.cli.text;

import com.google.protobuf.Descriptors.FieldDescriptor;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.entente.gateway.model.EnumNames;
import org.entente.proto.v1.Aircraft;
import org.entente.proto.v1.CargoReference;
import org.entente.proto.v1.Commodity;
import org.entente.proto.v1.Company;
import org.entente.proto.v1.Firearm;
import org.entente.proto.v1.Person;
import org.entente.proto.v1.Plate;
import org.entente.proto.v1.Right;
import org.entente.proto.v1.Subject;

/** Text lines about the subjects of a message, one each. */
public final class SubjectText {
  private SubjectText() {}

  public static List<String> lines(List<Subject> subjects) {
    return subjects.stream().map(SubjectText::line).toList();
  }

  /** The kind of a subject and its fields. */
  static String line(Subject subject) {
    return switch (subject.getSubjectCase()) {
      case VESSEL -> "vessel IMO " + subject.getVessel();
      case COMMODITY -> line(subject.getCommodity());
      case COMPANY -> line(subject.getCompany());
      case PERSON -> line(subject.getPerson());
      case VEHICLE -> "vehicle VIN " + subject.getVehicle();
      case RIGHT -> line(subject.getRight());
      case AIRCRAFT -> line(subject.getAircraft());
      case PLATE -> line(subject.getPlate());
      case ROUTE -> "route " + String.join(" - ", subject.getRoute().getPlacesList());
      case FIREARM -> line(subject.getFirearm());
      case CARGO_REFERENCE -> line(subject.getCargoReference());
      case SUBJECT_NOT_SET -> "subject of a kind unknown to this release";
      default -> plain(subject);
    };
  }

  /** A subject that is one text, under the name of its field. */
  private static String plain(Subject subject) {
    FieldDescriptor field =
        Subject.getDescriptor().findFieldByNumber(subject.getSubjectCase().getNumber());
    return field.getName().replace('_', ' ') + " " + subject.getField(field);
  }

  /** The non-empty parts, separated by commas. */
  private static String said(String kind, String... parts) {
    return Stream.of(parts)
        .filter(part -> !part.isEmpty())
        .collect(Collectors.joining(", ", kind + " ", ""));
  }

  private static String with(String word, String value) {
    return value.isEmpty() ? "" : word + " " + value;
  }

  private static String pair(String value, String unit) {
    return value.isEmpty() ? "" : (value + " " + unit).strip();
  }

  private static String line(Commodity goods) {
    return said(
        "goods",
        goods.getDescription(),
        with("HS", goods.getHsCode()),
        with("brand", goods.getBrand()),
        with("made in", goods.getOriginCountry()),
        with("batch", goods.getBatch()),
        pair(goods.getQuantity(), goods.getUnit()),
        pair(goods.getValue(), goods.getCurrency()));
  }

  private static String line(Company company) {
    String status = EnumNames.word(company.getAeoStatus());
    return said(
        "company",
        company.getName(),
        with("LEI", company.getLei()),
        company.getCountry(),
        company.getAeoStatusValue() == 0 ? "" : "authorised operator: " + status,
        company.getAeoNumber());
  }

  private static String line(Person person) {
    return said(
        "person " + EnumNames.word(person.getRole()),
        person.getFamilyName(),
        person.getGivenNames(),
        with("born", person.getBirthDate()),
        with("document", person.getDocument()),
        person.getNationality());
  }

  private static String line(Right right) {
    return said(
        "right",
        right.getType(),
        with("of", right.getHolder()),
        with("no.", right.getRecordation()));
  }

  private static String line(Aircraft aircraft) {
    return said(
        "aircraft", aircraft.getRegistration(), with("ICAO address", aircraft.getIcaoAddress()));
  }

  private static String line(Plate plate) {
    return "plate " + plate.getIssuer() + " " + plate.getNumber();
  }

  private static String line(Firearm firearm) {
    return said(
        "firearm",
        firearm.getMake(),
        firearm.getModel(),
        with("calibre", firearm.getCalibre()),
        with("serial", firearm.getSerial()));
  }

  private static String line(CargoReference reference) {
    return said("advance cargo information", reference.getNumber(), reference.getCountry());
  }
}
