package org.entente.gateway.federation;

import static org.entente.gateway.federation.RunningFederation.DE;
import static org.entente.gateway.federation.RunningFederation.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.entente.gateway.model.MessageId;
import org.entente.proto.store.v1.AuditRecord;
import org.entente.proto.store.v1.AuditType;
import org.entente.proto.v1.Addressing;
import org.entente.proto.v1.AuditGrpc;
import org.entente.proto.v1.CapGrpc;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Classification;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.EvidenceKind;
import org.entente.proto.v1.ExportRequest;
import org.entente.proto.v1.ExportedLeaf;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.Purpose;
import org.entente.proto.v1.ReadCapRequest;
import org.entente.proto.v1.ReadCapResponse;
import org.entente.proto.v1.RecallRequest;
import org.entente.proto.v1.RequestedAction;
import org.entente.proto.v1.RetentionGrpc;
import org.entente.proto.v1.SearchGrpc;
import org.entente.proto.v1.SearchRequest;
import org.entente.proto.v1.Severity;
import org.entente.proto.v1.WriteCapRequest;
import org.entente.proto.v1.WriteCapResponse;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.function.Executable;

/** CAP in and out by the calls of service Cap, over real gateways; hostile documents, too. */
class CapPathTest {
  private static final Path SAMPLES = Path.of("..", "..", "config", "samples", "cap");
  private static final OnBehalfOf PERSON =
      OnBehalfOf.newBuilder().setOfficer("DE-7").setJustification("case 7").build();
  private static final Label TERMS =
      Label.newBuilder()
          .setCategory(Category.CATEGORY_PUBLIC_WARNING)
          .setPurpose(Purpose.PURPOSE_PUBLIC_SAFETY)
          .setClassification(Classification.CLASSIFICATION_UNCLASSIFIED)
          .addMarkings("TLP:CLEAR")
          .setRequestedAction(RequestedAction.REQUESTED_ACTION_CHECK)
          .build();

  @RegisterExtension final RunningFederation federation = new RunningFederation();
  private String fire = "";

  @BeforeEach
  void start() throws IOException {
    Path config = federation.config(DE);
    Files.writeString(
        config, Files.readString(config).replace("score, recall", "score, recall, audit"));
    federation.start(FR, DE);
    fire = Files.readString(SAMPLES.resolve("quay-fire.cap"));
  }

  private static ReadCapRequest.Builder reading(String xml) {
    return ReadCapRequest.newBuilder()
        .setXml(ByteString.copyFromUtf8(xml))
        .setLabel(TERMS)
        .setTo(Addressing.newBuilder().addAgencies(DE));
  }

  private ReadCapResponse read(ReadCapRequest.Builder request) {
    return CapGrpc.newBlockingStub(federation.channel(FR)).readCap(request.build());
  }

  private static WriteCapRequest.Builder writing(MessageId id) {
    return WriteCapRequest.newBuilder()
        .setMessageId(ByteString.copyFrom(id.bytes()))
        .setOnBehalfOf(PERSON);
  }

  private WriteCapResponse write(WriteCapRequest.Builder request) {
    return CapGrpc.newBlockingStub(federation.channel(DE)).writeCap(request.build());
  }

  private MessageId publish(Draft draft) {
    return federation.accepted(FR, draft);
  }

  /** Arrived, and not opened by anybody. */
  private void awaitArrivals(int count) {
    SearchRequest all = SearchRequest.newBuilder().setOnBehalfOf(PERSON).build();
    federation.await(
        count + " messages",
        () ->
            SearchGrpc.newBlockingStub(federation.channel(DE)).search(all).getMessagesCount()
                == count);
  }

  private List<AuditRecord> opened(MessageId id) throws InvalidProtocolBufferException {
    List<AuditRecord> opened = new ArrayList<>();
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
        opened.add(record);
      }
    }
    return opened;
  }

  @Test
  void document_throughTwoGateways_isTheSame_andItsOpeningIsOnRecordAndTold() throws Exception {
    ReadCapResponse read = read(reading(fire));
    assertEquals(List.of(), read.getUnmappedList());
    assertEquals(Severity.SEVERITY_SEVERE, read.getDraft().getLabel().getSeverity());
    assertEquals(read.getDraft(), read(reading(fire)).getDraft(), "the same key again");
    MessageId id = publish(read.getDraft());
    awaitArrivals(1);

    WriteCapResponse written = write(writing(id));

    assertEquals("", written.getReason());
    assertEquals(FR, written.getMessage().getLabel().getOrigin());
    assertEquals("label.requested_action", written.getUnmapped(0).getPath());
    String xml = written.getXml().toStringUtf8();
    assertTrue(xml.contains("<identifier>HAFEN-2026-0412-7</identifier>"), xml);
    assertTrue(xml.contains("<sender>fr.customs/leitstelle@hafen.example</sender>"), xml);
    String unprefixed = xml.replace(">fr.customs/", ">");
    assertEquals(read.getDraft().getBody(), read(reading(unprefixed)).getDraft().getBody());
    AuditRecord leaf = opened(id).get(0);
    assertEquals("DE-7", leaf.getActor().getOnBehalfOf().getOfficer());
    assertEquals("desk", leaf.getActor().getClient());
    federation.awaitEvidence(FR, id, EvidenceKind.EVIDENCE_KIND_RETRIEVAL, DE);
  }

  @Test
  void recall_isACancel_whereItsClientHasWhatWasWrittenBefore() {
    MessageId id = publish(read(reading(fire)).getDraft());
    awaitArrivals(1);
    ByteString before = write(writing(id)).getXml();
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

    WriteCapResponse alone = write(writing(recall));
    assertEquals(ByteString.EMPTY, alone.getXml());
    assertTrue(alone.getReason().startsWith("body.recall: recalls " + id), alone.getReason());

    String cancel = write(writing(recall).setChangedXml(before)).getXml().toStringUtf8();
    assertTrue(cancel.contains("<msgType>Cancel</msgType>"), cancel);
    assertTrue(cancel.contains("<note>the fire is out</note>"), cancel);
    assertTrue(
        cancel.contains(
            "<references>fr.customs/leitstelle@hafen.example,HAFEN-2026-0412-7,2026-04-12T15:20:00+02:00"),
        cancel);
    Refused gone = refused(() -> write(writing(id)));
    assertEquals("NOT_FOUND", gone.reason());
  }

  @Test
  void terms_atFault_areNamedByTheirField() {
    Map<String, ReadCapRequest.Builder> wrong = new LinkedHashMap<>();
    wrong.put("label.purpose", reading(fire).setLabel(TERMS.toBuilder().clearPurpose()));
    wrong.put(
        "label.severity",
        reading(fire).setLabel(TERMS.toBuilder().setSeverity(Severity.SEVERITY_MINOR)));
    wrong.put("label.origin", reading(fire).setLabel(TERMS.toBuilder().setOrigin("de.customs")));
    wrong.put(
        "label.legal_basis",
        reading(fire).setLabel(TERMS.toBuilder().setLegalBasis("x".repeat(201))));
    wrong.put(
        "to.agencies[0]", reading(fire).setTo(Addressing.newBuilder().addAgencies("Germany")));
    wrong.put("xml", reading(""));
    wrong.forEach(
        (field, request) -> {
          Refused refused = refused(() -> read(request));
          assertEquals(field, refused.field(), refused.message());
          assertEquals("INVALID_FIELD", refused.reason());
        });
    String restricted =
        fire.replace(
            "<scope>Public</scope>",
            "<scope>Restricted</scope><restriction>brigades</restriction>");
    assertEquals(DE, read(reading(restricted)).getDraft().getTo().getAgencies(0));
    for (Addressing nobody :
        List.of(
            Addressing.getDefaultInstance(),
            Addressing.newBuilder().setWhomAgreementsAllow(true).build())) {
      Refused refused = refused(() -> read(reading(restricted).setTo(nobody)));
      assertTrue(refused.message().contains("alert/scope"), refused.message());
      assertTrue(refused.message().contains("must be named"), refused.message());
      assertTrue(read(reading(fire).setTo(nobody)).getDraft().getTo().getWhomAgreementsAllow());
    }
  }

  /** Threat 26, and what else XML is known for: by each field that takes a document. */
  @Test
  void hostileDocuments_areRefusedByBothCalls_readNothing_andOpenNothing() throws Exception {
    MessageId id = publish(read(reading(fire)).getDraft());
    awaitArrivals(1);
    Path secret = Files.writeString(federation.folder().resolve("secret.txt"), "SECRET-CONTENT");
    for (Map.Entry<String, String> one : hostile(secret).entrySet()) {
      Refused reading = refused(() -> read(reading(one.getKey())));
      assertEquals("xml", reading.field(), one.getValue());
      ByteString document = ByteString.copyFromUtf8(one.getKey());
      Refused writing = refused(() -> write(writing(id).setChangedXml(document)));
      assertEquals("changed_xml", writing.field(), one.getValue());
      for (Refused refused : List.of(reading, writing)) {
        assertTrue(refused.message().contains(one.getValue()), refused.message());
        assertFalse(refused.message().contains("SECRET-CONTENT"), refused.message());
      }
    }
    assertEquals(List.of(), opened(id));
    String large = fire.replace("Shelter", " ".repeat(1 << 20) + "Shelter");
    assertEquals("TOO_LARGE", refused(() -> read(reading(large))).reason());
    assertEquals(
        "TOO_LARGE",
        refused(() -> write(writing(id).setChangedXml(ByteString.copyFromUtf8(large)))).reason());
    byte[] notUtf8 = fire.replace("Smoke", "\u00FCber").getBytes(StandardCharsets.ISO_8859_1);
    Refused bytes = refused(() -> read(reading(fire).setXml(ByteString.copyFrom(notUtf8))));
    assertTrue(bytes.message().contains("is not UTF-8"), bytes.message());
  }

  /** Documents, with a piece of what is said of each. */
  private Map<String, String> hostile(Path secret) {
    String declared = fire.substring(fire.indexOf("?>") + 2);
    String external = "<!DOCTYPE alert [<!ENTITY x SYSTEM \"" + secret.toUri() + "\">]>";
    StringBuilder laughs = new StringBuilder("<!DOCTYPE alert [<!ENTITY l0 \"laughter\">");
    for (int i = 1; i < 12; i++) {
      laughs.append("<!ENTITY l").append(i).append(" \"");
      laughs.append(("&l" + (i - 1) + ";").repeat(10)).append("\">");
    }
    laughs.append("]>");
    String include =
        "<xi:include xmlns:xi=\"http://www.w3.org/2001/XInclude\" parse=\"text\" href=\""
            + secret.toUri()
            + "\"/>";
    String source = "<source>Harbour control room, shift 2";
    assertTrue(declared.contains(source));
    Map<String, String> hostile = new LinkedHashMap<>();
    hostile.put(external + declared.replace(source, "<source>&x;"), "document type declaration");
    hostile.put(
        "<!DOCTYPE alert SYSTEM \"http://127.0.0.1:9/a.dtd\">" + declared,
        "document type declaration");
    hostile.put(
        "<!DOCTYPE alert [<!ENTITY % p SYSTEM \"http://127.0.0.1:9/p\"> %p;]>" + declared,
        "document type declaration");
    hostile.put(laughs + declared.replace(source, "<source>&l11;"), "document type declaration");
    hostile.put(
        declared.replace(source, "<source>" + include), "alert/source: must contain only text");
    hostile.put(declared.replace("<source>", "<code/>".repeat(10_000) + "<source>"), "elements");
    hostile.put(declared.replace(source, "<source>" + "<a>".repeat(100)), "alert/source");
    hostile.put(declared.replace("</alert>", ""), "not well-formed XML");
    hostile.put("{\"alert\": 1}", "not well-formed XML");
    return hostile;
  }

  /** What a refused call says. */
  private record Refused(String reason, String field, String message) {}

  private static Refused refused(Executable call) {
    StatusRuntimeException error = assertThrows(StatusRuntimeException.class, call);
    Status status = StatusProto.fromThrowable(error);
    String reason = "";
    String field = "";
    try {
      for (Any detail : status == null ? List.<Any>of() : status.getDetailsList()) {
        if (detail.is(ErrorInfo.class)) {
          reason = detail.unpack(ErrorInfo.class).getReason();
        } else if (detail.is(BadRequest.class)) {
          field = detail.unpack(BadRequest.class).getFieldViolations(0).getField();
        }
      }
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
    return new Refused(reason, field, String.valueOf(error.getMessage()));
  }
}
