package org.entente.gateway.simulation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Runs seeds from the shell: {@code load-tests/simulate --seeds N --from SEED}. */
public final class SimulateRun {
  private static final int EVERY = 50;

  private SimulateRun() {}

  /** The entry point of the command; exits with 1 if a seed fails, with 2 if it is misused. */
  public static void main(String[] args) throws IOException {
    List<String> words = List.of(args);
    long seeds = number(words, "--seeds", -1);
    long from = number(words, "--from", 0);
    if (seeds < 1 || from < 0) {
      System.err.println("simulate --seeds N [--from SEED]: runs N seeds from SEED (0) on");
      System.exit(2);
    }
    System.exit(run(from, seeds));
  }

  /**
   * The first seed that fails, and why; null if none of them does.
   *
   * @param federation as minted
   */
  public static @Nullable String firstFailure(Path federation, Path work, long from, long seeds) {
    SimFederation minted = SimFederation.at(federation);
    for (long seed = from; seed < from + seeds; seed++) {
      try {
        Simulation.run(seed, minted, work);
      } catch (AssertionError | RuntimeException broken) {
        return "seed " + seed + ": " + broken.getMessage();
      }
    }
    return null;
  }

  private static long number(List<String> words, String option, long otherwise) {
    int at = words.indexOf(option);
    if (at < 0 || at + 1 >= words.size()) {
      return otherwise;
    }
    return words.get(at + 1).matches("[0-9]{1,15}") ? Long.parseLong(words.get(at + 1)) : -1;
  }

  private static int run(long from, long seeds) throws IOException {
    Path work = Files.createTempDirectory("entente-simulation");
    Path template = Files.createDirectory(work.resolve("federation"));
    SimFederation federation = SimFederation.mint(template);
    long begun = System.nanoTime();
    long failures = 0;
    long messages = 0;
    long run = 0;
    for (long seed = from; seed < from + seeds; seed++) {
      try {
        Simulation.Result result = Simulation.run(seed, federation, work);
        messages += result.messages();
        if (seeds == 1) {
          System.out.println(
              "%d messages, %d starts, %d events, trace %016x"
                  .formatted(result.messages(), result.starts(), result.events(), result.trace()));
        }
      } catch (AssertionError | RuntimeException broken) {
        failures++;
        System.out.println("seed " + seed + " FAILED: " + broken.getMessage());
        if (seeds == 1) {
          broken.printStackTrace(System.out);
        }
      }
      run++;
      if (run % EVERY == 0) {
        System.out.println(run + " seeds, " + messages + " messages, " + failures + " failures");
      }
    }
    SimFederation.remove(work);
    double perSecond = run / ((System.nanoTime() - begun) / 1e9);
    System.out.println(
        String.format(
            Locale.ROOT, "seeds %d, seeds per second %.2f, failures %d", run, perSecond, failures));
    return failures == 0 ? 0 : 1;
  }
}
