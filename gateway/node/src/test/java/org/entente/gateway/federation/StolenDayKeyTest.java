package org.entente.gateway.federation;

import static org.entente.gateway.federation.RunningFederation.FR;
import static org.entente.gateway.federation.RunningFederation.HUB;
import static org.entente.gateway.federation.RunningFederation.JP;
import static org.entente.gateway.federation.RunningFederation.SG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.entente.gateway.crypto.XWingPrivateKey;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.sequence.OriginWindow;
import org.entente.gateway.ledger.sequence.OriginWindows;
import org.entente.gateway.ledger.table.HopQueueTable;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.node.keys.KeystoreTheft;
import org.entente.gateway.seal.ContentKey;
import org.entente.gateway.seal.StolenKey;
import org.entente.gateway.seal.format.EnvelopeHeader;
import org.entente.gateway.seal.format.OriginNumber;
import org.entente.gateway.seal.format.Stanza;
import org.entente.gateway.seal.statement.SessionAnnouncement;
import org.entente.gateway.store.RocksOptions;
import org.entente.gateway.store.RocksStore;
import org.entente.gateway.store.Store;
import org.entente.gateway.testkit.QuietLedger;
import org.entente.proto.store.v1.HopEntry;
import org.entente.proto.store.v1.HopRecipient;
import org.entente.proto.store.v1.StoredEnvelope;
import org.entente.proto.v1.EvidenceKind;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Threats 38, 72 and 73: {@code sg.police} loses its day key to {@code jp.customs}, a member that
 * was sent an envelope of {@code fr.customs} for itself alone. The thief wraps that envelope for
 * the victim under numbers that the origin has yet to give, and sends it through a transit or over
 * its own link. It writes what it forges into a gateway's queue; gateways, sockets and keys are
 * real.
 */
final class StolenDayKeyTest {
  private static final Duration LATE = Duration.ofDays(30);
  private static final Lane LANE = Lane.ROUTINE;
  private static final int FORGED = 3;

  @RegisterExtension
  final RunningFederation federation =
      RunningFederation.of(FederationFiles::coRecipient, HUB, JP, FR, SG);

  private MessageId forThief;
  private MessageId second;

  /** One envelope each for victim and thief lies in the transit's custody; only the origin runs. */
  @BeforeEach
  void begin() throws IOException {
    MessageId first = send("first", SG, JP);
    federation.awaitEvidence(FR, first, EvidenceKind.EVIDENCE_KIND_DELIVERY, SG);
    federation.awaitEvidence(FR, first, EvidenceKind.EVIDENCE_KIND_DELIVERY, JP);
    // Receipts of the first, without which it would still lie before what is captured below.
    federation.awaitSent(HUB, SG);
    federation.awaitSent(HUB, JP);
    List.of(SG, JP, FR).forEach(federation::stop);
    federation.start(FR);
    second = send("second", SG);
    forThief = send("for the thief alone", JP);
    federation.awaitEvidence(FR, second, EvidenceKind.EVIDENCE_KIND_RELAY_ACCEPTANCE, SG);
    federation.awaitEvidence(FR, forThief, EvidenceKind.EVIDENCE_KIND_RELAY_ACCEPTANCE, JP);
    federation.stop(HUB);
  }

  private MessageId send(String headline, String... to) {
    return federation.send(FR, headline, LATE, to);
  }

  /** What lies in the transit's queue to an agency. */
  private record Captured(HopEntry entry, StoredEnvelope envelope) {
    EnvelopeHeader header() {
      return EnvelopeHeader.parse(envelope.getHeader().toByteArray()).orElseThrow();
    }

    HopRecipient recipient() {
      return entry.getRecipients(0);
    }

    Stanza stanza() {
      return Stanza.parse(recipient().getStanza().toByteArray()).orElseThrow();
    }
  }

  private void inLedger(String agency, Consumer<Ledger> change) {
    try (Store store =
        RocksStore.open(federation.files().ledger(agency), RocksOptions.defaults())) {
      Ledger ledger = QuietLedger.started(store, federation.clock);
      change.accept(ledger);
      ledger.close();
    }
  }

  private static Captured captured(Ledger transit, String agency) {
    HopQueueTable.NumberedEntry queued =
        transit.hops().read(new AgencyName(agency), LANE, 1, 1, 1).get(0);
    StoredEnvelope envelope =
        transit.envelopes().read(queued.entry().getHeaderHash().toByteArray());
    if (envelope == null) {
      throw new AssertionError("no envelope for " + agency);
    }
    return new Captured(queued.entry(), envelope);
  }

  private StolenKey stolen(String agency, Captured captured) {
    SessionAnnouncement announcement =
        SessionAnnouncement.parse(captured.recipient().getAnnouncement().toByteArray())
            .orElseThrow();
    try (XWingPrivateKey key =
        KeystoreTheft.dayKey(
                federation.files().keystore(agency),
                announcement.terms().key().id(),
                federation.clock)
            .orElseThrow()) {
      return new StolenKey(key, announcement);
    }
  }

  /** The thief's envelope, wrapped for the victim under the next numbers of the origin. */
  private List<HopEntry> forged(Captured toThief, Captured toVictim) {
    ContentKey key = stolen(JP, toThief).unwrap(toThief.header(), toThief.stanza());
    StolenKey session = stolen(SG, toVictim);
    OriginNumber known = toVictim.stanza().number(LANE);
    return LongStream.rangeClosed(1, FORGED)
        .mapToObj(i -> new OriginNumber(known.epoch(), LANE, known.sequence() + i))
        .map(number -> session.wrap(toThief.header(), number, key))
        .map(
            stanza ->
                toVictim.recipient().toBuilder()
                    .setStanza(ByteString.copyFrom(stanza.encoded()))
                    .build())
        .map(to -> toThief.entry().toBuilder().clearRecipients().addRecipients(to).build())
        .toList();
  }

  private static void queue(Ledger ledger, StoredEnvelope envelope, List<HopEntry> entries) {
    ledger.commit(
        LANE,
        tx -> {
          for (HopEntry entry : entries) {
            ledger.envelopes().hold(tx, entry.getHeaderHash().toByteArray(), envelope, 1);
            ledger.hops().append(tx, new AgencyName(SG), LANE, entry);
          }
          return entries.size();
        });
  }

  /** The origin's next messages arrive, each once, and the thief's envelope does not. */
  private void assertOnlyGenuineMailArrives() {
    List<MessageId> sent =
        Stream.of("third", "fourth", "fifth", "sixth").map(one -> send(one, SG)).toList();
    sent.forEach(one -> federation.awaitEvidence(FR, one, EvidenceKind.EVIDENCE_KIND_DELIVERY, SG));
    assertEquals(
        List.of("fifth", "first", "fourth", "second", "sixth", "third"),
        RunningFederation.headlines(federation.receive(SG, 6)).stream().sorted().toList());
    assertFalse(
        federation.kinds(FR, forThief, SG).contains(EvidenceKind.EVIDENCE_KIND_DELIVERY),
        () -> String.valueOf(federation.track(FR, forThief)));
  }

  @Test
  void numbers_consumedThroughATransit_costNothing() {
    inLedger(
        HUB,
        hub -> {
          Captured toThief = captured(hub, JP);
          queue(hub, toThief.envelope(), forged(toThief, captured(hub, SG)));
        });
    federation.start(HUB, JP, SG);
    federation.awaitSent(HUB, SG);
    assertOnlyGenuineMailArrives();
  }

  @Test
  void numbers_consumedOverTheThiefsOwnLink_costNothing() {
    inLedger(
        HUB,
        hub -> {
          Captured toThief = captured(hub, JP);
          List<HopEntry> forged = forged(toThief, captured(hub, SG));
          inLedger(JP, thief -> queue(thief, toThief.envelope(), forged));
        });
    federation.start(JP, SG);
    federation.awaitSent(JP, SG);
    federation.start(HUB);
    assertOnlyGenuineMailArrives();
  }

  /** As if a number had been consumed all the same: its message comes under another, once. */
  @Test
  @Tag("extended")
  @Tag("recovery")
  void number_countedForNothing_isNotReleased_andItsMessageArrives() {
    inLedger(
        HUB,
        hub -> {
          OriginNumber known = captured(hub, SG).stanza().number(LANE);
          inLedger(SG, victim -> count(victim, known.epoch(), known.sequence() + 1));
        });
    federation.start(HUB, JP, SG);
    assertOnlyGenuineMailArrives();
  }

  private static void count(Ledger victim, long epoch, long sequence) {
    AgencyName origin = new AgencyName(FR);
    victim.commit(
        LANE,
        tx -> {
          OriginWindows windows = victim.windows().read(tx, origin, LANE);
          OriginWindow.Offer offer = windows.in(epoch).orElseThrow().offer(sequence);
          victim.windows().write(tx, origin, LANE, windows);
          return offer;
        });
  }

  /** A transit that removes a binding makes the origin send once more. */
  @Test
  @Tag("extended")
  @Tag("recovery")
  void binding_stripped_onlyDelays() {
    inLedger(HUB, StolenDayKeyTest::strip);
    federation.start(HUB, JP, SG);
    federation.awaitEvidence(FR, second, EvidenceKind.EVIDENCE_KIND_DELIVERY, SG);
    assertOnlyGenuineMailArrives();
  }

  private static void strip(Ledger hub) {
    Captured captured = captured(hub, SG);
    Stanza bound = captured.stanza();
    OriginNumber number = bound.number(LANE);
    Stanza bare = new Stanza(bound.session(), number.epoch(), number.sequence(), bound.wrapped());
    HopEntry entry =
        captured.entry().toBuilder()
            .setRecipients(
                0, captured.recipient().toBuilder().setStanza(ByteString.copyFrom(bare.encoded())))
            .build();
    AgencyName peer = new AgencyName(SG);
    long first = hub.hops().first(peer, LANE);
    hub.commit(LANE, tx -> hub.hops().replace(tx, peer, LANE, first, entry));
  }
}
