package org.entente.gateway.cli.audit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.entente.gateway.cli.audit.AuditReportPage.CheckedRecord;
import org.entente.gateway.cli.call.OptionFile;
import org.entente.gateway.cli.call.ProgressLine;
import org.entente.gateway.trust.TrustBundle;
import org.entente.proto.v1.ExportRequest;
import org.entente.proto.v1.ExportedLeaf;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

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
      "with --config from the data of a stopped node."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer = {
      "  entente audit report --subject 'case:DNRED-2026-IPR-00417' --officer FR-7 \\",
      "      --justification 'access request 12/26' --bundle trust-bundle.note --roots roots.json"
          + " \\",
      "      --gateway 127.0.0.1:7441 --credentials fr.customs/clients/auditor --out report.html"
    })
final class AuditReportCommand extends AuditExportCall {
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

  @Override
  protected void run() {
    TrustBundle trusted = TrustedBundle.read(bundle, roots);
    List<ExportedLeaf> leaves = new ArrayList<>();
    ExportRequest request;
    try (ProgressLine progress = ProgressLine.of(this, "reading", "leaf", "leaves")) {
      request = export(true, progress, leaves::add);
    }
    LeafCheck check = new LeafCheck(trusted);
    List<CheckedRecord> records =
        ExportedRecord.joined(leaves).stream()
            .map(one -> new CheckedRecord(one, check.fault(one).orElse("")))
            .toList();
    AuditReportPage page = new AuditReportPage(request, records, check.checkpoints());
    OptionFile.replace("--out", out, page.html(Instant.now(), trusted.version()).getBytes(UTF_8));
    print(out + " written. " + page.verdict());
    failUnless(records.stream().allMatch(CheckedRecord::isProven));
  }
}
