package org.entente.loadtests.scenario;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.loadtests.federation.AuditResult;
import org.entente.loadtests.federation.Federation;
import org.entente.loadtests.federation.ThrowawayFederation;
import org.entente.loadtests.scenario.action.CommandRun;
import org.entente.loadtests.scenario.action.Reactions;
import org.entente.loadtests.scenario.action.ScenarioAction;
import org.entente.loadtests.scenario.action.ScenarioFederation;
import org.entente.loadtests.scenario.action.StepFindings;

/**
 * Runs a scenario once with its own gateways, one process each. Lints its agreements, starts the
 * gateways, performs its steps, checks that no message was misrouted, stops the gateways and
 * verifies every audit log. A failed step does not end the run. For one thread.
 */
public final class ScenarioRun {
  private final Scenario scenario;
  private final Consumer<String> voice;
  private final List<StepResult> results = new ArrayList<>();

  /**
   * A run that has not begun.
   *
   * @param voice receives each step's lines when it is done
   */
  public ScenarioRun(Scenario scenario, Consumer<String> voice) {
    this.scenario = scenario;
    this.voice = voice;
  }

  /** Runs the scenario; leaves no gateway and no file. */
  public ScenarioReport run() throws InterruptedException {
    long begun = System.nanoTime();
    List<Reactions.Reaction> reactions =
        ThrowawayFederation.during(
            folder -> Federation.mint(scenario.blueprint(), folder),
            false,
            (federation, folder) -> over(federation));
    return new ScenarioReport(scenario, results, reactions, millisSince(begun));
  }

  private List<Reactions.Reaction> over(Federation federation) throws InterruptedException {
    if (!step(
        "lint",
        "The agreements load, and there is nothing to be said against them",
        findings -> lint(federation, findings))) {
      return List.of();
    }
    ScenarioFederation stage =
        new ScenarioFederation(federation, scenario.isExercise(), scenario.folder());
    try (stage) {
      if (!step("start", "The gateways start", findings -> start(stage, findings))) {
        return List.of();
      }
      for (StepEntry entry : scenario.file().steps()) {
        for (ScenarioAction act : entry.acts().values()) {
          step(act.word(), entry.say(), findings -> act.perform(stage, findings));
        }
      }
      step(
          "strays",
          "Nothing arrived where it must not, and nothing twice",
          findings -> strays(stage, findings));
    }
    step(
        "audit",
        "Every audit log agrees with its signed checkpoint",
        findings -> audit(federation, findings));
    return stage.reactions().all();
  }

  /** The action of one step. */
  private interface StepAction {
    void with(StepFindings findings) throws InterruptedException;
  }

  private boolean step(String word, String say, StepAction doing) throws InterruptedException {
    StepFindings findings = new StepFindings();
    long begun = System.nanoTime();
    try {
      doing.with(findings);
    } catch (CommandFailure e) {
      findings.add("the step can be done", String.valueOf(e.getMessage()), false);
    }
    StepResult result =
        new StepResult(results.size() + 1, word, say, findings.all(), millisSince(begun));
    results.add(result);
    result.lines().forEach(voice);
    return result.ok();
  }

  private static long millisSince(long begun) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
  }

  /** Lints the common agreements, and those of each gateway that has others. */
  private void lint(Federation federation, StepFindings findings) {
    Set<String> own = scenario.withOwnRules();
    Set<String> asked = new TreeSet<>(own);
    federation.agencies().stream()
        .filter(it -> !own.contains(it))
        .findFirst()
        .ifPresent(asked::add);
    for (String agency : asked) {
      String config = federation.plan(agency).config().toString();
      CommandRun lint = CommandRun.of("policy", "lint", "--config", config, "--strict");
      String whose = own.contains(agency) ? agency + ": " : "";
      findings.add(
          whose + "no error and no warning",
          whose + (lint.code() == 0 ? "no error and no warning" : lint.said()),
          lint.code() == 0);
    }
  }

  private static void start(ScenarioFederation stage, StepFindings findings)
      throws InterruptedException {
    stage.begin();
    findings.same(
        "all run: " + stage.federation().agencies(), "all run: " + stage.federation().running());
  }

  private static void strays(ScenarioFederation stage, StepFindings findings) {
    Map<String, String> astray = new TreeMap<>();
    stage
        .counts()
        .forEach(
            (agency, count) -> {
              if (count.misrouted() > 0 || count.duplicates() > 0) {
                astray.put(agency, count.misrouted() + " astray, " + count.duplicates() + " twice");
              }
            });
    findings.same(Map.of().toString(), astray.toString());
  }

  private static void audit(Federation federation, StepFindings findings) {
    List<String> stubborn = federation.stop();
    findings.same(
        "all stop in order", stubborn.isEmpty() ? "all stop in order" : "killed: " + stubborn);
    for (String agency : federation.agencies()) {
      AuditResult audit = AuditResult.verify(federation.plan(agency));
      findings.add(
          agency + " verified",
          audit.verified() ? agency + " verified, " + audit.leaves() + " leaves" : audit.said(),
          audit.verified());
    }
  }
}
