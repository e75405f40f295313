package org.entente.gateway.transmit;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.entente.gateway.model.AgencyName;

/**
 * Maps an agency to the linked peer that leads to it: the agency itself if it is linked, otherwise
 * the first linked transit that the trust bundle names for it. Immutable except for the bundle it
 * reads; safe for many threads.
 */
public final class RoutingTable {
  private final Set<AgencyName> links;
  private final Function<AgencyName, List<AgencyName>> transitsOf;

  /**
   * Creates routes over links.
   *
   * @param links agencies to which this gateway is configured to hold a link
   * @param transitsOf the transits of an agency in the bundle in force, best first; empty for an
   *     agency that is not a member
   */
  public RoutingTable(Set<AgencyName> links, Function<AgencyName, List<AgencyName>> transitsOf) {
    this.links = Collections.unmodifiableSortedSet(new TreeSet<>(links));
    this.transitsOf = transitsOf;
  }

  /** The next peer towards a recipient, if there is one. */
  public Optional<AgencyName> nextHop(AgencyName recipient) {
    return nextHop(recipient, Set.of());
  }

  /** The peer to hand it to, if there is one besides some transits. */
  Optional<AgencyName> nextHop(AgencyName recipient, Set<AgencyName> without) {
    if (links.contains(recipient)) {
      return Optional.of(recipient);
    }
    return transitsOf.apply(recipient).stream()
        .filter(transit -> links.contains(transit) && !without.contains(transit))
        .findFirst();
  }

  /** All directly linked agencies, by name. */
  public Set<AgencyName> links() {
    return links;
  }
}
