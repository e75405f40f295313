package org.entente.loadtests.testkit;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * What a test needs from its surroundings. What is absent skips the test with its reason, and fails
 * it under {@code -Dentente.require=all}.
 */
public final class AcceptanceRequirement {
  private static final String PROPERTY = "entente.require";

  private AcceptanceRequirement() {}

  /** Goes on if {@code present}; otherwise skips or fails the test. */
  public static void present(boolean present, String missing) {
    if (present) {
      return;
    }
    String reason = "missing: " + missing;
    if (isAll()) {
      Assertions.fail(reason + " (" + PROPERTY + "=all)");
    }
    Assumptions.abort(reason);
  }

  /** A file or folder in {@code shared/}, beside the repository or further up. */
  public static Path shared(String relative) {
    Optional<Path> found = find(relative);
    present(found.isPresent(), "shared/" + relative);
    return found.orElseThrow();
  }

  /** The same; where it is absent another, with which the test says less, and no skip. */
  public static Path sharedOr(String relative, Path otherwise) {
    return isAll() ? shared(relative) : find(relative).orElse(otherwise);
  }

  private static boolean isAll() {
    return System.getProperty(PROPERTY, "present").equals("all");
  }

  private static Optional<Path> find(String relative) {
    Path start = Path.of("").toAbsolutePath();
    for (Path folder = start; folder != null; folder = folder.getParent()) {
      Path candidate = folder.resolve("shared").resolve(relative);
      if (Files.exists(candidate)) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }
}
