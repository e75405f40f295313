package org.entente.gateway.ledger;

import java.util.Set;
import org.entente.gateway.model.DeskName;

/**
 * Where a client sits.
 *
 * @param desks none for a client that is given whatever desk it is for
 * @param only whether it is given nothing that is directed to no desk
 */
public record DeskSeat(Set<DeskName> desks, boolean only) {
  /** At no desk. */
  public static final DeskSeat NONE = new DeskSeat(Set.of(), false);

  public DeskSeat {
    desks = Set.copyOf(desks);
    if (only && desks.isEmpty()) {
      throw new IllegalArgumentException("a client without desks would be given nothing");
    }
  }

  boolean isNone() {
    return desks.isEmpty();
  }

  boolean isAt(String name) {
    return desks.stream().anyMatch(desk -> desk.value().equals(name));
  }
}
