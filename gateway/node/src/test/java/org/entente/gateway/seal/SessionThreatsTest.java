package org.entente.gateway.seal;

import static org.entente.gateway.testkit.Agencies.DE;
import static org.entente.gateway.testkit.Agencies.FR;
import static org.entente.gateway.testkit.Agencies.SG;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.entente.gateway.batch.Sealed;
import org.entente.gateway.crypto.HpkeExport;
import org.entente.gateway.crypto.PairSignature;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.crypto.VerifyingPair;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.seal.OpeningResult.NotOpened;
import org.entente.gateway.seal.format.BodyAddress;
import org.entente.gateway.seal.format.Envelope;
import org.entente.gateway.seal.format.EnvelopeFacts;
import org.entente.gateway.seal.format.EnvelopeHeader;
import org.entente.gateway.seal.format.GatewayKey;
import org.entente.gateway.seal.format.KeyValidity;
import org.entente.gateway.seal.format.NumberBinding;
import org.entente.gateway.seal.format.OriginNumber;
import org.entente.gateway.seal.format.PublishedKey;
import org.entente.gateway.seal.format.RecipientKeyId;
import org.entente.gateway.seal.format.SessionId;
import org.entente.gateway.seal.format.Stanza;
import org.entente.gateway.seal.format.Suite;
import org.entente.gateway.seal.statement.AddressedStanza;
import org.entente.gateway.seal.statement.KeyBundle;
import org.entente.gateway.seal.statement.SessionAnnouncement;
import org.entente.gateway.seal.statement.SessionTerms;
import org.entente.gateway.testkit.Results;
import org.entente.gateway.testkit.SettableClock;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Attacks of the design's section 13 in which sessions and stanzas are the target. */
class SessionThreatsTest {
  private static final NotOpened CANNOT_OPEN = new NotOpened(Code.CANNOT_OPEN);
  private static final NotOpened NEED_REWRAP = new NotOpened(Code.NEED_REWRAP);

  private final SettableClock clock = new SettableClock(Samples.NOW);
  private final SealingParty.Trust trust = new SealingParty.Trust();
  private final SealingParty fr = new SealingParty(FR, trust, clock);
  private final SealingParty de = new SealingParty(DE, trust, clock);
  private final SealingParty sg = new SealingParty(SG, trust, clock);

  @BeforeEach
  void exchangeKeys() {
    fr.knowing(de).knowing(sg);
    de.knowing(sg);
  }

  @Test
  void announcement_halfOfItsSignatureStripped_isRefused() {
    byte[] good = announcementTo(de).encoded();
    int signatureAt = good.length - PairSignature.ENCODED_BYTES;
    byte[] noEd25519 = good.clone();
    Arrays.fill(noEd25519, signatureAt, signatureAt + 64, (byte) 0);
    byte[] noMlDsa = good.clone();
    Arrays.fill(noMlDsa, signatureAt + 64, good.length, (byte) 0);
    byte[] cut = Arrays.copyOf(good, signatureAt + 64);

    assertEquals(Code.BAD_SIGNATURE, Results.code(de.incoming.accept(noEd25519)));
    assertEquals(Code.BAD_SIGNATURE, Results.code(de.incoming.accept(noMlDsa)));
    assertEquals(Code.MALFORMED, Results.code(de.incoming.accept(cut)));
    Results.value(de.incoming.accept(good));
  }

  private SessionAnnouncement announcementTo(SealingParty recipient) {
    return fr.stanzaFor(recipient, fr.seal(1, 10), 1).announcement().orElseThrow();
  }

  @Test
  void stanza_swappedBetweenEnvelopes_doesNotOpen() {
    Sealed first = fr.seal(1, 10);
    Sealed second = fr.seal(1, 10);
    AddressedStanza ofFirst = fr.stanzaFor(de, first, 1);
    AddressedStanza ofSecond = fr.stanzaFor(de, second, 2);
    de.accept(ofFirst);

    assertEquals(CANNOT_OPEN, de.open(first.envelope(), ofSecond.stanza()));
    assertEquals(CANNOT_OPEN, de.open(second.envelope(), ofFirst.stanza()));
  }

  /**
   * Its content key would open the other envelope as well: only the binding to the header does not.
   */
  @Test
  void stanza_movedToAnotherHeaderOverTheSameContentKey_doesNotOpen() {
    CraftedEnvelopes crafted = new CraftedEnvelopes();
    byte[] labels = crafted.sealedLabels(crafted.plainLabels().build().toByteArray());
    Envelope first = crafted.envelope(1, labels, crafted.bodies());
    EnvelopeFacts facts = crafted.facts;
    EnvelopeFacts later =
        new EnvelopeFacts(
            facts.origin(),
            facts.gateway(),
            facts.id(),
            facts.lane(),
            facts.exercise(),
            facts.createdAtMs(),
            facts.expiresAtMs() + Samples.HOUR_MS);
    EnvelopeHeader header = EnvelopeHeader.over(later, 1, labels, crafted.bodies());
    Envelope second =
        new Envelope(header, header.sign(crafted.signingKey), labels, crafted.bodies());
    SenderSession session = ownSession(fr, de);
    Results.value(de.incoming.accept(session.announcement().encoded()));
    OriginNumber number = new OriginNumber(1, Lane.PRIORITY, 1);
    Stanza ofFirst = session.wrap(first.header(), number, crafted.key);
    Stanza ofSecond = session.wrap(second.header(), number, crafted.key);

    assertEquals(CANNOT_OPEN, de.open(second, ofFirst));
    assertInstanceOf(OpeningResult.Opened.class, de.open(second, ofSecond));
  }

  @Test
  void announcement_suiteDowngraded_isNotParsed() {
    byte[] announcement = announcementTo(de).encoded();
    byte[] bundle = de.bundle().encoded();
    for (int suite = 0; suite < 256; suite++) {
      announcement[1] = (byte) suite;
      bundle[1] = (byte) suite;
      assertEquals(suite == 1, SessionAnnouncement.parse(announcement).isPresent());
      assertEquals(suite == 1, KeyBundle.parse(bundle).isPresent());
    }
  }

  @Test
  void stanza_ofAnotherRecipient_needsRewrap() {
    Sealed sealed = fr.seal(1, 10);
    AddressedStanza toDe = fr.stanzaFor(de, sealed, 1);
    AddressedStanza toSg = fr.stanzaFor(sg, sealed, 1);
    de.accept(toDe);

    assertEquals(NEED_REWRAP, de.open(sealed.envelope(), toSg.stanza()));
  }

  @Test
  void stanza_numberedAnew_doesNotOpen() {
    Sealed sealed = fr.seal(1, 10);
    AddressedStanza addressed = fr.stanzaFor(de, sealed, 5);
    de.accept(addressed);
    byte[] otherSequence = addressed.stanza().encoded();
    otherSequence[33] ^= 1;
    byte[] otherEpoch = addressed.stanza().encoded();
    otherEpoch[25] = 2;

    assertEquals(CANNOT_OPEN, de.open(sealed.envelope(), parsed(otherSequence)));
    assertEquals(CANNOT_OPEN, de.open(sealed.envelope(), parsed(otherEpoch)));
  }

  private static Stanza parsed(byte[] bytes) {
    return Stanza.parse(bytes).orElseThrow();
  }

  @Test
  void recipient_forwardsAsTheOrigins_doesNotOpenElsewhere() {
    Sealed sealed = fr.seal(1, 10);
    AddressedStanza toDe = fr.stanzaFor(de, sealed, 1);
    RecipientSession session = de.accept(toDe);
    ContentKey key = session.unwrap(sealed.envelope().header(), toDe.stanza()).orElseThrow();
    // de's own session to sg, under which it wraps the key of fr's envelope.
    SenderSession own = ownSession(de, sg);
    Results.value(sg.incoming.accept(own.announcement().encoded()));
    Stanza forwarded =
        own.wrap(sealed.envelope().header(), new OriginNumber(1, Lane.PRIORITY, 1), key);

    assertEquals(NEED_REWRAP, sg.open(sealed.envelope(), forwarded));
    assertEquals(0, sg.opened.get());
  }

  private SenderSession ownSession(SealingParty sender, SealingParty recipient) {
    PublishedKey key = sender.peerKeys.keyOf(recipient.name, clock.millis()).orElseThrow();
    SessionTerms terms = terms(sender, sender.gateway, recipient, key.validity());
    return SenderSession.open(terms, key, sender.identity.pair(), new SeededRandom("own"));
  }

  private SessionTerms terms(
      SealingParty sender, GatewayKey gateway, SealingParty recipient, KeyValidity key) {
    return new SessionTerms(
        new SessionTerms.Parties(Samples.FEDERATION, sender.name, gateway, recipient.name),
        key,
        1,
        clock.millis(),
        clock.millis() + Samples.HOUR_MS);
  }

  @Test
  void recipient_altersContentUnderTheKnownKey_failsOnTheSignature() {
    Sealed sealed = fr.seal(1, 10);
    AddressedStanza toSg = fr.stanzaFor(sg, sealed, 1);
    sg.accept(toSg);
    Envelope honest = sealed.envelope();
    byte[] labels = honest.labels();
    byte[] bodies = CraftedEnvelopes.padded(sealed.contentKey(), List.of(forgedBody(sealed)));
    EnvelopeHeader header = EnvelopeHeader.over(honest.header().facts(), 1, labels, bodies);

    Envelope resigned = new Envelope(header, header.sign(de.signingKey), labels, bodies);
    Envelope oldSignature = new Envelope(header, honest.signature(), labels, bodies);
    Envelope oldHeader = new Envelope(honest.header(), honest.signature(), labels, bodies);

    assertEquals(new NotOpened(Code.BAD_SIGNATURE), sg.open(resigned, toSg.stanza()));
    assertEquals(new NotOpened(Code.BAD_SIGNATURE), sg.open(oldSignature, toSg.stanza()));
    assertEquals(new NotOpened(Code.HEADER_MISMATCH), sg.open(oldHeader, toSg.stanza()));
  }

  private static byte[] forgedBody(Sealed sealed) {
    EnvelopeFacts facts = sealed.envelope().header().facts();
    BodyAddress address = new BodyAddress(facts.origin(), facts.id(), 0);
    return CraftedEnvelopes.sealed(sealed.contentKey().bodyKey(0), address, new byte[10]);
  }

  @Test
  void recipientKey_stolen_impersonatesNobodyToItsOwner() {
    // The thief holds de's private key, knows everything public, and has a pair of its own.
    PublishedKey key = de.bundle().content().keys().get(0);
    SessionTerms terms = terms(fr, sg.gateway, de, key.validity());
    SenderSession forged =
        SenderSession.open(terms, key, sg.identity.pair(), new SeededRandom("thief"));

    assertEquals(
        Code.BAD_SIGNATURE, Results.code(de.incoming.accept(forged.announcement().encoded())));
  }

  /** Threats 72 and 73: whoever holds de's key and fr's envelope lacks fr's signature. */
  @Test
  void recipientKey_stolen_bringsNoNumberWithoutItsOrigin() {
    Sealed sealed = fr.seal(1, 10);
    EnvelopeHeader header = sealed.envelope().header();
    AddressedStanza addressed = fr.stanzaFor(de, sealed, 1);
    de.accept(addressed);
    StolenKey stolen = stolen(addressed.announcement().orElseThrow());
    OriginNumber next = new OriginNumber(1, Lane.PRIORITY, 2);
    ContentKey key = stolen.unwrap(header, addressed.stanza());
    Stanza forged = stolen.wrap(header, next, key);
    byte[] genuine =
        fr.bindings().bind(header, de.name, addressed.stanza()).binding().orElseThrow();

    for (Stanza stanza :
        List.of(
            forged,
            forged.boundBy(genuine),
            forged.boundBy(new byte[64]),
            sg.bindings().bind(header, de.name, forged))) {
      assertEquals(NEED_REWRAP, de.openFrom(sg.name, sealed.envelope(), stanza));
    }
    assertEquals(0, de.opened.get(), "no secret was used");
  }

  private StolenKey stolen(SessionAnnouncement announcement) {
    try (var key = de.holder.find(announcement.terms().key().id()).orElseThrow()) {
      return new StolenKey(key, announcement);
    }
  }

  @Test
  void binding_coversRecipientNumberEpochLaneAndHeader() {
    Sealed sealed = fr.seal(1, 10);
    Sealed other = fr.seal(1, 10);
    EnvelopeHeader header = sealed.envelope().header();
    OriginNumber number = new OriginNumber(1, Lane.PRIORITY, 1);
    byte[] signature = binding(header, de, number).sign(fr.signingKey);
    assertTrue(binding(header, de, number).isSigned(signature, fr.gateway.key()));
    assertFalse(binding(header, de, number).isSigned(signature, sg.gateway.key()));
    for (NumberBinding another :
        List.of(
            binding(header, sg, number),
            binding(header, de, new OriginNumber(2, Lane.PRIORITY, 1)),
            binding(header, de, new OriginNumber(1, Lane.FLASH, 1)),
            binding(header, de, new OriginNumber(1, Lane.PRIORITY, 2)),
            binding(other.envelope().header(), de, number),
            new NumberBinding(new FederationName("other.example"), header, de.name, number))) {
      assertFalse(another.isSigned(signature, fr.gateway.key()));
    }
  }

  private static NumberBinding binding(
      EnvelopeHeader header, SealingParty recipient, OriginNumber number) {
    return new NumberBinding(Samples.FEDERATION, header, recipient.name, number);
  }

  /**
   * With the key and an announcement from the wire, the thief has the secret of fr's own session:
   * it wraps whatever it wants for de as fr does. It still signs no envelope.
   */
  @Test
  void recipientKey_stolen_wrapsUnderTheSendersSession_andNothingOfItOpens() {
    SenderSession session = ownSession(fr, de);
    Results.value(de.incoming.accept(session.announcement().encoded()));
    OriginNumber number = new OriginNumber(1, Lane.PRIORITY, 1);
    SealingParty thief =
        new SealingParty(
            FR, new SealingParty.Trust(), clock, purpose -> new SeededRandom("thief, " + purpose));
    Sealed forged = thief.seal(1, 10);
    Sealed genuine = fr.seal(1, 10);
    Envelope borrowed =
        new Envelope(
            forged.envelope().header(),
            genuine.envelope().signature(),
            forged.envelope().labels(),
            forged.envelope().bodies());

    for (Envelope envelope : List.of(forged.envelope(), borrowed)) {
      Stanza stanza = session.wrap(envelope.header(), number, forged.contentKey());
      assertEquals(new NotOpened(Code.BAD_SIGNATURE), de.open(envelope, stanza));
    }
    assertEquals(0, de.opened.get());
    Stanza honest = session.wrap(genuine.envelope().header(), number, genuine.contentKey());
    assertInstanceOf(OpeningResult.Opened.class, de.open(genuine.envelope(), honest));
  }

  @Test
  void failedOpenings_manyInARow_disturbNothing() {
    Sealed sealed = fr.seal(2, 300);
    AddressedStanza addressed = fr.stanzaFor(de, sealed, 1);
    RecipientSession session = de.accept(addressed);
    ByteMutation mutation = new ByteMutation(41);
    for (int i = 0; i < 500; i++) {
      Stanza.parse(mutation.of(addressed.stanza().encoded()))
          .ifPresent(
              stanza -> assertInstanceOf(NotOpened.class, de.open(sealed.envelope(), stanza)));
    }

    assertInstanceOf(OpeningResult.Opened.class, de.open(sealed.envelope(), addressed.stanza()));
    assertEquals(Optional.of(session), de.incoming.find(FR, session.id()));
  }

  @Test
  void wrapping_randomnessRepeatedAfterSnapshot_repeatsNoKeyStream() {
    SealingParty again = new SealingParty(FR, trust, clock).knowing(de);
    Sealed first = fr.sealer.seal(Samples.batch(1, 100));
    Sealed second = again.sealer.seal(Samples.batch(1, 101));
    SenderSession session = ownSession(fr, de);
    SenderSession resumed = ownSession(again, de);
    OriginNumber number = new OriginNumber(1, Lane.PRIORITY, 1);
    byte[] wrapped = session.wrap(first.envelope().header(), number, first.contentKey()).wrapped();
    byte[] rewrapped =
        resumed.wrap(second.envelope().header(), number, second.contentKey()).wrapped();

    assertEquals(session.announcement().id(), resumed.announcement().id());
    byte[] keys = xor(first.contentKey().reveal(), second.contentKey().reveal());
    assertFalse(Arrays.equals(keys, Arrays.copyOf(xor(wrapped, rewrapped), keys.length)));
  }

  private static byte[] xor(byte[] left, byte[] right) {
    byte[] out = left.clone();
    for (int i = 0; i < out.length; i++) {
      out[i] ^= right[i];
    }
    return out;
  }

  @Test
  void header_anyByteChangedInTransit_doesNotOpen() {
    Sealed sealed = fr.seal(1, 10);
    AddressedStanza addressed = fr.stanzaFor(de, sealed, 1);
    de.accept(addressed);
    Envelope envelope = sealed.envelope();
    byte[] header = envelope.header().encoded();
    for (int bit = 0; bit < 8 * header.length; bit++) {
      byte[] changed = header.clone();
      changed[bit / 8] ^= (byte) (1 << bit % 8);
      Envelope.of(changed, envelope.signature(), envelope.labels(), envelope.bodies())
          .ifPresent(other -> assertSeenWithoutAKey(de.open(other, addressed.stanza())));
    }
    assertEquals(0, de.opened.get());
  }

  /** By the signature or the names, before the wrap, which is bound to the header as well. */
  private static void assertSeenWithoutAKey(OpeningResult opening) {
    assertNotEquals(CANNOT_OPEN, assertInstanceOf(NotOpened.class, opening));
  }

  @Test
  void failures_afterTheKeyIsUsed_areOneOutcome() {
    CraftedEnvelopes crafted = new CraftedEnvelopes();
    byte[] plain = crafted.plainLabels().build().toByteArray();
    byte[] wrongCount =
        crafted.plainLabels().addLabels(ByteString.copyFromUtf8("x")).build().toByteArray();
    Envelope good = crafted.withLabels(plain);
    ContentKey otherKey = CraftedEnvelopes.key("another");
    SenderSession session = ownSession(fr, de);
    Results.value(de.incoming.accept(session.announcement().encoded()));
    OriginNumber number = new OriginNumber(1, Lane.PRIORITY, 1);
    byte[] spoiled = session.wrap(good.header(), number, crafted.key).encoded();
    spoiled[80] ^= 1;
    Envelope noProtobuf = crafted.withLabels(new byte[] {(byte) 0xFF});
    Envelope miscounted = crafted.withLabels(wrongCount);
    Envelope noLabels = crafted.envelope(1, new byte[100], crafted.bodies());
    Envelope unpadded =
        crafted.envelope(1, crafted.sealedLabels(plain), new byte[crafted.bodies().length + 40]);

    List<OpeningResult> outcomes =
        List.of(
            de.open(good, parsed(spoiled)),
            de.open(good, session.wrap(good.header(), number, otherKey)),
            de.open(noProtobuf, session.wrap(noProtobuf.header(), number, crafted.key)),
            de.open(miscounted, session.wrap(miscounted.header(), number, crafted.key)),
            de.open(noLabels, session.wrap(noLabels.header(), number, crafted.key)),
            de.open(unpadded, session.wrap(unpadded.header(), number, crafted.key)));

    outcomes.forEach(outcome -> assertEquals(CANNOT_OPEN, outcome));
    assertInstanceOf(
        OpeningResult.Opened.class,
        de.open(good, session.wrap(good.header(), number, crafted.key)));
  }

  @Test
  void sessionId_squattedWithAnothersEnc_opensNothing() {
    SessionAnnouncement honest = announcementTo(de);
    RecipientSession theirs = Results.value(de.incoming.accept(honest.encoded()));
    SessionTerms squat = terms(sg, sg.gateway, de, honest.terms().key());
    SessionAnnouncement squatted =
        SessionAnnouncement.sign(squat, honest.enc(), sg.identity.pair());
    SessionAnnouncement inTheirName =
        SessionAnnouncement.sign(honest.terms(), honest.enc(), sg.identity.pair());

    RecipientSession accepted = Results.value(de.incoming.accept(squatted.encoded()));

    assertNotEquals(theirs.id(), accepted.id());
    assertEquals(Optional.of(theirs), de.incoming.find(FR, theirs.id()));
    assertEquals(Optional.empty(), de.incoming.find(SG, theirs.id()));
    assertEquals(Optional.empty(), de.incoming.find(FR, accepted.id()));
    assertFalse(Arrays.equals(secret(honest.terms(), honest), secret(squat, squatted)));
    // Held already, so what signs it does not matter: it is the very same session.
    assertEquals(theirs, Results.value(de.incoming.accept(inTheirName.encoded())));
  }

  private byte[] secret(SessionTerms terms, SessionAnnouncement announcement) {
    SecretBytes secret =
        HpkeExport.fromSender(
                de.holder.find(terms.key().id()).orElseThrow(),
                announcement.enc(),
                terms.hpkeInfo(),
                Suite.WRAPPING_KEY,
                WrappingKey.BYTES)
            .orElseThrow();
    return secret.reveal();
  }

  @Test
  void announcement_lowOrderPointInEnc_isRefused() {
    SessionTerms terms = announcementTo(de).terms();
    byte[] enc = new byte[HpkeExport.ENC_BYTES];
    SessionAnnouncement announcement = SessionAnnouncement.sign(terms, enc, fr.identity.pair());

    assertEquals(Code.NEED_REWRAP, Results.code(de.incoming.accept(announcement.encoded())));
  }

  @Test
  void key_destroyedWhileMailWaitsInTransit_isRewrappedUnderTheSameNumber() {
    Sealed sealed = fr.seal(1, 200);
    AddressedStanza stale = fr.stanzaFor(de, sealed, 9);
    de.accept(stale);
    clock.move(Duration.ofHours(49));
    RecipientKeys.Renewal renewal = de.recipientKeys.renew();
    renewal.destroyed().forEach(de.incoming::forgetKey);
    assertEquals(1, renewal.destroyed().size());
    assertEquals(NEED_REWRAP, de.open(sealed.envelope(), stale.stanza()));
    assertTrue(
        de.incoming.accept(stale.announcement().orElseThrow().encoded()).refusal().isPresent());

    fr.knowing(de);
    AddressedStanza fresh = fr.stanzaFor(de, sealed, 9);
    de.accept(fresh);

    var opened =
        assertInstanceOf(OpeningResult.Opened.class, de.open(sealed.envelope(), fresh.stanza()));
    assertEquals(new OriginNumber(1, Lane.PRIORITY, 9), opened.number());
  }

  /** Never as mail that does not open: from its origin that would be refused for good. */
  @Test
  void key_thatDiesWhileMailIsBeingOpened_opensItOrHasItRewrapped() throws Exception {
    for (int round = 0; round < 20; round++) {
      Sealed sealed = fr.seal(1, 200);
      fr.outgoing.renew(DE);
      AddressedStanza addressed = fr.stanzaFor(de, sealed, 1);
      de.accept(addressed);
      RecipientKeyId key = de.holder.held().get(0).id();
      CountDownLatch opening = new CountDownLatch(20);
      CompletableFuture<Void> death =
          CompletableFuture.runAsync(
              () -> {
                try {
                  opening.await();
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
                de.holder.destroy(key);
                de.incoming.forgetKey(key);
              });
      OpeningResult outcome = de.open(sealed.envelope(), addressed.stanza());
      while (outcome instanceof OpeningResult.Opened opened) {
        opened.labels().close();
        opening.countDown();
        outcome = de.open(sealed.envelope(), addressed.stanza());
      }
      assertEquals(NEED_REWRAP, outcome);
      death.get();
      clock.move(Duration.ofMillis(PeerStatements.EVERY_MS));
      de.recipientKeys.renew();
      fr.knowing(de);
    }
  }

  @Test
  void mail_forARecipientAwayThirtyDays_opensOnItsReturn() {
    SecretBytes outboxKey = SecretBytes.random(new SeededRandom("outbox"), 32);
    Sealed sealed = fr.seal(1, 200);
    EnvelopeHeader header = sealed.envelope().header();
    byte[] kept =
        new OutboxSeal(new SeededRandom("nonce")).seal(header, outboxKey, sealed.contentKey());
    sealed.close();
    clock.move(Duration.ofDays(30));
    assertTrue(
        fr.outgoing
            .wrap(
                header,
                DE,
                new OriginNumber(1, Lane.PRIORITY, 1),
                OutboxSeal.open(header, outboxKey, kept).orElseThrow())
            .isEmpty(),
        "never to an expired key");

    de.recipientKeys.renew();
    fr.knowing(de);
    AddressedStanza late =
        fr.outgoing
            .wrap(
                header,
                DE,
                new OriginNumber(1, Lane.PRIORITY, 1),
                OutboxSeal.open(header, outboxKey, kept).orElseThrow())
            .orElseThrow();
    de.accept(late);

    var opened =
        assertInstanceOf(OpeningResult.Opened.class, de.open(sealed.envelope(), late.stanza()));
    assertArrayEquals(
        Samples.batch(1, 200).items().get(0).body(), opened.labels().openBody(0).orElseThrow());
  }

  @Test
  void transit_thatParsesHeaderAndStanza_opensNothing() {
    Sealed sealed = fr.seal(1, 200);
    AddressedStanza addressed = fr.stanzaFor(de, sealed, 1);

    Envelope seen =
        Envelope.of(
                sealed.envelope().header().encoded(),
                sealed.envelope().signature(),
                sealed.envelope().labels(),
                sealed.envelope().bodies())
            .orElseThrow();
    Stanza stanza = parsed(addressed.stanza().encoded());

    assertEquals(FR, seen.header().facts().origin());
    assertEquals(addressed.stanza(), stanza);
    assertEquals(NEED_REWRAP, sg.open(seen, stanza));
    assertEquals(0, sg.opened.get());
  }

  @Test
  void session_restingOnAWithdrawnPair_isWipedAndNotTakenAgain() {
    SigningPair old = fr.identity.pair();
    SigningPair next = SigningPair.generate(new SeededRandom("next pair of fr"));
    Sealed sealed = fr.seal(1, 10);
    AddressedStanza before = fr.stanzaFor(de, sealed, 1);
    RecipientSession session = de.accept(before);
    trust.list(FR, next, old);
    de.incoming.closeUnfounded();
    assertFalse(session.isClosed());
    assertInstanceOf(OpeningResult.Opened.class, de.open(sealed.envelope(), before.stanza()));

    fr.identity.signWith(next);
    fr.outgoing.renewAll();
    trust.list(FR, next);
    de.incoming.closeUnfounded();

    assertTrue(session.isClosed());
    assertEquals(NEED_REWRAP, de.open(sealed.envelope(), before.stanza()));
    assertEquals(
        Code.BAD_SIGNATURE,
        Results.code(de.incoming.accept(before.announcement().orElseThrow().encoded())));
    AddressedStanza after = fr.stanzaFor(de, sealed, 1);
    de.accept(after);
    assertInstanceOf(OpeningResult.Opened.class, de.open(sealed.envelope(), after.stanza()));
  }

  @Test
  void session_ofAnAgencyThatLeft_isWiped() {
    RecipientSession session = de.accept(fr.stanzaFor(de, fr.seal(1, 10), 1));
    RecipientSession other = de.accept(sg.knowing(de).stanzaFor(de, sg.seal(1, 10), 1));

    trust.expel(FR);
    de.incoming.closeUnfounded();

    assertTrue(session.isClosed());
    assertFalse(other.isClosed());
    assertEquals(Optional.empty(), de.incoming.find(FR, session.id()));
  }

  @Test
  void session_whosePairIsWithdrawnWhileItIsTaken_isNotKept() {
    SigningPair next = SigningPair.generate(new SeededRandom("next pair of fr"));
    List<VerifyingPair> good = trust.of(FR);
    AtomicInteger looks = new AtomicInteger();
    RecipientSessions racing =
        new RecipientSessions(
            Samples.FEDERATION,
            DE,
            agency -> looks.getAndIncrement() == 0 ? good : List.of(next.verifyingPair()),
            de.holder,
            clock,
            4);
    SessionAnnouncement announcement = announcementTo(de);

    assertEquals(Code.BAD_SIGNATURE, Results.code(racing.accept(announcement.encoded())));
    assertEquals(Optional.empty(), racing.find(FR, announcement.id()));
  }

  @Test
  void keyBundle_whosePairIsWithdrawnWhileItIsTaken_isNotKept() {
    List<VerifyingPair> good = trust.of(FR);
    AtomicInteger looks = new AtomicInteger();
    PeerKeys racing =
        new PeerKeys(Samples.FEDERATION, agency -> looks.getAndIncrement() == 0 ? good : List.of());

    assertEquals(
        Code.BAD_SIGNATURE, Results.code(racing.offer(fr.bundle().encoded(), clock.millis())));
    assertTrue(racing.bundleOf(FR).isEmpty());
  }

  @Test
  void keyBundle_restingOnAWithdrawnPair_isForgottenWithTheSessionsToItsKeys() {
    SigningPair next = SigningPair.generate(new SeededRandom("next pair of fr"));
    de.knowing(fr);
    trust.list(FR, next, fr.identity.pair());
    de.peerKeys.forgetUnfounded();
    assertTrue(de.peerKeys.bundleOf(FR).isPresent());

    Sealed mail = de.seal(1, 10);
    SessionId before = de.stanzaFor(fr, mail, 1).stanza().session();
    assertEquals(before, de.stanzaFor(fr, mail, 1).stanza().session());
    trust.list(FR, next);
    List<AgencyName> forgotten = de.peerKeys.forgetUnfounded();
    forgotten.forEach(de.outgoing::renew);

    assertEquals(List.of(FR), forgotten);
    OriginNumber number = new OriginNumber(1, mail.key().lane(), 1);
    assertEquals(
        Optional.empty(),
        de.outgoing.wrap(mail.envelope().header(), FR, number, mail.contentKey()));
    assertTrue(de.peerKeys.bundleOf(FR).isEmpty());
    assertTrue(de.peerKeys.bundleOf(SG).isPresent());
  }
}
