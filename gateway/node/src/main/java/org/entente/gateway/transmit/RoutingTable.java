package org.entente.gateway.transmit;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.entente.gateway.model.AgencyName;

/**
 * Which directly linked peer leads to an agency: the agency itself where there is a link to it,
 * otherwise the first of the transits named for it in the trust bundle to which there is a link.
 * Immutable but for the bundle behind it; safe for many threads.
 */
public final class RoutingTable {
  private final Set<AgencyName> links;
  private final Function<AgencyName, List<AgencyName>> transitsOf;

  /**
   * Routes over some links.
   *
   * @param links agencies to which this gateway is configured to hold a link
   * @param transitsOf the transits of an agency in the bundle in force, best first; empty for an
   *     agency that is no member
   */
  public RoutingTable(Set<AgencyName> links, Function<AgencyName, List<AgencyName>> transitsOf) {
    this.links = Collections.unmodifiableSortedSet(new TreeSet<>(links));
    this.transitsOf = transitsOf;
  }

  /** The peer to hand it to, if there is one. */
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
