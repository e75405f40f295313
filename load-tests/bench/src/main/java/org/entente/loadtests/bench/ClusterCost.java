package org.entente.loadtests.bench;

import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;
import org.entente.loadtests.federation.Exposition;
import org.entente.loadtests.federation.Federation;
import org.entente.loadtests.federation.GatewayCluster;
import org.entente.loadtests.measure.MeasuredContent;
import org.entente.loadtests.measure.MeasurementFailure;
import org.entente.loadtests.measure.OpenLoadMeasurement;
import org.entente.loadtests.measure.Percentile;
import org.entente.loadtests.measure.Saturation;
import org.entente.loadtests.measure.Spread;
import org.entente.proto.v1.Lane;
import org.entente.proto.v1.PublishRequest;
import org.entente.proto.v1.PublisherGrpc;

/**
 * What it costs to run the sender's gateway on three machines, and how fast one of them takes over.
 * Messages have 1 KiB, the recipient's gateway is one process. The machines are processes on the
 * same cores and disk; client and peer reach the leader through a forwarder in this process, as
 * through a proxy.
 */
final class ClusterCost {
  /** Id of the ratio of the rates. */
  static final String RATE_RATIO = "cluster_throughput_ratio";

  /** Id of the ratio of the medians. */
  static final String P50_RATIO = "cluster_p50_ratio";

  /** Id of the longest take-over. */
  static final String LONGEST = "takeover_longest_s";

  private static final int LOW_RATE = 1_000;
  private static final String RATE = "cluster.rate.";

  /** Id of the messages per second of the sender's gateway on three machines. */
  static final String THREE_RATE = RATE + "3";

  private static final String P50 = "cluster.p50.";
  private static final Duration ANSWER = Duration.ofSeconds(1);
  private static final Duration TAKE_OVER = Duration.ofMinutes(2);
  private static final double SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final long PAUSE_MS = 20;

  private final Effort effort;
  private final Results results;
  private final Consumer<String> say;
  private final MeasuredContent content = new MeasuredContent(Effort.KIB);

  ClusterCost(Effort effort, Results results, Consumer<String> say) {
    this.effort = effort;
    this.results = results;
    this.say = say;
  }

  /** Measures a gateway of one process. */
  void alone(Federation federation) throws InterruptedException {
    say.accept("a gateway on one machine");
    DirectLink.start(federation);
    measure(
        federation,
        GatewayChain.GATEWAYS.stream().map(federation::pid).toList(),
        federation.plan(GatewayChain.FROM).admin(),
        "1",
        "sender's gateway on one machine");
  }

  /** Measures one of three, compares it with that of one, then kills its leaders. */
  void replicated(Federation federation) throws InterruptedException {
    say.accept("the same on three machines");
    GatewayChain.GATEWAYS.forEach(
        agency -> DirectLink.only(GatewayChain.GATEWAYS, federation.plan(agency).config()));
    federation.start(List.of(GatewayChain.TO));
    GatewayCluster cluster = federation.cluster(GatewayChain.FROM);
    cluster.start();
    String leader = cluster.awaitLeader();
    say.accept(leader + " leads");
    List<Long> pids = new ArrayList<>(cluster.pids());
    pids.add(federation.pid(GatewayChain.TO));
    measure(
        federation, pids, cluster.plan(leader).admin(), "3", "sender's gateway on three machines");
    results.ratio(
        RATE_RATIO, "messages/s, sender on three machines / on one", RATE + "3", RATE + "1");
    results.ratio(P50_RATIO, "p50 at 1,000/s, the same", P50 + "3", P50 + "1");
    takeOvers(federation, cluster);
  }

  /**
   * Measures warm gateways.
   *
   * @param pids of the gateways
   * @param admin where the sender's tells of itself
   */
  private void measure(
      Federation federation, List<Long> pids, String admin, String machines, String where)
      throws InterruptedException {
    GatewayChain chain = new GatewayChain(federation);
    // The same code runs on all processors of this machine: each gateway adds its own compiler.
    new WarmUp(pids, say)
        .run(
            time -> {
              double unused = saturate(chain, Duration.ZERO, time);
            },
            effort.scenarios().warmUp().plus(effort.settling().multipliedBy(pids.size())));
    Rounds rounds = new Rounds("three machines", Subject.ENTENTE);
    for (int i = 0; i < effort.repeats(); i++) {
      double rate = saturate(chain, effort.before(), effort.saturated());
      rounds.add(RATE + machines, "1 KiB, stream, " + where, "messages/s", rate);
      rounds.add("cluster.load." + machines, "1,000/s of these", "%", 100 * LOW_RATE / rate);
      Commits before = Commits.of(admin);
      Histogram paced =
          OpenLoadMeasurement.run(
              chain.stream(Lane.LANE_ROUTINE, content),
              chain.arrivals(Lane.LANE_ROUTINE),
              LOW_RATE,
              effort.before(),
              effort.paced());
      Commits since = Commits.of(admin).since(before);
      latency(rounds, P50 + machines, where, 50, paced);
      latency(rounds, "cluster.p99." + machines, where, 99, paced);
      double messages = LOW_RATE * effort.before().plus(effort.paced()).toMillis() / 1e3;
      rounds.add(
          "cluster.commits." + machines,
          "1,000/s, " + where + ", commits of it",
          "a message",
          since.count / messages);
      rounds.add(
          "cluster.commit." + machines,
          "1,000/s, " + where + ", mean time of a commit",
          "ms",
          1e3 * since.seconds / since.count);
    }
    rounds.addTo(results, say);
  }

  /** Commits of a gateway's ledger so far, and the time that they took. */
  private record Commits(double count, double seconds) {
    private static final String SECONDS = "entente_ledger_commit_seconds";

    static Commits of(String admin) throws InterruptedException {
      String page =
          Exposition.page(admin)
              .orElseThrow(() -> new MeasurementFailure(admin + " does not tell its metrics"));
      return new Commits(
          Exposition.total(page, SECONDS + "_count").orElse(0),
          Exposition.total(page, SECONDS + "_sum").orElse(0));
    }

    Commits since(Commits before) {
      return new Commits(count - before.count, seconds - before.seconds);
    }
  }

  private static void latency(
      Rounds rounds, String id, String where, int percent, Histogram paced) {
    rounds.add(id, "1,000/s, " + where + ", p" + percent, "ms", Percentile.millis(paced, percent));
  }

  private double saturate(GatewayChain chain, Duration before, Duration measured)
      throws InterruptedException {
    return new Saturation(
            chain.stream(Lane.LANE_ROUTINE, content),
            chain.arrivals(Lane.LANE_ROUTINE),
            1,
            Throughput.window(content.bytes()))
        .run(before, measured);
  }

  /** From SIGKILL to the leader until the next one has accepted a draft, and back to three. */
  private void takeOvers(Federation federation, GatewayCluster cluster)
      throws InterruptedException {
    ManagedChannel client = federation.channel(GatewayChain.FROM, "declarations");
    Rounds rounds = new Rounds("take-over", Subject.ENTENTE);
    List<Double> seconds = new ArrayList<>();
    for (int i = 0; i < effort.scenarios().takeOvers(); i++) {
      String leader = cluster.awaitLeader();
      Instant killed = Instant.now();
      long start = System.nanoTime();
      cluster.kill(leader);
      publish(client, "take-over-" + i, start);
      seconds.add((System.nanoTime() - start) / SECOND);
      rounds.add(
          "takeover.seconds",
          "SIGKILL of the leader until the next one has accepted a draft",
          "s",
          seconds.get(i));
      TakeOverSteps steps =
          TakeOverSteps.read(cluster.plan(cluster.awaitLeader()).log(), killed, Instant.now());
      rounds.add("takeover.elected", "until another one is elected", "s", steps.elected());
      rounds.add(
          "takeover.alone",
          "until it has the keys, and no lease of the last one lasts",
          "s",
          steps.alone());
      rounds.add("takeover.open", "until its gateway is open", "s", steps.open());
      rounds.add("takeover.first", "until it has accepted a draft", "s", steps.first());
      cluster.start();
    }
    rounds.addTo(results, say);
    results.add(
        new Figure(
            LONGEST,
            "take-over",
            Subject.ENTENTE,
            "the longest of " + seconds.size(),
            "s",
            Spread.of(List.of(Collections.max(seconds)))));
  }

  /** Repeats a draft until it is accepted, without the pauses that a client's channel makes. */
  private static void publish(ManagedChannel client, String key, long killed)
      throws InterruptedException {
    PublishRequest request = PublishRequest.newBuilder().setDraft(GatewayChain.single(key)).build();
    while (!isAccepted(client, request)) {
      if (System.nanoTime() - killed > TAKE_OVER.toNanos()) {
        throw new MeasurementFailure("no machine took over within " + TAKE_OVER);
      }
      TimeUnit.MILLISECONDS.sleep(PAUSE_MS);
    }
  }

  private static boolean isAccepted(ManagedChannel client, PublishRequest request) {
    client.resetConnectBackoff();
    try {
      return PublisherGrpc.newBlockingStub(client)
          .withDeadlineAfter(ANSWER)
          .publish(request)
          .getOutcome()
          .hasAccepted();
    } catch (StatusRuntimeException e) {
      // Nobody serves yet.
      return false;
    }
  }
}
