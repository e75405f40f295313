package org.entente.loadtests.testkit;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * What a test needs from its surroundings. What is absent skips the test with its reason, and fails
 * it under {@code -Dentente.require=all}.
 */
public final class Requires {
  private static final String PROPERTY = "entente.require";

  private Requires() {}

  /** Goes on if {@code present}; otherwise skips or fails the test. */
  public static void present(boolean present, String missing) {
    if (present) {
      return;
    }
    String reason = "missing: " + missing;
    if (System.getProperty(PROPERTY, "present").equals("all")) {
      Assertions.fail(reason + " (" + PROPERTY + "=all)");
    }
    Assumptions.abort(reason);
  }

  /** A file or folder in {@code shared/}, beside the repository or further up. */
  public static Path shared(String relative) {
    Path start = Path.of("").toAbsolutePath();
    for (Path folder = start; folder != null; folder = folder.getParent()) {
      Path candidate = folder.resolve("shared").resolve(relative);
      if (Files.exists(candidate)) {
        return candidate;
      }
    }
    present(false, "shared/" + relative);
    throw new IllegalStateException("not reached");
  }
}
