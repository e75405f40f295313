package org.entente.gateway.feature.attachment;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.config.YamlFiles;
import org.entente.gateway.config.YamlReadResult;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.feature.GatewayParts;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.meter.LogRateLimit;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.AttachmentId;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Result;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.gateway.policy.codes.MessageLimits;
import org.entente.gateway.receive.InboxOpener;
import org.entente.gateway.receive.KeptLabels;
import org.entente.gateway.seal.AttachmentSeal;
import org.entente.gateway.store.FileMirror;
import org.entente.gateway.testkit.DeskClients;
import org.entente.gateway.testkit.ReceiveKit;
import org.entente.gateway.testkit.ReceivingNode;
import org.entente.gateway.testkit.Results;
import org.entente.gateway.transmit.RoutingTable;
import org.entente.proto.link.v1.AttachmentPart;
import org.entente.proto.link.v1.AttachmentRequest;
import org.entente.proto.v1.Attachment;
import org.entente.proto.v1.AttachmentKey;
import org.entente.proto.v1.BeginUploadRequest;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.OpenAttachmentRequest;
import org.entente.proto.v1.OpenAttachmentResponse;

/** A recipient that keeps attachments, over a disk whose room a test sets. */
@SuppressWarnings("NullAway") // opened() sets the fields; the feature uses no other parts
final class AttachmentNode extends ReceivingNode {
  static final NodeName DESK = new NodeName("desk");
  static final NodeName OTHER = new NodeName("other");
  static final long PLENTY = 1L << 40;

  private static final String CONFIG =
      """
      federation: test.entente.example
      agency: de.customs
      gateway: gw-1
      trust: { bundle: b, roots: r }
      tls: { certificate: c, key: k }
      keystore: s
      data: d
      audit: a
      policy: { agreements: p }
      listen: { clients: "127.0.0.1:0", admin: "127.0.0.1:0" }
      clients: [ { name: desk, scopes: [search] }, { name: other, scopes: [search] } ]
      """;

  final List<AttachmentRequest> requested = new ArrayList<>();
  final OtherMachines others = new OtherMachines();
  final NodeConfig config;
  final AttachmentFolder attachments;
  long room = PLENTY;
  long nanos;
  AttachmentTable table;
  Uploads uploads;
  AttachmentDrafts drafts;
  AttachmentFetches fetches;
  AttachmentReadings readings;
  AttachmentSweep sweep;
  AttachmentSupply supply;

  AttachmentNode(Path folder, String settings) throws IOException {
    super(folder);
    attachments = new AttachmentFolder(folder.resolve("files"), () -> room);
    config = read(CONFIG + "attachments: { folder: files" + settings + " }\n");
    opened();
  }

  private static NodeConfig read(String yaml) {
    YamlReadResult<NodeConfig> read =
        new YamlFiles().parse("node.yaml", yaml.getBytes(StandardCharsets.UTF_8), NodeConfig.class);
    return ((YamlReadResult.Read<NodeConfig>) read).value();
  }

  @Override
  protected void opened() {
    AttachmentParts parts =
        new AttachmentParts(
            gateway(),
            config.attachments(),
            attachments,
            AttachmentTable.of(ledger),
            new LogRateLimit(ledger.clock(), Duration.ofMinutes(1)));
    table = parts.table();
    CompleteFiles files = new CompleteFiles(parts);
    uploads = new Uploads(parts, files, () -> nanos);
    drafts = new AttachmentDrafts(parts, uploads);
    fetches = new AttachmentFetches(parts, files, new Origin(), () -> nanos);
    readings = new AttachmentReadings(parts, fetches, files, () -> nanos);
    sweep = new AttachmentSweep(parts, fetches, uploads, files);
    supply = new AttachmentSupply(parts, files, () -> nanos);
  }

  private GatewayParts gateway() {
    InboxOpener inbox = opening();
    return new GatewayParts(
        new GatewayParts.Settings(config, config::clients),
        new GatewayParts.Identity(
            new FederationName("test.entente.example"),
            ReceiveKit.SELF,
            new NodeName("gw-1"),
            null),
        ledger,
        new GatewayParts.Records(
            new RecordSeal(keys, random),
            kit.evidence(),
            inbox,
            new KeptLabels(ledger, inbox, DeskClients.none(keys)),
            DeskClients.none(keys),
            null),
        new GatewayParts.Rules(
            new LabelCheck(MessageLimits.defaults()), null, null, agency -> List.of(), null),
        new GatewayParts.Outgoing(
            null,
            null,
            new RoutingTable(Set.of(ReceiveKit.ORIGIN), agency -> List.of(), (to, lane) -> true)),
        new GatewayParts.Environment(
            () -> now, () -> now, random, Runnable::run, others, new Meters()));
  }

  /** The other machines of a cluster, if the gateway has some. */
  static final class OtherMachines implements FileMirror {
    /** What happens when they are to take a file. */
    Callable<Boolean> taking = () -> true;

    /** Whether the disk of this machine is mounted. */
    boolean here = true;

    /** How many changes of a file are written next, but not synced. */
    int unsynced;

    /** How many changes of a file then fail at once. */
    int failing;

    /** Whether no other machine has taken the lead. */
    boolean leads = true;

    @Override
    public boolean isShared() {
      return false;
    }

    @Override
    public void requireHere() throws IOException {
      if (!here) {
        throw new IOException("attachments.folder: found no file in /disk; mount its disk");
      }
    }

    @Override
    public void change(String name, Runnable change) throws IOException {
      if (!leads) {
        throw new IOException("this node no longer leads");
      }
      if (unsynced == 0 && failing > 0) {
        failing--;
        throw new UncheckedIOException(new IOException("Input/output error"));
      }
      change.run();
      if (unsynced > 0) {
        unsynced--;
        throw new UncheckedIOException(new IOException("Input/output error"));
      }
    }

    @Override
    public void copy(String name) throws IOException {
      try {
        if (!taking.call()) {
          throw new IOException("none takes it");
        }
      } catch (IOException | RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new IOException(e);
      }
    }

    @Override
    public boolean copyToAll(String name) {
      return true;
    }

    @Override
    public void resume(String name, long from, long most) {
      // They have no more.
    }

    @Override
    public boolean restore(String name, byte[] sha256, long length, boolean replaceable) {
      return true;
    }

    @Override
    public Set<String> retain(Predicate<String> kept) {
      return Set.of();
    }

    @Override
    public void background(Runnable task) {
      task.run();
    }
  }

  /** A received message with a file at its origin. */
  record Received(MessageId message, Attachment attachment, AttachmentKey key) {
    AttachmentFetch.Key name() {
      return new AttachmentFetch.Key(message, AttachmentId.of(attachment.getId().toByteArray()));
    }
  }

  /** Receives a message with a file of so many whole segments. */
  Received received(int segments) {
    ByteString id = ByteString.copyFrom(AttachmentId.fresh(random).bytes());
    Attachment attachment =
        Attachment.newBuilder()
            .setId(id)
            .setName("a photograph")
            .setMediaType("image/jpeg")
            .setSize((long) segments * AttachmentSeal.SEGMENT_BYTES)
            .setSha256(ByteString.copyFrom(new byte[32]))
            .build();
    AttachmentKey key =
        AttachmentKey.newBuilder().setId(id).setKey(ByteString.copyFrom(new byte[32])).build();
    MessageId message =
        received(
            Body.newBuilder().addAttachmentKeys(key).build(),
            label -> label.addAttachments(attachment));
    return new Received(message, attachment, key);
  }

  /** Opens its file for an officer of a client; the reading. */
  AttachmentId open(NodeName client, Received received) {
    return AttachmentId.of(
        Results.value(openResult(client, received)).getReadingId().toByteArray());
  }

  /** The same, which may be refused. */
  Result<OpenAttachmentResponse> openResult(NodeName client, Received received) {
    return readings.open(
        client,
        received.message(),
        OpenAttachmentRequest.newBuilder()
            .setMessageId(ByteString.copyFrom(received.message().bytes()))
            .setOnBehalfOf(PERSON)
            .build());
  }

  /** A segment that the origin sends. */
  AttachmentPart part(Received received, int segment) {
    byte[] plain = new byte[AttachmentSeal.SEGMENT_BYTES];
    try (AttachmentSeal seal =
        new AttachmentSeal(
            received.name().attachment(),
            received.attachment().getSize(),
            SecretBytes.takeOver(new byte[32]))) {
      return AttachmentPart.newBuilder()
          .setMessageId(ByteString.copyFrom(received.message().bytes()))
          .setAttachmentId(received.attachment().getId())
          .setSegment(segment)
          .setSealed(ByteString.copyFrom(seal.seal(segment, plain, random)))
          .build();
    }
  }

  /** Begins an upload of so many bytes. */
  AttachmentId upload(NodeName client, long size) {
    return AttachmentId.of(
        Results.value(
                uploads.begin(
                    client,
                    BeginUploadRequest.newBuilder()
                        .setName("a photograph")
                        .setMediaType("image/jpeg")
                        .setSize(size)
                        .build()))
            .getUploadId()
            .toByteArray());
  }

  /** Takes all requests. */
  private final class Origin implements AttachmentRelay.Links {
    @Override
    public boolean send(AgencyName to, AttachmentRequest request) {
      requested.add(request);
      return true;
    }

    @Override
    public boolean send(AgencyName to, AttachmentPart part) {
      throw new IllegalStateException("nothing is asked of this gateway");
    }

    @Override
    public void dropped(Code code) {
      throw new IllegalStateException("nothing is asked of this gateway");
    }
  }
}
