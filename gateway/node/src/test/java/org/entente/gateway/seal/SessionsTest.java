package org.entente.gateway.seal;

import static org.entente.gateway.testkit.Agencies.DE;
import static org.entente.gateway.testkit.Agencies.FR;
import static org.entente.gateway.testkit.Agencies.SG;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.entente.gateway.batch.Sealed;
import org.entente.gateway.batch.Sealer;
import org.entente.gateway.crypto.Ed25519SigningKey;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.seal.format.OriginNumber;
import org.entente.gateway.seal.format.PublishedKey;
import org.entente.gateway.seal.format.SessionId;
import org.entente.gateway.seal.format.Stanza;
import org.entente.gateway.seal.statement.AddressedStanza;
import org.entente.gateway.seal.statement.SessionTerms;
import org.entente.gateway.testkit.Results;
import org.entente.gateway.testkit.SettableClock;
import org.junit.jupiter.api.Test;

/** One live session from sender to recipient, and what ends it. */
class SessionsTest {
  private final SettableClock clock = new SettableClock(Samples.NOW);
  private final SealingParty.Trust trust = new SealingParty.Trust();
  private final SealingParty fr = new SealingParty(FR, trust, clock);
  private final SealingParty de = new SealingParty(DE, trust, clock);

  @Test
  void delivery_underLiveSession_opens() {
    fr.knowing(de);
    Sealed sealed = fr.seal(3, 700);
    AddressedStanza addressed = fr.stanzaFor(de, sealed, 7);
    de.accept(addressed);

    var opened =
        assertInstanceOf(
            OpeningResult.Opened.class, de.open(sealed.envelope(), addressed.stanza()));

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
        new OpeningResult.NotOpened(Code.NEED_REWRAP),
        de.open(sealed.envelope(), addressed.stanza()));
  }

  @Test
  void wrap_noKeyKnown_isEmpty() {
    Sealed sealed = fr.seal(1, 10);

    assertEquals(
        Optional.empty(),
        fr.outgoing.wrap(
            sealed.envelope().header(),
            DE,
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
    fr.outgoing.confirm(DE, session);
    assertTrue(fr.stanzaFor(de, sealed, 2).announcement().isEmpty());

    fr.outgoing.announceAgain(DE);

    assertTrue(fr.stanzaFor(de, sealed, 3).announcement().isPresent());
  }

  @Test
  void announcement_ofStranger_isRefused() {
    fr.knowing(de);
    AddressedStanza addressed = fr.stanzaFor(de, fr.seal(1, 10), 1);
    trust.expel(FR);

    assertEquals(
        Code.UNKNOWN_PEER,
        Results.code(de.incoming.accept(addressed.announcement().orElseThrow().encoded())));
  }

  private Optional<AddressedStanza> wrap(SenderSessions sessions, Sealed sealed, long epoch) {
    return sessions.wrap(
        sealed.envelope().header(),
        DE,
        new OriginNumber(epoch, Lane.PRIORITY, 1),
        sealed.contentKey());
  }

  @Test
  void session_usedUpToItsLimit_isRenewed() {
    fr.knowing(de);
    SenderSessions sessions =
        new SenderSessions(
            fr.identity,
            fr.gateway,
            fr.peerKeys,
            new SessionLimits(Duration.ofHours(1), 3),
            new SeededRandom("limited"),
            clock);
    Sealed sealed = fr.seal(1, 10);
    List<SessionId> used = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      used.add(wrap(sessions, sealed, 1).orElseThrow().stanza().session());
    }

    assertEquals(used.get(0), used.get(2));
    assertNotEquals(used.get(2), used.get(3));
    assertEquals(used.get(3), used.get(5));
    assertNotEquals(used.get(5), used.get(6));
  }

  @Test
  void session_keyEnded_isNotUsedAnyMore() {
    fr.knowing(de);
    clock.move(Duration.ofHours(23).plusMinutes(50));
    Sealed sealed = fr.seal(1, 10);
    AddressedStanza last = wrap(fr.outgoing, sealed, 1).orElseThrow();
    assertEquals(
        last.announcement().orElseThrow().terms().key().notAfterMs(),
        last.announcement().orElseThrow().terms().expiresAtMs());

    clock.move(Duration.ofMinutes(10));

    assertEquals(Optional.empty(), wrap(fr.outgoing, sealed, 1));
  }

  @Test
  void session_afterRestartOfTheSender_isAnother() {
    fr.knowing(de);
    Sealed sealed = fr.seal(1, 10);
    SessionId before = wrap(fr.outgoing, sealed, 1).orElseThrow().stanza().session();
    SenderSessions restarted =
        new SenderSessions(
            fr.identity,
            fr.gateway,
            fr.peerKeys,
            SessionLimits.DEFAULT,
            new SeededRandom("restarted"),
            clock);

    assertNotEquals(before, wrap(restarted, sealed, 1).orElseThrow().stanza().session());
    fr.outgoing.renew(DE);
    assertNotEquals(before, wrap(fr.outgoing, sealed, 1).orElseThrow().stanza().session());
  }

  @Test
  void session_afterRestartOfTheRecipient_isKnownOnceAnnouncedAgain() {
    fr.knowing(de);
    Sealed sealed = fr.seal(1, 10);
    AddressedStanza addressed = wrap(fr.outgoing, sealed, 1).orElseThrow();
    de.accept(addressed);
    RecipientSessions restarted =
        new RecipientSessions(
            Samples.FEDERATION, DE, trust, de.holder, clock, RecipientSessions.DEFAULT_PER_ORIGIN);
    assertEquals(
        new OpeningResult.NotOpened(Code.NEED_REWRAP),
        de.opener.open(FR, sealed.envelope(), addressed.stanza(), restarted));

    restarted.accept(addressed.announcement().orElseThrow().encoded());

    assertInstanceOf(
        OpeningResult.Opened.class,
        de.opener.open(FR, sealed.envelope(), addressed.stanza(), restarted));
  }

  @Test
  void epoch_greaterThanTheSessions_isAnnouncedAndOldNumbersStillDrain() {
    fr.knowing(de);
    Sealed sealed = fr.seal(1, 10);
    AddressedStanza before = wrap(fr.outgoing, sealed, 1).orElseThrow();

    AddressedStanza current = wrap(fr.outgoing, sealed, 5).orElseThrow();
    AddressedStanza old = wrap(fr.outgoing, sealed, 1).orElseThrow();

    assertNotEquals(before.stanza().session(), old.stanza().session());
    assertEquals(old.stanza().session(), current.stanza().session());
    RecipientSession session = de.accept(current);
    assertEquals(5, session.terms().epoch());
    assertInstanceOf(OpeningResult.Opened.class, de.open(sealed.envelope(), old.stanza()));
    assertInstanceOf(OpeningResult.Opened.class, de.open(sealed.envelope(), current.stanza()));
  }

  @Test
  void stanza_ofAnEpochAboveTheSessions_doesNotOpen() {
    fr.knowing(de);
    Sealed sealed = fr.seal(1, 10);
    SessionTerms terms =
        new SessionTerms(
            new SessionTerms.Parties(Samples.FEDERATION, FR, fr.gateway, DE),
            de.holder.held().get(0),
            1,
            clock.millis(),
            clock.millis() + 1000);
    PublishedKey key = fr.peerKeys.keyOf(DE, clock.millis()).orElseThrow();
    SenderSession session =
        SenderSession.open(terms, key, fr.identity.pair(), new SeededRandom("epoch"));
    de.incoming.accept(session.announcement().encoded());
    Stanza ahead =
        session.wrap(
            sealed.envelope().header(), new OriginNumber(2, Lane.PRIORITY, 1), sealed.contentKey());

    assertEquals(new OpeningResult.NotOpened(Code.CANNOT_OPEN), de.open(sealed.envelope(), ahead));
  }

  @Test
  void announcement_clocksAnHourApart_isAccepted() {
    SettableClock ahead = new SettableClock(Samples.NOW);
    ahead.move(Duration.ofHours(1));
    SealingParty fast = new SealingParty(SG, trust, ahead).knowing(de);
    Sealed sealed = fast.seal(1, 10);

    Results.value(de.incoming.accept(announced(fast, sealed)));
    ahead.move(Duration.ofMinutes(1));
    fast.outgoing.renew(DE);
    assertEquals(Code.HEADER_MISMATCH, Results.code(de.incoming.accept(announced(fast, sealed))));
  }

  private static byte[] announced(SealingParty sender, Sealed sealed) {
    return sender
        .outgoing
        .wrap(
            sealed.envelope().header(),
            DE,
            new OriginNumber(1, Lane.PRIORITY, 1),
            sealed.contentKey())
        .flatMap(AddressedStanza::announcement)
        .orElseThrow()
        .encoded();
  }

  @Test
  void session_pastItsEnd_isUnknown() {
    fr.knowing(de);
    Sealed sealed = fr.seal(1, 10);
    AddressedStanza addressed = wrap(fr.outgoing, sealed, 1).orElseThrow();
    de.accept(addressed);
    clock.move(Duration.ofHours(25).minusSeconds(1));
    assertInstanceOf(OpeningResult.Opened.class, de.open(sealed.envelope(), addressed.stanza()));

    clock.move(Duration.ofSeconds(1));

    assertEquals(
        new OpeningResult.NotOpened(Code.NEED_REWRAP),
        de.open(sealed.envelope(), addressed.stanza()));
  }

  @Test
  void sessions_ofOneOriginBeyondItsRoom_pushOutTheirOwnOnly() {
    fr.knowing(de);
    SealingParty sg = new SealingParty(SG, trust, clock).knowing(de);
    AddressedStanza ofSg = sg.stanzaFor(de, sg.seal(1, 1), 1);
    RecipientSession kept = de.accept(ofSg);
    Sealed sealed = fr.seal(1, 10);
    List<RecipientSession> ofFr = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      ofFr.add(de.accept(wrap(fr.outgoing, sealed, 1).orElseThrow()));
      fr.outgoing.renew(DE);
    }

    assertEquals(Optional.empty(), de.incoming.find(FR, ofFr.get(1).id()));
    assertEquals(Optional.of(ofFr.get(2)), de.incoming.find(FR, ofFr.get(2).id()));
    assertEquals(Optional.of(kept), de.incoming.find(SG, kept.id()));
  }

  @Test
  void wrap_byManyThreads_makesOneSession() throws Exception {
    fr.knowing(de);
    Sealed sealed = fr.seal(1, 10);
    ExecutorService threads = Executors.newFixedThreadPool(4);
    List<Future<SessionId>> wraps = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      wraps.add(
          threads.submit(() -> wrap(fr.outgoing, sealed, 1).orElseThrow().stanza().session()));
    }
    Set<SessionId> sessions = new HashSet<>();
    for (Future<SessionId> wrap : wraps) {
      sessions.add(wrap.get());
    }
    threads.shutdown();

    assertEquals(1, sessions.size());
  }

  @Test
  void wrap_headerOfAnotherAgencyGatewayOrLane_isABug() {
    fr.knowing(de);
    Sealed theirs = Samples.sealer(SG, "theirs").seal(Samples.batch(1, 1));
    Sealed flash = fr.seal(Lane.FLASH);
    Sealed otherGateways =
        new Sealer(
                FR,
                new NodeName("gateway-9"),
                Ed25519SigningKey.generate(new SeededRandom("other gateway")),
                new SeededRandom("other gateway's"),
                clock)
            .seal(Samples.batch(1, 1));

    assertThrows(IllegalArgumentException.class, () -> wrap(fr.outgoing, theirs, 1));
    assertThrows(IllegalArgumentException.class, () -> wrap(fr.outgoing, otherGateways, 1));
    assertThrows(IllegalArgumentException.class, () -> wrap(fr.outgoing, flash, 1));
  }

  @Test
  void closeEnded_sessionsPastTheirTime_areWiped() {
    fr.knowing(de);
    Sealed sealed = fr.seal(1, 10);
    RecipientSession session = de.accept(wrap(fr.outgoing, sealed, 1).orElseThrow());
    clock.move(Duration.ofHours(25));

    de.incoming.closeEnded();
    fr.outgoing.closeEnded();

    assertTrue(session.isClosed());
  }
}
