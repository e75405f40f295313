package org.entente.gateway.federation;

import static org.entente.gateway.federation.RunningFederation.DE;
import static org.entente.gateway.federation.RunningFederation.FR;
import static org.entente.gateway.federation.RunningFederation.HUB;
import static org.entente.gateway.federation.RunningFederation.SG;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.entente.gateway.audit.record.AuditPerson;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.node.offline.LedgerRestore;
import org.entente.gateway.testkit.RequestSamples;
import org.entente.proto.link.v1.AttachmentPart;
import org.entente.proto.link.v1.AttachmentRequest;
import org.entente.proto.link.v1.Frame;
import org.entente.proto.v1.AnswerResult;
import org.entente.proto.v1.Attachment;
import org.entente.proto.v1.AttachmentKey;
import org.entente.proto.v1.AttachmentsGrpc;
import org.entente.proto.v1.BackupsGrpc;
import org.entente.proto.v1.BeginUploadRequest;
import org.entente.proto.v1.BeginUploadResponse;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.CreateBackupRequest;
import org.entente.proto.v1.Delivery;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.EvidenceKind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.OpenAttachmentRequest;
import org.entente.proto.v1.OpenAttachmentResponse;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.Purpose;
import org.entente.proto.v1.ReadAttachmentRequest;
import org.entente.proto.v1.ReadAttachmentResponse;
import org.entente.proto.v1.RecallRequest;
import org.entente.proto.v1.RetentionGrpc;
import org.entente.proto.v1.ShowUploadRequest;
import org.entente.proto.v1.ShowUploadResponse;
import org.entente.proto.v1.Wanted;
import org.entente.proto.v1.WriteUploadRequest;
import org.entente.proto.v1.WriteUploadResponse;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Over real gateways: files of messages, from a client's upload to another agency's reader. */
class AttachmentPathTest {
  private static final Duration DAY = Duration.ofDays(1);
  private static final int SEGMENT = 128 << 10;
  private static final OnBehalfOf PERSON =
      OnBehalfOf.newBuilder().setOfficer("DE-9").setJustification("case 7/26").build();

  @RegisterExtension final RunningFederation federation = new RunningFederation();

  private final Random random = new Random(27);

  @BeforeEach
  void keepAttachments() throws IOException {
    for (String agency : List.of(FR, DE, HUB, SG)) {
      configure(agency, "");
    }
  }

  private void configure(String agency, String more) throws IOException {
    String yaml =
        Files.readString(federation.config(agency)).replaceAll("(?s)\nattachments:.*", "");
    Files.writeString(
        federation.config(agency),
        yaml + "\nattachments:\n  folder: " + agency + "-attachments\n" + more);
  }

  private Path folder(String agency) {
    return federation.folder().resolve(agency + "-attachments");
  }

  private List<Path> files(String agency) {
    try (Stream<Path> files = Files.list(folder(agency))) {
      return files.filter(file -> !file.endsWith("entente-attachments")).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private AttachmentsGrpc.AttachmentsBlockingStub at(String agency) {
    return AttachmentsGrpc.newBlockingStub(federation.channel(agency))
        .withDeadlineAfter(60, TimeUnit.SECONDS);
  }

  private byte[] content(int size) {
    byte[] bytes = new byte[size];
    random.nextBytes(bytes);
    return bytes;
  }

  private static ByteString sha256(byte[] content) {
    try {
      return ByteString.copyFrom(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static BeginUploadRequest.Builder photograph(long size) {
    return BeginUploadRequest.newBuilder()
        .setName("../../etc/passwd")
        .setMediaType("image/jpeg")
        .setSize(size);
  }

  private WriteUploadResponse write(ByteString id, byte[] content, int from, int to) {
    return at(FR)
        .writeUpload(
            WriteUploadRequest.newBuilder()
                .setUploadId(id)
                .setOffset(from)
                .setData(ByteString.copyFrom(content, from, to - from))
                .build());
  }

  private ByteString upload(byte[] content) {
    BeginUploadResponse begun =
        at(FR).beginUpload(photograph(content.length).setSha256(sha256(content)).build());
    for (int from = 0; from < content.length; from += begun.getWriteBytes()) {
      int to = Math.min(content.length, from + begun.getWriteBytes());
      assertEquals(
          to == content.length, write(begun.getUploadId(), content, from, to).getComplete());
    }
    return begun.getUploadId();
  }

  private Draft with(Draft draft, ByteString... uploads) {
    Draft.Builder out = draft.toBuilder();
    for (ByteString upload : uploads) {
      out.getLabelBuilder().addAttachments(Attachment.newBuilder().setId(upload));
    }
    return out.build();
  }

  private OpenAttachmentResponse open(String agency, MessageId message, ByteString attachment) {
    return at(agency)
        .openAttachment(
            OpenAttachmentRequest.newBuilder()
                .setMessageId(ByteString.copyFrom(message.bytes()))
                .setAttachmentId(attachment)
                .setOnBehalfOf(PERSON)
                .build());
  }

  private ReadAttachmentResponse read(String agency, ByteString reading, long offset, int limit) {
    return at(agency)
        .readAttachment(
            ReadAttachmentRequest.newBuilder()
                .setReadingId(reading)
                .setOffset(offset)
                .setLimit(limit)
                .build());
  }

  /** Reads all of an attachment, as it comes. */
  private byte[] fetch(String agency, MessageId message, ByteString attachment) {
    OpenAttachmentResponse opened = open(agency, message, attachment);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    federation.await(
        "the attachment is here",
        () -> {
          ReadAttachmentResponse some = read(agency, opened.getReadingId(), out.size(), 0);
          out.writeBytes(some.getData().toByteArray());
          return out.size() == opened.getAttachment().getSize();
        });
    return out.toByteArray();
  }

  private static StatusRuntimeException refused(Status.Code code, Supplier<?> call) {
    StatusRuntimeException refusal = assertThrows(StatusRuntimeException.class, call::get);
    assertEquals(code, refusal.getStatus().getCode(), refusal.getMessage());
    return refusal;
  }

  @Test
  void attachment_isRead_whereItsMessageWasSent_andIsPlainNowhereOnADisk() throws IOException {
    federation.start(FR, DE);
    byte[] content = content(9 * SEGMENT + 4_711);
    ByteString upload = upload(content);
    MessageId message =
        federation.accepted(FR, with(federation.draft("a photograph", DAY, DE), upload));
    Delivery delivery = federation.receive(DE, 1).get(0);
    Attachment attachment = delivery.getLabel().getAttachments(0);
    assertEquals("../../etc/passwd", attachment.getName());
    assertEquals("image/jpeg", attachment.getMediaType());
    assertEquals(content.length, attachment.getSize());
    assertEquals(sha256(content), attachment.getSha256());
    assertTrue(attachment.hasAvailableUntil());
    assertEquals(0, delivery.getBody().getAttachmentKeysCount(), "no client gets a key");
    assertEquals(List.of(), files(DE), "nothing is fetched that nobody opens");

    assertArrayEquals(content, fetch(DE, message, attachment.getId()));
    federation.awaitEvidence(FR, message, EvidenceKind.EVIDENCE_KIND_FETCHED, DE);
    for (String agency : List.of(FR, DE)) {
      List<Path> files = files(agency);
      assertEquals(1, files.size(), files.toString());
      assertTrue(files.get(0).getFileName().toString().matches("[0-9a-f-]+"), files.toString());
      String sealed = HexFormat.of().formatHex(Files.readAllBytes(files.get(0)));
      assertFalse(sealed.contains(HexFormat.of().formatHex(content, 0, 16)));
    }
    // It is here now, whether or not its sender is.
    federation.stop(FR);
    OpenAttachmentResponse again = open(DE, message, attachment.getId());
    ReadAttachmentResponse middle = read(DE, again.getReadingId(), SEGMENT - 10L, 20);
    assertArrayEquals(
        Arrays.copyOfRange(content, SEGMENT - 10, SEGMENT + 10), middle.getData().toByteArray());
    assertEquals(content.length, middle.getHere());
    for (long beyond : new long[] {content.length, Long.MAX_VALUE, -1}) {
      assertTrue(read(DE, again.getReadingId(), beyond, 0).getData().isEmpty());
    }
  }

  @Test
  void upload_goesOnWhereItStopped_andTakesNothingElse() throws IOException {
    federation.start(FR);
    byte[] content = content(3 * SEGMENT + 5);
    ByteString id = at(FR).beginUpload(photograph(content.length).build()).getUploadId();
    assertEquals(SEGMENT, write(id, content, 0, SEGMENT).getCommitted());
    refused(Status.Code.FAILED_PRECONDITION, () -> write(id, content, 0, SEGMENT));
    refused(Status.Code.FAILED_PRECONDITION, () -> write(id, content, 2 * SEGMENT, 3 * SEGMENT));
    refused(Status.Code.INVALID_ARGUMENT, () -> write(id, content, SEGMENT, SEGMENT + 7));
    refused(
        Status.Code.INVALID_ARGUMENT,
        () -> write(id, Arrays.copyOf(content, 4 * SEGMENT), SEGMENT, 4 * SEGMENT));
    federation.stop(FR);

    // What a power loss may leave of a write that nobody acknowledged.
    Files.write(files(FR).get(0), content(2 * SEGMENT), StandardOpenOption.APPEND);
    federation.start(FR);
    ShowUploadResponse shown =
        at(FR).showUpload(ShowUploadRequest.newBuilder().setUploadId(id).build());
    assertEquals(SEGMENT, shown.getCommitted());
    assertFalse(shown.getComplete());
    Outcome early =
        outcomeOf(() -> federation.publish(FR, with(federation.draft("early", DAY, DE), id)));
    assertFalse(early.hasAccepted());
    assertTrue(write(id, content, SEGMENT, content.length).getComplete());
    refused(
        Status.Code.FAILED_PRECONDITION, () -> write(id, content, content.length, content.length));

    federation.start(DE);
    MessageId message = federation.accepted(FR, with(federation.draft("all of it", DAY, DE), id));
    Attachment attachment = federation.receive(DE, 1).get(0).getLabel().getAttachments(0);
    assertEquals(sha256(content), attachment.getSha256(), "the gateway knows the hash");
    assertArrayEquals(content, fetch(DE, message, id));
    assertFalse(
        outcomeOf(() -> federation.publish(FR, with(federation.draft("twice", DAY, DE), id)))
            .hasAccepted(),
        "an upload goes with one message");
  }

  /** Each of several uploads was promised the same room. */
  @Test
  void upload_isNotWritten_whereItsDiskIsScarceNow_andMailGoesOn() throws IOException {
    federation.start(FR, DE);
    byte[] content = content(2 * SEGMENT);
    ByteString id = at(FR).beginUpload(photograph(content.length).build()).getUploadId();
    write(id, content, 0, SEGMENT);
    federation.stop(FR);
    Files.writeString(
        federation.config(FR), "\ndisk:\n  slow_below_mib: 1048576\n", StandardOpenOption.APPEND);
    federation.start(FR);
    refused(Status.Code.RESOURCE_EXHAUSTED, () -> write(id, content, SEGMENT, content.length));
    federation.accepted(FR, federation.draft("mail", DAY, DE));
    assertEquals(1, federation.receive(DE, 1).size());
  }

  private static Outcome outcomeOf(Supplier<Outcome> publishing) {
    try {
      return publishing.get();
    } catch (StatusRuntimeException e) {
      return Outcome.getDefaultInstance();
    }
  }

  @Test
  void fetch_goesOn_afterEitherEndStopped() {
    federation.start(FR, DE);
    byte[] content = content(40 * SEGMENT);
    ByteString upload = upload(content);
    MessageId message = federation.accepted(FR, with(federation.draft("a video", DAY, DE), upload));
    federation.receive(DE, 1);
    federation.stop(FR);
    OpenAttachmentResponse opened = open(DE, message, upload);
    assertEquals(0, read(DE, opened.getReadingId(), 0, 0).getHere());
    federation.start(FR);
    federation.await(
        "some of it is here", () -> read(DE, opened.getReadingId(), 0, 0).getHere() > 0);
    federation.stop(DE);
    federation.start(DE);
    refused(Status.Code.NOT_FOUND, () -> read(DE, opened.getReadingId(), 0, 0));
    assertArrayEquals(content, fetch(DE, message, upload));
  }

  @Test
  void upload_ofOtherContentThanStated_isRemoved() {
    federation.start(FR);
    byte[] content = content(1_000);
    ByteString id =
        at(FR)
            .beginUpload(photograph(1_000).setSha256(sha256(content(1_000))).build())
            .getUploadId();
    StatusRuntimeException lie =
        refused(Status.Code.INVALID_ARGUMENT, () -> write(id, content, 0, 1_000));
    assertTrue(String.valueOf(lie.getMessage()).contains("hash"), lie.getMessage());
    refused(
        Status.Code.NOT_FOUND,
        () -> at(FR).showUpload(ShowUploadRequest.newBuilder().setUploadId(id).build()));
    assertEquals(List.of(), files(FR));
  }

  @Test
  void uploads_countForTheirClient_untilTheyExpire() throws IOException {
    configure(FR, "  file_mib: 1\n  client_mib: 2\n  client_files: 3\n  upload_hours: 2\n");
    federation.start(FR);
    refused(
        Status.Code.INVALID_ARGUMENT, () -> at(FR).beginUpload(photograph((1 << 20) + 1).build()));
    at(FR).beginUpload(photograph(1 << 20).build());
    at(FR).beginUpload(photograph(1 << 20).build());
    refused(Status.Code.RESOURCE_EXHAUSTED, () -> at(FR).beginUpload(photograph(1).build()));
    federation.pass(Duration.ofHours(4), Duration.ofMinutes(30));
    for (int i = 0; i < 3; i++) {
      at(FR).beginUpload(photograph(1).build());
    }
    refused(Status.Code.RESOURCE_EXHAUSTED, () -> at(FR).beginUpload(photograph(1).build()));
  }

  @Test
  void uploads_withBadFields_areRefused_byName() {
    federation.start(FR);
    for (BeginUploadRequest bad :
        List.of(
            photograph(0).build(),
            photograph(-1).build(),
            photograph(1).setName("").build(),
            photograph(1).setName("a\u202egpj.exe").build(),
            photograph(1).setName("a\nb").build(),
            photograph(1).setMediaType("image/jpeg; charset=x").build(),
            photograph(1).setMediaType("<script>").build(),
            photograph(1).setSha256(ByteString.copyFromUtf8("short")).build())) {
      refused(Status.Code.INVALID_ARGUMENT, () -> at(FR).beginUpload(bad));
    }
    Draft forged =
        with(federation.draft("forged", DAY, DE), ByteString.copyFrom(content(16))).toBuilder()
            .setBody(
                federation.draft("forged", DAY, DE).getBody().toBuilder()
                    .addAttachmentKeys(AttachmentKey.getDefaultInstance()))
            .build();
    assertFalse(outcomeOf(() -> federation.publish(FR, forged)).hasAccepted());
    assertFalse(
        outcomeOf(
                () ->
                    federation.publish(
                        FR, with(federation.draft("x", DAY, DE), ByteString.copyFrom(content(16)))))
            .hasAccepted(),
        "an unknown upload");
  }

  @Test
  void recall_removesTheFileAtBothEnds() {
    federation.start(FR, DE);
    byte[] content = content(2 * SEGMENT);
    ByteString upload = upload(content);
    MessageId message =
        federation.accepted(FR, with(federation.draft("a mistake", DAY, DE), upload));
    federation.receive(DE, 1);
    OpenAttachmentResponse opened = open(DE, message, upload);
    assertArrayEquals(content, fetch(DE, message, upload));
    recall(message);
    federation.awaitEvidence(FR, message, EvidenceKind.EVIDENCE_KIND_ERASURE, DE);
    refused(Status.Code.NOT_FOUND, () -> read(DE, opened.getReadingId(), 0, 0));
    refused(Status.Code.NOT_FOUND, () -> open(DE, message, upload));
    federation.pass(Duration.ofMinutes(4), Duration.ofMinutes(1));
    federation.await("the files are gone", () -> files(FR).isEmpty() && files(DE).isEmpty());
  }

  @Test
  void backup_givesFilesBack_andOnesErasedSinceAreErasedAgain() throws IOException {
    Path backups = federation.folder().resolve("copies-of-de");
    configure(DE, "\nbackup:\n  folder: " + backups + "\n");
    federation.start(FR, DE);
    byte[] content = content(2 * SEGMENT + 1);
    ByteString kept = upload(content);
    MessageId stays = federation.accepted(FR, with(federation.draft("stays", DAY, DE), kept));
    ByteString wrong = upload(content(SEGMENT));
    MessageId recalled = federation.accepted(FR, with(federation.draft("wrong", DAY, DE), wrong));
    federation.receive(DE, 2);
    assertArrayEquals(content, fetch(DE, stays, kept));
    assertEquals(SEGMENT, fetch(DE, recalled, wrong).length);
    var made =
        BackupsGrpc.newBlockingStub(federation.channel(DE))
            .createBackup(CreateBackupRequest.newBuilder().setOnBehalfOf(PERSON).build());
    assertEquals(1, made.getBackup().getNumber());
    recall(recalled);
    federation.awaitEvidence(FR, recalled, EvidenceKind.EVIDENCE_KIND_ERASURE, DE);
    federation.stop(FR);
    federation.stop(DE);

    for (Path file : files(DE)) {
      Files.delete(file);
    }
    assertTrue(restore().attachments());
    assertEquals(2, files(DE).size());
    federation.start(DE);
    assertArrayEquals(content, fetch(DE, stays, kept), "its sender does not run");
    refused(Status.Code.NOT_FOUND, () -> open(DE, recalled, wrong));
    federation.pass(Duration.ofMinutes(4), Duration.ofMinutes(1));
    federation.await("its file is gone", () -> files(DE).size() == 1);
  }

  private LedgerRestore.RestoreResult restore() {
    return new LedgerRestore(federation.config(DE), federation.clock)
        .restore(0, true, Optional.empty(), new AuditPerson("DE-1", "", "the disk is lost"));
  }

  /** Copying the files failed after the ledger was copied: the operator must hear of it. */
  @Test
  void backup_withoutACopyOfTheFiles_isRestored_andTheOperatorIsTold() throws IOException {
    Path backups = federation.folder().resolve("copies-of-de");
    configure(DE, "\nbackup:\n  folder: " + backups + "\n");
    federation.start(DE);
    var unused =
        BackupsGrpc.newBlockingStub(federation.channel(DE))
            .createBackup(CreateBackupRequest.newBuilder().setOnBehalfOf(PERSON).build());
    federation.stop(DE);
    Files.delete(backups.resolve("attachments").resolve("backup-1"));
    assertFalse(restore().attachments());
  }

  private void recall(MessageId message) {
    RetentionGrpc.newBlockingStub(federation.channel(FR))
        .recall(
            RecallRequest.newBuilder()
                .setMessageId(ByteString.copyFrom(message.bytes()))
                .setReason("another person's photograph")
                .setOnBehalfOf(PERSON)
                .build());
  }

  @Test
  void file_isGivenToItsRecipientOnly_andOneAnswerTellsNothing() throws Exception {
    federation.start(FR);
    ByteString forSg = upload(content(SEGMENT));
    ByteString forDe = upload(content(SEGMENT + 1));
    MessageId message = federation.accepted(FR, with(federation.draft("for DE", DAY, DE), forDe));
    try (HostileStream peer = new HostileStream(federation)) {
      peer.greet();
      List<AttachmentRequest> refused =
          List.of(
              request(message, forSg, 0),
              request(message, ByteString.copyFrom(content(16)), 0),
              request(MessageId.of(content(16)), forDe, 0),
              request(message, forDe, 2),
              request(message, forDe, -1),
              request(message, forDe, Integer.MIN_VALUE));
      refused.forEach(one -> peer.say(Frame.newBuilder().setAttachmentRequest(one)));
      peer.say(
          Frame.newBuilder()
              .setAttachmentRequest(
                  AttachmentRequest.newBuilder().setMessageId(ByteString.copyFromUtf8("short"))));
      peer.say(Frame.newBuilder().setAttachmentRequest(request(message, forDe, 1)));
      // Nobody asked for this.
      peer.say(
          Frame.newBuilder()
              .setAttachmentPart(
                  AttachmentPart.newBuilder()
                      .setMessageId(ByteString.copyFrom(message.bytes()))
                      .setAttachmentId(forDe)
                      .setSealed(ByteString.copyFrom(content(100)))));
      federation.await("all are answered", () -> peer.parts().size() == refused.size() + 1);
      for (int i = 0; i < refused.size(); i++) {
        assertTrue(peer.parts().get(i).getRefused());
        assertTrue(peer.parts().get(i).getSealed().isEmpty());
      }
      AttachmentPart last = peer.parts().get(refused.size());
      assertFalse(last.getRefused());
      assertEquals(1 + 56 + 16, last.getSealed().size(), "the last segment has one byte");
      assertFalse(peer.isEnded());
    }
  }

  private static AttachmentRequest request(MessageId message, ByteString attachment, int segment) {
    return AttachmentRequest.newBuilder()
        .setMessageId(ByteString.copyFrom(message.bytes()))
        .setAttachmentId(attachment)
        .setSegment(segment)
        .build();
  }

  @Test
  void fileThatCannotBeRead_endsNoStream() throws Exception {
    federation.start(FR);
    ByteString broken = upload(content(SEGMENT));
    ByteString whole = upload(content(1));
    MessageId first = federation.accepted(FR, with(federation.draft("one", DAY, DE), broken));
    MessageId second = federation.accepted(FR, with(federation.draft("two", DAY, DE), whole));
    Path file = folder(FR).resolve(HexFormat.of().formatHex(broken.toByteArray()));
    Files.delete(file);
    Files.createDirectory(file);
    try (HostileStream peer = new HostileStream(federation)) {
      peer.greet();
      peer.say(Frame.newBuilder().setAttachmentRequest(request(first, broken, 0)));
      peer.say(Frame.newBuilder().setAttachmentRequest(request(second, whole, 0)));
      federation.await("the other is answered", () -> peer.parts().size() == 1 || peer.isEnded());
      assertFalse(peer.isEnded());
    }
  }

  /** The same look at the folder precedes each segment that a peer sends on a stream. */
  @Test
  void folderThatCannotBeUsed_refusesUploads_andSaysWhoMustAct() throws Exception {
    federation.start(FR);
    Files.delete(folder(FR).resolve("entente-attachments"));
    Files.delete(folder(FR));
    Files.createFile(folder(FR));
    StatusRuntimeException refusal =
        refused(Status.Code.RESOURCE_EXHAUSTED, () -> at(FR).beginUpload(photograph(1).build()));
    assertTrue(
        String.valueOf(refusal.getMessage())
            .contains("attachments.folder cannot be used on this gateway now"),
        refusal.getMessage());
  }

  @Test
  void attachment_isFetchedThroughATransit_whichKeepsNothingOfIt() throws IOException {
    federation.start(FR, HUB, SG);
    byte[] content = content(30 * SEGMENT + 5);
    ByteString upload = upload(content);
    MessageId message = federation.accepted(FR, with(federation.draft("far", DAY, SG), upload));
    federation.receive(SG, 1);
    assertArrayEquals(content, fetch(SG, message, upload));
    federation.awaitEvidence(FR, message, EvidenceKind.EVIDENCE_KIND_FETCHED, SG);
    assertEquals(List.of(), files(HUB));
  }

  @Test
  void requestAndItsAnswer_haveAttachments_unlessOnlyHitOrNoHitIsAsked() {
    federation.start(FR, DE);
    byte[] photograph = content(SEGMENT + 3);
    MessageId asked = ask(Wanted.WANTED_DETAILS, upload(photograph));
    federation.receive(DE, 1);
    assertArrayEquals(photograph, fetch(DE, asked, ByteString.EMPTY));

    byte[] scan = content(2_000);
    BeginUploadResponse begun = at(DE).beginUpload(photograph(scan.length).build());
    var unused =
        at(DE)
            .writeUpload(
                WriteUploadRequest.newBuilder()
                    .setUploadId(begun.getUploadId())
                    .setData(ByteString.copyFrom(scan))
                    .build());
    Draft answer =
        with(
            matter(RequestSamples.answers(asked), RequestSamples.details(), FR),
            begun.getUploadId());
    MessageId answered = federation.accepted(DE, answer);
    federation.receive(FR, 1);
    assertArrayEquals(scan, fetch(FR, answered, ByteString.EMPTY));

    MessageId hit = ask(Wanted.WANTED_HIT_NO_HIT, upload(content(10)));
    federation.await(
        "it has arrived",
        () ->
            outcomeOf(
                    () ->
                        federation.publish(
                            DE,
                            matter(
                                RequestSamples.answers(hit),
                                RequestSamples.answer(AnswerResult.ANSWER_RESULT_LATER),
                                FR)))
                .hasAccepted());
    ByteString more = at(DE).beginUpload(photograph(scan.length).build()).getUploadId();
    var written =
        at(DE)
            .writeUpload(
                WriteUploadRequest.newBuilder()
                    .setUploadId(more)
                    .setData(ByteString.copyFrom(scan))
                    .build());
    assertTrue(written.getComplete());
    Draft tells =
        with(
            matter(
                RequestSamples.answers(hit),
                RequestSamples.answer(AnswerResult.ANSWER_RESULT_HIT),
                FR),
            more);
    StatusRuntimeException refusal =
        assertThrows(StatusRuntimeException.class, () -> federation.publish(DE, tells));
    assertTrue(
        String.valueOf(refusal.getMessage()).contains("LABEL_BODY_MISMATCH"), refusal.getMessage());
  }

  private MessageId ask(Wanted wanted, ByteString upload) {
    Body body =
        RequestSamples.request(wanted, federation.clock.instant().plus(Duration.ofHours(1)));
    return federation.accepted(FR, with(matter(RequestSamples.asks(), body, DE), upload));
  }

  private Draft matter(Label.Builder label, Body body, String to) {
    label.setCategory(Category.CATEGORY_PUBLIC_WARNING).setPurpose(Purpose.PURPOSE_PUBLIC_SAFETY);
    return RequestSamples.draft("matter-" + random.nextLong(), label, body, to).build();
  }

  @Test
  void fetchThroughATransit_goesOn_afterTheTransitStopped() {
    federation.start(FR, HUB, SG);
    byte[] content = content(40 * SEGMENT);
    ByteString upload = upload(content);
    MessageId message = federation.accepted(FR, with(federation.draft("far", DAY, SG), upload));
    federation.receive(SG, 1);
    federation.stop(HUB);
    OpenAttachmentResponse opened = open(SG, message, upload);
    assertEquals(0, read(SG, opened.getReadingId(), 0, 0).getHere());
    federation.start(HUB);
    federation.await(
        "some of it is here", () -> read(SG, opened.getReadingId(), 0, 0).getHere() > 0);
    federation.stop(HUB);
    federation.start(HUB);
    assertArrayEquals(content, fetch(SG, message, upload));
  }

  @Test
  void origin_givesNothing_toANeighbourThatSpeaksForAnother_orForOneThatDidNotGetIt()
      throws Exception {
    federation.start(FR, HUB, SG);
    ByteString upload = upload(content(SEGMENT));
    MessageId message = federation.accepted(FR, with(federation.draft("far", DAY, SG), upload));
    AttachmentRequest forSg =
        request(message, upload, 0).toBuilder().setOrigin(FR).setRequester(SG).build();
    try (HostileStream peer = new HostileStream(federation)) {
      peer.greet();
      peer.say(Frame.newBuilder().setAttachmentRequest(forSg));
      peer.say(Frame.newBuilder().setAttachmentRequest(forSg.toBuilder().setRequester("../x")));
      peer.say(Frame.newBuilder().setAttachmentRequest(forSg.toBuilder().setOrigin(SG)));
      peer.say(Frame.newBuilder().setAttachmentRequest(forSg.toBuilder().clearRequester()));
      federation.await("the last is answered", () -> !peer.parts().isEmpty());
      assertEquals(1, peer.parts().size());
      assertTrue(peer.parts().get(0).getRefused(), "not for this neighbour");
    }
  }

  @Test
  void filesOfOneAgency_takeNoMoreThanTheirRoom() throws IOException {
    configure(DE, "  agency_files: 1\n");
    federation.start(FR, DE);
    byte[] content = content(100);
    ByteString first = upload(content);
    ByteString second = upload(content(100));
    MessageId message =
        federation.accepted(FR, with(federation.draft("two", DAY, DE), first, second));
    federation.receive(DE, 1);
    assertArrayEquals(content, fetch(DE, message, first));
    refused(Status.Code.RESOURCE_EXHAUSTED, () -> open(DE, message, second));
  }

  @Test
  void attachments_thatAnAgreementWithholds_areUnknownToItsRecipients() throws IOException {
    Path agreement = federation.folder().resolve("agreements").resolve("warnings.yaml");
    Files.writeString(
        agreement, "\nredactions:\n  - label.attachments\n", StandardOpenOption.APPEND);
    federation.start(FR, DE);
    ByteString upload = upload(content(100));
    MessageId message = federation.accepted(FR, with(federation.draft("without", DAY, DE), upload));
    Delivery delivery = federation.receive(DE, 1).get(0);
    assertEquals(0, delivery.getLabel().getAttachmentsCount());
    assertEquals(List.of("label.attachments"), delivery.getLabel().getRedactedList());
    refused(Status.Code.NOT_FOUND, () -> open(DE, message, upload));
  }

  @Test
  void policy_decidesByWhatTheLabelSaysOfAttachments() throws IOException {
    Path agreement = federation.folder().resolve("agreements").resolve("warnings.yaml");
    Files.writeString(
        agreement,
        Files.readString(agreement)
            .replace(
                "\ncovers:\n",
                "\ncovers:\n  condition: "
                    + "label.attachments.all(one, one.media_type == 'image/png')\n"));
    federation.start(FR, DE);
    ByteString upload = upload(content(100));
    Outcome refusal = federation.publish(FR, with(federation.draft("a JPEG", DAY, DE), upload));
    assertEquals("CONDITION_FALSE", refusal.getRefused().getRefusals(0).getCode());
    federation.accepted(FR, federation.draft("none", DAY, DE));
  }

  @Test
  void gateway_thatKeepsNone_refusesThem_andReceivesTheirMessages() throws IOException {
    String yaml = Files.readString(federation.config(DE)).replaceAll("(?s)\nattachments:.*", "");
    Files.writeString(federation.config(DE), yaml);
    federation.start(FR, DE);
    ByteString upload = upload(content(100));
    MessageId message =
        federation.accepted(FR, with(federation.draft("for a small one", DAY, DE), upload));
    assertEquals(1, federation.receive(DE, 1).get(0).getLabel().getAttachmentsCount());
    refused(Status.Code.NOT_FOUND, () -> open(DE, message, upload));
    refused(Status.Code.NOT_FOUND, () -> at(DE).beginUpload(photograph(1).build()));
    assertFalse(
        outcomeOf(() -> federation.publish(DE, with(federation.draft("x", DAY, FR), upload)))
            .hasAccepted());
  }
}
