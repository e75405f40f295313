package org.entente.gateway.retention;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.commit.LedgerFailure;
import org.entente.gateway.ledger.record.DiskSpace;
import org.entente.gateway.ledger.table.RetentionTable.PagePlace;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.store.StoreFailure;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drops from the pages of the inbox the ciphertext of messages that were removed one by one. Their
 * keys are destroyed already, so that nothing depends on when this is done.
 *
 * <p><b>Walks.</b> A walk over the pages of an origin writes each of them once, however many of its
 * messages were removed, so that their number costs no writing.
 *
 * <p><b>Pace.</b> A step writes a given number of bytes and at most one page more. Origins have
 * equal shares of them, and what one does not need is left to the others. If there are more origins
 * than pages, those come first that have waited longest. So one with any number of pages delays no
 * other.
 *
 * <p><b>Disk.</b> A page is written before its old bytes are reclaimed, so that nothing is written
 * while space is scarce.
 *
 * <p>{@link #step} is called by one thread at a time.
 */
final class PageRewriting {
  private static final Logger LOG = LoggerFactory.getLogger(PageRewriting.class);

  /** Pages of one commit: 2 MiB, so that a FLASH message waits some milliseconds. */
  static final int AT_ONCE = 16;

  /** Bytes that a page counts at least, as it costs reads and a commit too. */
  static final int LEAST = 4 << 10;

  /** Bytes that a page counts whose size cannot be read; more than the largest has. */
  private static final int LARGEST = 192 << 10;

  private final Ledger ledger;
  private final Map<AgencyName, Walk> walks = new HashMap<>();
  private volatile boolean due;
  private long turn;

  /** The state of an origin. */
  private static final class Walk {
    private boolean due;

    /** Where a walk is; null if none is under way. */
    private @Nullable PagePlace last;

    /** The step that last served it. */
    private long served;

    private boolean isOver() {
      return last == null && !due;
    }
  }

  PageRewriting(Ledger ledger) {
    this.ledger = ledger;
  }

  /** Has a walk begin over the pages of each origin, once none of it is under way. Quick. */
  void begin() {
    due = true;
  }

  /**
   * Goes on with walks.
   *
   * @param bytes most bytes that are written; one page more may be
   * @return the bytes of the pages that were chosen
   */
  long step(long bytes) {
    if (ledger.room().level() != DiskSpace.Level.AMPLE) {
      return 0;
    }
    List<PagePlace> chosen = new ArrayList<>();
    long left = bytes;
    List<AgencyName> origins = waiting();
    while (left > 0 && !origins.isEmpty()) {
      for (int i = 0; i < origins.size() && left > 0; i++) {
        left -= choose(origins.get(i), Math.max(1, left / (origins.size() - i)), chosen);
      }
      // Only those that go on: a walk that begins again would choose what is not written yet.
      origins = origins.stream().filter(origin -> walk(origin).last != null).toList();
    }
    for (int i = 0; i < chosen.size(); i += AT_ONCE) {
      rewrite(chosen.subList(i, Math.min(chosen.size(), i + AT_ONCE)));
    }
    return bytes - left;
  }

  /** What an operator should look at: that it waits for space. */
  Optional<String> warning() {
    return ledger.room().level() == DiskSpace.Level.AMPLE
            || ledger.retention().originsToRewrite().isEmpty()
        ? Optional.empty()
        : Optional.of(
            "erasures: space is scarce, so the ciphertext of erased messages, whose keys are"
                + " destroyed, stays in its pages (entente_erased_pages_waiting)");
  }

  /** Origins with a walk, those first that have waited longest. */
  private List<AgencyName> waiting() {
    List<AgencyName> marked = ledger.retention().originsToRewrite();
    walks.keySet().retainAll(marked);
    if (due) {
      due = false;
      marked.forEach(origin -> walk(origin).due = true);
    }
    return marked.stream()
        .filter(origin -> !walk(origin).isOver())
        .sorted(Comparator.comparingLong(origin -> walk(origin).served))
        .toList();
  }

  private Walk walk(AgencyName origin) {
    return walks.computeIfAbsent(origin, unused -> new Walk());
  }

  /** Chooses the next pages of an origin until they have some bytes; gives how many they have. */
  private long choose(AgencyName origin, long bytes, List<PagePlace> chosen) {
    Walk walk = walk(origin);
    walk.served = ++turn;
    walk.due = walk.due && walk.last != null;
    int most = (int) Math.min(Integer.MAX_VALUE - 1, bytes / LEAST) + 1;
    List<PagePlace> next = ledger.retention().toRewrite(origin, walk.last, most);
    long taken = 0;
    int count = 0;
    while (count < next.size() && taken < bytes) {
      PagePlace page = next.get(count++);
      taken += cost(page);
      chosen.add(page);
    }
    // Moved on first: a page that fails must not hold up the others.
    walk.last = count == next.size() && count < most ? null : next.get(count - 1);
    return taken;
  }

  private long cost(PagePlace page) {
    try {
      return Math.max(LEAST, ledger.inbox().bytes(page));
    } catch (StoreFailure e) {
      // Passed over, with its reason, when it is to be written.
      return LARGEST;
    }
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
