package org.entente.gateway.transmit;

import static java.util.Objects.requireNonNull;
import static org.entente.gateway.testkit.Agencies.DE;
import static org.entente.gateway.testkit.Agencies.FR;
import static org.entente.gateway.testkit.Agencies.HUB;
import static org.entente.gateway.testkit.Agencies.SG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.batch.BatchPlanner;
import org.entente.gateway.batch.Sealed;
import org.entente.gateway.batch.Sealer;
import org.entente.gateway.batch.SealingItem;
import org.entente.gateway.crypto.Ed25519SigningKey;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.LedgerLimits;
import org.entente.gateway.ledger.QuarantineStage;
import org.entente.gateway.ledger.Quarantining;
import org.entente.gateway.ledger.commit.Journal;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.ledger.table.HopQueueTable;
import org.entente.gateway.ledger.table.QuarantineTable;
import org.entente.gateway.ledger.table.RetentionTable;
import org.entente.gateway.link.QueuedEnvelope;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.policy.decide.PermittedFixture;
import org.entente.gateway.seal.BindingSigner;
import org.entente.gateway.seal.ContentKey;
import org.entente.gateway.seal.SenderSessions;
import org.entente.gateway.seal.SessionLimits;
import org.entente.gateway.seal.format.AgencyIdentity;
import org.entente.gateway.seal.format.EnvelopeHeader;
import org.entente.gateway.seal.format.GatewayKey;
import org.entente.gateway.seal.format.OriginNumber;
import org.entente.gateway.store.Batch;
import org.entente.gateway.store.Durability;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.Table;
import org.entente.gateway.testkit.MemoryStorageKeys;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.testkit.QuietLedger;
import org.entente.gateway.testkit.TestNames;
import org.entente.proto.store.v1.HopEntry;
import org.entente.proto.store.v1.HopRecipient;
import org.entente.proto.store.v1.OutboxEntry;
import org.entente.proto.store.v1.OutboxState;
import org.entente.proto.store.v1.QuarantineRecord;
import org.entente.proto.store.v1.QuarantineState;
import org.entente.proto.store.v1.SentFacts;
import org.entente.proto.store.v1.StoredEnvelope;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Mail of the outbox over which this gateway fails when it is to be sent. */
class UnsendableEntriesTest {
  private static final NodeName NODE = new NodeName("gw");
  private static final Lane LANE = Lane.IMMEDIATE;
  private static final String POISON = "poison";
  private static final OriginNumber FIRST = new OriginNumber(1, LANE, 1);

  private final SecureRandom random = new SecureRandom();
  private final Instant now = Instant.parse("2026-11-25T10:00:00Z");
  private final InstantSource clock = () -> now;
  private final MemoryStore store = new MemoryStore();
  private final Leaves leaves = new Leaves();

  @AutoClose
  private final Ledger ledger =
      new Ledger(
          store,
          TestNames.names(),
          leaves,
          clock,
          new LedgerLimits(1_000, 100, 1 << 20, new QuarantineTable.Limits(4, 1 << 20)),
          new QuietLedger.SilentObserver());

  private final RecordSeal atRest = new RecordSeal(new MemoryStorageKeys(), random);
  private final EvidenceRecords evidence = new EvidenceRecords(atRest, FR);
  private final WaitingRecipients waiting = new WaitingRecipients();
  private final Ed25519SigningKey key = Ed25519SigningKey.generate(random);
  private final Dispatch dispatch =
      new Dispatch(
          ledger.envelopes(),
          ledger.outbox(),
          ledger.hops(),
          new RoutingTable(Set.of(DE, HUB), agency -> List.of(HUB), (peer, lane) -> true),
          waiting,
          agency -> true,
          (peer, lane) -> {});
  private final SenderSessions sessions =
      new SenderSessions(
          new AgencyIdentity(new FederationName("test.example"), FR, SigningPair.generate(random)),
          new GatewayKey(NODE, key.verifyingKey()),
          (recipient, at) -> Optional.empty(),
          SessionLimits.DEFAULT,
          random,
          clock);
  private final DeliverySettlement settlement =
      new DeliverySettlement(
          ledger,
          dispatch,
          evidence,
          FR,
          waiting,
          new SessionConfirmations(sessions, () -> 0),
          new GapWatch(() -> 0));
  private final UnsendableEntries unsendable =
      new UnsendableEntries(
          ledger,
          settlement,
          new Quarantining(FR, ledger.quarantine(), atRest, Duration.ofDays(30), new Meters()),
          new Meters());
  private final Transmission transmission =
      new Transmission(
          ledger,
          settlement,
          sessions,
          this::contentKey,
          this::permitted,
          new Transmission.Origin(
              FR, clock, new BindingSigner(new FederationName("test.example"), key)),
          unsendable);

  private boolean failsBeforeAllRecipients;

  private Optional<ContentKey> contentKey(EnvelopeHeader header, StoredEnvelope envelope) {
    if (failsBeforeAllRecipients) {
      throw new IllegalStateException("a defect");
    }
    return Optional.empty();
  }

  private boolean permitted(String agreement, AgencyName recipient) {
    if (agreement.equals(POISON)) {
      throw new IllegalStateException("a defect");
    }
    return false;
  }

  @BeforeEach
  void start() {
    ledger.start();
    List.of(DE, SG, HUB).forEach(agency -> waiting.clear(agency, waiting.marks(agency)));
  }

  /** Submits an alert to a recipient for each agreement; the header's hash. */
  private byte[] submit(MessageId id, Dispatch.Recipient... recipients) {
    Sealed sealed =
        new Sealer(FR, NODE, key, random, clock)
            .seal(
                BatchPlanner.group(
                        List.of(
                            SealingItem.of(
                                PermittedFixture.alert(
                                    id, FR, LANE, Body.getDefaultInstance(), now, DE.value()))),
                        64,
                        1 << 20)
                    .get(0));
    StoredEnvelope envelope =
        StoredEnvelope.newBuilder()
            .setHeader(ByteString.copyFrom(sealed.envelope().header().encoded()))
            .addMessageIds(ByteString.copyFrom(id.bytes()))
            .build();
    byte[] hash = sealed.envelope().header().hash();
    ledger.commit(
        LANE,
        tx -> {
          long until = now.plus(Duration.ofDays(1)).toEpochMilli();
          dispatch.submit(
              tx, new Dispatch.OutgoingEnvelope(hash, envelope, LANE, until, List.of(recipients)));
          return hash;
        });
    return hash;
  }

  private MessageId id() {
    return MessageId.fresh(now.toEpochMilli(), random);
  }

  private QueuedEnvelope prepare(AgencyName peer) {
    long first = ledger.hops().first(peer, LANE);
    HopQueueTable.NumberedEntry next = ledger.hops().read(peer, LANE, first, 1, 1).get(0);
    return transmission.prepare(peer, LANE, 1, next);
  }

  /** Sends, is answered, and queues again what waits, as link and upkeep do; so many times. */
  private void rounds(AgencyName peer, AgencyName recipient, int times) {
    for (int i = 0; i < times; i++) {
      assertTrue(prepare(peer).isVoid(), "nothing of it goes out");
      long sequence = ledger.hops().first(peer, LANE);
      ledger.commit(
          LANE,
          tx -> {
            ledger.hops().remove(tx, peer, LANE, sequence);
            settlement.again(tx, recipient, FIRST);
            return sequence;
          });
    }
  }

  private OutboxState state(AgencyName recipient) {
    OutboxEntry entry = ledger.outbox().read(recipient, FIRST);
    return requireNonNull(entry).getState();
  }

  private List<QuarantineTable.Entry> aside() {
    return ledger.quarantine().waiting(0, 10);
  }

  private QuarantineStage.DecisionResult decide(
      java.util.function.Function<
              QuarantineRecord,
              org.entente.gateway.ledger.commit.Transaction.Mutation<
                  QuarantineStage.DecisionResult>>
          how) {
    return ledger.commit(LANE, how.apply(aside().get(0).record()));
  }

  @Test
  void poison_waitsTwice_thenIsSetAside_andTheLaneGoesOn() {
    MessageId id = id();
    submit(id, new Dispatch.Recipient(DE, POISON));
    rounds(DE, DE, 2);
    assertEquals(OutboxState.OUTBOX_STATE_QUEUED, state(DE));
    assertEquals(List.of(), aside());
    rounds(DE, DE, 1);

    assertEquals(OutboxState.OUTBOX_STATE_QUARANTINED, state(DE));
    QuarantineRecord record = aside().get(0).record();
    assertEquals(DE.value(), record.getAgency());
    assertEquals(ByteString.copyFrom(id.bytes()), record.getMessageIds(0));
    assertEquals(AuditType.QUARANTINED, leaves.last().type());
    assertEquals(0, ledger.hops().depth(DE, LANE), "the queue is free");
  }

  /** Outside of the steps for one recipient: the stream of the lane would fail for ever. */
  @Test
  void poison_ofTheWholeEntry_waitsTwice_thenIsSetAside_andTheLaneGoesOn() {
    submit(id(), new Dispatch.Recipient(DE, "fine"));
    failsBeforeAllRecipients = true;
    rounds(DE, DE, 2);
    assertEquals(OutboxState.OUTBOX_STATE_QUEUED, state(DE));
    rounds(DE, DE, 1);

    assertEquals(OutboxState.OUTBOX_STATE_QUARANTINED, state(DE));
    assertEquals(0, ledger.hops().depth(DE, LANE), "the queue is free");
  }

  @Test
  void poison_ofOneRecipient_holdsBackNoneOfTheOthers() {
    submit(id(), new Dispatch.Recipient(HUB, "ended"), new Dispatch.Recipient(SG, POISON));
    assertTrue(prepare(HUB).isVoid());
    assertEquals(OutboxState.OUTBOX_STATE_VOID, state(HUB), "it has its own fate");
    assertEquals(OutboxState.OUTBOX_STATE_WAITING, state(SG));
  }

  /** An envelope that was transmitted once is no longer in memory. */
  private void spoil(byte[] hash) {
    assertNotNull(ledger.envelopes().read(hash));
    Batch batch = store.batch();
    batch.put(Table.ENVELOPE, KeyBuilder.key().u8(1).bytes(hash).done(), new byte[] {-1, -1});
    store.commit(batch, Durability.SYNCED);
  }

  @Test
  void envelopeThatCannotBeRead_isSetAside_andWithdrawnWhenGivenUp() {
    byte[] hash = submit(id(), new Dispatch.Recipient(DE, "fine"));
    spoil(hash);
    assertTrue(prepare(DE).isVoid());
    assertEquals(OutboxState.OUTBOX_STATE_WAITING, state(DE));
    for (int i = 0; i < 2; i++) {
      HopEntry entry =
          HopEntry.newBuilder()
              .setHeaderHash(ByteString.copyFrom(hash))
              .addRecipients(
                  HopRecipient.newBuilder().setAgency(DE.value()).setEpoch(1).setSequence(1))
              .build();
      transmission.prepare(DE, LANE, 1, new HopQueueTable.NumberedEntry(1, entry));
    }
    assertEquals(OutboxState.OUTBOX_STATE_QUARANTINED, state(DE));
    assertEquals(Code.DAMAGED.name(), aside().get(0).record().getCode());
    decide(record -> tx -> unsendable.discard(tx, record, false));
    assertEquals(OutboxState.OUTBOX_STATE_VOID, state(DE));
    assertNull(ledger.envelopes().read(hash));
  }

  /** Else it would wait for ever, and fail each round of maintenance. */
  @Test
  void envelopeThatCannotBeRead_isQueuedAgain_untilItIsSetAside() {
    byte[] hash = submit(id(), new Dispatch.Recipient(DE, "fine"));
    spoil(hash);
    rounds(DE, DE, 3);
    assertEquals(OutboxState.OUTBOX_STATE_QUARANTINED, state(DE));
  }

  @Test
  void retry_queuesItAgain_underItsNumber() {
    byte[] hash = submit(id(), new Dispatch.Recipient(DE, POISON));
    rounds(DE, DE, 3);
    QuarantineStage.DecisionResult ended = decide(record -> unsendable.retry(record, new byte[0]));
    assertEquals(QuarantineState.QUARANTINE_STATE_RELEASED, ended.state());
    assertEquals(OutboxState.OUTBOX_STATE_WAITING, state(DE));
    OutboxEntry entry = requireNonNull(ledger.outbox().read(DE, FIRST));
    assertTrue(OutboxMaintenance.isDue(entry, now.toEpochMilli()), "at the next round");
    assertEquals(ByteString.copyFrom(hash), entry.getHeaderHash());
    assertFalse(ledger.envelopes().read(hash) == null, "nothing of it was let go");
  }

  @Test
  void discard_withdrawsIt_withEvidenceForThePublisher() {
    MessageId id = id();
    submit(id, new Dispatch.Recipient(DE, POISON));
    rounds(DE, DE, 3);
    decide(record -> tx -> unsendable.discard(tx, record, false));
    assertEquals(OutboxState.OUTBOX_STATE_VOID, state(DE), "the recipient hears of it");
    List<EvidenceItem> known = evidence.known(ledger.evidence(), id);
    EvidenceItem last = known.get(known.size() - 1);
    assertEquals(EvidenceKind.EVIDENCE_KIND_NON_DELIVERY, last.getKind());
    assertEquals(Code.DISCARDED.name(), last.getCode());
    assertEquals(
        QuarantineState.QUARANTINE_STATE_GONE,
        decide(record -> tx -> unsendable.discard(tx, record, false)).state());
  }

  /** Its recipient may have confirmed it to the lost ledger. */
  @Test
  void discard_afterARestore_saysThatTheRecipientIsAskedFirst() {
    MessageId id = id();
    submit(id, new Dispatch.Recipient(DE, POISON));
    SentFacts facts =
        SentFacts.newBuilder().addRecipients(DE.value()).setLane(LANE.number()).build();
    ledger.commit(
        LANE,
        tx -> {
          evidence.accepted(tx, ledger.evidence(), Map.of(id, facts));
          return id;
        });
    rounds(DE, DE, 3);
    Batch batch = store.batch();
    RetentionTable.setBack(batch, now.plus(Duration.ofMinutes(1)).toEpochMilli());
    store.commit(batch, Durability.SYNCED);

    QuarantineStage.DecisionResult ended =
        decide(record -> tx -> unsendable.discard(tx, record, false));
    assertEquals(QuarantineState.QUARANTINE_STATE_DISCARDED, ended.state());
    assertTrue(ended.text().startsWith("given up; the recipient is asked first"), ended::text);
    assertTrue(requireNonNull(ledger.outbox().read(DE, FIRST)).getUndecided());
  }

  @Test
  void full_letsItWait_andTriesAgainLater() {
    submit(id(), new Dispatch.Recipient(DE, POISON));
    rounds(DE, DE, 3);
    submit(id(), new Dispatch.Recipient(DE, POISON));
    assertEquals(1, aside().size(), "a quarter of 4");
    OriginNumber second = new OriginNumber(1, LANE, 2);
    HopEntry entry =
        HopEntry.newBuilder()
            .setHeaderHash(requireNonNull(ledger.outbox().read(DE, second)).getHeaderHash())
            .addRecipients(
                HopRecipient.newBuilder().setAgency(DE.value()).setEpoch(1).setSequence(2))
            .build();
    for (int i = 0; i < 3; i++) {
      transmission.prepare(DE, LANE, 1, new HopQueueTable.NumberedEntry(9, entry));
    }
    assertEquals(1, aside().size());
    assertEquals(
        OutboxState.OUTBOX_STATE_WAITING,
        requireNonNull(ledger.outbox().read(DE, second)).getState());
  }

  /** What is read then comes from the store. */
  private void newerEntriesFillTheMemory() {
    AgencyName another = new AgencyName("pt.customs");
    ledger.commit(
        LANE,
        tx -> {
          long last = 0;
          while (last < 1_000) {
            last = ledger.hops().append(tx, another, LANE, HopEntry.getDefaultInstance());
          }
          return last;
        });
  }

  /** A defect wrote a record of the queue, or it was damaged and its checksum with it. */
  @Test
  void recordOfAQueue_thatCannotBeRead_goesOutAsAVoid_andTheLaneGoesOn() {
    submit(id(), new Dispatch.Recipient(DE, "fine"));
    byte[] hash = submit(id(), new Dispatch.Recipient(DE, "fine"));
    Batch batch = store.batch();
    byte[] first = KeyBuilder.key().ascii(DE.value()).u8(LANE.number()).u64(1).done();
    batch.put(Table.HOP_OUT, first, new byte[] {10, 127});
    store.commit(batch, Durability.SYNCED);
    newerEntriesFillTheMemory();

    assertTrue(prepare(DE).isVoid());
    assertTrue(prepare(DE).isVoid(), "and stays one");
    assertEquals(List.of("HOP_OUT de.customs IMMEDIATE number 1"), ledger.unreadable().list());
    assertEquals(0, ledger.hops().oldestMillis(DE, LANE), "the figures are shown");
    ledger.commit(LANE, tx -> requireNonNull(ledger.hops().remove(tx, DE, LANE, 1)));
    assertEquals(List.of(), ledger.unreadable().list());
    assertEquals(
        ByteString.copyFrom(hash), prepare(DE).headerHash(), "the next one is what it was");
  }

  private static final class Leaves implements Journal {
    private final List<AuditRecord> all = new ArrayList<>();

    @Override
    public synchronized void append(Batch batch, List<AuditRecord> leaves) {
      all.addAll(leaves);
    }

    @Override
    public void committed() {}

    @Override
    public void rolledBack() {}

    synchronized AuditRecord last() {
      return all.get(all.size() - 1);
    }
  }
}
