package org.entente.gateway.cli.audit;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.entente.gateway.audit.record.AuditPerson;
import org.entente.gateway.cli.call.GatewayAddress;
import org.entente.gateway.cli.call.PersonOptions;
import org.entente.gateway.cli.call.PrintingCommand;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.gateway.cli.failure.UsageError;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.FileErrorText;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.node.offline.OfflineNode;
import org.entente.gateway.report.MessageProver;
import org.entente.proto.v1.AuditGrpc;
import org.entente.proto.v1.ProveRequest;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes the proof of a message. */
@Command(
    name = "prove",
    description = {
      "Writes a file that proves that a message was accepted or received here.",
      "Anyone with the federation's roots can check it. It holds the envelope header, the"
          + " signature, the",
      "audit record, its place in the log, the cosigned checkpoint and the trust bundle. It"
          + " discloses the",
      "audit record, with the officer; the log records this disclosure.",
      "",
      "With --gateway it reads from a running node, as a client with the scope `audit`;",
      "with --config from the data of a stopped node."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer = {
      "  entente audit prove 0197…3f --officer FR-7 --justification 'court order 41/26' \\",
      "      --gateway 127.0.0.1:7441 --credentials fr.customs/clients/auditor --out 0197.proof",
      "  entente audit prove 0197…3f --officer FR-7 --config /etc/entente/node.yaml --out"
          + " 0197.proof"
    })
final class AuditProveCommand extends PrintingCommand {
  @Parameters(paramLabel = "MESSAGE", description = "message id, 32 hex digits")
  private String id = "";

  @ArgGroup(multiplicity = "1")
  private NodeOptions where = new NodeOptions();

  @Option(names = "--out", required = true, paramLabel = "FILE", description = "file for the proof")
  private Path out = Path.of("");

  @Option(
      names = "--recipient",
      paramLabel = "AGENCY",
      description = "recipient whose envelope to prove, if the message was sent in several")
  private @Nullable String recipient;

  @Option(
      names = "--wait",
      paramLabel = "SECONDS",
      description = "how long to wait for witnesses to cosign (default: ${DEFAULT-VALUE})")
  private int wait = 20;

  @Option(names = "--justification", description = "reason; recorded")
  private String justification = "";

  @Mixin private PersonOptions person = new PersonOptions();

  /** The node to read. */
  static final class NodeOptions {
    @Option(
        names = "--config",
        required = true,
        paramLabel = "FILE",
        description = "node.yaml of a stopped node")
    private @Nullable Path config;

    @ArgGroup(exclusive = false, heading = "A running node, over gRPC:%n")
    private @Nullable GatewayAddress gateway;
  }

  @Override
  public void run() {
    MessageId message = parse(() -> MessageId.parse(id), "MESSAGE");
    Optional<AgencyName> to =
        Optional.ofNullable(recipient)
            .map(name -> parse(() -> new AgencyName(name), "--recipient"));
    Path config = where.config;
    byte[] proof = config == null ? overGrpc(message, to) : fromData(config, message, to);
    write(proof);
    out().println("proof of " + message + " in " + out);
  }

  private interface Parser<T> {
    T parse();
  }

  private static <T> T parse(Parser<T> parser, String what) {
    try {
      return parser.parse();
    } catch (InvalidValue e) {
      throw new UsageError(what + ": " + e.getMessage(), e);
    }
  }

  private byte[] fromData(Path config, MessageId message, Optional<AgencyName> to) {
    try (OfflineNode node = OfflineNode.open(config, InstantSource.system())) {
      AuditPerson who = parse(() -> person.recorded(justification), "--officer");
      MessageProver.Answer answer = node.prove(who, message, to);
      if (answer instanceof MessageProver.Answer.Refused refused) {
        throw new CommandFailure(refused.problem().code() + ": " + refused.problem().message());
      }
      return ((MessageProver.Answer.Proven) answer).file();
    }
  }

  private byte[] overGrpc(MessageId message, Optional<AgencyName> to) {
    GatewayAddress gateway = where.gateway == null ? new GatewayAddress() : where.gateway;
    ProveRequest request =
        ProveRequest.newBuilder()
            .setMessageId(ByteString.copyFrom(message.bytes()))
            .setOnBehalfOf(person.because(justification))
            .setRecipient(to.map(AgencyName::value).orElse(""))
            .build();
    return gateway.call(channel -> ask(channel, request));
  }

  private byte[] ask(ManagedChannel channel, ProveRequest request) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(wait);
    while (true) {
      try {
        return AuditGrpc.newBlockingStub(channel).prove(request).getProof().toByteArray();
      } catch (StatusRuntimeException e) {
        if (!isEarly(e) || System.nanoTime() > end) {
          throw e;
        }
        pause();
      }
    }
  }

  /** Whether witnesses have not cosigned yet, which they do every few seconds. */
  private static boolean isEarly(StatusRuntimeException e) {
    return e.getStatus().getCode() == Status.Code.UNAVAILABLE
        && String.valueOf(e.getStatus().getDescription()).contains(Code.NOT_READY.name());
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(500);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailure("interrupted", e);
    }
  }

  private void write(byte[] proof) {
    try {
      Path whole = out.toAbsolutePath();
      Path next = whole.resolveSibling(whole.getFileName() + ".new");
      Files.write(next, proof);
      Files.move(next, whole, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new CommandFailure(
          "--out: " + out + " cannot be written: " + FileErrorText.words(e), e);
    }
  }
}
