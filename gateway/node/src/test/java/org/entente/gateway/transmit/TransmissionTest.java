package org.entente.gateway.transmit;

import static org.entente.gateway.testkit.Agencies.DE;
import static org.entente.gateway.testkit.Agencies.FR;
import static org.entente.gateway.testkit.Agencies.HUB;
import static org.entente.gateway.testkit.Agencies.SG;
import static org.entente.gateway.transmit.SenderNode.LANE;
import static org.entente.gateway.transmit.SenderNode.number;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.crypto.Sha256;
import org.entente.gateway.ledger.table.HopQueueTable;
import org.entente.gateway.link.QueuedEnvelope;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Refusal;
import org.entente.gateway.seal.ContentKey;
import org.entente.gateway.seal.format.EnvelopeHeader;
import org.entente.gateway.seal.format.NumberBinding;
import org.entente.gateway.seal.statement.NumberedHeader;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.trace.MessageTracer;
import org.entente.proto.link.v1.Delivery;
import org.entente.proto.link.v1.Receipt;
import org.entente.proto.link.v1.Result;
import org.entente.proto.link.v1.Stanza;
import org.entente.proto.store.v1.HopEntry;
import org.entente.proto.store.v1.HopRecipient;
import org.entente.proto.store.v1.OutboxEntry;
import org.entente.proto.store.v1.OutboxState;
import org.entente.proto.store.v1.StoredEnvelope;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** What a hop carries at the moment it is sent, and what becomes of whoever it cannot go to. */
class TransmissionTest {
  @AutoClose private final SenderNode node = new SenderNode();

  private static org.entente.gateway.seal.format.Stanza parsed(Delivery delivery, int index) {
    return org.entente.gateway.seal.format.Stanza.parse(
            delivery.getStanzas(index).getStanza().toByteArray())
        .orElseThrow();
  }

  @Test
  void envelope_goesWhole_withAStanzaForItsRecipient_andThePathBegins() {
    node.send(DE);
    StoredEnvelope stored = node.envelope(DE, 1);
    QueuedEnvelope out = node.prepare(DE);
    assertEquals(1, out.sequence());
    assertEquals(node.entry(DE, 1).getHeaderHash(), out.headerHash());
    Delivery delivery = out.delivery();
    assertEquals(7, delivery.getHopEpoch());
    assertEquals(1, delivery.getHopSequence());
    assertEquals(stored.getHeader(), delivery.getHeader());
    assertEquals(stored.getSignature(), delivery.getSignature());
    assertEquals(stored.getLabels(), delivery.getLabels());
    assertEquals(stored.getBodies(), delivery.getBodies());
    assertEquals(List.of(FR.value()), delivery.getPathList());
    assertEquals(1, delivery.getStanzasCount());
    assertEquals(DE.value(), delivery.getStanzas(0).getRecipient());
    assertFalse(delivery.getStanzas(0).getAnnouncement().isEmpty());
    assertEquals(number(1), parsed(delivery, 0).number(LANE));
    assertEquals(OutboxState.OUTBOX_STATE_QUEUED, node.state(DE, 1));
  }

  @Test
  void custody_goesAsItCame_withThePathContinued() {
    StoredEnvelope envelope =
        StoredEnvelope.newBuilder()
            .setHeader(ByteString.copyFromUtf8("header"))
            .setBodies(ByteString.copyFromUtf8("bodies"))
            .build();
    HopRecipient recipient =
        HopRecipient.newBuilder()
            .setAgency(SG.value())
            .setStanza(ByteString.copyFromUtf8("stanza"))
            .setAnnouncement(ByteString.copyFromUtf8("announcement"))
            .build();
    node.ledger.commit(
        LANE,
        tx -> {
          node.dispatch.relay(
              tx, HUB, LANE, envelope, List.of(DE.value(), "x.far"), List.of(recipient));
          return tx;
        });
    QueuedEnvelope prepared = node.prepare(HUB);
    Delivery delivery = prepared.delivery();
    assertEquals(envelope.getHeader(), delivery.getHeader());
    assertEquals(
        ByteString.copyFrom(Sha256.hash(envelope.getHeader().toByteArray())),
        prepared.headerHash(),
        "what the peer's receipt names");
    assertEquals(List.of(DE.value(), "x.far", FR.value()), delivery.getPathList());
    assertEquals(
        List.of(
            Stanza.newBuilder()
                .setRecipient(SG.value())
                .setStanza(recipient.getStanza())
                .setAnnouncement(recipient.getAnnouncement())
                .build()),
        delivery.getStanzasList());
  }

  /** Takes an envelope of the day into custody for a recipient behind a transit. */
  private byte[] inCustody() {
    node.send(DE);
    StoredEnvelope own = node.envelope(DE, 1);
    StoredEnvelope envelope =
        own.toBuilder().setSignature(ByteString.copyFromUtf8("of another")).build();
    byte[] name =
        Sha256.hash(envelope.getHeader().toByteArray(), envelope.getSignature().toByteArray());
    HopRecipient recipient =
        HopRecipient.newBuilder()
            .setAgency(SG.value())
            .setStanza(ByteString.copyFromUtf8("stanza"))
            .build();
    node.ledger.commit(
        LANE,
        tx -> {
          List<String> path = List.of(DE.value());
          node.dispatch.relay(tx, HUB, LANE, envelope, path, List.of(recipient));
          return tx;
        });
    return name;
  }

  private void assertCustodyEnded(byte[] hash) {
    assertNull(node.ledger.envelopes().read(hash));
    assertTrue(node.ledger.custody().isEmpty());
    assertEquals(1, node.ledger.hops().depth(HUB, LANE), "its number is still owed");
    Delivery delivery = node.prepare(HUB).delivery();
    assertTrue(delivery.getHeader().isEmpty());
    assertEquals(List.of(), delivery.getStanzasList());
    node.answer(HUB, Result.RESULT_COMMITTED, "");
    assertEquals(0, node.ledger.hops().depth(HUB, LANE));
  }

  @Test
  void custody_pastItsExpiry_isSentAsAVoid_andReleased() {
    byte[] hash = inCustody();
    node.clock.move(Duration.ofHours(23));
    assertFalse(node.prepare(HUB).delivery().getHeader().isEmpty());
    node.clock.move(Duration.ofHours(2));
    assertTrue(node.prepare(HUB).delivery().getHeader().isEmpty());
    assertCustodyEnded(hash);
  }

  /** The neighbour that it waits for may never come back. */
  @Test
  void custody_pastItsExpiry_isReleasedByMaintenance_whileNothingIsSent() {
    byte[] hash = inCustody();
    node.clock.move(Duration.ofHours(23));
    node.upkeep.round();
    assertFalse(node.ledger.custody().isEmpty());
    node.clock.move(Duration.ofHours(2));
    node.upkeep.round();
    assertCustodyEnded(hash);
    node.upkeep.round();
  }

  /** The recipient sees who is at the other end of its link, but not beyond. */
  @Test
  void stanza_isBound_whereAnotherAgencyCarriesIt() {
    node.send(DE, SG);
    assertTrue(parsed(node.prepare(DE).delivery(), 0).binding().isEmpty());
    Delivery carried = node.prepare(HUB).delivery();
    EnvelopeHeader header = EnvelopeHeader.parse(carried.getHeader().toByteArray()).orElseThrow();
    var stanza = parsed(carried, 0);
    NumberBinding binding =
        new NumberBinding(new FederationName("test.example"), header, SG, stanza.number(LANE));
    byte[] signature = stanza.binding().orElseThrow();
    assertTrue(binding.isSigned(signature, node.key.verifyingKey()));
  }

  /** Once a recipient holds what came under a session, the announcement need not travel. */
  @Test
  void announcement_travels_untilTheRecipientHoldsWhatWasSentUnderIt() {
    node.send(DE);
    node.send(DE);
    node.send(DE);
    assertFalse(node.prepare(DE).delivery().getStanzas(0).getAnnouncement().isEmpty());
    var session = parsed(node.prepare(DE).delivery(), 0).session();
    node.answer(DE, Result.RESULT_COMMITTED, "");
    Delivery second = node.prepare(DE).delivery();
    assertTrue(second.getStanzas(0).getAnnouncement().isEmpty());
    assertEquals(session, parsed(second, 0).session());
    node.answer(DE, Result.RESULT_REWRAP, "NEED_REWRAP");
    Delivery third = node.prepare(DE).delivery();
    assertFalse(third.getStanzas(0).getAnnouncement().isEmpty());
    assertFalse(session.equals(parsed(third, 0).session()), "a session that it knows");
  }

  @Test
  void announcement_travelsOn_whileWhatIsHeldWasNotSentUnderItsSession() {
    for (int i = 0; i < 3; i++) {
      node.send(DE);
    }
    node.holds(DE, 1);
    var first = node.ledger.hops().read(DE, LANE, 2, 1, 1).get(0);
    assertFalse(sent(first).getAnnouncement().isEmpty());
    var next = node.ledger.hops().read(DE, LANE, 3, 1, 1).get(0);
    assertFalse(sent(next).getAnnouncement().isEmpty());
    node.holds(DE, 3);
    assertFalse(sent(first).getAnnouncement().isEmpty(), "another number than the first sent");
    node.holds(DE, 2);
    node.send(DE);
    var last = node.ledger.hops().read(DE, LANE, 4, 1, 1).get(0);
    assertTrue(sent(last).getAnnouncement().isEmpty());
  }

  private Stanza sent(org.entente.gateway.ledger.table.HopQueueTable.NumberedEntry numbered) {
    return node.transmission.prepare(DE, LANE, 1, numbered).delivery().getStanzas(0);
  }

  private void assertVoid(AgencyName peer, AgencyName recipient, String said, MessageId id) {
    QueuedEnvelope out = node.prepare(peer);
    assertTrue(out.isVoid());
    assertEquals(7, out.delivery().getHopEpoch());
    assertEquals(out.sequence(), out.delivery().getHopSequence());
    assertEquals(List.of(said), node.known(id));
    if (node.isOwed(recipient, 1)) {
      assertEquals(OutboxState.OUTBOX_STATE_VOID, node.state(recipient, 1));
    }
  }

  @Test
  void expiry_reached_endsIt_onRecord() {
    MessageId id = node.send(DE);
    node.clock.move(Duration.ofDays(1).minusMillis(1));
    assertFalse(node.prepare(DE).isVoid());
    node.clock.move(Duration.ofMillis(1));
    String reason = "not delivered before its expiry";
    EnvelopeHeader header =
        EnvelopeHeader.parse(node.envelope(DE, 1).getHeader().toByteArray()).orElseThrow();
    assertVoid(
        DE,
        DE,
        "NON_DELIVERY by fr.customs for de.customs EXPIRED: " + reason + " by time-out",
        id);
    AuditRecord leaf = node.leaves.only(AuditType.VOIDED);
    assertEquals(AuditActor.gateway(FR), leaf.actor());
    assertEquals(header.facts().id(), leaf.subject().envelope());
    assertEquals(List.of(id), leaf.subject().messages());
    assertEquals(List.of(DE), leaf.subject().agencies());
    assertEquals("EXPIRED", leaf.outcome().code());
    assertEquals(reason, leaf.outcome().detail());
  }

  @Test
  void agreement_ended_endsIt() {
    MessageId id = node.send(DE);
    node.permitted = (agreement, recipient) -> !(agreement.equals("test") && recipient.equals(DE));
    assertVoid(
        DE,
        DE,
        "NON_DELIVERY by fr.customs for de.customs AGREEMENT_ENDED: agreement test is no longer in"
            + " force",
        id);
  }

  /** A change of a cluster may put an eighth of what one of a machine alone may. */
  @Test
  void endForManyRecipientsBehindATransit_isSeveralChanges_andNothingIsSetAside() {
    MemoryStore.Disk disk = new MemoryStore.Disk();
    MemoryStore store = new MemoryStore(disk);
    try (SenderNode many = new SenderNode(disk, store)) {
      AgencyName[] offices =
          IntStream.range(0, 300)
              .mapToObj(i -> new AgencyName("sg.office" + i))
              .toArray(AgencyName[]::new);
      for (AgencyName office : offices) {
        many.waiting.clear(office, many.waiting.marks(office));
      }
      MessageId id = many.send(offices);
      many.permitted = (agreement, recipient) -> false;
      store.takeBatchesUpTo(120 << 10);
      assertTrue(many.prepare(HUB).isVoid());
      assertEquals(offices.length, many.known(id).size());
      for (AgencyName office : offices) {
        assertEquals(OutboxState.OUTBOX_STATE_VOID, many.state(office, 1));
      }
    }
  }

  @Test
  void recipient_thatCannotTakeIt_endsIt() {
    MessageId id = node.send(DE);
    node.permitted =
        new QueuedPermitCheck() {
          @Override
          public boolean test(String agreement, AgencyName recipient) {
            return true;
          }

          @Override
          public Optional<Refusal> refusal(String agreement, AgencyName recipient) {
            return Optional.of(
                new Refusal(recipient.value(), Code.OBLIGATION_NOT_FULFILLED, "", agreement));
          }
        };
    assertVoid(
        DE, DE, "NON_DELIVERY by fr.customs for de.customs OBLIGATION_NOT_FULFILLED: test", id);
  }

  @Test
  void label_thatMayNotGoAnyMore_endsIt() {
    MessageId id = node.send(DE);
    node.permitted =
        new QueuedPermitCheck() {
          @Override
          public boolean test(String agreement, AgencyName recipient) {
            return true;
          }

          @Override
          public Optional<Refusal> refusal(
              StoredEnvelope envelope, ContentKey key, AgencyName recipient) {
            return Optional.of(
                new Refusal(
                    recipient.value(),
                    Code.ABOVE_CEILING,
                    "",
                    envelope.getMessageIdsCount() + " messages"));
          }
        };
    assertVoid(DE, DE, "NON_DELIVERY by fr.customs for de.customs ABOVE_CEILING: 1 messages", id);
  }

  /** Sends a message whose content key is then gone: nothing is stated, and a void asks. */
  private MessageId sendWithoutKey() {
    MessageId id = node.send(DE);
    byte[] hash = header();
    StoredEnvelope keyless = node.envelope(DE, 1).toBuilder().setOutboxKey("destroyed").build();
    node.ledger.commit(
        LANE,
        tx -> {
          node.ledger.envelopes().release(tx, hash);
          node.ledger.envelopes().hold(tx, hash, keyless, 1);
          return tx;
        });
    assertTrue(node.prepare(DE).isVoid());
    assertEquals(List.of(), node.known(id), "the recipient was not asked yet");
    assertEquals(0, voided());
    assertEquals(OutboxState.OUTBOX_STATE_VOID, node.state(DE, 1));
    node.upkeep.round();
    assertEquals(List.of("withdraw de.customs 1"), node.notices);
    return id;
  }

  private long voided() {
    return node.leaves.all().stream().filter(one -> one.type() == AuditType.VOIDED).count();
  }

  /** The header hash of the first number of the recipient. */
  private byte[] header() {
    return node.entry(DE, 1).getHeaderHash().toByteArray();
  }

  @Test
  void contentKey_thatCannotBeOpened_endsIt_onceTheRecipientSaysThatItDoesNotHoldIt() {
    MessageId id = sendWithoutKey();
    byte[] header = header();
    node.settlement.holds(DE, List.of(NumberedHeader.ofUnknownContent(number(1)))).join();
    assertEquals(
        List.of(
            "NON_DELIVERY by fr.customs for de.customs INTERNAL: its content key can no longer be"
                + " opened"),
        node.known(id));
    assertEquals(1, voided());
    assertFalse(node.isOwed(DE, 1));
    assertNull(node.ledger.envelopes().read(header));
    assertEquals(0, node.ledger.outbox().bytes(DE, LANE));
  }

  /** A restored ledger has forgotten the confirmation, after which the key was destroyed. */
  @Test
  void contentKey_thatCannotBeOpened_ofWhatTheRecipientHolds_isNoFailure() {
    MessageId id = sendWithoutKey();
    byte[] header = header();
    node.holds(DE, 1);
    assertEquals(List.of(), node.known(id), "it was delivered");
    assertEquals(0, voided());
    assertFalse(node.isOwed(DE, 1));
    assertNull(node.ledger.envelopes().read(header));
    assertEquals(0, node.ledger.outbox().bytes(DE, LANE));
  }

  @Test
  void contentKey_thatCannotBeOpened_ofARecipientThatIsSilent_endsWithItsTime() {
    MessageId id = sendWithoutKey();
    byte[] header = header();
    node.clock.move(Duration.ofDays(1));
    node.upkeep.round();
    node.upkeep.round();
    assertEquals(
        List.of(
            "NON_DELIVERY by fr.customs for de.customs EXPIRED: not delivered before its expiry by"
                + " time-out"),
        node.known(id));
    assertNull(node.ledger.envelopes().read(header));
    assertEquals(
        List.of("withdraw de.customs 1", "withdraw de.customs 1"), node.notices, "still a void");
    node.settlement.holds(DE, List.of(NumberedHeader.ofUnknownContent(number(1)))).join();
    assertEquals(1, node.known(id).size(), "stated once");
    assertFalse(node.isOwed(DE, 1));
  }

  @Test
  void recipient_withoutAKey_waits_andTheOthersOfItsPeerGo() {
    node.send(SG, HUB);
    node.keyless.add(SG);
    node.keyless.add(HUB);
    assertTrue(node.prepare(HUB).isVoid());
    assertEquals(OutboxState.OUTBOX_STATE_WAITING, node.state(SG, 1));
    assertTrue(node.waiting.isWaiting(SG));
    assertEquals(
        0, node.ledger.hops().read(HUB, LANE, 1, 1, 1).get(0).entry().getRecipientsCount());
    assertTrue(node.prepare(HUB).isVoid(), "a number that went out as a void stays one");
    node.answer(HUB, Result.RESULT_COMMITTED, "");
    assertEquals(OutboxState.OUTBOX_STATE_WAITING, node.state(SG, 1));
  }

  /** What is sent to a recipient, from the first of its queue; each is answered. */
  private List<Long> sent(AgencyName peer) {
    List<Long> numbers = new ArrayList<>();
    while (node.ledger.hops().depth(peer, LANE) > 0) {
      HopEntry entry =
          node.ledger
              .hops()
              .read(peer, LANE, node.ledger.hops().first(peer, LANE), 1, 1)
              .get(0)
              .entry();
      if (!node.prepare(peer).isVoid()) {
        numbers.add(entry.getRecipients(0).getSequence());
      }
      node.answer(peer, Result.RESULT_COMMITTED, "");
    }
    return numbers;
  }

  /** Mail to DE of which the first found no key; then a key is there. */
  private void sendFour_theFirstWithoutAKey() {
    for (int i = 0; i < 4; i++) {
      node.send(DE);
    }
    node.keyless.add(DE);
    assertTrue(node.prepare(DE).isVoid());
    node.answer(DE, Result.RESULT_COMMITTED, "");
    node.keyless.clear();
  }

  @Test
  void mailBehindOneThatFoundNoKey_waitsUntilThatWasSent() {
    sendFour_theFirstWithoutAKey();
    assertTrue(node.prepare(DE).isVoid(), "the second waits");
    node.answer(DE, Result.RESULT_COMMITTED, "");
    node.upkeep.round();
    assertEquals(List.of(1L, 2L), sent(DE), "those before them in the queue wait, too");
    node.upkeep.round();
    assertEquals(List.of(3L, 4L), sent(DE));
    node.send(DE);
    node.upkeep.round();
    assertEquals(List.of(5L), sent(DE));
  }

  @Test
  void mailBehindOneThatFoundNoKey_waitsAfterARestartToo() {
    sendFour_theFirstWithoutAKey();
    node.transmission = node.newTransmission();
    assertTrue(node.prepare(DE).isVoid());
    assertEquals(OutboxState.OUTBOX_STATE_WAITING, node.state(DE, 2));
    assertEquals(List.of(), sent(DE));
    node.upkeep.round();
    assertEquals(List.of(1L, 2L, 3L, 4L), sent(DE));
  }

  @Test
  void mailBehindOneThatFoundNoKey_waits_whateverEndsInBetween() {
    sendFour_theFirstWithoutAKey();
    node.change(DE, 2, OutboxState.OUTBOX_STATE_VOID);
    assertEquals(List.of(), sent(DE));
    node.upkeep.round();
    assertEquals(List.of(1L, 3L, 4L), sent(DE));
  }

  /** The one before it was sent before the restart, and is sent again. */
  @Test
  void mailBehindOneThatFoundNoKey_waitsAfterARestart_alsoBehindOneThatIsSentAgain() {
    for (int i = 0; i < 4; i++) {
      node.send(DE);
    }
    node.keyless.add(DE);
    HopQueueTable.NumberedEntry second = node.ledger.hops().read(DE, LANE, 2, 1, 1).get(0);
    assertTrue(node.transmission.prepare(DE, LANE, 7, second).isVoid());
    node.keyless.clear();

    node.transmission = node.newTransmission();
    assertEquals(List.of(1L), sent(DE));
    node.upkeep.round();
    assertEquals(List.of(2L, 3L, 4L), sent(DE));
  }

  /** Another queue says nothing of the order, and may stand still. */
  @Test
  void mailBehindOneThatIsQueuedForAnotherTransit_goes() {
    sendFour_theFirstWithoutAKey();
    OutboxEntry elsewhere =
        node.entry(DE, 1).toBuilder()
            .setState(OutboxState.OUTBOX_STATE_QUEUED)
            .setAttempts(2)
            .addTried(HUB.value())
            .build();
    node.ledger.commit(
        LANE,
        tx -> {
          node.ledger.outbox().update(tx, DE, number(1), elsewhere);
          return tx;
        });
    assertEquals(List.of(2L, 3L, 4L), sent(DE));
  }

  @Test
  void mailBehindOneThatIsNotSent_waitsThreeTimesAtMost() {
    sendFour_theFirstWithoutAKey();
    int voids = 0;
    while (node.prepare(DE).isVoid()) {
      node.answer(DE, Result.RESULT_COMMITTED, "");
      voids++;
      OutboxEntry second = node.entry(DE, 2);
      if (second.getState() == OutboxState.OUTBOX_STATE_WAITING
          && node.ledger.hops().depth(DE, LANE) == 0) {
        node.ledger.commit(
            LANE,
            tx -> {
              for (long number = 2; number <= 4; number++) {
                node.dispatch.again(tx, DE, number(number), node.entry(DE, number));
              }
              return tx;
            });
      }
    }
    assertEquals(3 * OutboxMaintenance.PROMPT_ATTEMPTS, voids);
    assertEquals(List.of(2L, 3L, 4L), sent(DE));
  }

  /** It may never be opened. */
  @Test
  void mailBehindOneThatItsRecipientAskedForAgain_goes() {
    for (int i = 0; i < 3; i++) {
      node.send(DE);
    }
    assertFalse(node.prepare(DE).isVoid());
    node.answer(DE, Result.RESULT_REWRAP, "");
    assertEquals(OutboxState.OUTBOX_STATE_WAITING, node.state(DE, 1));
    assertEquals(List.of(2L, 3L), sent(DE));
  }

  @Test
  void recipient_takenOut_leavesTheOtherIn() {
    MessageId id = node.id();
    node.keyless.add(DE);
    node.send(DE);
    node.keyless.clear();
    node.submit(node.outbound.seal(List.of(node.alert(id, LANE, SG, HUB))).get(0));
    Delivery delivery = node.prepare(HUB).delivery();
    assertEquals(
        List.of(SG.value()),
        delivery.getStanzasList().stream().map(Stanza::getRecipient).toList(),
        "the hub has no key of its own");
    assertEquals(
        List.of(SG.value()),
        node.ledger.hops().read(HUB, LANE, 1, 1, 1).get(0).entry().getRecipientsList().stream()
            .map(HopRecipient::getAgency)
            .toList());
    assertEquals(OutboxState.OUTBOX_STATE_WAITING, node.state(HUB, 1));
    assertEquals(OutboxState.OUTBOX_STATE_QUEUED, node.state(SG, 1));
  }

  @Test
  void number_thatIsDone_orWithdrawn_goesAsAVoid() {
    MessageId id = node.send(DE);
    node.holds(DE, 1);
    assertTrue(node.prepare(DE).isVoid());
    assertEquals(List.of(), node.known(id));
    node.answer(DE, Result.RESULT_COMMITTED, "");
    node.send(DE);
    node.change(DE, 2, OutboxState.OUTBOX_STATE_VOID);
    assertTrue(node.prepare(DE).isVoid());
    assertEquals(OutboxState.OUTBOX_STATE_VOID, node.state(DE, 2));
    assertEquals(List.of(), node.leaves.all());
  }

  private LedgerHopQueue queue() {
    return new LedgerHopQueue(
        node.ledger, node.settlement, node.transmission, DE, LANE, MessageTracer.OFF);
  }

  @Test
  void queue_givesWhatIsQueuedInOrder_inTheEpochOfTheHop() {
    for (int i = 0; i < 3; i++) {
      node.send(DE);
    }
    LedgerHopQueue queue = queue();
    assertEquals(1, queue.first());
    assertEquals(4, queue.next());
    assertEquals(
        List.of(2L, 3L),
        queue.read(2, 10, 1 << 20).stream().map(QueuedEnvelope::sequence).toList());
    assertEquals(1, queue.read(1, 1, 1 << 20).size());
    assertEquals(List.of(), queue.read(4, 10, 1 << 20));
    long epoch = queue.epoch();
    queue.openEpoch(epoch + 5).toCompletableFuture().join();
    assertEquals(epoch + 5, queue.epoch());
    assertEquals(epoch + 5, queue.read(1, 1, 1 << 20).get(0).delivery().getHopEpoch());
    assertEquals(4, queue.next());
  }

  @Test
  void queue_beginsBehindWhatWasAnswered_onceThatIsDurable() {
    for (int i = 0; i < 3; i++) {
      node.send(DE);
    }
    LedgerHopQueue queue = queue();
    List<Receipt> receipts = new ArrayList<>();
    for (int i = 1; i <= 2; i++) {
      receipts.add(
          Receipt.newBuilder()
              .setHopEpoch(1)
              .setHopSequence(i)
              .setResult(Result.RESULT_COMMITTED)
              .build());
    }
    queue.released(receipts);
    node.ledger.commit(LANE, tx -> tx);
    assertEquals(3, queue.first());
    assertEquals(1, node.ledger.hops().depth(DE, LANE));
    assertEquals(OutboxState.OUTBOX_STATE_RELAYED, node.state(DE, 2));
    queue.released(receipts.subList(0, 1));
    node.ledger.commit(LANE, tx -> tx);
    assertEquals(3, queue.first(), "it never goes back");
    assertEquals(3, queue().first());
  }
}
