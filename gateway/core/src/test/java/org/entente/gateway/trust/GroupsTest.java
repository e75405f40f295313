package org.entente.gateway.trust;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.testkit.TestFederation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class GroupsTest {
  @Test
  void groups_nestedAndOverlapping_resolveToJurisdictions() {
    Groups groups =
        Groups.resolve(
            Map.of(
                "EU", List.of("FR", "DE"),
                "SCHENGEN", List.of("FR", "DE", "CH"),
                "EUROPE", List.of("EU", "SCHENGEN", "GB")));
    assertEquals(Set.of("FR", "DE", "CH", "GB"), groups.jurisdictionsIn("EUROPE"));
    assertEquals(Set.of("FR", "DE"), groups.jurisdictionsIn("EU"));
    assertEquals(Set.of(), groups.jurisdictionsIn("APEC"));
  }

  @Test
  void groups_cycle_refused() {
    assertThrows(
        InvalidValue.class,
        () ->
            Groups.resolve(
                Map.of("AAA", List.of("BBB"), "BBB", List.of("CCC"), "CCC", List.of("AAA"))));
    assertThrows(InvalidValue.class, () -> Groups.resolve(Map.of("EU", List.of("EU"))));
  }

  @Test
  void groups_diamondOfManyLevels_resolvesQuickly() {
    Map<String, List<String>> named = new HashMap<>();
    for (int i = 0; i < 80; i++) {
      named.put("L" + i + "-A", List.of("L" + (i + 1) + "-A", "L" + (i + 1) + "-B"));
      named.put("L" + i + "-B", List.of("L" + (i + 1) + "-A", "L" + (i + 1) + "-B"));
    }
    named.put("L80-A", List.of("FR"));
    named.put("L80-B", List.of("DE"));
    assertEquals(Set.of("FR", "DE"), Groups.resolve(named).jurisdictionsIn("L0-A"));
  }

  /** Threat 60: a group that passes for a state would redirect what is addressed to the state. */
  @ParameterizedTest
  @ValueSource(strings = {"FR", "eu", "E", "E U", "", "GROUP-WITH-A-NAME-THAT-IS-FAR-TOO-LONG"})
  void groups_badName_refused(String name) {
    assertThrows(InvalidValue.class, () -> Groups.resolve(Map.of(name, List.of("DE"))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"fr", "FRA", "APEC", "", "F1"})
  void groups_unknownEntry_refused(String entry) {
    assertThrows(InvalidValue.class, () -> Groups.resolve(Map.of("EU", List.of(entry))));
  }

  @Test
  void bundle_lookups_followGroupsAndRoles() {
    TestFederation federation = new TestFederation(Instant.parse("2026-03-01T08:00:00Z"));
    TrustBundle bundle = federation.bundle(federation.content(1));
    AgencyName fr = new AgencyName("fr.customs");
    AgencyName de = new AgencyName("de.customs");
    AgencyName hub = new AgencyName("x.hub");
    AgencyName stranger = new AgencyName("fr.police");
    assertEquals(Set.of(de, fr), bundle.agenciesIn("EU"));
    assertEquals(Set.of(de, fr), bundle.agenciesIn("CUSTOMS-UNION"));
    assertEquals(Set.of(fr), bundle.agenciesIn("FR"));
    assertEquals(Set.of(), bundle.agenciesIn("APEC"));
    assertEquals("FR", bundle.jurisdiction(fr).orElseThrow());
    assertTrue(bundle.jurisdiction(hub).isEmpty());
    assertTrue(bundle.isTransit(hub));
    assertFalse(bundle.isTransit(fr));
    assertTrue(bundle.has(de, AgencyRole.WITNESS));
    assertFalse(bundle.agencies().contains(hub));
    assertFalse(bundle.isMember(stranger));
    assertTrue(bundle.agency(stranger).isEmpty());
    assertEquals(List.of(hub), bundle.agency(new AgencyName("sg.police")).orElseThrow().via());
  }
}
