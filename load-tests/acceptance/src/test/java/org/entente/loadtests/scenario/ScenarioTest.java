package org.entente.loadtests.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.entente.gateway.config.ConfigProblem;
import org.entente.loadtests.federation.ConfigurationHome;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

final class ScenarioTest {
  /** Line by line, so that a test can name the line on which something is wrong. */
  static final String SAMPLE =
      """
      title: Sample
      story: Customs tells police.
      federation:
        agencies:
          - name: nl.customs
            jurisdiction: NL
            kind: CUSTOMS
            roles: [MEMBER]
          - name: nl.police
            jurisdiction: NL
            kind: POLICE
            roles: [MEMBER]
      gateways:
        nl.customs:
          clients:
            - name: controls
              scopes: [publish]
        nl.police:
          dials: [nl.customs]
          clients:
            - name: desk
              scopes: [subscribe]
      steps:
        - say: It is sent
          publish:
            by: nl.customs/controls
            as: first
            draft:
              label: { kind: ALERT, category: IPR, purpose: IPR_ENFORCEMENT, classification: RESTRICTED }
              body: { alert: { texts: [{ language: en, headline: Handbags }] } }
              to: { agencies: [nl.police] }
            expect:
              accepted:
                nl.police: { under: sample, retention_days: 30 }
        - say: It arrives
          deliver:
            message: first
            to: [nl.police/desk]
      """;

  @TempDir private Path folder;

  @Test
  void shippedScenarios_areTheOnesThatDocsDescribe() {
    Path shipped = ConfigurationHome.find().scenarios();
    assertTrue(
        ScenarioFolder.names(shipped)
            .containsAll(
                Set.of(
                    "amended-agreement",
                    "customs-police",
                    "eu-members",
                    "city-state-ipr",
                    "neighbours-controlled-delivery",
                    "regional-hub")));
    for (String name : ScenarioFolder.names(shipped)) {
      Scenario scenario = Scenario.find(shipped, name);
      assertEquals(name, scenario.name());
      assertTrue(scenario.story().length() > 100, name + " has no story");
    }
  }

  @Test
  void sample_isRead() throws IOException {
    assertInstanceOf(
        Scenario.LoadResult.Loaded.class, read(SAMPLE), () -> problems(SAMPLE).toString());
  }

  @TestFactory
  Stream<DynamicTest> file_wrong_isRefusedWithLineFieldAndWhatWouldBeValid() {
    return Stream.of(
        wrong("title: Sample", "title: Sample\nname: x", "2:1: name: unknown field; valid: one of"),
        wrong("    kind: POLICE", "    kind: ARMY", "11:7: federation.agencies[1].kind: \"ARMY\""),
        wrong("dials: [nl.customs]", "dials: [nl.army]", "19:13: gateways.nl.police.dials[0]: "),
        wrong(
            "    dials: [nl.customs]",
            "    dials: [nl.customs]\n    cannot_fulfil: [SECRECY]",
            "gateways.nl.police.cannot_fulfil[0]: \"SECRECY\"; valid: one of DESTROY_AFTER_RETENTION"),
        wrong(
            "    dials: [nl.customs]",
            "    dials: [nl.customs]\n    agreements: none",
            "20:5: gateways.nl.police.agreements: there are no agreements in "),
        wrong(
            "    dials: [nl.customs]",
            "    dials: [nl.customs]\n    node_rules: none.yaml",
            "20:5: gateways.nl.police.node_rules: there is no file "),
        wrong(
            "  nl.police:\n    dials",
            "  nl.fiod:\n    dials",
            "13:1: gateways: there are gateways"),
        wrong("publish:", "send:", "25:5: steps[0].send: unknown field; valid: one of call"),
        wrong("nl.customs/controls", "nl.customs", "26:7: steps[0].publish.by: a client is named"),
        wrong(
            "nl.customs/controls", "nl.customs/desk", "steps[0].publish.by: \"desk\" is no client"),
        wrong("as: first", "as: First!", "27:7: steps[0].publish.as: \"First!\"; valid: 1 to 32"),
        wrong(
            "category: IPR,", "category: DRUGS,", "steps[0].publish.draft.label.category: must be"),
        wrong(
            "headline: Handbags", "header: Handbags", "steps[0].publish.draft.body.alert.texts[0]"),
        wrong(
            "to: { agencies: [nl.police] }",
            "to: { agencies: [] }",
            "draft.to: names no recipient"),
        wrong(
            "draft:\n", "draft:\n        idempotency_key: x\n", "draft.idempotency_key: is given"),
        wrong("retention_days: 30", "retention_days: thirty", "retention_days: \"thirty\""),
        wrong("          nl.police: { under", "          nl.army: { under", "is no agency"),
        wrong(
            "        accepted:\n          nl.police: { under: sample, retention_days: 30 }\n",
            "        held: false\n",
            "steps[0].publish.expect: expects nothing"),
        wrong(
            "message: first", "message: second", "37:7: steps[1].deliver.message: no step before"),
        wrong("to: [nl.police/desk]", "to: [nl.customs/controls]", "has not the scope"),
        wrong(
            "      to: [nl.police/desk]",
            "      to: [nl.police/desk]\n      sees: { colour: red }",
            "39:15: steps[1].deliver.sees.colour: is an unknown field; valid are"),
        wrong(
            "      to: [nl.police/desk]",
            "      to: [nl.police/desk]\n      sees: { lane: FAST }",
            "steps[1].deliver.sees.lane: must be one of FLASH"),
        wrong(
            "    deliver:\n      message: first\n      to: [nl.police/desk]\n",
            "",
            "steps[1]: nothing is done; valid: exactly one of publish"),
        wrong("title: Sample", "title: ' '", "1:1: title: blank; valid: one line"));
  }

  @Test
  void exercise_withActualTraffic_isRefused() {
    String actual =
        SAMPLE
            .replace("title: Sample", "exercise: true\ntitle: Sample")
            .replace("label: { kind", "label: { status: ACTUAL, kind");
    List<String> problems = problems(actual);
    assertEquals(1, problems.size(), problems::toString);
    assertTrue(problems.get(0).contains("STATUS_ACTUAL in an exercise; valid: EXERCISE"));
  }

  private DynamicTest wrong(String text, String replacement, String expected) {
    return DynamicTest.dynamicTest(
        text.strip() + " -> " + replacement.strip(),
        () -> {
          assertTrue(SAMPLE.contains(text), "the sample has no such text");
          List<String> problems = problems(SAMPLE.replace(text, replacement));
          assertTrue(problems.stream().anyMatch(it -> it.contains(expected)), problems::toString);
        });
  }

  @Test
  void file_withoutAgreements_isRefused() throws IOException {
    Path file = Files.writeString(folder.resolve("bare.yaml"), SAMPLE);
    Scenario.LoadResult loading = Scenario.read(file);
    assertTrue(loading.toString().contains("there is no folder"), loading::toString);
  }

  private Scenario.LoadResult read(String text) throws IOException {
    Files.createDirectories(folder.resolve("sample").resolve("agreements"));
    return Scenario.read(Files.writeString(folder.resolve("sample.yaml"), text));
  }

  private List<String> problems(String text) {
    try {
      return read(text) instanceof Scenario.LoadResult.Invalid invalid
          ? invalid.problems().stream().map(ConfigProblem::toString).toList()
          : List.of();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
