package org.entente.gateway.cli;

import java.util.List;
import org.entente.proto.v1.Company;
import org.entente.proto.v1.Person;
import org.entente.proto.v1.PersonRole;
import org.entente.proto.v1.Right;
import org.entente.proto.v1.Subject;

/** A subject as people type it: {@code scheme:value}, the schemes being those of searches. */
final class SubjectWord {
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
          "person");

  private SubjectWord() {}

  /**
   * The subject; the gateway checks identifiers.
   *
   * @param role the part that a person plays
   * @throws WrongCall saying what would be valid
   */
  static Subject of(String word, PersonRole role) {
    int colon = word.indexOf(':');
    String scheme = colon < 0 ? "" : word.substring(0, colon);
    String value = word.substring(colon + 1);
    Subject.Builder out = Subject.newBuilder();
    return switch (scheme) {
      case "container" -> out.setContainer(value).build();
      case "declaration" -> out.setDeclaration(value).build();
      case "bill_of_lading" -> out.setBillOfLading(value).build();
      case "air_waybill" -> out.setAirWaybill(value).build();
      case "consignment" -> out.setConsignment(value).build();
      case "vessel" -> out.setVessel(value).build();
      case "place" -> out.setPlace(value).build();
      case "vehicle" -> out.setVehicle(value).build();
      case "recordation" -> out.setRight(Right.newBuilder().setRecordation(value)).build();
      case "company" -> out.setCompany(Company.newBuilder().setName(value)).build();
      case "lei" -> out.setCompany(Company.newBuilder().setLei(value)).build();
      case "document" ->
          out.setPerson(Person.newBuilder().setRole(role).setDocument(value)).build();
      case "person" -> out.setPerson(person(value).setRole(role)).build();
      default ->
          throw new WrongCall(
              "--subject: " + Screen.printable(word) + " is not scheme:value of " + SCHEMES);
    };
  }

  private static Person.Builder person(String value) {
    List<String> parts = List.of(value.split("/", -1));
    if (parts.size() < 2 || parts.size() > 3) {
      throw new WrongCall("--subject: a person is FAMILY/GIVEN or FAMILY/GIVEN/BIRTH-DATE");
    }
    Person.Builder out =
        Person.newBuilder().setFamilyName(parts.get(0)).setGivenNames(parts.get(1));
    return parts.size() == 3 ? out.setBirthDate(parts.get(2)) : out;
  }
}
