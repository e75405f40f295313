package org.entente.loadtests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.entente.gateway.cli.call.OverloadRetry;
import org.entente.gateway.client.Credentials;
import org.entente.gateway.model.MessageId;
import org.entente.loadtests.federation.ConfigurationHome;
import org.entente.loadtests.federation.Federation;
import org.entente.loadtests.federation.Machine;
import org.entente.loadtests.testkit.Patience;
import org.entente.loadtests.testkit.Publications;
import org.entente.proto.v1.Attachment;
import org.entente.proto.v1.AttachmentsGrpc;
import org.entente.proto.v1.BeginUploadRequest;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.EvidenceGrpc;
import org.entente.proto.v1.EvidenceKind;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.OpenAttachmentRequest;
import org.entente.proto.v1.ReadAttachmentRequest;
import org.entente.proto.v1.ReadAttachmentResponse;
import org.entente.proto.v1.ShowUploadRequest;
import org.entente.proto.v1.TrackRequest;
import org.entente.proto.v1.WriteUploadRequest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files between gateways as processes: a large one in heaps of 64 MiB, and one on whose way both
 * gateways are killed with SIGKILL. The size of the large one is the system property {@value #SIZE}
 * in MiB, at most 2,048.
 */
@Tag("extended")
@Tag("attachments")
final class AttachmentIT {
  private static final String FROM = "de.customs";

  /** Its client {@code desk} may open attachments. */
  private static final String TO = "fr.customs";

  private static final List<String> BOTH = List.of(FROM, TO);
  private static final int MIB = 1 << 20;

  private static final String SIZE = "entente.attachment.mib";

  /** Twice both heaps. */
  private static final int DEFAULT_SIZE = 256;

  /** What must come within the patience of a test; and what comes from one kill to the next. */
  private static final long STEP = 8L * MIB;

  private static final int LEAST_BUFFERED = 20 * MIB;

  /** As many calls as one client may have open. */
  private static final int CALLS = 100;

  private static final OnBehalfOf PERSON =
      OnBehalfOf.newBuilder().setOfficer("FR-9").setJustification("case 7/26").build();

  /** The seed is fixed: a failure can be repeated. */
  private final byte[] block = new byte[MIB];

  /** As attachments.md tells clients. */
  private final OverloadRetry retry = new OverloadRetry();

  @TempDir private Path folder;

  AttachmentIT() {
    new Random(27).nextBytes(block);
  }

  /** A file of numbered blocks that differ. */
  private byte[] block(int number) {
    byte[] bytes = block.clone();
    ByteBuffer.wrap(bytes).putInt(number);
    return bytes;
  }

  private Federation federation(Machine machine, int kibPerSecond) {
    Federation made = Federation.mint(ConfigurationHome.find(), folder, machine);
    for (String agency : BOTH) {
      limit(made.plan(agency).config(), kibPerSecond);
    }
    return made;
  }

  /** Sets what an agency may fetch in a second. */
  private static void limit(Path config, int kibPerSecond) {
    ObjectMapper yaml = new ObjectMapper(new YAMLFactory());
    try {
      ObjectNode node = (ObjectNode) yaml.readTree(config.toFile());
      ((ObjectNode) node.path("attachments")).put("agency_kib_per_second", kibPerSecond);
      ((ObjectNode) node.path("limits").path("per_client")).put("buffered_bytes", LEAST_BUFFERED);
      yaml.writeValue(config.toFile(), node);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static AttachmentsGrpc.AttachmentsBlockingStub at(ManagedChannel channel) {
    return AttachmentsGrpc.newBlockingStub(channel).withWaitForReady();
  }

  private static ByteString begin(ManagedChannel channel, int mib) {
    return at(channel)
        .beginUpload(
            BeginUploadRequest.newBuilder()
                .setName("film")
                .setMediaType("video/mp4")
                .setSize((long) mib * MIB)
                .build())
        .getUploadId();
  }

  private long committed(ManagedChannel channel, ByteString upload) {
    ShowUploadRequest request = ShowUploadRequest.newBuilder().setUploadId(upload).build();
    return retry.call(() -> at(channel).showUpload(request)).getCommitted();
  }

  /** Writes blocks up to this one. */
  private void write(ManagedChannel channel, ByteString upload, int to) {
    for (int i = (int) (committed(channel, upload) / MIB); i < to; i++) {
      WriteUploadRequest request =
          WriteUploadRequest.newBuilder()
              .setUploadId(upload)
              .setOffset((long) i * MIB)
              .setData(ByteString.copyFrom(block(i)))
              .build();
      long committed = retry.call(() -> at(channel).writeUpload(request)).getCommitted();
      assertEquals((i + 1L) * MIB, committed);
    }
  }

  private static MessageId sent(ManagedChannel channel, ByteString upload) {
    Draft.Builder draft = Publications.draft(TO, "a film").toBuilder();
    draft.getLabelBuilder().addAttachments(Attachment.newBuilder().setId(upload));
    return Publications.accepted(channel, draft.build());
  }

  private ByteString open(ManagedChannel channel, MessageId message) {
    OpenAttachmentRequest request =
        OpenAttachmentRequest.newBuilder()
            .setMessageId(ByteString.copyFrom(message.bytes()))
            .setOnBehalfOf(PERSON)
            .build();
    return Patience.until(() -> opened(channel, request), Optional::isPresent).orElseThrow();
  }

  /** Empty until the message has arrived. */
  private Optional<ByteString> opened(ManagedChannel channel, OpenAttachmentRequest request) {
    try {
      return Optional.of(retry.call(() -> at(channel).openAttachment(request)).getReadingId());
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() == Status.Code.NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private ReadAttachmentResponse read(ManagedChannel channel, ByteString reading, long offset) {
    ReadAttachmentRequest request =
        ReadAttachmentRequest.newBuilder().setReadingId(reading).setOffset(offset).build();
    return retry.call(() -> at(channel).readAttachment(request));
  }

  /** How much has come once there is so much. */
  private long here(ManagedChannel channel, ByteString reading, long least) {
    return Patience.until(
        () -> read(channel, reading, Long.MAX_VALUE).getHere(), here -> here >= least);
  }

  private void isFetched(ManagedChannel channel, MessageId message) {
    TrackRequest request =
        TrackRequest.newBuilder().setMessageId(ByteString.copyFrom(message.bytes())).build();
    var unused =
        Patience.until(
            () -> retry.call(() -> EvidenceGrpc.newBlockingStub(channel).track(request)),
            track ->
                track.getItemsList().stream()
                    .anyMatch(one -> one.getKind() == EvidenceKind.EVIDENCE_KIND_FETCHED));
  }

  @Test
  void largeFile_isUploadedFetchedAndRead_inHeapsOf64Mib() throws InterruptedException {
    int mib = Integer.getInteger(SIZE, DEFAULT_SIZE);
    try (Federation federation = federation(Machine.SMALL, 1 << 24)) {
      federation.start(BOTH);
      ManagedChannel sender = federation.channel(FROM, "declarations");
      ByteString upload = begin(sender, mib);
      write(sender, upload, mib);
      MessageId message = sent(sender, upload);
      ManagedChannel reader = federation.channel(TO, "desk");
      ByteString reading = open(reader, message);
      long size = (long) mib * MIB;
      for (long here = 0; here < size; ) {
        here = here(reader, reading, Math.min(size, here + STEP));
      }
      isFetched(sender, message);
      for (int number : new int[] {0, 1, mib / 2, mib - 1}) {
        assertArrayEquals(
            block(number), read(reader, reading, (long) number * MIB).getData().toByteArray());
      }
      assertEquals(List.of(), federation.crashed(), "out of memory");
    }
  }

  @Test
  void clientThatTakesNothing_leavesTheGatewayRoomForOthers_inAHeapOf64Mib() throws Exception {
    int mib = 2;
    try (Federation federation = federation(Machine.SMALL, 1 << 24)) {
      federation.start(BOTH);
      ManagedChannel sender = federation.channel(FROM, "declarations");
      ByteString upload = begin(sender, mib);
      write(sender, upload, mib);
      ManagedChannel reader = federation.channel(TO, "desk");
      ByteString reading = open(reader, sent(sender, upload));
      long unused = here(reader, reading, (long) mib * MIB);
      ManagedChannel reluctant = reluctant(federation);
      CompletableFuture<?>[] ends = new CompletableFuture<?>[CALLS];
      for (int i = 0; i < CALLS; i++) {
        ends[i] = new UntakenAnswer(reluctant, reading).ended;
      }
      assertEquals(
          Status.Code.RESOURCE_EXHAUSTED, CompletableFuture.anyOf(ends).get(1, TimeUnit.MINUTES));
      ManagedChannel other = federation.channel(TO, "declarations");
      assertNotNull(Publications.accepted(other, Publications.draft(FROM, "beside it")));
      reluctant.shutdownNow();
      assertEquals(List.of(), federation.crashed(), "out of memory");
    }
  }

  /** A channel of the reader that takes no more than it asks for. */
  private static ManagedChannel reluctant(Federation federation) throws SSLException {
    Credentials desk = Credentials.in(federation.credentials(TO, "desk"));
    SslContext tls =
        GrpcSslContexts.forClient()
            .keyManager(desk.certificate().toFile(), desk.key().toFile())
            .trustManager(desk.authority().toFile())
            .build();
    return NettyChannelBuilder.forTarget("dns:///" + federation.plan(TO).clients())
        .sslContext(tls)
        .flowControlWindow(64 << 10)
        .build();
  }

  /** A read whose client does not take the answer. */
  private static final class UntakenAnswer extends ClientCall.Listener<ReadAttachmentResponse> {
    private final CompletableFuture<Status.Code> ended = new CompletableFuture<>();

    UntakenAnswer(ManagedChannel channel, ByteString reading) {
      ClientCall<ReadAttachmentRequest, ReadAttachmentResponse> call =
          channel.newCall(AttachmentsGrpc.getReadAttachmentMethod(), CallOptions.DEFAULT);
      call.start(this, new Metadata());
      call.sendMessage(ReadAttachmentRequest.newBuilder().setReadingId(reading).build());
      call.halfClose();
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      ended.complete(status.getCode());
    }
  }

  @Test
  void uploadAndFetch_goOn_whereverEitherEndIsKilled() throws InterruptedException {
    int mib = 64;
    // So slow that each kill comes before the end.
    try (Federation federation = federation(Machine.QUICK_START, 8 << 10)) {
      federation.start(BOTH);
      ManagedChannel sender = federation.channel(FROM, "declarations");
      ByteString upload = begin(sender, mib);
      for (int at : new int[] {1, 17}) {
        write(sender, upload, at);
        federation.kill(FROM);
        federation.start(List.of(FROM));
        assertEquals((long) at * MIB, committed(sender, upload), "what was acknowledged");
      }
      write(sender, upload, mib);
      MessageId message = sent(sender, upload);
      ManagedChannel reader = federation.channel(TO, "desk");
      long here = 0;
      for (String killed : List.of(TO, FROM, TO, FROM)) {
        ByteString reading = open(reader, message);
        assertTrue(here(reader, reading, 1) >= here, "what had come is fetched again");
        here = here(reader, reading, here + STEP);
        assertTrue(here < (long) mib * MIB, "the file came before the kill");
        federation.kill(killed);
        federation.start(List.of(killed));
      }
      readWhole(reader, open(reader, message), mib);
      isFetched(sender, message);
    }
  }

  private void readWhole(ManagedChannel reader, ByteString reading, int mib) {
    for (int number = 0; number < mib; number++) {
      long offset = (long) number * MIB;
      ByteString data =
          Patience.until(() -> read(reader, reading, offset), some -> some.getData().size() == MIB)
              .getData();
      assertArrayEquals(block(number), data.toByteArray(), "block " + number);
    }
    assertTrue(read(reader, reading, (long) mib * MIB).getData().isEmpty());
  }
}
