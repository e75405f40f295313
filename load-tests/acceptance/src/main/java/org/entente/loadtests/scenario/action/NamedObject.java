package org.entente.loadtests.scenario.action;

/** What steps name beside messages, so that later steps can speak of it. */
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

  /** How files and reports call it. */
  String word() {
    return word;
  }
}
