package org.entente.loadtests.scenario.action;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;

/** Files of agreements in folders. */
public final class Agreements {
  private static final String SUFFIX = ".yaml";

  private Agreements() {}

  /** Those of a folder, by name. */
  public static List<Path> in(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(SUFFIX)).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Copies folders into a new one, in which a later one's files replace those of an earlier one.
   */
  public static Path together(List<Path> folders, Path into) {
    try {
      Files.createDirectories(into);
      for (Path folder : folders) {
        for (Path file : in(folder)) {
          Files.copy(file, into.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
        }
      }
      return into;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
