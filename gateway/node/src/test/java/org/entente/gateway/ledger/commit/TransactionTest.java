package org.entente.gateway.ledger.commit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import org.entente.gateway.store.Batch;
import org.entente.gateway.store.Durability;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Table;
import org.entente.gateway.testkit.MemoryStore;
import org.junit.jupiter.api.Test;

/** A range that is removed is the same as each of its keys removed, there and in the store. */
class TransactionTest {
  private final MemoryStore store = new MemoryStore();
  private final Transaction tx = new Transaction(store, 0);

  TransactionTest() {
    Batch batch = store.batch();
    for (int key = 0; key < 6; key++) {
      batch.put(Table.INBOX, key(key), new byte[] {1});
    }
    batch.put(Table.BODY, key(2), new byte[] {1});
    store.commit(batch, Durability.SYNCED);
  }

  private static byte[] key(int key) {
    return new byte[] {(byte) key};
  }

  private List<Integer> stored() {
    Batch batch = store.batch();
    tx.changes().writeTo(batch);
    store.commit(batch, Durability.SYNCED);
    List<Integer> keys = new ArrayList<>();
    try (Scan scan = store.scan(Table.INBOX, new byte[0], null)) {
      while (scan.hasNext()) {
        scan.next();
        keys.add((int) scan.key()[0]);
      }
    }
    return keys;
  }

  @Test
  void range_takesWhatWasPutBefore_andLeavesWhatIsPutLater() {
    tx.put(Table.INBOX, key(1), new byte[] {2});
    tx.put(Table.INBOX, key(9), new byte[] {2});
    tx.deleteRange(Table.INBOX, key(1), key(5));
    tx.put(Table.INBOX, key(3), new byte[] {3});
    assertNull(tx.get(Table.INBOX, key(1)));
    assertNull(tx.get(Table.INBOX, key(2)));
    assertArrayEquals(new byte[] {3}, tx.get(Table.INBOX, key(3)));
    assertNotNull(tx.get(Table.INBOX, key(0)));
    assertNotNull(tx.get(Table.INBOX, key(5)));
    assertNotNull(tx.get(Table.BODY, key(2)), "another table");
    assertEquals(List.of(0, 3, 5, 9), stored());
    assertNotNull(store.get(Table.BODY, key(2)));
  }

  @Test
  void range_ofAChangeThatIsUndone_removesNothing() {
    tx.put(Table.INBOX, key(1), new byte[] {2});
    long bytes = tx.changes().bytes();
    assertThrows(
        IllegalStateException.class,
        () ->
            tx.within(
                within -> {
                  within.deleteRange(Table.INBOX, key(0), key(9));
                  assertNull(within.get(Table.INBOX, key(1)));
                  throw new IllegalStateException("undone");
                }));
    assertArrayEquals(new byte[] {2}, tx.get(Table.INBOX, key(1)));
    assertNotNull(tx.get(Table.INBOX, key(2)));
    assertEquals(bytes, tx.changes().bytes());
    assertEquals(List.of(0, 1, 2, 3, 4, 5), stored());
  }
}
