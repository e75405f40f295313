package org.entente.gateway.transmit;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.entente.gateway.model.AgencyName;

/**
 * Recipients with mail waiting outside the hop queues, so that later mail waits too and keeps its
 * order. After a start every recipient counts as waiting until maintenance has checked. Safe for
 * many threads.
 */
public final class WaitingRecipients {
  private static final long CLEAR = 0;

  /** Marks since the start, counted from 1; {@link #CLEAR} once nothing was found. */
  private final Map<AgencyName, Long> marks = new ConcurrentHashMap<>();

  /** Records that mail waits for a recipient. */
  void mark(AgencyName recipient) {
    marks.merge(recipient, 1L, (held, one) -> held + one);
  }

  /** Whether later mail must wait too. */
  public boolean isWaiting(AgencyName recipient) {
    return marks.getOrDefault(recipient, 1L) != CLEAR;
  }

  /** The number of marks, for {@link #clear}. */
  long marks(AgencyName recipient) {
    return marks.computeIfAbsent(recipient, r -> 1L);
  }

  /**
   * Clears a recipient after a check that found nothing, unless it was marked since the check
   * began.
   */
  void clear(AgencyName recipient, long marksThen) {
    marks.computeIfPresent(recipient, (r, held) -> held == marksThen ? CLEAR : held);
  }
}
