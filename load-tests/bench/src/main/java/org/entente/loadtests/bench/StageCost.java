package org.entente.loadtests.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.entente.loadtests.measure.Spread;

/** Processor time per message by stage of a gateway, over the turns of a measurement. */
final class StageCost {
  private static final double SECOND = TimeUnit.SECONDS.toMicros(1);

  /** Stage of a thread, by the prefix of its name; the first match applies. */
  private enum Stage {
    WRITER("ledger-writer", "commits to the ledger", "ledger-writer"),
    WORKERS("workers", "calls, decisions, opening, delivery", "worker"),
    SEALER("sealer", "sealing", "sealer"),
    CHORES("chores", "regular work and timers", "chore|timer|watch"),
    LOOPS("event-loops", "TLS and framing", "grpc|netty|epoll"),
    STORE("rocksdb", "RocksDB: flushing and merging", "rocksdb"),
    COMPILER("compiler", "the virtual machine's compiler", "C CompilerThre|Sweeper"),
    MACHINE("collector", "collecting garbage, and the virtual machine's own work", "VM |GC "),
    OTHER("other", "all other threads", ""),
    ENDED("ended", "threads that ended meanwhile", "");

    private final String id;
    private final String words;
    private final Pattern names;

    Stage(String id, String words, String names) {
      this.id = id;
      this.words = words;
      this.names = Pattern.compile(names);
    }

    static Stage of(String thread) {
      for (Stage stage : values()) {
        if (stage.names.matcher(thread).lookingAt()) {
          return stage;
        }
      }
      throw new IllegalStateException("every name begins with nothing: " + thread);
    }
  }

  /** Seconds of processor time that a gateway's collector has used so far. */
  static double collecting(Usage usage) {
    return spent(usage, Stage.MACHINE);
  }

  /** Seconds of processor time that the compiler of a gateway's virtual machine has used so far. */
  static double compiling(Usage usage) {
    return spent(usage, Stage.COMPILER);
  }

  private static double spent(Usage usage, Stage stage) {
    return usage.threads().entrySet().stream()
        .filter(thread -> Stage.of(thread.getKey()) == stage)
        .mapToDouble(Map.Entry::getValue)
        .sum();
  }

  private final String id;
  private final String whose;
  private final Usage usage;
  private final Map<Stage, List<Double>> micros = new EnumMap<>(Stage.class);
  private Map<Stage, Double> before = Map.of();
  private Duration start = Duration.ZERO;

  /**
   * A count that has not begun.
   *
   * @param id prefix of the figures' ids
   * @param whose the gateway, in words
   */
  StageCost(String id, String whose, Usage usage) {
    this.id = id;
    this.whose = whose;
    this.usage = usage;
  }

  /** Begins a turn. */
  void begin() {
    before = seconds();
    start = usage.processor();
  }

  /** Ends a turn with this number of messages. */
  void end(long messages) {
    Duration all = usage.processor().minus(start);
    Map<Stage, Double> spent = seconds();
    before.forEach((stage, seconds) -> spent.merge(stage, -seconds, Double::sum));
    double counted = spent.values().stream().mapToDouble(seconds -> seconds).sum();
    spent.put(Stage.ENDED, all.toNanos() / (double) TimeUnit.SECONDS.toNanos(1) - counted);
    for (Stage stage : Stage.values()) {
      double share = Math.max(0, spent.getOrDefault(stage, 0.0));
      micros.computeIfAbsent(stage, s -> new ArrayList<>()).add(share * SECOND / messages);
    }
  }

  private Map<Stage, Double> seconds() {
    Map<Stage, Double> seconds = new EnumMap<>(Stage.class);
    usage.threads().forEach((thread, spent) -> seconds.merge(Stage.of(thread), spent, Double::sum));
    return seconds;
  }

  /** Adds a figure for each stage that took time in any turn. */
  void addTo(Results results) {
    micros.forEach(
        (stage, values) -> {
          Spread spread = Spread.of(values);
          if (spread.max() > 0) {
            results.add(
                new Figure(
                    "stage." + id + "." + stage.id,
                    "processor time of a message of 1 KiB by stage, " + whose,
                    Subject.ENTENTE,
                    stage.words,
                    "µs",
                    spread));
          }
        });
  }
}
