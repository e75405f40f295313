package org.entente.gateway.feature.request;

import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.entente.proto.store.v1.RequestRecord;

/**
 * The parts of a request's time after which an agency is reminded of an unanswered request. The end
 * of the time always causes a reminder. Immutable.
 */
public final class ReminderSchedule {
  private final NavigableSet<Integer> percents;

  /**
   * A schedule of these parts.
   *
   * @param percents each from 1 to 99; empty to remind only at the end
   */
  public ReminderSchedule(List<Integer> percents) {
    this.percents = new TreeSet<>(percents);
  }

  /** The largest part that has passed; 0 if none has. */
  int passed(RequestRecord record, long nowMillis) {
    return percents.descendingSet().stream()
        .filter(percent -> at(record, percent) <= nowMillis)
        .findFirst()
        .orElse(0);
  }

  /** The end of the next part, milliseconds since 1970; 0 if there is none. */
  long next(RequestRecord record, long nowMillis) {
    return percents.stream()
        .mapToLong(percent -> at(record, percent))
        .filter(at -> at > nowMillis)
        .findFirst()
        .orElse(0);
  }

  private static long at(RequestRecord record, int percent) {
    long whole = record.getAnswerByMs() - record.getAskedAtMs();
    // A request has at most 366 days, so this is far from overflowing.
    return record.getAskedAtMs() + whole * percent / 100;
  }
}
