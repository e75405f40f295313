package org.entente.gateway.feature.attachment;

import static org.entente.gateway.feature.attachment.AttachmentNode.DESK;
import static org.entente.gateway.feature.attachment.AttachmentNode.OTHER;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.model.AttachmentId;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.gateway.seal.AttachmentSeal;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Table;
import org.entente.gateway.testkit.ReceiveKit;
import org.entente.gateway.testkit.Results;
import org.entente.proto.link.v1.AttachmentRequest;
import org.entente.proto.v1.Attachment;
import org.entente.proto.v1.BeginUploadRequest;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.OpenAttachmentRequest;
import org.entente.proto.v1.ReadAttachmentRequest;
import org.entente.proto.v1.ReadAttachmentResponse;
import org.entente.proto.v1.WriteUploadRequest;
import org.entente.proto.v1.WriteUploadResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What clients and agencies may take of the folder, and damage that no checksum shows. */
class AttachmentLimitsTest {
  private static final int SEGMENT = AttachmentSeal.SEGMENT_BYTES;

  @TempDir private Path folder;

  private AttachmentNode node(String settings) throws IOException {
    return new AttachmentNode(folder, settings);
  }

  private static Result<ReadAttachmentResponse> read(AttachmentNode node, AttachmentId reading) {
    return node.readings.read(DESK, reading, ReadAttachmentRequest.getDefaultInstance());
  }

  /** What is written to the mount point is not on the disk, and hidden once that is mounted. */
  @Test
  void fetch_writesNothing_whereTheDiskIsNotMounted() throws IOException {
    try (AttachmentNode node = node("")) {
      node.others.here = false;
      AttachmentNode.Received received = node.received(2);
      Problem why =
          node.fetches
              .begin(
                  new AttachmentFetch.Parties(ReceiveKit.ORIGIN, DESK),
                  received.message(),
                  received.attachment(),
                  received.key())
              .orElseThrow();
      assertEquals(Code.STORAGE_FULL, why.code());
      assertTrue(why.message().contains("attachments.folder cannot be used"), why.message());
      assertEquals(List.of(), node.requested);
      assertFalse(Files.exists(folder.resolve("files")));
    }
  }

  @Test
  void folderThatCannotBeUsed_isNamedToNoClient() throws IOException {
    try (AttachmentNode node = node("")) {
      node.others.here = false;
      BeginUploadRequest request =
          BeginUploadRequest.newBuilder()
              .setName("a photograph")
              .setMediaType("image/jpeg")
              .setSize(SEGMENT)
              .build();
      Problem why = Results.problem(node.uploads.begin(DESK, request));
      assertEquals(Code.STORAGE_FULL, why.code());
      assertFalse(why.message().contains("/disk"), why.message());
      assertTrue(why.message().contains("its log names the reason"), why.message());
    }
  }

  /** Each fetch was promised the same room when it began. */
  @Test
  void fetch_endsWhereItsDiskIsScarceNow_andGoesOnWhenItIsNotAnyMore() throws IOException {
    try (AttachmentNode node = node("")) {
      AttachmentNode.Received file = node.received(4);
      AttachmentId reading = node.open(DESK, file);
      node.fetches.received(ReceiveKit.ORIGIN, node.part(file, 0));
      assertEquals(SEGMENT, Results.value(read(node, reading)).getHere());

      node.room = 0;
      node.fetches.received(ReceiveKit.ORIGIN, node.part(file, 1));
      assertEquals(Code.STORAGE_FULL, Results.problem(read(node, reading)).code());
      assertEquals(
          1,
          node.attachments
              .fetched(file.message(), file.name().attachment(), 4 * SEGMENT)
              .present());

      node.room = AttachmentNode.PLENTY;
      AttachmentId again = node.open(DESK, file);
      node.fetches.received(ReceiveKit.ORIGIN, node.part(file, 1));
      assertEquals(2 * SEGMENT, Results.value(read(node, again)).getHere());
    }
  }

  private static Problem refused(AttachmentNode node, AttachmentNode.Received file) {
    return Results.problem(node.openResult(DESK, file));
  }

  /** Attack: one client opens the files of an agency, so that others can open none of them. */
  @Test
  void fetchesOfOneClient_leaveRoomToAnother() throws IOException {
    try (AttachmentNode node = node(", agency_fetches: 4")) {
      AttachmentNode.Received first = node.received(1);
      node.open(DESK, first);
      node.open(DESK, node.received(1));
      Problem over = refused(node, node.received(1));
      assertEquals(Code.OVERLOADED, over.code());
      assertTrue(over.message().contains("attachments.agency_fetches"), over.message());
      node.open(DESK, first);
      node.open(OTHER, node.received(1));
    }
  }

  @Test
  void filesOfOneClient_leaveRoomToAnother_untilTheirMessagesEnd() throws IOException {
    try (AttachmentNode node = node(", agency_files: 4, agency_fetches: 64")) {
      AttachmentNode.Received first = node.received(1);
      node.open(DESK, first);
      node.open(DESK, node.received(1));
      AttachmentNode.Received third = node.received(1);
      AttachmentNode.Received last = node.received(1);
      Problem over = refused(node, third);
      assertEquals(Code.LIMIT_REACHED, over.code());
      assertTrue(over.message().contains("attachments.agency_files"), over.message());
      node.restart();
      assertEquals(Code.LIMIT_REACHED, refused(node, third).code());
      node.open(OTHER, third);
      node.open(DESK, third);

      node.recalled(first.message());
      node.sweep.round();
      node.open(DESK, last);
    }
  }

  @Test
  void bytesOfOneClient_leaveRoomToAnother() throws IOException {
    try (AttachmentNode node = node(", agency_mib: 1, agency_fetches: 64")) {
      int segments = (int) (AttachmentParts.MIB / SEGMENT);
      node.open(DESK, node.received(segments / 2));
      assertEquals(Code.LIMIT_REACHED, refused(node, node.received(1)).code());
      node.open(OTHER, node.received(segments / 4));
      assertEquals(
          Code.LIMIT_REACHED,
          Results.problem(node.openResult(OTHER, node.received(segments / 4))).code());
    }
  }

  @Test
  void readingsOfOneClient_endNoneOfAnother() throws IOException {
    try (AttachmentNode node = node(", client_readings: 3")) {
      AttachmentNode.Received file = node.received(1);
      AttachmentId first = node.open(DESK, file);
      AttachmentId lost = node.open(OTHER, file);
      for (int i = 0; i < 3; i++) {
        node.open(OTHER, file);
      }
      assertEquals(0, Results.value(read(node, first)).getHere());
      assertEquals(
          Code.NOT_FOUND,
          Results.problem(
                  node.readings.read(OTHER, lost, ReadAttachmentRequest.getDefaultInstance()))
              .code());
    }
  }

  /** Who gives a wrong id, or none of several, would otherwise have to open the message again. */
  @Test
  void attachmentThatIsNotThere_isRefusedWithTheIdsOfThoseThatAre() throws IOException {
    try (AttachmentNode node = node("")) {
      AttachmentNode.Received file = node.received(1);
      ByteString id = file.attachment().getId();
      String hex = HexFormat.of().formatHex(id.toByteArray());
      ByteString other = ByteString.copyFrom(new byte[16]);
      assertEquals(
          "the message has no such attachment; valid: " + hex,
          Results.problem(open(node, file.message(), other)).message());
      MessageId two =
          node.received(
              Body.newBuilder()
                  .addAttachmentKeys(file.key())
                  .addAttachmentKeys(file.key().toBuilder().setId(other))
                  .build(),
              label ->
                  label
                      .addAttachments(file.attachment())
                      .addAttachments(file.attachment().toBuilder().setId(other)));
      assertEquals(
          "is required, as the message has several attachments; valid: "
              + hex
              + ", "
              + "0".repeat(32),
          Results.problem(open(node, two, ByteString.EMPTY)).message());
      MessageId none = node.received(Body.getDefaultInstance(), label -> {});
      assertEquals(
          "the message has no attachment",
          Results.problem(open(node, none, ByteString.EMPTY)).message());
    }
  }

  private static Result<?> open(AttachmentNode node, MessageId message, ByteString attachment) {
    return node.readings.open(
        DESK,
        message,
        OpenAttachmentRequest.newBuilder()
            .setMessageId(ByteString.copyFrom(message.bytes()))
            .setAttachmentId(attachment)
            .setOnBehalfOf(AttachmentNode.PERSON)
            .build());
  }

  private static Result<WriteUploadResponse> write(
      AttachmentNode node, NodeName client, AttachmentId upload, int from, int segments) {
    return node.uploads.write(
        client,
        upload,
        WriteUploadRequest.newBuilder()
            .setOffset((long) from * SEGMENT)
            .setData(ByteString.copyFrom(new byte[segments * SEGMENT]))
            .build());
  }

  @Test
  void uploadsOfOneClient_haveARate_andThoseOfAnotherTheirs() throws IOException {
    try (AttachmentNode node = node(", client_kib_per_second: 256")) {
      AttachmentId upload = node.upload(DESK, 16 * SEGMENT);
      Results.value(write(node, DESK, upload, 0, 8));
      assertEquals(Code.OVERLOADED, Results.problem(write(node, DESK, upload, 8, 1)).code());
      Results.value(write(node, OTHER, node.upload(OTHER, 8 * SEGMENT), 0, 8));
      node.nanos += Duration.ofMillis(500).toNanos();
      assertEquals(9 * SEGMENT, Results.value(write(node, DESK, upload, 8, 1)).getCommitted());
    }
  }

  /** The machine fails when its disk has the last bytes, and no other machine has them yet. */
  @Test
  void upload_thatOtherMachinesDoNotHave_isNotCompletedByAWriteWithoutBytes() throws IOException {
    try (AttachmentNode node = node("")) {
      AttachmentId upload = node.upload(DESK, 2 * SEGMENT);
      node.others.taking =
          () -> {
            throw new IllegalStateException("killed");
          };
      assertThrows(IllegalStateException.class, () -> write(node, DESK, upload, 0, 2));
      node.others.taking = () -> false;
      assertEquals(Code.OVERLOADED, Results.problem(write(node, DESK, upload, 2, 0)).code());
      node.others.taking = () -> true;
      assertTrue(Results.value(write(node, DESK, upload, 2, 0)).getComplete());
    }
  }

  /** A draft may wait for three days for its second person, and an upload for one. */
  @Test
  void uploadOfADraftThatIsHeld_isKeptUntilItIsReleased() throws IOException {
    try (AttachmentNode node = node("")) {
      AttachmentId held = node.upload(DESK, SEGMENT);
      AttachmentId other = node.upload(DESK, SEGMENT);
      Results.value(write(node, DESK, held, 0, 1));
      Results.value(write(node, DESK, other, 0, 1));
      long until = node.now.plus(Duration.ofDays(3)).toEpochMilli();
      Label label =
          Label.newBuilder()
              .addAttachments(Attachment.newBuilder().setId(ByteString.copyFrom(held.bytes())))
              .build();
      node.ledger.commit(
          Lane.ROUTINE,
          tx -> {
            node.drafts.held(tx, label, until);
            return label;
          });
      node.now = node.now.plus(Duration.ofHours(71));
      node.sweep.round();
      assertEquals(SEGMENT, Results.value(node.uploads.complete(DESK, held, "")).size());
      assertNull(node.table.find(other));
      node.now = node.now.plus(Duration.ofHours(3));
      node.sweep.round();
      assertNull(node.table.find(held));
    }
  }

  /** Its pages count as written after that, and later syncs succeed. */
  @Test
  void upload_whoseSyncFailed_doesNotGoOnBehindIt() throws IOException {
    try (AttachmentNode node = node("")) {
      AttachmentId upload = node.upload(DESK, 3 * SEGMENT);
      Results.value(write(node, DESK, upload, 0, 1));
      node.others.unsynced = 1;
      assertThrows(UncheckedIOException.class, () -> write(node, DESK, upload, 1, 1));
      assertEquals(1, node.attachments.own(upload, 3 * SEGMENT).present(), "cut off at once");
      assertEquals(2 * SEGMENT, Results.value(write(node, DESK, upload, 1, 1)).getCommitted());

      node.others.unsynced = 1;
      node.others.failing = 2;
      assertThrows(UncheckedIOException.class, () -> write(node, DESK, upload, 2, 1));
      assertEquals(2 * SEGMENT, Results.value(node.uploads.show(DESK, upload)).getCommitted());
      assertThrows(UncheckedIOException.class, () -> write(node, DESK, upload, 2, 1));
      assertTrue(Results.value(write(node, DESK, upload, 2, 1)).getComplete());
    }
  }

  /** What was cut for the other machines does not count as durable when it is written again. */
  @Test
  void upload_whoseSyncFailed_afterOthersRefusedIt_doesNotGoOnBehindIt() throws IOException {
    try (AttachmentNode node = node("")) {
      AttachmentId upload = node.upload(DESK, 3 * SEGMENT);
      Results.value(write(node, DESK, upload, 0, 1));
      node.others.taking = () -> false;
      assertEquals(Code.OVERLOADED, Results.problem(write(node, DESK, upload, 1, 1)).code());
      node.others.taking = () -> true;
      node.others.unsynced = 1;
      node.others.failing = 1;
      assertThrows(UncheckedIOException.class, () -> write(node, DESK, upload, 1, 1));
      assertEquals(2, node.attachments.own(upload, 3 * SEGMENT).present(), "the cut failed, too");

      assertEquals(2 * SEGMENT, Results.value(write(node, DESK, upload, 1, 1)).getCommitted());
    }
  }

  @Test
  void bytes_thatOtherMachinesDoNotTake_areNotKept() throws IOException {
    try (AttachmentNode node = node("")) {
      AttachmentId upload = node.upload(DESK, 2 * SEGMENT);
      node.others.taking = () -> false;
      assertEquals(Code.OVERLOADED, Results.problem(write(node, DESK, upload, 0, 1)).code());
      node.others.taking = () -> true;
      assertEquals(SEGMENT, Results.value(write(node, DESK, upload, 0, 1)).getCommitted());
    }
  }

  /** Another machine may lead by now, and know of the file. */
  @Test
  void file_unknownHere_isNotRefusedByAMachineThatMayNoLongerLead() throws IOException {
    try (AttachmentNode node = node("")) {
      ByteString unknown = ByteString.copyFrom(new byte[AttachmentId.SIZE]);
      AttachmentRequest request =
          AttachmentRequest.newBuilder().setMessageId(unknown).setAttachmentId(unknown).build();
      assertTrue(node.supply.answer(ReceiveKit.ORIGIN, request).orElseThrow().getRefused());

      node.store.current(false);
      assertEquals(Optional.empty(), node.supply.answer(ReceiveKit.ORIGIN, request));
    }
  }

  /** A copy of the ledger must not say who works with it, nor for whom. */
  @Test
  void names_ofClientsAndAgencies_areNotInTheTable() throws IOException {
    try (AttachmentNode node = node("")) {
      node.upload(DESK, SEGMENT);
      node.open(DESK, node.received(1));
      int records = 0;
      try (Scan scan = node.store.scan(Table.ATTACHMENT, new byte[0], null)) {
        while (scan.hasNext()) {
          scan.next();
          records++;
          for (byte[] bytes : List.of(scan.key(), scan.value())) {
            String text = new String(bytes, StandardCharsets.ISO_8859_1);
            assertFalse(text.contains(DESK.value()), text);
            assertFalse(text.contains(ReceiveKit.ORIGIN.value()), text);
          }
        }
      }
      assertEquals(
          6, records, "two files, for whom one counts, what each party uses, client and agency");
    }
  }

  private static void damage(AttachmentNode node, byte[] key) {
    node.ledger.commit(
        Lane.ROUTINE,
        tx -> {
          assertNotNull(tx.get(Table.ATTACHMENT, key));
          tx.put(Table.ATTACHMENT, key, new byte[] {-1, -1, -1, -1, -1});
          return key;
        });
  }

  private static byte[] own(AttachmentId id) {
    return KeyBuilder.key().u8(1).bytes(id.bytes()).done();
  }

  private static byte[] fetched(AttachmentNode.Received file) {
    return KeyBuilder.key()
        .u8(2)
        .bytes(file.message().bytes())
        .bytes(file.attachment().getId().toByteArray())
        .done();
  }

  @Test
  void damagedRecord_stopsNeitherTheSweepOfOthersNorLosesItsFile() throws IOException {
    try (AttachmentNode node = node("")) {
      AttachmentId first = node.upload(DESK, SEGMENT);
      AttachmentId second = node.upload(DESK, SEGMENT);
      Results.value(write(node, DESK, first, 0, 1));
      AttachmentNode.Received file = node.received(2);
      AttachmentNode.Received other = node.received(2);
      node.open(DESK, file);
      node.open(DESK, other);
      damage(node, own(first));
      damage(node, fetched(file));
      node.recalled(other.message());
      node.now = node.now.plus(Duration.ofHours(30));

      node.sweep.round();
      node.sweep.orphans();

      assertNull(node.table.find(second));
      assertNull(node.table.fetched(other.message(), other.name().attachment()));
      assertEquals(2, node.ledger.unreadable().count(Table.ATTACHMENT));
      assertEquals(1, node.attachments.own(first, SEGMENT).present(), "its operator can look");
    }
  }

  /** Another client fetches the file whose record is damaged. */
  @Test
  void damagedRecord_countsForOneClient_untilItsMessageEnds() throws IOException {
    try (AttachmentNode node = node(", agency_fetches: 64")) {
      AttachmentNode.Received file = node.received(2);
      AttachmentNode.Received other = node.received(2);
      node.open(DESK, file);
      damage(node, fetched(file));
      node.restart();
      node.open(OTHER, file);
      assertEquals(new AttachmentTable.Usage(0, 0), used(node, DESK));
      assertEquals(new AttachmentTable.Usage(2 * SEGMENT, 1), used(node, OTHER));

      damage(node, fetched(file));
      node.open(DESK, other);
      node.recalled(file.message());
      node.recalled(other.message());
      node.sweep.round();
      assertEquals(List.of(), node.table.page((AttachmentTable.Fetched) null, 10));
      assertEquals(new AttachmentTable.Usage(0, 0), used(node, DESK));
      assertEquals(new AttachmentTable.Usage(0, 0), used(node, OTHER));
    }
  }

  private static AttachmentTable.Usage used(AttachmentNode node, NodeName client) {
    return node.ledger.commit(
        Lane.ROUTINE, tx -> node.table.ofAgency(tx, ReceiveKit.ORIGIN.value(), client.value()));
  }

  /** Else all that ever failed of an agency would be in memory until its messages end. */
  @Test
  void fetchThatFailed_saysWhyForSomeTime_andBeginsAgainWhenItIsRead() throws IOException {
    try (AttachmentNode node = node("")) {
      AttachmentNode.Received file = node.received(4);
      AttachmentId reading = node.open(DESK, file);
      node.fetches.received(
          ReceiveKit.ORIGIN, node.part(file, 0).toBuilder().setRefused(true).build());
      node.nanos += AttachmentFetch.GIVEN_UP_NANOS - 1;
      node.fetches.round();
      assertEquals(Code.EXPIRED, Results.problem(read(node, reading)).code());
      node.nanos++;
      node.fetches.round();
      assertNull(node.fetches.of(file.name()));
      node.requested.clear();
      assertEquals(0, Results.value(read(node, reading)).getHere());
      assertFalse(node.requested.isEmpty());
    }
  }

  @Test
  void damagedMessage_stopsNoFetchOfOthers() throws IOException {
    try (AttachmentNode node = node("")) {
      List<AttachmentNode.Received> files = List.of(node.received(2), node.received(2));
      files.forEach(file -> node.open(DESK, file));
      try (Scan scan = node.store.scan(Table.INBOX, new byte[0], null)) {
        scan.next();
        byte[] key = scan.key();
        node.ledger.commit(
            Lane.ROUTINE,
            tx -> {
              tx.put(Table.INBOX, key, new byte[] {-1, -1, -1, -1, -1});
              return key;
            });
      }
      node.restart();
      AttachmentNode.Received sound = files.get(1);
      node.open(DESK, sound);
      node.requested.clear();
      node.nanos += AttachmentFetch.PATIENCE_NANOS;
      node.fetches.round();
      node.sweep.round();
      assertEquals(
          List.of(ByteString.copyFrom(sound.message().bytes())),
          node.requested.stream().map(one -> one.getMessageId()).distinct().toList());
    }
  }
}
