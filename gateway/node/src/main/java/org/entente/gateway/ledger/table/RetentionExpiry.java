package org.entente.gateway.ledger.table;

import java.util.HashMap;
import java.util.Map;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Table;
import org.jspecify.annotations.Nullable;

/**
 * Removes expired records of {@link RetentionTable}. Each round examines a bounded part of each key
 * space and continues where the last round ended, which bounds the writer's cost of records caused
 * by other members. Confined to the writer's thread.
 */
final class RetentionExpiry {
  /** Records of one key space examined per round. */
  static final int LOOKED = 20_000;

  private final Removal removal;
  private final Map<Integer, byte[]> places = new HashMap<>();

  RetentionExpiry(Removal removal) {
    this.removal = removal;
  }

  interface ExpiryPredicate {
    boolean is(byte[] value);
  }

  /** Removes a record that is over, with what is counted of it. */
  interface Removal {
    void remove(Transaction tx, int space, byte[] key);
  }

  static byte[] prefix(int space) {
    return new byte[] {(byte) space};
  }

  /** Removes expired records of one key space, at most {@code most}; returns how many. */
  int round(Transaction tx, int space, int most, ExpiryPredicate over) {
    byte @Nullable [] from = places.remove(space);
    int looked = 0;
    int pruned = 0;
    try (Scan scan =
        tx.scanCommitted(Table.RETENTION, from == null ? prefix(space) : from, prefix(space + 1))) {
      while (scan.hasNext()) {
        scan.next();
        if (pruned >= most || looked++ == LOOKED) {
          places.put(space, scan.key());
          return pruned;
        }
        if (over.is(scan.value()) && isStillOver(tx, scan.key(), over)) {
          removal.remove(tx, space, scan.key());
          pruned++;
        }
      }
    }
    return pruned;
  }

  /** Whether an entry is still expired; this batch may have extended or removed it. */
  private static boolean isStillOver(Transaction tx, byte[] key, ExpiryPredicate over) {
    byte[] now = tx.get(Table.RETENTION, key);
    return now != null && over.is(now);
  }
}
