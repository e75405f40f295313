package org.entente.loadtests.federation;

import java.nio.file.Path;
import java.util.function.Function;

/**
 * Uses of a throwaway federation: its processes end and its folder goes whatever happens, a signal
 * to this process included.
 */
public final class ThrowawayFederation {
  private ThrowawayFederation() {}

  /** What is done over a federation. */
  public interface Use<T> {
    /** Does it; the federation is closed afterwards. */
    T over(Federation federation, Path folder) throws InterruptedException;
  }

  /**
   * Mints a federation in a new folder, uses it, closes it and deletes the folder.
   *
   * @param keep leave the folder
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
      // This machine is stopping: the hook runs already and does the same.
      hook.setName("stop (running)");
    }
  }

  private static void discard(Path folder, boolean keep) {
    if (!keep) {
      ThrowawayFolder.delete(folder);
    }
  }
}
