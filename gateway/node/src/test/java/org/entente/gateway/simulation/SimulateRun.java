package org.entente.gateway.simulation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.entente.gateway.cluster.ClusterSimulation;
import org.jspecify.annotations.Nullable;

/** Runs seeds from the shell: {@code load-tests/simulate [--cluster] --seeds N --from SEED}. */
public final class SimulateRun {
  private static final int EVERY = 50;

  /** A simulation, of which each seed is a run. */
  @FunctionalInterface
  private interface Simulated {
    Outcome of(long seed);
  }

  /**
   * What a run came to.
   *
   * @param happened how often what
   */
  private record Outcome(long messages, Map<String, Integer> happened, String detail) {}

  private SimulateRun() {}

  /** The entry point of the command; exits with 1 if a seed fails, with 2 if it is misused. */
  public static void main(String[] args) throws IOException {
    List<String> words = List.of(args);
    long seeds = number(words, "--seeds", -1);
    long from = number(words, "--from", 0);
    if (seeds < 1 || from < 0) {
      System.err.println(
          "simulate [--cluster] --seeds N [--from SEED]: runs N seeds from SEED (0) on");
      System.exit(2);
    }
    Path work = Files.createTempDirectory("entente-simulation");
    Simulated simulated = words.contains("--cluster") ? cluster(work) : federation(work);
    int failures = run(simulated, from, seeds);
    SimFederation.remove(work);
    System.exit(failures);
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

  private static Simulated federation(Path work) throws IOException {
    Path template = Files.createDirectory(work.resolve("federation"));
    SimFederation federation = SimFederation.mint(template);
    return seed -> {
      Simulation.Result result = Simulation.run(seed, federation, work);
      return new Outcome(
          result.messages(),
          Map.of("starts", result.starts()),
          "%d messages, %d starts, %d events, trace %016x"
              .formatted(result.messages(), result.starts(), result.events(), result.trace()));
    };
  }

  private static Simulated cluster(Path work) {
    return seed -> {
      ClusterSimulation.Result result = ClusterSimulation.run(seed, work);
      return new Outcome(
          result.messages(),
          result.happened(),
          "%d messages, %d events, chain %s"
              .formatted(result.messages(), result.events(), result.chain()));
    };
  }

  private static int run(Simulated simulated, long from, long seeds) {
    long begun = System.nanoTime();
    long failures = 0;
    long messages = 0;
    long run = 0;
    Map<String, Integer> happened = new TreeMap<>();
    for (long seed = from; seed < from + seeds; seed++) {
      try {
        Outcome outcome = simulated.of(seed);
        messages += outcome.messages();
        outcome.happened().forEach((what, count) -> happened.merge(what, count, Integer::sum));
        if (seeds == 1) {
          System.out.println(outcome.detail());
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
    happened.forEach((what, count) -> System.out.println(what + ": " + count));
    double perSecond = run / ((System.nanoTime() - begun) / 1e9);
    System.out.println(
        String.format(
            Locale.ROOT, "seeds %d, seeds per second %.2f, failures %d", run, perSecond, failures));
    return failures == 0 ? 0 : 1;
  }
}
