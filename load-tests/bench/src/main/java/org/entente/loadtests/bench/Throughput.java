package org.entente.loadtests.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.entente.loadtests.measure.Arrivals;
import org.entente.loadtests.measure.MeasuredContent;
import org.entente.loadtests.measure.MessageSender;
import org.entente.loadtests.measure.Saturation;
import org.entente.loadtests.measure.Spread;
import org.entente.proto.v1.Lane;

/** Messages per second of both chains, by message size and by mode of publication. */
final class Throughput {
  /** Id of the processor time of a raw hop, each message a gRPC message. */
  static final String RAW_HOP = "cpu.raw.hop";

  /** Id of the same with 64 messages in a gRPC message. */
  static final String RAW_HOP_PACKED = "cpu.raw.hop.packed";

  private static final String SCENARIO = "throughput";
  private static final String UNIT = "messages/s";
  private static final int MOST_PACKED = 64;
  private static final int PACKED_BYTES = 1 << 20;
  private static final int WINDOW_BYTES = 4 << 20;
  private static final int LEAST_WINDOW = 16;
  private static final int MOST_WINDOW = 4_096;
  private static final double MIB = 1 << 20;

  /** A chain and its mode of publication. */
  enum HandOverMode {
    RAW_PACKED("raw.packed", Subject.RAW, "stream, up to 64 messages and 1 MiB in a gRPC message"),
    RAW_SINGLE("raw.single", Subject.RAW, "stream, each message a gRPC message"),
    DURABLE_PACKED(
        "durable.packed",
        Subject.DURABLE,
        "stream, up to 64 messages and 1 MiB, synced at each hop"),
    ENTENTE_PACKED(
        "entente.packed", Subject.ENTENTE, "stream, up to 64 messages and 1 MiB in a gRPC message"),
    ENTENTE_STREAM("entente.stream", Subject.ENTENTE, "stream, each message a gRPC message"),
    RAW_CALL("raw.call", Subject.RAW, "a call for each message"),
    ENTENTE_CALL("entente.call", Subject.ENTENTE, "a call for each message");

    private final String id;
    private final Subject subject;
    private final String words;
    private final boolean packed;

    HandOverMode(String id, Subject subject, String words) {
      this.id = id;
      this.subject = subject;
      this.words = words;
      packed = id.endsWith(".packed");
    }

    Subject subject() {
      return subject;
    }

    String title() {
      return subject.title() + ": " + words;
    }
  }

  private final Rig rig;
  private final Effort effort;
  private final Results results;
  private final Consumer<String> say;

  Throughput(Rig rig, Effort effort, Results results, Consumer<String> say) {
    this.rig = rig;
    this.effort = effort;
    this.results = results;
    this.say = say;
  }

  /** The id of a figure. */
  static String id(HandOverMode way, int bytes) {
    return way.id + "." + bytes;
  }

  /** Warms both chains up. */
  void warmUp() throws InterruptedException {
    say.accept("warming up");
    results.add(resident("memory.rest", "resident, at rest, after the start"));
    MeasuredContent content = new MeasuredContent(Effort.KIB);
    saturate(HandOverMode.RAW_PACKED, content, Duration.ZERO, effort.warmUp().dividedBy(4));
    saturate(HandOverMode.RAW_SINGLE, content, Duration.ZERO, effort.warmUp().dividedBy(4));
    saturate(HandOverMode.DURABLE_PACKED, content, Duration.ZERO, effort.warmUp().dividedBy(4));
    saturate(HandOverMode.ENTENTE_STREAM, content, Duration.ZERO, effort.warmUp());
    saturate(HandOverMode.ENTENTE_PACKED, content, Duration.ZERO, effort.warmUp().dividedBy(4));
    if (effort.calls()) {
      saturate(HandOverMode.RAW_CALL, content, Duration.ZERO, effort.warmUp().dividedBy(8));
      saturate(HandOverMode.ENTENTE_CALL, content, Duration.ZERO, effort.warmUp().dividedBy(8));
    }
  }

  /** Measures all modes at 1 KiB in turns. */
  void run() throws InterruptedException {
    List<Cost> costs =
        List.of(
            new Cost(
                "cpu.entente.sender",
                "sender's gateway",
                HandOverMode.ENTENTE_STREAM,
                rig.sender()),
            new Cost(
                "cpu.entente.recipient",
                "recipient's",
                HandOverMode.ENTENTE_STREAM,
                rig.recipient()),
            new Cost(RAW_HOP, "one hop, unpacked", HandOverMode.RAW_SINGLE, rig.hop()),
            new Cost(RAW_HOP_PACKED, "one hop, packed 64", HandOverMode.RAW_PACKED, rig.hop()));
    List<StageCost> stages =
        List.of(
            new StageCost("sender", "sender's gateway", rig.sender()),
            new StageCost("recipient", "recipient's gateway", rig.recipient()));
    Map<HandOverMode, List<Double>> rates = new EnumMap<>(HandOverMode.class);
    for (int i = 0; i < effort.repeats(); i++) {
      for (HandOverMode way : ways()) {
        rates.computeIfAbsent(way, w -> new ArrayList<>()).add(turn(way, costs, stages));
      }
    }
    rates.forEach((way, values) -> add(way, Effort.KIB, values));
    ratios();
    costs.forEach(cost -> results.add(cost.figure()));
    stages.forEach(stage -> stage.addTo(results));
    results.add(resident("memory.loaded", "resident, after load"));
  }

  /** Measures streams of other sizes, and other batches: gigabytes, which the stores then merge. */
  void variations() throws InterruptedException {
    sizes();
    batches();
  }

  private double turn(HandOverMode way, List<Cost> costs, List<StageCost> stages)
      throws InterruptedException {
    List<Cost> ofWay = costs.stream().filter(cost -> cost.way == way).toList();
    List<StageCost> ofStream = way == HandOverMode.ENTENTE_STREAM ? stages : List.of();
    ofStream.forEach(StageCost::begin);
    ofWay.forEach(Cost::begin);
    CountedRate counted =
        saturate(way, new MeasuredContent(Effort.KIB), effort.before(), effort.saturated());
    ofWay.forEach(cost -> cost.end(counted.messages));
    ofStream.forEach(stage -> stage.end(counted.messages));
    return counted.rate;
  }

  private void ratios() {
    results.ratio(
        "throughput_to_raw",
        "client's stream through two gateways / raw chain, both packed 64; 1 KiB",
        id(HandOverMode.ENTENTE_PACKED, Effort.KIB),
        id(HandOverMode.RAW_PACKED, Effort.KIB));
    results.ratio(
        "throughput_to_durable",
        "client's stream through two gateways / durable raw chain, both packed 64; 1 KiB",
        id(HandOverMode.ENTENTE_PACKED, Effort.KIB),
        id(HandOverMode.DURABLE_PACKED, Effort.KIB));
    results.ratio(
        "single_to_raw",
        "each message a gRPC message, through two gateways / raw chain; 1 KiB",
        id(HandOverMode.ENTENTE_STREAM, Effort.KIB),
        id(HandOverMode.RAW_SINGLE, Effort.KIB));
    if (effort.calls()) {
      results.ratio(
          "call_to_raw",
          "a call for each message, through two gateways / raw chain; 1 KiB",
          id(HandOverMode.ENTENTE_CALL, Effort.KIB),
          id(HandOverMode.RAW_CALL, Effort.KIB));
    }
  }

  private void sizes() throws InterruptedException {
    List<HandOverMode> streams =
        List.of(
            HandOverMode.RAW_PACKED,
            HandOverMode.RAW_SINGLE,
            HandOverMode.ENTENTE_PACKED,
            HandOverMode.ENTENTE_STREAM);
    for (int bytes : effort.sizes()) {
      Map<HandOverMode, List<Double>> rates = new EnumMap<>(HandOverMode.class);
      // Fewer repeats than at 1 KiB, for which there are targets.
      for (int i = 0; i < Math.max(1, effort.repeats() - 2); i++) {
        for (HandOverMode way : streams) {
          rates
              .computeIfAbsent(way, w -> new ArrayList<>())
              .add(
                  saturate(way, new MeasuredContent(bytes), effort.before(), effort.saturated())
                      .rate);
        }
      }
      rates.forEach((way, values) -> add(way, bytes, values));
      results.ratio(
          "throughput_to_raw_" + bytes,
          "client's stream through two gateways / raw chain, both packed; " + size(bytes),
          id(HandOverMode.ENTENTE_PACKED, bytes),
          id(HandOverMode.RAW_PACKED, bytes));
    }
  }

  /** The raw chain by number of messages in a gRPC message, besides 1 and 64. */
  private void batches() throws InterruptedException {
    MeasuredContent content = new MeasuredContent(Effort.KIB);
    for (int packed : effort.batches()) {
      List<Double> rates = new ArrayList<>();
      for (int i = 0; i < Math.max(1, effort.repeats() - 2); i++) {
        rates.add(
            saturate(HandOverMode.RAW_PACKED, content, packed, effort.before(), effort.saturated())
                .rate);
      }
      results.add(
          new Figure(
              batchId(packed),
              SCENARIO,
              Subject.RAW,
              "1 KiB, stream, " + packed + " messages in a gRPC message",
              UNIT,
              Spread.of(rates)));
    }
  }

  /** Id of the figure of the raw chain with this number of messages of 1 KiB in a gRPC message. */
  static String batchId(int packed) {
    return switch (packed) {
      case 1 -> id(HandOverMode.RAW_SINGLE, Effort.KIB);
      case MOST_PACKED -> id(HandOverMode.RAW_PACKED, Effort.KIB);
      default -> "raw.batch." + packed;
    };
  }

  private List<HandOverMode> ways() {
    return Arrays.stream(HandOverMode.values())
        .filter(way -> effort.calls() || !way.id.endsWith(".call"))
        .toList();
  }

  private CountedRate saturate(
      HandOverMode way, MeasuredContent content, Duration before, Duration measured)
      throws InterruptedException {
    int packing =
        way.packed ? Math.max(1, Math.min(MOST_PACKED, PACKED_BYTES / content.bytes())) : 1;
    return saturate(way, content, packing, before, measured);
  }

  private CountedRate saturate(
      HandOverMode way, MeasuredContent content, int packing, Duration before, Duration measured)
      throws InterruptedException {
    if (way.subject == Subject.ENTENTE) {
      rig.gateways().pack(packing);
    }
    Saturation saturation =
        new Saturation(sender(way, content), arrivals(way), packing, window(content.bytes()));
    double rate = saturation.run(before, measured);
    say.accept(
        String.format(
            Locale.ROOT, "%-14s %-7s %,10.0f messages/s", way.id, size(content.bytes()), rate));
    return new CountedRate(rate, saturation.sent());
  }

  /** Messages in flight at a time: 4 MiB of them, for gateways and for the raw chain. */
  static int window(int bytes) {
    return Math.max(LEAST_WINDOW, Math.min(MOST_WINDOW, WINDOW_BYTES / bytes));
  }

  private MessageSender sender(HandOverMode way, MeasuredContent content) {
    return switch (way) {
      case RAW_PACKED, RAW_SINGLE -> rig.raw().stream(content);
      case RAW_CALL -> rig.raw().calls(content);
      case DURABLE_PACKED -> rig.durable().stream(content);
      case ENTENTE_PACKED, ENTENTE_STREAM -> rig.gateways().stream(Lane.LANE_ROUTINE, content);
      case ENTENTE_CALL -> rig.gateways().calls(content);
    };
  }

  private Arrivals arrivals(HandOverMode way) {
    return switch (way.subject) {
      case RAW -> rig.raw().arrivals();
      case DURABLE -> rig.durable().arrivals();
      default -> rig.gateways().arrivals(Lane.LANE_ROUTINE);
    };
  }

  private void add(HandOverMode way, int bytes, List<Double> values) {
    results.add(
        new Figure(
            id(way, bytes),
            SCENARIO,
            way.subject,
            size(bytes) + ", " + way.words,
            UNIT,
            Spread.of(values)));
  }

  private Figure resident(String id, String what) {
    return new Figure(
        id,
        "memory",
        Subject.ENTENTE,
        "sender's gateway, " + what,
        "MiB",
        Spread.of(List.of(rig.sender().resident() / MIB)));
  }

  /** A size with its unit. */
  static String size(int bytes) {
    if (bytes == Effort.LARGEST) {
      return "1 MiB";
    }
    return bytes < Effort.KIB ? bytes + " B" : bytes / Effort.KIB + " KiB";
  }

  private record CountedRate(double rate, long messages) {}

  /** Processor time per message, by turn. */
  private static final class Cost {
    private final String id;
    private final String what;
    private final HandOverMode way;
    private final Usage usage;
    private final List<Double> micros = new ArrayList<>();
    private Duration start = Duration.ZERO;

    Cost(String id, String what, HandOverMode way, Usage usage) {
      this.id = id;
      this.what = what;
      this.way = way;
      this.usage = usage;
    }

    void begin() {
      start = usage.processor();
    }

    void end(long messages) {
      Duration spent = usage.processor().minus(start);
      micros.add(spent.toNanos() / (double) TimeUnit.MICROSECONDS.toNanos(1) / messages);
    }

    Figure figure() {
      return new Figure(
          id,
          "cost of a message of 1 KiB",
          way.subject,
          "processor time, " + what + ", all its threads",
          "µs",
          Spread.of(micros));
    }
  }
}
