package org.entente.gateway.policy.terms;

import static org.entente.gateway.testkit.Agencies.FR;
import static org.entente.gateway.testkit.Agencies.HUB;
import static org.entente.gateway.testkit.Agencies.SG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.policy.decide.PolicyFixture;
import org.entente.gateway.testkit.TestFederation;
import org.entente.gateway.trust.AgencyKind;
import org.junit.jupiter.api.Test;

class BundleMembershipTest {
  private final Membership membership = membership();

  private static Membership membership() {
    TestFederation federation = new TestFederation(PolicyFixture.NOW);
    return new BundleMembership(federation.bundle(federation.content(1)));
  }

  @Test
  void bundle_membersAndTransits_areToldApart() {
    assertEquals(Set.of("de.customs", "fr.customs", "sg.police"), names(membership.agencies()));
    assertTrue(membership.isTransit(HUB));
    assertFalse(membership.isTransit(FR));
  }

  @Test
  void agency_jurisdictionAndKind_areTheBundles() {
    assertEquals(Optional.of("SG"), membership.jurisdiction(SG));
    assertEquals(Optional.empty(), membership.jurisdiction(HUB));
    assertEquals(AgencyKind.POLICE, membership.kind(SG));
    assertEquals(AgencyKind.OTHER, membership.kind(new AgencyName("jp.customs")));
  }

  @Test
  void group_standsForItsMembers() {
    assertTrue(membership.groups().contains("EU"));
    assertEquals(Set.of("de.customs", "fr.customs"), names(membership.agenciesIn("EU")));
    assertEquals(Set.of("fr.customs"), names(membership.agenciesIn("FR")));
    assertEquals(Set.of(), names(membership.agenciesIn("NATO")));
  }

  private static Set<String> names(Set<AgencyName> agencies) {
    return agencies.stream().map(AgencyName::value).collect(Collectors.toSet());
  }
}
