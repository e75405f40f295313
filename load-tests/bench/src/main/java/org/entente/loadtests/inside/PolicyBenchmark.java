package org.entente.loadtests.inside;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.entente.gateway.policy.decide.CacheFigures;
import org.entente.gateway.policy.decide.Policy;
import org.entente.gateway.policy.decide.PolicyDecision;
import org.entente.loadtests.federation.ConfigurationHome;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Time of a decision of the sender's policy on one recipient, with a gateway's classes. Decides the
 * drafts of {@link DraftMix} in turn, so that no two successive decisions are the same. Without
 * cache the policy keeps no ruling; with cache it keeps as many as a gateway, and has all of them
 * after the first turn.
 *
 * <p>Run by JMH, in one thread.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class PolicyBenchmark {
  /** Number of agreements. */
  @Param({"10", "100", "1000"})
  public int agreements;

  /** Whether rulings are cached. */
  @Param({"false", "true"})
  public boolean cache;

  private @Nullable BenchmarkInput prepared;
  private int next;

  /** The drafts and the policy that decides them. */
  private record BenchmarkInput(Policy policy, List<DraftMix.ExpectedDraft> asked, Instant now) {}

  /** A state that JMH fills. */
  public PolicyBenchmark() {}

  /** Writes and loads the agreements, and checks that each draft has its expected decision. */
  @Setup
  public void prepare() throws IOException {
    Instant now = InstantSource.system().instant();
    Path folder = Files.createTempDirectory("entente-policy-");
    try {
      Path config = ConfigurationHome.find().folder().resolve("config");
      LargeRulebook written =
          LargeRulebook.written(config, folder.resolve("agreements"), agreements, now);
      Policy policy =
          new Policy(
              written.rulebook(), written.members(), cache ? Policy.DEFAULT_CACHE_ENTRIES : 0);
      List<DraftMix.ExpectedDraft> asked = DraftMix.of(written, now).asked();
      asked.forEach(it -> it.decided(policy, now));
      prepared = new BenchmarkInput(policy, asked, now);
    } finally {
      delete(folder);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path file : all.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.delete(file);
      }
    }
  }

  /** One decision. */
  @Benchmark
  public PolicyDecision decision() {
    BenchmarkInput it = prepared();
    next = next + 1 < it.asked().size() ? next + 1 : 0;
    DraftMix.ExpectedDraft asked = it.asked().get(next);
    return it.policy().egress().decide(asked.draft(), asked.origin(), it.now());
  }

  /** Checks that rulings were cached exactly if they should be. */
  @TearDown
  public void keptAsAsked() {
    CacheFigures figures = prepared().policy().cacheFigures();
    if (cache != figures.hits() > figures.misses()) {
      throw new IllegalStateException("cache " + cache + ", and " + figures);
    }
  }

  private BenchmarkInput prepared() {
    BenchmarkInput it = prepared;
    if (it == null) {
      throw new IllegalStateException("JMH prepares before it measures");
    }
    return it;
  }
}
