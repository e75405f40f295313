package org.entente.loadtests.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.entente.loadtests.scenario.Scenario;
import org.entente.loadtests.scenario.ScenarioFolder;
import org.entente.loadtests.scenario.ScenarioReport;
import org.entente.loadtests.scenario.ScenarioRun;

/** Runs scenarios by name, one after the other. */
final class ScenarioSuite {
  private static final String ALL = "all";

  private final Path folder;
  private final DemoOutput voice;
  private final boolean json;

  /**
   * Scenarios of a folder.
   *
   * @param json whether to print the results as one JSON object
   */
  ScenarioSuite(Path folder, DemoOutput voice, boolean json) {
    this.folder = folder;
    this.voice = voice;
    this.json = json;
  }

  /** Lists the scenarios; returns 0. */
  int list() {
    ObjectNode root = new ObjectMapper().createObjectNode();
    ArrayNode each = root.putArray("scenarios");
    for (String name : ScenarioFolder.names(folder)) {
      Scenario scenario = Scenario.find(folder, name);
      each.addObject()
          .put("name", name)
          .put("title", scenario.title())
          .put("exercise", scenario.isExercise());
      voice.say("%-28s %s", name, scenario.title());
    }
    if (json) {
      voice.result(root.toString());
    }
    return 0;
  }

  /**
   * Runs the scenarios; 0 if all had the expected results, otherwise 1. Reads all before the first
   * begins.
   */
  int run(List<String> names) throws InterruptedException {
    List<String> wanted = names.contains(ALL) ? ScenarioFolder.names(folder) : names;
    List<Scenario> scenarios = new ArrayList<>();
    wanted.forEach(name -> scenarios.add(Scenario.find(folder, name)));
    ObjectNode root = new ObjectMapper().createObjectNode();
    ArrayNode each = root.putArray("scenarios");
    List<String> failures = new ArrayList<>();
    for (Scenario scenario : scenarios) {
      voice.say("%n%s: %s", scenario.name(), scenario.title());
      scenario.story().lines().forEach(line -> voice.say("  %s", line));
      voice.line("");
      ScenarioReport report = new ScenarioRun(scenario, voice::line).run();
      report.lines().forEach(voice::line);
      report.writeTo(each.addObject());
      failures.addAll(report.failures());
    }
    boolean ok = failures.isEmpty();
    if (json) {
      voice.result(root.put("ok", ok).toString());
    }
    voice.line("");
    voice.line(ok ? "Result: passed" : "Result: failed: " + String.join("; ", failures));
    return ok ? 0 : 1;
  }
}
