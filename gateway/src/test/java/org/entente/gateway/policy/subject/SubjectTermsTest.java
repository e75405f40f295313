package org.entente.gateway.policy.subject;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.entente.gateway.model.InvalidValue;
import org.entente.proto.v1.Alert;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Company;
import org.entente.proto.v1.Intelligence;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Person;
import org.entente.proto.v1.Subject;
import org.junit.jupiter.api.Test;

class SubjectTermsTest {
  private static Subject person(String family, String given, String birth, String document) {
    return Subject.newBuilder()
        .setPerson(
            Person.newBuilder()
                .setFamilyName(family)
                .setGivenNames(given)
                .setBirthDate(birth)
                .setDocument(document))
        .build();
  }

  @Test
  void messageAboutPersonsAndThings_isFoundByEach() {
    Body body =
        Body.newBuilder()
            .setAlert(
                Alert.newBuilder()
                    .addSubjects(person("Müller-Lüdenscheidt", "Änne", "1980-02-01", "C01X 00T47"))
                    .addSubjects(Subject.newBuilder().setContainer("CSQU3054383"))
                    .addSubjects(Subject.newBuilder().setPlace("DEHAM")))
            .build();
    Label label = Label.newBuilder().setCaseRef("4 Js 12/26").build();
    assertEquals(
        List.of(
            "case:4JS1226",
            "document:C01X00T47",
            "person:MULLERLUDENSCHEIDT/ANNE",
            "person:MULLERLUDENSCHEIDT/ANNE/19800201",
            "container:CSQU3054383"),
        SubjectTerms.of(label, body));
    Body report =
        Body.newBuilder()
            .setIntelligence(
                Intelligence.newBuilder()
                    .addSubjects(
                        Subject.newBuilder()
                            .setCompany(Company.newBuilder().setName("Voltara Energy B.V."))))
            .build();
    assertEquals(
        List.of("company:VOLTARAENERGYBV"), SubjectTerms.of(Label.getDefaultInstance(), report));
  }

  @Test
  void question_isSpelledLikeTheMessage() {
    assertEquals(
        "person:MULLERLUDENSCHEIDT/ANNE/19800201",
        SubjectTerms.parse("person:müller lüdenscheidt/ÄNNE/1980-02-01"));
    assertEquals("person:OBRIEN/", SubjectTerms.parse("person:O'Brien/"));
    assertEquals("document:C01X00T47", SubjectTerms.parse("document: c01x-00t47 "));
  }

  @Test
  void questionInAnotherForm_isRefusedWithWhatWouldBeValid() {
    for (String wrong :
        List.of(
            "",
            "x",
            "x:y",
            "person:Dupont",
            "person:/",
            "person:a/b/c/d",
            "person:a/b/",
            "document:",
            "document:--",
            "case:" + "x".repeat(500))) {
      InvalidValue refused =
          assertThrows(InvalidValue.class, () -> SubjectTerms.parse(wrong), wrong);
      assertTrue(!String.valueOf(refused.getMessage()).isEmpty());
    }
  }
}
