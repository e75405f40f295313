package org.entente.gateway.search;

import org.entente.gateway.ledger.table.InboxBook;
import org.entente.gateway.model.Lane;

/**
 * Where a message lies in the inbox, as one number that rises with the position: position · 4 +
 * lane.
 */
record Place(Lane lane, long position) {
  private static final int BITS = 2;
  private static final int MASK = (1 << BITS) - 1;

  static Place of(InboxBook.Placed placed) {
    return new Place(placed.lane(), placed.position());
  }

  static Place of(long number) {
    return new Place(Lane.of((int) (number & MASK) + 1), number >>> BITS);
  }

  long number() {
    return position << BITS | (lane.number() - 1);
  }
}
