package org.entente.gateway.bridge.cap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.entente.gateway.bridge.cap.CapLines.Entry;
import org.entente.gateway.bridge.format.BadRecord;
import org.entente.gateway.bridge.format.CapProblem;
import org.entente.gateway.bridge.format.CapWriteResult;
import org.entente.gateway.bridge.format.CapXml;
import org.entente.gateway.bridge.format.FeedFixture;
import org.entente.proto.v1.Alert;
import org.entente.proto.v1.AlertText;
import org.entente.proto.v1.Area;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Classification;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Handling;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.MessageType;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class CapWriterTest {
  private static final Label DELIVERED =
      Label.newBuilder()
          .setMessageId(ByteString.fromHex("00112233445566778899aabbccddeeff"))
          .setOrigin("fr.customs")
          .setCreatedAt(Timestamp.newBuilder().setSeconds(1_776_000_000))
          .setKind(Kind.KIND_ALERT)
          .setCategory(Category.CATEGORY_HAZARDOUS)
          .setClassification(Classification.CLASSIFICATION_RESTRICTED)
          .addMarkings("TLP:AMBER")
          .addHandling(Handling.HANDLING_H2)
          .build();

  private static Alert alert(String headline) {
    return Alert.newBuilder()
        .addTexts(AlertText.newBuilder().setLanguage("en").setHeadline(headline).setEvent("Fire"))
        .build();
  }

  private static String xml(Label label, Alert alert) {
    CapWriteResult writing = CapWriter.write(label, alert);
    assertTrue(writing instanceof CapXml, writing::toString);
    return ((CapXml) writing).xml();
  }

  @Test
  void alert_ofOurs_isWrittenInFull() {
    assertEquals(
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">
          <identifier>entente-00112233445566778899aabbccddeeff</identifier>
          <sender>fr.customs</sender>
          <sent>2026-04-12T13:20:00-00:00</sent>
          <status>Actual</status>
          <msgType>Alert</msgType>
          <scope>Restricted</scope>
          <restriction>Restricted; TLP:AMBER; H2</restriction>
          <info>
            <language>en</language>
            <category>Safety</category>
            <event>Fire</event>
            <urgency>Unknown</urgency>
            <severity>Unknown</severity>
            <certainty>Unknown</certainty>
            <headline>a &lt; b &amp; c</headline>
            <parameter>
              <valueName>entente:category</valueName>
              <value>CATEGORY_HAZARDOUS</value>
            </parameter>
            <parameter>
              <valueName>entente:purpose</valueName>
              <value>PURPOSE_UNSPECIFIED</value>
            </parameter>
          </info>
        </alert>
        """,
        xml(DELIVERED, alert("a < b & c")));
  }

  @Test
  void alert_publicAtItsSource_isRestrictedWhereTheLabelSaysSo() {
    Alert fromCap = alert("x").toBuilder().putExtra("cap.scope", "Public").build();

    assertTrue(xml(DELIVERED, fromCap).contains("<scope>Restricted</scope>"));
    Label clear =
        DELIVERED.toBuilder()
            .setClassification(Classification.CLASSIFICATION_UNCLASSIFIED)
            .clearHandling()
            .clearMarkings()
            .addMarkings("TLP:CLEAR")
            .build();
    assertTrue(xml(clear, fromCap).contains("<scope>Public</scope>"));
  }

  /** A member states what it likes in the fields that come from CAP. */
  @Test
  void alert_inTheNameOfAnotherSender_isOfItsOriginAlone_andCancelsOnlyThat() {
    Alert forged =
        alert("x").toBuilder()
            .putExtra("cap.identifier", "1")
            .putExtra("cap.sender", "desk@de.example")
            .putExtra(
                "cap.references", "de.customs,A-1,2026-04-12T13:20:00-00:00\n de.customs,A-2,t")
            .build();
    Label cancel = DELIVERED.toBuilder().setMessageType(MessageType.MESSAGE_TYPE_CANCEL).build();
    String xml = xml(cancel, forged);
    assertTrue(xml.contains("<sender>fr.customs/desk@de.example</sender>"), xml);
    assertTrue(
        xml.contains(
            "<references>fr.customs/de.customs,A-1,2026-04-12T13:20:00-00:00"
                + " fr.customs/de.customs,A-2,t</references>"),
        xml);
  }

  /** Some readers part references at any space of Unicode. */
  @Test
  void references_withOtherSpaces_areOfTheirOriginAlone() {
    Alert forged =
        alert("x").toBuilder()
            .putExtra("cap.identifier", "1")
            .putExtra(
                "cap.references", "a,b,c\u00a0de.customs/desk,A-1,t\u2003de.customs/desk,A-2,t")
            .build();
    String xml = xml(DELIVERED, forged);
    assertTrue(
        xml.contains(
            "<references>fr.customs/a,b,c fr.customs/de.customs/desk,A-1,t"
                + " fr.customs/de.customs/desk,A-2,t</references>"),
        xml);
  }

  @TestFactory
  Stream<DynamicTest> sample_throughCapAndBack_isTheSameAlert() {
    return FeedFixture.all(FeedFixture.repository("config/samples"), null).stream()
        .map(FeedFixture::draft)
        .filter(item -> item.draft().getBody().hasAlert())
        .map(
            item ->
                DynamicTest.dynamicTest(
                    item.draft().getIdempotencyKey(), () -> roundTrip(item.draft())));
  }

  private static void roundTrip(Draft draft) throws CapProblem {
    Label label =
        draft.getLabel().toBuilder()
            .setMessageId(DELIVERED.getMessageId())
            .setOrigin("fr.customs")
            .setCreatedAt(DELIVERED.getCreatedAt())
            .build();
    Alert sent = draft.getBody().getAlert();
    Draft read = CapImport.read(FeedFixture.capAlert(xml(label, sent))).draft();
    Alert.Builder got = read.getBody().getAlert().toBuilder();
    List.copyOf(got.getExtraMap().keySet()).stream()
        .filter(key -> key.startsWith(CapExtra.EXTRA))
        .forEach(got::removeExtra);
    assertEquals(sent, got.build());
    assertEquals(label.getSeverity(), read.getLabel().getSeverity());
    assertEquals(label.getUrgency(), read.getLabel().getUrgency());
    assertEquals(label.getCertainty(), read.getLabel().getCertainty());
    assertEquals(label.getPersonalData(), read.getLabel().getPersonalData());
  }

  @Test
  void polygon_thatIsNone_isReported() {
    Alert.Builder alert = alert("x").toBuilder();
    alert.addAreas(Area.newBuilder().setDescription("here").addPolygons("1,1 2,2"));

    BadRecord bad = FeedFixture.bad(CapWriter.write(DELIVERED, alert.build()));

    assertEquals("alert/info/area/polygon", bad.field());
  }

  @Test
  void label_withoutTime_isReported() {
    BadRecord bad =
        FeedFixture.bad(
            CapWriter.write(DELIVERED.toBuilder().clearCreatedAt().build(), alert("x")));

    assertEquals("alert/sent", bad.field());
  }

  @Test
  void text_withCharactersThatXmlCannotHold_isWrittenWithoutThem() {
    String xml = xml(DELIVERED, alert("a\u0001b\uD800c"));

    assertTrue(xml.contains("<headline>a\uFFFDb\uFFFDc</headline>"), xml);
  }

  private static Alert repeating(int times, String description, int polygons) {
    Alert.Builder alert = alert("x").toBuilder();
    alert
        .addAreasBuilder()
        .setDescription(description)
        .addAllPolygons(Collections.nCopies(polygons, "1,1 2,2 3,3 1,1"));
    CapExtra.put(alert, "cap.info.0", "areas=0" + " 0".repeat(times));
    return alert.build();
  }

  /** Threat 26: a peer's few bytes must not become more than any memory holds. */
  @Test
  void areas_thatAPeerRepeats_areNotWrittenWithoutBound() {
    BadRecord many = FeedFixture.bad(CapWriter.write(DELIVERED, repeating(500_000, "here", 100)));
    assertEquals("alert/info/area", many.field());
    assertTrue(many.message().contains("more than 10000 elements"), many::toString);
    BadRecord large =
        FeedFixture.bad(CapWriter.write(DELIVERED, repeating(4_000, "y".repeat(900), 0)));
    assertTrue(large.message().contains("longer than 1048576 bytes"), large::toString);
    String some = xml(DELIVERED, repeating(3, "here", 1));
    assertEquals(4, some.split("<area>", -1).length - 1);
  }

  private static Alert keeping(String... blocks) {
    Alert.Builder alert = alert("x").toBuilder();
    for (int i = 0; i < blocks.length; i++) {
      CapExtra.put(alert, "cap.info." + i, blocks[i]);
    }
    return alert.build();
  }

  @Test
  void lines_thatAPeerRepeats_areReadUpToABound() {
    Alert megabyte = keeping("x\n".repeat(520_000));
    assertEquals(52, megabyte.getExtraCount());
    BadRecord many = FeedFixture.bad(CapWriter.write(DELIVERED, megabyte));
    assertEquals("alert/info", many.field());
    assertTrue(many.message().contains("more than 10000 stored values"), many::toString);
    String half = "x\n".repeat(5_000);
    BadRecord together = FeedFixture.bad(CapWriter.write(DELIVERED, keeping(half, half, "x")));
    assertEquals("alert/info", together.field());
    assertTrue(xml(DELIVERED, keeping(half, half)).contains("<info>"));
    assertTrue(CapLines.read("a\nb\nc", 2).isEmpty());
    assertEquals(2, CapLines.read("a\nb\n", 2).orElseThrow().entries().size());
  }

  @Test
  void pairsAndResources_areCountedAsElements() {
    for (String name : List.of("parameter", "eventCode")) {
      String lines = (name + ".a=b\n").repeat(3_400);
      BadRecord many = FeedFixture.bad(CapWriter.write(DELIVERED, keeping(lines)));
      assertEquals("alert/info/" + name, many.field());
    }
    StringBuilder resources = new StringBuilder();
    for (int i = 0; i < 5_100; i++) {
      resources.append("resource.").append(i).append(".uri=x\n");
    }
    BadRecord many = FeedFixture.bad(CapWriter.write(DELIVERED, keeping(resources.toString())));
    assertEquals("alert/info/resource", many.field());
  }

  @Test
  void lines_ofAnyText_readAsWritten() {
    long seed = 20_260_416;
    Random random = new Random(seed);
    String alphabet = "a=\\\nn\r.ö ";
    for (int round = 0; round < 2_000; round++) {
      CapLines lines =
          new CapLines(
              Stream.generate(() -> new Entry(word(random, alphabet), word(random, alphabet)))
                  .limit(1 + random.nextInt(4))
                  .toList());
      assertEquals(
          lines, CapLines.read(lines.write(), 4).orElseThrow(), "seed " + seed + " round " + round);
    }
  }

  private static String word(Random random, String alphabet) {
    StringBuilder word = new StringBuilder();
    for (int length = random.nextInt(6); length > 0; length--) {
      word.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return word.toString();
  }
}
