package org.entente.gateway.cli;

import com.google.protobuf.util.Timestamps;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.entente.gateway.bridge.AlertDraft;
import org.entente.gateway.bridge.AlertItem;
import org.entente.gateway.bridge.AlertSource;
import org.entente.gateway.bridge.BadRecord;
import org.entente.gateway.bridge.CapTerms;
import org.entente.gateway.model.FileTrouble;
import org.entente.proto.v1.Accepted;
import org.entente.proto.v1.Addressed;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.Permit;
import org.entente.proto.v1.PublishRequest;
import org.entente.proto.v1.PublisherGrpc;
import org.entente.proto.v1.Refusal;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Publishes alerts from files. */
@Command(
    name = "send",
    description = {
      "Publishes alerts from a file or folder.",
      "Takes JSON Lines with a mapping, drafts as protobuf JSON, and CAP 1.1 and 1.2 XML. Bad records are reported by file, line and field; the rest go on.",
      "What CAP has no place for is given by --category and the options with it, or by a mapping of CAP; without either by config/mappings/cap.yaml."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  entente send --gateway 127.0.0.1:7441 --credentials fr.customs/clients/declarations \\",
      "      --alerts alerts.jsonl --mapping config/mappings/safety-gate.yaml",
      "  entente send --gateway 127.0.0.1:7441 --credentials fr.customs/clients/declarations \\",
      "      --alerts warning.cap --category PUBLIC_WARNING --purpose PUBLIC_SAFETY \\",
      "      --classification UNCLASSIFIED --marking TLP:CLEAR",
      "",
      "Sending the same file again is safe: the idempotency keys come from the records."
    })
final class SendCommand implements Callable<Integer> {
  @Mixin private GatewayAddress gateway = new GatewayAddress();

  @Option(
      names = "--alerts",
      required = true,
      paramLabel = "PATH",
      description = "file or folder of alerts")
  private Path alerts = Path.of("");

  @Option(
      names = "--mapping",
      paramLabel = "FILE",
      description = "how a source record becomes a draft; needed for foreign JSON Lines")
  private @Nullable Path mapping;

  @Mixin private SendOptions options = new SendOptions();

  @ArgGroup(exclusive = false, heading = "What CAP has no place for, for every CAP file:%n")
  private @Nullable CapOptions cap;

  @Spec private CommandSpec spec;

  private int published;
  private int held;
  private int refused;
  private int bad;
  private int unmapped;

  @Override
  public Integer call() {
    try (AlertSource source = source()) {
      items(source);
    } catch (IOException e) {
      throw new CommandFailure("the alerts cannot be read: " + FileTrouble.words(e), e);
    }
    summary();
    return refused == 0 && bad == 0 ? 0 : 1;
  }

  private void summary() {
    spec.commandLine()
        .getErr()
        .println(
            published
                + " published, "
                + held
                + " held, "
                + refused
                + " refused, "
                + bad
                + " bad records"
                + (unmapped == 0 ? "" : ", " + unmapped + " things of CAP not as they stood"));
  }

  private void items(AlertSource source) {
    ManagedChannel channel = gateway.open();
    try {
      PublisherGrpc.PublisherBlockingStub publisher = PublisherGrpc.newBlockingStub(channel);
      while (source.hasNext()) {
        item(publisher, source.next());
      }
    } catch (CommandFailure e) {
      summary();
      throw e;
    } finally {
      channel.shutdownNow();
    }
  }

  private AlertSource source() {
    CapTerms terms = cap == null ? null : cap.terms(spec);
    AlertSource.Opening opening = AlertSource.open(alerts, mapping, Home.mappings(), terms);
    if (opening instanceof AlertSource.Opening.Opened opened) {
      return opened.source();
    }
    throw new CommandFailure(String.valueOf(opening));
  }

  private void item(PublisherGrpc.PublisherBlockingStub publisher, AlertItem item) {
    if (item instanceof AlertDraft alert) {
      unmapped += alert.unmapped().size();
      alert.unmapped().forEach(one -> spec.commandLine().getErr().println(one.in(alert.file())));
      publish(publisher, alert);
    } else if (item instanceof BadRecord record) {
      bad++;
      spec.commandLine().getErr().println(record);
    }
  }

  private void publish(PublisherGrpc.PublisherBlockingStub publisher, AlertDraft alert) {
    PrintWriter out = spec.commandLine().getOut();
    try {
      Outcome outcome =
          publisher
              .publish(PublishRequest.newBuilder().setDraft(options.applied(alert.draft())).build())
              .getOutcome();
      if (outcome.hasAccepted()) {
        published++;
        out.println(
            HexFormat.of().formatHex(outcome.getMessageId().toByteArray())
                + recipients(outcome.getAccepted()));
        outcome.getAccepted().getRefusalsList().forEach(refusal -> out.println(line(refusal)));
      } else if (outcome.hasHeld()) {
        held++;
        out.println(
            HexFormat.of().formatHex(outcome.getMessageId().toByteArray())
                + "  held until "
                + Timestamps.toString(outcome.getHeld().getUntil())
                + ": "
                + Screen.printable(outcome.getHeld().getReason()));
      } else {
        refused++;
        out.println(alert.file() + ":" + alert.line() + "  refused");
        outcome.getRefused().getRefusalsList().forEach(refusal -> out.println(line(refusal)));
      }
      out.flush();
    } catch (StatusRuntimeException e) {
      switch (e.getStatus().getCode()) {
        case INVALID_ARGUMENT, ALREADY_EXISTS -> {
          bad++;
          spec.commandLine()
              .getErr()
              .println(alert.file() + ":" + alert.line() + ": " + e.getStatus().getDescription());
        }
        default -> throw stopped(alert, e);
      }
    }
  }

  /** What no other record would change: how far it came, and what to do. */
  private static CommandFailure stopped(AlertDraft alert, StatusRuntimeException e) {
    return new CommandFailure(
        alert.file()
            + ":"
            + alert.line()
            + ": "
            + RpcFailures.explain(e).getMessage()
            + "; stopped there. Sending all of it again is safe",
        e);
  }

  private static String recipients(Accepted accepted) {
    Map<Boolean, List<String>> informed =
        accepted.getPermitsList().stream()
            .collect(
                Collectors.partitioningBy(
                    permit -> permit.getAddressed() == Addressed.ADDRESSED_INFORMATION,
                    Collectors.mapping(SendCommand::line, Collectors.toList())));
    List<String> asked = informed.getOrDefault(false, List.of());
    List<String> others = informed.getOrDefault(true, List.of());
    return "  to " + asked + (others.isEmpty() ? "" : ", for information to " + others);
  }

  /** Whom it goes to, at which desks, and without which fields. */
  static String line(Permit permit) {
    String to =
        permit.getDesksCount() == 0
            ? permit.getAgency()
            : permit.getAgency() + "/" + String.join("+", permit.getDesksList());
    return permit.getWithheldCount() == 0
        ? to
        : to + " (without " + Screen.printable(String.join(", ", permit.getWithheldList())) + ")";
  }

  static String line(Refusal refusal) {
    return "    not to "
        + Screen.printable(refusal.getAgency())
        + ": "
        + refusal.getCode()
        + (refusal.getRule().isEmpty() ? "" : " by " + refusal.getRule())
        + ": "
        + Screen.printable(refusal.getReason());
  }
}
