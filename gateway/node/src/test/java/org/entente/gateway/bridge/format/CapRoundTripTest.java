package org.entente.gateway.bridge.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.entente.gateway.bridge.cap.CapCheck;
import org.entente.gateway.bridge.cap.CapImport;
import org.entente.gateway.bridge.cap.CapReaderTest;
import org.entente.gateway.bridge.cap.CapTerms;
import org.entente.gateway.bridge.cap.CapWriter;
import org.entente.gateway.testkit.Results;
import org.entente.proto.v1.Alert;
import org.entente.proto.v1.Classification;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.RequestedAction;
import org.junit.jupiter.api.Test;

/** What goes from CAP into a message and from there into CAP is what it was. */
class CapRoundTripTest {
  private static final String ORIGIN = "fr.customs";

  private static final Map<String, Object> PUBLIC =
      Map.of(
          "category", "PUBLIC_WARNING",
          "purpose", "PUBLIC_SAFETY",
          "classification", "UNCLASSIFIED",
          "markings", List.of("TLP:CLEAR"));

  private static CapTerms terms() {
    return Results.value(CapTerms.of(PUBLIC, List.of("de.customs")));
  }

  private static AlertDraft sent(CapAlert alert) {
    return FeedFixture.draft(terms().apply(alert));
  }

  /** As the gateway completes it. */
  private static Label delivered(Draft draft) {
    return draft.getLabel().toBuilder()
        .setMessageId(ByteString.fromHex("00112233445566778899aabbccddeeff"))
        .setOrigin(ORIGIN)
        .setCreatedAt(Timestamp.newBuilder().setSeconds(1_776_000_000))
        .setRetentionDays(30)
        .build();
  }

  private static CapXml written(Label label, Alert alert) {
    CapWriteResult writing = CapWriter.write(label, alert);
    return assertInstanceOf(CapXml.class, writing, writing::toString);
  }

  private static CapXml back(CapAlert alert) {
    Draft draft = sent(alert).draft();
    return written(delivered(draft), draft.getBody().getAlert());
  }

  /** An alert as its origin sends it: senders are those of the origin. */
  private static CapElement ofOrigin(CapElement alert) {
    return CapElement.parent(
        "alert",
        alert.children().stream()
            .map(
                child ->
                    switch (child.name()) {
                      case "sender" -> CapElement.text("sender", ORIGIN + "/" + child.text());
                      case "references" ->
                          CapElement.text(
                              "references",
                              Stream.of(child.text().strip().split("\\s+", -1))
                                  .map(word -> ORIGIN + "/" + word)
                                  .collect(Collectors.joining(" ")));
                      default -> child;
                    })
            .toList());
  }

  private static CapAlert sample(String name) throws IOException {
    return FeedFixture.capAlert(
        Files.readString(FeedFixture.repository("config/samples/cap/" + name)));
  }

  @Test
  void anyAlert_throughAMessage_isTheSame() {
    long seed = 20_260_412;
    Random random = new Random(seed);
    for (int round = 0; round < 1_000; round++) {
      String where = "seed " + seed + " round " + round;
      CapAlert alert = FeedFixture.capAlert(CapWriter.write(new CapMaker(random).alert()));
      CapXml xml = back(alert);
      CapElement again = CapFilesTest.comparable(FeedFixture.capAlert(xml.xml()).element());
      assertEquals(ofOrigin(alert.element()), again, where);
    }
  }

  @Test
  void sample_throughAMessage_isTheSame_andNothingIsToldOfIt() throws IOException {
    CapAlert alert = sample("quay-fire.cap");

    assertEquals(List.of(), sent(alert).unmapped());
    CapXml xml = back(alert);
    assertEquals(List.of(), xml.unmapped());
    assertEquals(
        ofOrigin(alert.element()),
        CapFilesTest.comparable(FeedFixture.capAlert(xml.xml()).element()));
    assertEquals(
        "Fire in warehouse B, solvents may burn",
        sent(alert).draft().getBody().getAlert().getTexts(0).getHeadline());
  }

  @Test
  void sampleOfVersion11_throughAMessage_isValidInVersion12_andItIsToldHow() throws IOException {
    CapAlert alert = sample("reservoir.cap");

    CapXml xml = back(alert);

    List<String> paths = xml.unmapped().stream().map(UnmappedValue::path).toList();
    assertEquals(List.of("alert/info/certainty", "alert/info/resource/mimeType"), paths);
    CapAlert again = FeedFixture.capAlert(xml.xml());
    assertEquals(CapVersion.V1_2, again.version());
    String expected =
        Files.readString(FeedFixture.repository("config/samples/cap/reservoir.cap"))
            .replace("cap:1.1", "cap:1.2")
            .replace("Very Likely", "Likely")
            .replace(
                "</resourceDesc>", "</resourceDesc><mimeType>application/octet-stream</mimeType>");
    CapElement wanted = FeedFixture.capAlert(expected).element();
    assertEquals(ofOrigin(wanted), CapFilesTest.comparable(again.element()));
    CapXml converted = assertInstanceOf(CapXml.class, CapWriter.convert(alert));
    assertEquals(wanted, FeedFixture.capAlert(converted.xml()).element());
    assertEquals(paths, converted.unmapped().stream().map(UnmappedValue::path).toList());
  }

  @Test
  void alertWithoutBlock_throughAMessage_getsNone_andItIsToldWhatHasNoPlace() {
    String xml = CapReaderTest.MINIMAL.replace("Alert</msgType>", "Cancel</msgType>");
    CapAlert alert =
        FeedFixture.capAlert(
            xml.substring(0, xml.indexOf("<info>")) + xml.substring(xml.indexOf("</info>") + 7));

    CapXml back = back(alert);

    assertEquals(ofOrigin(alert.element()), FeedFixture.capAlert(back.xml()).element());
    assertEquals(List.of("label"), back.unmapped().stream().map(UnmappedValue::path).toList());
  }

  @Test
  void longTexts_areCutForPeople_keptWhole_andToldOf() {
    String event = "Fire ".repeat(60).strip();
    String place = "Quay ".repeat(300).strip();
    String xml =
        CapReaderTest.MINIMAL.replace(">Fire<", ">x<").replace("<event>x", "<event>" + event);
    xml = xml.replace("<category>x", "<category>Fire").replace("Quay", place);
    String parameters =
        ("<parameter><valueName>n</valueName><value>" + "v".repeat(9_999) + "</value></parameter>")
            .repeat(5);
    CapAlert alert = FeedFixture.capAlert(xml.replace("<area>", parameters + "<area>"));

    AlertDraft sent = sent(alert);

    Alert message = sent.draft().getBody().getAlert();
    assertEquals(200, message.getTexts(0).getEvent().length());
    assertEquals(1_000, message.getAreas(0).getDescription().length());
    assertTrue(message.containsExtra("cap.info.0+1"), "the rest of a long block");
    assertEquals(
        List.of("alert/info/event", "alert/info/area/areaDesc"),
        sent.unmapped().stream().map(UnmappedValue::path).toList());
    CapXml back = back(alert);
    assertEquals(
        ofOrigin(alert.element()),
        CapFilesTest.comparable(FeedFixture.capAlert(back.xml()).element()));
  }

  @Test
  void text_thatTheMessageChanged_isNotPutBack() throws IOException {
    Draft draft = sent(sample("quay-fire.cap")).draft();
    Alert.Builder alert = draft.getBody().getAlert().toBuilder();
    alert.getTextsBuilder(0).setHeadline("Fire is out").setLanguage("en");

    CapElement back =
        FeedFixture.capAlert(written(delivered(draft), alert.build()).xml()).element();

    assertEquals("Fire is out", back.all("info").get(0).textOf("headline"));
    assertEquals("en", back.all("info").get(0).textOf("language"));
  }

  @Test
  void partsOfTheMessage_thatNoBlockTakes_areTold() throws IOException {
    Draft draft = sent(sample("quay-fire.cap")).draft();
    Alert.Builder alert = draft.getBody().getAlert().toBuilder();
    alert.addTexts(alert.getTexts(0).toBuilder().setLanguage("fr"));
    alert.addAreasBuilder().setDescription("elsewhere");
    alert.putExtra("cap.colour", "red");

    CapXml xml = written(delivered(draft), alert.build());

    assertEquals(
        List.of("body.alert.texts[2]", "body.alert.areas[2]", "body.alert.extra.cap.colour"),
        xml.unmapped().stream().map(UnmappedValue::path).toList());
  }

  @Test
  void label_thatRestricts_narrowsTheScope_andCarriesTheRestOfTheLabel() throws IOException {
    Draft draft = sent(sample("quay-fire.cap")).draft();
    Label label =
        delivered(draft).toBuilder()
            .setClassification(Classification.CLASSIFICATION_RESTRICTED)
            .setCaseRef("4 Js 12/26")
            .setRequestedAction(RequestedAction.REQUESTED_ACTION_DO_NOT_INTERVENE)
            .build();

    CapXml xml = written(label, draft.getBody().getAlert());

    assertEquals(
        List.of("alert/scope", "label.requested_action"),
        xml.unmapped().stream().map(UnmappedValue::path).toList());
    CapElement back = FeedFixture.capAlert(xml.xml()).element();
    assertEquals("Restricted", back.textOf("scope"));
    assertEquals("Restricted; TLP:CLEAR", back.textOf("restriction"));
    Map<String, String> parameters =
        back.all("info").get(0).all("parameter").stream()
            .filter(parameter -> parameter.textOf("valueName").startsWith(CapImport.OURS))
            .collect(
                java.util.stream.Collectors.toMap(
                    parameter -> parameter.textOf("valueName"),
                    parameter -> parameter.textOf("value")));
    assertEquals(
        Map.of(
            "entente:category", "CATEGORY_PUBLIC_WARNING",
            "entente:purpose", "PURPOSE_PUBLIC_SAFETY",
            "entente:message_id", "00112233445566778899aabbccddeeff",
            "entente:origin", "fr.customs",
            "entente:created_at", "2026-04-12T13:20:00-00:00",
            "entente:case_ref", "4 Js 12/26",
            "entente:requested_action", "REQUESTED_ACTION_DO_NOT_INTERVENE",
            "entente:retention_days", "30"),
        parameters);
  }

  @Test
  void restriction_ofTheSource_standsBehindTheLabels() {
    CapAlert alert =
        FeedFixture.capAlert(
            CapReaderTest.MINIMAL.replace(
                "<scope>Public</scope>",
                "<scope>Private</scope><restriction>crews</restriction><addresses>a"
                    + " b</addresses>"));
    Draft draft = sent(alert).draft();
    Label label = delivered(draft).toBuilder().clearMarkings().addMarkings("TLP:GREEN").build();

    CapElement back =
        FeedFixture.capAlert(written(label, draft.getBody().getAlert()).xml()).element();

    assertEquals("Private", back.textOf("scope"), "narrower than Restricted");
    assertEquals("Unclassified; TLP:GREEN; crews", back.textOf("restriction"));
    assertEquals("a b", back.textOf("addresses"));
  }

  @Test
  void parameters_thatSpeakForALabel_areLeftOut_andToldOf() {
    String parameter =
        "<parameter><valueName>entente:purpose</valueName><value>X</value></parameter>"
            + "<parameter><valueName>entente:extra:cap.sender</valueName><value>x</value></parameter>";
    CapAlert alert =
        FeedFixture.capAlert(CapReaderTest.MINIMAL.replace("<area>", parameter + "<area>"));

    AlertDraft sent = sent(alert);

    assertEquals(2, sent.unmapped().size());
    assertEquals("alert/info/parameter", sent.unmapped().get(0).path());
    assertTrue(sent.unmapped().get(0).what().contains("entente:purpose"));
    assertEquals(
        "desk@example.gov", sent.draft().getBody().getAlert().getExtraOrThrow("cap.sender"));
  }

  @Test
  void alert_tooLargeForAMessage_isRefusedByItsElement() {
    String description = "<description>" + "x".repeat(20_001) + "</description><area>";
    CapAlert alert = FeedFixture.capAlert(CapReaderTest.MINIMAL.replace("<area>", description));

    BadRecord bad = FeedFixture.bad(terms().apply(alert));

    assertEquals("alert/info/description", bad.field());
    assertEquals("alert/info/description", CapCheck.of(alert).obstacle().orElseThrow().field());
  }

  /** The minimal alert with further areas that are all different, each of them twice. */
  private static CapAlert wide(int further) {
    StringBuilder areas = new StringBuilder();
    for (int i = 0; i < 2 * further; i++) {
      areas.append("<area><areaDesc>Quay ").append(i % further).append("</areaDesc></area>");
    }
    return FeedFixture.capAlert(CapReaderTest.MINIMAL.replace("</info>", areas + "</info>"));
  }

  @Test
  void alert_ofMoreDifferentAreasOrTextsThanAMessageHolds_isRefusedAtTheFirst() {
    for (int further : new int[] {64, 2_400}) {
      BadRecord bad = FeedFixture.bad(terms().apply(wide(further)));
      assertEquals("alert/info/area", bad.field());
      assertEquals("has more than 64 different ones; at most 64", bad.message());
      assertEquals("alert/info/area", CapCheck.of(wide(further)).obstacle().orElseThrow().field());
    }
    Alert most = FeedFixture.draft(terms().apply(wide(63))).draft().getBody().getAlert();
    assertEquals(64, most.getAreasCount());
    assertEquals("Quay 62", most.getAreas(63).getDescription());

    StringBuilder infos = new StringBuilder();
    String info = CapReaderTest.MINIMAL.replaceAll("(?s).*(<info>.*</info>).*", "$1");
    for (int i = 0; i < 16; i++) {
      infos.append(info.replace("<event>Fire", "<event>Fire " + i));
    }
    CapAlert wordy =
        FeedFixture.capAlert(CapReaderTest.MINIMAL.replace("</alert>", infos + "</alert>"));
    BadRecord bad = FeedFixture.bad(terms().apply(wordy));
    assertEquals("alert/info", bad.field());
    assertEquals("has more than 16 different ones; at most 16", bad.message());
  }
}
