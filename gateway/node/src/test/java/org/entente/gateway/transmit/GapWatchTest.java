package org.entente.gateway.transmit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.entente.gateway.ledger.sequence.OriginWindow.Range;
import org.entente.gateway.ledger.sequence.OriginWindows;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.junit.jupiter.api.Test;

class GapWatchTest {
  private static final GapWatch.Place PLACE =
      new GapWatch.Place(GapWatch.End.RECIPIENT, new AgencyName("fr.customs"), Lane.FLASH);
  private static final List<Range> LATER = List.of(new Range(7, 8), new Range(10, 10));

  private final AtomicLong nanos = new AtomicLong(-5);
  private final GapWatch watch = new GapWatch(nanos::get);

  private void pass() {
    nanos.addAndGet(GapWatch.AFTER.toNanos());
  }

  @Test
  void gap_thatStays_isToldOnce_andStandsUntilItCloses() {
    watch.seen(PLACE, 1, 4, LATER);
    assertEquals(List.of(), watch.news());
    nanos.addAndGet(GapWatch.AFTER.toNanos() - 1);
    assertEquals(List.of(), watch.overdue());
    nanos.incrementAndGet();
    GapWatch.Gap gap = new GapWatch.Gap(PLACE, 1, 5, 3);
    assertEquals(List.of(gap), watch.overdue());
    assertEquals(List.of(gap), watch.news());
    assertEquals(List.of(), watch.news());
    watch.seen(PLACE, 1, 10, List.of());
    assertEquals(List.of(), watch.overdue());
  }

  @Test
  void gap_thatGrowsAbove_isTheSame_andOneFurtherUpIsAnother() {
    watch.seen(PLACE, 1, 4, LATER);
    pass();
    watch.seen(PLACE, 1, 4, List.of(new Range(7, 8), new Range(10, 12)));
    assertEquals(List.of(new GapWatch.Gap(PLACE, 1, 5, 3)), watch.news());
    watch.seen(PLACE, 1, 8, List.of(new Range(10, 12)));
    assertEquals(List.of(), watch.overdue());
    pass();
    assertEquals(List.of(new GapWatch.Gap(PLACE, 1, 9, 1)), watch.news());
  }

  /** A transit repeats signed statements of before to silence the alarm about what it drops. */
  @Test
  void olderStatement_closesNoGap_andMakesItNoYounger() {
    watch.seen(PLACE, 1, 2, List.of());
    watch.seen(PLACE, 1, 4, LATER);
    nanos.addAndGet(GapWatch.AFTER.toNanos() - 1);
    watch.seen(PLACE, 1, 2, List.of());
    watch.seen(PLACE, 1, 2, List.of(new Range(4, 4)));
    watch.seen(PLACE, 1, 4, List.of());
    watch.seen(PLACE, 1, 4, List.of(new Range(7, 7)));
    watch.only(PLACE, Set.of());
    watch.seen(PLACE, 2, 4, LATER);
    watch.only(PLACE, Set.of(1L));
    nanos.incrementAndGet();
    assertEquals(List.of(new GapWatch.Gap(PLACE, 1, 5, 3)), watch.news());
    pass();
    assertEquals(2, watch.overdue().size());
    watch.only(PLACE, Set.of(2L, 3L));
    assertEquals(List.of(new GapWatch.Gap(PLACE, 2, 5, 3)), watch.overdue());
    watch.seen(PLACE, 2, 6, List.of(new Range(10, 10)));
    assertEquals(List.of(), watch.overdue(), "a part of it came");
  }

  /** Two old statements in turn would each name another gap, always a young one. */
  @Test
  void olderStatementsOfTheSameHighest_makeNoGapYounger() {
    List<Range> first = List.of(new Range(4, 4), new Range(6, 10));
    List<Range> second = List.of(new Range(6, 10));
    watch.seen(PLACE, 1, 2, first);
    watch.seen(PLACE, 1, 4, second);
    nanos.addAndGet(GapWatch.AFTER.toNanos() - 1);
    watch.seen(PLACE, 1, 2, first);
    watch.seen(PLACE, 1, 4, second);
    nanos.incrementAndGet();
    assertEquals(List.of(new GapWatch.Gap(PLACE, 1, 5, 1)), watch.overdue());
  }

  /** A member states any epochs of its own, each lower than the last. */
  @Test
  void epochsThatFall_leaveFewGaps() {
    for (long epoch = 10_000; epoch > 0; epoch--) {
      watch.only(PLACE, Set.of(epoch));
      watch.seen(PLACE, epoch, 0, List.of(new Range(2, 2)));
    }
    pass();
    assertEquals(OriginWindows.MAX_EPOCHS, watch.overdue().size());
  }

  /** A recipient set back to a backup states less, until it has more than before. */
  @Test
  void recipientThatIsSetBack_hasItsNewGapNoticed() {
    watch.seen(PLACE, 1, 4, LATER);
    watch.seen(PLACE, 1, 2, List.of(new Range(11, 11)));
    pass();
    assertEquals(List.of(new GapWatch.Gap(PLACE, 1, 3, 8)), watch.news());
  }

  @Test
  void gap_ofAnotherEpochOrEnd_isAnother() {
    watch.seen(PLACE, 1, 4, LATER);
    pass();
    watch.seen(PLACE, 2, 4, LATER);
    assertEquals(1, watch.overdue().size());
    GapWatch.Place origin = new GapWatch.Place(GapWatch.End.ORIGIN, PLACE.agency(), PLACE.lane());
    watch.seen(origin, 2, 4, LATER);
    pass();
    assertEquals(3, watch.overdue().size());
    watch.seen(PLACE, 1, 8, List.of());
    assertEquals(2, watch.overdue().size());
  }
}
