package org.entente.gateway.feature.search;

import org.entente.gateway.ledger.table.InboxTable;
import org.entente.gateway.model.Lane;

/**
 * A message's position in the inbox as one number that rises with the position: position · 4 +
 * lane.
 */
record InboxPosition(Lane lane, long position) {
  private static final int BITS = 2;
  private static final int MASK = (1 << BITS) - 1;

  static InboxPosition of(InboxTable.PlacedRecord placed) {
    return new InboxPosition(placed.lane(), placed.position());
  }

  static InboxPosition of(long number) {
    return new InboxPosition(Lane.of((int) (number & MASK) + 1), number >>> BITS);
  }

  long number() {
    return position << BITS | (lane.number() - 1);
  }
}
