package org.entente.loadtests.scenario;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** What a file is told of steps about searches, watches and scores. */
final class SearchStepFilesTest {
  @TempDir private Path folder;

  private DynamicTest wrong(String text, String replacement, String expected) {
    return new StepFiles(folder).wrong(text, replacement, expected);
  }

  @TestFactory
  Stream<DynamicTest> step_wrong_isRefusedWithLineFieldAndWhatWouldBeValid() {
    return Stream.of(
        wrong(
            "{ subjects: [\"container:CSQU3054383\"] }",
            "{ subject: x }",
            "steps[12].watch.terms.subject: is an unknown field"),
        wrong("      as: container\n", "", "steps[12].watch: does nothing, or two things"),
        wrong(
            "lists: { container: [first] }",
            "lists: { vessel: [first] }",
            "steps[13].hits.lists.vessel: no step before this one names the watch"),
        wrong(", finds: {} }", " }", "steps[14].related: expects nothing"),
        wrong(
            "score: { per_mille: 640, model",
            "score: { percent: 64, model",
            "steps[27].score.score.percent: is an unknown field"),
        wrong(
            "score: { per_mille: 640, model",
            "score: { exercise: true, per_mille: 640, model",
            "steps[27].score.score: says which message it is of; valid: neither message_id"),
        wrong("      version: 1\n", "", "steps[27].score: expects nothing"),
        wrong(
            "minimum_per_mille: 500",
            "minimum_per_mille: 1001",
            "steps[28].scores.minimum_per_mille: is 1001; valid: 0 to 1000"),
        wrong(
            "lists: { first: [{ per_mille",
            "lists: { other: [{ per_mille",
            "steps[28].scores.lists.other: no step before"),
        wrong(
            "client: desk, model: roads, ",
            "client: desk, ",
            "steps[28].scores.lists.first[0].model"),
        wrong("categories: [IPR]\n      origins", "categories: [X]\n      origins", "search.categ"),
        wrong(
            "origins: [nl.customs]", "origins: [nl.army]", "search.origins[0]: \"nl.army\" is no"),
        wrong("from: PT1H", "from: PT-1H", "steps[37].search.from: is PT-1H; valid: a duration"),
        wrong("to: PT0S", "to: yesterday", "steps[37].search.to: "),
        wrong("page_size: 1\n", "page_size: 0\n", "steps[37].search.page_size: is 0; valid: 1 to"),
        wrong(
            """
                  categories: [IPR]
                  origins: [nl.customs]
                  jurisdictions: [CN]
                  from: PT1H
                  to: PT0S
            """,
            "",
            "steps[37].search: looks for nothing; valid: one or more of subject"));
  }
}
