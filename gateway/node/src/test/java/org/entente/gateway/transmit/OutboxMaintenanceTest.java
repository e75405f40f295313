package org.entente.gateway.transmit;

import static java.util.Objects.requireNonNull;
import static org.entente.gateway.testkit.Agencies.DE;
import static org.entente.gateway.testkit.Agencies.FR;
import static org.entente.gateway.testkit.Agencies.SG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import com.google.protobuf.ByteString;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.entente.gateway.crypto.Ed25519SigningKey;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.ledger.record.UnreadableRecords;
import org.entente.gateway.ledger.table.CustodyBytes;
import org.entente.gateway.ledger.table.EnvelopeTable;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.ledger.table.OutboxTable;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.seal.SenderSessions;
import org.entente.gateway.seal.SessionLimits;
import org.entente.gateway.seal.format.AgencyIdentity;
import org.entente.gateway.seal.format.GatewayKey;
import org.entente.gateway.seal.format.OriginNumber;
import org.entente.gateway.store.Batch;
import org.entente.gateway.store.Durability;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.Table;
import org.entente.gateway.testkit.MemoryStorageKeys;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.testkit.QuietLedger;
import org.entente.proto.store.v1.OutboxState;
import org.entente.proto.store.v1.StoredEnvelope;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** The outbox is gone through again and again, whatever stands in it. */
class OutboxMaintenanceTest {
  private static final Lane LANE = Lane.PRIORITY;
  private static final Duration LIFE = Duration.ofHours(1);

  private final SecureRandom random = new SecureRandom();
  private final Instant start = Instant.parse("2026-11-25T10:00:00Z");
  private final InstantSource late = () -> start.plus(LIFE).plus(Duration.ofDays(1));
  private final MemoryStore store = replicated();
  @AutoClose private final Ledger ledger = QuietLedger.started(store, () -> start);
  private final WaitingRecipients waiting = new WaitingRecipients();
  private final Dispatch dispatch =
      new Dispatch(
          ledger.envelopes(),
          ledger.outbox(),
          ledger.hops(),
          new RoutingTable(Set.of(DE, SG), agency -> List.of(), (peer, lane) -> true),
          waiting,
          agency -> true,
          (peer, lane) -> {});
  private final SenderSessions sessions =
      new SenderSessions(
          new AgencyIdentity(new FederationName("test.example"), FR, SigningPair.generate(random)),
          new GatewayKey(new NodeName("gw"), Ed25519SigningKey.generate(random).verifyingKey()),
          (recipient, at) -> Optional.empty(),
          SessionLimits.DEFAULT,
          random,
          () -> start);
  private final DeliverySettlement settlement =
      new DeliverySettlement(
          ledger,
          dispatch,
          new EvidenceRecords(new RecordSeal(new MemoryStorageKeys(), random), FR),
          FR,
          waiting,
          new SessionConfirmations(sessions, () -> 0),
          new GapWatch(() -> 0));
  private final List<String> withdrawn = new ArrayList<>();
  private final OutboxMaintenance upkeep = upkeep(agency -> true);

  /** A replicated store takes less in a commit. */
  private static MemoryStore replicated() {
    MemoryStore store = new MemoryStore();
    store.takeBatchesUpTo(8 << 20);
    return store;
  }

  private OutboxMaintenance upkeep(Predicate<AgencyName> reachable) {
    return new OutboxMaintenance(
        ledger,
        settlement,
        waiting,
        () -> new TreeSet<>(Set.of(DE, SG)),
        reachable,
        new RecipientNotices() {
          @Override
          public void withdraw(AgencyName recipient, List<OutboxTable.NumberedEntry> numbers) {
            numbers.forEach(one -> withdrawn.add(recipient + " " + one.number().sequence()));
          }

          @Override
          public void unconfirmed(AgencyName recipient, List<OriginNumber> numbers) {
            throw new AssertionError(recipient + " " + numbers);
          }

          @Override
          public void askKeys(AgencyName recipient) {
            throw new AssertionError("all can be reached");
          }

          @Override
          public void askEvidence(
              AgencyName recipient, List<MessageId> undelivered, List<MessageId> unopened) {
            throw new AssertionError("asked by EvidenceTimeouts alone");
          }
        },
        new OutboxMaintenance.Clocks(late, late));
  }

  private void submit(AgencyName recipient) {
    submit(recipient, 1);
  }

  private void submit(AgencyName recipient, int messages) {
    StoredEnvelope.Builder envelope =
        StoredEnvelope.newBuilder().setHeader(ByteString.copyFromUtf8("header"));
    for (int i = 0; i < messages; i++) {
      envelope.addMessageIds(
          ByteString.copyFrom(MessageId.fresh(start.toEpochMilli(), random).bytes()));
    }
    var unused = submit(recipient, envelope);
  }

  private byte[] submit(AgencyName recipient, StoredEnvelope.Builder envelope) {
    byte[] hash = new byte[32];
    random.nextBytes(hash);
    return ledger.commit(
        LANE,
        tx -> {
          dispatch.submit(
              tx,
              new Dispatch.OutgoingEnvelope(
                  hash,
                  envelope.build(),
                  LANE,
                  start.plus(LIFE).toEpochMilli(),
                  List.of(new Dispatch.Recipient(recipient, "an-agreement"))));
          return hash;
        });
  }

  private static OriginNumber number(long sequence) {
    return new OriginNumber(1, LANE, sequence);
  }

  /** As a defect would write it, or damage that no checksum shows. */
  private void spoil(AgencyName recipient, long sequence) {
    Batch batch = store.batch();
    batch.put(
        Table.OUTBOX,
        KeyBuilder.key().ascii(recipient.value()).u8(LANE.number()).u64(1).u64(sequence).done(),
        new byte[] {10, 127});
    store.commit(batch, Durability.SYNCED);
  }

  private OutboxState state(AgencyName recipient, long sequence) {
    return requireNonNull(ledger.outbox().read(recipient, number(sequence))).getState();
  }

  @Test
  void recordThatCannotBeRead_holdsUpNoOther_andItsRecipientsWordSettlesIt() {
    submit(DE);
    submit(DE);
    submit(SG);
    spoil(DE, 1);

    upkeep.round();

    assertEquals(OutboxState.OUTBOX_STATE_VOID, state(DE, 2), "its time is over");
    assertEquals(OutboxState.OUTBOX_STATE_VOID, state(SG, 1), "its time is over");
    upkeep.round();
    assertEquals(List.of("de.customs 2", "sg.police 1"), withdrawn);
    assertEquals(
        List.of("OUTBOX de.customs PRIORITY epoch 1 number 1"), ledger.unreadable().list());
    assertNull(ledger.outbox().read(DE, number(1)));
    assertEquals(1, ledger.outbox().firstOwed(DE, LANE, 1, 0), "it is owed all the same");

    settlement.reached(DE, LANE, 1, 0, List.of()).join();
    assertEquals(1, ledger.unreadable().count(Table.OUTBOX), "the recipient lacks it");
    settlement.reached(DE, LANE, 1, 1, List.of()).join();

    assertEquals(0, ledger.unreadable().count(Table.OUTBOX));
    assertEquals(2, ledger.outbox().firstOwed(DE, LANE, 1, 0));
  }

  /**
   * As when a recipient was away for long: what is stated of their messages is more than a change
   * takes.
   */
  @Test
  void fullEnvelopes_thatExpireTogether_areAllWithdrawn_andHoldUpNoOther() {
    for (int i = 0; i < 256; i++) {
      submit(DE, 80);
    }
    submit(SG);

    upkeep.round();

    for (int i = 1; i <= 256; i++) {
      assertEquals(OutboxState.OUTBOX_STATE_VOID, state(DE, i));
    }
    assertEquals(OutboxState.OUTBOX_STATE_VOID, state(SG, 1));
    assertNull(ledger.failure());
  }

  @Test
  void expiredEnvelope_thatCannotBeWithdrawn_holdsUpNoOtherOfItsLane() {
    StoredEnvelope.Builder damaged =
        StoredEnvelope.newBuilder()
            .setHeader(ByteString.copyFromUtf8("header"))
            .addMessageIds(ByteString.copyFromUtf8("no id"));
    var unused = submit(DE, damaged);
    submit(DE);
    upkeep.round();
    upkeep.round();
    assertEquals(OutboxState.OUTBOX_STATE_VOID, state(DE, 2));
    assertEquals(List.of("de.customs 2"), withdrawn);
    assertEquals(OutboxState.OUTBOX_STATE_WAITING, state(DE, 1), "it is tried again");
  }

  @Test
  void expiredEnvelope_whoseCountCannotBeRead_isWithdrawnAndKept_andHoldsUpNoOther() {
    StoredEnvelope.Builder envelope =
        StoredEnvelope.newBuilder().setHeader(ByteString.copyFromUtf8("header"));
    byte[] hash = submit(DE, envelope);
    submit(DE);
    submit(SG);
    Batch batch = store.batch();
    batch.put(
        Table.ENVELOPE, KeyBuilder.key().u8(2).bytes(hash).done(), new byte[] {0, 0, 0, 1, 9});
    store.commit(batch, Durability.SYNCED);

    upkeep.round();

    assertEquals(OutboxState.OUTBOX_STATE_VOID, state(DE, 1));
    assertEquals(OutboxState.OUTBOX_STATE_VOID, state(DE, 2));
    assertEquals(OutboxState.OUTBOX_STATE_VOID, state(SG, 1));
    assertEquals(1, ledger.unreadable().count(Table.ENVELOPE));
    assertNotNull(ledger.envelopes().read(hash));
    UnreadableRecords atStart = new UnreadableRecords();
    EnvelopeTable started = new EnvelopeTable(store, new CustodyBytes(1), atStart);
    assertNull(started.custody(hash));
    assertEquals(1, atStart.count(Table.ENVELOPE), "it keeps no gateway from its start");
  }

  @Test
  void defect_overOneRecipient_holdsUpNoOther() {
    submit(DE);
    submit(SG);

    upkeep(
            agency -> {
              if (agency.equals(DE)) {
                throw new IllegalStateException("a defect");
              }
              return true;
            })
        .round();

    assertEquals(OutboxState.OUTBOX_STATE_VOID, state(SG, 1));
  }
}
