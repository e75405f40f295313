package org.entente.gateway.testkit;

import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * What a test needs from its surroundings.
 *
 * <p>What is absent skips the test with its reason; under {@code -Dentente.require=all} it fails
 * the test instead, so that a build that claims to have run everything has.
 */
public final class TestRequirement {
  private static final String PROPERTY = "entente.require";

  private TestRequirement() {}

  /**
   * Goes on if {@code present}; otherwise skips or fails the test, naming what is {@code missing}.
   */
  public static void present(boolean present, String missing) {
    present(present, missing, System.getProperty(PROPERTY, "present"));
  }

  static void present(boolean present, String missing, String requirement) {
    if (present) {
      return;
    }
    String reason = "missing: " + missing;
    if (requirement.equals("all")) {
      Assertions.fail(reason + " (" + PROPERTY + "=all)");
    }
    Assumptions.abort(reason);
  }
}
