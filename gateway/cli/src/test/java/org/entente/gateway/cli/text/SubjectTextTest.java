package org.entente.gateway.cli.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.List;
import java.util.TreeSet;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.gateway.cli.message.OpenCommand;
import org.entente.gateway.policy.subject.IndexTerms;
import org.entente.gateway.testkit.RequestSamples;
import org.entente.proto.v1.AeoStatus;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Commodity;
import org.entente.proto.v1.Company;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Person;
import org.entente.proto.v1.PersonRole;
import org.entente.proto.v1.Request;
import org.entente.proto.v1.Subject;
import org.entente.proto.v1.Wanted;
import org.junit.jupiter.api.Test;

/** Subjects as people type them and as they are shown. */
class SubjectTextTest {
  private static final List<String> WORDS =
      List.of(
          "container:CSQU3054383",
          "declaration:26FR000000000000A1",
          "bill_of_lading:ENLN2604",
          "air_waybill:05712345675",
          "consignment:6FR123",
          "vessel:9876103",
          "place:FRLEH",
          "vehicle:WEN7ZZ1H5SG204417",
          "recordation:AFA-1",
          "company:Garage Dupont",
          "lei:9845001ENTENTE011078",
          "document:12AB34567",
          "person:DUPONT/JEAN/1988-01-02",
          "aircraft:F-GSPS",
          "aircraft:3C6444",
          "plate:FR/AB-123-CD",
          "route:CNSHA/SGSIN/FRLEH",
          "phone:+33145678901",
          "account:FR1420041010050500013M02606",
          "firearm:GLOCK/ABC123",
          "seal:SGL123456",
          "cargo_reference:ACI-1",
          "brand:Maison Delorme",
          "hs:420221");

  /** Whoever asks by a word can be found by that word, and reads it again. */
  @Test
  void word_isFoundBySearchOfTheSameWord_andShown() {
    for (String word : WORDS) {
      Subject subject = SubjectParser.of(word, PersonRole.PERSON_ROLE_SUSPECT);
      Body body = Body.newBuilder().setRequest(Request.newBuilder().addSubjects(subject)).build();
      assertTrue(
          IndexTerms.of(Label.getDefaultInstance(), body).contains(IndexTerms.parse(word)), word);
      String line = SubjectText.line(subject);
      String[] values = word.substring(word.indexOf(':') + 1).split("/", -1);
      for (String value : values) {
        assertTrue(line.contains(value), word + ": " + line);
      }
    }
  }

  @Test
  void words_areOfEveryKindOfSubject() {
    TreeSet<String> kinds = new TreeSet<>();
    WORDS.forEach(
        word ->
            kinds.add(
                SubjectParser.of(word, PersonRole.PERSON_ROLE_OTHER).getSubjectCase().name()));
    for (Subject.SubjectCase kind : Subject.SubjectCase.values()) {
      assertEquals(
          kind != Subject.SubjectCase.SUBJECT_NOT_SET, kinds.contains(kind.name()), kind::name);
    }
  }

  @Test
  void wordOfAnotherForm_isRefusedSayingWhatIsValid() {
    for (String word :
        List.of("plate:AB-123-CD", "firearm:a/b/c", "person:x", "ship:9876103", "x")) {
      CommandFailure refused =
          assertThrows(
              CommandFailure.class, () -> SubjectParser.of(word, PersonRole.PERSON_ROLE_OTHER));
      assertTrue(String.valueOf(refused.getMessage()).startsWith("--subject: "), word);
    }
  }

  @Test
  void parts_areNamed_andThoseThatAreMissingLeftOut() {
    assertEquals(
        "goods Handbags, HS 420221, brand Delorme, 4200 C62, 90000 EUR",
        SubjectText.line(
            Subject.newBuilder()
                .setCommodity(
                    Commodity.newBuilder()
                        .setDescription("Handbags")
                        .setHsCode("420221")
                        .setBrand("Delorme")
                        .setQuantity("4200")
                        .setUnit("C62")
                        .setValue("90000")
                        .setCurrency("EUR"))
                .build()));
    assertEquals(
        "company Garage, FR, authorised operator: SUSPENDED, FRAEOC1",
        SubjectText.line(
            Subject.newBuilder()
                .setCompany(
                    Company.newBuilder()
                        .setName("Garage")
                        .setCountry("FR")
                        .setAeoStatus(AeoStatus.AEO_STATUS_SUSPENDED)
                        .setAeoNumber("FRAEOC1"))
                .build()));
    assertEquals(
        "person VICTIM Eksempel, Alex",
        SubjectText.line(
            Subject.newBuilder()
                .setPerson(
                    Person.newBuilder()
                        .setRole(PersonRole.PERSON_ROLE_VICTIM)
                        .setFamilyName("Eksempel")
                        .setGivenNames("Alex"))
                .build()));
  }

  /** Who is asked reads by when, what may be said, and about whom; a reminder asks nothing. */
  @Test
  void request_isShownWithItsTimeAndItsSubjects() {
    Request request =
        RequestSamples.request(Wanted.WANTED_HIT_NO_HIT, Instant.parse("2030-03-05T12:00:00Z"))
            .getRequest()
            .toBuilder()
            .clearSubjects()
            .addSubjects(SubjectParser.of("plate:FR/AB-123-CD", PersonRole.PERSON_ROLE_OTHER))
            .setResponder("seizures")
            .build();
    List<String> lines = OpenCommand.texts(Body.newBuilder().setRequest(request).build());
    assertEquals(
        List.of(
            request.getQuestion(),
            "asks only whether anything is known, by 2030-03-05T12:00:00Z, of seizures",
            "plate FR AB-123-CD"),
        lines);
    Request reminder = request.toBuilder().setReminder(true).build();
    assertFalse(
        OpenCommand.texts(Body.newBuilder().setRequest(reminder).build()).stream()
            .anyMatch(line -> line.startsWith("asks ")));
  }
}
