package org.entente.gateway.ledger.record;

import org.entente.gateway.model.BigEndian;
import org.entente.gateway.store.Batch;
import org.entente.gateway.store.Durability;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.Table;

/**
 * How often a node was started over a ledger. What is kept bears the number of the start in which
 * it was decided, where a clock would not do: one that was set back tells an earlier start from a
 * later no more. A ledger that was set back counts again from where it was, and so does all that is
 * in it.
 *
 * <pre>META "starts" → u64</pre>
 */
public final class StartCounter {
  private static final byte[] STARTS = KeyBuilder.key().ascii("starts").done();

  private StartCounter() {}

  /** Counts one more; the number of this start, from 1. Durable when it returns. */
  public static long next(Store store) {
    byte[] before = store.get(Table.META, STARTS);
    long start = before == null ? 1 : BigEndian.u64(before, 0) + 1;
    Batch batch = store.batch();
    batch.put(Table.META, STARTS, KeyBuilder.key().u64(start).done());
    store.commit(batch, Durability.SYNCED);
    return start;
  }
}
