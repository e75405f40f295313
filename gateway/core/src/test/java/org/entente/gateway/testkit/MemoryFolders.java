package org.entente.gateway.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDirFactory;

/**
 * Makes the temporary folders of tests in memory, where the machine has a file system for that with
 * enough room. Gateways sync what they write, and most of a start waits for the disk. Process tests
 * stay on the disk.
 */
public final class MemoryFolders implements TempDirFactory {
  private static final Path MEMORY = Path.of("/dev/shm");

  /** More than what any gateway wants to find free. */
  private static final long ENOUGH_BYTES = 4L << 30;

  @Override
  public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext context)
      throws IOException {
    return context.getRequiredTestClass().getName().endsWith("IT")
        ? Files.createTempDirectory("junit-")
        : create("junit-");
  }

  /** A folder that JUnit does not delete. */
  public static Path create(String prefix) throws IOException {
    return MEMORY.toFile().getUsableSpace() < ENOUGH_BYTES
        ? Files.createTempDirectory(prefix)
        : Files.createTempDirectory(MEMORY, prefix);
  }

  /** Deletes a folder and all in it. */
  public static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path one : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(one);
      }
    }
  }
}
