package org.entente.gateway.policy.decide;

import static org.entente.gateway.testkit.Agencies.DE;
import static org.entente.gateway.testkit.Agencies.FR;
import static org.entente.gateway.testkit.Agencies.HUB;
import static org.entente.gateway.testkit.Agencies.SG;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Set;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.policy.decide.TransitRules.HeaderFacts;
import org.entente.gateway.policy.decide.TransitRules.Limits;
import org.entente.gateway.policy.terms.DemoMembership;
import org.junit.jupiter.api.Test;

class TransitRulesTest {
  private static final AgencyName STRANGER = new AgencyName("jp.customs");
  private static final Limits NARROW = new Limits(1_000, Set.of(Lane.ROUTINE), false, 2);

  private final TransitRules rules =
      new Policy(PolicyFixture.demo().rulebook(), DemoMembership.demo(), 1).transit();

  @Test
  void envelopeBetweenMembers_isCarried() {
    assertEquals("carried", judge(facts(FR, SG, FR), HUB, Limits.defaults()));
    assertEquals("carried", judge(facts(FR, SG, FR), HUB, NARROW));
  }

  @Test
  void node_withoutTheRole_carriesNothing() {
    assertEquals("NO_ROUTE transit/role", judge(facts(FR, SG, FR), DE, Limits.defaults()));
  }

  @Test
  void originOrRecipient_notMember_isRefused() {
    assertEquals(
        "UNKNOWN_PEER transit/origin",
        judge(facts(STRANGER, SG, STRANGER), HUB, Limits.defaults()));
    assertEquals(
        "UNKNOWN_RECIPIENT transit/recipient",
        judge(facts(FR, STRANGER, FR), HUB, Limits.defaults()));
    assertEquals(
        "UNKNOWN_RECIPIENT transit/recipient", judge(facts(FR, HUB, FR), HUB, Limits.defaults()));
  }

  @Test
  void path_thatLeadsBackOrIsTooLong_isALoop() {
    assertEquals("ROUTING_LOOP transit/path", judge(facts(FR, SG, FR, HUB), HUB, NARROW));
    assertEquals("ROUTING_LOOP transit/path", judge(facts(FR, FR, FR), HUB, NARROW));
    assertEquals("ROUTING_LOOP transit/hops", judge(facts(FR, SG, FR, DE, STRANGER), HUB, NARROW));
  }

  @Test
  void laneExerciseAndSize_outsideTheLimits_areRefused() {
    assertEquals(
        "NO_ROUTE transit/lane",
        judge(new HeaderFacts(FR, SG, Lane.FLASH, false, 1, List.of(FR)), HUB, NARROW));
    assertEquals(
        "NO_ROUTE transit/exercise",
        judge(new HeaderFacts(FR, SG, Lane.ROUTINE, true, 1, List.of(FR)), HUB, NARROW));
    assertEquals(
        "TOO_LARGE transit/bytes",
        judge(new HeaderFacts(FR, SG, Lane.ROUTINE, false, 1_001, List.of(FR)), HUB, NARROW));
  }

  private static HeaderFacts facts(AgencyName origin, AgencyName recipient, AgencyName... path) {
    return new HeaderFacts(origin, recipient, Lane.ROUTINE, false, 1_000, List.of(path));
  }

  private String judge(HeaderFacts facts, AgencyName self, Limits limits) {
    return rules
        .judge(facts, self, limits)
        .map(refusal -> refusal.code() + " " + refusal.rule())
        .orElse("carried");
  }
}
