package org.entente.loadtests.bench;

import java.util.List;
import java.util.function.Consumer;
import org.entente.loadtests.federation.Federation;
import org.entente.loadtests.isolation.Backlog;
import org.entente.loadtests.isolation.QueueMeasurement;
import org.entente.loadtests.isolation.WarningStream;

/**
 * Queue of messages of 1 KiB for a recipient behind a dead transit: growth of the sender's memory,
 * and rate of draining after the transit's return. Measured once, since it takes minutes.
 */
final class QueueGrowth {
  /** Number of messages of the target figure. */
  private static final int ASKED = 1_000_000;

  private static final int WINDOW = 2_000;
  private static final double MIB = 1 << 20;

  private final Federation federation;
  private final int messages;
  private final Results results;
  private final Consumer<String> say;

  QueueGrowth(Federation federation, int messages, Results results, Consumer<String> say) {
    this.federation = federation;
    this.messages = messages;
    this.results = results;
    this.say = say;
  }

  /** Queues and drains; fails if a message is lost. */
  void run() throws InterruptedException {
    say.accept("queueing " + messages + " messages for a dead peer");
    Transit.startBetween(federation);
    WarningStream stream =
        new WarningStream(
            federation, GatewayChain.FROM, List.of(GatewayChain.TO), "queued", Effort.KIB, WINDOW);
    stream.subscribe();
    Backlog backlog =
        new QueueMeasurement(federation, stream, GatewayChain.FROM, Transit.HUB, say)
            .queue(messages);
    Rounds rounds =
        new Rounds("%,d messages of 1 KiB for a dead peer".formatted(messages), Subject.ENTENTE);
    rounds.add(
        messages == ASKED ? "backlog_rss_growth_mib" : "backlog.rss." + messages,
        "growth of the sender's resident memory after the first tenth",
        "MiB",
        backlog.residentGrowth() / MIB);
    rounds.add("backlog.through", "before the peer dies", "messages/s", backlog.through());
    rounds.add(
        "backlog.drained", "from the peer's start to the last", "messages/s", backlog.drained());
    rounds.addTo(results, say);
    if (backlog.repeated() > 0) {
      results.note(backlog.repeated() + " deliveries of the backlog came again to the subscriber");
    }
  }
}
