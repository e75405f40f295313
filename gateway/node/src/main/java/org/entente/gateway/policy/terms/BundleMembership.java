package org.entente.gateway.policy.terms;

import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.trust.AgencyKind;
import org.entente.gateway.trust.AgencyRole;
import org.entente.gateway.trust.Member;
import org.entente.gateway.trust.TrustBundle;

/** The membership stated by a trust bundle. */
public final class BundleMembership implements Membership {
  private final TrustBundle bundle;
  private final SortedSet<AgencyName> agencies;

  public BundleMembership(TrustBundle bundle) {
    this.bundle = bundle;
    SortedSet<AgencyName> members = new TreeSet<>();
    for (Member member : bundle.members().values()) {
      if (member.is(AgencyRole.MEMBER)) {
        members.add(member.name());
      }
    }
    this.agencies = Collections.unmodifiableSortedSet(members);
  }

  @Override
  public SortedSet<AgencyName> agencies() {
    return agencies;
  }

  @Override
  public boolean isTransit(AgencyName agency) {
    return bundle.isTransit(agency);
  }

  @Override
  public Optional<String> jurisdiction(AgencyName agency) {
    return bundle.jurisdiction(agency);
  }

  @Override
  public AgencyKind kind(AgencyName agency) {
    return bundle.agency(agency).map(Member::kind).orElse(AgencyKind.OTHER);
  }

  @Override
  public Set<String> groups() {
    return bundle.groups();
  }

  @Override
  public SortedSet<AgencyName> agenciesIn(String jurisdictionOrGroup) {
    return bundle.agenciesIn(jurisdictionOrGroup);
  }
}
