package org.entente.gateway.cli.text;

import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import org.entente.gateway.cli.failure.UsageError;

/** Parser of times: a day, or a day and a time in UTC. */
public final class TimeWord {
  private TimeWord() {}

  public static Timestamp of(String option, String text) {
    try {
      Instant at =
          text.indexOf('T') < 0
              ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
              : Instant.parse(text);
      return Timestamps.fromMillis(at.toEpochMilli());
    } catch (DateTimeParseException e) {
      throw new UsageError(
          option
              + ": not a time; valid is a day or a time in UTC, as in 2026-03-01 or 2026-03-01T08:00:00Z",
          e);
    }
  }
}
