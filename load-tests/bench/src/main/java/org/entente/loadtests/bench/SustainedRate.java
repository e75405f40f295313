package org.entente.loadtests.bench;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.entente.loadtests.federation.Federation;
import org.entente.loadtests.measure.MeasuredContent;
import org.entente.loadtests.measure.Saturation;
import org.entente.loadtests.measure.Spread;
import org.entente.proto.v1.Lane;

/**
 * Whether two gateways keep their rate: messages of 1 KiB saturate them without a pause, and the
 * last part of the time is compared with the first. Data grows meanwhile, RocksDB merges it, and
 * retention and evidence catch up.
 */
final class SustainedRate {
  /** Parts of the time; in the long form a part is a minute. */
  private static final int PARTS = 10;

  private static final double MIB = 1 << 20;

  private final Federation federation;
  private final Effort effort;
  private final Results results;
  private final Consumer<String> say;
  private final MeasuredContent content = new MeasuredContent(Effort.KIB);
  private final Rounds rounds = new Rounds("sustained load", Subject.ENTENTE);

  SustainedRate(Federation federation, Effort effort, Results results, Consumer<String> say) {
    this.federation = federation;
    this.effort = effort;
    this.results = results;
    this.say = say;
  }

  /** Warms the gateways up, then measures part after part. */
  void run() throws InterruptedException {
    say.accept("sustained load");
    DirectLink.start(federation);
    GatewayChain chain = new GatewayChain(federation);
    double unused = saturate(chain, effort.scenarios().warmUp(), List.of());
    Usage sender = new Usage(federation.pid(GatewayChain.FROM));
    double first = part(chain, 1);
    double resident = sender.resident() / MIB;
    double last = first;
    for (int part = 2; part <= PARTS; part++) {
      last = part(chain, part);
    }
    rounds.add(
        "sustained.rss_growth",
        "sender's memory, growth from the end of the first part to that of the last",
        "MiB",
        sender.resident() / MIB - resident);
    rounds.addTo(results, say);
    results.add(
        new Figure(
            "sustained_ratio",
            "ratios",
            Subject.RATIO,
            "messages/s in the last tenth of the time / in the first",
            "ratio",
            Spread.of(List.of(last / first))));
  }

  private double part(GatewayChain chain, int part) throws InterruptedException {
    List<StageCost> stages = part == 1 || part == PARTS ? stages(part) : List.of();
    stages.forEach(StageCost::begin);
    double rate = saturate(chain, effort.scenarios().sustained(), stages);
    rounds.add(
        "sustained.rate." + part,
        "1 KiB, stream, part " + part + " of " + PARTS,
        "messages/s",
        rate);
    return rate;
  }

  private List<StageCost> stages(int part) {
    String load = ", part %d of sustained load".formatted(part);
    String id = "sustained." + part;
    return List.of(
        new StageCost(
            id + ".sender",
            "sender's gateway" + load,
            new Usage(federation.pid(GatewayChain.FROM))),
        new StageCost(
            id + ".recipient",
            "recipient's gateway" + load,
            new Usage(federation.pid(GatewayChain.TO))));
  }

  /**
   * Messages a second until the last has arrived.
   *
   * @param stages have begun, and end here
   */
  private double saturate(GatewayChain chain, Duration time, List<StageCost> stages)
      throws InterruptedException {
    Saturation saturation =
        new Saturation(
            chain.stream(Lane.LANE_ROUTINE, content),
            chain.arrivals(Lane.LANE_ROUTINE),
            1,
            Throughput.window(content.bytes()));
    long start = System.nanoTime();
    double unused = saturation.run(Duration.ZERO, time);
    double seconds = (System.nanoTime() - start) / (double) TimeUnit.SECONDS.toNanos(1);
    stages.forEach(stage -> stage.end(saturation.sent()));
    stages.forEach(stage -> stage.addTo(results));
    return saturation.sent() / seconds;
  }
}
