package org.entente.gateway.transmit;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.entente.gateway.model.AgencyName;

/**
 * Recipients for whom something waits outside the hop queues, so that later mail waits behind it
 * and its order holds. After a start everybody counts as such until upkeep has looked. Safe for
 * many threads.
 */
public final class WaitingRecipients {
  private static final long CLEAR = 0;

  /** Marks since the start, one more than nothing; {@link #CLEAR} once nothing was found. */
  private final Map<AgencyName, Long> marks = new ConcurrentHashMap<>();

  /** Something waits for a recipient now. */
  void mark(AgencyName recipient) {
    marks.merge(recipient, 1L, (held, one) -> held + one);
  }

  /** Whether later mail must wait too. */
  public boolean isWaiting(AgencyName recipient) {
    return marks.getOrDefault(recipient, 1L) != CLEAR;
  }

  /** To be compared by {@link #clear}. */
  long marks(AgencyName recipient) {
    return marks.computeIfAbsent(recipient, r -> 1L);
  }

  /** Nothing was found waiting in a look that began when there were so many marks. */
  void clear(AgencyName recipient, long marksThen) {
    marks.computeIfPresent(recipient, (r, held) -> held == marksThen ? CLEAR : held);
  }
}
