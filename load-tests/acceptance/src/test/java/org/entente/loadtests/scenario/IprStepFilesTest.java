package org.entente.loadtests.scenario;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** What a file is told of steps about rights and cases. */
final class IprStepFilesTest {
  @TempDir private Path folder;

  private DynamicTest wrong(String text, String replacement, String expected) {
    return new StepFiles(folder).wrong(text, replacement, expected);
  }

  @TestFactory
  Stream<DynamicTest> step_wrong_isRefusedWithLineFieldAndWhatWouldBeValid() {
    return Stream.of(
        wrong(
            "content: { right: TRADE_MARK",
            "content: { right: BRAND",
            "steps[19].right.content.right: must be one of TRADE_MARK"),
        wrong(
            "stands: APPLICATION", "stands: PENDING", "steps[19].right.stands: \"PENDING\"; valid"),
        wrong(
            "      officer: C-1\n      justification: application\n",
            "      days: 30\n      officer: C-1\n      justification: application\n",
            "steps[19].right.days: without GRANT; valid: a number with GRANT"),
        wrong(
            "particulars: { CONSIGNEE",
            "particulars: { OWNER",
            "steps[20].suspend.particulars.OWN"),
        wrong("kind: STANDARD", "kind: USUAL", "steps[20].suspend.kind: \"USUAL\"; valid: one of"),
        wrong(
            "right: mark\n      goods",
            "right: other\n      goods",
            "steps[20].suspend.right: no step before this one names the recordation \"other\""),
        wrong(
            "act: { notify: { party: DECLARANT } }",
            "act: { }",
            "steps[21].case.act: is no act, or more than one; valid: one of notify"),
        wrong(
            "act: { notify: { party: DECLARANT } }",
            "act: { notify: { party: COURT } }",
            "steps[21].case.act.notify.party: must be one of DECLARANT, RIGHTS_HOLDER"),
        wrong(
            "stage: NOTIFIED, disclosed: {}",
            "stage: CLOSED, disclosed: {}",
            "steps[22].notice.stage: \"CLOSED\" is neither a stage of an open case nor an outcome"),
        wrong(
            "stage: NOTIFIED, disclosed: {}",
            "stage: NOTIFIED, text: yes",
            "steps[22].notice.text: without an answer"),
        wrong("{ boxes: DESTROYED }", "{ boxes: BURNT }", "steps[23].cases.lists.boxes: \"BURNT\""),
        wrong("\"2025-03-03T01:00:00Z\"", "\"in March\"", "steps[40].suspend.suspended_at: "),
        wrong(
            "      right: mark\n      officer: C-1\n      justification: application in",
            "      officer: C-1\n      justification: application in",
            "steps[41].case.right: is missing; valid: the name of a recordation with attach"),
        wrong(
            "right: mark\n      officer: C-1\n      justification: application in",
            "right: other\n      officer: C-1\n      justification: application in",
            "steps[41].case.right: no step before this one names the recordation \"other\""),
        wrong(
            "lists: { mark: GRANTED }",
            "lists: { mark: GIVEN }",
            "steps[48].rights.lists.mark: \"GIVEN\"; valid: one of APPLICATION"),
        wrong(
            "lists: { mark: GRANTED }",
            "lists: { other: GRANTED }",
            "steps[48].rights.lists.other: no step before this one names the recordation"),
        wrong(
            "own: true, lists: { mark: GRANTED }",
            "own: true",
            "steps[48].rights: expects nothing"),
        wrong(
            "lists: { boxes: DESTROYED }, withheld: [hall 1]",
            "error: NOT_FOUND, withheld: [hall 1]",
            "steps[49].notices.withheld: beside error; valid: beside lists"),
        wrong(
            "lists: { boxes: DESTROYED }, withheld",
            "lists: { boxes: CLOSED }, withheld",
            "steps[49].notices.lists.boxes: \"CLOSED\" is neither a stage"),
        wrong(
            "stage: NOTIFIED\n      shows: [hall 1]",
            "error: NOT_FOUND\n      shows: [hall 1]",
            "steps[50].read_case.shows: beside error; valid: beside stage"),
        wrong(
            "suspension: boxes\n      officer: C-1\n      justification: case 1",
            "suspension: other\n      officer: C-1\n      justification: case 1",
            "steps[50].read_case.suspension: no step before this one names the case"));
  }
}
