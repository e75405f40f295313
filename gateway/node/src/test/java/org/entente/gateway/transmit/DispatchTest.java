package org.entente.gateway.transmit;

import static org.entente.gateway.testkit.Agencies.DE;
import static org.entente.gateway.testkit.Agencies.FR;
import static org.entente.gateway.testkit.Agencies.HUB;
import static org.entente.gateway.testkit.Agencies.SG;
import static org.entente.gateway.transmit.SenderNode.JP;
import static org.entente.gateway.transmit.SenderNode.LANE;
import static org.entente.gateway.transmit.SenderNode.START;
import static org.entente.gateway.transmit.SenderNode.bytes;
import static org.entente.gateway.transmit.SenderNode.number;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.entente.gateway.batch.SealingItem;
import org.entente.gateway.crypto.Sha256;
import org.entente.gateway.ledger.table.HopQueueTable;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.policy.decide.Permitted;
import org.entente.gateway.policy.decide.PermittedFixture;
import org.entente.gateway.seal.OpenedLabels;
import org.entente.gateway.seal.Opener;
import org.entente.gateway.seal.format.Envelope;
import org.entente.gateway.seal.format.EnvelopeHeader;
import org.entente.proto.store.v1.HopEntry;
import org.entente.proto.store.v1.HopRecipient;
import org.entente.proto.store.v1.OutboxEntry;
import org.entente.proto.store.v1.OutboxState;
import org.entente.proto.store.v1.SealedUnder;
import org.entente.proto.store.v1.StoredEnvelope;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Sealing for the outbox, numbering for recipients, and queues for peers. */
class DispatchTest {
  @AutoClose private final SenderNode node = new SenderNode();

  private List<HopEntry> queued(AgencyName peer) {
    return node.ledger.hops().read(peer, LANE, 1, 100, 1 << 20).stream()
        .map(HopQueueTable.NumberedEntry::entry)
        .toList();
  }

  @Test
  void sealing_groupsWhatGoesTogether_upToItsBound_highestLaneFirst() {
    List<MessageId> ids = List.of(node.id(), node.id(), node.id(), node.id());
    List<OutboundSealer.ReadyEnvelope> ready =
        node.outbound.seal(
            List.of(
                node.alert(ids.get(0), LANE, DE, SG),
                node.alert(ids.get(1), LANE, DE, SG),
                node.alert(ids.get(2), LANE, DE, SG),
                node.alert(ids.get(3), Lane.FLASH, DE)));
    assertEquals(
        List.of(List.of(ids.get(3)), ids.subList(0, 2), List.of(ids.get(2))),
        ready.stream().map(OutboundSealer.ReadyEnvelope::messages).toList());
    assertEquals(List.of(DE), ready.get(0).recipients());
    assertEquals(List.of(DE, SG), ready.get(1).recipients());
    Dispatch.OutgoingEnvelope out = ready.get(1).outgoing();
    assertEquals(LANE, out.lane());
    assertEquals(START.plus(Duration.ofDays(1)).toEpochMilli(), out.expiresAtMillis());
    assertEquals(
        List.of(new Dispatch.Recipient(DE, "test"), new Dispatch.Recipient(SG, "test")),
        out.recipients());
    assertTrue(node.meters.text().contains("entente_seal_seconds_count 3.0"));
    double seconds =
        node.meters
            .text()
            .lines()
            .filter(line -> line.startsWith("entente_seal_seconds_sum "))
            .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
            .sum();
    assertTrue(seconds > 0 && seconds < 600, () -> seconds + " s");
  }

  @Test
  void envelope_sealed_keepsAllItsParts_andItsContentKeyUnderTheOutboxKey() {
    MessageId one = node.id();
    OutboundSealer.ReadyEnvelope ready =
        node.outbound.seal(List.of(node.alert(one, LANE, DE))).get(0);
    StoredEnvelope stored = ready.outgoing().envelope();
    Envelope envelope =
        Envelope.of(
                stored.getHeader().toByteArray(),
                stored.getSignature().toByteArray(),
                stored.getLabels().toByteArray(),
                stored.getBodies().toByteArray())
            .orElseThrow();
    assertTrue(envelope.isWhole());
    EnvelopeHeader header = envelope.header();
    assertEquals(ready.envelope(), header.facts().id());
    assertEquals(
        ByteString.copyFrom(header.hash()), ByteString.copyFrom(ready.outgoing().headerHash()));
    assertEquals(FR, header.facts().origin());
    assertEquals(List.of(bytes(one)), stored.getMessageIdsList());
    assertEquals(SenderNode.KEY_ID, stored.getOutboxKey());
    assertTrue(stored.hasSealedUnder());
    assertEquals(0, stored.getSealedUnder().getGeneration());
    assertFalse(stored.getSealedUnder().getSecondPerson());
    assertFalse(stored.getSealedUnder().getPerson());
    try (OpenedLabels labels =
        new Opener(count -> {})
            .openLabels(envelope, node.outbound.contentKey(header, stored).orElseThrow())
            .orElseThrow()) {
      assertEquals(1, labels.count());
    }
    assertEquals(
        Optional.empty(),
        node.outbound.contentKey(header, stored.toBuilder().setOutboxKey("destroyed").build()));
    Dispatch.OutgoingEnvelope other =
        node.outbound.seal(List.of(node.alert(node.id(), LANE, DE))).get(0).outgoing();
    assertEquals(Optional.empty(), node.outbound.contentKey(header(other.envelope()), stored));
  }

  private static EnvelopeHeader header(StoredEnvelope stored) {
    return EnvelopeHeader.parse(stored.getHeader().toByteArray()).orElseThrow();
  }

  /** A writer to the disk could let out what nobody released, or take it for another message. */
  @Test
  void contentKey_ofAnEnvelopeWhosePlainFieldsWereChanged_doesNotOpen() {
    StoredEnvelope stored =
        node.outbound.seal(List.of(node.alert(node.id(), LANE, DE))).get(0).outgoing().envelope();
    EnvelopeHeader header = header(stored);
    assertTrue(node.outbound.contentKey(header, stored).isPresent());
    SealedUnder under = stored.getSealedUnder();
    for (StoredEnvelope changed :
        List.of(
            stored.toBuilder().setSealedUnder(under.toBuilder().setSecondPerson(true)).build(),
            stored.toBuilder().setSealedUnder(under.toBuilder().setPerson(true)).build(),
            stored.toBuilder().setSealedUnder(under.toBuilder().setGeneration(1)).build(),
            stored.toBuilder().setMessageIds(0, bytes(node.id())).build(),
            stored.toBuilder().clearMessageIds().build())) {
      assertEquals(Optional.empty(), node.outbound.contentKey(header, changed), changed::toString);
    }
  }

  /** By which policy it went is asked again once another is in force. */
  @Test
  void envelope_sealed_namesThePolicyUnderWhichItWas() {
    Permitted alert =
        PermittedFixture.alertUnder(7, node.id(), FR, LANE, node.clock.instant(), DE.value());
    StoredEnvelope stored =
        node.outbound.seal(List.of(SealingItem.of(alert))).get(0).outgoing().envelope();
    assertEquals(7, stored.getSealedUnder().getGeneration());
    assertTrue(stored.getSealedUnder().getSecondPerson());
    assertTrue(stored.getSealedUnder().getPerson());
  }

  @Test
  void submission_numbersEachRecipient_andQueuesOnceForEachPeer() {
    node.send(DE);
    node.clock.move(Duration.ofSeconds(5));
    node.send(DE, SG);
    OutboxEntry entry = node.entry(DE, 2);
    assertEquals(OutboxState.OUTBOX_STATE_QUEUED, entry.getState());
    assertEquals(node.clock.millis(), entry.getQueuedAtMs());
    assertEquals(1, entry.getAttempts());
    assertEquals("test", entry.getAgreement());
    assertEquals(
        START.plus(Duration.ofDays(1)).plusSeconds(5).toEpochMilli(), entry.getExpiresAtMs());
    assertEquals(OutboxState.OUTBOX_STATE_QUEUED, node.state(SG, 1));
    assertEquals(entry.getHeaderHash(), node.entry(SG, 1).getHeaderHash());

    assertEquals(2, queued(DE).size());
    HopEntry hop = queued(DE).get(1);
    assertEquals(entry.getHeaderHash(), hop.getHeaderHash());
    assertEquals(
        List.of(HopRecipient.newBuilder().setAgency(DE.value()).setEpoch(1).setSequence(2).build()),
        hop.getRecipientsList());
    assertEquals(List.of(), hop.getPathList());
    assertEquals(node.clock.millis(), hop.getQueuedAtMs());
    StoredEnvelope envelope = node.envelope(DE, 2);
    assertEquals(
        envelope.getHeader().size()
            + envelope.getSignature().size()
            + envelope.getLabels().size()
            + envelope.getBodies().size(),
        hop.getSize());
    assertEquals(SG.value(), queued(HUB).get(0).getRecipients(0).getAgency());
    assertEquals(List.of("de.customs " + LANE, "de.customs " + LANE, "x.hub " + LANE), node.woken);
  }

  /** Each recipient holds the envelope until it is done with it. */
  @Test
  void envelope_stays_untilTheLastOfItsRecipientsIsDone() {
    node.send(DE, SG);
    byte[] hash = node.entry(DE, 1).getHeaderHash().toByteArray();
    node.holds(DE, 1);
    assertNotNull(node.ledger.envelopes().read(hash));
    node.holds(SG, 1);
    assertNull(node.ledger.envelopes().read(hash));
  }

  @Test
  void recipient_withoutKeyOrWay_waits_andLaterMailBehindIt() {
    node.keyless.add(SG);
    node.send(DE, SG, JP);
    assertEquals(OutboxState.OUTBOX_STATE_QUEUED, node.state(DE, 1));
    assertEquals(OutboxState.OUTBOX_STATE_WAITING, node.state(SG, 1));
    assertEquals(OutboxState.OUTBOX_STATE_WAITING, node.state(JP, 1));
    assertTrue(node.waiting.isWaiting(SG));
    assertTrue(node.waiting.isWaiting(JP));
    assertFalse(node.waiting.isWaiting(DE));
    assertEquals(List.of("de.customs " + LANE), node.woken);
    node.keyless.clear();
    node.send(SG);
    assertEquals(OutboxState.OUTBOX_STATE_WAITING, node.state(SG, 2), "its order holds");
    assertEquals(List.of(), queued(HUB));
  }

  private boolean again(AgencyName recipient, long sequence) {
    return node.ledger.commit(
        LANE,
        tx ->
            node.dispatch.again(tx, recipient, number(sequence), node.entry(recipient, sequence)));
  }

  @Test
  void again_queuesUnderItsNumber_asAnotherAttempt() {
    node.keyless.add(SG);
    node.send(SG);
    node.keyless.clear();
    node.clock.move(Duration.ofMinutes(1));
    assertTrue(again(SG, 1));
    OutboxEntry entry = node.entry(SG, 1);
    assertEquals(OutboxState.OUTBOX_STATE_QUEUED, entry.getState());
    assertEquals(2, entry.getAttempts());
    assertEquals(node.clock.millis(), entry.getQueuedAtMs());
    HopEntry hop = queued(HUB).get(0);
    assertEquals(
        List.of(HopRecipient.newBuilder().setAgency(SG.value()).setEpoch(1).setSequence(1).build()),
        hop.getRecipientsList());
    assertEquals(entry.getHeaderHash(), hop.getHeaderHash());
    assertTrue(hop.getSize() > 100);
    assertEquals(List.of("x.hub " + LANE), node.woken);
  }

  @Test
  void again_withoutAWay_orAnEnvelope_changesNothing() {
    node.send(JP);
    assertFalse(again(JP, 1));
    assertEquals(1, node.entry(JP, 1).getAttempts());
    node.keyless.add(SG);
    node.send(SG);
    byte[] hash = node.entry(SG, 1).getHeaderHash().toByteArray();
    node.ledger.commit(
        LANE,
        tx -> {
          node.ledger.envelopes().release(tx, hash);
          return tx;
        });
    assertFalse(again(SG, 1));
    assertEquals(OutboxState.OUTBOX_STATE_WAITING, node.state(SG, 1));
    assertEquals(List.of(), queued(HUB));
  }

  @Test
  void relay_takesIntoCustody_withItsPathAndStanzas() {
    StoredEnvelope envelope =
        StoredEnvelope.newBuilder().setHeader(ByteString.copyFromUtf8("header")).build();
    byte[] hash = Sha256.hash(envelope.getHeader().toByteArray());
    List<HopRecipient> recipients =
        List.of(
            HopRecipient.newBuilder()
                .setAgency(JP.value())
                .setStanza(ByteString.copyFromUtf8("stanza"))
                .build());
    node.ledger.commit(
        LANE,
        tx -> {
          node.dispatch.relay(tx, HUB, LANE, envelope, List.of("us.cbp", "x.far"), recipients);
          return tx;
        });
    HopEntry hop = queued(HUB).get(0);
    assertEquals(recipients, hop.getRecipientsList());
    assertEquals(List.of("us.cbp", "x.far"), hop.getPathList());
    assertEquals(6, hop.getSize());
    assertEquals(envelope, Objects.requireNonNull(node.ledger.envelopes().read(hash)));
    assertEquals(List.of("x.hub " + LANE), node.woken);
    node.answer(HUB, org.entente.proto.link.v1.Result.RESULT_REFUSED, "NO_ROUTE");
    assertNull(node.ledger.envelopes().read(hash), "custody is over with any answer");
    assertEquals(0, node.ledger.hops().depth(HUB, LANE));
    assertEquals(List.of(), node.leaves.all());
  }

  @Test
  void route_isTheLinkItself_orTheFirstLinkedTransit() {
    AgencyName other = new AgencyName("x.other");
    RoutingTable routes =
        new RoutingTable(Set.of(HUB, DE), agency -> List.of(other, HUB, DE), (peer, lane) -> false);
    assertEquals(Optional.of(DE), routes.nextHop(DE, LANE));
    assertEquals(Optional.of(HUB), routes.nextHop(SG, LANE));
    assertEquals(List.of(DE, HUB), List.copyOf(routes.links()));
  }

  @Test
  void route_ofMailThatAPeerBrought_neverLeadsBackToIt() {
    Set<AgencyName> up = new HashSet<>(Set.of(HUB));
    RoutingTable routes =
        new RoutingTable(
            Set.of(HUB, DE), agency -> List.of(HUB, DE), (peer, lane) -> up.contains(peer));
    assertEquals(Optional.of(DE), routes.onward(SG, LANE, HUB), "it waits for a link that is down");
    assertEquals(Optional.of(HUB), routes.onward(SG, LANE, DE));
    up.clear();
    assertEquals(Optional.of(HUB), routes.onward(SG, LANE, DE));
    up.add(DE);
    assertEquals(Optional.of(DE), routes.onward(SG, LANE, HUB));
    assertEquals(Optional.empty(), routes.onward(DE, LANE, DE));
  }

  @Test
  void everybody_waitsAfterAStart_untilALookFoundNothing_thatBeganBeforeTheLastMark() {
    WaitingRecipients waiting = new WaitingRecipients();
    assertTrue(waiting.isWaiting(DE));
    long marks = waiting.marks(DE);
    waiting.mark(DE);
    waiting.clear(DE, marks);
    assertTrue(waiting.isWaiting(DE));
    waiting.clear(DE, waiting.marks(DE));
    assertFalse(waiting.isWaiting(DE));
    waiting.mark(DE);
    assertTrue(waiting.isWaiting(DE));
    assertTrue(waiting.isWaiting(SG));
  }
}
