package org.entente.gateway.ledger.table;

import org.entente.gateway.ledger.record.RecentCache;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.Table;
import org.jspecify.annotations.Nullable;

/**
 * Committed pages of sealed bodies. Those read last stay in memory, up to 1 MiB and until {@link
 * #forget}, so that subscribers behind the newest messages read a page once and not for each of its
 * messages. A page that is held may have bodies that the store has removed since; they are
 * ciphertext, and their positions are given to nobody. Safe for many threads.
 */
final class BodyPages {
  private static final long BYTES = 1 << 20;
  private static final int PAGES = 64;

  private final Store store;
  private final RecentCache<Long, byte[]> recent = new RecentCache<>(BYTES, PAGES);

  BodyPages(Store store) {
    this.store = store;
  }

  /** The page that begins at a position, not to be modified; null if there is none. */
  byte @Nullable [] read(long first) {
    byte[] held = recent.get(first);
    if (held != null) {
      return held;
    }
    byte[] page = store.get(Table.BODY, key(first));
    if (page != null && page.length > 0 && page[0] != 1) {
      recent.put(first, page, page.length, 0);
    }
    return page;
  }

  /** Releases the memory; called every second. */
  void forget() {
    recent.removeBefore(Long.MAX_VALUE);
  }

  /** The key of a page. */
  static byte[] key(long first) {
    return KeyBuilder.key().u64(first).done();
  }
}
