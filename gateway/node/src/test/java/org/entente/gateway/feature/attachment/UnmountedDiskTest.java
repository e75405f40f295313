package org.entente.gateway.feature.attachment;

import static org.entente.gateway.feature.attachment.AttachmentNode.DESK;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.AttachmentId;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.Result;
import org.entente.gateway.seal.AttachmentSeal;
import org.entente.gateway.testkit.ReceiveKit;
import org.entente.gateway.testkit.Results;
import org.entente.proto.link.v1.AttachmentRequest;
import org.entente.proto.store.v1.OwnAttachment;
import org.entente.proto.v1.WriteUploadRequest;
import org.entente.proto.v1.WriteUploadResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A machine alone starts before the disk of attachments.folder is mounted. */
class UnmountedDiskTest {
  private static final int SEGMENT = AttachmentSeal.SEGMENT_BYTES;

  @TempDir private Path folder;

  private static Result<WriteUploadResponse> write(
      AttachmentNode node, AttachmentId upload, int from, int segments) {
    return node.uploads.write(
        DESK,
        upload,
        WriteUploadRequest.newBuilder()
            .setOffset((long) from * SEGMENT)
            .setData(ByteString.copyFrom(new byte[segments * SEGMENT]))
            .build());
  }

  private void unmount(AttachmentNode node) throws IOException {
    node.others.here = false;
    Files.move(folder.resolve("files"), folder.resolve("disk"));
    Files.createDirectory(folder.resolve("files"));
  }

  private void mount(AttachmentNode node) throws IOException {
    Files.delete(folder.resolve("files"));
    Files.move(folder.resolve("disk"), folder.resolve("files"));
    node.others.here = true;
  }

  @Test
  void upload_writtenWhileTheDiskIsNotMounted_goesOnOnceItIs() throws IOException {
    try (AttachmentNode node = new AttachmentNode(folder, "")) {
      AttachmentId upload = node.upload(DESK, 4 * SEGMENT);
      assertEquals(2 * SEGMENT, Results.value(write(node, upload, 0, 2)).getCommitted());
      unmount(node);
      node.restart();
      assertEquals(Code.STORAGE_FULL, Results.problem(write(node, upload, 2, 1)).code());
      mount(node);
      assertEquals(3 * SEGMENT, Results.value(write(node, upload, 2, 1)).getCommitted());
    }
  }

  /** Only a look at it suffices. */
  @Test
  void upload_shownWhileTheDiskIsNotMounted_goesOnOnceItIs() throws IOException {
    try (AttachmentNode node = new AttachmentNode(folder, "")) {
      AttachmentId upload = node.upload(DESK, 4 * SEGMENT);
      assertEquals(2 * SEGMENT, Results.value(write(node, upload, 0, 2)).getCommitted());
      unmount(node);
      node.restart();
      assertEquals(Code.STORAGE_FULL, Results.problem(node.uploads.show(DESK, upload)).code());
      mount(node);
      assertEquals(3 * SEGMENT, Results.value(write(node, upload, 2, 1)).getCommitted());
    }
  }

  /** A recipient asks for a file that lies on the disk. */
  @Test
  void fileOnADiskThatIsNotMounted_isNotSaidToBeGone() throws IOException {
    try (AttachmentNode node = new AttachmentNode(folder, "")) {
      AttachmentId upload = node.upload(DESK, SEGMENT);
      assertTrue(Results.value(write(node, upload, 0, 1)).getComplete());
      ByteString message = ByteString.copyFrom(new byte[AttachmentId.SIZE]);
      OwnAttachment sent =
          Objects.requireNonNull(node.table.find(upload)).toBuilder()
              .setMessageId(message)
              .addRecipientTokens(node.table.token(upload, ReceiveKit.ORIGIN.value()))
              .build();
      node.ledger.commit(
          Lane.ROUTINE,
          tx -> {
            node.table.put(tx, upload, sent);
            return sent;
          });
      AttachmentRequest request =
          AttachmentRequest.newBuilder()
              .setMessageId(message)
              .setAttachmentId(ByteString.copyFrom(upload.bytes()))
              .build();
      AgencyName recipient = ReceiveKit.ORIGIN;
      assertFalse(node.supply.answer(recipient, request).orElseThrow().getRefused());
      unmount(node);
      assertEquals(Optional.empty(), node.supply.answer(recipient, request));
      mount(node);
      assertFalse(node.supply.answer(recipient, request).orElseThrow().getRefused());
    }
  }
}
