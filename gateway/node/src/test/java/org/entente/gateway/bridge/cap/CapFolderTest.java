package org.entente.gateway.bridge.cap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.entente.gateway.bridge.format.CapAlert;
import org.entente.gateway.bridge.format.CapElement;
import org.entente.gateway.bridge.format.FeedFixture;
import org.entente.gateway.bridge.format.UnmappedValue;
import org.entente.proto.v1.Alert;
import org.entente.proto.v1.AlertText;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Classification;
import org.entente.proto.v1.Intelligence;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.MessageType;
import org.entente.proto.v1.Obligation;
import org.entente.proto.v1.Recall;
import org.entente.proto.v1.RequestedAction;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CapFolderTest {
  private static final String FIRST = "00112233445566778899aabbccddeeff";
  private static final String SECOND = "ffeeddccbbaa99887766554433221100";

  private static final Body ALERT =
      Body.newBuilder()
          .setAlert(
              Alert.newBuilder()
                  .addTexts(AlertText.newBuilder().setLanguage("en").setHeadline("Fire")))
          .build();

  @TempDir Path temporary;
  private Path folder;
  private CapFolder cap;

  @BeforeEach
  void open() throws IOException {
    folder = temporary.resolve("cap");
    cap = CapFolder.open(folder);
  }

  private static Label label(String id) {
    return Label.newBuilder()
        .setMessageId(ByteString.fromHex(id))
        .setOrigin("fr.customs")
        .setCreatedAt(Timestamp.newBuilder().setSeconds(1_776_000_000))
        .setKind(Kind.KIND_ALERT)
        .setCategory(Category.CATEGORY_HAZARDOUS)
        .setClassification(Classification.CLASSIFICATION_UNCLASSIFIED)
        .addMarkings("TLP:CLEAR")
        .build();
  }

  private static Body recall(String id) {
    return Body.newBuilder()
        .setRecall(Recall.newBuilder().setMessageId(ByteString.fromHex(id)).setReason("genuine"))
        .build();
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
    }
  }

  private JsonNode report(String id) throws IOException {
    return new ObjectMapper().readTree(folder.resolve(id + ".report.json").toFile());
  }

  private CapAlert read(String id) throws IOException {
    return FeedFixture.capAlert(Files.readString(folder.resolve(id + ".cap")));
  }

  @Test
  void alert_isOneFileUnderItsMessage_forItsOwnerAlone() throws IOException {
    CapFolder.WriteResult written = cap.write(label(FIRST), ALERT);

    assertEquals(List.of(FIRST + ".cap"), names());
    assertEquals(folder.resolve(FIRST + ".cap"), written.cap().orElseThrow());
    assertTrue(written.report().isEmpty());
    assertEquals("entente-" + FIRST, read(FIRST).element().textOf("identifier"));
    assertEquals(List.of(), read(FIRST).unmapped());
    assertEquals(
        "rw-------",
        PosixFilePermissions.toString(
            Files.getPosixFilePermissions(folder.resolve(FIRST + ".cap"))));
    assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)));
  }

  @Test
  void alert_thatComesAgain_replacesItsFile_alsoAfterACrashInTheMiddle() throws IOException {
    Files.writeString(folder.resolve(FIRST + ".cap.new"), "<alert");
    Files.writeString(folder.resolve(FIRST + ".cap"), "something else");

    cap.write(label(FIRST), ALERT);

    assertEquals(List.of(FIRST + ".cap"), names());
    assertEquals("Fire", read(FIRST).element().all("info").get(0).textOf("headline"));
  }

  @Test
  void alert_thatCapDoesNotHoldAsItStands_hasAReportBesideIt() throws IOException {
    Label asking =
        label(FIRST).toBuilder()
            .setRequestedAction(RequestedAction.REQUESTED_ACTION_CONTROLLED_DELIVERY)
            .build();

    CapFolder.WriteResult written = cap.write(asking, ALERT);

    assertEquals(List.of(FIRST + ".cap", FIRST + ".report.json"), names());
    assertEquals(1, written.unmapped().size());
    assertTrue(report(FIRST).path("written").asBoolean());
    assertEquals(FIRST, report(FIRST).path("message_id").asText());
    JsonNode one = report(FIRST).path("unmapped").path(0);
    assertEquals("label.requested_action", one.path("path").asText());
    assertTrue(one.path("what").asText().contains("CONTROLLED_DELIVERY"));
  }

  /** The reader of the folder is another system. */
  @Test
  void alert_thatMayNotBeExported_isNotWritten_andItsReportHasNothingOfIt() throws IOException {
    Label bound = label(FIRST).toBuilder().addObligations(Obligation.OBLIGATION_NO_EXPORT).build();

    CapFolder.WriteResult written = cap.write(bound, ALERT);

    assertEquals(List.of(FIRST + ".report.json"), names());
    assertTrue(written.cap().isEmpty());
    assertTrue(written.reason().contains("NO_EXPORT"), written::reason);
    assertFalse(report(FIRST).toString().contains("Fire"), "content is not for reports");
  }

  @Test
  void message_thatIsNoAlert_hasAReportWithTheReasonOnly() throws IOException {
    Body body =
        Body.newBuilder().setIntelligence(Intelligence.newBuilder().setHeadline("SECRET")).build();

    CapFolder.WriteResult written = cap.write(label(FIRST), body);

    assertEquals(List.of(FIRST + ".report.json"), names());
    assertTrue(written.cap().isEmpty());
    assertTrue(written.reason().contains("INTELLIGENCE"), written::reason);
    assertFalse(report(FIRST).path("written").asBoolean());
    assertFalse(report(FIRST).toString().contains("SECRET"), "content is not for reports");
  }

  @Test
  void alert_thatMakesNoValidCap_isReportedByItsElement() throws IOException {
    Alert.Builder alert = ALERT.getAlert().toBuilder();
    alert.addAreasBuilder().setDescription("here").addPolygons("1,1 2,2");

    CapFolder.WriteResult written =
        cap.write(label(FIRST), Body.newBuilder().setAlert(alert).build());

    assertEquals(List.of(FIRST + ".report.json"), names());
    assertTrue(written.reason().startsWith("alert/info/area/polygon: "), written::reason);
  }

  @Test
  void area_withoutName_getsOne_andItIsTold() throws IOException {
    Alert.Builder alert = ALERT.getAlert().toBuilder();
    alert.addAreasBuilder().addGeocodes("UN/LOCODE=DEHAM");

    CapFolder.WriteResult written =
        cap.write(label(FIRST), Body.newBuilder().setAlert(alert).build());

    assertEquals("alert/info/area/areaDesc", written.unmapped().get(0).path());
    CapElement area = read(FIRST).element().all("info").get(0).all("area").get(0);
    assertEquals("UN/LOCODE=DEHAM", area.textOf("areaDesc"));
  }

  @Test
  void recall_ofAnAlertThatIsThere_isACancelThatRefersToIt() throws IOException {
    cap.write(label(FIRST), ALERT);
    Label recalling = label(SECOND).toBuilder().setKind(Kind.KIND_RECALL).build();

    cap.write(recalling, recall(FIRST));

    CapElement cancel = read(SECOND).element();
    assertEquals("Cancel", cancel.textOf("msgType"));
    assertEquals("entente-" + SECOND, cancel.textOf("identifier"));
    assertEquals(
        "fr.customs,entente-" + FIRST + ",2026-04-12T13:20:00-00:00", cancel.textOf("references"));
    assertEquals("genuine", cancel.textOf("note"));
    assertEquals("Public", cancel.textOf("scope"));
    assertEquals(List.of(FIRST + ".cap", SECOND + ".cap"), names());
  }

  @Test
  void update_ofAnAlertThatIsThere_refersToIt_asCapDoes() throws IOException {
    cap.write(label(FIRST), ALERT);
    Label updating =
        label(SECOND).toBuilder()
            .setMessageType(MessageType.MESSAGE_TYPE_UPDATE)
            .setReferences(ByteString.fromHex(FIRST))
            .build();

    cap.write(updating, ALERT);

    CapElement update = read(SECOND).element();
    assertEquals("Update", update.textOf("msgType"));
    assertEquals(
        "fr.customs,entente-" + FIRST + ",2026-04-12T13:20:00-00:00", update.textOf("references"));
  }

  @Test
  void rectification_isAnUpdateInCap_andToldOf_andARestrictionIsNoCap() throws IOException {
    Label.Builder changing = label(SECOND).toBuilder().setReferences(ByteString.fromHex(FIRST));
    CapFolder.WriteResult written =
        cap.write(changing.setMessageType(MessageType.MESSAGE_TYPE_RECTIFICATION).build(), ALERT);
    assertEquals("Update", read(SECOND).element().textOf("msgType"));
    assertEquals(
        List.of("alert/msgType"), written.unmapped().stream().map(UnmappedValue::path).toList());

    CapFolder.WriteResult restriction =
        cap.write(changing.setMessageType(MessageType.MESSAGE_TYPE_RESTRICTION).build(), ALERT);
    assertTrue(restriction.cap().isEmpty());
    assertTrue(restriction.reason().contains("restricted"), restriction::reason);
  }

  @Test
  void recall_ofAnAlertThatIsNotThere_isReported() throws IOException {
    CapFolder.WriteResult written = cap.write(label(SECOND), recall(FIRST));

    assertEquals(List.of(SECOND + ".report.json"), names());
    assertTrue(written.reason().contains(FIRST), written::reason);
  }

  @Test
  void file_thatCannotBeWritten_isAFailure() throws IOException {
    Files.createDirectories(folder.resolve(FIRST + ".cap").resolve("in the way"));

    assertThrows(IOException.class, () -> cap.write(label(FIRST), ALERT));
  }

  @Test
  void folder_whereAFileStands_isNotOpened() throws IOException {
    Path file = Files.writeString(temporary.resolve("file"), "x");

    assertThrows(IOException.class, () -> CapFolder.open(file));
  }
}
