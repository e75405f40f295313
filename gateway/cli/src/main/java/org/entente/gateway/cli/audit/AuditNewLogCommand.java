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

/** Opens another log where the last one cannot be continued. */
@Command(
    name = "new-log",
    description = {
      "Opens another audit log for a node that does not run and whose log is behind what it has signed",
      "or what witnesses hold, as after a restore. Its first leaf names the old log and what is known",
      "of it, and who decided. The numbers of messages begin new epochs. What was acknowledged after",
      "the backup was made is lost all the same: see docs/security/audit.md, Recovery, first.",
      "",
      "Refuses where the log can be continued. With --look nothing is changed."
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
      description = "a checkpoint of this gateway's log that a witness has handed over")
  private @Nullable Path witnessed;

  @Option(names = "--justification", required = true, description = "why; recorded")
  private String justification = "";

  @Option(names = "--look", description = "only say what is found")
  private boolean look;

  @Option(
      names = "--ledger-lost",
      description = {
        "the ledger is lost and there is no backup: begin an empty one in its place; refused where",
        "there is a ledger. What it held and nobody has elsewhere is lost: see docs/operate/backup.md first"
      })
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
    spec.commandLine().getOut().println("an empty ledger has begun");
    return found instanceof Finding.Ended ? tell(found) : 0;
  }

  private int tell(Finding found) {
    PrintWriter out = spec.commandLine().getOut();
    if (found instanceof Finding.Continues continues) {
      spec.commandLine()
          .getErr()
          .println(
              "%s can be continued after its %d leaves; nothing was done"
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
