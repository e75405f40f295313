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

  private final RetentionTable book;
  private final Map<Integer, byte[]> places = new HashMap<>();

  RetentionExpiry(RetentionTable book) {
    this.book = book;
  }

  private interface ExpiryPredicate {
    boolean is(byte[] value);
  }

  /** At most so many of each space: none of them waits for what is over of another. */
  int prune(Transaction tx, long nowMillis, long today, int most) {
    ExpiryPredicate ended = value -> RetentionTable.blockRecord(value).getUntilMs() <= nowMillis;
    int pruned =
        round(
            tx,
            RetentionTable.DONE,
            most,
            value -> RetentionTable.erasure(value).getBucketDay() < today);
    pruned += round(tx, RetentionTable.BLOCK, most, ended);
    return pruned + round(tx, RetentionTable.TAKEN_BACK, most, ended);
  }

  private int round(Transaction tx, int space, int most, ExpiryPredicate over) {
    byte @Nullable [] from = places.remove(space);
    int looked = 0;
    int pruned = 0;
    try (Scan scan =
        tx.scanCommitted(
            Table.RETENTION,
            from == null ? RetentionTable.prefix(space) : from,
            RetentionTable.prefix(space + 1))) {
      while (scan.hasNext()) {
        scan.next();
        if (pruned >= most || looked++ == LOOKED) {
          places.put(space, scan.key());
          return pruned;
        }
        if (over.is(scan.value()) && isStillOver(tx, scan.key(), over)) {
          book.forget(tx, space, scan.key());
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
