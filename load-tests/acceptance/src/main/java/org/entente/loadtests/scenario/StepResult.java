package org.entente.loadtests.scenario;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.entente.loadtests.scenario.action.StepFindings.Finding;

/**
 * Result of one step.
 *
 * @param number from 1
 * @param word its kind
 * @param say its line in the file
 * @param findings each expectation
 * @param milliseconds how long it took
 */
record StepResult(int number, String word, String say, List<Finding> findings, long milliseconds) {
  StepResult {
    findings = List.copyOf(findings);
  }

  boolean ok() {
    return findings.stream().allMatch(Finding::ok);
  }

  /** Lines for people: one line, and for a failed step also the expected and the seen results. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(
        "  %-6s %2d %-8s %s  (%d ms)"
            .formatted(ok() ? "ok" : "FAILED", number, word, say, milliseconds));
    for (Finding finding : findings) {
      if (!finding.ok()) {
        lines.add("            expected  " + finding.expected());
        lines.add("            seen      " + finding.seen());
      }
    }
    return lines;
  }

  void writeTo(ObjectNode json) {
    json.put("step", number)
        .put("kind", word)
        .put("say", say)
        .put("expected", joined(Finding::expected))
        .put("seen", joined(Finding::seen))
        .put("ok", ok())
        .put("milliseconds", milliseconds);
  }

  private String joined(Function<Finding, String> part) {
    return findings.stream().map(part).collect(Collectors.joining("; "));
  }
}
