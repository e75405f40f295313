package org.entente.gateway.cli.audit;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.entente.gateway.audit.AuditReport;
import org.entente.gateway.audit.tree.LogOrigin;
import org.entente.gateway.cli.call.PrintingCommand;
import org.entente.gateway.cli.call.ProgressLine;
import org.entente.gateway.cli.text.JsonText;
import org.entente.gateway.cli.text.TerminalText;
import org.entente.gateway.node.offline.LedgerInspection;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Commands for the audit log. */
@Command(
    name = "audit",
    description =
        "Verifies the audit log, exports and reports its records, and proves single messages from"
            + " it.",
    mixinStandardHelpOptions = true,
    subcommands = {
      AuditCommand.Verify.class,
      AuditProveCommand.class,
      AuditVerifyProofCommand.class,
      AuditExportCommand.class,
      AuditReportCommand.class,
      AuditNewLogCommand.class
    },
    synopsisSubcommandLabel = "COMMAND")
public final class AuditCommand {

  /** Verifies a node's log, from its data or over gRPC. */
  @Command(
      name = "verify",
      description = {
        "Verifies a node's audit log.",
        "Every leaf hashes up to the signed root, every stored hash follows from the leaves, and"
            + " the",
        "checkpoints carry both signatures of the agency's audit keys.",
        "",
        "With --config it reads the node's data, while the node runs or after it stopped, and"
            + " counts",
        "messages that are in the inbox twice. With --gateway it reads a running node's tiles, as"
            + " a",
        "client with the scope `audit`, and with --records also every record that is not erased.",
        "",
        "It checks no export: `audit report --export` checks the proof of each record of a file,"
            + " without a gateway.",
        "",
        "Changes only the file of --checkpoint. Exit code 0 only if every check passes."
      },
      mixinStandardHelpOptions = true,
      footerHeading = "%nExamples:%n",
      footer = {
        "  entente audit verify --config /var/lib/entente/fr.customs/node.yaml",
        "  entente audit verify --gateway 127.0.0.1:7441 --credentials fr.customs/clients/auditor"
            + " \\",
        "      --bundle trust-bundle.note --roots roots.json --checkpoint fr.customs.checkpoint"
      })
  static final class Verify extends PrintingCommand {
    @ArgGroup(multiplicity = "1")
    private LogOptions where = new LogOptions();

    @Option(names = "--json", description = "print one JSON object")
    private boolean json;

    /** The source from which the log is read. */
    static final class LogOptions {
      @Option(
          names = "--config",
          required = true,
          paramLabel = "FILE",
          description = "node.yaml of the node whose data to read")
      private @Nullable Path config;

      @ArgGroup(exclusive = false, heading = "A running node, over gRPC:%n")
      private @Nullable RemoteLogVerification running;
    }

    @Override
    public void run() {
      RemoteLogVerification running = where.running;
      if (running == null) {
        fromData(where.config == null ? Path.of("") : where.config);
      } else {
        overGrpc(running);
      }
    }

    private void fromData(Path config) {
      LedgerInspection found;
      try (ProgressLine progress = ProgressLine.of(this, "verifying", "leaf", "leaves")) {
        found = LedgerInspection.read(config, InstantSource.system(), progress::at);
      }
      tell(found.sound(), found.audit(), json ? asJson(found) : asText(found));
    }

    private void overGrpc(RemoteLogVerification running) {
      RemoteLogVerification.VerificationResult found;
      try (ProgressLine progress = ProgressLine.of(this, "verifying", "leaf", "leaves")) {
        found = running.verify(progress);
      }
      tell(found.report().ok(), found.report(), json ? asJson(found) : asText(found));
    }

    private void tell(boolean sound, AuditReport report, String text) {
      text.lines().forEach(this::print);
      report.faults().forEach(fault -> err().println(TerminalText.printable(fault)));
      failUnless(sound);
    }

    private static String asText(LedgerInspection found) {
      return "%s: %s; %d leaves, %d under the last checkpoint, %d records opened, %d not; %d messages in the inbox, %d of them twice"
          .formatted(
              found.agency(),
              found.sound() ? "verified" : "NOT VERIFIED",
              found.audit().size(),
              found.audit().checkpointSize(),
              found.audit().openedRecords(),
              found.audit().blindedRecords(),
              found.inboxMessages(),
              found.inboxDuplicates());
    }

    static String asText(RemoteLogVerification.VerificationResult found) {
      AuditReport report = found.report();
      if (!report.ok()) {
        return "%s: NOT VERIFIED; %d leaves of %s read"
            .formatted(found.origin().agency(), report.size(), found.origin());
      }
      List<String> lines = new ArrayList<>();
      lines.add(
          "%s: verified; %d leaves of %s"
              .formatted(found.origin().agency(), report.size(), found.origin()));
      lines.add(
          "  signatures  Ed25519 and ML-DSA-44 of %s, by audit keys of trust bundle version %d"
              .formatted(found.signedAt(), found.bundleVersion()));
      lines.add("  leaves      all %d hash up to the signed root".formatted(report.size()));
      lines.add(
          "  tiles       %d read, every hash follows from the leaves".formatted(found.tiles()));
      lines.add("  records     " + records(found));
      lines.add("  history     " + history(found));
      return String.join(System.lineSeparator(), lines);
    }

    private static String history(RemoteLogVerification.VerificationResult found) {
      if (found.follows().isPresent()) {
        return "succeeds " + found.follows().get() + ", which ended; its first leaf says so";
      }
      return found.continued() > 0
          ? "continues the kept checkpoint over %d leaves".formatted(found.continued())
          : "not checked: no earlier checkpoint (--checkpoint)";
    }

    private static String records(RemoteLogVerification.VerificationResult found) {
      // Only the gateway says that a record is erased, and it can hide one that way.
      return found.records()
          ? "%d match their leaves, %d are not shown: erased, or withheld"
              .formatted(found.report().openedRecords(), found.report().blindedRecords())
          : "not read (--records)";
    }

    private static String asJson(LedgerInspection found) {
      return print(
          object(found.agency().value(), found.audit())
              .put("inbox_messages", found.inboxMessages())
              .put("inbox_duplicates", found.inboxDuplicates()));
    }

    private static String asJson(RemoteLogVerification.VerificationResult found) {
      return print(
          object(found.origin().agency().value(), found.report())
              .put("log", found.origin().line())
              .put("signed_at", found.signedAt().toString())
              .put("bundle_version", found.bundleVersion())
              .put("tiles", found.tiles())
              .put("records_read", found.records())
              .put("records_opened", found.report().openedRecords())
              .put("continued_leaves", found.continued())
              .put("follows", found.follows().map(LogOrigin::line).orElse(null)));
    }

    private static ObjectNode object(String agency, AuditReport report) {
      return JsonText.object()
          .put("agency", agency)
          .put("verified", report.ok())
          .put("leaves", report.size())
          .put("checkpoint_leaves", report.checkpointSize());
    }

    private static String print(ObjectNode node) {
      return JsonText.line(node);
    }
  }
}
