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
            "steps[44].policy.explain.residual: is of [nl.customs]; valid: the decision at each"),
        wrong(
            "      explain:\n",
            "      draft: draft\n      explain:\n",
            "steps[44].policy.draft: beside explain, which asks the rules in force; valid: with"));
  }

  @TestFactory
  Stream<DynamicTest> stepAboutOtherRules_wrong_isRefusedWithLineFieldAndWhatWouldBeValid() {
    String twice = "lint: { errors: [{ file: a.yaml, says: b }], warnings: [{ file: sample.yaml";
    return Stream.of(
        wrong("agreements: draft", "agreements: none", "steps[51].reload.agreements: there are no"),
        wrong("rules/own.yaml", "rules/none.yaml", "steps[51].reload.node_rules: there is no file"),
        wrong(
            "      agreements: draft\n      node_rules: rules/own.yaml\n",
            "",
            "steps[51].reload: changes nothing; valid: agreements, node_rules or both"),
        wrong(
            "errors: [{ file: sample.yaml, field: covers, says: missing }]",
            "errors: []",
            "steps[51].reload.errors: an empty list; valid: what is wrong"),
        wrong("says: missing", "says: ' '", "steps[51].reload.errors[0].says: is blank"),
        wrong("{ IPR: { fr: Contrefaçons } }", "{ }", "steps[52].codes.says: says nothing"),
        wrong(
            "{ IPR: { fr: Contrefaçons } }", "{ IPR: { } }", "steps[52].codes.says: says nothing"),
        wrong(
            "says: { IPR: { fr: Contrefaçons } }",
            "says: { IPR: { fr: x } }, error: INVALID_FIELD",
            "steps[52].codes: expects nothing, or things that exclude each other"),
        wrong("name: entente_requests", "name: requests", "steps[53].metric.name: \"requests_over"),
        wrong("labels: { side: owed }", "labels: { side: 'a\"b' }", "metric.labels.side: "),
        wrong("is: 0 }", "is: -1 }", "steps[53].metric.is: is -1; valid: 0 or more"),
        wrong(
            "lint: { warnings: [{ file: sample.yaml",
            twice,
            "steps[54].policy.lint: expects errors and warnings; valid: one of the two"),
        wrong("says: ended", "says: ' '", "steps[54].policy.lint.warnings[0].says: is blank"),
        wrong(
            "refuses: [other.yaml]",
            "refuses: [sample.yaml]",
            "steps[55].policy.fmt.refuses: names [sample.yaml] a second time"),
        wrong(
            "      draft: draft\n      replay",
            "      replay",
            "steps[56].policy.draft: is missing"),
        wrong("        messages: 1\n", "        messages: -1\n", "policy.replay.messages: is -1"),
        wrong(
            "changed: { first", "changed: { last", "steps[56].policy.replay.changed.last: no step"),
        wrong(
            "changed: { first: { nl.police",
            "changed: { first: { nl.army",
            "steps[56].policy.replay.changed.first.nl.army: \"nl.army\" is no agency"),
        wrong(
            "stopped: { nl.police",
            "stopped: { nl.army",
            "steps[57].track.stopped.nl.army: \"nl.army\" is no agency"),
        wrong(
            "{ by: nl.police, code: INGRESS_REFUSED",
            "{ by: nl.army, code: INGRESS_REFUSED",
            "steps[57].track.stopped.nl.police.by: \"nl.army\" is no agency"),
        wrong(
            "code: INGRESS_REFUSED, says",
            "code: REFUSED_THERE, says",
            "steps[57].track.stopped.nl.police.code: \"REFUSED_THERE\"; valid: one of"));
  }
}
