package org.entente.gateway.seal.keys;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Comparator;

/**
 * Identifier of a day key.
 *
 * @param day the UTC day on which it began to wrap, counted from 1970
 * @param number 64 random bits, since a day gets another key after its key was destroyed
 */
record DayKeyId(int day, long number) implements Comparable<DayKeyId> {
  private static final Comparator<DayKeyId> ORDER =
      Comparator.comparingInt(DayKeyId::day).thenComparingLong(DayKeyId::number);

  static int dayOf(Instant instant) {
    return Math.toIntExact(instant.atOffset(ZoneOffset.UTC).toLocalDate().toEpochDay());
  }

  @Override
  public int compareTo(DayKeyId other) {
    return ORDER.compare(this, other);
  }
}
