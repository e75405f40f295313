package org.entente.loadtests.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.entente.gateway.config.ConfigProblem;
import org.entente.loadtests.federation.ConfigurationHome;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Every kind of step is read from a file and documented; a wrong one is refused. */
final class StepFilesTest {
  /** Valid steps, which follow those of {@link ScenarioTest#SAMPLE}. */
  private static final String VALID =
      """
        - say: step
          call:
            by: nl.police/desk
            method: Search/Open
            request: { message_id: $first, on_behalf_of: { officer: P-1, justification: case 1 } }
            answer: { message: { label: { category: IPR } }, body: { alert: { texts: { includes: [{ language: en }] } } } }
            without: [a witness]
            save: { opened: message.message_id, alert: body.alert, seen: message.received_at, at: message.position }
        - say: step
          call:
            by: [nl.police/desk, nl.customs/controls]
            method: Evidence/Track
            request: { message_id: $opened }
            error: NOT_FOUND
        - say: step
          call:
            by: nl.police/desk
            method: Requests/FollowReminders
            answer: [{ request: { request_id: $first, reminders: 1 } }]
        - say: step
          call:
            by: nl.customs/controls
            method: Audit/Export
            request: { to: $now, from: $now-P1D }
            answer:
              leaves:
                where: [{ record: { type: OPENED } }]
                in_order: [{ record: { type: OPENED, detail: { contains: case } } }]
        - say: step
          call:
            by: nl.customs/controls
            method: Cap/ReadCap
            request: { xml: "$file:cap.xml", label: { category: IPR } }
            answer: { draft: { body: { alert: { exactly: $alert } } }, unmapped: { excludes: [{ path: alert/scope }] } }
            save: { read: draft }
        - say: step
          publish:
            by: nl.customs/controls
            as: second
            draft: $read
            expect: { error: NO_AGREEMENT }
        - say: step
          publish:
            by: nl.customs/controls
            as: question
            explained: true
            draft:
              derived_from: [$first]
              label: { kind: REQUEST, category: IPR, purpose: IPR_ENFORCEMENT, classification: RESTRICTED }
              body: { request: { question: known to you, language: en, wanted: HIT_NO_HIT, answer_by: $now+PT24H } }
              to: { agencies: [nl.police] }
            expect: { held: true }
        - say: step
          publish:
            by: nl.customs/controls
            as: mapped
            record: { file: register.jsonl, line: 2, mapping: register.yaml }
            expect: { refused: { nl.police: { code: NOT_COVERED, rule: sample/kinds, says: kind } } }
        - say: step
          deliver:
            message: question
            to: [nl.police/desk]
            again: true
            headline: Handbags
            sees: { lane: FLASH, in_reply_to: $first }
            holds: { request: { question: known to you } }
            delivery: { equivalent: { scheme: NL } }
        - say: step
          command:
            agency: nl.customs
            run: policy diff --config $config --candidate $draft --json
            draft: draft
            exit: 1
            answer: { relation: WIDER, wider: { message: $first } }
            prints: [WIDER]
            without: [error]
        - say: step
          gateway: { agency: nl.police, does: KILL }
        - say: step
          reload: { agency: nl.police, agreements: draft, node_rules: rules.yaml }
        - say: step
          metric:
            agency: nl.police
            are: { 'entente_received_total{exercise="true"}': 0, entente_requests_overdue: 1 }
        - say: step
          transit: { agency: nl.police }
        - say: step
          consumers: { by: nl.police/desk, subscription: work, count: 2, killed: 1, messages: [first, question] }
      """;

  private static final String MAPPING =
      """
      name: register
      input: json_lines
      publisher: { constant: nl.customs }
      fields:
        idempotency_key: source.no
        label.kind: { constant: ALERT }
        label.category: { constant: IPR }
        label.purpose: { constant: IPR_ENFORCEMENT }
        label.classification: { constant: RESTRICTED }
        body.alert.texts[0].language: { constant: en }
        body.alert.texts[0].headline: source.title
        to.agencies: { constant: [nl.police] }
      """;

  @TempDir private Path folder;

  @BeforeEach
  void writeFiles() throws IOException {
    Path sample = Files.createDirectories(folder.resolve("sample"));
    Files.createDirectories(sample.resolve("agreements"));
    Files.writeString(
        Files.createDirectories(sample.resolve("draft")).resolve("sample.yaml"), "id: sample\n");
    Files.writeString(sample.resolve("rules.yaml"), "rules: []\n");
    Files.writeString(sample.resolve("cap.xml"), "<alert/>");
    Files.writeString(
        sample.resolve("register.jsonl"),
        "{\"no\": \"1\", \"title\": \"Handbags\"}\n{\"no\": \"2\", \"title\": \"Purses\"}\n");
    Files.writeString(sample.resolve("register.yaml"), MAPPING);
    Files.writeString(
        sample.resolve("police.yaml"),
        MAPPING.replace("constant: nl.customs", "constant: nl.police"));
    Files.writeString(
        sample.resolve("broken.yaml"), MAPPING.replace("source.title", "source.title + 1"));
  }

  @Test
  void everyKindOfStep_isRead() {
    assertEquals(List.of(), problems(VALID));
    Set<String> words = new TreeSet<>(StepEntry.WORDS);
    words.removeIf(word -> (ScenarioTest.SAMPLE + VALID).contains("    " + word + ":"));
    assertEquals(Set.of(), words);
  }

  @Test
  void everyKindOfStep_isInTheTableOfTheDocs() throws IOException {
    String docs =
        Files.readString(ConfigurationHome.find().folder().resolve("docs/develop/scenarios.md"));
    List<String> missing =
        StepEntry.WORDS.stream().filter(word -> !docs.contains("\n| `" + word + "` |")).toList();
    assertEquals(List.of(), missing);
  }

  @TestFactory
  Stream<DynamicTest> call_wrong_isRefusedWithLineFieldAndWhatWouldBeValid() {
    return Stream.of(
        wrong(
            "by: nl.police/desk\n      method: Search",
            "by: nl.army/desk\n      method: Search",
            "steps[2].call.by[0]: \"nl.army\" is no agency"),
        wrong(
            "Search/Open",
            "Search/Opens",
            "steps[2].call.method: \"Search/Opens\"; valid: one of Attachments/BeginUpload"),
        wrong(
            "count: 2, killed: 1",
            "count: 3, killed: 1",
            "consumers.count: 3 consumers for 2 messages; valid: from 1 to the number of messages"),
        wrong(
            "count: 2, killed: 1",
            "count: 2, killed: 2",
            "consumers.killed: 2 of 2 consumers; valid: fewer than there are"),
        wrong(
            "message_id: $first, on",
            "message_id: $none, on",
            "steps[2].call.request.message_id: no step before this one names $none; valid: one of"
                + " [first]"),
        wrong(
            "message_id: $first, on",
            "message: $first, on",
            "steps[2].call.request.message: is an unknown field; valid are message_id"),
        wrong(
            "{ category: IPR } }, body",
            "{ category: DRUGS } }, body",
            "steps[2].call.answer.message.label.category: must be one of"),
        wrong(
            "{ includes: [{ language",
            "{ includes: [{ lang",
            "steps[2].call.answer.body.alert.texts[0].lang: is an unknown field"),
        wrong(
            "{ includes: [{ language",
            "{ include: [{ language",
            "steps[2].call.answer.body.alert.texts: must be a list"),
        wrong(
            "opened: message.message_id",
            "opened: message.id",
            "steps[2].call.save.opened: \"id\" is no field of FoundMessage"),
        wrong(
            "opened: message.message_id",
            "first: message.message_id",
            "steps[2].call.save.first: \"first\" names another value"),
        wrong(
            "opened: message.message_id",
            "Opened: message.message_id",
            "steps[2].call.save.Opened: \"Opened\"; valid: 1 to 32"),
        wrong(
            "      error: NOT_FOUND\n",
            "",
            "steps[3].call: expects nothing, or things that exclude each other; valid: either"
                + " answer or error"),
        wrong(
            "answer: [{ request",
            "answer: { request",
            "steps[4].call.answer: must be a list",
            "reminders: 1 } }]",
            "reminders: 1 } }"),
        wrong(
            "{ request_id: $first, reminders",
            "{ request_id: $first, reminded",
            "steps[4].call.answer.request.reminded: is an unknown field"),
        wrong(
            "from: $now-P1D",
            "from: $now-yesterday",
            "steps[5].call.request.from: no step before this one names $now-yesterday"),
        wrong(
            "from: $now-P1D",
            "from: $now-P1Y",
            "steps[5].call.request.from: \"$now-P1Y\" is no time; valid: such as"),
        wrong(
            "in_order: [{ record: { type: OPENED",
            "in_order: [{ record: { type: READ",
            "steps[5].call.answer.leaves[1].record.type: must be one of"),
        wrong("$file:cap.xml", "$file:none.xml", "steps[6].call.request.xml: there is no file "));
  }

  @TestFactory
  Stream<DynamicTest> messageStep_wrong_isRefusedWithLineFieldAndWhatWouldBeValid() {
    return Stream.of(
        wrong(
            "draft: $read",
            "draft: $none",
            "steps[7].publish.draft: no step before this one names $none"),
        wrong("as: second\n", "as: first\n", "steps[7].publish.as: \"first\" names another value"),
        wrong(
            "      draft: $read\n",
            "",
            "steps[7].publish: has nothing, or two; valid: draft or record"),
        wrong(
            "derived_from: [$first]",
            "derived_from: [$none]",
            "steps[8].publish.draft.derived_from[0]: no step before"),
        wrong(
            "wanted: HIT_NO_HIT",
            "wanted: ALL",
            "steps[8].publish.draft.body.request.wanted: must be"),
        wrong("line: 2", "line: 3", "steps[9].publish.record: line 3 of "),
        wrong("mapping: register.yaml", "mapping: broken.yaml", "steps[9].publish.record: "),
        wrong(
            "mapping: register.yaml",
            "mapping: police.yaml",
            "steps[9].publish.by: the mapping says that nl.police publishes it"),
        wrong(
            "rule: sample/kinds",
            "rules: sample/kinds",
            "steps[9].publish.expect.refused.nl.police.rules: unknown field"),
        wrong(
            "message: question\n",
            "message: none\n",
            "steps[10].deliver.message: no step before this one names \"none\"; valid: one of"),
        wrong(
            "sees: { lane: FLASH",
            "sees: { lane: FAST",
            "steps[10].deliver.sees.lane: must be one of FLASH"),
        wrong(
            "in_reply_to: $first",
            "in_reply_to: $none",
            "steps[10].deliver.sees.in_reply_to: no step before"),
        wrong(
            "holds: { request: { question",
            "holds: { request: { asked",
            "steps[10].deliver.holds.request.asked: is an unknown"),
        wrong(
            "{ equivalent: { scheme",
            "{ equivalent: { law",
            "steps[10].deliver.delivery.equivalent.law: is an unknown"));
  }

  @TestFactory
  Stream<DynamicTest> operatorStep_wrong_isRefusedWithLineFieldAndWhatWouldBeValid() {
    return Stream.of(
        wrong(
            "      draft: draft\n      exit",
            "      exit",
            "steps[11].command.draft: is missing with $draft"),
        wrong("--candidate $draft --json", "--json", "steps[11].command.draft: without $draft"),
        wrong(
            "draft: draft\n      exit",
            "draft: none\n      exit",
            "steps[11].command.draft: there are no agreements in "),
        wrong(
            "--candidate $draft --json",
            "--candidate $draft",
            "steps[11].command.answer: without --json"),
        wrong(
            "wider: { message: $first",
            "wider: { message: $none",
            "steps[11].command.answer.wider.message: no step before"),
        wrong("does: KILL", "does: BURN", "steps[12].gateway.does: "),
        wrong(
            "agreements: draft, node_rules",
            "agreements: none, node_rules",
            "steps[13].reload.agreements: there are no agreements"),
        wrong("rules.yaml }", "none.yaml }", "steps[13].reload.node_rules: there is no file"),
        wrong(
            "agency: nl.police, agreements: draft, node_rules: rules.yaml",
            "agency: nl.police",
            "steps[13].reload: changes nothing; valid: agreements, node_rules"),
        wrong(
            "entente_requests_overdue: 1",
            "requests_overdue: 1",
            "steps[14].metric.are: requests_overdue; valid: such as entente"),
        wrong(
            "entente_requests_overdue: 1",
            "entente_requests_overdue: -1",
            "steps[14].metric.are: entente_requests_overdue is -1; valid: 0 or more"),
        wrong(
            "transit: { agency: nl.police }",
            "transit: { agency: nl.army }",
            "steps[15].transit.agency: \"nl.army\" is no agency"));
  }

  /** The steps with replaced texts, in pairs, are refused with the expected problem. */
  private DynamicTest wrong(String text, String replacement, String expected, String... more) {
    return DynamicTest.dynamicTest(
        text.strip() + " -> " + replacement.strip(),
        () -> {
          assertTrue(VALID.contains(text), "the steps have no such text");
          String steps = VALID.replace(text, replacement);
          for (int i = 0; i < more.length; i += 2) {
            steps = steps.replace(more[i], more[i + 1]);
          }
          List<String> problems = problems(steps);
          assertTrue(
              problems.stream()
                  .anyMatch(it -> it.contains(expected) && it.matches("(?s).*:\\d+:\\d+: .*")),
              problems::toString);
        });
  }

  private List<String> problems(String steps) {
    try {
      Path file = Files.writeString(folder.resolve("sample.yaml"), ScenarioTest.SAMPLE + steps);
      return Scenario.read(file) instanceof Scenario.LoadResult.Invalid invalid
          ? invalid.problems().stream().map(ConfigProblem::toString).toList()
          : List.of();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
