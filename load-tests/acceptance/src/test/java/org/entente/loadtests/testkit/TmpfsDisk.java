package org.entente.loadtests.testkit;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A file system of a few MiB that a test can fill: a tmpfs of its own, which takes root.
 *
 * <p>Where it cannot be mounted the test is skipped, or fails under {@code -Dentente.require=all}.
 */
public final class TmpfsDisk implements AutoCloseable {
  private static final String BALLAST = "ballast";

  private final Path folder;

  private TmpfsDisk(Path folder) {
    this.folder = folder;
  }

  /** Mounts {@code mebibytes} of disk at {@code folder}, which it makes. */
  public static TmpfsDisk mount(Path folder, int mebibytes) throws IOException {
    Files.createDirectories(folder);
    boolean mounted =
        run(
            "mount",
            "-t",
            "tmpfs",
            "-o",
            "mode=0700,size=" + mebibytes + "m",
            "tmpfs",
            folder.toString());
    AcceptanceRequirement.present(mounted, "the right to mount a tmpfs (root)");
    return new TmpfsDisk(folder);
  }

  /** Takes what is free but for so many MiB. */
  public void occupyAllBut(int mebibytes) throws IOException {
    byte[] chunk = new byte[64 << 10];
    try (OutputStream out =
        Files.newOutputStream(
            folder.resolve(BALLAST), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      while (folder.toFile().getUsableSpace() > ((long) mebibytes << 20) + chunk.length) {
        out.write(chunk);
      }
    }
  }

  /** Gives back what {@link #occupyAllBut} took. */
  public void free() throws IOException {
    Files.delete(folder.resolve(BALLAST));
  }

  /** Unmounts it. */
  @Override
  public void close() throws IOException {
    run("umount", "-l", folder.toString());
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
