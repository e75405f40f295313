package org.entente.gateway.transmit;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.table.OutboxTable;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.seal.format.OriginNumber;

/**
 * Renumbers mail that has waited through many restarts. Every start begins an epoch of numbers, and
 * a recipient keeps only the latest few. Before the recipient stops accepting an epoch with waiting
 * mail, everything owed to it in that lane gets numbers of the present epoch, in order.
 */
public final class EpochRenumbering {
  /** Most entries read at once; those moved keep their order even after a crash. */
  private static final int PAGE = 4_096;

  private final Ledger ledger;
  private final DeliverySettlement settlement;

  /** Creates the renumbering of a ledger. */
  public EpochRenumbering(Ledger ledger, DeliverySettlement settlement) {
    this.ledger = ledger;
    this.settlement = settlement;
  }

  /**
   * Moves the messages of old epochs and returns how many. Called at startup, before new numbers
   * are assigned.
   */
  public int renumber() {
    int moved = 0;
    for (Lane lane : Lane.all()) {
      for (AgencyName recipient : ledger.outbox().recipients(lane)) {
        if (isDue(recipient, lane)) {
          moved += renumber(recipient, lane);
        }
      }
    }
    return moved;
  }

  private boolean isDue(AgencyName recipient, Lane lane) {
    long oldest = ledger.outbox().oldestEpoch(recipient, lane);
    return ledger.outbox().page(recipient, lane, null, 1).stream()
        .anyMatch(first -> first.number().epoch() < oldest);
  }

  private int renumber(AgencyName recipient, Lane lane) {
    long present = ledger.outbox().epoch(recipient, lane);
    AtomicInteger moved = new AtomicInteger();
    OriginNumber after = null;
    boolean more = true;
    while (more) {
      List<OriginNumber> page = new ArrayList<>();
      for (OutboxTable.NumberedEntry one : ledger.outbox().page(recipient, lane, after, PAGE)) {
        if (one.number().epoch() < present) {
          page.add(one.number());
        }
      }
      ledger.commitEach(
          lane,
          page,
          (tx, number) -> {
            if (settlement.renumber(tx, recipient, number)) {
              tx.afterCommit(moved::incrementAndGet);
            }
          });
      more = page.size() == PAGE;
      after = more ? page.get(PAGE - 1) : null;
    }
    return moved.get();
  }
}
