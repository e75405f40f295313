package org.entente.gateway.cli.policy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.entente.gateway.cli.call.PrintingCommand;
import org.entente.gateway.cli.text.CountText;
import org.entente.gateway.cli.text.JsonText;
import org.entente.gateway.cli.text.TerminalText;
import org.entente.gateway.config.ConfigProblem;
import org.entente.gateway.node.offline.ConfiguredPolicy;
import org.entente.gateway.policy.terms.Rulebook;
import org.entente.proto.v1.LintPolicyResponse;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Checks agreements and node rules for errors and for doubtful entries. */
@Command(
    name = "lint",
    description = {
      "Checks agreements and node rules for errors and for doubtful entries.",
      "Checks all files in one run, and reports errors with file, line and column. Some checks need"
          + " a file whose fields are all valid, and warnings need files without errors: run it"
          + " until there are none.",
      "Errors prevent a gateway from adopting the files: everything that docs/policy/agreements.md"
          + " calls",
      "refused, such as personal data under an MoU alone, or invisible characters. Of errors that"
          + " depend on",
      "the members or groups, the gateway adopts the files and refuses the transfers concerned.",
      "Warnings: agreements that ended or end within 30 days, parties that match no member,"
          + " agreements",
      "that are never selected, conditions that are always false, conflicts, words of mixed"
          + " scripts.",
      "For a running gateway (--gateway, scope operator) it checks the present files and reports"
          + " whether",
      "they are in force.",
      "Exit code 1 if there are errors, or with --strict warnings; otherwise 0."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  entente policy lint --config fr.customs.yaml --strict",
      "  entente policy lint --gateway 127.0.0.1:7441 --credentials fr.customs/clients/operations"
    })
final class PolicyLintCommand extends PrintingCommand {
  @ArgGroup private PolicyLocation where = new PolicyLocation();

  @Option(names = "--strict", description = "exit code 1 also for warnings")
  private boolean strict;

  @Option(names = "--json", description = "print one JSON object")
  private boolean json;

  @Override
  public void run() {
    LintResult found =
        where.ask(LintResult::read, channel -> LintResult.asked(RemotePolicy.lint(channel)));
    if (json) {
      ObjectNode object = JsonText.object();
      add(object, "errors", found.errors());
      add(object, "warnings", found.warnings());
      if (!found.version().isEmpty()) {
        object.put("policy", found.version()).put("in_force", found.inForce());
      }
      out().println(JsonText.line(object));
    } else {
      found.errors().forEach(it -> out().println("error: " + it));
      found.warnings().forEach(it -> out().println("warning: " + it));
      out()
          .println(
              CountText.of(found.errors().size(), "error")
                  + ", "
                  + CountText.of(found.warnings().size(), "warning"));
      if (!found.version().isEmpty()) {
        out()
            .println(
                "policy %s is in force; that of the files is %s"
                    .formatted(found.version(), found.inForce() ? "the same" : "another"));
      }
    }
    failUnless(found.errors().isEmpty() && (!strict || found.warnings().isEmpty()));
  }

  /**
   * The findings; for a running gateway also the policy version in force, and whether it is that of
   * the files.
   */
  private record LintResult(
      List<ConfigProblem> errors, List<ConfigProblem> warnings, String version, boolean inForce) {
    static LintResult read(PolicyFiles files) {
      ConfiguredPolicy node = files.node();
      Rulebook.LoadResult loading = node.lint(files.place(node));
      return loading instanceof Rulebook.LoadResult.Invalid invalid
          ? new LintResult(invalid.problems(), invalid.warnings(), "", false)
          : new LintResult(List.of(), ((Rulebook.LoadResult.Loaded) loading).warnings(), "", false);
    }

    static LintResult asked(LintPolicyResponse answer) {
      return new LintResult(
          answer.getErrorsList().stream().map(RemotePolicy::problem).toList(),
          answer.getWarningsList().stream().map(RemotePolicy::problem).toList(),
          TerminalText.printable(answer.getPolicyVersion()),
          answer.getInForce());
    }
  }

  private static void add(ObjectNode object, String name, List<ConfigProblem> problems) {
    object.putArray(name);
    for (ConfigProblem it : problems) {
      object
          .withArray(name)
          .addObject()
          .put("file", it.file())
          .put("line", it.line())
          .put("column", it.column())
          .put("field", it.field())
          .put("wrong", it.wrong())
          .put("valid", it.valid());
    }
  }
}
