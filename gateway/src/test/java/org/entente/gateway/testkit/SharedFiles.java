package org.entente.gateway.testkit;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Vectors and sample data that lie beside the repository in a folder named {@code shared}.
 *
 * <p>The search starts at the working directory and walks up its parents. A test that asks for a
 * file that is not there is skipped with its reason, or fails under {@code -Dentente.require=all}.
 */
public final class SharedFiles {
  private SharedFiles() {}

  /** The file or folder at {@code relative}, such as {@code vectors/xwing/test-vectors.json}. */
  public static Path require(String relative) {
    Optional<Path> found = find(relative);
    Requires.present(found.isPresent(), "shared/" + relative);
    return found.orElseThrow();
  }

  /** The file or folder at {@code relative} if there is one. */
  public static Optional<Path> find(String relative) {
    return find(Path.of("").toAbsolutePath(), relative);
  }

  static Optional<Path> find(Path start, String relative) {
    for (Path folder = start; folder != null; folder = folder.getParent()) {
      Path candidate = folder.resolve("shared").resolve(relative);
      if (Files.exists(candidate)) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }
}
