package org.entente.gateway.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.entente.gateway.Inspected;
import org.entente.gateway.StartProblem;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Commands about the audit log. */
@Command(
    name = "audit",
    description = "Verifies the audit log.",
    mixinStandardHelpOptions = true,
    subcommands = AuditCommand.Verify.class,
    synopsisSubcommandLabel = "COMMAND")
final class AuditCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getErr());
    return 2;
  }

  /** Verifies a node's log from its data, whether the node runs or not. */
  @Command(
      name = "verify",
      description = {
        "Verifies a node's audit log from its data, while the node runs or after it stopped: every",
        "leaf hashes up to the signed root, the checkpoints bear both signatures, every record that",
        "opens is the one its leaf commits to. Counts messages of the inbox that are there twice.",
        "Changes nothing. Exit code 0 only if all of it holds."
      },
      mixinStandardHelpOptions = true,
      footerHeading = "%nExample:%n",
      footer = "  entente audit verify --config /etc/entente/node.yaml")
  static final class Verify implements Callable<Integer> {
    @Option(names = "--config", required = true, paramLabel = "FILE", description = "node.yaml")
    private Path config = Path.of("");

    @Option(names = "--json", description = "print one JSON object")
    private boolean json;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() {
      Inspected found;
      try {
        found = Inspected.read(config);
      } catch (StartProblem e) {
        throw new CommandFailure(String.valueOf(e.getMessage()), e);
      }
      PrintWriter out = spec.commandLine().getOut();
      out.println(json ? asJson(found) : asText(found));
      found.audit().faults().forEach(fault -> spec.commandLine().getErr().println(fault));
      out.flush();
      return found.sound() ? 0 : 1;
    }

    private static String asText(Inspected found) {
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

    private static String asJson(Inspected found) {
      ObjectMapper mapper = new ObjectMapper();
      ObjectNode node =
          mapper
              .createObjectNode()
              .put("agency", found.agency().value())
              .put("verified", found.audit().ok())
              .put("leaves", found.audit().size())
              .put("checkpoint_leaves", found.audit().checkpointSize())
              .put("inbox_messages", found.inboxMessages())
              .put("inbox_duplicates", found.inboxDuplicates());
      try {
        return mapper.writeValueAsString(node);
      } catch (JsonProcessingException e) {
        throw new IllegalStateException("a report cannot be written as JSON", e);
      }
    }
  }
}
