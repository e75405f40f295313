package org.entente.gateway.command;

import static org.entente.gateway.federation.RunningFederation.DE;
import static org.entente.gateway.federation.RunningFederation.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.entente.gateway.cli.CommandFixture;
import org.entente.gateway.federation.RunningFederation;
import org.entente.gateway.model.MessageId;
import org.entente.proto.store.v1.AuditRecord;
import org.entente.proto.store.v1.AuditType;
import org.entente.proto.v1.Addressing;
import org.entente.proto.v1.AuditGrpc;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.CapGrpc;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Classification;
import org.entente.proto.v1.Document;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.EvidenceKind;
import org.entente.proto.v1.ExportRequest;
import org.entente.proto.v1.ExportedLeaf;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.Purpose;
import org.entente.proto.v1.ReadCapRequest;
import org.entente.proto.v1.RecallRequest;
import org.entente.proto.v1.RequestedAction;
import org.entente.proto.v1.RetentionGrpc;
import org.entente.proto.v1.SearchGrpc;
import org.entente.proto.v1.SearchRequest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code open --cap}: one received message as a CAP document, over real gateways. */
class OpenCapCommandTest {
  private static final OnBehalfOf PERSON =
      OnBehalfOf.newBuilder().setOfficer("DE-7").setJustification("case 7").build();
  private static final String[] WHO = {"--officer", "DE-7", "--justification", "case 7"};

  @RegisterExtension final RunningFederation federation = new RunningFederation();
  private String out = "";
  private String err = "";

  @BeforeEach
  void start() throws IOException {
    Path config = federation.config(DE);
    Files.writeString(
        config, Files.readString(config).replace("score, recall", "score, recall, audit"));
    federation.start(FR, DE);
  }

  private int open(String message, String... more) {
    List<String> args = new ArrayList<>(List.of("open", message));
    args.addAll(CommandFixture.client(federation, DE));
    args.addAll(List.of(more));
    CommandFixture command = new CommandFixture();
    int exit = command.run(args);
    out = command.out();
    err = command.err();
    return exit;
  }

  private static String[] cap(String... more) {
    List<String> all = new ArrayList<>(List.of("--cap"));
    all.addAll(List.of(WHO));
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }

  private MessageId fire() throws IOException {
    Draft draft =
        CapGrpc.newBlockingStub(federation.channel(FR))
            .readCap(
                ReadCapRequest.newBuilder()
                    .setXml(
                        ByteString.copyFrom(
                            Files.readAllBytes(
                                Path.of("..", "..", "config", "samples", "cap", "quay-fire.cap"))))
                    .setLabel(
                        Label.newBuilder()
                            .setCategory(Category.CATEGORY_PUBLIC_WARNING)
                            .setPurpose(Purpose.PURPOSE_PUBLIC_SAFETY)
                            .setClassification(Classification.CLASSIFICATION_UNCLASSIFIED)
                            .addMarkings("TLP:CLEAR")
                            .setRequestedAction(RequestedAction.REQUESTED_ACTION_CHECK))
                    .setTo(Addressing.newBuilder().addAgencies(DE))
                    .build())
            .getDraft();
    return publish(draft);
  }

  private MessageId publish(Draft draft) {
    Outcome outcome = federation.publish(FR, draft);
    assertTrue(outcome.hasAccepted(), outcome.toString());
    SearchRequest all = SearchRequest.newBuilder().setOnBehalfOf(PERSON).build();
    federation.await(
        "its arrival, opened by nobody",
        () ->
            SearchGrpc.newBlockingStub(federation.channel(DE)).search(all).getMessagesCount() == 1);
    return MessageId.of(outcome.getMessageId().toByteArray());
  }

  private long opened(MessageId id) throws IOException {
    long opened = 0;
    for (ExportedLeaf leaf :
        AuditGrpc.newBlockingStub(federation.channel(DE))
            .export(
                ExportRequest.newBuilder()
                    .setMessageId(ByteString.copyFrom(id.bytes()))
                    .setOnBehalfOf(PERSON)
                    .build())
            .getLeavesList()) {
      AuditRecord record = AuditRecord.parseFrom(leaf.getRecord());
      if (record.getType() == AuditType.AUDIT_TYPE_OPENED) {
        assertEquals("DE-7", record.getActor().getOnBehalfOf().getOfficer());
        assertEquals("case 7", record.getActor().getOnBehalfOf().getJustification());
        opened++;
      }
    }
    return opened;
  }

  @Test
  void message_isWrittenAsCap_itsRestIsTold_andItsOpeningIsOnRecordAndToldToTheOrigin()
      throws IOException {
    MessageId id = fire();
    assertEquals(0, open(id.toString(), cap()), () -> err);
    assertTrue(out.startsWith("<?xml version=\"1.0\" encoding=\"UTF-8\"?>"), out);
    assertTrue(out.contains("<identifier>HAFEN-2026-0412-7</identifier>"), out);
    assertTrue(err.contains(id + ": label.requested_action: "), err);
    assertEquals(1, opened(id));
    federation.awaitEvidence(FR, id, EvidenceKind.EVIDENCE_KIND_RETRIEVAL, DE);

    Path file = federation.folder().resolve("fire.cap");
    assertEquals(0, open(id.toString(), cap("--out", file.toString(), "--json")), () -> err);
    assertTrue(Files.readString(file).contains("HAFEN-2026-0412-7"));
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    JsonNode said = new ObjectMapper().readTree(out);
    assertEquals("label.requested_action", said.path("unmapped").path(0).path("path").asText());
    assertEquals(FR, said.path("message").path("label").path("origin").asText());
    assertTrue(said.path("xml").isMissingNode(), out);
    assertEquals("", err);
    assertEquals(2, opened(id));
  }

  @Test
  void recall_refersToTheDocumentWrittenBefore() throws IOException {
    MessageId id = fire();
    Path before = federation.folder().resolve("before.cap");
    assertEquals(0, open(id.toString(), cap("--out", before.toString())), () -> err);
    // So that what is received next is the recall.
    federation.receive(DE, 1);
    RetentionGrpc.newBlockingStub(federation.channel(FR))
        .recall(
            RecallRequest.newBuilder()
                .setMessageId(ByteString.copyFrom(id.bytes()))
                .setReason("the fire is out")
                .setOnBehalfOf(PERSON)
                .build());
    MessageId recall =
        MessageId.of(federation.receive(DE, 1).get(0).getLabel().getMessageId().toByteArray());
    Path cancel = federation.folder().resolve("cancel.cap");
    assertEquals(1, open(recall.toString(), cap("--out", cancel.toString())));
    assertTrue(err.contains(recall + " cannot be written as CAP: body.recall: recalls " + id), err);
    assertTrue(err.contains("the message was opened, and the audit log records it"), err);
    assertFalse(Files.exists(cancel));
    assertEquals(
        0,
        open(recall.toString(), cap("--out", cancel.toString(), "--changed", before.toString())),
        () -> err);
    assertTrue(Files.readString(cancel).contains("<msgType>Cancel</msgType>"));
    assertEquals(3, open(id.toString(), cap()));
    assertTrue(err.contains("NOT_FOUND"), err);
    Path bad = Files.writeString(federation.folder().resolve("bad.cap"), "<alert/>");
    assertEquals(3, open(recall.toString(), cap("--changed", bad.toString())));
    assertTrue(err.contains("changed_xml"), err);
  }

  @Test
  void whatIsNoCap_isSaid_andHasBeenOpened() throws IOException {
    Draft draft =
        federation.draft("paper", Duration.ofDays(1), DE).toBuilder()
            .setBody(
                Body.newBuilder()
                    .setDocument(
                        Document.newBuilder()
                            .setMediaType("application/pdf")
                            .setName("paper.pdf")
                            .setContent(ByteString.copyFromUtf8("%PDF"))))
            .build();
    MessageId id = publish(draft);
    assertEquals(1, open(id.toString(), cap()));
    assertTrue(err.contains(id + " cannot be written as CAP: "), err);
    assertEquals("", out);
    assertEquals(1, opened(id));
  }

  /** Nothing is opened where nothing can be written, or nobody says why. */
  @Test
  void callsThatCannotWork_openNothing() throws IOException {
    MessageId id = fire();
    assertEquals(
        1, open(id.toString(), cap("--out", federation.folder().resolve("no/x.cap").toString())));
    assertTrue(err.contains("--out: ") && err.contains("the message was not opened"), err);
    assertEquals(1, open(id.toString(), cap("--out", federation.folder().toString())));
    assertTrue(err.contains("exists and is not a regular file; the message was not opened"), err);
    assertEquals(
        1, open(id.toString(), cap("--changed", federation.folder().resolve("no.cap").toString())));
    assertTrue(err.contains("--changed: "), err);
    assertEquals(2, open(id.toString(), cap("--json")));
    assertTrue(err.contains("--json: needs --out FILE"), err);
    assertEquals(2, open(id.toString(), "--cap", "--officer", "DE-7"));
    assertTrue(err.contains("--justification"), err);
    assertEquals(3, open(id.toString(), "--cap", "--officer", "DE-7", "--justification", " "));
    assertTrue(err.contains("on_behalf_of.justification"), err);
    List<String> alone = new ArrayList<>(List.of(WHO));
    alone.addAll(List.of("--out", federation.folder().resolve("x.cap").toString()));
    assertEquals(2, open(id.toString(), alone.toArray(String[]::new)));
    assertTrue(err.contains("--cap"), err);
    assertEquals(0, opened(id));
  }
}
