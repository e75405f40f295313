package org.entente.gateway.policy.terms;

import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.entente.gateway.config.ExactlyOne;
import org.entente.gateway.config.SchemaDescription;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.trust.AgencyKind;
import org.jspecify.annotations.Nullable;

/**
 * One party of an agreement as written in its file: exactly one of the first four components,
 * optionally narrowed to kinds of authorities.
 *
 * @param agency one agency
 * @param jurisdiction every member agency of a jurisdiction
 * @param group every member agency in a group of jurisdictions
 * @param allMembers every member of the federation
 * @param authorities only authorities of these kinds; null for any
 * @param amongThemselves whether agencies of this party may also share with each other
 */
@ExactlyOne({"agency", "jurisdiction", "group", "all_members"})
public record Party(
    @SchemaDescription("one agency") @Nullable AgencyName agency,
    @SchemaDescription(value = "every agency of a jurisdiction", form = "[A-Z]{2}")
        @Nullable String jurisdiction,
    @SchemaDescription("every agency in a group of jurisdictions") @Nullable String group,
    @SchemaDescription("every member, if true") @Nullable Boolean allMembers,
    @SchemaDescription("only such authorities; any if left out")
        @Nullable List<AgencyKind> authorities,
    @SchemaDescription("its own agencies may share with each other; false if left out")
        @Nullable Boolean amongThemselves) {
  /** How exactly a party names an agency; greater is more exact. */
  private static final int BY_NAME = 3;

  private static final int BY_JURISDICTION = 2;
  private static final int BY_GROUP = 1;

  /** The number of ways used to name the party; valid is 1. */
  public int named() {
    return (agency != null ? 1 : 0)
        + (jurisdiction != null ? 1 : 0)
        + (group != null ? 1 : 0)
        + (Boolean.TRUE.equals(allMembers) ? 1 : 0);
  }

  public boolean among() {
    return Boolean.TRUE.equals(amongThemselves);
  }

  int specificity() {
    if (agency != null) {
      return BY_NAME;
    }
    if (jurisdiction != null) {
      return BY_JURISDICTION;
    }
    return group != null ? BY_GROUP : 0;
  }

  /** The agencies that belong to this party. */
  public SortedSet<AgencyName> resolve(Membership membership) {
    SortedSet<AgencyName> found = new TreeSet<>();
    Set<AgencyKind> kinds =
        authorities == null || authorities.isEmpty()
            ? EnumSet.allOf(AgencyKind.class)
            : EnumSet.copyOf(authorities);
    for (AgencyName member : candidates(membership)) {
      if (membership.agencies().contains(member) && kinds.contains(membership.kind(member))) {
        found.add(member);
      }
    }
    return Collections.unmodifiableSortedSet(found);
  }

  private Set<AgencyName> candidates(Membership membership) {
    if (agency != null) {
      return Set.of(agency);
    }
    if (jurisdiction != null) {
      return membership.agenciesIn(jurisdiction);
    }
    return group != null ? membership.agenciesIn(group) : membership.agencies();
  }

  /** The party in words. */
  public String words() {
    String who = "all members";
    if (agency != null) {
      who = agency.value();
    } else if (jurisdiction != null) {
      who = jurisdiction;
    } else if (group != null) {
      who = group;
    }
    return authorities == null ? who : who + " " + authorities;
  }
}
