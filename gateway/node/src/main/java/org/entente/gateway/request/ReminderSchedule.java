package org.entente.gateway.request;

import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.entente.proto.store.v1.RequestRecord;

/**
 * After how much of its time an agency is reminded of a request that it has not answered. That the
 * time is over is always a reminder. Immutable.
 */
public final class ReminderSchedule {
  private final NavigableSet<Integer> percents;

  /**
   * These parts of the time.
   *
   * @param percents each from 1 to 99; none for reminders when the time is over alone
   */
  public ReminderSchedule(List<Integer> percents) {
    this.percents = new TreeSet<>(percents);
  }

  /** The largest of the parts that are over; 0 if none is. */
  int passed(RequestRecord record, long nowMillis) {
    return percents.descendingSet().stream()
        .filter(percent -> at(record, percent) <= nowMillis)
        .findFirst()
        .orElse(0);
  }

  /** When the next is over, milliseconds since 1970; 0 if none follows. */
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
