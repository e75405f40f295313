package org.entente.gateway.transmit;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.stream.Stream;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Maps an agency to the linked peer that leads to it: the agency itself if it is linked, otherwise
 * a linked transit that the trust bundle names for it. Only peers whose link carries mail now
 * count: first a transit that brought mail which another one did not, then the others in their
 * order. If no link carries mail, the first peer is used. Safe for many threads.
 */
public final class RoutingTable {
  private static final Logger LOG = LoggerFactory.getLogger(RoutingTable.class);

  private final Set<AgencyName> links;
  private final Function<AgencyName, List<AgencyName>> transitsOf;
  private final BiPredicate<AgencyName, Lane> carries;
  private final Map<AgencyName, AgencyName> proven = new ConcurrentHashMap<>();
  private final Map<AgencyName, Long> bypassed = new ConcurrentHashMap<>();

  /**
   * Creates routes over links.
   *
   * @param links agencies to which this gateway is configured to hold a link
   * @param transitsOf the transits of an agency in the bundle in force, best first; empty for an
   *     agency that is not a member
   * @param carries whether a peer's link takes mail of a lane now
   */
  public RoutingTable(
      Set<AgencyName> links,
      Function<AgencyName, List<AgencyName>> transitsOf,
      BiPredicate<AgencyName, Lane> carries) {
    this.links = Collections.unmodifiableSortedSet(new TreeSet<>(links));
    this.transitsOf = transitsOf;
    this.carries = carries;
  }

  /** The next peer towards a recipient, if there is one. */
  public Optional<AgencyName> nextHop(AgencyName recipient, Lane lane) {
    return carrying(recipient, lane).findFirst().or(() -> hops(recipient).stream().findFirst());
  }

  /**
   * The next peer towards a recipient for mail that a peer brought. It does not go back to that
   * peer only because the links of all others are down: it waits for one of them.
   */
  public Optional<AgencyName> onward(AgencyName recipient, Lane lane, AgencyName from) {
    return Stream.concat(carrying(recipient, lane), hops(recipient).stream())
        .filter(hop -> !hop.equals(from))
        .findFirst();
  }

  /** All peers that lead to a recipient, best first. */
  public List<AgencyName> hops(AgencyName recipient) {
    return links.contains(recipient)
        ? List.of(recipient)
        : transitsOf.apply(recipient).stream().filter(links::contains).toList();
  }

  /**
   * Another peer towards a recipient whose link takes mail of a lane now.
   *
   * @param tried the peers that were tried, the latest last: one that was not is preferred, and the
   *     latest is left out
   */
  Optional<AgencyName> another(AgencyName recipient, Lane lane, List<AgencyName> tried) {
    return untried(recipient, lane, tried)
        .or(
            () ->
                carrying(recipient, lane)
                    .filter(hop -> tried.isEmpty() || !hop.equals(tried.get(tried.size() - 1)))
                    .findFirst());
  }

  /** A peer towards a recipient that was not tried and whose link takes mail of a lane now. */
  Optional<AgencyName> untried(AgencyName recipient, Lane lane, List<AgencyName> tried) {
    return carrying(recipient, lane).filter(hop -> !tried.contains(hop)).findFirst();
  }

  /** Whether a peer's link takes mail of a lane now. */
  boolean carries(AgencyName peer, Lane lane) {
    return carries.test(peer, lane);
  }

  private Stream<AgencyName> carrying(AgencyName recipient, Lane lane) {
    List<AgencyName> hops = hops(recipient);
    return Stream.concat(
            Stream.ofNullable(proven.get(recipient)).filter(hops::contains), hops.stream())
        .filter(hop -> carries.test(hop, lane));
  }

  /** Counts a transit that did not bring mail to a recipient, and prefers one that did. */
  void bypassed(AgencyName recipient, AgencyName transit, AgencyName by) {
    bypassed.merge(transit, 1L, Long::sum);
    if (!by.equals(proven.put(recipient, by))) {
      LOG.warn(
          "{} did not bring mail to {} in time, and {} did; mail goes by {} now",
          transit,
          recipient,
          by,
          by);
    }
  }

  /** How much mail each transit did not bring in time, and another did. */
  public Map<AgencyName, Long> bypassed() {
    return Map.copyOf(bypassed);
  }

  /** All directly linked agencies, by name. */
  public Set<AgencyName> links() {
    return links;
  }
}
