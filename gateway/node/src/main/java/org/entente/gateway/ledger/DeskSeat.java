package org.entente.gateway.ledger;

import java.util.Set;
import org.entente.gateway.model.DeskName;

/**
 * The desks of a client.
 *
 * @param desks empty for a client that gets messages for every desk
 * @param only whether the client gets no messages that are directed to no desk
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
