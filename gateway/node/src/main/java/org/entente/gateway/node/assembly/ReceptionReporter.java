package org.entente.gateway.node.assembly;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.entente.gateway.deliver.Subscriptions;
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

  private final Meters meters;
  private final Set<AgencyName> toReport = ConcurrentHashMap.newKeySet();
  private final StanzaRequests requests = new StanzaRequests();
  private volatile @Nullable Listeners listeners;

  private record Listeners(Subscriptions subscriptions, NoticeExchange notices) {}

  ReceptionReporter(Meters meters) {
    this.meters = meters;
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
    if (to != null) {
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
    LOG.warn(
        "{} numbers of {} from {} will never arrive: {} no longer has them queued, so its ledger"
            + " or this gateway's has lost them",
        numbers,
        lane,
        origin,
        origin);
  }

  @Override
  public void refused(AgencyName peer, Code code) {
    meters.refused(Meters.Side.PEER, code);
  }
}
