package org.entente.gateway.feature.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.model.Lane;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.testkit.QuietLedger;
import org.entente.proto.store.v1.WatchHit;
import org.entente.proto.store.v1.WatchSpan;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Hits are numbered without gaps, bounded for each client, and the oldest go first. */
class WatchTableTest {
  private static final int MOST = 3;

  @AutoClose
  private final Ledger ledger =
      QuietLedger.started(new MemoryStore(new MemoryStore.Disk()), () -> Instant.EPOCH);

  private final WatchTable book = WatchTable.of(ledger);

  private void hit(String client, long at) {
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          book.add(tx, client, List.of(WatchHit.newBuilder().setAtMs(at).build()), MOST);
          return at;
        });
  }

  private List<Long> numbers(String client) {
    return book.hits(client, 0, 100).stream().map(WatchTable.NumberedHit::number).toList();
  }

  private int prune(long before, int most) {
    return ledger.commit(Lane.ROUTINE, tx -> book.prune(tx, before, most));
  }

  private static WatchSpan span(long first, long last) {
    return WatchSpan.newBuilder().setFirst(first).setLast(last).build();
  }

  @Test
  void hits_beyondTheBound_pushOutTheOldestOfTheSameClient() {
    hit("other", 1);
    for (int i = 1; i <= 5; i++) {
      hit("desk", i);
    }
    assertEquals(List.of(3L, 4L, 5L), numbers("desk"));
    assertEquals(span(3, 5), book.span("desk"));
    assertEquals(List.of(1L), numbers("other"));
    assertEquals(span(1, 0), book.span("nobody"));
  }

  @Test
  void hitsPushedOut_countAsLost_ifTheirClientHasNotReadThem() {
    assertEquals(0, added(3));
    assertEquals(2, added(2));
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          book.read(tx, "desk", 4);
          book.read(tx, "desk", 1);
          return 0;
        });
    // Of 3, 4 and 5, the last is not read.
    assertEquals(1, added(3));
    assertEquals(span(6, 8).toBuilder().setRead(4).build(), book.span("desk"));
    assertEquals(3, added(3));
    assertEquals(2, added(5) - MOST);
  }

  private long added(int hits) {
    return ledger.commit(
        Lane.ROUTINE,
        tx -> book.add(tx, "desk", Collections.nCopies(hits, WatchHit.getDefaultInstance()), MOST));
  }

  /** A client's name that begins another's has its own hits. */
  @Test
  void names_thatBeginAlike_areNotMixed() {
    hit("desk", 1);
    hit("desk-2", 2);
    assertEquals(1, book.hits("desk", 0, 100).size());
    assertEquals(2, book.hits("desk-2", 0, 100).get(0).hit().getAtMs());
  }

  @Test
  void oldHits_arePruned_inPortions_andNumbersGoOn() {
    hit("desk", 10);
    hit("desk", 20);
    hit("desk", 30);
    assertTrue(book.holdsBefore(30));
    assertEquals(1, prune(30, 1));
    assertEquals(1, prune(30, 100));
    assertFalse(book.holdsBefore(30));
    assertEquals(List.of(3L), numbers("desk"));
    assertEquals(1, prune(100, 100));
    assertEquals(span(4, 3), book.span("desk"));
    hit("desk", 40);
    assertEquals(List.of(4L), numbers("desk"));
    assertEquals(0, prune(40, 100));
  }

  @Test
  void progress_isOfEachLane_andOfClientsThatAreBehind() {
    WatchTable.Place desk = new WatchTable.Place(7, 3);
    WatchTable.Place records = new WatchTable.Place(6, 0);
    WatchTable.Progress progress =
        new WatchTable.Progress(9, Map.of("desk", desk, "records", records));
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          book.progress(tx, Lane.FLASH, progress);
          return 0;
        });
    assertEquals(progress, book.progress(Lane.FLASH, List.of("records", "desk")));
    assertEquals(
        new WatchTable.Progress(9, Map.of("desk", desk)),
        book.progress(Lane.FLASH, List.of("other", "desk")));
    assertEquals(WatchTable.Progress.NONE, book.progress(Lane.ROUTINE, List.of("desk")));
  }
}
