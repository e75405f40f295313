package org.entente.gateway.ledger.table;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.commit.Transaction.Mutation;
import org.entente.gateway.model.Lane;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.Table;
import org.entente.gateway.testkit.InstanceCount;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.testkit.QuietLedger;
import org.entente.gateway.testkit.SettableClock;
import org.entente.gateway.testkit.TestNames;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Keys beyond the filters: they move, are found as before, cost one read, and go with their day.
 */
class KeyRunsTest {
  private static final String CLIENT = "declarations";
  private static final int RUN = 8;
  private static final int FILTERED = 4;

  /** Filters for three groups of two runs, which may be at any place in their group. */
  private static final IdempotencyTable.Sizes SIZES =
      new IdempotencyTable.Sizes(RUN, 2, 3, 1 << 12, 3);

  private static final Duration REMEMBERED = Duration.ofHours(24);

  private final SettableClock clock = new SettableClock(Instant.parse("2026-11-25T10:00:00Z"));
  private MemoryStore.Disk disk = new MemoryStore.Disk();
  private MemoryStore store = new MemoryStore(disk);
  private Ledger ledger = QuietLedger.started(store, clock);
  private IdempotencyTable table = table(store);
  private int written;

  @AfterEach
  void close() {
    ledger.close();
  }

  private static IdempotencyTable table(Store store) {
    return new IdempotencyTable(store, TestNames.names(), SIZES);
  }

  private void restart() {
    ledger.close();
    store = new MemoryStore(disk);
    ledger = QuietLedger.started(store, clock);
    table = table(store);
  }

  private static byte[] hash(int key) {
    return KeyBuilder.key().u64(0).u64(0).u64(0).u64(key).done();
  }

  /** An outcome under a key, in a record and a commit of its own. */
  private void write(int key, int outcome) {
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          var used = new IdempotencyTable.UsedKey(CLIENT, "k" + key, hash(key));
          table.write(tx, List.of(used), place -> new byte[] {(byte) outcome});
          return key;
        });
  }

  /** Commits all that moves, and the next run if there are enough keys. */
  private void round() {
    for (Mutation<Integer> some = table.move(); some != null; some = table.move()) {
      ledger.commit(Lane.ROUTINE, some);
    }
    run();
  }

  private void run() {
    IdempotencyTable.FullRun run = table.fullRun();
    if (run != null) {
      ledger.commit(
          Lane.ROUTINE,
          tx -> {
            table.write(tx, run);
            return run;
          });
    }
  }

  /** Further runs of new keys, with outcome 1. */
  private void runs(int count) {
    for (int i = 0; i < count * RUN; i++) {
      write(written++, 1);
      round();
    }
  }

  private void assertFound(int key, int outcome) {
    IdempotencyTable.StoredOutcome found = table.find(CLIENT, "k" + key);
    assertNotNull(found, "key " + key);
    assertArrayEquals(hash(key), found.draftHash());
    assertEquals(outcome, found.sealedOutcomes().bytes()[0]);
  }

  private void assertAllFound() {
    for (int key = 0; key < written; key++) {
      assertFound(key, 1);
    }
  }

  private void expire() {
    long before = clock.millis() - REMEMBERED.toMillis();
    List<Long> over = table.over(before, 5);
    while (!over.isEmpty()) {
      List<Long> some = over;
      int removed = ledger.commit(Lane.ROUTINE, tx -> table.remove(tx, some));
      assertEquals(some.size(), removed);
      over = table.over(before, 5);
    }
  }

  /** Records in a table whose keys begin with a byte, and the bytes of their values. */
  private int[] stored(Table in, int kind) {
    int records = 0;
    int bytes = 0;
    byte[] from = {(byte) kind};
    try (Scan scan = store.scan(in, from, KeyBuilder.endOf(from))) {
      while (scan.hasNext()) {
        scan.next();
        records++;
        bytes += scan.value().length;
      }
    }
    return new int[] {records, bytes};
  }

  private int runsStored() {
    return stored(Table.IDEMPOTENCY, 3)[0];
  }

  private int days() {
    return stored(Table.IDEMPOTENCY_PLACE, 1)[0];
  }

  /** Places in runs and in days together. */
  private int places() {
    int inRuns = stored(Table.IDEMPOTENCY, 2)[1] / (2 * Long.BYTES);
    return inRuns + stored(Table.IDEMPOTENCY_PLACE, 2)[1] / Long.BYTES;
  }

  private int nothingLeft() {
    return stored(Table.IDEMPOTENCY, 1)[0]
        + stored(Table.IDEMPOTENCY, 2)[0]
        + runsStored()
        + days()
        + stored(Table.IDEMPOTENCY_PLACE, 2)[0];
  }

  private Map<String, Integer> readsOfNewKeys(int count) {
    store.calls();
    for (int i = 0; i < count; i++) {
      assertNull(table.find(CLIENT, "new" + i));
    }
    return store.calls();
  }

  @Test
  void newKey_costsOneRead_howeverManyOlderKeysThereAre_andNoneBefore() {
    runs(FILTERED);
    assertEquals(Map.of(), readsOfNewKeys(100));
    Map<String, Integer> one = Map.of("get IDEMPOTENCY_PLACE absent", 100);
    for (int more : new int[] {3, 10, 40}) {
      runs(more);
      assertEquals(one, readsOfNewKeys(100));
      assertTrue(runsStored() <= FILTERED + 1, runsStored() + " runs");
      restart();
      assertEquals(one, readsOfNewKeys(100));
    }
  }

  /** A filter has room for one run: with more keys in it, more new keys seem to be there. */
  @Test
  void keysThatComeFasterThanRunsAreStored_areInRunsOfTheSameSize() {
    for (int i = 0; i < 4 * RUN - 1; i++) {
      write(written++, 1);
    }
    run();
    assertEquals(1, runsStored());
    assertEquals(RUN, places());
    assertAllFound();
    restart();
    run();
    run();
    assertEquals(3, runsStored());
    assertEquals(3 * RUN, places());
    run();
    assertEquals(3, runsStored(), "too few are left");
    assertAllFound();
    restart();
    assertAllFound();
  }

  @Test
  void keyInARun_isFoundWithoutATableOfItsPage() {
    runs(1);
    InstanceCount count = InstanceCount.of(() -> assertFound(0, 1));
    assertEquals(0, count.made(RecentIdempotencyKeys.class));
  }

  @Test
  void keyOfARunThatMoved_isARepeat_alsoAfterARestart() {
    runs(20);
    assertEquals(1, days());
    assertTrue(stored(Table.IDEMPOTENCY_PLACE, 2)[0] >= 15 * RUN);
    assertAllFound();
    restart();
    assertAllFound();
    runs(1);
    assertAllFound();
  }

  @Test
  void lastOutcomeOfAKey_counts_whenBothHaveMoved() {
    runs(1);
    write(3, 2);
    runs(FILTERED + 3);
    assertFound(3, 2);
    clock.move(REMEMBERED);
    write(3, 3);
    runs(2 * FILTERED + 3);
    assertEquals(2, days());
    assertFound(3, 3);
    restart();
    assertFound(3, 3);
    assertFound(4, 1);
  }

  /** Whatever was committed last, each key is found once, and the rest goes on from there. */
  @Test
  void crash_betweenAnyTwoCommits_losesNoKey_andDoublesNone() {
    runs(FILTERED + 1);
    for (int i = 0; i < RUN; i++) {
      write(written++, 1);
    }
    int commits = 0;
    for (Mutation<Integer> some = table.move(); some != null; some = table.move()) {
      assertTrue(ledger.commit(Lane.ROUTINE, some) >= 1);
      commits++;
      MemoryStore.Disk before = disk;
      disk = disk.copy();
      restart();
      assertEquals((FILTERED + 1) * RUN, places());
      assertAllFound();
      round();
      assertEquals(written, places());
      assertEquals(FILTERED + 1, runsStored());
      assertAllFound();
      disk = before;
      restart();
    }
    assertTrue(commits > 1, commits + " commits");
  }

  /** A key that leaves its run while it is looked for is found where it went. */
  @Test
  void keyThatMovesDuringALookUp_isFound() {
    runs(FILTERED + 1);
    Deque<Runnable> during = new ArrayDeque<>();
    Store watched =
        (Store)
            Proxy.newProxyInstance(
                Store.class.getClassLoader(),
                new Class<?>[] {Store.class},
                (proxy, method, arguments) -> watched(during, method, arguments));
    table = table(watched);
    int moved = 0;
    for (int key = 0; key < RUN; key++) {
      during.add(
          () -> {
            Mutation<Integer> some = table.move();
            if (some != null) {
              ledger.commit(Lane.ROUTINE, some);
            }
          });
      assertFound(key, 1);
      moved += during.isEmpty() ? 1 : 0;
      during.clear();
    }
    assertTrue(moved >= 2, moved + " look-ups");
    assertEquals(RUN, stored(Table.IDEMPOTENCY_PLACE, 2)[0]);
  }

  /** Runs what is due when a page of a run is read. */
  private Object watched(Deque<Runnable> during, Method method, Object[] arguments)
      throws Throwable {
    boolean page = method.getName().equals("get") && ((byte[]) arguments[1])[0] == 2;
    if (page && !during.isEmpty()) {
      during.remove().run();
    }
    try {
      return method.invoke(store, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  @Test
  void days_goWhole_withTheirLastRecord() {
    runs(10);
    int first = written;
    clock.move(REMEMBERED);
    runs(10);
    assertEquals(2, days());
    assertEquals(Map.of("get IDEMPOTENCY_PLACE absent", 200), readsOfNewKeys(100));
    clock.move(Duration.ofSeconds(1));
    expire();
    assertEquals(1, days());
    for (int key = 0; key < first; key++) {
      assertNull(table.find(CLIENT, "k" + key));
    }
    for (int key = first; key < written; key++) {
      assertFound(key, 1);
    }
    restart();
    assertFound(first, 1);
    clock.move(REMEMBERED);
    expire();
    assertEquals(0, nothingLeft());
    assertEquals(Map.of(), readsOfNewKeys(10));
    write(0, 4);
    restart();
    assertFound(0, 4);
  }

  /** The end of a run that has moved in part takes both parts. */
  @Test
  void runThatHasMovedInPart_goesWithItsDay() {
    runs(FILTERED + 1);
    Mutation<Integer> some = table.move();
    assertNotNull(some);
    ledger.commit(Lane.ROUTINE, some);
    assertTrue(stored(Table.IDEMPOTENCY_PLACE, 2)[0] < RUN);
    assertEquals(1, days());
    clock.move(REMEMBERED.plusSeconds(1));
    write(written, 1);
    expire();
    assertEquals(1, nothingLeft());
    assertFound(written, 1);
    written++;
    runs(FILTERED + 2);
    assertFound(written - 1, 1);
  }

  /** A run keeps its pages as long as it has a record. */
  @Test
  void run_remains_untilItsLastRecordIsOver() {
    for (int i = 0; i < RUN; i++) {
      write(written++, 1);
      clock.move(Duration.ofHours(1));
    }
    round();
    clock.move(REMEMBERED.minusHours(4));
    expire();
    assertEquals(1, runsStored());
    assertNull(table.find(CLIENT, "k0"));
    assertFound(RUN - 1, 1);
    clock.move(Duration.ofHours(4));
    expire();
    assertEquals(0, nothingLeft());
  }

  /** What a clock wrote that was ahead keeps neither records nor runs that were written later. */
  @Test
  void clockThatWasAhead_keepsNothingLater() {
    clock.leap(Duration.ofDays(1_000));
    write(written++, 1);
    clock.leap(Duration.ofDays(-1_000));
    write(written++, 1);
    expire();
    assertFound(0, 1);
    clock.move(REMEMBERED.plusSeconds(1));
    expire();
    assertEquals(0, nothingLeft());

    runs(1);
    clock.leap(Duration.ofDays(1_000));
    runs(3 * FILTERED);
    clock.leap(Duration.ofDays(-1_000));
    expire();
    runs(2 * FILTERED);
    assertTrue(days() > 1, days() + " days");
    List.of(2, RUN + 2, written - 1).forEach(key -> assertFound(key, 1));
    restart();
    clock.move(REMEMBERED.plusSeconds(1));
    expire();
    assertEquals(0, nothingLeft());
  }
}
