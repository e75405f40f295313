package org.entente.loadtests.scenario;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.entente.loadtests.scenario.action.Reactions.Reaction;

/** Result of a scenario. Immutable. */
public final class ScenarioReport {
  private final Scenario scenario;
  private final List<StepResult> steps;
  private final List<Reaction> reactions;
  private final long milliseconds;

  ScenarioReport(
      Scenario scenario, List<StepResult> steps, List<Reaction> reactions, long milliseconds) {
    this.scenario = scenario;
    this.steps = List.copyOf(steps);
    this.reactions = List.copyOf(reactions);
    this.milliseconds = milliseconds;
  }

  /** Whether all expectations held. */
  public boolean ok() {
    return steps.stream().allMatch(StepResult::ok);
  }

  /** The steps without the expected result. */
  public List<String> failures() {
    return steps.stream()
        .filter(step -> !step.ok())
        .map(step -> "%s, step %d (%s)".formatted(scenario.name(), step.number(), step.say()))
        .toList();
  }

  /**
   * Lines for people: number of steps as expected, and in an exercise the reactions with their
   * times.
   */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    long held = steps.stream().filter(StepResult::ok).count();
    if (scenario.isExercise()) {
      lines.add("  who reacted when, in milliseconds since the message was published:");
      for (Reaction it : reactions) {
        lines.add(
            "    %7d  %-20s %-28s %s"
                .formatted(it.milliseconds(), it.message(), it.who(), it.what()));
      }
    }
    lines.add(
        "%s: %d of %d steps as expected, in %.1f s"
            .formatted(scenario.name(), held, steps.size(), milliseconds / 1_000.0));
    return lines;
  }

  /** Writes the report into a JSON object. */
  public void writeTo(ObjectNode json) {
    json.put("name", scenario.name())
        .put("title", scenario.title())
        .put("exercise", scenario.isExercise())
        .put("ok", ok())
        .put("milliseconds", milliseconds);
    ArrayNode each = json.putArray("steps");
    steps.forEach(step -> step.writeTo(each.addObject()));
    ArrayNode reacted = json.putArray("reactions");
    for (Reaction it : reactions) {
      reacted
          .addObject()
          .put("message", it.message())
          .put("who", it.who())
          .put("what", it.what())
          .put("milliseconds", it.milliseconds());
    }
  }
}
