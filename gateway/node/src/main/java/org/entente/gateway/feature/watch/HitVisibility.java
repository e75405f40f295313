package org.entente.gateway.feature.watch;

import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.table.InboxTable;

/** Checks whether a message is still at its place, and neither recalled nor restricted. */
final class HitVisibility {
  private HitVisibility() {}

  static boolean isStill(Transaction tx, Ledger ledger, InboxTable.PlacedRecord seen) {
    InboxTable.PlacedRecord now = ledger.inbox().place(tx, seen.lane(), seen.position());
    return now != null
        && !now.record().getRecalled()
        && !now.record().getRestricted()
        && now.record().getMessageId().equals(seen.record().getMessageId());
  }
}
