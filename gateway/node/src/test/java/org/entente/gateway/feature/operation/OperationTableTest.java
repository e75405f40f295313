package org.entente.gateway.feature.operation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.OperationId;
import org.entente.gateway.store.Batch;
import org.entente.gateway.store.Durability;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.testkit.QuietLedger;
import org.entente.proto.store.v1.OperationRecord;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Which operations somebody has to look after, without a look at all of them. */
class OperationTableTest {
  private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");
  private static final long DAY = NOW.toEpochMilli() / 86_400_000;

  private final MemoryStore store = new MemoryStore(new MemoryStore.Disk());
  @AutoClose private final Ledger ledger = QuietLedger.started(store, () -> NOW);

  private OperationId fresh(int minute) {
    return OperationId.fresh(NOW.plusSeconds(60L * minute).toEpochMilli(), new SecureRandom());
  }

  private void put(OperationId id, OperationRecord.Builder record) {
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          OperationTable.of(ledger).put(tx, id, record.setKeepUntilDay(DAY).build());
          return id;
        });
  }

  private void marked(OperationId... ids) {
    assertEquals(List.of(ids), OperationTable.of(ledger).marked());
    assertEquals(List.of(ids), new OperationTable(store).marked(), "at the next start");
  }

  @Test
  void operation_isMarkedWhileSomethingIsToBeDone() {
    OperationId calm = fresh(0);
    OperationId forked = fresh(1);
    OperationId owed = fresh(2);
    OperationId back = fresh(3);
    put(calm, OperationRecord.newBuilder());
    marked();
    put(back, OperationRecord.newBuilder().setSetBack(true));
    put(owed, OperationRecord.newBuilder().setGiveBackTo("fr.customs"));
    put(forked, OperationRecord.newBuilder().setForked(true));
    marked(forked, owed, back);
    put(owed, OperationRecord.newBuilder());
    put(back, OperationRecord.newBuilder());
    marked(forked);
    for (int operations = 0; operations < 4; operations++) {
      int gone = ledger.commit(Lane.ROUTINE, OperationTable.of(ledger).removal(DAY + 1, 256));
      assertEquals(1, gone, "one operation in a commit");
    }
    int gone = ledger.commit(Lane.ROUTINE, OperationTable.of(ledger).removal(DAY + 1, 256));
    assertEquals(0, gone);
    marked();
  }

  @Test
  void openOperations_ofEachLead_areFoundAtTheNextStartToo() {
    AgencyName lead = new AgencyName("fr.customs");
    OperationId one = fresh(0);
    OperationId two = fresh(1);
    OperationId over = fresh(2);
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          OperationTable book = OperationTable.of(ledger);
          book.open(tx, lead, one, tx.nowMillis() + 1);
          book.open(tx, lead, two, tx.nowMillis() + 1);
          book.open(tx, lead, over, tx.nowMillis());
          book.open(tx, lead, one, tx.nowMillis() + 2);
          assertEquals(List.of(two, one), book.open(tx, lead), "each once");
          assertEquals(List.of(), book.open(tx, new AgencyName("fr.police")));
          return lead;
        });
    try (Ledger next = QuietLedger.started(store, () -> NOW)) {
      next.commit(
          Lane.ROUTINE,
          tx -> {
            OperationTable book = OperationTable.of(next);
            assertEquals(List.of(two, one), book.open(tx, lead));
            assertTrue(book.shut(tx, lead, two));
            assertFalse(book.shut(tx, lead, two));
            assertEquals(List.of(one), book.open(tx, lead));
            return lead;
          });
    }
  }

  @Test
  void allOperations_areMarkedInALedgerThatWasSetBack() {
    OperationId one = fresh(0);
    OperationId two = fresh(1);
    put(one, OperationRecord.newBuilder().setNumber(2));
    put(two, OperationRecord.newBuilder().setNumber(1));
    Batch batch = store.batch();
    OperationTable.setBack(store, batch);
    store.commit(batch, Durability.SYNCED);
    assertEquals(List.of(one, two), new OperationTable(store).marked());
  }
}
