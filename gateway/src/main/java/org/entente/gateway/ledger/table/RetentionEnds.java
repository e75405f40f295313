package org.entente.gateway.ledger.table;

import java.util.HashMap;
import java.util.Map;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Table;
import org.jspecify.annotations.Nullable;

/**
 * What of {@link RetentionBook} is over. Each round looks at a bounded part of each of its spaces
 * and goes on where the round before ended, so that what a member makes others keep costs the
 * writer no more than that. Confined to the writer's thread.
 */
final class RetentionEnds {
  /** Records of one space that a round looks at. */
  static final int LOOKED = 20_000;

  private final RetentionBook book;
  private final Map<Integer, byte[]> places = new HashMap<>();

  RetentionEnds(RetentionBook book) {
    this.book = book;
  }

  private interface Over {
    boolean is(byte[] value);
  }

  /** At most so many of each space: none of them waits for what is over of another. */
  int prune(Transaction tx, long nowMillis, long today, int most) {
    Over ended = value -> RetentionBook.blockRecord(value).getUntilMs() <= nowMillis;
    int pruned =
        round(
            tx,
            RetentionBook.DONE,
            most,
            value -> RetentionBook.erasure(value).getBucketDay() < today);
    pruned += round(tx, RetentionBook.BLOCK, most, ended);
    return pruned + round(tx, RetentionBook.TAKEN_BACK, most, ended);
  }

  private int round(Transaction tx, int space, int most, Over over) {
    byte @Nullable [] from = places.remove(space);
    int looked = 0;
    int pruned = 0;
    try (Scan scan =
        tx.scanCommitted(
            Table.RETENTION,
            from == null ? RetentionBook.prefix(space) : from,
            RetentionBook.prefix(space + 1))) {
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
  private static boolean isStillOver(Transaction tx, byte[] key, Over over) {
    byte[] now = tx.get(Table.RETENTION, key);
    return now != null && over.is(now);
  }
}
