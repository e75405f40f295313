package org.entente.gateway.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Vectors and sample data that lie beside the repository in a folder named {@code shared}.
 *
 * <p>The search starts at the working directory and walks up its parents. A test that asks for a
 * file that is not there is skipped with its reason, or fails under {@code -Dentente.require=all}.
 */
public final class SharedFiles {
  private static volatile @Nullable SharedRecording recording;

  private SharedFiles() {}

  /** The file or folder at {@code relative}, such as {@code vectors/xwing/test-vectors.json}. */
  public static Path require(String relative) {
    Optional<Path> found = find(relative);
    TestRequirement.present(found.isPresent(), "shared/" + relative);
    return found.orElseThrow();
  }

  /** Reads a file that {@link #require} or {@link #find} led to. */
  public static byte[] read(Path file) {
    SharedRecording now = recording;
    if (now != null) {
      now.opened.add(file);
    }
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Notes which files are read until it is closed; one at a time. */
  public static SharedRecording record() {
    SharedRecording begun = new SharedRecording();
    recording = begun;
    return begun;
  }

  /** The files that were read. */
  public static final class SharedRecording implements AutoCloseable {
    private final Queue<Path> opened = new ConcurrentLinkedQueue<>();

    /** What was read up to now. */
    public Stream<Path> opened() {
      return opened.stream();
    }

    @Override
    public void close() {
      recording = null;
    }
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
