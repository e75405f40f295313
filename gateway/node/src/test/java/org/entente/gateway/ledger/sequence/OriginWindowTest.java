package org.entente.gateway.ledger.sequence;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.entente.gateway.ledger.sequence.OriginWindow.Offer;
import org.entente.gateway.ledger.sequence.OriginWindow.Range;
import org.entente.gateway.model.InvalidValue;
import org.junit.jupiter.api.Test;

class OriginWindowTest {
  @Test
  void offer_inOrder_movesTheWatermark() {
    OriginWindow window = OriginWindow.fresh(3);
    for (long n = 1; n <= 1000; n++) {
      assertEquals(Offer.NEW, window.offer(n));
      assertEquals(n, window.watermark());
    }
    assertEquals(Offer.DUPLICATE, window.offer(1));
    assertEquals(Offer.DUPLICATE, window.offer(1000));
    assertEquals(19, window.encode().length);
  }

  @Test
  void offer_withGaps_acceptsAndNamesThem() {
    OriginWindow window = OriginWindow.fresh(1);
    window.offer(1);
    assertEquals(Offer.NEW, window.offer(4));
    assertEquals(Offer.NEW, window.offer(7));
    assertEquals(Offer.NEW, window.offer(5));
    assertEquals(Offer.DUPLICATE, window.offer(4));
    assertEquals(List.of(new Range(4, 5), new Range(7, 7)), window.receivedAbove());
    assertEquals(List.of(new Range(2, 3), new Range(6, 6)), window.gaps());
    assertEquals(1, window.watermark());
    assertEquals(7, window.highest());
    window.offer(6);
    window.offer(3);
    window.offer(2);
    assertEquals(7, window.watermark());
    assertEquals(List.of(), window.gaps());
  }

  @Test
  void offer_beyondSpanOrRanges_isTooFarAndCountsLater() {
    OriginWindow window = OriginWindow.fresh(1);
    assertEquals(Offer.TOO_FAR, window.offer(OriginWindow.SPAN + 1L));
    assertEquals(Offer.TOO_FAR, window.offer(Long.MAX_VALUE));
    for (int i = 1; i <= OriginWindow.MAX_RANGES; i++) {
      assertEquals(Offer.NEW, window.offer(2L * i));
    }
    long beyond = 2L * OriginWindow.MAX_RANGES + 2;
    assertEquals(Offer.TOO_FAR, window.offer(beyond));
    assertEquals(Offer.NEW, window.offer(3), "joins two ranges and needs no further one");
    assertEquals(Offer.NEW, window.offer(beyond));
    assertTrue(window.encode().length <= 4096);
  }

  @Test
  void resolveVoid_ofOpenNumber_letsTheWatermarkPass() {
    OriginWindow window = OriginWindow.fresh(1);
    window.offer(2);
    assertEquals(Offer.NEW, window.resolveVoid(1));
    assertEquals(2, window.watermark());
    assertEquals(Offer.DUPLICATE, window.resolveVoid(2), "held already: a recall follows");
    assertEquals(Offer.DUPLICATE, window.offer(1), "a voided number brings nothing any more");
  }

  @Test
  void window_ofNoEpochOrNumber_isNotTaken() {
    assertThrows(IllegalArgumentException.class, () -> OriginWindow.fresh(0));
    OriginWindow window = OriginWindow.fresh(5);
    assertThrows(IllegalArgumentException.class, () -> window.offer(0));
  }

  @Test
  void settleBelow_countsWhatNeverCame_andLetsTheWatermarkPass() {
    OriginWindow window = OriginWindow.fresh(1);
    for (long n : new long[] {1, 4, 5, 9, 10}) {
      window.offer(n);
    }
    assertEquals(0, window.settleBelow(2), "all below are here");
    assertEquals(2, window.settleBelow(4), "2 and 3");
    assertEquals(5, window.watermark(), "4 and 5 were here");
    assertEquals(0, window.settleBelow(3), "it never goes back");
    assertEquals(3, window.settleBelow(10), "6, 7 and 8, in the middle of a range");
    assertEquals(10, window.watermark());
    assertEquals(OriginWindow.SPAN + 89L, window.settleBelow(OriginWindow.SPAN + 100L));
    assertEquals(Offer.NEW, window.offer(OriginWindow.SPAN + 100L), "no longer too far");
    assertEquals(Offer.DUPLICATE, window.offer(7), "a settled number brings nothing any more");
  }

  @Test
  void settleBelow_atAnyPoint_agreesWithASet() {
    for (int seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      OriginWindow window = OriginWindow.fresh(1);
      Set<Long> seen = new HashSet<>();
      for (int step = 0; step < 60; step++) {
        long n = 1L + random.nextInt(100);
        if (random.nextInt(10) == 0) {
          long never = 0;
          for (long below = 1; below < n; below++) {
            never += seen.add(below) ? 1 : 0;
          }
          assertEquals(never, window.settleBelow(n), "seed " + seed);
        } else {
          assertEquals(seen.add(n) ? Offer.NEW : Offer.DUPLICATE, window.offer(n), "seed " + seed);
        }
        byte[] encoded = window.encode();
        window = OriginWindow.decode(encoded);
        assertArrayEquals(encoded, window.encode(), "seed " + seed);
      }
      for (long n = 1; n <= 100; n++) {
        assertEquals(seen.contains(n), window.holds(n), "seed " + seed);
      }
    }
  }

  @Test
  void copy_changesOnItsOwn() {
    OriginWindow window = OriginWindow.fresh(1);
    window.offer(3);
    OriginWindow copy = window.copy();
    copy.offer(1);
    copy.offer(2);
    assertEquals(3, copy.watermark());
    assertEquals(0, window.watermark());
    assertEquals(List.of(new Range(3, 3)), window.receivedAbove());
  }

  @Test
  void window_underRandomOffers_agreesWithASetAndItsEncoding() {
    for (int seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      OriginWindow window = OriginWindow.fresh(1 + random.nextInt(9));
      Set<Long> seen = new HashSet<>();
      for (int step = 0; step < 400; step++) {
        long n = 1L + random.nextInt(200);
        assertEquals(seen.contains(n), window.holds(n), "seed " + seed);
        assertEquals(seen.add(n) ? Offer.NEW : Offer.DUPLICATE, window.offer(n), "seed " + seed);
        byte[] encoded = window.encode();
        window = OriginWindow.decode(encoded);
        assertArrayEquals(encoded, window.encode(), "seed " + seed);
      }
      long watermark = 0;
      while (seen.contains(watermark + 1)) {
        watermark++;
      }
      assertEquals(watermark, window.watermark(), "seed " + seed);
    }
  }

  /** The twenty-ninth look: such a window was written, and could not be read again. */
  @Test
  void window_atTheGreatestNumbers_canBeReadAgain() {
    long last = Long.MAX_VALUE - OriginWindow.SPAN;
    for (int seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      OriginWindow window = OriginWindow.fresh(1);
      window.settleBelow(last - random.nextInt(200));
      for (int step = 0; step < 200; step++) {
        long n = last - 100 + random.nextInt(200);
        Offer offer = random.nextInt(50) == 0 ? settled(window, n) : window.offer(n);
        assertEquals(n > last, offer == Offer.TOO_FAR, "seed " + seed);
        byte[] encoded = window.encode();
        window = OriginWindow.decode(encoded);
        assertArrayEquals(encoded, window.encode(), "seed " + seed);
      }
    }
  }

  private static Offer settled(OriginWindow window, long below) {
    long never = window.settleBelow(below);
    assertTrue(never >= 0);
    return window.offer(below);
  }

  @Test
  void decode_ofDamagedBytes_refusesOrReencodesTheSame() {
    OriginWindow window = OriginWindow.fresh(2);
    for (long n : new long[] {1, 2, 5, 6, 9, 40}) {
      window.offer(n);
    }
    byte[] good = window.encode();
    int refused = 0;
    for (int seed = 0; seed < 5000; seed++) {
      Random random = new Random(seed);
      byte[] bad = java.util.Arrays.copyOf(good, good.length - 2 + random.nextInt(5));
      bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
      try {
        assertArrayEquals(bad, OriginWindow.decode(bad).encode(), "seed " + seed);
      } catch (InvalidValue expected) {
        refused++;
      }
    }
    assertTrue(refused > 3000, "refused only " + refused);
  }
}
