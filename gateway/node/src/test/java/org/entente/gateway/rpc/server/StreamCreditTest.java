package org.entente.gateway.rpc.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StreamCreditTest {
  private static final int DRAFTS = 1_024;
  private static final int KIB = 1 << 10;
  private static final int MIB = 1 << 20;

  private final StreamCredit credit = new StreamCredit(DRAFTS, 4L * MIB);
  private int asked;

  private void ask() {
    asked += credit.take();
  }

  private void arrive(int drafts, int bytes) {
    assertTrue(asked > 0, "held back");
    asked--;
    credit.arrived(drafts, bytes);
    ask();
  }

  private void answer(int drafts, int bytes) {
    credit.answered(bytes);
    credit.told(drafts);
    ask();
  }

  /** So many requests, each answered before the next. */
  private void pass(int requests, int drafts, int bytes) {
    for (int i = 0; i < requests; i++) {
      arrive(drafts, bytes);
      answer(drafts, bytes);
    }
  }

  /** How many requests come while none is answered. */
  private int fill(int drafts, int bytes) {
    int taken = 0;
    while (asked > 0) {
      arrive(drafts, bytes);
      taken++;
    }
    return taken;
  }

  @Test
  void beforeTheFirst_askedIsLittle() {
    assertEquals(StreamCredit.FIRST, credit.take());
    assertEquals(0, credit.take());
  }

  @Test
  void smallRequests_allMayBeOnTheWay() {
    ask();
    assertEquals(DRAFTS, fill(1, KIB));
    credit.answered(KIB);
    assertEquals(0, credit.take());
    credit.told(1);
    assertEquals(1, credit.take());
  }

  @Test
  void largeRequests_areHeldBackByTheirBytes() {
    ask();
    assertEquals(4, fill(1, MIB));
    assertFalse(credit.isIdle());
  }

  /** One large message slows its stream while it is of late, and not for ever. */
  @Test
  void smallRequests_afterLargeOnes_haveTheirWindowAgain() {
    ask();
    pass(4, 1, MIB);
    pass(2 * StreamCredit.LATE, 1, KIB);
    assertEquals(DRAFTS, fill(1, KIB));
  }

  /** Large ones that come again and again are asked for as such, whatever comes between. */
  @Test
  void largeRequests_amongSmallOnes_areHeldBackByTheirBytes() {
    ask();
    for (int i = 0; i < 10; i++) {
      pass(1, 1, MIB);
      pass(StreamCredit.LATE - 1, 1, KIB);
    }
    assertTrue(asked <= 4, "" + asked);
  }

  @Test
  void singleDrafts_afterPackedOnes_haveTheirWindowAgain() {
    ask();
    pass(8, 256, 256 * KIB);
    pass(2 * StreamCredit.LATE, 1, KIB);
    assertEquals(DRAFTS, fill(1, KIB));
  }

  /** Larger than everything that may be on its way: taken when nothing else is. */
  @Test
  void requestOfMoreThanMayBe_comesAlone() {
    ask();
    pass(2 * StreamCredit.LATE, 5_000, 9 * MIB);
    assertEquals(1, fill(5_000, 9 * MIB));
    answer(5_000, 9 * MIB);
    assertEquals(1, asked);
  }

  /** Whatever comes in whatever order: never stuck, and never more asked for than there may be. */
  @Test
  void anyOrder_neverStuckAndBounded() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    Deque<int[]> onTheWay = new ArrayDeque<>();
    ask();
    int drafts = 0;
    for (int step = 0; step < 20_000; step++) {
      boolean arrives = asked > 0 && (onTheWay.isEmpty() || random.nextInt(3) > 0);
      assertTrue(arrives || !onTheWay.isEmpty(), "stuck with seed " + seed);
      if (arrives) {
        int bytes = 1 + random.nextInt(random.nextInt(9) == 0 ? MIB : KIB);
        int[] request = {1 + random.nextInt(256), bytes};
        onTheWay.add(request);
        drafts += request[0];
        arrive(request[0], request[1]);
      } else {
        int[] request = onTheWay.remove();
        drafts -= request[0];
        answer(request[0], request[1]);
      }
      assertTrue(asked >= 0 && asked <= DRAFTS, "seed " + seed);
      assertEquals(drafts == 0, credit.isIdle(), "seed " + seed);
    }
  }
}
