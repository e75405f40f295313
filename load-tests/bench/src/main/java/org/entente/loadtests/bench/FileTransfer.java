package org.entente.loadtests.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.entente.loadtests.federation.Federation;
import org.entente.loadtests.measure.MeasurementFailure;
import org.entente.proto.v1.Attachment;
import org.entente.proto.v1.AttachmentsGrpc;
import org.entente.proto.v1.AttachmentsGrpc.AttachmentsBlockingStub;
import org.entente.proto.v1.BeginUploadRequest;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.OpenAttachmentRequest;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.PublishRequest;
import org.entente.proto.v1.PublisherGrpc;
import org.entente.proto.v1.ReadAttachmentRequest;
import org.entente.proto.v1.WriteUploadRequest;

/**
 * Files of random bytes from a client of {@link GatewayChain#FROM} to the gateway of {@link
 * GatewayChain#TO}. Safe for many threads.
 */
final class FileTransfer {
  static final int MIB = 1 << 20;
  private static final long PATIENCE_SECONDS = 600;
  private static final int PAUSE_MS = 2;
  private static final int ROOM_MIB = 32 << 10;

  private final ManagedChannel sender;
  private final AttachmentsBlockingStub reader;
  private final ByteString block;

  /** Between gateways that run. */
  FileTransfer(Federation federation) {
    sender = federation.channel(GatewayChain.FROM, "declarations");
    reader = AttachmentsGrpc.newBlockingStub(federation.channel(GatewayChain.TO, "desk"));
    byte[] random = new byte[MIB];
    new Random(1).nextBytes(random);
    block = UnsafeByteOperations.unsafeWrap(random);
  }

  /** Before they start: lifts what limits fetches, and lets the recipient's client open files. */
  static void prepare(Federation federation) {
    change(
        federation.plan(GatewayChain.FROM).config(),
        node ->
            ((ObjectNode) node.path("attachments"))
                .put("agency_kib_per_second", 1 << 24)
                .put("client_kib_per_second", 1 << 24)
                .put("client_mib", ROOM_MIB));
    change(
        federation.plan(GatewayChain.TO).config(),
        node -> {
          ((ObjectNode) node.path("attachments")).put("agency_mib", ROOM_MIB);
          for (JsonNode client : node.path("clients")) {
            if (client.path("name").asText().equals("desk")) {
              ((ArrayNode) client.path("scopes")).add("search");
            }
          }
        });
  }

  private interface Change {
    void on(ObjectNode config);
  }

  private static void change(Path config, Change change) {
    ObjectMapper yaml = new ObjectMapper(new YAMLFactory());
    try {
      ObjectNode node = (ObjectNode) yaml.readTree(config.toFile());
      change.on(node);
      yaml.writeValue(config.toFile(), node);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Uploads a file; it is on the sender's disk when this returns. */
  ByteString upload(int mib) {
    AttachmentsBlockingStub gateway = AttachmentsGrpc.newBlockingStub(sender);
    ByteString upload =
        gateway
            .beginUpload(
                BeginUploadRequest.newBuilder()
                    .setName("film")
                    .setMediaType("video/mp4")
                    .setSize((long) mib * MIB)
                    .build())
            .getUploadId();
    for (int i = 0; i < mib; i++) {
      var unused =
          gateway.writeUpload(
              WriteUploadRequest.newBuilder()
                  .setUploadId(upload)
                  .setOffset((long) i * MIB)
                  .setData(block)
                  .build());
    }
    return upload;
  }

  /** Sends a message with the file; returns the message's id. */
  ByteString send(ByteString upload) {
    Draft.Builder draft = GatewayChain.single(UUID.randomUUID().toString()).toBuilder();
    draft.getLabelBuilder().addAttachments(Attachment.newBuilder().setId(upload));
    Outcome outcome =
        PublisherGrpc.newBlockingStub(sender)
            .publish(PublishRequest.newBuilder().setDraft(draft).build())
            .getOutcome();
    if (!outcome.hasAccepted()) {
      throw new MeasurementFailure("a gateway did not accept a message with a file: " + outcome);
    }
    return outcome.getMessageId();
  }

  /** Opens the file, so that its fetch begins; the message may be on its way yet. */
  ByteString open(ByteString message) throws InterruptedException {
    OpenAttachmentRequest request =
        OpenAttachmentRequest.newBuilder()
            .setMessageId(message)
            .setOnBehalfOf(
                OnBehalfOf.newBuilder().setOfficer("DE-9").setJustification("a measurement"))
            .build();
    long start = System.nanoTime();
    while (true) {
      try {
        return reader.openAttachment(request).getReadingId();
      } catch (StatusRuntimeException e) {
        if (e.getStatus().getCode() != Status.Code.NOT_FOUND || isOver(start)) {
          throw new MeasurementFailure("an attachment cannot be opened", e);
        }
        TimeUnit.MILLISECONDS.sleep(PAUSE_MS);
      }
    }
  }

  /** Returns when all of an open file is at the recipient's gateway. */
  void await(ByteString reading, int mib) throws InterruptedException {
    long size = (long) mib * MIB;
    ReadAttachmentRequest request =
        ReadAttachmentRequest.newBuilder().setReadingId(reading).setOffset(size).build();
    long start = System.nanoTime();
    while (reader.readAttachment(request).getHere() < size) {
      if (isOver(start)) {
        throw new MeasurementFailure("an attachment does not arrive");
      }
      TimeUnit.MILLISECONDS.sleep(PAUSE_MS);
    }
  }

  private static boolean isOver(long start) {
    return System.nanoTime() - start > TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
  }
}
