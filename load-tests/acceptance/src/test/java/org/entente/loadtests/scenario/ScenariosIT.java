package org.entente.loadtests.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.entente.loadtests.federation.ConfigurationHome;
import org.entente.loadtests.testkit.Child;
import org.entente.loadtests.testkit.CommandStep;
import org.entente.loadtests.testkit.DemonstrationSteps;
import org.entente.loadtests.testkit.StepRunner;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Scenarios as a user runs them, over gateways as processes. */
final class ScenariosIT {
  private static final String AGREEMENT =
      """
      id: sample
      title: Sample
      law:
        instrument: NATIONAL_LAW
        reference: Sample act
        regime: CRIMINAL
        purpose_change: true
      between:
        direction: BOTH
        parties:
          - agency: nl.customs
          - agency: nl.police
      covers:
        kinds: [ALERT]
        categories: [IPR]
        purposes: [IPR_ENFORCEMENT]
        classification_ceiling: RESTRICTED
        personal_data: false
      obligations:
        retention_days: 30
        onward_transfer: NONE
      valid:
        from: 2026-01-01
      """;

  /** A call that its client may not make. */
  private static final String RECALL =
      """
        - say: It is taken back
          call:
            by: nl.customs/controls
            method: Retention/Recall
            request: { message_id: $first, reason: none, on_behalf_of: { officer: C-1 } }
            error: NOT_FOUND
      """;

  /** The step, what was expected and what was seen. */
  private static final int LINES_OF_A_FAILURE = 3;

  @TempDir private Path folder;

  @Test
  @Tag("extended")
  @Tag("scenarios")
  void scenariosOfThePages_comeAsTheyExpect() throws IOException, InterruptedException {
    List<String> names = new ArrayList<>();
    try (StepRunner steps = new StepRunner(folder, Map.of())) {
      steps.run(List.of(DemonstrationSteps.list()));
      for (CommandStep step : DemonstrationSteps.scenarios()) {
        names.addAll(named(steps.run(step)));
      }
    }
    assertEquals(DemonstrationSteps.SCENARIOS, names);
  }

  @Test
  @Tag("extended")
  @Tag("scenarios")
  void everyOtherScenario_comesAsItExpects() throws IOException, InterruptedException {
    List<String> others =
        new ArrayList<>(ScenarioFolder.names(ConfigurationHome.find().scenarios()));
    assertTrue(others.removeAll(DemonstrationSteps.SCENARIOS), others::toString);
    List<String> command = new ArrayList<>(List.of("demo", "--once", "--json", "--scenario"));
    command.addAll(others);
    Child child = Child.entente(folder, command.toArray(String[]::new));
    assertEquals(0, child.code(), () -> failed(child));
    assertEquals(others, named(child));
  }

  /** Names of the scenarios of which it printed that all their steps came as expected. */
  private static List<String> named(Child child) throws IOException {
    assertEquals(1, child.out().lines().count(), child.out());
    assertTrue(child.err().endsWith("Result: passed\n"), child.err());
    JsonNode root = new ObjectMapper().readTree(child.out());
    assertTrue(root.path("ok").asBoolean(), child.out());
    List<String> names = new ArrayList<>();
    for (JsonNode scenario : root.path("scenarios")) {
      names.add(scenario.path("name").asText());
      for (JsonNode step : scenario.path("steps")) {
        assertTrue(step.path("ok").asBoolean(), step::toString);
        assertTrue(!step.path("expected").asText().isEmpty(), step::toString);
        assertTrue(!step.path("seen").asText().isEmpty(), step::toString);
        assertTrue(step.path("milliseconds").isNumber(), step::toString);
      }
    }
    return names;
  }

  /** What went wrong before all that went well, of which there is more than a log keeps. */
  private static String failed(Child child) {
    List<String> lines = child.err().lines().toList();
    StringBuilder failed = new StringBuilder();
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).strip().startsWith("FAILED")) {
        lines
            .subList(i, Math.min(i + LINES_OF_A_FAILURE, lines.size()))
            .forEach(line -> failed.append(line).append('\n'));
      }
    }
    return failed + child.err() + child.out();
  }

  @Test
  void scenario_thatExpectsSomethingElse_failsWithBothWords()
      throws IOException, InterruptedException {
    Path agreements = Files.createDirectories(folder.resolve("mistaken").resolve("agreements"));
    Files.writeString(agreements.resolve("sample.yaml"), AGREEMENT);
    Path file =
        Files.writeString(
            folder.resolve("mistaken.yaml"),
            ScenarioTest.SAMPLE.replace("retention_days: 30", "retention_days: 31") + RECALL);

    Child child = Child.entente(folder, "demo", "--once", "--scenario", file.toString());

    assertEquals(1, child.code(), () -> child.out() + child.err());
    List<String> lines = child.out().lines().map(String::strip).toList();
    int failed = index(lines, "FAILED  3 publish  It is sent");
    assertEquals(
        "expected  accepted for nl.police under sample for 31 days", lines.get(failed + 1));
    assertEquals(
        "seen      accepted for nl.police under sample for 30 days", lines.get(failed + 2));
    index(lines, "ok      4 deliver  It arrives");
    int call = index(lines, "FAILED  5 call     It is taken back");
    assertEquals("expected  nl.customs/controls Retention/Recall: NOT_FOUND", lines.get(call + 1));
    String seen = lines.get(call + 2);
    assertTrue(seen.startsWith("seen      error SCOPE_MISSING ("), seen);
    index(lines, "mistaken: 5 of 7 steps as expected");
    String last = lines.get(lines.size() - 1);
    assertTrue(last.startsWith("Result: failed: mistaken, step 3 (It is sent"), last);
  }

  private static int index(List<String> lines, String beginning) {
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).startsWith(beginning)) {
        return i;
      }
    }
    throw new AssertionError("no line begins with " + beginning + ":\n" + String.join("\n", lines));
  }
}
