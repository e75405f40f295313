package org.entente.gateway.ledger.record;

import org.entente.gateway.model.BigEndian;
import org.entente.gateway.store.Batch;
import org.entente.gateway.store.Durability;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.Table;

/**
 * Counts the starts of a node over a ledger. Records carry the number of the start in which they
 * were decided. A clock would not do, since one that was set back no longer tells an earlier start
 * from a later one. A restored ledger counts on from its own number, as does everything in it.
 *
 * <pre>META "starts" → u64</pre>
 */
public final class StartCounter {
  private static final byte[] STARTS = KeyBuilder.key().ascii("starts").done();

  private StartCounter() {}

  /** Counts a start and returns its number, from 1. Durable on return. */
  public static long next(Store store) {
    byte[] before = store.get(Table.META, STARTS);
    long start = before == null ? 1 : BigEndian.u64(before, 0) + 1;
    Batch batch = store.batch();
    batch.put(Table.META, STARTS, KeyBuilder.key().u64(start).done());
    store.commit(batch, Durability.SYNCED);
    return start;
  }
}
