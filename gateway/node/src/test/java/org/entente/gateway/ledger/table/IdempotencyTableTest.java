package org.entente.gateway.ledger.table;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.model.Lane;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Table;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.testkit.QuietLedger;
import org.entente.gateway.testkit.SettableClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A key finds its last outcome, in memory or in a run, and after a restart. */
class IdempotencyTableTest {
  private static final String CLIENT = "declarations";

  private final SettableClock clock = new SettableClock(Instant.parse("2026-11-25T10:00:00Z"));
  private final MemoryStore.Disk disk = new MemoryStore.Disk();
  private MemoryStore store = new MemoryStore(disk);
  private Ledger ledger = QuietLedger.started(store, clock);

  @AfterEach
  void close() {
    ledger.close();
  }

  private void restart() {
    ledger.close();
    store = new MemoryStore(disk);
    ledger = QuietLedger.started(store, clock);
  }

  /** Outcomes of keys with a number; the hash of the draft and the outcome say which they are. */
  private void write(int from, int to, int outcome) {
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          for (int i = from; i < to; i += IdempotencyTable.TOGETHER) {
            List<IdempotencyTable.UsedKey> keys = new ArrayList<>();
            for (int k = i; k < Math.min(to, i + IdempotencyTable.TOGETHER); k++) {
              keys.add(new IdempotencyTable.UsedKey(CLIENT, "k" + k, hash(k)));
            }
            ledger.idempotency().write(tx, keys, place -> new byte[] {(byte) outcome});
          }
          return to;
        });
  }

  private static byte[] hash(int key) {
    return KeyBuilder.key().u64(0).u64(0).u64(0).u64(key).done();
  }

  /** Stores the recent keys as a run if there are enough. */
  private boolean run() {
    IdempotencyTable.FullRun run = ledger.idempotency().fullRun();
    if (run == null) {
      return false;
    }
    return ledger.commit(
        Lane.ROUTINE,
        tx -> {
          ledger.idempotency().write(tx, run);
          return true;
        });
  }

  private void assertFound(int key, int outcome) {
    IdempotencyTable.StoredOutcome found = ledger.idempotency().find(CLIENT, "k" + key);
    assertNotNull(found, "key " + key);
    assertArrayEquals(hash(key), found.draftHash());
    assertEquals(outcome, found.sealedOutcomes().bytes()[0]);
    assertEquals(key % IdempotencyTable.TOGETHER, found.index());
  }

  private void remove() {
    long before = clock.millis();
    List<Long> over = ledger.idempotency().over(before, Integer.MAX_VALUE);
    int removed = ledger.commit(Lane.ROUTINE, tx -> ledger.idempotency().remove(tx, over));
    assertEquals(over.size(), removed);
  }

  private int records() {
    int records = 0;
    try (Scan scan = store.scan(Table.IDEMPOTENCY, new byte[0], null)) {
      while (scan.hasNext()) {
        scan.next();
        records++;
      }
    }
    return records;
  }

  @Test
  void keysOfACommit_haveOneRecord_andNewOnesCostNoRead() {
    store.calls();
    write(0, IdempotencyTable.TOGETHER, 1);
    assertEquals(Map.of("put IDEMPOTENCY", 1), store.calls());
    assertNull(ledger.idempotency().find(CLIENT, "new"));
    assertEquals(Map.of(), store.calls());
    assertFound(7, 1);
    assertEquals(Map.of("get IDEMPOTENCY", 1), store.calls());
  }

  @Test
  void keys_inRunsAndInMemory_areFound_alsoAfterARestart_andNewOnesCostAlmostNoRead() {
    write(0, IdempotencyTable.RUN, 1);
    assertTrue(run());
    write(IdempotencyTable.RUN, 2 * IdempotencyTable.RUN, 2);
    assertTrue(run());
    write(2 * IdempotencyTable.RUN, 2 * IdempotencyTable.RUN + 100, 3);
    assertEquals(false, run(), "too few");
    for (int restarts = 0; restarts < 2; restarts++) {
      assertFound(0, 1);
      assertFound(IdempotencyTable.RUN - 1, 1);
      assertFound(IdempotencyTable.RUN + 5, 2);
      assertFound(2 * IdempotencyTable.RUN + 99, 3);
      store.calls();
      for (int i = 0; i < 1_000; i++) {
        assertNull(ledger.idempotency().find(CLIENT, "new" + i));
      }
      int reads = store.calls().values().stream().mapToInt(times -> times).sum();
      assertTrue(reads < 20, reads + " reads");
      restart();
    }
  }

  @Test
  void lastOutcomeOfAKey_counts_whereverTheOthersAre() {
    write(0, IdempotencyTable.RUN, 1);
    write(0, 1, 2);
    assertFound(0, 2);
    assertTrue(run());
    assertFound(0, 2);
    write(0, 1, 3);
    assertFound(0, 3);
    restart();
    assertFound(0, 3);
    assertFound(1, 1);
  }

  /** What a run was made of stays until it is durable, and comes back after a crash. */
  @Test
  void keys_areFoundWhileTheyBecomeARun_andWhenItWasNeverCommitted() {
    write(0, IdempotencyTable.RUN, 1);
    assertNotNull(ledger.idempotency().fullRun());
    write(IdempotencyTable.RUN, IdempotencyTable.RUN + 1, 2);
    assertFound(5, 1);
    assertFound(IdempotencyTable.RUN, 2);
    restart();
    assertFound(5, 1);
    assertTrue(run());
    assertFound(5, 1);
    assertFound(IdempotencyTable.RUN, 2);
  }

  @Test
  void runs_goWithTheirLastRecord_andNothingIsLeft() {
    write(0, IdempotencyTable.RUN, 1);
    assertTrue(run());
    clock.move(Duration.ofHours(1));
    write(IdempotencyTable.RUN, IdempotencyTable.RUN + 1, 2);
    remove();
    assertEquals(1, records());
    assertNull(ledger.idempotency().find(CLIENT, "k5"));
    assertFound(IdempotencyTable.RUN, 2);
    restart();
    assertFound(IdempotencyTable.RUN, 2);
    clock.move(Duration.ofHours(1));
    remove();
    assertEquals(0, records());
    write(0, 1, 4);
    assertFound(0, 4);
    restart();
    assertFound(0, 4);
  }

  @Test
  void changeThatIsUndone_leavesNothingToFind() {
    assertEquals(
        "undone",
        ledger
            .write(
                Lane.ROUTINE,
                tx -> {
                  var used = new IdempotencyTable.UsedKey(CLIENT, "k1", hash(1));
                  ledger.idempotency().write(tx, List.of(used), place -> new byte[1]);
                  throw new IllegalStateException("undone");
                })
            .handle((done, failure) -> String.valueOf(failure.getMessage()))
            .join());
    assertNull(ledger.idempotency().find(CLIENT, "k1"));
    write(1, 2, 1);
    restart();
    assertNotNull(ledger.idempotency().find(CLIENT, "k1"));
  }
}
