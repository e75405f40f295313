package org.entente.loadtests.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
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
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.entente.gateway.client.Credentials;
import org.entente.loadtests.federation.Federation;
import org.entente.loadtests.federation.FreePorts;
import org.entente.loadtests.measure.MeasuredContent;
import org.entente.loadtests.measure.MeasurementFailure;
import org.entente.loadtests.measure.Saturation;
import org.entente.loadtests.raw.RawChain;
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
 * Attachments of several sizes: MiB a second of the upload and of the fetch between the gateways,
 * and what memory both gateways have after that. Beside it messages of 1 MiB through the raw chain,
 * which forwards bytes over the same TLS, and the same file by {@link CurlTransfer}.
 */
final class AttachmentCost {
  private static final int MIB = 1 << 20;
  private static final String FROM = GatewayChain.TO;

  /** Its client {@code desk} may open attachments. */
  private static final String TO = GatewayChain.FROM;

  /** Of larger files one transfer says enough. */
  private static final int MOST_REPEATED = 512;

  private static final long PATIENCE_SECONDS = 600;
  private static final String SCENARIO = "attachments";

  private final Federation federation;
  private final Path folder;
  private final Effort effort;
  private final Results results;
  private final Consumer<String> say;
  private final ByteString block;
  private final Rounds rounds = new Rounds(SCENARIO, Subject.ENTENTE);

  /**
   * A measurement that has not begun.
   *
   * @param folder for the file that curl fetches; must not exist
   */
  AttachmentCost(
      Federation federation, Path folder, Effort effort, Results results, Consumer<String> say) {
    this.federation = federation;
    this.folder = folder;
    this.effort = effort;
    this.results = results;
    this.say = say;
    byte[] random = new byte[MIB];
    new Random(1).nextBytes(random);
    block = UnsafeByteOperations.unsafeWrap(random);
  }

  /** Measures all sizes, then what they are compared with. */
  void run() throws InterruptedException {
    say.accept("attachments");
    unlimited(federation.plan(FROM).config());
    DirectLink.start(federation);
    int most = 0;
    for (int mib : effort.scenarios().attachments()) {
      for (int i = 0; i < (mib > MOST_REPEATED ? 1 : effort.repeats()); i++) {
        transfer(mib);
      }
      most = mib;
    }
    rounds.addTo(results, say);
    raw();
    curl(most);
    results.ratio(
        "attachment_to_raw",
        "fetch of a file / raw chain",
        "attachment.fetch." + most,
        "attachment.raw");
    if (CurlTransfer.isPossible()) {
      results.ratio(
          "attachment_to_curl",
          "fetch of a file, sealed, checked and synced / curl over the same TLS",
          "attachment.fetch." + most,
          "attachment.curl");
    } else {
      results.note("attachments without curl: it or OpenSSL 3.5 is not installed");
    }
  }

  /** Lifts the limit on what an agency fetches in a second. */
  private static void unlimited(Path config) {
    ObjectMapper yaml = new ObjectMapper(new YAMLFactory());
    try {
      ObjectNode node = (ObjectNode) yaml.readTree(config.toFile());
      ((ObjectNode) node.path("attachments")).put("agency_kib_per_second", 1 << 24);
      yaml.writeValue(config.toFile(), node);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void transfer(int mib) throws InterruptedException {
    ManagedChannel sender = federation.channel(FROM, "declarations");
    long begun = System.nanoTime();
    ByteString upload = upload(AttachmentsGrpc.newBlockingStub(sender), mib);
    rate("attachment.upload." + mib, mib + " MiB, client to gateway, synced", mib, begun);
    ByteString message = sent(sender, upload);
    AttachmentsBlockingStub reader =
        AttachmentsGrpc.newBlockingStub(federation.channel(TO, "desk"));
    ByteString reading = open(reader, message);
    long opened = System.nanoTime();
    await(reader, reading, (long) mib * MIB);
    rate("attachment.fetch." + mib, mib + " MiB, gateway to gateway, synced", mib, opened);
    resident("sender", FROM, mib);
    resident("recipient", TO, mib);
  }

  private void rate(String id, String what, int mib, long since) {
    double seconds = (System.nanoTime() - since) / (double) TimeUnit.SECONDS.toNanos(1);
    rounds.add(id, what, "MiB/s", mib / seconds);
  }

  private void resident(String whose, String agency, int mib) {
    rounds.add(
        "attachment.rss." + whose + "." + mib,
        whose + ": resident after a file of " + mib + " MiB",
        "MiB",
        new Usage(federation.pid(agency)).resident() / (double) MIB);
  }

  private ByteString upload(AttachmentsBlockingStub gateway, int mib) {
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

  private static ByteString sent(ManagedChannel sender, ByteString upload) {
    Draft.Builder draft =
        GatewayChain.alert(TO, "a film").toBuilder()
            .setIdempotencyKey(UUID.randomUUID().toString());
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

  /** Opens the file; the message may be on its way yet. */
  private static ByteString open(AttachmentsBlockingStub reader, ByteString message) {
    OpenAttachmentRequest request =
        OpenAttachmentRequest.newBuilder()
            .setMessageId(message)
            .setOnBehalfOf(
                OnBehalfOf.newBuilder().setOfficer("FR-9").setJustification("a measurement"))
            .build();
    long start = System.nanoTime();
    while (true) {
      try {
        return reader.openAttachment(request).getReadingId();
      } catch (StatusRuntimeException e) {
        if (e.getStatus().getCode() != Status.Code.NOT_FOUND || isOver(start)) {
          throw new MeasurementFailure("an attachment cannot be opened", e);
        }
      }
    }
  }

  private static void await(AttachmentsBlockingStub reader, ByteString reading, long size)
      throws InterruptedException {
    ReadAttachmentRequest request =
        ReadAttachmentRequest.newBuilder().setReadingId(reading).setOffset(size).build();
    long start = System.nanoTime();
    while (reader.readAttachment(request).getHere() < size) {
      if (isOver(start)) {
        throw new MeasurementFailure("an attachment does not arrive");
      }
      TimeUnit.MILLISECONDS.sleep(2);
    }
  }

  private static boolean isOver(long start) {
    return System.nanoTime() - start > TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
  }

  private void raw() throws InterruptedException {
    MeasuredContent content = new MeasuredContent(Effort.LARGEST);
    Rounds raw = new Rounds(SCENARIO, Subject.RAW);
    try (FreePorts ports = new FreePorts(new SecureRandom());
        RawChain chain =
            new RawChain(
                ports.address(),
                ports.address(),
                federation.gatewayCredentials(FROM),
                Credentials.in(federation.credentials(FROM, "declarations")),
                null)) {
      Duration warm = effort.before().plus(effort.saturated());
      for (int i = 0; i < effort.repeats(); i++) {
        Saturation saturation =
            new Saturation(
                chain.stream(content), chain.arrivals(), 1, Throughput.window(content.bytes()));
        double rate = saturation.run(i == 0 ? warm : effort.before(), effort.saturated());
        raw.add(
            "attachment.raw",
            "messages of 1 MiB through a hop that forwards them",
            "MiB/s",
            rate * content.bytes() / MIB);
      }
    }
    raw.addTo(results, say);
  }

  private void curl(int mib) {
    if (CurlTransfer.isPossible()) {
      Rounds curl = new Rounds(SCENARIO, Subject.CURL);
      CurlTransfer transfer = new CurlTransfer(folder, federation.gatewayFolder(FROM));
      for (int i = 0; i < effort.repeats(); i++) {
        curl.add("attachment.curl", mib + " MiB, one hop", "MiB/s", transfer.rate(mib));
      }
      curl.addTo(results, say);
    }
  }
}
