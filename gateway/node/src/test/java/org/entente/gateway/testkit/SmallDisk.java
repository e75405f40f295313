package org.entente.gateway.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A file system of a few MiB that a test can fill: a tmpfs of its own, which takes root.
 *
 * <p>Where it cannot be mounted the test is skipped, or fails under {@code -Dentente.require=all}.
 */
public final class SmallDisk implements AutoCloseable {
  private static final String BALLAST = "ballast";

  private final Path folder;

  private SmallDisk(Path folder) {
    this.folder = folder;
  }

  /** Mounts {@code mebibytes} of disk at {@code folder}, which it makes. */
  public static SmallDisk mount(Path folder, int mebibytes) {
    boolean mounted;
    try {
      Files.createDirectories(folder);
      mounted = run("mount", "-t", "tmpfs", "-o", "size=" + mebibytes + "m", "tmpfs", folder + "");
    } catch (IOException e) {
      mounted = false;
    }
    TestRequirement.present(mounted, "the right to mount a tmpfs (root)");
    return new SmallDisk(folder);
  }

  /** Where it is mounted. */
  public Path folder() {
    return folder;
  }

  /** Takes {@code mebibytes} of its space. */
  public void occupy(int mebibytes) {
    try {
      Files.write(folder.resolve(BALLAST), new byte[mebibytes << 20]);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Gives back the space taken by {@link #occupy}. */
  public void free() {
    try {
      Files.delete(folder.resolve(BALLAST));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Unmounts it. */
  @Override
  public void close() {
    try {
      run("umount", "-l", folder.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean run(String... command) throws IOException {
    Process process =
        new ProcessBuilder(List.of(command))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      return process.waitFor(30, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
