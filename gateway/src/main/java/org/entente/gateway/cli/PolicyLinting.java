package org.entente.gateway.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.entente.gateway.PolicyTools;
import org.entente.gateway.StartProblem;
import org.entente.gateway.config.ConfigProblem;
import org.entente.gateway.policy.Rulebook;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Looks for what is wrong or odd in agreements and node rules. */
@Command(
    name = "lint",
    description = {
      "Looks for what is wrong in agreements and node rules, and for what is odd.",
      "Errors, which keep a gateway from taking the files: everything that docs/policy.md calls",
      "refused, such as personal data under an MoU alone, or characters that do not show.",
      "Warnings: agreements that ended or end within 30 days, parties that stand for no member,",
      "agreements that are never chosen, conditions that are always false, conflicts, words of",
      "mixed scripts.",
      "Exit code 1 if there are errors, or with --strict warnings; otherwise 0."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer = "  entente policy lint --config fr.customs.yaml --strict")
final class PolicyLinting implements Callable<Integer> {
  @Mixin private PolicyFiles files = new PolicyFiles();

  @Option(names = "--strict", description = "exit code 1 for warnings, too")
  private boolean strict;

  @Option(names = "--json", description = "print one JSON object")
  private boolean json;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    Rulebook.Loading loading;
    try {
      PolicyTools node = files.node();
      loading = node.lint(files.place(node));
    } catch (StartProblem e) {
      throw new CommandFailure(String.valueOf(e.getMessage()), e);
    }
    List<ConfigProblem> errors =
        loading instanceof Rulebook.Loading.Invalid invalid ? invalid.problems() : List.of();
    List<ConfigProblem> warnings =
        loading instanceof Rulebook.Loading.Loaded loaded ? loaded.warnings() : List.of();
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      ObjectNode object = JsonText.object();
      add(object, "errors", errors);
      add(object, "warnings", warnings);
      out.println(JsonText.line(object));
    } else {
      errors.forEach(it -> out.println("error: " + it));
      warnings.forEach(it -> out.println("warning: " + it));
      out.printf("%d errors, %d warnings%n", errors.size(), warnings.size());
    }
    out.flush();
    return errors.isEmpty() && (!strict || warnings.isEmpty()) ? 0 : 1;
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
