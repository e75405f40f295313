package org.entente.gateway.ledger.table;

import java.util.HashMap;
import java.util.Map;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Table;
import org.jspecify.annotations.Nullable;

/**
 * What of {@link RetentionTable} is over. Each round looks at a bounded part of each of its spaces
 * and goes on where the round before ended, so that what a member makes others keep costs the
 * writer no more than that. Confined to the writer's thread.
 */
final class RetentionExpiry {
  /** Records of one space that a round looks at. */
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

  /** At most so many of a space. */
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

  /** What came in this very batch may hold longer, or be gone already. */
  private static boolean isStillOver(Transaction tx, byte[] key, ExpiryPredicate over) {
    byte[] now = tx.get(Table.RETENTION, key);
    return now != null && over.is(now);
  }
}
