package org.entente.gateway.feature.search;

import java.util.ArrayDeque;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Queue;

/**
 * The places that a page of a search examines, newest first. An index looks at all that it finds,
 * however few places it gives. So they are taken in large parts, whatever the size of the page: a
 * page has one price. For one thread.
 */
final class FoundPlaces {
  /** Most places that one page examines. */
  static final int MOST = 1_000;

  /** Places that are taken from the index together: more than the largest page shows. */
  static final int PART = 256;

  /** Finds places in an index. */
  interface Finder {
    /**
     * The newest places.
     *
     * @param before only places with a smaller number
     * @param most most places to return
     */
    List<InboxPosition> find(long before, int most);
  }

  private final Finder index;
  private final Queue<InboxPosition> part = new ArrayDeque<>();
  private long before;
  private int examined;
  private boolean last;

  /**
   * Takes none at first.
   *
   * @param before only places with a smaller number
   */
  FoundPlaces(Finder index, long before) {
    this.index = index;
    this.before = before;
  }

  /** Whether there is another place, for this page or the next. */
  boolean hasNext() {
    if (part.isEmpty() && !last) {
      part.addAll(index.find(before, PART));
      last = part.size() < PART;
    }
    return !part.isEmpty();
  }

  /** Whether this page may examine no further place. */
  boolean isFull() {
    return examined == MOST;
  }

  /** The next place. */
  InboxPosition next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    InboxPosition place = part.remove();
    before = place.number();
    examined++;
    return place;
  }

  /** The token of the page that begins after the last place that was taken. */
  String token() {
    return SearchQuery.token(before);
  }
}
