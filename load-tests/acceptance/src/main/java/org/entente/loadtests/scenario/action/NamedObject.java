package org.entente.loadtests.scenario.action;

/** Objects besides messages that steps name for later steps. */
public enum NamedObject {
  CONSENT("consent"),
  OPERATION("operation"),
  WATCH("watch"),
  RIGHT("recordation"),
  CASE("case");

  private final String word;

  NamedObject(String word) {
    this.word = word;
  }

  /** Its word in files and reports. */
  String word() {
    return word;
  }
}
