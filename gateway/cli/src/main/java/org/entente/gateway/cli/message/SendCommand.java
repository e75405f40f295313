package org.entente.gateway.cli.message;

import com.google.protobuf.util.Timestamps;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.entente.gateway.bridge.AlertSource;
import org.entente.gateway.bridge.cap.CapTerms;
import org.entente.gateway.bridge.format.AlertDraft;
import org.entente.gateway.bridge.format.AlertItem;
import org.entente.gateway.bridge.format.BadRecord;
import org.entente.gateway.cli.call.CapOptions;
import org.entente.gateway.cli.call.DocumentOptions;
import org.entente.gateway.cli.call.DraftRefusal;
import org.entente.gateway.cli.call.FieldOptions;
import org.entente.gateway.cli.call.GatewayAddress;
import org.entente.gateway.cli.call.Home;
import org.entente.gateway.cli.call.PrintingCommand;
import org.entente.gateway.cli.call.RpcFailures;
import org.entente.gateway.cli.call.SendOptions;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.gateway.cli.failure.UsageError;
import org.entente.gateway.cli.text.CountText;
import org.entente.gateway.cli.text.JsonText;
import org.entente.gateway.cli.text.MessageText;
import org.entente.gateway.cli.text.TerminalText;
import org.entente.gateway.model.FileErrorText;
import org.entente.proto.v1.Accepted;
import org.entente.proto.v1.Addressed;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.PublishRequest;
import org.entente.proto.v1.PublisherGrpc;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Publishes alerts from files, or a file as a document. */
@Command(
    name = "send",
    description = {
      "Publishes alerts from a file or folder, or a file as a document.",
      "Reads JSON Lines with a mapping, drafts as protobuf JSON, and CAP 1.1 and 1.2 XML. Reports"
          + " invalid records by file, line and field, and publishes the others.",
      "Label fields that CAP does not hold come from --category and the options with it, or from a"
          + " CAP mapping; by default from config/mappings/cap.yaml. With --document these options"
          + " are the label of the file."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  entente send --gateway 127.0.0.1:7441 --credentials fr.customs/clients/declarations \\",
      "      --alerts alerts.jsonl --mapping config/mappings/safety-gate.yaml",
      "  entente send --gateway 127.0.0.1:7441 --credentials fr.customs/clients/declarations \\",
      "      --alerts warning.cap --category PUBLIC_WARNING --purpose PUBLIC_SAFETY \\",
      "      --classification UNCLASSIFIED --marking TLP:CLEAR",
      "  entente send --gateway 127.0.0.1:7441 --credentials fr.customs/clients/declarations \\",
      "      --document report.pdf --to de.customs --category HAZARDOUS --purpose CUSTOMS_CONTROL"
          + " \\",
      "      --classification RESTRICTED",
      "",
      "Sending the same file again is safe: the idempotency keys follow from its content."
    })
public final class SendCommand extends PrintingCommand {
  @Mixin private GatewayAddress gateway = new GatewayAddress();

  @Option(
      names = "--alerts",
      paramLabel = "PATH",
      description = "file or folder of alerts, instead of --document")
  private @Nullable Path alerts;

  @Option(
      names = "--mapping",
      paramLabel = "FILE",
      description = "mapping of source records to drafts; needed for foreign JSON Lines")
  private @Nullable Path mapping;

  @Mixin private SendOptions options = new SendOptions();

  @ArgGroup(
      exclusive = false,
      heading =
          "Label fields that CAP does not hold, for every CAP file; with --document, its label:%n")
  private @Nullable CapOptions cap;

  @Option(
      names = "--json",
      description = "print one JSON object on each line: the file, its line, and the outcome")
  private boolean json;

  @ArgGroup(exclusive = false, heading = "A document, a file that is sent unchanged:%n")
  private @Nullable DocumentOptions document;

  private int published;
  private int held;
  private int refused;
  private int bad;
  private int unmapped;

  @Override
  public void run() {
    Path path = alerts;
    DocumentOptions one = document;
    if (path != null && one == null) {
      alerts(path);
    } else if (path == null && one != null) {
      document(one);
    } else {
      throw new UsageError("--alerts or --document is needed, and not both");
    }
    summary();
    failUnless(bad == 0);
    refuseUnless(refused == 0);
  }

  private void alerts(Path path) {
    try (AlertSource source = source(path)) {
      items(source);
    } catch (IOException e) {
      throw new CommandFailure("the alerts cannot be read: " + FileErrorText.words(e), e);
    }
  }

  private void document(DocumentOptions one) {
    CapOptions label = cap;
    if (label == null) {
      throw new UsageError("--document: needs --category, --purpose and --classification");
    }
    if (mapping != null) {
      throw new UsageError("--mapping: is only for --alerts; a document is sent unchanged");
    }
    FieldOptions fields = fields(false);
    Draft draft =
        DocumentOptions.keyed(
            options.applied(one.draft(label.label(), label.to(), fields)), fields);
    ManagedChannel channel = gateway.open();
    try {
      publish(
          PublisherGrpc.newBlockingStub(channel),
          new AlertDraft(one.file().toString(), 0, Optional.empty(), draft, List.of()));
    } finally {
      channel.shutdownNow();
    }
  }

  private void summary() {
    err()
        .println(
            published
                + " published, "
                + held
                + " held, "
                + refused
                + " refused, "
                + CountText.of(bad, "bad record")
                + (unmapped == 0 ? "" : ", " + unmapped + " CAP elements not carried unchanged"));
  }

  private void items(AlertSource source) {
    ManagedChannel channel = gateway.open();
    try {
      PublisherGrpc.PublisherBlockingStub publisher = PublisherGrpc.newBlockingStub(channel);
      if (!source.hasNext()) {
        err().println(TerminalText.printable(alerts + ": contains no alert"));
      }
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

  private AlertSource source(Path path) {
    CapTerms terms = cap == null ? null : cap.terms();
    AlertSource.OpenResult opening = AlertSource.open(path, mapping, Home.mappings(), terms);
    if (opening instanceof AlertSource.OpenResult.Opened opened) {
      return opened.source();
    }
    throw new CommandFailure(String.valueOf(opening));
  }

  private void item(PublisherGrpc.PublisherBlockingStub publisher, AlertItem item) {
    if (item instanceof AlertDraft alert) {
      unmapped += alert.unmapped().size();
      alert.unmapped().forEach(one -> err().println(TerminalText.printable(one.in(alert.file()))));
      publish(
          publisher,
          new AlertDraft(
              alert.file(),
              alert.line(),
              alert.named(),
              options.applied(alert.draft()),
              alert.unmapped()));
    } else if (item instanceof BadRecord record) {
      bad++;
      err().println(record);
    }
  }

  private void publish(PublisherGrpc.PublisherBlockingStub publisher, AlertDraft alert) {
    try {
      Outcome outcome =
          publisher
              .publish(PublishRequest.newBuilder().setDraft(alert.draft()).build())
              .getOutcome();
      print(alert, outcome);
    } catch (StatusRuntimeException e) {
      if (!isOfThisRecord(e)) {
        throw stopped(alert, e);
      }
      bad++;
      RpcFailures.wrong(e, fields(document == null))
          .forEach(one -> err().println(place(alert) + ": " + TerminalText.printable(one)));
    }
  }

  /** Whether the refusal says nothing of the next records; a document has none. */
  private boolean isOfThisRecord(StatusRuntimeException refusal) {
    return document == null
        ? DraftRefusal.of(refusal).isPresent()
        : switch (refusal.getStatus().getCode()) {
          case INVALID_ARGUMENT, ALREADY_EXISTS -> true;
          default -> false;
        };
  }

  private void print(AlertDraft alert, Outcome outcome) {
    published += outcome.hasAccepted() ? 1 : 0;
    held += outcome.hasHeld() ? 1 : 0;
    refused += outcome.hasAccepted() || outcome.hasHeld() ? 0 : 1;
    if (json) {
      out()
          .println(
              JsonText.line(
                  JsonText.object()
                      .put("file", alert.file())
                      .put("line", alert.line())
                      .set("outcome", JsonText.tree(outcome))));
    } else {
      printText(alert, outcome);
    }
  }

  private void printText(AlertDraft alert, Outcome outcome) {
    if (outcome.hasAccepted()) {
      out()
          .println(
              HexFormat.of().formatHex(outcome.getMessageId().toByteArray())
                  + recipients(outcome.getAccepted()));
      outcome
          .getAccepted()
          .getRefusalsList()
          .forEach(refusal -> out().println(MessageText.line(refusal)));
    } else if (outcome.hasHeld()) {
      out()
          .println(
              HexFormat.of().formatHex(outcome.getMessageId().toByteArray())
                  + "  held until "
                  + Timestamps.toString(outcome.getHeld().getUntil())
                  + ": "
                  + TerminalText.printable(outcome.getHeld().getReason()));
    } else {
      out().println(place(alert) + "  refused");
      outcome
          .getRefused()
          .getRefusalsList()
          .forEach(refusal -> out().println(MessageText.line(refusal)));
    }
  }

  /** What no other record would change: how far it came, and what to do. */
  private CommandFailure stopped(AlertDraft alert, StatusRuntimeException e) {
    CommandFailure told = RpcFailures.explain(e, fields(document == null));
    String place = place(alert) + ": ";
    if (alert.line() > 0) {
      return new CommandFailure(
          told.exit(),
          place + told.getMessage() + "; stopped there; sending all records again is safe",
          e);
    }
    if (RpcFailures.isTooLarge(e)) {
      return new CommandFailure(
          told.exit(),
          place
              + fields(false).named("body.document.content")
              + ": has "
              + alert.draft().getBody().getDocument().getContent().size()
              + " bytes, more than this gateway accepts in a message (limits.message_bytes of its"
              + " configuration); nothing was sent",
          e);
    }
    return new CommandFailure(
        told.exit(), place + told.getMessage() + "; sending it again is safe", e);
  }

  /** The file, and the line in a file of records. */
  private static String place(AlertDraft alert) {
    String file = TerminalText.printable(alert.file());
    return alert.line() == 0 ? file : file + ":" + alert.line();
  }

  private static String recipients(Accepted accepted) {
    Map<Boolean, List<String>> informed =
        accepted.getPermitsList().stream()
            .collect(
                Collectors.partitioningBy(
                    permit -> permit.getAddressed() == Addressed.ADDRESSED_INFORMATION,
                    Collectors.mapping(MessageText::line, Collectors.toList())));
    List<String> asked = informed.getOrDefault(false, List.of());
    List<String> others = informed.getOrDefault(true, List.of());
    return "  to " + asked + (others.isEmpty() ? "" : ", for information to " + others);
  }
}
