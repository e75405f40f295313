package org.entente.gateway.cli.audit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.entente.gateway.cli.call.OptionFile;
import org.entente.gateway.cli.call.ProgressLine;
import org.entente.gateway.cli.call.RequestField;
import org.entente.gateway.cli.text.CountText;
import org.entente.proto.v1.ExportRequest;
import org.entente.proto.v1.ExportedLeaf;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Exports audit records of a period, a subject or a message. */
@Command(
    name = "export",
    description = {
      "Prints audit records as JSON Lines, one for each leaf; a leaf of many messages has several.",
      "A record shows what was done and when, by whom and on whose behalf, under which agreement"
          + " and",
      "legal basis, with whom it was shared, its retention and its outcome. Select records by"
          + " period,",
      "by subject or by message. Erased content shows as erased. The log records each page that is",
      "exported, with the officer and the reason. `audit report --export` makes a report of an"
          + " export with --proofs.",
      "",
      "With --gateway it reads from a running node, as a client with the scope `audit`;",
      "with --config from the data of a stopped node."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  entente audit export --from 2026-03-01 --to 2026-04-01 --officer FR-7 \\",
      "      --justification 'quarterly report' --config /var/lib/entente/fr.customs/node.yaml",
      "  entente audit export --subject 'person:Dupont/Marie/1980-02-01' --officer FR-7 --proofs"
          + " \\",
      "      --justification 'access request 12/26' --gateway 127.0.0.1:7441 \\",
      "      --credentials fr.customs/clients/auditor"
    })
final class AuditExportCommand extends AuditExportCall {
  @Option(
      names = "--event",
      paramLabel = "TYPE",
      description = "only records of this type, such as ACCEPTED or RECALLED")
  private String event = "";

  @RequestField("client")
  @Option(
      names = "--caused-by",
      paramLabel = "CLIENT",
      description = "only what this client of the agency caused")
  private String client = "";

  @RequestField("officer")
  @Option(
      names = "--caused-for",
      paramLabel = "OFFICER",
      description = "only what was done on behalf of this officer")
  private String officer = "";

  @Option(names = "--proofs", description = "print each line with its proof, a C2SP tlog-proof")
  private boolean proofs;

  @Override
  void narrow(ExportRequest.Builder request) {
    request.setEvent(event).setClient(client).setOfficer(officer);
  }

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description =
          "write to this file, which appears when the export is complete; only its owner may read"
              + " it (default: standard output)")
  private @Nullable Path file;

  private long lines;
  private long bytes;

  @Override
  public void run() {
    Path to = file;
    if (to == null) {
      ProgressLine progress = ProgressLine.besideOutput(this, "exporting", "leaf", "leaves");
      try (progress) {
        var unused = export(proofs, progress, leaf -> out().println(counted(leaf)));
      }
      err().println("exported " + totals(progress));
      return;
    }
    ProgressLine progress = ProgressLine.of(this, "exporting", "leaf", "leaves");
    try (progress) {
      OptionFile.replace(
          "--out",
          to,
          stream -> {
            var unused = export(proofs, progress, leaf -> write(stream, leaf));
          });
    }
    print(to + " written: " + totals(progress));
  }

  /** The line of a leaf, which is counted. */
  private String counted(ExportedLeaf leaf) {
    String line = ExportLine.of(leaf);
    lines++;
    bytes += line.getBytes(UTF_8).length + 1;
    return line;
  }

  private String totals(ProgressLine progress) {
    return "%s, %,d bytes, %s".formatted(CountText.of(lines, "line"), bytes, progress.time());
  }

  private void write(OutputStream stream, ExportedLeaf leaf) {
    try {
      stream.write((counted(leaf) + "\n").getBytes(UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
