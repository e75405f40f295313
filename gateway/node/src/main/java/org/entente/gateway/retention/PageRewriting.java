package org.entente.gateway.retention;

import java.util.List;
import java.util.concurrent.CompletionException;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.commit.LedgerFailure;
import org.entente.gateway.ledger.table.RetentionTable.PagePlace;
import org.entente.gateway.model.Lane;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drops from the pages of the inbox the ciphertext of messages that were removed one by one. A walk
 * writes each such page once, however many of its messages were removed, so that their number costs
 * no writing. {@link #some} is called by one thread at a time.
 */
final class PageRewriting {
  private static final Logger LOG = LoggerFactory.getLogger(PageRewriting.class);

  /** Pages of one commit: 2 MiB, so that a FLASH message waits some milliseconds. */
  static final int AT_ONCE = 16;

  private final Ledger ledger;
  private volatile boolean due;

  /** Where a walk is; null if none is under way. */
  private @Nullable PagePlace last;

  PageRewriting(Ledger ledger) {
    this.ledger = ledger;
  }

  /** Has the next walk begin as soon as no other is under way. Quick. */
  void begin() {
    due = true;
  }

  /** Goes on with a walk; returns whether it is not over. */
  boolean some() {
    if (last == null) {
      if (!due) {
        return false;
      }
      due = false;
    }
    List<PagePlace> places = ledger.retention().toRewrite(last, AT_ONCE);
    // Moved on first: a page that fails must not hold up the others.
    last = places.size() < AT_ONCE ? null : places.get(AT_ONCE - 1);
    if (!places.isEmpty()) {
      rewrite(places);
    }
    return last != null;
  }

  /** A page that cannot be written is passed over, and tried again by the next walk. */
  private void rewrite(List<PagePlace> places) {
    try {
      ledger.commit(Lane.ROUTINE, tx -> ledger.inbox().rewrite(tx, places));
      return;
    } catch (CompletionException e) {
      if (e.getCause() instanceof LedgerFailure) {
        throw e;
      }
      if (places.size() == 1) {
        LOG.warn("a page with erased messages cannot be written again yet", e);
        return;
      }
    }
    int half = places.size() / 2;
    rewrite(places.subList(0, half));
    rewrite(places.subList(half, places.size()));
  }
}
