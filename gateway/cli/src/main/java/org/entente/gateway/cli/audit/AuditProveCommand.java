package org.entente.gateway.cli.audit;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.entente.gateway.cli.call.AgencyConverter;
import org.entente.gateway.cli.call.OfficerOptions;
import org.entente.gateway.cli.call.OptionFile;
import org.entente.gateway.cli.call.PrintingCommand;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Result;
import org.entente.gateway.node.offline.OfflineNode;
import org.entente.proto.v1.AuditGrpc;
import org.entente.proto.v1.ProveRequest;
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
      "  entente audit prove 0197…3f --officer FR-7 --out 0197.proof \\",
      "      --config /var/lib/entente/fr.customs/node.yaml"
    })
final class AuditProveCommand extends PrintingCommand {
  @Parameters(paramLabel = "MESSAGE", description = "message id, 32 hex digits")
  private ByteString id = ByteString.EMPTY;

  @ArgGroup private AuditedNode where = new AuditedNode();

  @Option(names = "--out", required = true, paramLabel = "FILE", description = "file for the proof")
  private Path out = Path.of("");

  @Option(
      names = "--recipient",
      paramLabel = "AGENCY",
      converter = AgencyConverter.class,
      description = "recipient whose envelope to prove, if the message was sent in several")
  private String recipient = "";

  @Option(
      names = "--wait",
      paramLabel = "SECONDS",
      description = "how long to wait for witnesses to cosign (default: ${DEFAULT-VALUE})")
  private int wait = 20;

  @Option(names = "--justification", description = "reason; recorded")
  private String justification = "";

  @Mixin private OfficerOptions person = new OfficerOptions();

  @Override
  public void run() {
    MessageId message = MessageId.of(id.toByteArray());
    ProveRequest request =
        ProveRequest.newBuilder()
            .setMessageId(id)
            .setOnBehalfOf(person.because(justification))
            .setRecipient(recipient)
            .build();
    byte[] proof =
        where.read(
            node -> AuditedNode.value(prove(node, message)), channel -> ask(channel, request));
    OptionFile.replace("--out", out, proof);
    out().println("proof of " + message + " in " + out);
  }

  private Result<byte[]> prove(OfflineNode node, MessageId message) {
    return node.prove(
        person.recorded(justification),
        message,
        Optional.of(recipient).filter(name -> !name.isEmpty()).map(AgencyName::new));
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
}
