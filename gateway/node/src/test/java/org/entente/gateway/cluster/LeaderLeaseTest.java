package org.entente.gateway.cluster;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** How long a leader may act on the last answer of its majority. */
class LeaderLeaseTest {
  private static final long SECOND = 1_000_000_000L;

  /** Near its end, so that it overflows in the tests. */
  private long now = Long.MAX_VALUE - SECOND / 2;

  private final LeaderLease lease = new LeaderLease(Duration.ofSeconds(1), () -> now);

  @Test
  void lease_beforeAnyAnswer_doesNotLast() {
    assertFalse(lease.lasts());
  }

  @Test
  void lease_lastsFromTheQuestion_notFromTheAnswer() {
    long asked = lease.asked();
    now += SECOND / 2;
    lease.confirmed(asked);

    assertTrue(lease.lasts());
    now += SECOND / 2 - 1;
    assertTrue(lease.lasts());
    now++;
    assertFalse(lease.lasts());
  }

  @Test
  void answer_afterTheLeaseOfItsQuestion_bringsNone() {
    long asked = lease.asked();
    now += 2 * SECOND;
    lease.confirmed(asked);

    assertFalse(lease.lasts());
  }

  @Test
  void answers_outOfOrder_doNotShortenIt() {
    long first = lease.asked();
    now += SECOND / 2;
    lease.confirmed(lease.asked());
    lease.confirmed(first);
    now += SECOND - 1;

    assertTrue(lease.lasts());
  }

  @Test
  void lease_thatWasEnded_doesNotLast() {
    lease.confirmed(lease.asked());
    lease.ended();

    assertFalse(lease.lasts());
    lease.confirmed(lease.asked());
    assertFalse(lease.lasts(), "an answer that was on its way brings none");
  }
}
