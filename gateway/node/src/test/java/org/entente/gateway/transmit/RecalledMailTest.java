package org.entente.gateway.transmit;

import static java.util.Objects.requireNonNull;
import static org.entente.gateway.testkit.Agencies.DE;
import static org.entente.gateway.testkit.Agencies.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.entente.gateway.batch.BatchPlanner;
import org.entente.gateway.batch.Sealed;
import org.entente.gateway.batch.Sealer;
import org.entente.gateway.batch.SealingItem;
import org.entente.gateway.crypto.Ed25519SigningKey;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.Quarantining;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.ledger.table.HopQueueTable;
import org.entente.gateway.ledger.table.OutboxTable;
import org.entente.gateway.ledger.table.RetentionTable;
import org.entente.gateway.link.QueuedEnvelope;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.policy.decide.PermittedFixture;
import org.entente.gateway.seal.BindingSigner;
import org.entente.gateway.seal.SenderSessions;
import org.entente.gateway.seal.SessionLimits;
import org.entente.gateway.seal.format.AgencyIdentity;
import org.entente.gateway.seal.format.GatewayKey;
import org.entente.gateway.seal.format.OriginNumber;
import org.entente.gateway.seal.statement.NumberedHeader;
import org.entente.gateway.store.Batch;
import org.entente.gateway.store.Durability;
import org.entente.gateway.testkit.MemoryStorageKeys;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.testkit.QuietLedger;
import org.entente.proto.store.v1.OutboxEntry;
import org.entente.proto.store.v1.OutboxState;
import org.entente.proto.store.v1.SentFacts;
import org.entente.proto.store.v1.StoredEnvelope;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Own messages that were taken back while they wait to be sent. */
class RecalledMailTest {
  private static final NodeName NODE = new NodeName("gw");
  private static final Lane LANE = Lane.PRIORITY;
  private static final Duration DEADLINE = Duration.ofDays(1);

  private final SecureRandom random = new SecureRandom();
  private final MemoryStore.Disk disk = new MemoryStore.Disk();
  private final MemoryStorageKeys keys = new MemoryStorageKeys();
  private final EvidenceRecords evidence = new EvidenceRecords(new RecordSeal(keys, random), FR);
  private final Ed25519SigningKey key = Ed25519SigningKey.generate(random);
  private Instant now = Instant.parse("2026-11-25T10:00:00Z");
  private Node node = new Node();

  /** The sender over one disk; made again as a restart does. */
  private final class Node {
    final Ledger ledger = QuietLedger.started(new MemoryStore(disk), () -> now);
    final WaitingRecipients waiting = new WaitingRecipients();
    final Dispatch dispatch =
        new Dispatch(
            ledger.envelopes(),
            ledger.outbox(),
            ledger.hops(),
            new RoutingTable(Set.of(DE), agency -> List.of(), (peer, lane) -> true),
            waiting,
            agency -> true,
            (peer, lane) -> {});
    final SenderSessions sessions =
        new SenderSessions(
            new AgencyIdentity(
                new FederationName("test.example"), FR, SigningPair.generate(random)),
            new GatewayKey(NODE, key.verifyingKey()),
            (recipient, at) -> Optional.empty(),
            SessionLimits.DEFAULT,
            random,
            () -> now);
    final DeliverySettlement settlement =
        new DeliverySettlement(
            ledger,
            dispatch,
            evidence,
            FR,
            waiting,
            new SessionConfirmations(sessions, () -> 0),
            new GapWatch(() -> 0));
    final Transmission transmission =
        new Transmission(
            ledger,
            settlement,
            sessions,
            (header, envelope) -> Optional.empty(),
            // So that whatever is not withdrawn because it was taken back says another code.
            (agreement, recipient) -> false,
            new Transmission.Origin(
                FR, () -> now, new BindingSigner(new FederationName("test.example"), key)),
            new UnsendableEntries(
                ledger,
                settlement,
                new Quarantining(
                    FR,
                    ledger.quarantine(),
                    new RecordSeal(keys, random),
                    Duration.ofDays(30),
                    new Meters()),
                new Meters()));

    QueuedEnvelope prepare() {
      long first = ledger.hops().first(DE, LANE);
      HopQueueTable.NumberedEntry next = ledger.hops().read(DE, LANE, first, 1, 1).get(0);
      return transmission.prepare(DE, LANE, 1, next);
    }
  }

  @BeforeEach
  void begin() {
    node.waiting.clear(DE, node.waiting.marks(DE));
  }

  @AfterEach
  void close() {
    node.ledger.close();
  }

  private MessageId fresh() {
    return MessageId.fresh(now.toEpochMilli(), random);
  }

  /** Submits messages in one envelope; the header's hash. */
  private byte[] submit(MessageId... ids) {
    List<SealingItem> items =
        Stream.of(ids)
            .map(
                id ->
                    SealingItem.of(
                        PermittedFixture.alert(
                            id, FR, LANE, Body.getDefaultInstance(), now, DE.value())))
            .toList();
    Sealed sealed =
        new Sealer(FR, NODE, key, random, () -> now)
            .seal(BatchPlanner.group(items, 64, 1 << 20).get(0));
    StoredEnvelope.Builder envelope =
        StoredEnvelope.newBuilder()
            .setHeader(ByteString.copyFrom(sealed.envelope().header().encoded()));
    sealed.messages().forEach(id -> envelope.addMessageIds(ByteString.copyFrom(id.bytes())));
    byte[] hash = sealed.envelope().header().hash();
    node.ledger.commit(
        LANE,
        tx -> {
          node.dispatch.submit(
              tx,
              new Dispatch.OutgoingEnvelope(
                  hash,
                  envelope.build(),
                  LANE,
                  now.plus(DEADLINE).toEpochMilli(),
                  List.of(new Dispatch.Recipient(DE, "an-agreement"))));
          return hash;
        });
    return hash;
  }

  private void takeBack(MessageId id) {
    node.ledger.commit(
        LANE,
        tx -> {
          node.ledger.retention().takeBack(tx, id, now.plus(DEADLINE).toEpochMilli());
          return id;
        });
  }

  private List<String> stated(MessageId id) {
    return evidence.known(node.ledger.evidence(), id).stream()
        .map(
            item ->
                "%s %s by %s"
                    .formatted(
                        item.getKind().name().replace("EVIDENCE_KIND_", ""),
                        item.getCode(),
                        item.getAgency()))
        .toList();
  }

  private OutboxEntry owed() {
    List<OutboxTable.NumberedEntry> all = node.ledger.outbox().page(DE, LANE, null, 2);
    assertEquals(1, all.size());
    assertEquals(new OriginNumber(1, LANE, 1), all.get(0).number(), "its number stays");
    return all.get(0).entry();
  }

  @Test
  void takenBack_beforeItWasTransmitted_neverLeaves_andItsNumberIsWithdrawn() {
    MessageId id = fresh();
    byte[] hash = submit(id);
    assertNotNull(node.ledger.envelopes().read(hash));
    takeBack(id);
    assertTrue(node.prepare().isVoid());
    assertEquals(OutboxState.OUTBOX_STATE_VOID, owed().getState(), "the recipient is told");
    assertEquals(List.of("NON_DELIVERY RECALLED by fr.customs"), stated(id));
    assertNull(node.ledger.envelopes().read(hash), "nothing of it is kept");
    assertTrue(node.prepare().isVoid(), "a number that went out as a void stays one");
    assertEquals(1, stated(id).size());
  }

  @Test
  void takenBack_holdsOverARestart_untilItCouldNotBeDeliveredAnyMore() {
    MessageId id = fresh();
    submit(id);
    takeBack(id);
    node.ledger.close();
    node = new Node();
    assertTrue(node.ledger.retention().isTakenBack(id));
    assertTrue(node.prepare().isVoid());
    assertEquals(List.of("NON_DELIVERY RECALLED by fr.customs"), stated(id));

    now = now.plus(DEADLINE).minusMillis(1);
    prune();
    assertTrue(node.ledger.retention().isTakenBack(id));
    now = now.plusMillis(1);
    prune();
    assertFalse(node.ledger.retention().isTakenBack(id), "nothing is remembered for ever");
    node.ledger.close();
    node = new Node();
    assertFalse(node.ledger.retention().isTakenBack(id));
  }

  private void prune() {
    node.ledger.commit(
        LANE, tx -> node.ledger.retention().prune(tx, now.toEpochMilli(), 30_000, 100));
  }

  /** What is sealed together goes together: those that stand must not be lost. */
  @Test
  void takenBack_besideOneThatStands_goesOn_untilThatIsTakenBackToo() {
    MessageId one = fresh();
    MessageId other = fresh();
    submit(one, other);
    takeBack(one);
    assertFalse(node.ledger.retention().isTakenBack(other));
    assertTrue(node.prepare().isVoid());
    String judged = "NON_DELIVERY AGREEMENT_ENDED by fr.customs";
    assertEquals(List.of(judged), stated(one), "judged as any other");
    assertEquals(List.of(judged), stated(other));
  }

  @Test
  void allOfAnEnvelope_takenBack_isWithdrawnForEach() {
    MessageId one = fresh();
    MessageId other = fresh();
    submit(one, other);
    takeBack(one);
    takeBack(other);
    assertTrue(node.prepare().isVoid());
    for (MessageId id : List.of(one, other)) {
      assertEquals(List.of("NON_DELIVERY RECALLED by fr.customs"), stated(id));
    }
  }

  /**
   * A transit was slow to confirm, the recipient has it: its word stands, and it answers itself.
   */
  @Test
  void takenBack_afterTheRecipientSaidThatItHoldsIt_statesNothingAgainstItsWord() {
    MessageId id = fresh();
    byte[] hash = submit(id);
    EvidenceItem delivery =
        evidence
            .item(EvidenceKind.EVIDENCE_KIND_DELIVERY, id, DE.value(), hash, now.toEpochMilli())
            .toBuilder()
            .setAgency(DE.value())
            .build();
    node.ledger.commit(LANE, tx -> evidence.keep(tx, node.ledger.evidence(), delivery));
    takeBack(id);
    assertTrue(node.prepare().isVoid());
    assertEquals(List.of("DELIVERY  by de.customs"), stated(id));
    assertEquals(OutboxState.OUTBOX_STATE_VOID, requireNonNull(owed()).getState());
  }

  /** The lost ledger may have had the recipient's confirmation. */
  @Test
  void takenBack_afterARestore_isStatedOnceTheRecipientSaysThatItLacksIt() {
    MessageId id = fresh();
    byte[] hash = submit(id);
    accept(id);
    restore();
    takeBack(id);
    assertTrue(node.prepare().isVoid(), "its content does not go out meanwhile");
    assertTrue(owed().getUndecided());
    assertEquals(List.of(), denials(id));
    assertNotNull(node.ledger.envelopes().read(hash), "its messages are known until then");
    node.settlement
        .holds(DE, List.of(NumberedHeader.ofUnknownContent(new OriginNumber(1, LANE, 1))))
        .join();
    assertEquals(List.of("NON_DELIVERY RECALLED by fr.customs"), denials(id));
    assertNull(node.ledger.envelopes().read(hash));
    assertEquals(List.of(), node.ledger.outbox().page(DE, LANE, null, 2));
  }

  @Test
  void whatTheRecipientHolds_isNotDenied_ifItsAgreementEndsAfterARestore() {
    MessageId id = fresh();
    byte[] hash = submit(id);
    accept(id);
    restore();
    assertTrue(node.prepare().isVoid());
    assertEquals(List.of(), denials(id));
    node.settlement
        .holds(DE, List.of(new NumberedHeader(new OriginNumber(1, LANE, 1), hash)))
        .join();
    assertEquals(List.of(), denials(id));
    assertEquals(List.of(), node.ledger.outbox().page(DE, LANE, null, 2));
  }

  @Test
  void mailThatWasAcceptedAfterTheRestore_isWithdrawnAtOnce() {
    restore();
    MessageId id = fresh();
    submit(id);
    accept(id);
    assertTrue(node.prepare().isVoid());
    assertEquals(List.of("NON_DELIVERY AGREEMENT_ENDED by fr.customs"), denials(id));
  }

  private void accept(MessageId id) {
    SentFacts facts =
        SentFacts.newBuilder()
            .addRecipients(DE.value())
            .setLane(LANE.number())
            .setExpiresAtMs(now.plus(DEADLINE).toEpochMilli())
            .build();
    node.ledger.commit(
        LANE,
        tx -> {
          evidence.accepted(tx, node.ledger.evidence(), Map.of(id, facts));
          return id;
        });
  }

  /** Begins again on this disk a minute later, as what was restored then. */
  private void restore() {
    node.ledger.close();
    now = now.plus(Duration.ofMinutes(1));
    try (MemoryStore store = new MemoryStore(disk)) {
      Batch batch = store.batch();
      RetentionTable.setBack(batch, now.toEpochMilli());
      store.commit(batch, Durability.SYNCED);
    }
    node = new Node();
    begin();
  }

  private List<String> denials(MessageId id) {
    return stated(id).stream().filter(one -> one.startsWith("NON_DELIVERY")).toList();
  }
}
