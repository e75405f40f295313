package org.entente.loadtests.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.loadtests.federation.Exposition;
import org.entente.loadtests.federation.Federation;
import org.entente.loadtests.measure.MeasuredContent;
import org.entente.loadtests.measure.MeasurementFailure;
import org.entente.loadtests.measure.MessageSender;
import org.entente.loadtests.measure.Saturation;
import org.entente.loadtests.measure.Spread;
import org.entente.proto.v1.Lane;

/**
 * What a message of 1 KiB takes at each gateway, counted: operations of the ledger's store, calls
 * of native code, commits, bytes, and changes of threads. Unlike times, counts hardly depend on the
 * speed of the machine or on what else it does, so that two builds can be compared by them. They
 * include what a gateway does besides, such as watermarks and evidence, while the load lasts.
 */
final class MessageCounts {
  /** The name of these figures' scenario. */
  static final String SCENARIO = "counts of a message";

  private static final int PACKED = 64;
  private static final Duration BETWEEN_LONE = Duration.ofMillis(10);
  private static final Duration BETWEEN_BURSTS = Duration.ofMillis(50);
  private static final double MICRO = 1e-6;
  private static final double KIB = 1 << 10;

  /**
   * Lets evidence and watermarks of earlier messages end, and those of the last ones be counted.
   */
  private static final Duration SETTLING = Duration.ofMillis(500);

  /** What is sent meanwhile. */
  enum Load {
    /** Each message has envelope and commit for itself. */
    LONE("100/s, each when the one before has arrived"),
    /** As many as the gateways take, in requests of 64. */
    PACKED("as many as the gateways take, 64 in a request"),
    /** Bulk beside urgent messages. */
    MIXED("64 ROUTINE every 50 ms in one request, and FLASH as in lone");

    private final String words;

    Load(String words) {
      this.words = words;
    }

    String id() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

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
    COLLECTOR("of it collecting garbage", "µs");

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
      double collector) {
    static Look at(Federation federation, Side side) throws InterruptedException {
      Usage usage = new Usage(federation.pid(side.agency));
      double wakeUps = usage.wakeUps();
      double preemptions = usage.preemptions();
      double processor = usage.processor().toNanos() / (double) TimeUnit.SECONDS.toNanos(1);
      double collector = StageCost.collecting(usage);
      String page =
          Exposition.page(federation.plan(side.agency).admin())
              .orElseThrow(() -> new CommandFailure(side.agency + " does not show its metrics"));
      return new Look(page, usage.written(), wakeUps, preemptions, processor, collector);
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
  private final MeasuredContent content = new MeasuredContent(Effort.KIB);

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
  static String id(Load load, Side side, Count count) {
    return "count." + load.id() + "." + side.id() + "." + count.id();
  }

  /** Measures under each load and prints the table. */
  void run() throws InterruptedException {
    for (Load load : Load.values()) {
      measure(load);
    }
    double packed = 0;
    double lone = 0;
    for (Side side : Side.values()) {
      packed += value(results, Load.PACKED, side, Count.PROCESSOR).orElseThrow();
      lone = Math.max(lone, value(results, Load.LONE, side, Count.PROCESSOR).orElseThrow());
    }
    add("cpu_packed_us", "processor time, packed 64, both gateways together", "µs", packed);
    add("cpu_lone_us", "processor time, alone at 100/s, the gateway that takes more", "µs", lone);
    table(results).forEach(say);
  }

  private void measure(Load load) throws InterruptedException {
    say.accept("counting: " + load.words);
    gateways.pack(load == Load.LONE ? 1 : PACKED);
    TimeUnit.NANOSECONDS.sleep(SETTLING.toNanos());
    long arrived = arrived();
    Map<Side, Look> before = looks();
    long start = System.nanoTime();
    send(load);
    double seconds = (System.nanoTime() - start) / (double) TimeUnit.SECONDS.toNanos(1);
    TimeUnit.NANOSECONDS.sleep(SETTLING.toNanos());
    Map<Side, Look> after = looks();
    double messages = (double) arrived() - arrived;
    add(rateId(load), load.words, "messages/s", messages / seconds);
    after.forEach(
        (side, look) -> {
          for (Count count : Count.values()) {
            double counted =
                look.total(count) - Objects.requireNonNull(before.get(side)).total(count);
            add(
                id(load, side, count),
                load.words + ", " + side.id() + ": " + count.words,
                count.unit.isEmpty() ? "a message" : count.unit,
                counted / messages);
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

  private long arrived() {
    return gateways.arrivals(Lane.LANE_ROUTINE).count()
        + gateways.arrivals(Lane.LANE_FLASH).count();
  }

  private void send(Load load) throws InterruptedException {
    int window = Throughput.window(content.bytes());
    switch (load) {
      case LONE -> send(Lane.LANE_ROUTINE, 1, 1, BETWEEN_LONE);
      case PACKED -> send(Lane.LANE_ROUTINE, PACKED, window, Duration.ZERO);
      case MIXED -> {
        // Opened here, because the chain is used by one thread at a time.
        MessageSender urgent = gateways.stream(Lane.LANE_FLASH, content);
        CompletableFuture<Double> beside = CompletableFuture.supplyAsync(() -> urgent(urgent));
        send(Lane.LANE_ROUTINE, PACKED, PACKED, BETWEEN_BURSTS);
        double unused = Latency.joined(beside);
      }
    }
  }

  private double urgent(MessageSender urgent) {
    try {
      return send(urgent, Lane.LANE_FLASH, 1, 1, BETWEEN_LONE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MeasurementFailure("interrupted", e);
    }
  }

  private void send(Lane lane, int packing, int window, Duration between)
      throws InterruptedException {
    double unused = send(gateways.stream(lane, content), lane, packing, window, between);
  }

  /**
   * Sends at most so often, and only while there is room in the window: on a slow machine the rate
   * falls, but a message that is to travel alone still does.
   */
  private double send(MessageSender sender, Lane lane, int packing, int window, Duration between)
      throws InterruptedException {
    long[] next = {System.nanoTime()};
    MessageSender paced =
        (first, count) -> {
          TimeUnit.NANOSECONDS.sleep(next[0] - System.nanoTime());
          next[0] = System.nanoTime() + between.toNanos();
          sender.send(first, count);
        };
    return new Saturation(paced, gateways.arrivals(lane), packing, window)
        .run(Duration.ZERO, effort.counted());
  }

  private void add(String id, String what, String unit, double value) {
    results.add(new Figure(id, SCENARIO, Subject.ENTENTE, what, unit, Spread.of(List.of(value))));
  }

  private static Optional<Double> value(Results results, Load load, Side side, Count count) {
    return results.find(id(load, side, count)).map(figure -> figure.spread().median());
  }

  private static String rateId(Load load) {
    return "count." + load.id() + ".rate";
  }

  /** The counts as a table in Markdown, a column for each load and side, and what the loads are. */
  static List<String> table(Results results) {
    List<String> lines = new ArrayList<>();
    StringBuilder heads = new StringBuilder("| of a message |");
    StringBuilder rule = new StringBuilder("|---|");
    for (Load load : Load.values()) {
      for (Side side : Side.values()) {
        heads.append(' ').append(load.id()).append(", ").append(side.id()).append(" |");
        rule.append("---:|");
      }
    }
    lines.add(heads.toString());
    lines.add(rule.toString());
    for (Count count : Count.values()) {
      StringBuilder row = new StringBuilder("| ").append(count.words()).append(" |");
      for (Load load : Load.values()) {
        for (Side side : Side.values()) {
          String shown = value(results, load, side, count).map(Figure::number).orElse("–");
          row.append(' ').append(shown).append(" |");
        }
      }
      lines.add(row.toString());
    }
    lines.add("");
    for (Load load : Load.values()) {
      String rate =
          results
              .find(rateId(load))
              .map(figure -> Figure.number(figure.spread().median()) + " messages/s in this run")
              .orElse("not measured");
      lines.add("- " + load.id() + ": " + load.words + "; " + rate);
    }
    return lines;
  }
}
