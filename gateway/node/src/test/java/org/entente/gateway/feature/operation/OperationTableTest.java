package org.entente.gateway.feature.operation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.commit.Transaction.Mutation;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.OperationId;
import org.entente.gateway.store.Batch;
import org.entente.gateway.store.Durability;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.Table;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.testkit.QuietLedger;
import org.entente.proto.store.v1.OperationRecord;
import org.entente.proto.store.v1.RosterReturn;
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
    RosterReturn.Builder due = RosterReturn.newBuilder().setAgency("fr.customs").setDue(true);
    put(owed, OperationRecord.newBuilder().addReturns(due));
    put(calm, OperationRecord.newBuilder().addReturns(due.clone().clearDue()));
    put(forked, OperationRecord.newBuilder().setForked(true));
    marked(owed, back);
    assertEquals(List.of(forked), OperationTable.of(ledger).forked());
    assertEquals(List.of(forked), new OperationTable(store).forked(), "at the next start");
    put(owed, OperationRecord.newBuilder());
    put(back, OperationRecord.newBuilder());
    marked();
    for (int operations = 0; operations < 4; operations++) {
      int gone = ledger.commit(Lane.ROUTINE, OperationTable.of(ledger).removal(DAY + 1, 256));
      assertEquals(1, gone, "one operation in a commit");
    }
    int gone = ledger.commit(Lane.ROUTINE, OperationTable.of(ledger).removal(DAY + 1, 256));
    assertEquals(0, gone);
    marked();
    assertEquals(List.of(), OperationTable.of(ledger).forked());
  }

  /** A walk begins every hour, and at each start: it must not read what members can make many. */
  @Test
  void removal_readsFewRecords_howeverManyOperations() {
    OperationId over = fresh(5_000);
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          OperationRecord kept = OperationRecord.newBuilder().setKeepUntilDay(DAY + 9).build();
          for (int i = 0; i < 5_000; i++) {
            OperationTable.of(ledger).put(tx, fresh(i), kept);
          }
          return over;
        });
    put(over, OperationRecord.newBuilder());
    store.calls();
    assertEquals(1, ledger.commit(Lane.ROUTINE, OperationTable.of(ledger).removal(DAY + 1, 256)));
    assertEquals(0, ledger.commit(Lane.ROUTINE, OperationTable.of(ledger).removal(DAY + 1, 256)));
    assertEquals(10, OperationTable.of(ledger).list(10).size());
    int calls = store.calls().values().stream().mapToInt(Integer::intValue).sum();
    assertTrue(calls < 60, calls + " calls");
  }

  @Test
  void operation_whoseEndIsPutOff_isKeptUntilThen_andNoLonger() {
    OperationId id = fresh(0);
    put(id, OperationRecord.newBuilder());
    Mutation<Integer> removal = OperationTable.of(ledger).removal(DAY + 1, 256);
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          OperationRecord longer = OperationRecord.newBuilder().setKeepUntilDay(DAY + 1).build();
          OperationTable.of(ledger).put(tx, id, longer);
          return id;
        });
    assertEquals(0, ledger.commit(Lane.ROUTINE, removal));
    assertEquals(0, ledger.commit(Lane.ROUTINE, OperationTable.of(ledger).removal(DAY + 1, 256)));
    assertEquals(1, ledger.commit(Lane.ROUTINE, OperationTable.of(ledger).removal(DAY + 2, 256)));
    assertEquals(List.of(), OperationTable.of(ledger).list(10));
  }

  @Test
  void operationsOfAFounder_areCountedUntilTheyAreRemoved_readableOrNot() {
    AgencyName founder = new AgencyName("fr.customs");
    OperationId one = fresh(0);
    OperationId damaged = fresh(1);
    for (OperationId id : List.of(one, damaged)) {
      put(id, OperationRecord.newBuilder().setCountedFor(founder.value()));
      ledger.commit(
          Lane.ROUTINE,
          tx -> {
            OperationTable.of(ledger).founded(tx, founder, ByteString.EMPTY, 1);
            return id;
          });
    }
    assertEquals(2, founded(founder));
    Batch batch = store.batch();
    batch.put(
        Table.OPERATION, KeyBuilder.key().u8(1).bytes(damaged.bytes()).done(), new byte[] {-1, -1});
    store.commit(batch, Durability.SYNCED);
    assertEquals(1, ledger.commit(Lane.ROUTINE, OperationTable.of(ledger).removal(DAY + 1, 256)));
    assertEquals(1, founded(founder));
    assertEquals(1, ledger.commit(Lane.ROUTINE, OperationTable.of(ledger).removal(DAY + 1, 256)));
    assertEquals(List.of(), OperationTable.of(ledger).list(10));
    assertEquals(1, founded(founder), "whose it was is not known");
  }

  private long founded(AgencyName agency) {
    return ledger.commit(Lane.ROUTINE, tx -> OperationTable.of(ledger).founded(tx, agency));
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
