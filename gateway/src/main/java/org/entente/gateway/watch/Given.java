package org.entente.gateway.watch;

import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.table.InboxBook;

/** Whether a message is still where it was seen, and was neither recalled nor restricted. */
final class Given {
  private Given() {}

  static boolean isStill(Transaction tx, Ledger ledger, InboxBook.Placed seen) {
    InboxBook.Placed now = ledger.inbox().place(tx, seen.lane(), seen.position());
    return now != null
        && !now.record().getRecalled()
        && !now.record().getRestricted()
        && now.record().getMessageId().equals(seen.record().getMessageId());
  }
}
