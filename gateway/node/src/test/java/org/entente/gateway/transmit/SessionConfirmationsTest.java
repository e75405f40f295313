package org.entente.gateway.transmit;

import static org.entente.gateway.testkit.Agencies.DE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicLong;
import org.entente.gateway.seal.format.SessionId;
import org.entente.proto.link.v1.Stanza;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** New sessions for a recipient that says it does not know the last one. */
class SessionConfirmationsTest {
  @AutoClose private final SenderNode node = new SenderNode();
  private final AtomicLong nanos = new AtomicLong();
  private final SessionConfirmations confirmations =
      new SessionConfirmations(node.sessions, nanos::get);

  private Stanza stanza() {
    return node.prepare(DE).delivery().getStanzas(0);
  }

  private SessionId session() {
    return org.entente.gateway.seal.format.Stanza.parse(stanza().getStanza().toByteArray())
        .orElseThrow()
        .session();
  }

  /** Threat 93: each session costs a signature and an encapsulation. */
  @Test
  void recipient_thatAsksAllTheTime_getsOneSessionASecond_announcedAgain() {
    node.send(DE);
    SessionId first = session();
    confirmations.stale(DE);
    SessionId second = session();
    assertNotEquals(first, second);
    for (int i = 0; i < 5; i++) {
      node.sessions.confirm(DE, second);
      assertTrue(stanza().getAnnouncement().isEmpty());
      confirmations.stale(DE);
      assertFalse(stanza().getAnnouncement().isEmpty());
      assertEquals(second, session());
    }
    nanos.set(1_000_000_000);
    confirmations.stale(DE);
    assertNotEquals(second, session());
  }
}
