package org.entente.loadtests.scenario.action;

/** Something that is done in a scenario, with what must come of it. */
public interface ScenarioAction {
  /** How files and reports call this kind of step. */
  String word();

  /**
   * Looks at what the file says before anything runs.
   *
   * @param field where it stands in the file
   */
  void check(ScenarioCheck checking, String field);

  /** Does it, and compares what was seen with what was expected. */
  void perform(ScenarioFederation stage, StepFindings findings) throws InterruptedException;
}
