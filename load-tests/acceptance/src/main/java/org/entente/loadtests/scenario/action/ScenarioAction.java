package org.entente.loadtests.scenario.action;

/** An action of a scenario with its expected result. */
public interface ScenarioAction {
  /** The word for this action in files and reports. */
  String word();

  /**
   * Checks the fields of the file before the run.
   *
   * @param field its place in the file
   */
  void check(ScenarioCheck checking, String field);

  /** Performs the action and compares the results with the expected ones. */
  void perform(ScenarioFederation stage, StepFindings findings) throws InterruptedException;
}
