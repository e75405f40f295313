package org.entente.gateway.transmit;

import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.table.OutboxTable;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.seal.format.OriginNumber;

/**
 * Renumbers mail that has waited through many restarts. Every start begins an epoch of numbers, and
 * a recipient keeps only the latest few. Before the recipient stops accepting an epoch with waiting
 * mail, everything owed to it in that lane gets numbers of the present epoch, in order.
 *
 * <p>A start that is interrupted meanwhile leaves the first part under numbers of its epoch, and
 * the rest under lower ones. So what was renumbered comes first, that of the latest start before
 * that of earlier ones: it was taken from the front.
 */
public final class EpochRenumbering {
  /** Most entries read at once. */
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
    int moved = 0;
    for (long epoch : renumberedIn(recipient, lane).descendingSet()) {
      moved +=
          renumber(
              recipient, lane, one -> one.entry().getRenumbered() && one.number().epoch() == epoch);
    }
    return moved + renumber(recipient, lane, one -> true);
  }

  /** Earlier epochs in which entries were renumbered. */
  private NavigableSet<Long> renumberedIn(AgencyName recipient, Lane lane) {
    NavigableSet<Long> epochs = new TreeSet<>();
    each(
        recipient,
        lane,
        page ->
            page.stream()
                .filter(one -> one.entry().getRenumbered())
                .forEach(one -> epochs.add(one.number().epoch())));
    return epochs;
  }

  private int renumber(
      AgencyName recipient, Lane lane, Predicate<OutboxTable.NumberedEntry> which) {
    AtomicInteger moved = new AtomicInteger();
    each(
        recipient,
        lane,
        page ->
            ledger.commitEach(
                lane,
                page.stream().filter(which).map(OutboxTable.NumberedEntry::number).toList(),
                (tx, number) -> {
                  if (settlement.renumber(tx, recipient, number)) {
                    tx.afterCommit(moved::incrementAndGet);
                  }
                }));
    return moved.get();
  }

  /** Passes on the entries of earlier epochs, in the order of their numbers. */
  private void each(
      AgencyName recipient, Lane lane, Consumer<List<OutboxTable.NumberedEntry>> take) {
    long present = ledger.outbox().epoch(recipient, lane);
    OriginNumber after = null;
    boolean more = true;
    while (more) {
      List<OutboxTable.NumberedEntry> page =
          ledger.outbox().page(recipient, lane, after, PAGE).stream()
              .filter(one -> one.number().epoch() < present)
              .toList();
      take.accept(page);
      more = page.size() == PAGE;
      after = more ? page.get(PAGE - 1).number() : null;
    }
  }
}
