package org.entente.gateway.cli.ipr;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import java.text.ParseException;
import org.junit.jupiter.api.Test;

class DeadlineTextTest {
  private static Timestamp at(String utc) throws ParseException {
    return Timestamps.parse(utc);
  }

  @Test
  void deadline_isMidnightOfTheAuthority_inSummerAndWinter() throws ParseException {
    assertEquals(
        "2026-03-04T00:00:00+01:00 (Europe/Paris)",
        DeadlineText.of(at("2026-03-03T23:00:00Z"), "Europe/Paris"));
    assertEquals(
        "2026-07-02T00:00:00+02:00 (Europe/Paris)",
        DeadlineText.of(at("2026-07-01T22:00:00Z"), "Europe/Paris"));
  }

  @Test
  void deadline_inAnUnknownZone_isInUtc() throws ParseException {
    for (String zone : new String[] {"", "Paris", "Europe/Atlantis\u001b[2J"}) {
      assertEquals("2026-03-03T23:00:00Z", DeadlineText.of(at("2026-03-03T23:00:00Z"), zone));
    }
  }
}
