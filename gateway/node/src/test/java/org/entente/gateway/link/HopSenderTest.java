package org.entente.gateway.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.entente.gateway.model.Code;
import org.entente.proto.link.v1.Credit;
import org.entente.proto.link.v1.Delivery;
import org.entente.proto.link.v1.Frame;
import org.entente.proto.link.v1.Gap;
import org.entente.proto.link.v1.Hello;
import org.entente.proto.link.v1.Receipt;
import org.entente.proto.link.v1.Result;
import org.junit.jupiter.api.Test;

class HopSenderTest {
  private static final HopFacts FACTS = new HopFacts(2, 5, 100);

  private final HopSender sender = new HopSender(LinkSettings.defaults());

  private static Hello hello(long receiveEpoch, long receiveNext, long envelopes, long bytes) {
    return Hello.newBuilder()
        .setReceiveEpoch(receiveEpoch)
        .setReceiveNext(receiveNext)
        .setCredit(Credit.newBuilder().setEnvelopes(envelopes).setBytes(bytes))
        .build();
  }

  private void connect() {
    assertEquals(List.of(), sender.connected(FACTS, FACTS, hello(2, 5, 10, 10_000)));
  }

  private static ByteString header(long number) {
    return ByteString.copyFromUtf8("header " + number);
  }

  private static QueuedEnvelope outgoing(long number) {
    Delivery delivery =
        Delivery.newBuilder()
            .setHopEpoch(2)
            .setHopSequence(number)
            .setHeader(header(number))
            .build();
    return new QueuedEnvelope(number, HeaderHashes.ofHeader(header(number)), delivery);
  }

  private static QueuedEnvelope voided(long number) {
    Delivery delivery = Delivery.newBuilder().setHopEpoch(2).setHopSequence(number).build();
    return new QueuedEnvelope(number, HeaderHashes.ofHeader(header(number)), delivery);
  }

  private Frame send(long from, long to) {
    return sender.sending(
        LongStream.rangeClosed(from, to).mapToObj(HopSenderTest::outgoing).toList());
  }

  private static Receipt receipt(long number) {
    return Receipt.newBuilder()
        .setHopEpoch(2)
        .setHopSequence(number)
        .setHeaderHash(HeaderHashes.ofHeader(header(number)))
        .setResult(Result.RESULT_COMMITTED)
        .build();
  }

  /** What routes ask: threat 98. */
  @Test
  void lane_carries_whileThePeerIsConnectedGrantsAndAnswers() {
    LaneGauges gauges = new LaneGauges();
    Duration patience = Duration.ofNanos(30);
    gauges.publish(false, false, null, sender);
    assertFalse(gauges.carries(0, patience));
    assertEquals(List.of(), sender.connected(FACTS, FACTS, hello(2, 5, 0, 0)));
    gauges.publish(true, false, null, sender);
    assertFalse(gauges.carries(0, patience), "it grants nothing");
    sender.credited(Credit.newBuilder().setEnvelopes(10).setBytes(10_000).build());
    gauges.publish(true, false, null, sender);
    assertTrue(gauges.carries(0, patience));
    gauges.sent(send(5, 6).getDeliveries(), 0);
    gauges.publish(true, false, null, sender);
    assertTrue(gauges.carries(30, patience));
    assertFalse(gauges.carries(31, patience), "it does not answer");
    sender.disconnected();
    connect();
    gauges.sent(send(5, 6).getDeliveries(), 32);
    gauges.publish(true, false, null, sender);
    assertFalse(gauges.carries(32, patience), "another stream makes it no better");
    gauges.released();
    assertTrue(gauges.carries(32, patience));
    gauges.publish(true, true, null, sender);
    assertFalse(gauges.carries(32, patience), "paused");
    gauges.publish(true, false, Code.SEQUENCE_CONFLICT, sender);
    assertFalse(gauges.carries(32, patience), "stopped");
  }

  @Test
  void pull_withCredit_asksFromTheFirstUnanswered() {
    assertEquals(Optional.empty(), sender.pull());
    connect();
    assertEquals(new HopSender.ReadWindow(5, 10, 10_000), sender.pull().orElseThrow());
    send(5, 12);
    HopSender.ReadWindow rest = sender.pull().orElseThrow();
    assertEquals(13, rest.from());
    assertEquals(2, rest.maxEnvelopes());
    send(13, 14);
    assertEquals(Optional.empty(), sender.pull());
    sender.credited(Credit.newBuilder().setEnvelopes(-1).setBytes(-1).build());
    assertEquals(
        LinkSettings.MAX_PACK_ENVELOPES,
        sender.pull().orElseThrow().maxEnvelopes(),
        "an unsigned grant, held to this side's own window");
  }

  @Test
  void pull_whilePausedOrDown_asksNothing() {
    connect();
    sender.pause(true);
    assertEquals(Optional.empty(), sender.pull());
    sender.pause(false);
    assertTrue(sender.pull().isPresent());
    sender.disconnected();
    assertEquals(Optional.empty(), sender.pull());
  }

  @Test
  void receipts_outOfOrder_releaseOnlyTheContiguousStart() {
    connect();
    send(5, 8);
    assertEquals(List.of(), sender.receipts(List.of(receipt(6), receipt(8))));
    assertEquals(
        List.of(new HopAction.Release(List.of(receipt(5), receipt(6)))),
        sender.receipts(List.of(receipt(5))));
    assertEquals(2, sender.envelopesInFlight());
    assertEquals(
        List.of(new HopAction.Release(List.of(receipt(7), receipt(8)))),
        sender.receipts(List.of(receipt(7))));
    assertEquals(0, sender.envelopesInFlight());
    assertEquals(0, sender.bytesInFlight());
  }

  @Test
  void receipt_withOtherOrNoHash_stopsTheLaneAndReleasesNothingOfIt() {
    for (ByteString hash : List.of(HeaderHashes.VOID, ByteString.EMPTY, header(6))) {
      connect();
      send(5, 6);
      Receipt wrong = receipt(6).toBuilder().setHeaderHash(hash).build();
      List<HopAction> actions = sender.receipts(List.of(receipt(5), wrong));
      assertEquals(new HopAction.Release(List.of(receipt(5))), actions.get(0));
      HopAction.Stop stop = assertInstanceOf(HopAction.Stop.class, actions.get(1));
      assertEquals(Code.SEQUENCE_CONFLICT, stop.code());
      sender.disconnected();
    }
  }

  @Test
  void receipt_forAVoid_mayBearTheHashOfTheVoidOrOfTheContent() {
    connect();
    sender.sending(List.of(voided(5), voided(6)));
    Receipt ofVoid = receipt(5).toBuilder().setHeaderHash(HeaderHashes.VOID).build();
    assertEquals(
        List.of(new HopAction.Release(List.of(ofVoid, receipt(6)))),
        sender.receipts(List.of(ofVoid, receipt(6))));
  }

  @Test
  void receipt_withoutResult_endsTheStream() {
    connect();
    send(5, 5);
    Receipt empty = receipt(5).toBuilder().clearResult().build();
    assertInstanceOf(HopAction.Close.class, sender.receipts(List.of(empty)).get(0));
  }

  @Test
  void receipt_ofAnotherEpochOrUnsentNumber_provesNothing() {
    connect();
    send(5, 5);
    Receipt older = receipt(5).toBuilder().setHopEpoch(1).build();
    assertEquals(List.of(), sender.receipts(List.of(older, receipt(4), receipt(9))));
    assertEquals(1, sender.envelopesInFlight());
  }

  @Test
  void gap_rewinds_andManyWithoutProgressEndTheStream() {
    connect();
    send(5, 9);
    Gap gap = Gap.newBuilder().setHopEpoch(2).setExpected(7).build();
    assertEquals(List.of(), sender.gap(gap, FACTS));
    assertEquals(7, sender.pull().orElseThrow().from());
    assertEquals(2, sender.envelopesInFlight());
    List<HopAction> actions = List.of();
    for (int i = 0; i < 100 && actions.isEmpty(); i++) {
      send(7, 9);
      actions = sender.gap(gap, FACTS);
    }
    assertInstanceOf(HopAction.Close.class, actions.get(0));
  }

  @Test
  void gap_belowWhatIsQueuedOrInAnOlderEpoch_isAnsweredByAHello() {
    connect();
    for (Gap gap :
        List.of(
            Gap.newBuilder().setHopEpoch(2).setExpected(4).build(),
            Gap.newBuilder().setHopEpoch(1).setExpected(50).build())) {
      assertEquals(List.of(new HopAction.Greet(FACTS)), sender.gap(gap, FACTS));
    }
  }

  @Test
  void connected_toPeerThatIsAhead_opensAnEpochAboveBothBeforeSending() {
    assertEquals(
        List.of(new HopAction.OpenEpoch(3)),
        sender.connected(FACTS, FACTS, hello(2, 101, 10, 10_000)));
    assertEquals(Optional.empty(), sender.pull());
    HopFacts opened = new HopFacts(3, 5, 100);
    assertEquals(List.of(new HopAction.Greet(opened)), sender.epochOpened(opened));
    assertEquals(5, sender.pull().orElseThrow().from());
    sender.disconnected();
    assertEquals(
        List.of(new HopAction.OpenEpoch(8)),
        sender.connected(opened, opened, hello(7, 1, 10, 10_000)));
  }

  @Test
  void connected_toPeerThatClaimsAnEpochFarAbove_stopsTheLane() {
    List<HopAction> actions = sender.connected(FACTS, FACTS, hello(1L << 61, 1, 10, 10_000));
    assertEquals(
        Code.SEQUENCE_CONFLICT, assertInstanceOf(HopAction.Stop.class, actions.get(0)).code());
  }

  @Test
  void connected_whileAnEpochOpens_waitsForIt() {
    sender.connected(FACTS, FACTS, hello(2, 101, 10, 10_000));
    sender.disconnected();
    assertEquals(List.of(), sender.connected(FACTS, FACTS, hello(2, 5, 10, 10_000)));
    assertEquals(Optional.empty(), sender.pull());
    HopFacts opened = new HopFacts(3, 5, 100);
    assertEquals(List.of(new HopAction.Greet(opened)), sender.epochOpened(opened));
    assertTrue(sender.pull().isPresent());
  }

  @Test
  void epochFailed_endsTheStreamSoThatItIsTriedAgain() {
    sender.connected(FACTS, FACTS, hello(9, 1, 10, 10_000));
    assertInstanceOf(HopAction.Close.class, sender.epochFailed("disk full").get(0));
    sender.disconnected();
    assertEquals(
        List.of(new HopAction.OpenEpoch(10)),
        sender.connected(FACTS, FACTS, hello(9, 1, 10, 10_000)));
  }

  @Test
  void connected_afterFactsMovedOn_saysThemAgain() {
    HopFacts now = new HopFacts(2, 9, 120);
    assertEquals(
        List.of(new HopAction.Greet(now)), sender.connected(FACTS, now, hello(2, 9, 10, 10_000)));
  }

  @Test
  void sending_afterDurableReleases_skipsToWhatTheQueueHas() {
    connect();
    send(5, 6);
    send(9, 10);
    assertEquals(2, sender.envelopesInFlight());
    assertEquals(
        List.of(new HopAction.Release(List.of(receipt(9)))),
        sender.receipts(List.of(receipt(5), receipt(6), receipt(9))));
  }

  @Test
  void sending_whatWasNotAskedFor_isADefect() {
    connect();
    assertThrows(
        IllegalStateException.class, () -> sender.sending(List.of(outgoing(5), outgoing(7))));
    assertThrows(IllegalStateException.class, () -> sender.sending(List.of(outgoing(3))));
  }
}
