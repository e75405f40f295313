package org.entente.loadtests.scenario;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** What a file is told of steps about policy. */
final class PolicyStepFilesTest {
  @TempDir private Path folder;

  private DynamicTest wrong(String text, String replacement, String expected) {
    return new StepFiles(folder).wrong(text, replacement, expected);
  }

  @TestFactory
  Stream<DynamicTest> step_wrong_isRefusedWithLineFieldAndWhatWouldBeValid() {
    String shown = "{ label: { kind: ALERT }, current: PERMITTED, draft: REFUSED }";
    return Stream.of(
        wrong("expectations/all.yaml", "none.yaml", "steps[42].policy.test.expectations: there is"),
        wrong("expectations/all.yaml", "broken.yaml", "steps[42].policy.test.expectations: "),
        wrong("coverage: { sample", "by: nl.customs/nobody, coverage: { sample", "policy.test.by"),
        wrong(
            "coverage: { sample",
            "by: nl.police/desk, coverage: { sample",
            "steps[42].policy.test.by: nl.police/desk is no client of nl.customs"),
        wrong(
            "agency: nl.customs\n      test: { expectations",
            "agency: nl.customs\n      draft: draft\n      test: { by: nl.customs/controls, expectations",
            "steps[42].policy.draft: beside test.by"),
        wrong("      draft: draft\n", "", "steps[43].policy.draft: is missing; valid: a folder"),
        wrong("draft: draft\n", "draft: none\n", "steps[43].policy.draft: there are no agreements"),
        wrong("relation: DISJOINT", "relation: OTHER", "steps[43].policy.diff.relation: "),
        wrong("        exhaustive: true\n", "", "steps[43].policy.diff.exhaustive"),
        wrong("most: 1000", "most: 0", "steps[43].policy.diff.most: is 0; valid: 1 or more"),
        wrong("relation: DISJOINT", "relation: WIDER", "steps[43].policy.diff.narrower: is given"),
        wrong(
            "        narrower: " + shown + "\n", "", "steps[43].policy.diff.narrower: is missing"),
        wrong(
            "label: { kind: ALERT }, current", "label: { }, current", "narrower.label: says nothi"),
        wrong(
            "label: { kind: ALERT }, current",
            "label: { sort: ALERT }, current",
            "steps[43].policy.diff.narrower.label.sort: \"sort\"; valid: one of "),
        wrong("wider: { from: nl.customs", "wider: { from: nl.army", "policy.diff.wider.from: "),
        wrong(
            "unknown: personal_data",
            "unknown: lang",
            "steps[44].policy.explain.unknown: \"lang\""),
        wrong(
            "unknown: personal_data", "unknown: redacted", "policy.explain.unknown: \"redacted\""),
        wrong(
            "        to: [nl.police]\n        unknown",
            "        to: []\n        unknown",
            "explain.to"),
        wrong(
            "residual: { nl.police:",
            "residual: { nl.customs:",
            "steps[44].policy.explain.residual: is of [nl.customs]; valid: what comes of it at each"),
        wrong(
            "      explain:\n",
            "      draft: draft\n      explain:\n",
            "steps[44].policy.draft: beside explain, which asks the rules in force; valid: with"));
  }
}
