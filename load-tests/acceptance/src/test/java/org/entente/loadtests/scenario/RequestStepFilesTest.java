package org.entente.loadtests.scenario;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** What a file is told of steps about requests, answers and responders. */
final class RequestStepFilesTest {
  @TempDir private Path folder;

  private DynamicTest wrong(String text, String replacement, String expected) {
    return new StepFiles(folder).wrong(text, replacement, expected);
  }

  @TestFactory
  Stream<DynamicTest> step_wrong_isRefusedWithLineFieldAndWhatWouldBeValid() {
    return Stream.of(
        wrong(
            "name: records",
            "nam: records",
            "steps[2].responder.register.nam: is an unknown field"),
        wrong(
            "officer: P-1\n      justification: service",
            "withdraw: records\n      officer: P-1\n      justification: service",
            "steps[2].responder: does nothing, or two things; valid: either register or withdraw"),
        wrong(
            "categories: [IPR], finds",
            "categories: [DRUGS], finds",
            "steps[3].discover.categories[0]: \"DRUGS\"; valid: one of CASH"),
        wrong(", finds: { nl.police: [records] }", "", "steps[3].discover: expects nothing"),
        wrong(
            "answer_within: PT48H\n",
            "answer_within: two days\n",
            "steps[4].publish.answer_within: an ISO 8601 duration such as PT24H"),
        wrong(
            "      answer_within: PT48H\n",
            "",
            "steps[4].publish.answer_within: is missing with a request; valid: a duration"),
        wrong(
            "wanted: HIT_NO_HIT",
            "wanted: ALL",
            "steps[4].publish.draft.body.request.wanted: must"),
        wrong(
            "answer_within: PT48H\n",
            "answer_within: PT48H\n      changes: second\n",
            "steps[4].publish.changes: no step before this one names a message \"second\""),
        wrong(
            "answer_within: PT48H\n",
            "answer_within: PT48H\n      operation: joint\n",
            "steps[4].publish.operation: no step before this one names the operation \"joint\""),
        wrong("side: ASKED", "side: BOTH", "steps[5].requests.side: \"BOTH\"; valid: one of ASKED"),
        wrong(
            "{ question: { nl.police: { status: OPEN } } }",
            "{ other: { nl.police: { status: OPEN } } }",
            "steps[5].requests.lists.other: no step before"),
        wrong("status: OPEN", "status: DONE", "steps[5].requests.lists.question.nl.police.status"),
        wrong(
            "status: OPEN",
            "status: OPEN, answer: none",
            "steps[5].requests.lists.question.nl.police.answer: no step before"),
        wrong(
            "request: question\n",
            "request: other\n",
            "steps[25].remind.request: no step before this one names a message \"other\""),
        wrong(
            "to: [nl.police]\n      text",
            "to: [nl.army]\n      text",
            "remind.to[0]: \"nl.army\""),
        wrong("text: the ship sails on Friday", "text: ' '", "steps[25].remind.text: blank; valid"),
        wrong("as: again", "as: first", "steps[25].remind.as: \"first\" names another message"),
        wrong(
            "withheld: [label.case_ref]",
            "withhold: [label.case_ref]",
            "steps[25].remind.expect.accepted.nl.police.withhold: unknown field"),
        wrong(
            "{ percent: 50, asked: 1 }",
            "{ }",
            "steps[26].reminders.lists.question.nl.customs: says of no reminder; valid: percent"),
        wrong(
            "lists: { question: { nl.customs: { percent",
            "lists: { other: { nl.customs: { percent",
            "steps[26].reminders.lists.other: no step before"));
  }
}
