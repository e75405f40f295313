package org.entente.gateway.cli.text;

import com.google.protobuf.Descriptors.FieldDescriptor;
import java.util.List;
import java.util.regex.Pattern;
import org.entente.gateway.cli.failure.UsageError;
import org.entente.gateway.model.NameSuggestion;
import org.entente.proto.v1.Aircraft;
import org.entente.proto.v1.CargoReference;
import org.entente.proto.v1.Commodity;
import org.entente.proto.v1.Company;
import org.entente.proto.v1.Firearm;
import org.entente.proto.v1.Person;
import org.entente.proto.v1.PersonRole;
import org.entente.proto.v1.Plate;
import org.entente.proto.v1.Right;
import org.entente.proto.v1.Route;
import org.entente.proto.v1.Subject;

/** Parser of subjects given as {@code scheme:value}, with the schemes of searches. */
public final class SubjectParser {
  private static final List<String> SCHEMES =
      List.of(
          "container",
          "declaration",
          "bill_of_lading",
          "air_waybill",
          "consignment",
          "vessel",
          "place",
          "vehicle",
          "recordation",
          "company",
          "lei",
          "document",
          "person",
          "aircraft",
          "plate",
          "route",
          "phone",
          "account",
          "firearm",
          "seal",
          "cargo_reference",
          "brand",
          "hs");

  /** A 24-bit ICAO address; any other value of an aircraft is its registration. */
  private static final Pattern ICAO_ADDRESS = Pattern.compile("[0-9A-F]{6}");

  private SubjectParser() {}

  /**
   * The subject; the gateway checks identifiers.
   *
   * @param role role of a person
   * @throws UsageError naming the valid forms
   */
  public static Subject of(String word, PersonRole role) {
    int colon = word.indexOf(':');
    String scheme = colon < 0 ? "" : word.substring(0, colon);
    String value = word.substring(colon + 1);
    Subject.Builder out = Subject.newBuilder();
    return switch (scheme) {
      case "recordation" -> out.setRight(Right.newBuilder().setRecordation(value)).build();
      case "company" -> out.setCompany(Company.newBuilder().setName(value)).build();
      case "lei" -> out.setCompany(Company.newBuilder().setLei(value)).build();
      case "document" ->
          out.setPerson(Person.newBuilder().setRole(role).setDocument(value)).build();
      case "person" -> out.setPerson(person(value).setRole(role)).build();
      case "aircraft" -> out.setAircraft(aircraft(value)).build();
      case "plate" -> out.setPlate(plate(value)).build();
      case "route" -> out.setRoute(Route.newBuilder().addAllPlaces(parts(value))).build();
      case "firearm" -> out.setFirearm(firearm(value)).build();
      case "cargo_reference" ->
          out.setCargoReference(CargoReference.newBuilder().setNumber(value)).build();
      case "brand" -> out.setCommodity(Commodity.newBuilder().setBrand(value)).build();
      case "hs" -> out.setCommodity(Commodity.newBuilder().setHsCode(value)).build();
      default -> {
        FieldDescriptor field = Subject.getDescriptor().findFieldByName(scheme);
        if (field == null || field.getType() != FieldDescriptor.Type.STRING) {
          throw unknown(word, scheme);
        }
        yield out.setField(field, value).build();
      }
    };
  }

  private static UsageError unknown(String word, String scheme) {
    return new UsageError(
        "--subject: "
            + TerminalText.printable(word)
            + " is not SCHEME:VALUE, such as container:CSQU3054383; its scheme "
            + NameSuggestion.noneOf(scheme, SCHEMES));
  }

  private static Person.Builder person(String value) {
    List<String> parts = List.of(value.split("/", -1));
    if (parts.size() < 2 || parts.size() > 3) {
      throw new UsageError("--subject: a person is FAMILY/GIVEN or FAMILY/GIVEN/BIRTH-DATE");
    }
    Person.Builder out =
        Person.newBuilder().setFamilyName(parts.get(0)).setGivenNames(parts.get(1));
    return parts.size() == 3 ? out.setBirthDate(parts.get(2)) : out;
  }

  private static List<String> parts(String value) {
    return List.of(value.split("/", -1));
  }

  private static Aircraft aircraft(String value) {
    return ICAO_ADDRESS.matcher(value).matches()
        ? Aircraft.newBuilder().setIcaoAddress(value).build()
        : Aircraft.newBuilder().setRegistration(value).build();
  }

  private static Plate plate(String value) {
    List<String> parts = parts(value);
    if (parts.size() != 2) {
      throw new UsageError("--subject: a plate is ISSUER/NUMBER, such as FR/AB-123-CD");
    }
    return Plate.newBuilder().setIssuer(parts.get(0)).setNumber(parts.get(1)).build();
  }

  private static Firearm firearm(String value) {
    List<String> parts = parts(value);
    if (parts.size() > 2) {
      throw new UsageError("--subject: a firearm is SERIAL or MAKE/SERIAL");
    }
    Firearm.Builder out = Firearm.newBuilder().setSerial(parts.get(parts.size() - 1));
    return parts.size() == 2 ? out.setMake(parts.get(0)).build() : out.build();
  }
}
