package org.entente.gateway.bridge.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.entente.gateway.bridge.cap.CapImport;
import org.entente.gateway.bridge.cap.CapLines;
import org.entente.gateway.bridge.cap.CapWriter;
import org.entente.gateway.testkit.SharedFiles;
import org.entente.proto.v1.Alert;
import org.entente.proto.v1.Area;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Certainty;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Lane;
import org.entente.proto.v1.MessageType;
import org.entente.proto.v1.Severity;
import org.entente.proto.v1.Status;
import org.entente.proto.v1.Urgency;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The published CAP files under {@code config/mappings/cap.yaml}. */
class CapFilesTest {

  private static Path folder() {
    return SharedFiles.require("data/cap");
  }

  private static Draft draft(String file) {
    List<AlertItem> items = FeedFixture.all(folder().resolve(file), null);
    assertEquals(1, items.size());
    return FeedFixture.draft(items.get(0)).draft();
  }

  @Test
  void folder_withOneMalformedFile_reportsItAndGoesOn() {
    List<AlertItem> items = FeedFixture.all(folder(), null);

    assertEquals(4, items.size());
    assertEquals(3, items.stream().filter(AlertDraft.class::isInstance).count());
    BadRecord bad = FeedFixture.bad(items.get(2));
    assertTrue(bad.file().endsWith("invalid.cap"), bad.file());
    assertEquals(2, bad.line());
    assertEquals("alert/scope", bad.field());
    assertEquals("is required and missing", bad.message());
  }

  @Test
  void australia_blocksThatDifferInAreaOnly_shareOneText() {
    Draft draft = draft("australia.cap");

    Alert alert = draft.getBody().getAlert();
    assertEquals(1, alert.getTextsCount());
    assertEquals("en-AU", alert.getTexts(0).getLanguage());
    assertEquals("Yerong Creek Structure Fire", alert.getTexts(0).getHeadline());
    assertEquals("NSW Rural Fire Service", alert.getTexts(0).getSenderName());
    assertTrue(alert.getTexts(0).getDescription().contains("<br />LOCATION: 12 Cox Street"));
    assertEquals(2, alert.getAreasCount());
    assertEquals(List.of("-35.3888,147.0598 25.0"), alert.getAreas(0).getCirclesList());
    assertEquals(
        List.of("http://www.iso.org/iso/country_codes.html=AU-NSW"),
        alert.getAreas(0).getGeocodesList());
    assertEquals(
        List.of("http://www.psma.com.au/?product%3Dpostcode-boundaries=2642"),
        alert.getAreas(1).getGeocodesList());
    CapLines info = CapLines.read(alert.getExtraOrThrow("cap.info.0"), 100).orElseThrow();
    assertEquals(List.of("Fire", "Met"), info.all("category"));
    assertEquals("Forest", info.first("parameter.FuelType", ""));
    assertEquals("structure_fire", info.first("eventCode.non-standard secondary event code", ""));
    assertEquals(List.of("AU"), draft.getLabel().getJurisdictionsList());
    assertEquals(Lane.LANE_PRIORITY, draft.getLabel().getLane());
  }

  @Test
  void canada_twoLanguages_keepBothTextsAndTheirAreas() {
    Draft draft = draft("canada.cap");

    Label label = draft.getLabel();
    assertEquals(Status.STATUS_ACTUAL, label.getStatus());
    assertEquals(MessageType.MESSAGE_TYPE_UPDATE, label.getMessageType());
    assertEquals(Urgency.URGENCY_PAST, label.getUrgency());
    assertEquals(Severity.SEVERITY_MINOR, label.getSeverity());
    assertEquals(Certainty.CERTAINTY_OBSERVED, label.getCertainty());
    assertEquals(Category.CATEGORY_PUBLIC_WARNING, label.getCategory());
    assertEquals("2.49.0.1.124.6bddbc91.2012", label.getSourceRef());
    assertEquals(List.of("CA"), label.getJurisdictionsList());
    assertEquals(Lane.LANE_ROUTINE, label.getLane());
    Alert alert = draft.getBody().getAlert();
    assertEquals(2, alert.getTextsCount());
    assertEquals("severe thunderstorm watch", alert.getTexts(0).getHeadline());
    assertEquals("fr-CA", alert.getTexts(1).getLanguage());
    assertEquals("veille d'orages violents", alert.getTexts(1).getHeadline());
    assertTrue(alert.getTexts(1).getDescription().startsWith("C'est l'épreuve"));
    assertEquals(4, alert.getAreasCount());
    Area essex = alert.getAreas(0);
    assertEquals(10, essex.getGeocodesCount());
    assertEquals("profile:CAP-CP:Location:0.3=3537064", essex.getGeocodes(9));
    assertTrue(essex.getPolygons(0).startsWith("42.3481,-82.9314 42.3363,-82.6937"));
    assertTrue(alert.getExtraOrThrow("cap.references").contains("60f31a3a"));
    CapLines french = CapLines.read(alert.getExtraOrThrow("cap.info.1"), 100).orElseThrow();
    assertEquals("1", french.first("text", ""));
    assertEquals("2 3", french.first("areas", ""));
    assertEquals("2012-05-03T00:20:00-00:00", french.first("expires", ""));
  }

  @Test
  void weather_version11_isReadLikeVersion12() {
    Draft draft = draft("weather.cap");

    assertEquals(Severity.SEVERITY_SEVERE, draft.getLabel().getSeverity());
    assertEquals(List.of("US"), draft.getLabel().getJurisdictionsList());
    Alert alert = draft.getBody().getAlert();
    assertEquals("en-US", alert.getTexts(0).getLanguage());
    assertEquals("Flash Flood Watch", alert.getTexts(0).getEvent());
    assertEquals(List.of("FIPS6=030049", "UGC=MTZ014"), alert.getAreas(0).getGeocodesList());
    CapLines info = CapLines.read(alert.getExtraOrThrow("cap.info.0"), 100).orElseThrow();
    assertEquals("MTZ014", info.first("parameter.UGC", ""));
    assertTrue(info.first("parameter.VTEC", "").contains("Z/\n/00000.0.ER"));
    assertEquals(List.of(""), info.all("parameter.WMOHEADER"));
  }

  @TestFactory
  Stream<DynamicTest> file_readWrittenAndRead_isTheSame() {
    return Stream.of("australia.cap", "canada.cap", "weather.cap")
        .map(
            name ->
                DynamicTest.dynamicTest(
                    name,
                    () -> {
                      CapAlert once = read(name);
                      String xml = CapWriter.write(once.element());
                      CapAlert twice = FeedFixture.capAlert(xml);
                      assertEquals(once.element(), twice.element());
                      assertEquals(CapVersion.V1_2, twice.version());
                      assertEquals(xml, CapWriter.write(twice.element()));
                    }));
  }

  @TestFactory
  Stream<DynamicTest> file_throughDraftAndBack_isTheSameAlert() {
    return Stream.of("australia.cap", "canada.cap", "weather.cap")
        .map(
            name ->
                DynamicTest.dynamicTest(
                    name,
                    () -> {
                      Draft draft = draft(name);
                      CapWriteResult writing =
                          CapWriter.write(draft.getLabel(), draft.getBody().getAlert());
                      assertTrue(writing instanceof CapXml, writing::toString);
                      CapElement back = FeedFixture.capAlert(((CapXml) writing).xml()).element();
                      assertEquals(comparable(read(name).element()), comparable(back));
                    }));
  }

  @Test
  void parameters_ofOurOwn_goBackWhereTheyCameFrom() throws Exception {
    Path file = FeedFixture.repository("gateway/node/src/test/resources/cap/parameters.cap");
    Draft draft = FeedFixture.draft(FeedFixture.all(file, null).get(0)).draft();

    Alert alert = draft.getBody().getAlert();
    assertEquals("red", alert.getExtraOrThrow("colour"));
    assertEquals("CSQU3054383", alert.getSubjects(0).getContainer());
    assertEquals(List.of("UN/LOCODE=DEHAM", "a%253D%3Db=c=d"), alert.getAreas(0).getGeocodesList());
    assertEquals("1.5,2 3,4.123456789012 5,6 1.5,2", alert.getAreas(0).getPolygons(0));
    assertEquals(Severity.SEVERITY_EXTREME, draft.getLabel().getSeverity());
    assertEquals(Certainty.CERTAINTY_LIKELY, draft.getLabel().getCertainty());
    CapLines info = CapLines.read(alert.getExtraOrThrow("cap.info.0"), 100).orElseThrow();
    assertEquals("Minor", info.first("severity", ""));
    assertEquals("mailto:x@example.org", info.first("web", ""));
    CapWriteResult writing = CapWriter.write(draft.getLabel(), alert);
    CapElement back = FeedFixture.capAlert(((CapXml) writing).xml()).element();
    String xml = Files.readString(file).replace("4.1234567890121234", "4.123456789012");
    assertEquals(comparable(FeedFixture.capAlert(xml).element()), comparable(back));
  }

  private static CapAlert read(String name) throws java.io.IOException {
    byte[] bytes = Files.readAllBytes(folder().resolve(name));
    CapReadResult reading = FeedFixture.cap(bytes);
    return org.junit.jupiter.api.Assertions.assertInstanceOf(CapAlert.class, reading);
  }

  /** The element without what the way through a draft adds: parameters of our own. */
  static CapElement comparable(CapElement element) {
    if (element.children().isEmpty()) {
      return element;
    }
    List<CapElement> children =
        element.children().stream()
            .filter(child -> !child.textOf("valueName").startsWith(CapImport.OURS))
            .map(CapFilesTest::comparable)
            .toList();
    return CapElement.parent(element.name(), children);
  }
}
