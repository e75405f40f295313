package org.entente.gateway.cli.audit;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import org.entente.gateway.audit.LogSuccession.Finding;
import org.entente.gateway.cli.call.PersonOptions;
import org.entente.gateway.cli.call.PrintingCommand;
import org.entente.gateway.cli.failure.UsageError;
import org.entente.gateway.cli.text.TerminalText;
import org.entente.gateway.node.offline.LedgerSuccession;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Opens a new audit log if the last one cannot be continued. */
@Command(
    name = "new-log",
    description = {
      "Opens a new audit log for a stopped node whose log is older than its checkpoints, or whose",
      "last checkpoint states a time ahead of this machine's clock, so that nothing can be proven.",
      "Do so after a restore, when the node or its witnesses have signed a later checkpoint, and",
      "after the clock was ahead for long, once it is right.",
      "The first leaf of the new log names the old log, what is known of it and who decided. Message",
      "numbers begin new epochs. Messages acknowledged after the backup was made are still lost: see Recovery in docs/security/audit.md first.",
      "",
      "Refuses if the log can be continued. With --look it changes nothing."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  entente audit new-log --config /var/lib/entente/fr.customs/node.yaml --look \\",
      "      --officer FR-7 --justification -",
      "  entente audit new-log --config /var/lib/entente/fr.customs/node.yaml --officer FR-7 \\",
      "      --justification 'restored from the backup of 1 March after the fire'",
      "  entente audit new-log --ledger-lost \\",
      "      --config /var/lib/entente/fr.customs/node.yaml --officer FR-7 \\",
      "      --justification 'the disk and its backups burnt on 1 March'"
    })
final class AuditNewLogCommand extends PrintingCommand {
  @Option(names = "--config", required = true, paramLabel = "FILE", description = "node.yaml")
  private Path config = Path.of("");

  @Option(
      names = "--witnessed",
      paramLabel = "FILE",
      description = "checkpoint of this gateway's log, obtained from a witness")
  private @Nullable Path witnessed;

  @Option(names = "--look", description = "only report the state of the log")
  private boolean look;

  @Option(
      names = "--ledger-lost",
      description =
          "the ledger is lost and there is no backup: begin an empty one in its place; refused if "
              + "there is a ledger. Data held only in the lost ledger is lost: first read "
              + "docs/operate/backup.md")
  private boolean lost;

  @Mixin private PersonOptions person = new PersonOptions();

  @Override
  public void run() {
    if (look && lost) {
      throw new UsageError("--look and --ledger-lost exclude each other; valid is one of them");
    }
    InstantSource clock = InstantSource.system();
    Optional<byte[]> held = LedgerSuccession.note(witnessed);
    if (lost) {
      begun(LedgerSuccession.beginEmpty(config, held, person.recorded(), clock));
      return;
    }
    LedgerSuccession node = LedgerSuccession.onDisk(config, clock);
    tell(look ? node.look(held) : node.succeed(held, person.recorded()));
  }

  private void begun(Finding found) {
    out().println("created an empty ledger");
    if (found instanceof Finding.Ended) {
      tell(found);
    } else {
      sayWhatNext();
    }
  }

  private void tell(Finding found) {
    if (found instanceof Finding.Continues continues) {
      err()
          .println(
              "%s can be continued after its %d leaves; nothing was changed"
                  .formatted(continues.log(), continues.size()));
      failUnless(false);
      return;
    }
    Finding.Ended ended = (Finding.Ended) found;
    out()
        .println(ended.former().origin() + " has ended: " + TerminalText.printable(ended.reason()));
    out()
        .println(
            ended.next()
                + (look ? " would be opened; it " : " is open; it ")
                + ended.former().words());
    if (!look) {
      sayWhatNext();
    }
  }

  private void sayWhatNext() {
    out().println("then start the gateway; docs/security/audit.md#recovery says whom to tell");
  }
}
