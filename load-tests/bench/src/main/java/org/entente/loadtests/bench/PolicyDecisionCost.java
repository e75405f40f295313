package org.entente.loadtests.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import org.entente.loadtests.federation.ConfigurationHome;
import org.entente.loadtests.inside.DecisionProbe;

/** Time of a decision of the sender's policy on one recipient, with 1,000 agreements. */
final class PolicyDecisionCost {
  private static final int AGREEMENTS = 1_000;
  private static final String UNIT = "µs";

  private final Path folder;
  private final Effort effort;
  private final Results results;
  private final Consumer<String> say;

  /**
   * A measurement that has not begun.
   *
   * @param folder for the agreements; must not exist
   */
  PolicyDecisionCost(Path folder, Effort effort, Results results, Consumer<String> say) {
    this.folder = folder;
    this.effort = effort;
    this.results = results;
    this.say = say;
  }

  /** Measures in this process, while no gateway runs. */
  void run() {
    say.accept("policy with " + AGREEMENTS + " agreements");
    DecisionProbe deciding =
        new DecisionProbe(ConfigurationHome.find().folder().resolve("config"), folder, AGREEMENTS);
    Duration time = effort.saturated().dividedBy(2);
    Rounds rounds =
        new Rounds("policy decision, %,d agreements".formatted(AGREEMENTS), Subject.PART);
    for (boolean remembered : new boolean[] {false, true}) {
      double unused = deciding.micros(remembered, time);
      for (int i = 0; i < effort.repeats(); i++) {
        rounds.add(
            remembered ? "policy_cached_us" : "policy_uncached_us",
            remembered ? "rulings kept, as a gateway keeps them" : "no ruling kept",
            UNIT,
            deciding.micros(remembered, time));
      }
    }
    rounds.addTo(results, say);
  }
}
