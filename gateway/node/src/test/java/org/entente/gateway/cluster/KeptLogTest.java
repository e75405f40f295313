package org.entente.gateway.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class KeptLogTest {
  private long nanos = Long.MAX_VALUE - 5;
  private final KeptLog log = new KeptLog(() -> nanos, Duration.ofHours(4));

  private void pass(Duration time) {
    nanos += time.toNanos();
  }

  @Test
  void entries_behindACopy_areKept_whileItIsSent_andAsLongAgainAndAMinute() {
    assertEquals(7, log.shorten(7));
    KeptLog.Entries first = log.after(10);
    KeptLog.Entries second = log.after(20);
    assertEquals(7, log.shorten(7), "not more than is on disk");
    pass(Duration.ofHours(3));
    assertEquals(10, log.shorten(30));
    second.taken();

    first.ended(true);
    pass(Duration.ofHours(3).plusSeconds(59));
    assertEquals(10, log.shorten(40));
    pass(Duration.ofSeconds(1));
    assertEquals(20, log.shorten(40), "the other is still sent");
    second.ended(false);
    assertEquals(40, log.shorten(40), "it did not arrive whole");
  }

  /** Its disk hangs, or its machine is gone and the network has not noticed. */
  @Test
  void entries_forAReceiverThatTakesNothing_areNotKept() {
    KeptLog.Entries needed = log.after(10);
    pass(Duration.ofHours(3));
    needed.taken();
    pass(Duration.ofHours(3));
    assertEquals(10, log.shorten(30));
    pass(Duration.ofHours(1));
    assertEquals(30, log.shorten(30));
    needed.taken();
    assertEquals(30, log.shorten(30), "the log is gone");
  }
}
