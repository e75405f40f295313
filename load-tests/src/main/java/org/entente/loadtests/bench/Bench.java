package org.entente.loadtests.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.entente.loadtests.federation.Federation;
import org.entente.loadtests.federation.Home;
import org.entente.loadtests.federation.Machine;
import org.entente.loadtests.federation.ThrowawayFolder;
import org.entente.loadtests.measure.Spread;
import org.jspecify.annotations.Nullable;

/**
 * One run: both chains in turns, then the baselines. Everything it starts ends with it; closing
 * from another thread, as when the command is interrupted, ends it early.
 */
final class Bench implements AutoCloseable {
  private final Path folder;
  private final Federation federation;
  private final Grounds grounds;
  private final Effort effort;
  private final Results results;
  private final Consumer<String> say;
  private final @Nullable Baselines baselines;

  /**
   * A run that has not begun.
   *
   * @param baselines their class path; null: without
   * @param say told of progress
   */
  Bench(Effort effort, @Nullable String baselines, Consumer<String> say) {
    this.effort = effort;
    this.say = say;
    Home home = Home.find();
    folder = ThrowawayFolder.create();
    federation = Federation.mint(home, folder, Machine.THROUGHPUT);
    grounds = new Grounds(home, folder);
    results = new Results(Setting.here(effort, home.folder(), folder, InstantSource.system()));
    this.baselines =
        baselines == null ? null : new Baselines(baselines, folder, effort, results, say);
  }

  /**
   * Measures everything.
   *
   * @param recordings where the gateways' profiles under saturation are written; null: none
   */
  Results run(@Nullable Path recordings) throws InterruptedException {
    long start = System.nanoTime();
    try {
      Results unused = chains(recordings);
      new Starting(federation, effort, results, say).run();
    } finally {
      federation.close();
    }
    scenarios();
    if (baselines == null) {
      results.note("run without baselines");
    } else {
      baselines.run();
    }
    long took = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start);
    results.note("the run took " + took + " s");
    return results;
  }

  /**
   * Measures both chains in turns and nothing else; the gateways run on.
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
          results.figure(Throughput.id(Throughput.Way.ENTENTE_STREAM, Effort.KIB)).spread();
      Latency latency = new Latency(rig, effort, results, say);
      latency.run(capacity.median());
      latency.flash();
      if (recordings != null) {
        new Profile(rig.gateways(), federation, say).record(recordings);
      }
    }
    return results;
  }

  /** Those that have gateways of their own, one after the other. */
  private void scenarios() throws InterruptedException {
    new PolicyDecision(folder.resolve("agreements"), effort, results, say).run();
    try (Grounds.Ground ground = grounds.mint("transit")) {
      new Transit(ground.federation(), effort, results, say).run();
    }
    try (Grounds.Ground ground = grounds.mint("wire")) {
      new Wire(ground.federation(), effort, results, say).run();
    }
    if (effort.scenarios().stored() > 0) {
      try (Grounds.Ground ground = grounds.mint("disk")) {
        new Disk(ground.federation(), effort.scenarios().stored(), results, say).run();
      }
    }
    if (!effort.scenarios().recipients().isEmpty()) {
      try (Grounds.Ground ground = grounds.mint("fanout", Fanout.members(effort))) {
        new Fanout(ground.federation(), folder.resolve("transmit"), effort, results, say).run();
      }
    }
    if (!effort.scenarios().subscribers().isEmpty()) {
      try (Grounds.Ground ground = grounds.mint("subscribers")) {
        new Subscribers(ground.federation(), effort, results, say).run();
      }
    }
    if (effort.scenarios().queued() > 0) {
      try (Grounds.Ground ground = grounds.mint("queued")) {
        new Queued(ground.federation(), effort.scenarios().queued(), results, say).run();
      }
    }
  }

  /** Writes results, page and charts into a folder. */
  static void write(Results results, Path to) {
    try {
      Files.createDirectories(to);
      Files.writeString(to.resolve("results.json"), results.json() + "\n", StandardCharsets.UTF_8);
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
    if (baselines != null) {
      baselines.close();
    }
    ThrowawayFolder.delete(folder);
  }
}
