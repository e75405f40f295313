package org.entente.gateway.cli.ipr;

import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;

/** A deadline as the authority reads it: by the clocks of its time zone. */
final class DeadlineText {
  private DeadlineText() {}

  /**
   * The time in a zone, with the zone's name; in UTC if this machine does not know the zone.
   *
   * @param zone such as {@code Europe/Paris}
   */
  static String of(Timestamp at, String zone) {
    try {
      return DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(
              Instant.ofEpochSecond(at.getSeconds(), at.getNanos()).atZone(ZoneId.of(zone)))
          + " ("
          + zone
          + ")";
    } catch (DateTimeException e) {
      return Timestamps.toString(at);
    }
  }
}
