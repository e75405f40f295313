package org.entente.gateway.policy.subject;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
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

  private static Body about(Subject.Builder... subjects) {
    Alert.Builder alert = Alert.newBuilder();
    for (Subject.Builder subject : subjects) {
      alert.addSubjects(subject);
    }
    return Body.newBuilder().setAlert(alert).build();
  }

  private static void assertTerms(List<String> terms, Subject.Builder subject) {
    assertEquals(terms, SubjectTerms.of(Label.getDefaultInstance(), about(subject)));
  }

  @Test
  void meansOfTransportMoneyAndArms_areFoundHoweverTheyAreWritten() {
    Subject.Builder aircraft = Subject.newBuilder();
    aircraft.getAircraftBuilder().setRegistration("F-GSPS").setIcaoAddress("3944EF");
    assertTerms(List.of("aircraft:FGSPS", "aircraft:3944EF"), aircraft);
    Subject.Builder plate = Subject.newBuilder();
    plate.getPlateBuilder().setNumber("7-abc 123").setIssuer("US-CA");
    assertTerms(List.of("plate:US/7ABC123", "plate:USCA/7ABC123"), plate);
    plate.getPlateBuilder().setNumber("AB-123-CD").setIssuer("FR");
    assertTerms(List.of("plate:FR/AB123CD"), plate);
    assertEquals("plate:FR/AB123CD", SubjectTerms.parse("plate:fr/ab 123 cd"));
    Subject.Builder firearm = Subject.newBuilder();
    firearm.getFirearmBuilder().setMake("Česká zbrojovka").setModel("75").setSerial("B-12345");
    assertTerms(List.of("firearm:B12345", "firearm:CESKAZBROJOVKA/B12345"), firearm);
    assertEquals("firearm:B12345", SubjectTerms.parse("firearm:b 12345"));
    assertTerms(List.of("phone:442071838750"), Subject.newBuilder().setPhone("+442071838750"));
    assertEquals("phone:442071838750", SubjectTerms.parse("phone:+44 20 7183 8750"));
    assertTerms(
        List.of("account:GB29NWBK60161331926819"),
        Subject.newBuilder().setAccount("GB29NWBK60161331926819"));
    assertTerms(List.of("seal:MLCA0012345"), Subject.newBuilder().setSeal("MLCA-0012345"));
    Subject.Builder cargo = Subject.newBuilder();
    cargo.getCargoReferenceBuilder().setNumber("24FRENS-1").setCountry("FR");
    assertTerms(List.of("cargo_reference:24FRENS1"), cargo);
    Subject.Builder company = Subject.newBuilder();
    company.getCompanyBuilder().setAeoNumber("FRAEOF00000123");
    assertTerms(List.of("aeo:FRAEOF00000123"), company);
  }

  @Test
  void goodsAndPlaces_areFoundInTraffic_andAreNoSubjectsOfTheLedger() {
    Subject.Builder goods = Subject.newBuilder();
    goods.getCommodityBuilder().setBrand("Voltara®").setHsCode("640299");
    Subject.Builder route = Subject.newBuilder();
    route.getRouteBuilder().addPlaces("CNSHA").addPlaces("FRLEH");
    Body body = about(goods, route, Subject.newBuilder().setPlace("DEHAM"));
    assertEquals(List.of(), SubjectTerms.of(Label.getDefaultInstance(), body));
    assertEquals(
        List.of(
            "brand:VOLTARA",
            "hs:64",
            "hs:640",
            "hs:6402",
            "hs:64029",
            "hs:640299",
            "place:CNSHA",
            "place:FRLEH",
            "place:DEHAM",
            "route:CNSHA/FRLEH"),
        IndexTerms.of(Label.getDefaultInstance(), body));
    assertEquals("hs:6402", IndexTerms.parse("hs:64.02"));
    assertEquals("brand:VOLTARA", IndexTerms.parse("brand: voltara"));
    assertEquals("container:CSQU3054383", IndexTerms.parse("container:csqu 305438-3"));
    for (String wrong : List.of("hs:6", "hs:shoes", "brand:", "x:y", "place:" + "x".repeat(500))) {
      assertThrows(InvalidValue.class, () -> IndexTerms.parse(wrong), wrong);
    }
    assertThrows(InvalidValue.class, () -> SubjectTerms.parse("brand:Voltara"));
  }

  /** A search for what no message can have would always find nothing. */
  @Test
  void identifiersThatCannotExist_areRefused_withTheirForm() {
    for (String wrong :
        List.of(
            "container:CSQU3054384",
            "declaration:26FR000000000000001",
            "bill_of_lading:" + "A".repeat(36),
            "air_waybill:12345678903",
            "consignment:" + "A".repeat(36),
            "vessel:9074720",
            "vehicle:WEN7ZZ1H5SG20441O",
            "lei:9845001ENTENTE011079",
            "aeo:" + "A".repeat(36),
            "aircraft:F",
            "plate:FRANCE/AB-123-CD",
            "phone:020 7183 8750",
            "account:GB29NWBK60161331926818",
            "seal:" + "A".repeat(36),
            "cargo_reference:" + "A".repeat(36),
            "person:Dupont/Marie/1980-13-01",
            "place:LEHAVRE")) {
      InvalidValue refused = assertThrows(InvalidValue.class, () -> IndexTerms.parse(wrong), wrong);
      String told = String.valueOf(refused.getMessage());
      String scheme = wrong.substring(0, wrong.indexOf(':'));
      assertTrue(told.contains(scheme) || told.contains("birth date"), told);
    }
    String account = "GB29NWBK60161331926818";
    assertFalse(
        String.valueOf(
                assertThrows(InvalidValue.class, () -> SubjectTerms.parse("account:" + account))
                    .getMessage())
            .contains(account));
  }

  /** Watches are listed as terms: what is listed can be watched for again. */
  @Test
  void terms_canBeReadAgain() {
    for (String term :
        List.of(
            "container:CSQU3054383",
            "plate:USCA/7ABC123",
            "phone:442071838750",
            "person:DUPONT/MARIE/19800201",
            "person:DUPONT/MARIE/198002",
            "person:DUPONT/MARIE/1980",
            "aircraft:3C6444")) {
      assertEquals(term, IndexTerms.parse(term));
    }
  }

  private static Subject.Builder route(String... places) {
    Subject.Builder route = Subject.newBuilder();
    route.getRouteBuilder().addAllPlaces(List.of(places));
    return route;
  }

  private static List<String> routeTerms(Subject.Builder... subjects) {
    return IndexTerms.of(Label.getDefaultInstance(), about(subjects)).stream()
        .filter(term -> term.startsWith("route:"))
        .toList();
  }

  @Test
  void route_isFoundWhole_andByStretchesInItsOwnDirection() {
    assertEquals(
        List.of(
            "route:CNSHA/SGSIN/EGSUZ/NLRTM/FRLEH",
            "route:CNSHA/SGSIN",
            "route:CNSHA/SGSIN/EGSUZ",
            "route:CNSHA/SGSIN/EGSUZ/NLRTM",
            "route:SGSIN/EGSUZ",
            "route:SGSIN/EGSUZ/NLRTM",
            "route:SGSIN/EGSUZ/NLRTM/FRLEH",
            "route:EGSUZ/NLRTM",
            "route:EGSUZ/NLRTM/FRLEH",
            "route:NLRTM/FRLEH"),
        routeTerms(route("CNSHA", "SGSIN", "EGSUZ", "NLRTM", "FRLEH")));
    assertEquals(List.of("route:FRLEH/CNSHA"), routeTerms(route("FRLEH", "CNSHA")));
    assertEquals(
        List.of("route:CNSHA/FRLEH", "route:FRLEH/CNSHA"),
        IndexTerms.routes(
            about(route("CNSHA", "FRLEH"), route("FRLEH", "CNSHA"), route("CNSHA", "FRLEH"))));
  }

  @Test
  void route_ofAJointOperation_isFoundToo() {
    Body.Builder update = Body.newBuilder();
    update.getOperationUpdateBuilder().addReportsBuilder().addSubjects(route("CNSHA", "FRLEH"));
    assertEquals(List.of("route:CNSHA/FRLEH"), IndexTerms.routes(update.build()));
    assertEquals(
        List.of("place:CNSHA", "place:FRLEH", "route:CNSHA/FRLEH"),
        IndexTerms.of(Label.getDefaultInstance(), update.build()));
  }

  /** A received body is bounded; what is kept in memory of it must be, too. */
  @Test
  void longestRoute_hasTermsInProportionToItsPlaces() {
    String[] places = new String[64];
    for (int i = 0; i < places.length; i++) {
      places[i] = "FR" + (char) ('A' + i / 26) + (char) ('A' + i % 26) + "A";
    }
    List<String> terms = routeTerms(route(places));
    assertEquals(63 + 62 + 61 + 1, terms.size());
    assertEquals("route:" + String.join("/", places), terms.get(0));
    assertEquals(terms.get(0), IndexTerms.parse("route:" + String.join("/", places)));
  }

  /** Nor can a member fill the index with many. */
  @Test
  void manyRoutes_areAllFoundWhole_andTheFirstByStretches() {
    Subject.Builder[] routes = new Subject.Builder[256];
    for (int i = 0; i < routes.length; i++) {
      String code = "FR" + (char) ('A' + i / 26) + (char) ('A' + i % 26);
      routes[i] = route(code + "A", code + "B", code + "C");
    }
    List<String> terms = routeTerms(routes);
    assertEquals(16 * 3 + 240, terms.size());
    assertTrue(terms.contains("route:FRAPA/FRAPB"), "a stretch of the sixteenth");
    assertTrue(terms.contains("route:FRJVA/FRJVB/FRJVC"), "the last one, whole");
  }

  /** Nor does a message with the most and longest routes hold more than a bounded part of it. */
  @Test
  void termsOfAMessage_inAnIndex_areBounded_andItsIdentifiersAreAmongThem() {
    List<Subject.Builder> subjects = new ArrayList<>();
    for (int i = 0; i < 255; i++) {
      String[] places = new String[64];
      for (int j = 0; j < places.length; j++) {
        places[j] = "FR" + (char) ('A' + i / 26) + (char) ('A' + i % 26) + (char) ('A' + j % 26);
      }
      subjects.add(route(places));
    }
    subjects.add(Subject.newBuilder().setContainer("CSQU3054383"));
    Body body = about(subjects.toArray(new Subject.Builder[0]));
    List<String> all = IndexTerms.of(Label.getDefaultInstance(), body);
    List<String> indexed = IndexTerms.indexed(Label.getDefaultInstance(), body);
    assertTrue(all.size() > IndexTerms.MOST_TERMS, "" + all.size());
    assertEquals(all.subList(0, indexed.size()), indexed);
    assertTrue(indexed.size() <= IndexTerms.MOST_TERMS, "" + indexed.size());
    assertTrue(
        indexed.stream().mapToInt(String::length).sum() <= IndexTerms.MOST_CHARACTERS,
        "all its terms together");
    assertTrue(indexed.contains("container:CSQU3054383"), "" + indexed);
  }

  @Test
  void route_thatIsNone_hasNoTerm_andIsRefusedInAQuestion() {
    assertEquals(List.of(), routeTerms(route("CNSHA"), route()));
    assertEquals("route:CNSHA/FRLEH", IndexTerms.parse("route: cn sha / fr-leh"));
    String tooMany = "CNSHA/FRLEH/".repeat(32) + "CNSHA";
    for (String wrong :
        List.of(
            "",
            "CNSHA",
            "CNSHA/",
            "/CNSHA",
            "CNSHA//FRLEH",
            "CNSHA>FRLEH",
            "Le Havre/x",
            tooMany)) {
      InvalidValue refused =
          assertThrows(InvalidValue.class, () -> IndexTerms.parse("route:" + wrong), wrong);
      assertTrue(String.valueOf(refused.getMessage()).contains("CNSHA/SGSIN/FRLEH"), wrong);
    }
    assertThrows(InvalidValue.class, () -> SubjectTerms.parse("route:CNSHA/FRLEH"));
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
            "plate:AB123CD",
            "plate:FR/",
            "plate:FR/A/B",
            "firearm:A/B/C",
            "firearm:/1",
            "case:" + "x".repeat(500))) {
      InvalidValue refused =
          assertThrows(InvalidValue.class, () -> SubjectTerms.parse(wrong), wrong);
      assertTrue(!String.valueOf(refused.getMessage()).isEmpty());
    }
  }

  @Test
  void ascii_isReadAsAnyOtherText() {
    StringBuilder all = new StringBuilder();
    for (char c = 0; c < 0x80; c++) {
      all.append(c);
    }
    assertEquals(SubjectTerms.plain(all + "\u00e9"), SubjectTerms.plain(all.toString()) + "E");
    assertEquals("", SubjectTerms.plain(""));
  }
}
