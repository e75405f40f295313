package org.entente.gateway.intake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.table.IdempotencyTable;
import org.entente.gateway.model.Lane;
import org.entente.gateway.store.Batch;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.Table;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.testkit.QuietLedger;
import org.entente.gateway.testkit.SettableClock;
import org.entente.gateway.testkit.TestNames;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Outcomes leave the ledger in small parts, beside the commits of others. */
class OutcomeSweepTest {
  private static final String CLIENT = "declarations";
  private static final int EACH = 3_000;

  private final SettableClock clock = new SettableClock(Instant.parse("2026-11-25T10:00:00Z"));
  private final MemoryStore memory = new MemoryStore();
  private final Thread test = Thread.currentThread();

  /** Records that each commit removed, in order. */
  private final List<Integer> removedByCommit = Collections.synchronizedList(new ArrayList<>());

  private final AtomicInteger scansOfTheWriter = new AtomicInteger();
  @AutoClose private final Ledger ledger = QuietLedger.started(watched(), clock);
  private final IdempotencyTable book = ledger.idempotency();
  private long nanos;
  private final OutcomeSweep sweep = new OutcomeSweep(ledger, clock, () -> nanos);

  private Store watched() {
    return (Store)
        Proxy.newProxyInstance(
            Store.class.getClassLoader(),
            new Class<?>[] {Store.class},
            (proxy, method, arguments) -> watched(method, arguments));
  }

  private Object watched(Method method, Object[] arguments) throws Throwable {
    if (method.getName().equals("scan") && Thread.currentThread() != test) {
      scansOfTheWriter.incrementAndGet();
    }
    if (method.getName().equals("commit")) {
      removedByCommit.add(removedBy((Batch) arguments[0]));
    }
    try {
      return method.invoke(memory, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private static int removedBy(Batch batch) {
    int[] removed = new int[1];
    batch.applyTo(
        new Batch.Target() {
          @Override
          public void put(Table table, byte[] key, byte[] value) {
            // Not counted here.
          }

          @Override
          public void delete(Table table, byte[] key) {
            removed[0] += table == Table.IDEMPOTENCY ? 1 : 0;
          }

          @Override
          public void deleteRange(Table table, byte[] from, byte[] to) {
            if (table == Table.IDEMPOTENCY && from[0] == 1) {
              throw new AssertionError("nobody knows how many records go");
            }
          }
        });
    return removed[0];
  }

  /** Outcomes now, under these keys, each in a record of its own. */
  private void remember(String prefix, int count) {
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          for (int i = 0; i < count; i++) {
            var used = new IdempotencyTable.UsedKey(CLIENT, prefix + i, new byte[32]);
            book.write(tx, List.of(used), place -> new byte[0]);
          }
          return count;
        });
  }

  /** As many whose time is over as are still remembered. */
  private void oldAndFresh() {
    remember("a", EACH);
    clock.move(OutcomeMemory.REMEMBERED.plusSeconds(1));
    remember("b", EACH);
    removedByCommit.clear();
  }

  private int left() {
    int left = 0;
    try (Scan scan = memory.scan(Table.IDEMPOTENCY, new byte[0], null)) {
      while (scan.hasNext()) {
        scan.next();
        left++;
      }
    }
    return left;
  }

  @Test
  void largeTable_isReadBesideTheWriter_andEachCommitForgetsAFewKeys() {
    oldAndFresh();
    assertEquals(EACH, sweep.round());
    assertEquals(EACH, left());
    assertEquals(0, scansOfTheWriter.get(), "what the writer reads holds up every commit");
    assertTrue(
        removedByCommit.stream().allMatch(removed -> removed <= OutcomeSweep.AT_ONCE),
        removedByCommit.toString());
    assertNull(book.find(CLIENT, "a0"));
    assertNotNull(book.find(CLIENT, "b0"));
  }

  @Test
  void ordinaryCommits_goBetweenThoseOfTheSweep() {
    oldAndFresh();
    OutcomeSweep accompanied =
        new OutcomeSweep(
            ledger,
            clock,
            () -> {
              ledger.commit(Lane.ROUTINE, tx -> 0);
              return nanos;
            });
    assertEquals(EACH, accompanied.round());
    for (int i = 1; i < removedByCommit.size(); i++) {
      assertTrue(
          removedByCommit.get(i) == 0 || removedByCommit.get(i - 1) == 0,
          removedByCommit.toString());
    }
  }

  @Test
  void round_endsByItsTime_andTheNextGoesOnFromThere() {
    oldAndFresh();
    OutcomeSweep slow =
        new OutcomeSweep(
            ledger,
            clock,
            () -> {
              nanos += OutcomeSweep.ROUND.toNanos() / 2;
              return nanos;
            });
    int rounds = 0;
    int removed = 0;
    while (removed < EACH) {
      int now = slow.round();
      assertTrue(now <= 2 * OutcomeSweep.AT_ONCE, now + " in a round");
      removed += now;
      rounds++;
      assertTrue(rounds <= EACH, "goes on");
    }
    assertEquals(EACH, left());
    assertTrue(rounds >= EACH / (2 * OutcomeSweep.AT_ONCE), rounds + " rounds");
  }

  @Test
  void round_afterAnother_beginsWhereNothingIsDeleted() {
    oldAndFresh();
    assertEquals(EACH, sweep.round());
    assertEquals(0, sweep.round());
    clock.move(OutcomeMemory.REMEMBERED.plusSeconds(1));
    assertEquals(EACH, sweep.round());
    assertEquals(0, left());
  }

  /** A client may use a key again after a day, also while a sweep looks at it. */
  @Test
  void keyThatIsUsedAgainMeanwhile_isNotForgotten() {
    remember("a", 1);
    clock.move(OutcomeMemory.REMEMBERED.plusSeconds(1));
    long before = clock.millis() - OutcomeMemory.REMEMBERED.toMillis();
    List<Long> over = book.over(before, 10);
    assertEquals(1, over.size());
    remember("a", 1);
    int removed = ledger.commit(Lane.ROUTINE, tx -> book.remove(tx, over));
    assertEquals(1, removed);
    assertNotNull(book.find(CLIENT, "a0"));
    assertEquals(List.of(), book.over(before, 10));
  }

  /** A round makes room in the filters before it fills them, however many keys came at once. */
  @Test
  void rounds_moveOlderKeys_andKeepFewRuns() {
    IdempotencyTable small =
        new IdempotencyTable(
            memory, TestNames.names(), new IdempotencyTable.Sizes(10, 2, 2, 1 << 10, 4));
    OutcomeSweep moving = new OutcomeSweep(ledger, small, clock, () -> nanos);
    int keys = 0;
    for (int round = 0; round < 20; round++) {
      for (int i = 0; i < 13; i++) {
        var used = new IdempotencyTable.UsedKey(CLIENT, "k" + keys++, new byte[32]);
        ledger.commit(
            Lane.ROUTINE,
            tx -> {
              small.write(tx, List.of(used), place -> new byte[0]);
              return used;
            });
      }
      assertEquals(0, moving.round());
    }
    for (int key = 0; key < keys; key++) {
      assertNotNull(small.find(CLIENT, "k" + key));
    }
    memory.calls();
    assertNull(small.find(CLIENT, "new"));
    assertEquals(Map.of("get IDEMPOTENCY_PLACE absent", 1), memory.calls());
    clock.move(OutcomeMemory.REMEMBERED.plusSeconds(1));
    assertEquals(keys, moving.round());
    memory.calls();
    assertNull(small.find(CLIENT, "k0"));
    assertEquals(Map.of(), memory.calls());
    assertEquals(0, left());
  }
}
