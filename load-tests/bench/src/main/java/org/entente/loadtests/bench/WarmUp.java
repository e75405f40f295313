package org.entente.loadtests.bench;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.entente.loadtests.federation.Federation;

/**
 * Runs a load until the gateways' virtual machines hardly compile any more, so that what follows
 * measures messages and not the compiler. Each kind of load has code of its own to compile.
 */
final class WarmUp {
  /** Share of a gateway's processor time, below which it counts as warm. */
  private static final double COMPILING = 0.03;

  private static final Duration ROUND = Duration.ofSeconds(5);

  private final List<Long> pids;
  private final Consumer<String> say;

  /** Runs the load for a time, as fast as it goes. */
  @FunctionalInterface
  interface Load {
    void hurry(Duration time) throws InterruptedException;
  }

  /** A warm-up of the gateways of the chain. */
  WarmUp(Federation federation, Consumer<String> say) {
    this(GatewayChain.GATEWAYS.stream().map(federation::pid).toList(), say);
  }

  /** The same of the gateways of these processes. */
  WarmUp(List<Long> pids, Consumer<String> say) {
    this.pids = pids;
    this.say = say;
  }

  /**
   * Warms all gateways up.
   *
   * @param most after which time it ends in any case; zero for no warm-up
   */
  void run(Load load, Duration most) throws InterruptedException {
    long start = System.nanoTime();
    double share = 1;
    while (share > COMPILING && System.nanoTime() - start < most.toNanos()) {
      share = round(load, ROUND.compareTo(most) < 0 ? ROUND : most);
    }
    if (!most.isZero()) {
      say.accept(
          String.format(
              Locale.ROOT,
              "warmed up for %d s; the compiler takes %.1f %% of a gateway's processor time",
              TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start),
              100 * share));
    }
  }

  /** The compiler's share at the gateway where it is greater. */
  private double round(Load load, Duration time) throws InterruptedException {
    Map<Long, Times> before = new HashMap<>();
    for (long pid : pids) {
      before.put(pid, Times.of(new Usage(pid)));
    }
    load.hurry(time);
    double greatest = 0;
    for (Map.Entry<Long, Times> earlier : before.entrySet()) {
      Times now = Times.of(new Usage(earlier.getKey()));
      greatest = Math.max(greatest, now.compiledSince(earlier.getValue()));
    }
    return greatest;
  }

  /** Seconds of processor time. */
  private record Times(double all, double compiling) {
    static Times of(Usage usage) {
      double compiling = StageCost.compiling(usage);
      return new Times(
          usage.processor().toNanos() / (double) TimeUnit.SECONDS.toNanos(1), compiling);
    }

    double compiledSince(Times earlier) {
      return (compiling - earlier.compiling) / Math.max(all - earlier.all, Double.MIN_NORMAL);
    }
  }
}
