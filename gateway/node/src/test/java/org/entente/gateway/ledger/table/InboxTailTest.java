package org.entente.gateway.ledger.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.CommittedTail;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.store.Batch;
import org.entente.gateway.store.Durability;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.proto.store.v1.InboxRecord;
import org.junit.jupiter.api.Test;

/** The inbox read from memory says what the store says. */
class InboxTailTest {
  private final MemoryStore store = new MemoryStore();
  private final long seed = System.nanoTime();
  private final Random random = new Random(seed);
  private final List<InboxTable.PlacedRecord> kept = new ArrayList<>();

  private InboxTable inbox = inbox();

  private InboxTable inbox() {
    return new InboxTable(store, new CommittedTail<>(10_000, 8));
  }

  private static InboxRecord record(MessageId id, int size) {
    return InboxRecord.newBuilder()
        .setOrigin("fr.customs")
        .setMessageId(ByteString.copyFrom(id.bytes()))
        .setSealedRecord(ByteString.copyFrom(new byte[size]))
        .build();
  }

  private void append(Transaction tx, Lane lane) {
    MessageId id = MessageId.fresh(random.nextInt(1_000_000), random);
    inbox.append(tx, lane, id, record(id, random.nextInt(2_000)), new byte[3]);
  }

  private void commit(Transaction tx) {
    Batch batch = store.batch();
    tx.changes().writeTo(batch);
    store.commit(batch, Durability.SYNCED);
    tx.actions().forEach(Runnable::run);
    kept.clear();
    for (Lane lane : Lane.all()) {
      kept.addAll(inbox().read(lane, 0, 10_000));
    }
  }

  private void change(Transaction tx) {
    InboxTable.PlacedRecord one =
        kept.isEmpty() ? null : inbox.now(tx, kept.get(random.nextInt(kept.size())));
    int what = random.nextInt(10);
    if (one == null || what > 3) {
      append(tx, Lane.all().get(random.nextInt(Lane.all().size())));
    } else if (what == 0) {
      inbox.remove(tx, one);
    } else if (what == 1) {
      long moved = inbox.moveToEnd(tx, one);
      assertTrue(moved > one.position());
    } else if (what == 2) {
      inbox.replace(tx, one, one.record().toBuilder().setRecalled(true).build());
    } else {
      long without = inbox.nextPosition(tx);
      assertTrue(without > one.position());
    }
  }

  /** One that fails behind its changes, which are undone. */
  private void fail(Transaction tx) {
    try {
      tx.within(
          inner -> {
            change(inner);
            throw new IllegalStateException("a defect");
          });
    } catch (IllegalStateException expected) {
      // It is the test's own.
    }
  }

  @Test
  void randomChanges_readFromAnyPlace_areWhatTheStoreHolds() {
    for (int commit = 0; commit < 400; commit++) {
      Transaction tx = new Transaction(store, commit);
      for (int i = random.nextInt(5); i >= 0; i--) {
        change(tx);
        if (random.nextInt(4) == 0) {
          fail(tx);
        }
      }
      commit(tx);
      if (random.nextInt(40) == 0) {
        inbox = inbox();
      }
      InboxTable stored = inbox();
      assertEquals(stored.lastPosition(), inbox.lastPosition(), "seed " + seed);
      for (Lane lane : Lane.all()) {
        long from = Math.max(0, stored.lastPosition() - random.nextInt(12) + 2);
        int most = 1 + random.nextInt(9);
        assertEquals(stored.read(lane, from, most), inbox.read(lane, from, most), "seed " + seed);
      }
    }
  }

  @Test
  void readerAtTheEnd_readsNothingFromTheStore_andOneBehindDoes() {
    Transaction tx = new Transaction(store, 0);
    append(tx, Lane.ROUTINE);
    append(tx, Lane.FLASH);
    commit(tx);
    inbox = inbox();
    tx = new Transaction(store, 0);
    append(tx, Lane.ROUTINE);
    commit(tx);
    store.calls();
    assertEquals(1, inbox.read(Lane.ROUTINE, 2, 10).size());
    assertEquals(0, inbox.read(Lane.FLASH, 3, 10).size());
    assertEquals(0, inbox.read(Lane.PRIORITY, 1, 10).size());
    assertEquals(3, inbox.lastPosition());
    assertEquals(Map.of(), store.calls());
    assertEquals(2, inbox.read(Lane.ROUTINE, 1, 10).size());
    assertEquals(
        Map.of("scan INBOX", 2), store.calls(), "the page in which it begins, and the others");
  }

  /** A commit that fails leaves nothing in memory that is not stored. */
  @Test
  void transactionThatIsNotCommitted_isNotRead() {
    Transaction tx = new Transaction(store, 0);
    append(tx, Lane.ROUTINE);
    assertEquals(List.of(), inbox.read(Lane.ROUTINE, 1, 10));
    assertEquals(0, inbox.lastPosition());
    assertNull(inbox.place(Lane.ROUTINE, 1));
  }
}
