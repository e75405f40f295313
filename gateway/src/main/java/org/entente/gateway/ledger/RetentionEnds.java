package org.entente.gateway.ledger;

import java.util.HashMap;
import java.util.Map;
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

  int prune(Transaction tx, long nowMillis, long today, int most) {
    Over ended = value -> RetentionBook.blockRecord(value).getUntilMs() <= nowMillis;
    int pruned =
        round(
            tx,
            RetentionBook.DONE,
            most,
            value -> RetentionBook.erasure(value).getBucketDay() < today);
    pruned += round(tx, RetentionBook.BLOCK, most - pruned, ended);
    return pruned + round(tx, RetentionBook.TAKEN_BACK, most - pruned, ended);
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
        if (over.is(scan.value())) {
          book.forget(tx, space, scan.key());
          pruned++;
        }
      }
    }
    return pruned;
  }
}
