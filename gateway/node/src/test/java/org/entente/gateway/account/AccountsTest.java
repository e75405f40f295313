package org.entente.gateway.account;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.meter.Meters;
import org.junit.jupiter.api.Test;

class AccountsTest {
  private long nanos;
  private final Accounts accounts =
      new Accounts(
          Map.of(Holding.BUFFERED_BYTES, new AccountLimits.Limit(100, 150, 10)),
          Map.of(Work.VERIFICATIONS, new AccountLimits.Rate(10, 20)),
          () -> nanos);
  private final Account flood = accounts.of("de.customs");
  private final Account other = accounts.of("x.hub");

  @Test
  void holding_endsAtTheLimitOfOne_andOfAll_andEachKeepsItsOwn() {
    assertTrue(flood.hold(Holding.BUFFERED_BYTES, 100));
    assertFalse(flood.hold(Holding.BUFFERED_BYTES, 1));
    assertTrue(other.hold(Holding.BUFFERED_BYTES, 50));
    assertFalse(other.hold(Holding.BUFFERED_BYTES, 1));
    assertTrue(accounts.of("sg.police").hold(Holding.BUFFERED_BYTES, 10));
    flood.release(Holding.BUFFERED_BYTES, 60);
    assertTrue(other.hold(Holding.BUFFERED_BYTES, 50));
    assertEquals(150, accounts.total(Holding.BUFFERED_BYTES));
  }

  @Test
  void singleThing_largerThanTheLimit_isHeldByACallerThatHoldsNone() {
    assertTrue(flood.hold(Holding.BUFFERED_BYTES, 500));
    assertFalse(flood.hold(Holding.BUFFERED_BYTES, 1));
  }

  @Test
  void release_ofMoreThanIsHeld_isADefect() {
    flood.hold(Holding.BUFFERED_BYTES, 5);
    assertThrows(IllegalStateException.class, () -> flood.release(Holding.BUFFERED_BYTES, 6));
    assertThrows(IllegalArgumentException.class, () -> flood.hold(Holding.DRAFTS, 1));
    assertThrows(IllegalArgumentException.class, () -> flood.spend(Work.COMMITS, 1));
  }

  @Test
  void workBeyondTheRate_isRefusedOrWaits_andOthersHaveTheirs() {
    assertTrue(flood.spend(Work.VERIFICATIONS, 20));
    assertFalse(flood.spend(Work.VERIFICATIONS, 1));
    assertEquals(
        TimeUnit.SECONDS.toNanos(2), flood.charge(Work.VERIFICATIONS, 20), "two seconds' worth");
    assertEquals(0, other.charge(Work.VERIFICATIONS, 20));
    nanos += TimeUnit.SECONDS.toNanos(3);
    assertEquals(0, flood.charge(Work.VERIFICATIONS, 10));
    assertEquals(50, flood.used(Work.VERIFICATIONS));
  }

  /** An envelope that holds so much would be refused for good. */
  @Test
  void workOfMoreThanASecond_isTakenWhileHalfIsLeft_andPaidLater() {
    assertTrue(flood.spendFor(List.of(), Work.VERIFICATIONS, 25));
    nanos += TimeUnit.SECONDS.toNanos(1);
    assertFalse(flood.spendFor(List.of(), Work.VERIFICATIONS, 25));
    nanos += TimeUnit.SECONDS.toNanos(1);
    assertTrue(flood.spendFor(List.of("x.hub"), Work.VERIFICATIONS, 25));
  }

  /** What a transit carries for others must neither hold up its own frames nor theirs. */
  @Test
  void workForOthersBeyondTheRate_isOwedByTheirPartAlone() {
    assertTrue(flood.spendFor(List.of("x.hub"), Work.VERIFICATIONS, 1_000));
    assertEquals(0, flood.charge(Work.VERIFICATIONS, 0), "the carrier owes nothing");
    for (int second = 0; second < 60; second++) {
      nanos += TimeUnit.SECONDS.toNanos(1);
      assertFalse(flood.spendFor(List.of("x.hub"), Work.VERIFICATIONS, 1_000));
      assertTrue(flood.spendFor(List.of("sg.police"), Work.VERIFICATIONS, 2));
    }
  }

  /** Else the streams of a client use up what its other calls need. */
  @Test
  void streams_leaveHalfForCalls_andWaitForIt() {
    assertEquals(0, flood.pace(Work.VERIFICATIONS, 10));
    assertEquals(TimeUnit.MILLISECONDS.toNanos(500), flood.pace(Work.VERIFICATIONS, 5));
    assertTrue(flood.spend(Work.VERIFICATIONS, 5));
    nanos += TimeUnit.SECONDS.toNanos(1);
    assertEquals(0, flood.pace(Work.VERIFICATIONS, 0));
    assertTrue(flood.spend(Work.VERIFICATIONS, 10), "half of twenty");
  }

  @Test
  void callerThatComesAgain_findsItsAccountAsItWas() {
    flood.spend(Work.VERIFICATIONS, 20);
    assertFalse(accounts.of("de.customs").spend(Work.VERIFICATIONS, 1));
  }

  @Test
  void metrics_nameMembersAndClientsAlone() {
    flood.hold(Holding.BUFFERED_BYTES, 100);
    flood.hold(Holding.BUFFERED_BYTES, 100);
    other.spend(Work.VERIFICATIONS, 3);
    accounts.of("former.member").hold(Holding.BUFFERED_BYTES, 7);
    accounts.of("\"}evil").hold(Holding.BUFFERED_BYTES, 2);
    Meters meters = new Meters();
    AccountMeters.register(
        meters,
        List.of(
            new AccountMeters.Port("peer", accounts, List.of("de.customs", "x.hub")::contains)));
    String text = meters.text();
    String bytes = "what=\"buffered_bytes\",} ";
    assertLine(text, "held{side=\"peer\",name=\"de.customs\"," + bytes + "100.0");
    assertLine(text, "limited_total{side=\"peer\",name=\"de.customs\"," + bytes + "1.0");
    assertLine(text, "held{side=\"peer\",name=\"other\"," + bytes + "9.0");
    assertLine(text, "used_total{side=\"peer\",name=\"x.hub\",what=\"verifications\",} 3.0");
    assertFalse(text.contains("evil") || text.contains("former"), text);
  }

  private static void assertLine(String text, String line) {
    assertTrue(text.lines().anyMatch(("entente_account_" + line)::equals), text);
  }

  /** Honest load of 14,000 messages a second travels in about 250 envelopes. */
  @Test
  void defaults_areFarAboveHonestLoad() {
    Account honest = Accounts.ofAgencies(NodeConfig.Limits.DEFAULT, () -> nanos).of("x.hub");
    for (int second = 0; second < 60; second++) {
      for (int envelope = 0; envelope < 2_000; envelope++) {
        assertEquals(0, honest.charge(Work.DELIVERIES, 2));
        assertEquals(0, honest.charge(Work.VERIFICATIONS, 1));
        assertEquals(0, honest.charge(Work.COMMITS, 1));
        assertEquals(0, honest.charge(Work.MESSAGES, 8));
      }
      nanos += TimeUnit.SECONDS.toNanos(1);
    }
  }
}
