package org.entente.gateway.policy.terms;

import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.trust.AgencyKind;

/** An agreement's parties as agencies of a membership. Immutable. */
public final class Coverage {
  /** The pair is not covered. */
  static final int NONE = -1;

  private final Agreement agreement;
  private final List<SortedSet<AgencyName>> from;
  private final List<SortedSet<AgencyName>> to;

  public Coverage(Agreement agreement, Membership membership) {
    this.agreement = agreement;
    this.from = agreement.parties().from().stream().map(p -> p.resolve(membership)).toList();
    this.to = agreement.parties().to().stream().map(p -> p.resolve(membership)).toList();
  }

  public Agreement agreement() {
    return agreement;
  }

  public boolean covers(AgencyName origin, AgencyName recipient) {
    return specificity(origin, recipient) != NONE;
  }

  /** Whether it lets an agency send or receive anything at all. */
  public boolean isParty(AgencyName agency) {
    return Stream.concat(from.stream(), to.stream()).anyMatch(some -> some.contains(agency));
  }

  /** How exactly the agreement names this pair; {@link #NONE} if it does not cover it. */
  public int specificity(AgencyName origin, AgencyName recipient) {
    int best = NONE;
    if (origin.equals(recipient)) {
      return best;
    }
    for (int i = 0; i < from.size(); i++) {
      if (!from.get(i).contains(origin)) {
        continue;
      }
      for (int j = 0; j < to.size(); j++) {
        if (to.get(j).contains(recipient) && agreement.parties().pairs(i, j)) {
          int exact =
              agreement.parties().from().get(i).specificity()
                  + agreement.parties().to().get(j).specificity();
          best = Math.max(best, exact);
        }
      }
    }
    return best;
  }

  /** The police agencies to which some customs authority may send under this agreement. */
  public Set<AgencyName> policeReachedByCustoms(Membership membership) {
    List<AgencyName> customs =
        origins().filter(a -> membership.kind(a) == AgencyKind.CUSTOMS).toList();
    return to.stream()
        .flatMap(Set::stream)
        .filter(a -> membership.kind(a) == AgencyKind.POLICE)
        .filter(police -> customs.stream().anyMatch(c -> covers(c, police)))
        .collect(Collectors.toSet());
  }

  private Stream<AgencyName> origins() {
    return from.stream().flatMap(Set::stream).distinct();
  }
}
