package org.entente.gateway.seal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Optional;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.seal.RecipientSessions.Acceptance;
import org.junit.jupiter.api.Test;

/** One live session from sender to recipient, and what ends it. */
class SessionsTest {
  private final SettableClock clock = new SettableClock();
  private final Party.Trust trust = new Party.Trust();
  private final Party fr = new Party(Samples.FR, trust, clock);
  private final Party de = new Party(Samples.DE, trust, clock);

  @Test
  void delivery_underLiveSession_opens() {
    fr.knowing(de);
    Sealed sealed = fr.seal(3, 700);
    AddressedStanza addressed = fr.stanzaFor(de, sealed, 7);
    de.accept(addressed);

    var opened =
        assertInstanceOf(Opening.Opened.class, de.open(sealed.envelope(), addressed.stanza()));

    assertEquals(new OriginNumber(1, Lane.PRIORITY, 7), opened.number());
    assertEquals(3, opened.labels().count());
    assertArrayEquals(
        Samples.batch(3, 700).items().get(2).body(), opened.labels().openBody(2).orElseThrow());
    assertEquals(3, de.opened.get());
  }

  @Test
  void session_secondEnvelope_isReused() {
    fr.knowing(de);
    Sealed first = fr.seal(1, 10);
    Sealed second = fr.seal(1, 10);

    assertEquals(
        fr.stanzaFor(de, first, 1).stanza().session(),
        fr.stanzaFor(de, second, 2).stanza().session());
  }

  @Test
  void session_afterAnHour_isRenewed() {
    fr.knowing(de);
    Sealed sealed = fr.seal(1, 10);
    SessionId before = fr.stanzaFor(de, sealed, 1).stanza().session();
    clock.move(Duration.ofMinutes(59));
    assertEquals(before, fr.stanzaFor(de, sealed, 2).stanza().session());

    clock.move(Duration.ofMinutes(1));

    assertNotEquals(before, fr.stanzaFor(de, sealed, 3).stanza().session());
  }

  @Test
  void session_unknownHere_needsRewrap() {
    fr.knowing(de);
    Sealed sealed = fr.seal(1, 10);
    AddressedStanza addressed = fr.stanzaFor(de, sealed, 1);

    assertEquals(
        new Opening.NotOpened(Code.NEED_REWRAP), de.open(sealed.envelope(), addressed.stanza()));
  }

  @Test
  void wrap_noKeyKnown_isEmpty() {
    Sealed sealed = fr.seal(1, 10);

    assertEquals(
        Optional.empty(),
        fr.outgoing.wrap(
            sealed.envelope().header(),
            Samples.DE,
            new OriginNumber(1, Lane.PRIORITY, 1),
            sealed.contentKey()));
  }

  @Test
  void announcement_again_givesTheSameSession() {
    fr.knowing(de);
    AddressedStanza addressed = fr.stanzaFor(de, fr.seal(1, 10), 1);

    assertSame(de.accept(addressed), de.accept(addressed));
  }

  @Test
  void announcement_confirmed_travelsNoMore() {
    fr.knowing(de);
    Sealed sealed = fr.seal(1, 10);
    SessionId session = fr.stanzaFor(de, sealed, 1).stanza().session();
    fr.outgoing.confirm(Samples.DE, session);
    assertTrue(fr.stanzaFor(de, sealed, 2).announcement().isEmpty());

    fr.outgoing.announceAgain(Samples.DE);

    assertTrue(fr.stanzaFor(de, sealed, 3).announcement().isPresent());
  }

  @Test
  void announcement_ofStranger_isRefused() {
    fr.knowing(de);
    AddressedStanza addressed = fr.stanzaFor(de, fr.seal(1, 10), 1);
    trust.expel(Samples.FR);

    assertEquals(
        new Acceptance.Refused(Code.UNKNOWN_PEER),
        de.incoming.accept(addressed.announcement().orElseThrow().encoded()));
  }
}
