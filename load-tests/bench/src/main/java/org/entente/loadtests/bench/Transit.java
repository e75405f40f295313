package org.entente.loadtests.bench;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.entente.loadtests.federation.Federation;
import org.entente.loadtests.measure.MeasuredContent;
import org.entente.loadtests.measure.Saturation;
import org.entente.proto.v1.Lane;

/**
 * Cost of a transit for a message of 1 KiB between two gateways that are linked only to it,
 * including the returning evidence and watermarks.
 */
final class Transit {
  /** The transit. */
  static final String HUB = "x.hub";

  private static final String ID = "transit_us";
  private static final double MICRO = TimeUnit.MICROSECONDS.toNanos(1);

  private final Federation federation;
  private final Effort effort;
  private final Results results;
  private final Consumer<String> say;

  Transit(Federation federation, Effort effort, Results results, Consumer<String> say) {
    this.federation = federation;
    this.effort = effort;
    this.results = results;
    this.say = say;
  }

  /** Measures the transit, and compares it with the raw chain if that was measured before. */
  void run() throws InterruptedException {
    say.accept("a transit between the two gateways");
    startBetween(federation);
    GatewayChain chain = new GatewayChain(federation);
    Saturation unused = saturate(chain, Duration.ZERO, effort.scenarios().warmUp());
    Usage hub = new Usage(federation.pid(HUB));
    StageCost stages = new StageCost("transit", "a transit's gateway", hub);
    Rounds rounds = new Rounds("cost of a message of 1 KiB", Subject.ENTENTE);
    for (int i = 0; i < effort.repeats(); i++) {
      stages.begin();
      Duration start = hub.processor();
      Saturation saturation = saturate(chain, effort.before(), effort.saturated());
      Duration spent = hub.processor().minus(start);
      stages.end(saturation.sent());
      rounds.add(
          ID,
          "processor time, transit's gateway, all its threads",
          "µs",
          spent.toNanos() / MICRO / saturation.sent());
    }
    rounds.addTo(results, say);
    stages.addTo(results);
    if (results.find(Throughput.RAW_HOP).isPresent()) {
      compare();
    }
  }

  private void compare() {
    results.ratio(
        "transit_to_raw",
        "processor time of a transit / of the raw chain's middle hop, packed 64; 1 KiB",
        ID,
        Throughput.RAW_HOP_PACKED);
    results.ratio(
        "transit_to_raw_single",
        "the same / of the raw chain's middle hop, each message a gRPC message",
        ID,
        Throughput.RAW_HOP);
  }

  /** Starts both gateways, linked to the transit only, and the transit. */
  static void startBetween(Federation federation) {
    for (String agency : GatewayChain.GATEWAYS) {
      DirectLink.only(List.of(HUB), federation.plan(agency).config());
    }
    DirectLink.only(GatewayChain.GATEWAYS, federation.plan(HUB).config());
    federation.start(List.of(GatewayChain.FROM, HUB, GatewayChain.TO));
  }

  private static Saturation saturate(GatewayChain chain, Duration before, Duration measured)
      throws InterruptedException {
    MeasuredContent content = new MeasuredContent(Effort.KIB);
    Saturation saturation =
        new Saturation(
            chain.stream(Lane.LANE_ROUTINE, content),
            chain.arrivals(Lane.LANE_ROUTINE),
            1,
            Throughput.window(content.bytes()));
    double unused = saturation.run(before, measured);
    return saturation;
  }
}
