package org.entente.gateway.node.assembly;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.entente.gateway.deliver.Subscriptions;
import org.entente.gateway.meter.LogRateLimit;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.receive.NoticeExchange;
import org.entente.gateway.receive.Reporter;
import org.entente.gateway.receive.StanzaRequests;
import org.entente.gateway.seal.format.OriginNumber;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes events of reception to subscriptions and notices. Reception is wired before its listeners,
 * which are set once they exist; until then nothing is received. Watermarks of one origin within
 * one tick become one statement, and so do requests for new stanzas.
 */
final class ReceptionReporter implements Reporter {
  private static final Logger LOG = LoggerFactory.getLogger(ReceptionReporter.class);

  private static final int MOST_LINES = 10;
  private static final Duration LINES_IN = Duration.ofMinutes(1);

  private final Meters meters;
  private final LogRateLimit lines;
  private final Predicate<Runnable> afterWriting;
  private final Set<AgencyName> toReport = ConcurrentHashMap.newKeySet();
  private final StanzaRequests requests = new StanzaRequests();
  private volatile @Nullable Listeners listeners;

  private record Listeners(Subscriptions subscriptions, NoticeExchange notices) {}

  /**
   * @param afterWriting runs an action on the thread that commits a lone message, after its commit;
   *     false on any other thread
   */
  ReceptionReporter(Meters meters, InstantSource clock, Predicate<Runnable> afterWriting) {
    this.meters = meters;
    this.afterWriting = afterWriting;
    this.lines = new LogRateLimit(clock, LINES_IN, MOST_LINES);
  }

  void listen(Subscriptions subscriptions, NoticeExchange notices) {
    listeners = new Listeners(subscriptions, notices);
  }

  /** Sends the statements that are due. */
  void tick() {
    Listeners to = listeners;
    if (to != null) {
      for (AgencyName origin : List.copyOf(toReport)) {
        toReport.remove(origin);
        to.notices().reportTo(origin);
      }
      requests.send(to.notices()::askAgain);
      to.notices().takeDue();
    }
  }

  @Override
  public void arrived() {
    Listeners to = listeners;
    if (to != null && !afterWriting.test(to.subscriptions()::arrivedHere)) {
      to.subscriptions().arrived();
    }
  }

  @Override
  public void reportTo(AgencyName origin) {
    toReport.add(origin);
  }

  @Override
  public void askAgain(AgencyName origin, List<OriginNumber> numbers) {
    requests.add(origin, numbers);
  }

  @Override
  public void lost(AgencyName origin, Lane lane, long numbers) {
    meters.lost(origin, lane, numbers);
    String text =
        ("%d numbers of %s from %s will never arrive: %s no longer has them queued, so its"
                + " ledger or this gateway's has lost them")
            .formatted(numbers, lane, origin, origin);
    lines.line(origin.value(), text).ifPresent(LOG::warn);
  }

  @Override
  public void refused(AgencyName peer, Code code) {
    meters.refused(Meters.Side.PEER, code);
  }
}
