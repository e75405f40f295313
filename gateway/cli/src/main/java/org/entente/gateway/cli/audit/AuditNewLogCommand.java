package org.entente.gateway.cli.audit;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.entente.gateway.audit.LogSuccession.Finding;
import org.entente.gateway.cli.call.PersonOptions;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.gateway.cli.failure.UsageError;
import org.entente.gateway.cli.text.TerminalText;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.StartProblem;
import org.entente.gateway.node.offline.LedgerSuccession;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Opens a new audit log if the last one cannot be continued. */
@Command(
    name = "new-log",
    description = {
      "Opens a new audit log for a stopped node whose log is older than its checkpoints.",
      "This is so after a restore, when the node or its witnesses have signed a later checkpoint.",
      "The first leaf of the new log names the old log, what is known of it and who decided. Message",
      "numbers begin new epochs. Messages acknowledged after the backup was made are still lost: see Recovery in docs/security/audit.md first.",
      "",
      "Refuses if the log can be continued. With --look it changes nothing."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  entente audit new-log --config /etc/entente/node.yaml --look --officer FR-7 --justification -",
      "  entente audit new-log --config /etc/entente/node.yaml --officer FR-7 \\",
      "      --justification 'restored from the backup of 1 March after the fire'",
      "  entente audit new-log --ledger-lost --config /etc/entente/node.yaml --officer FR-7 \\",
      "      --justification 'the disk and its backups burnt on 1 March'"
    })
final class AuditNewLogCommand implements Callable<Integer> {
  @Option(names = "--config", required = true, paramLabel = "FILE", description = "node.yaml")
  private Path config = Path.of("");

  @Option(
      names = "--witnessed",
      paramLabel = "FILE",
      description = "checkpoint of this gateway's log, obtained from a witness")
  private @Nullable Path witnessed;

  @Option(names = "--justification", required = true, description = "reason; recorded")
  private String justification = "";

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

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    if (look && lost) {
      throw new UsageError("--look and --ledger-lost exclude each other; valid is one of them");
    }
    try {
      InstantSource clock = InstantSource.system();
      Optional<byte[]> held = LedgerSuccession.note(witnessed);
      if (lost) {
        return begun(
            LedgerSuccession.beginEmpty(config, held, person.recorded(justification), clock));
      }
      LedgerSuccession node = LedgerSuccession.onDisk(config, clock);
      return tell(look ? node.look(held) : node.succeed(held, person.recorded(justification)));
    } catch (StartProblem | InvalidValue e) {
      throw new CommandFailure(String.valueOf(e.getMessage()), e);
    }
  }

  private int begun(Finding found) {
    spec.commandLine().getOut().println("created an empty ledger");
    return found instanceof Finding.Ended ? tell(found) : 0;
  }

  private int tell(Finding found) {
    PrintWriter out = spec.commandLine().getOut();
    if (found instanceof Finding.Continues continues) {
      spec.commandLine()
          .getErr()
          .println(
              "%s can be continued after its %d leaves; nothing was changed"
                  .formatted(continues.log(), continues.size()));
      return 1;
    }
    Finding.Ended ended = (Finding.Ended) found;
    out.println(ended.former().origin() + " has ended: " + TerminalText.printable(ended.reason()));
    out.println(
        ended.next() + (look ? " would be opened; it " : " is open; it ") + ended.former().words());
    out.flush();
    return 0;
  }
}
