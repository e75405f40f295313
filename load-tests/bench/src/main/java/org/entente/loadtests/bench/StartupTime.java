package org.entente.loadtests.bench;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.entente.loadtests.federation.Federation;

/**
 * Time of a gateway from the start of its process until it is ready, with the run's data in its
 * ledger, and its resident memory then while idle.
 */
final class StartupTime {
  private static final String SCENARIO = "start with existing data";
  private static final double MIB = 1 << 20;

  private final Federation federation;
  private final Effort effort;
  private final Results results;
  private final Consumer<String> say;

  StartupTime(Federation federation, Effort effort, Results results, Consumer<String> say) {
    this.federation = federation;
    this.effort = effort;
    this.results = results;
    this.say = say;
  }

  /** Stops and starts the sender's gateway. It and its peer must run. */
  void run() throws InterruptedException {
    say.accept("restarting the sender's gateway");
    federation.disconnect();
    Rounds rounds = new Rounds(SCENARIO, Subject.ENTENTE);
    for (int i = 0; i < effort.repeats(); i++) {
      federation.stop(GatewayChain.FROM);
      long start = System.nanoTime();
      federation.start(List.of(GatewayChain.FROM));
      rounds.add(
          "start_ready_ms",
          "start of the process to ready",
          "ms",
          (System.nanoTime() - start) / (double) TimeUnit.MILLISECONDS.toNanos(1));
      TimeUnit.MILLISECONDS.sleep(effort.scenarios().rest().toMillis());
      rounds.add(
          "rss_idle_mib",
          "resident, idle, " + effort.scenarios().rest().toMillis() + " ms after that",
          "MiB",
          new Usage(federation.pid(GatewayChain.FROM)).resident() / MIB);
    }
    rounds.addTo(results, say);
  }
}
