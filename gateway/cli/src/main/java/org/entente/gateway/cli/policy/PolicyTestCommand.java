package org.entente.gateway.cli.policy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import org.entente.gateway.cli.call.PrintingCommand;
import org.entente.gateway.cli.text.JsonText;
import org.entente.gateway.cli.text.TerminalText;
import org.entente.gateway.node.offline.ConfiguredPolicy;
import org.entente.gateway.policy.analysis.ClauseCoverage.Clause;
import org.entente.gateway.policy.analysis.ExpectationReport;
import org.entente.gateway.policy.analysis.ExpectationReport.Result;
import org.entente.gateway.policy.decide.Explanation;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Tests agreements and node rules by expectations. */
@Command(
    name = "test",
    description = {
      "Tests agreements and node rules by expectations; sends nothing.",
      "Expectations are YAML files; docs/policy/tools.md describes them. Tests a node's files"
          + " (--config),",
      "or the policy in force of a running gateway (--gateway, scope operator), which accepts files"
          + " of up",
      "to 64 KiB and does not report the result of each agreement.",
      "Exit code 0 if every expectation is met, otherwise 1."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  entente policy test --config fr.customs.yaml --coverage config/expectations",
      "  entente policy test --gateway 127.0.0.1:7441 --credentials fr.customs/clients/operations"
          + " \\",
      "      config/expectations"
    })
final class PolicyTestCommand extends PrintingCommand {
  @ArgGroup private PolicyLocation where = new PolicyLocation();

  @Parameters(
      arity = "1..*",
      paramLabel = "EXPECTATIONS",
      description = "one or more files of expectations, or folders of such files")
  private List<Path> expectations = List.of();

  @Option(
      names = "--coverage",
      description = "also list clauses that were never fulfilled or never failed")
  private boolean coverage;

  @Option(names = "--json", description = "print one JSON object")
  private boolean json;

  @Override
  public void run() {
    ExpectationReport report =
        where.ask(this::read, channel -> RemotePolicy.test(channel, expectations, coverage));
    if (json) {
      out().println(JsonText.line(object(report)));
    } else {
      report.failed().forEach(result -> failure(result));
      if (coverage) {
        coverage(report.clauses());
      }
      out()
          .println(
              "%d of %d expectations met by policy %s"
                  .formatted(
                      report.results().size() - report.failed().size(),
                      report.results().size(),
                      report.policyVersion()));
    }
    failUnless(report.failed().isEmpty());
  }

  private ExpectationReport read(PolicyFiles files) {
    ConfiguredPolicy node = files.node();
    return node.test(files.place(node), expectations);
  }

  private void failure(Result result) {
    out()
        .println(
            "NOT MET  %s:%d: %s: %s to %s"
                .formatted(
                    result.file(),
                    result.line(),
                    TerminalText.printable(result.name()),
                    result.from(),
                    result.to()));
    out().println("    expected  %s".formatted(TerminalText.printable(result.expected())));
    out().println("    found     %s".formatted(TerminalText.printable(result.found())));
    for (Explanation.AgreementTrial tried : result.tried()) {
      out()
          .println(
              "      %s: %s"
                  .formatted(
                      tried.agreement(),
                      tried.failed().isEmpty()
                          ? "permits"
                          : TerminalText.printable(String.join("; also ", tried.failed()))));
    }
  }

  private void coverage(List<Clause> clauses) {
    long outcomes = clauses.stream().mapToLong(it -> it.canFail() ? 2 : 1).sum();
    long missing = clauses.stream().mapToLong(it -> it.missing().size()).sum();
    for (Clause clause : clauses) {
      out()
          .println(
              "%-50s %6d fulfilled %6d failed  %s"
                  .formatted(
                      clause.name(),
                      clause.fulfilled(),
                      clause.failed(),
                      String.join(", ", clause.missing())));
    }
    out().println("%d of %d outcomes of clauses covered".formatted(outcomes - missing, outcomes));
  }

  private ObjectNode object(ExpectationReport report) {
    ObjectNode out =
        JsonText.object()
            .put("policy", report.policyVersion())
            .put("expectations", report.results().size())
            .put("not_met", report.failed().size());
    for (Result result : report.results()) {
      out.withArray("results")
          .addObject()
          .put("file", result.file())
          .put("line", result.line())
          .put("name", result.name())
          .put("from", result.from().value())
          .put("to", result.to().value())
          .put("met", result.met())
          .put("expected", result.expected())
          .put("found", result.found());
    }
    if (coverage) {
      for (Clause clause : report.clauses()) {
        ObjectNode one =
            out.withArray("clauses")
                .addObject()
                .put("clause", clause.name())
                .put("fulfilled", clause.fulfilled())
                .put("failed", clause.failed())
                .put("can_fail", clause.canFail());
        clause.missing().forEach(one.putArray("missing")::add);
      }
    }
    return out;
  }
}
