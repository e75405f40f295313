package org.entente.loadtests.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.loadtests.federation.Exposition;
import org.entente.loadtests.federation.Federation;
import org.entente.loadtests.measure.Spread;

/**
 * What a message of 1 KiB takes at each gateway, counted: operations of the ledger's store, calls
 * of native code, commits, bytes, and changes of threads. Unlike times, counts hardly depend on the
 * speed of the machine or on what else it does, so that two builds can be compared by them. They
 * include what a gateway does besides, such as watermarks and evidence, while the load lasts.
 */
final class MessageCounts {
  /** The name of these figures' scenario. */
  static final String SCENARIO = "counts of a message";

  private static final double MICRO = 1e-6;
  private static final double KIB = 1 << 10;

  /**
   * Lets evidence and watermarks of earlier messages end, and those of the last ones be counted.
   */
  private static final Duration SETTLING = Duration.ofSeconds(1);

  /** Which gateway. */
  enum Side {
    /** The gateway that seals. */
    SENDER(GatewayChain.FROM),
    /** The gateway that opens. */
    RECIPIENT(GatewayChain.TO);

    private final String agency;

    Side(String agency) {
      this.agency = agency;
    }

    String id() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What is counted. */
  enum Count {
    PUT("puts", ""),
    DELETE("deletes", ""),
    GET("gets", ""),
    ABSENT("gets that find nothing", ""),
    SCAN("iterators", ""),
    NATIVE_CALL("native calls of the store", ""),
    COMMIT("commits", ""),
    ENVELOPE("envelopes sealed", ""),
    ALLOCATED("allocated", "KiB"),
    WRITTEN("written to disk", "KiB"),
    WAKE_UP("threads woken", ""),
    PREEMPTION("threads preempted", ""),
    PROCESSOR("processor time", "µs"),
    COLLECTOR("of it collecting garbage", "µs"),
    COMPILER("of it compiling", "µs");

    private final String words;
    private final String unit;

    Count(String words, String unit) {
      this.words = words;
      this.unit = unit;
    }

    String id() {
      return name().toLowerCase(Locale.ROOT);
    }

    String words() {
      return unit.isEmpty() ? words : words + ", " + unit;
    }
  }

  /** Everything about a gateway at one moment. */
  private record Look(
      String page,
      double written,
      double wakeUps,
      double preemptions,
      double processor,
      double collector,
      double compiler) {
    static Look at(Federation federation, Side side) throws InterruptedException {
      Usage usage = new Usage(federation.pid(side.agency));
      double wakeUps = usage.wakeUps();
      double preemptions = usage.preemptions();
      double processor = usage.processor().toNanos() / (double) TimeUnit.SECONDS.toNanos(1);
      double collector = StageCost.collecting(usage);
      double compiler = StageCost.compiling(usage);
      String page =
          Exposition.page(federation.plan(side.agency).admin())
              .orElseThrow(() -> new CommandFailure(side.agency + " does not show its metrics"));
      return new Look(page, usage.written(), wakeUps, preemptions, processor, collector, compiler);
    }

    double total(Count count) {
      return switch (count) {
        case PUT, DELETE, GET, ABSENT, SCAN, NATIVE_CALL, COMMIT ->
            metric("entente_ledger_operations_total", "operation=\"" + count.id() + "\"");
        case ENVELOPE -> metric("entente_seal_seconds_count");
        case ALLOCATED -> metric("jvm_threads_allocated_bytes_total") / KIB;
        case WRITTEN -> written / KIB;
        case WAKE_UP -> wakeUps;
        case PREEMPTION -> preemptions;
        case PROCESSOR -> processor / MICRO;
        case COLLECTOR -> collector / MICRO;
        case COMPILER -> compiler / MICRO;
      };
    }

    private double metric(String name, String... labels) {
      return Exposition.sum(page, name, List.of(labels));
    }
  }

  private final Federation federation;
  private final GatewayChain gateways;
  private final Effort effort;
  private final Results results;
  private final Consumer<String> say;

  MessageCounts(
      Federation federation,
      GatewayChain gateways,
      Effort effort,
      Results results,
      Consumer<String> say) {
    this.federation = federation;
    this.gateways = gateways;
    this.effort = effort;
    this.results = results;
    this.say = say;
  }

  /** The id of a count. */
  static String id(MessageLoad.Kind load, Side side, Count count) {
    return "count." + load.id() + "." + side.id() + "." + count.id();
  }

  /** Measures under each load and prints the table. */
  void run() throws InterruptedException {
    for (MessageLoad.Kind load : MessageLoad.Kind.values()) {
      measure(load);
    }
    double packed = 0;
    double lone = 0;
    for (Side side : Side.values()) {
      packed += value(results, MessageLoad.Kind.PACKED, side, Count.PROCESSOR).orElseThrow();
      lone =
          Math.max(
              lone, value(results, MessageLoad.Kind.LONE, side, Count.PROCESSOR).orElseThrow());
    }
    add("cpu_packed_us", "processor time, packed 64, both gateways together", "µs", packed);
    add("cpu_lone_us", "processor time, alone at 100/s, the gateway that takes more", "µs", lone);
    table(results).forEach(say);
  }

  private void measure(MessageLoad.Kind load) throws InterruptedException {
    say.accept("counting: " + load.words());
    MessageLoad messages = new MessageLoad(gateways, load);
    new WarmUp(federation, say).run(messages::hurry, effort.settling());
    TimeUnit.NANOSECONDS.sleep(SETTLING.toNanos());
    long arrived = messages.arrived();
    Map<Side, Look> before = looks();
    long start = System.nanoTime();
    messages.run(effort.counted());
    double seconds = (System.nanoTime() - start) / (double) TimeUnit.SECONDS.toNanos(1);
    TimeUnit.NANOSECONDS.sleep(SETTLING.toNanos());
    Map<Side, Look> after = looks();
    double counted = (double) messages.arrived() - arrived;
    add(rateId(load), load.words(), "messages/s", counted / seconds);
    after.forEach(
        (side, look) -> {
          for (Count count : Count.values()) {
            double grown =
                look.total(count) - Objects.requireNonNull(before.get(side)).total(count);
            add(
                id(load, side, count),
                load.words() + ", " + side.id() + ": " + count.words,
                count.unit.isEmpty() ? "a message" : count.unit,
                grown / counted);
          }
        });
  }

  private Map<Side, Look> looks() throws InterruptedException {
    Map<Side, Look> looks = new EnumMap<>(Side.class);
    for (Side side : Side.values()) {
      looks.put(side, Look.at(federation, side));
    }
    return looks;
  }

  private void add(String id, String what, String unit, double value) {
    results.add(new Figure(id, SCENARIO, Subject.ENTENTE, what, unit, Spread.of(List.of(value))));
  }

  private static Optional<Double> value(
      Results results, MessageLoad.Kind load, Side side, Count count) {
    return results.find(id(load, side, count)).map(figure -> figure.spread().median());
  }

  private static String rateId(MessageLoad.Kind load) {
    return "count." + load.id() + ".rate";
  }

  /** The counts as a table in Markdown, a column for each load and side, and what the loads are. */
  static List<String> table(Results results) {
    List<String> lines = new ArrayList<>();
    StringBuilder heads = new StringBuilder("| of a message |");
    StringBuilder rule = new StringBuilder("|---|");
    for (MessageLoad.Kind load : MessageLoad.Kind.values()) {
      for (Side side : Side.values()) {
        heads.append(' ').append(load.id()).append(", ").append(side.id()).append(" |");
        rule.append("---:|");
      }
    }
    lines.add(heads.toString());
    lines.add(rule.toString());
    for (Count count : Count.values()) {
      StringBuilder row = new StringBuilder("| ").append(count.words()).append(" |");
      for (MessageLoad.Kind load : MessageLoad.Kind.values()) {
        for (Side side : Side.values()) {
          String shown = value(results, load, side, count).map(Figure::number).orElse("–");
          row.append(' ').append(shown).append(" |");
        }
      }
      lines.add(row.toString());
    }
    lines.add("");
    for (MessageLoad.Kind load : MessageLoad.Kind.values()) {
      String rate =
          results
              .find(rateId(load))
              .map(figure -> Figure.number(figure.spread().median()) + " messages/s in this run")
              .orElse("not measured");
      lines.add("- " + load.id() + ": " + load.words() + "; " + rate);
    }
    return lines;
  }
}
