package org.entente.loadtests.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.entente.certsdev.FederationSpec;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.loadtests.federation.ConfigurationHome;
import org.entente.loadtests.federation.Federation;
import org.entente.loadtests.federation.ThrowawayFolder;
import org.entente.loadtests.measure.MeasuredContent;
import org.entente.loadtests.measure.MeasurementFailure;
import org.entente.loadtests.measure.Saturation;
import org.entente.loadtests.measure.Spread;
import org.entente.proto.v1.Lane;
import org.jspecify.annotations.Nullable;

/**
 * One benchmark run: both chains in turns, then the baselines. Everything it starts ends with it.
 * Closing from another thread, as on an interrupt, ends it early.
 */
final class Bench implements AutoCloseable {
  private static final String FILE = "results.json";

  private final Path folder;
  private final Federation federation;
  private final FederationPool grounds;
  private final Effort effort;
  private final Results results;
  private final Consumer<String> say;
  private final @Nullable BaselineRunner baselines;
  private final AnsweringProcess program = new AnsweringProcess();
  private Set<String> chosen;
  private boolean failed;

  /**
   * A run that has not begun.
   *
   * @param baselines class path of the baselines; null for none
   * @param say receives progress lines
   */
  Bench(Effort effort, @Nullable String baselines, Consumer<String> say) {
    this.effort = effort;
    this.say = say;
    chosen = effort.scenarios().chosen();
    ConfigurationHome home = ConfigurationHome.find();
    folder = ThrowawayFolder.create();
    federation = Federation.mint(home, folder, effort.machine());
    grounds = new FederationPool(home, folder, effort.machine());
    results = new Results(Setting.here(effort, home.folder(), folder, InstantSource.system()));
    this.baselines =
        baselines == null ? null : new BaselineRunner(baselines, folder, effort, results, say);
  }

  /**
   * Measures everything.
   *
   * @param recordings folder for the gateways' profiles under saturation; null for none
   */
  Results run(@Nullable Path recordings) throws InterruptedException {
    long start = System.nanoTime();
    try {
      Results unused = chains(recordings);
      new StartupTime(federation, effort, results, say).run();
    } catch (MeasurementFailure failure) {
      note("the two gateways", failure);
    } finally {
      federation.close();
    }
    scenarios();
    if (baselines == null) {
      results.note("run without baselines");
    } else {
      baselines.run(program);
    }
    long took = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start);
    results.note("the run took " + took + " s");
    return results;
  }

  /**
   * Measures only both chains, in turns; the gateways continue to run.
   *
   * @param recordings as above
   */
  Results chains(@Nullable Path recordings) throws InterruptedException {
    say.accept("starting two gateways and the raw chain");
    try (Rig rig = new Rig(federation)) {
      Throughput throughput = new Throughput(rig, effort, results, say);
      throughput.warmUp();
      throughput.run();
      Spread capacity =
          results
              .figure(Throughput.id(Throughput.HandOverMode.ENTENTE_STREAM, Effort.KIB))
              .spread();
      // Right after the capacity, of which its rates are parts.
      Latency latency = new Latency(rig, effort, results, say);
      latency.run(capacity.median());
      latency.flash();
      new MessageCounts(federation, rig.gateways(), effort, results, say).run();
      if (recordings != null) {
        new Profile(rig.gateways(), federation, say).record(recordings);
      }
      throughput.variations();
    }
    return results;
  }

  /**
   * Measures only the counts of a message, without the raw chain and the baselines.
   *
   * @param recordings as above
   */
  Results counts(@Nullable Path recordings) throws InterruptedException {
    say.accept("starting two gateways");
    DirectLink.start(federation);
    GatewayChain gateways = new GatewayChain(federation);
    say.accept("warming up");
    MeasuredContent content = new MeasuredContent(Effort.KIB);
    double unused =
        new Saturation(
                gateways.stream(Lane.LANE_ROUTINE, content),
                gateways.arrivals(Lane.LANE_ROUTINE),
                1,
                Throughput.window(content.bytes()))
            .run(Duration.ZERO, effort.warmUp());
    new MessageCounts(federation, gateways, effort, results, say).run();
    if (recordings != null) {
      new Profile(gateways, federation, say).record(recordings);
    }
    federation.close();
    return results;
  }

  /**
   * Measures only these scenarios, without the chains and the baselines.
   *
   * @param names of {@link Effort.Scenarios#ALL}
   */
  Results only(Set<String> names) throws InterruptedException {
    chosen = Set.copyOf(names);
    results.note("only " + String.join(", ", names));
    federation.close();
    scenarios();
    return results;
  }

  /** Whether a scenario failed; the notes name it and the reason. */
  boolean failed() {
    return failed;
  }

  /** A scenario with its own gateways. */
  @FunctionalInterface
  private interface BenchScenario {
    void run(Federation federation) throws InterruptedException;
  }

  /** Runs the chosen scenarios, one after the other. */
  private void scenarios() throws InterruptedException {
    if (chosen.contains("policy")) {
      new PolicyDecisionCost(folder.resolve("agreements"), effort, results, say).run();
    }
    scenario("transit", List.of(), on -> new Transit(on, effort, results, say).run());
    scenario("wire", List.of(), on -> new WireCost(on, effort, results, say).run());
    int stored = effort.scenarios().stored();
    scenario("disk", List.of(), on -> new DiskCost(on, stored, results, say).run());
    scenario(
        "fanout",
        FanoutCost.members(effort),
        on -> new FanoutCost(on, folder.resolve("transmit"), effort, results, say).run());
    scenario("subscribers", List.of(), on -> new Subscribers(on, effort, results, say).run());
    scenario(
        "attachments",
        List.of(),
        on -> new AttachmentCost(on, folder.resolve("curl"), effort, results, say).run());
    scenario(
        "kafka",
        List.of(),
        on -> new KafkaRate(on, folder.resolve("broker"), effort, results, say).run(program));
    scenario("sustained", List.of(), on -> new SustainedRate(on, effort, results, say).run());
    int queued = effort.scenarios().queued();
    scenario("queued", List.of(), on -> new QueueGrowth(on, queued, results, say).run());
    ClusterCost cluster = new ClusterCost(effort, results, say);
    scenario("cluster", List.of(), cluster::alone);
    scenario("cluster", List.of(), cluster::replicated);
  }

  /** Runs one scenario if it is chosen; its failure loses only its own figures. */
  private void scenario(String name, List<FederationSpec.Agency> further, BenchScenario scenario)
      throws InterruptedException {
    if (!chosen.contains(name)) {
      return;
    }
    try (FederationPool.Ground ground = grounds.mint(name, further)) {
      scenario.run(ground.federation());
    } catch (MeasurementFailure | CommandFailure failure) {
      note("scenario " + name, failure);
    }
  }

  private void note(String what, RuntimeException failure) {
    failed = true;
    String told = what + " failed: " + failure.getMessage();
    say.accept(told);
    results.note(told);
  }

  /** Writes results, page and charts into a folder. */
  static void write(Results results, Path to) {
    try {
      Files.createDirectories(to);
      Files.writeString(to.resolve(FILE), results.json() + "\n", StandardCharsets.UTF_8);
      draw(results, to);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes the page and charts of the results in a folder again. */
  static void redraw(Path folder) {
    draw(Results.read(folder.resolve(FILE)), folder);
  }

  private static void draw(Results results, Path to) {
    try {
      Map<String, String> charts = Charts.draw(results, to);
      Files.writeString(
          to.resolve("results.md"), Markdown.page(results, charts), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    federation.close();
    grounds.close();
    program.close();
    ThrowawayFolder.delete(folder);
  }
}
