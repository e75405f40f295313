package org.entente.loadtests.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class StrikeTest {
  private static final Set<String> RUNNING = Set.of("de.customs", "fr.customs", "x.hub");

  @Test
  void strikes_overTime_hitEveryGatewayAloneAndInPairs() {
    SplittableRandom random = new SplittableRandom(3);
    Set<Set<String>> hit = new HashSet<>();
    Set<Boolean> waited = new HashSet<>();
    for (int i = 0; i < 500; i++) {
      Strike strike = Strike.next(random, RUNNING, 100, 40);
      hit.add(new TreeSet<>(strike.victims()));
      waited.add(strike.awaitReady());
      assertTrue(RUNNING.containsAll(strike.victims()), strike::toString);
      assertEquals(strike.victims().size(), strike.downMillis().size());
      assertEquals(strike.victims().size(), new TreeSet<>(strike.victims()).size());
      assertTrue(strike.afterAnswers() >= 1 && strike.afterAnswers() <= 80, strike::toString);
    }
    assertEquals(6, hit.size(), hit::toString);
    assertEquals(Set.of(true, false), waited);
  }

  @Test
  void strike_withOneKillOrOneGatewayLeft_hitsOne() {
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < 100; i++) {
      assertEquals(1, Strike.next(random, RUNNING, 1, 40).victims().size());
      assertEquals(1, Strike.next(random, Set.of("x.hub"), 2, 40).victims().size());
    }
  }

  @Test
  void strikes_ofOneSeed_areTheSame() {
    SplittableRandom one = new SplittableRandom(9);
    SplittableRandom other = new SplittableRandom(9);
    for (int i = 0; i < 20; i++) {
      assertEquals(Strike.next(one, RUNNING, 9, 40), Strike.next(other, RUNNING, 9, 40));
    }
  }
}
