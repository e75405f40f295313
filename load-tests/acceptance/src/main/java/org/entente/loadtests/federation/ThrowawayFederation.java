package org.entente.loadtests.federation;

import java.nio.file.Path;
import java.util.function.Function;

/**
 * Runs code with a throwaway federation. Always ends its processes and deletes its folder, also on
 * a signal to this process.
 */
public final class ThrowawayFederation {
  private ThrowawayFederation() {}

  /** Code that uses a federation. */
  public interface Use<T> {
    /** Runs the code; the federation is closed afterwards. */
    T over(Federation federation, Path folder) throws InterruptedException;
  }

  /**
   * Mints a federation in a new folder, uses it, closes it and deletes the folder.
   *
   * @param keep whether to keep the folder
   */
  public static <T> T during(Function<Path, Federation> mint, boolean keep, Use<T> use)
      throws InterruptedException {
    Path folder = ThrowawayFolder.create();
    try {
      return during(mint.apply(folder), folder, keep, use);
    } finally {
      discard(folder, keep);
    }
  }

  private static <T> T during(Federation federation, Path folder, boolean keep, Use<T> use)
      throws InterruptedException {
    Thread onInterrupt =
        new Thread(
            () -> {
              federation.close();
              discard(folder, keep);
            },
            "stop");
    Runtime.getRuntime().addShutdownHook(onInterrupt);
    try (federation) {
      return use.over(federation, folder);
    } finally {
      forget(onInterrupt);
    }
  }

  private static void forget(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The JVM is stopping: the hook already runs and does the same.
      hook.setName("stop (running)");
    }
  }

  private static void discard(Path folder, boolean keep) {
    if (!keep) {
      ThrowawayFolder.delete(folder);
    }
  }
}
