package org.entente.gateway.receive;

import static org.entente.gateway.testkit.Agencies.HUB;
import static org.entente.gateway.testkit.Agencies.SG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.testkit.SettableClock;
import org.junit.jupiter.api.Test;

/** Threat 91: leaves about refusals, which are kept for years. */
class RefusalLeafLimitTest {
  private final SettableClock clock = new SettableClock(Instant.parse("2026-11-25T10:00:00Z"));
  private final RefusalLeafLimit limit = new RefusalLeafLimit(clock);

  private Optional<String> line(AgencyName peer, String before, Code code) {
    return limit.line(peer, before, code, "junk");
  }

  private int lines(int attempts, String before, Code code) {
    int lines = 0;
    for (int i = 0; i < attempts; i++) {
      lines += line(HUB, before, code).isPresent() ? 1 : 0;
    }
    return lines;
  }

  /** What a neighbour has beyond ten of a code is one rate for all of its codes and names. */
  @Test
  void floodOfAllCodes_hasTenOfEach_andOneFurtherRate() {
    int lines = 0;
    for (int second = 0; second < 60; second++) {
      for (Code code : Code.values()) {
        lines += lines(3, "us.cbp", code);
        lines += lines(3, "sg.police", code);
      }
      clock.move(Duration.ofSeconds(1));
    }
    int most = (Code.values().length + 1) * RefusalLeafLimit.MOST + 2;
    assertTrue(lines <= most, lines + " in a minute");
  }

  @Test
  void memberThatWasSilent_isSeenAtOnce_howeverManyFlood() {
    int lines = 0;
    for (String flooding : List.of("us.cbp", "x.a", "x.b", "x.c")) {
      lines += lines(100, flooding, Code.CANNOT_OPEN);
    }
    assertEquals(RefusalLeafLimit.MOST + 3, lines);
    assertEquals("junk", line(HUB, "de.customs", Code.MALFORMED).orElseThrow());
    assertEquals("junk", line(SG, "us.cbp", Code.CANNOT_OPEN).orElseThrow(), "another neighbour");
    assertEquals(
        "junk; 99 more since the last such line",
        line(HUB, "sg.police", Code.CANNOT_OPEN).orElseThrow());
  }

  @Test
  void clockThatIsSetBack_endsNothing() {
    assertEquals(RefusalLeafLimit.MOST, lines(100, "us.cbp", Code.CANNOT_OPEN));
    clock.move(Duration.ofDays(-1));
    assertEquals(RefusalLeafLimit.MOST, lines(100, "us.cbp", Code.CANNOT_OPEN));
    clock.move(RefusalLeafLimit.INTERVAL);
    assertTrue(line(HUB, "us.cbp", Code.CANNOT_OPEN).isPresent());
  }
}
