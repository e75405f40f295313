package org.entente.gateway.account;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Threat 93: what a neighbour's account grants is divided among those whose mail it carries. */
class RateSharesTest {
  private static final int RATE = 1_000;
  private static final int STEPS_A_SECOND = 100;

  private long nanos;
  private final Account transit =
      new Accounts(
              Map.of(), Map.of(Work.MESSAGES, new AccountLimits.Rate(RATE, 2 * RATE)), () -> nanos)
          .of("x.hub");

  /** How often one of these is granted a single message. */
  private int granted(List<String> party, int attempts) {
    int granted = 0;
    for (int i = 0; i < attempts; i++) {
      granted += transit.spendFor(party, Work.MESSAGES, 1) ? 1 : 0;
    }
    return granted;
  }

  private void step() {
    nanos += TimeUnit.SECONDS.toNanos(1) / STEPS_A_SECOND;
  }

  private void floodFor(int seconds, List<String> party) {
    for (int i = 0; i < seconds * STEPS_A_SECOND; i++) {
      step();
      granted(party, 100);
    }
  }

  private long owed() {
    return transit.charge(Work.MESSAGES, 0);
  }

  @Test
  void origin_withinItsPart_isNeverRefused_whateverTheOthersSend() {
    List<List<String>> hostile = List.of(List.of("a"), List.of("b"), List.of("c", "d"));
    floodFor(10, hostile.get(0));
    for (int i = 0; i < 20 * STEPS_A_SECOND; i++) {
      step();
      hostile.forEach(party -> granted(party, 100));
      assertEquals(2, granted(List.of("honest"), 2), "200 of its 250 a second");
      assertEquals(0, owed());
    }
  }

  @Test
  void origins_thatATransitMakesUp_divideOnlyItsPart() {
    for (int name = 0; name < 100; name++) {
      transit.spendFor(List.of("x.bad", "minted." + name), Work.MESSAGES, RATE / 4);
    }
    assertEquals(0, owed());
    for (int i = 0; i < 20 * STEPS_A_SECOND; i++) {
      step();
      for (int name = 0; name < 100; name++) {
        granted(List.of("x.bad", "minted." + name), 1);
        granted(List.of("x.bad", "honest"), 1);
      }
      assertEquals(4, granted(List.of("honest"), 4), "400 of its 500 a second");
      assertEquals(0, owed());
    }
  }

  @Test
  void origin_alone_hasAll_andWhatOthersLeave() {
    List<String> bulk = List.of("bulk");
    floodFor(5, bulk);
    int granted = 0;
    for (int i = 0; i < 10 * STEPS_A_SECOND; i++) {
      step();
      granted += granted(bulk, 100);
      granted(List.of("quiet"), i % STEPS_A_SECOND == 0 ? 1 : 0);
    }
    assertTrue(granted > 9 * RATE && granted < 11 * RATE, "" + granted);
  }

  @Test
  void originsThatFellSilent_haveNoPart() {
    for (int i = 0; i < 100; i++) {
      granted(List.of("former." + i), 100);
    }
    nanos += TimeUnit.SECONDS.toNanos(1);
    floodFor(5, List.of("a"));
    int granted = 0;
    for (int i = 0; i < 10 * STEPS_A_SECOND; i++) {
      step();
      granted += granted(List.of("a"), 100);
    }
    assertTrue(granted > 9 * RATE, "" + granted);
  }

  @Test
  void envelopeLargerThanAPart_passes_andIsPaidBeforeTheNext() {
    floodFor(5, List.of("a"));
    assertTrue(transit.spendFor(List.of("b"), Work.MESSAGES, 300));
    assertFalse(transit.spendFor(List.of("b"), Work.MESSAGES, 300));
    for (int i = 0; i < 2 * STEPS_A_SECOND; i++) {
      step();
      granted(List.of("a"), 100);
    }
    assertTrue(transit.spendFor(List.of("b"), Work.MESSAGES, 300));
  }

  /** In debt, when nobody has a part, and so nobody pays. */
  @Test
  void manyNames_takeLittleMemory_andNoneOnceTheyFellSilent() {
    RateShares shares = new RateShares(nanos);
    for (int name = 0; name < 100_000; name++) {
      nanos += TimeUnit.MICROSECONDS.toNanos(1);
      shares.take(List.of("minted." + name), 1, 0, RATE, nanos);
    }
    assertTrue(shares.size() <= 2 * (RateShares.MOST_PARTS + 1), shares.size() + " parts");
    nanos += TimeUnit.MINUTES.toNanos(30);
    shares.take(List.of("honest"), 1, 0, RATE, nanos);
    assertEquals(2, shares.size(), "its own, and what it sends itself");
  }

  @Test
  void whatTheNeighbourSendsItself_isTakenFromTheParts() {
    for (int i = 0; i < 20 * STEPS_A_SECOND; i++) {
      step();
      assertEquals(0, transit.charge(Work.MESSAGES, 5), "half of its rate");
      granted(List.of("a"), 100);
      assertEquals(1, granted(List.of("honest"), 1), "100 of 250 a second");
    }
  }
}
