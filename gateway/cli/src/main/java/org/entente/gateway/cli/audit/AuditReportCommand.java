package org.entente.gateway.cli.audit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.audit.tree.LogOrigin;
import org.entente.gateway.cli.audit.AuditReportPage.CheckedRecord;
import org.entente.gateway.cli.call.OptionFile;
import org.entente.gateway.cli.call.ProgressLine;
import org.entente.gateway.cli.failure.UsageError;
import org.entente.gateway.trust.TrustBundle;
import org.entente.proto.v1.ExportRequest;
import org.entente.proto.v1.ExportedLeaf;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Exports records, checks their proofs, and writes a report of them for people. */
@Command(
    name = "report",
    description = {
      "Writes a report of audit records for a lawyer: one page of HTML to read, print and file.",
      "It says what was shared, when, with whom, on which basis and by which person, and what was"
          + " refused.",
      "Each fact names its leaf. The command checks the proof of each leaf with the keys of the"
          + " trust bundle,",
      "and trusts no statement of the gateway about its log. Select records by period, by subject"
          + " or by",
      "message, as for `audit export`. Exit code 1 if a fact is not proven; the report says which.",
      "",
      "With --gateway it reads from a running node, as a client with the scope `audit`;",
      "with --config from the data of a stopped node; with --export from a file that `audit export"
          + " --proofs` wrote, without a gateway."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  entente audit report --subject 'case:DNRED-2026-IPR-00417' --officer FR-7 \\",
      "      --justification 'access request 12/26' --bundle trust-bundle.note --roots roots.json"
          + " \\",
      "      --gateway 127.0.0.1:7441 --credentials fr.customs/clients/auditor --out report.html",
      "  entente audit report --export records.jsonl --officer FR-7 --justification 'case 12/26'"
          + " \\",
      "      --bundle trust-bundle.note --roots roots.json --out report.html"
    })
final class AuditReportCommand extends AuditExportCall {
  /** Options that select records of a node. */
  private static final List<String> LIVE =
      List.of(
          "--from",
          "--to",
          "--subject",
          "--message",
          "--config",
          "--gateway",
          "--credentials",
          "--context");

  @Option(
      names = "--bundle",
      required = true,
      paramLabel = "FILE",
      description = "trust bundle with the keys that sign the log's checkpoints")
  private Path bundle = Path.of("");

  @Option(
      names = "--roots",
      required = true,
      paramLabel = "FILE",
      description = "roots that must have signed the bundle")
  private Path roots = Path.of("");

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE",
      description = "file for the report; only its owner may read it")
  private Path out = Path.of("");

  @Option(
      names = "--export",
      paramLabel = "FILE",
      description =
          "report all records of this file, the output of `audit export --proofs`, at most 128 MiB."
              + " No gateway is called and nothing is recorded")
  private @Nullable Path export;

  @Spec private CommandSpec command;

  @Override
  protected void run() {
    TrustBundle trusted = TrustedBundle.read(bundle, roots);
    Path file = export;
    if (file != null) {
      refuseSelection();
      ExportFile exported = ExportFile.read(file);
      LeafCheck check = new LeafCheck(trusted, Optional.empty());
      report(check, trusted, exported.leaves(), AuditReportPage.sourceOf(exported));
      return;
    }
    ReportedLeaves leaves = new ReportedLeaves(ExportFile.MOST_BYTES);
    ExportRequest request;
    try (ProgressLine progress = ProgressLine.of(this, "reading", "leaf", "leaves")) {
      request = export(true, progress, leaves::add);
    }
    Optional<LogOrigin> gateway =
        Optional.ofNullable(answerer())
            .map(noted -> RemoteLogVerification.firstLog(trusted, noted.identity()));
    LeafCheck check = new LeafCheck(trusted, gateway);
    report(check, trusted, leaves.all(), AuditReportPage.sourceOf(request));
  }

  /** A file was selected when it was exported, and comes from no node. */
  private void refuseSelection() {
    for (String option : LIVE) {
      if (command.commandLine().getParseResult().hasMatchedOption(option)) {
        throw new UsageError(
            option + ": not together with --export, which reports all records of the file");
      }
    }
  }

  private void report(
      LeafCheck check, TrustBundle trusted, List<ExportedLeaf> leaves, List<List<String>> source) {
    List<CheckedRecord> records =
        ExportedRecord.joined(leaves).stream()
            .map(one -> new CheckedRecord(one, check.fault(one).orElse("")))
            .toList();
    AuditReportPage page = new AuditReportPage(source, onBehalfOf(), records, check.checkpoints());
    OptionFile.replace("--out", out, page.html(Instant.now(), trusted.version()).getBytes(UTF_8));
    print(out + " written. " + page.verdict());
    failUnless(records.stream().allMatch(CheckedRecord::isProven));
  }
}
