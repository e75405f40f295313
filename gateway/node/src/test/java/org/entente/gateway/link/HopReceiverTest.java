package org.entente.gateway.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.entente.gateway.model.Code;
import org.entente.proto.link.v1.Delivery;
import org.entente.proto.link.v1.Frame;
import org.entente.proto.link.v1.Gap;
import org.entente.proto.link.v1.Hello;
import org.entente.proto.link.v1.Receipt;
import org.entente.proto.link.v1.Receipts;
import org.entente.proto.link.v1.Result;
import org.junit.jupiter.api.Test;

class HopReceiverTest {
  private final Map<Long, ByteString> stored = new HashMap<>();
  private final HopReceiver receiver =
      new HopReceiver(
          LinkSettings.defaults(),
          (epoch, sequence) -> Optional.ofNullable(stored.get(sequence)),
          2,
          5);

  private static Delivery delivery(long number) {
    return Delivery.newBuilder()
        .setHopEpoch(2)
        .setHopSequence(number)
        .setHeader(ByteString.copyFromUtf8("header " + number))
        .build();
  }

  private static List<Delivery> deliveries(long from, long to) {
    return LongStream.rangeClosed(from, to).mapToObj(HopReceiverTest::delivery).toList();
  }

  private static Receipt receipt(long number) {
    return Receipt.newBuilder()
        .setHopEpoch(2)
        .setHopSequence(number)
        .setHeaderHash(HeaderHashes.ofHeader(delivery(number).getHeader()))
        .setResult(Result.RESULT_COMMITTED)
        .build();
  }

  private static List<Receipt> receipts(long from, long to) {
    return LongStream.rangeClosed(from, to).mapToObj(HopReceiverTest::receipt).toList();
  }

  private static HopAction say(Receipt... receipts) {
    Receipts.Builder all = Receipts.newBuilder().addAllReceipts(List.of(receipts));
    return new HopAction.Say(Frame.newBuilder().setReceipts(all).build());
  }

  private static HopAction gap(long epoch, long expected) {
    Gap gap = Gap.newBuilder().setHopEpoch(epoch).setExpected(expected).build();
    return new HopAction.Say(Frame.newBuilder().setGap(gap).build());
  }

  private static Hello hello(long epoch, long first) {
    return Hello.newBuilder().setSendEpoch(epoch).setSendFirst(first).setSendNext(first).build();
  }

  @Test
  void deliveries_inOrder_areHandedOverAndAnsweredOnceDurable() {
    assertEquals(
        List.of(new HopAction.Receive(deliveries(5, 7))), receiver.deliveries(deliveries(5, 7)));
    assertEquals(5, receiver.next());
    assertEquals(3, receiver.pendingEnvelopes());
    assertEquals(
        List.of(say(receipt(5), receipt(6), receipt(7))), receiver.committed(receipts(5, 7)));
    assertEquals(8, receiver.next());
    assertEquals(0, receiver.pendingBytes());
  }

  @Test
  void gap_isNamedOnce_untilItIsFilled() {
    assertEquals(List.of(gap(2, 5)), receiver.deliveries(deliveries(7, 9)));
    assertEquals(List.of(), receiver.deliveries(deliveries(10, 10)));
    receiver.deliveries(deliveries(5, 5));
    assertEquals(List.of(gap(2, 6)), receiver.deliveries(deliveries(8, 8)));
  }

  @Test
  void repetition_ofWhatIsBeingStored_isDropped() {
    receiver.deliveries(deliveries(5, 7));
    assertEquals(
        List.of(new HopAction.Receive(deliveries(8, 8))), receiver.deliveries(deliveries(6, 8)));
  }

  @Test
  void duplicate_withTheSameHash_isAnsweredWithIt() {
    stored.put(4L, HeaderHashes.ofHeader(delivery(4).getHeader()));
    Receipt again = receipt(4).toBuilder().setResult(Result.RESULT_DUPLICATE).build();
    assertEquals(List.of(say(again)), receiver.deliveries(deliveries(4, 4)));
    Delivery empty = delivery(4).toBuilder().clearHeader().build();
    assertEquals(
        List.of(say(again)), receiver.deliveries(List.of(empty)), "a void changes nothing");
  }

  @Test
  void duplicate_withAnotherHashOrNone_isAnsweredAndStopsTheLane() {
    for (Optional<ByteString> kept :
        List.of(Optional.of(HeaderHashes.VOID), Optional.<ByteString>empty())) {
      kept.ifPresentOrElse(hash -> stored.put(4L, hash), stored::clear);
      Receipt answer =
          receipt(4).toBuilder()
              .setHeaderHash(kept.orElse(ByteString.EMPTY))
              .setResult(Result.RESULT_DUPLICATE)
              .setCode("SEQUENCE_CONFLICT")
              .build();
      List<HopAction> actions = receiver.deliveries(deliveries(4, 5));
      assertEquals(say(answer), actions.get(0));
      assertEquals(
          Code.SEQUENCE_CONFLICT, assertInstanceOf(HopAction.Stop.class, actions.get(1)).code());
      assertEquals(2, actions.size(), "nothing after the conflict is taken");
    }
  }

  @Test
  void renew_afterAConflict_goesToAnEpochOfItsOwnOnceAllIsStored() {
    receiver.deliveries(deliveries(5, 6));
    assertEquals(List.of(), receiver.renew());
    assertEquals(
        List.of(say(receipt(5), receipt(6)), new HopAction.Adopt(3, 1)),
        receiver.committed(receipts(5, 6)));
    assertEquals(3, receiver.epoch());
    assertEquals(List.of(new HopAction.Adopt(4, 5)), receiver.greeted(hello(4, 5)));
  }

  @Test
  void greeted_withHigherEpochOrLaterStart_adoptsIt() {
    assertEquals(List.of(), receiver.greeted(hello(2, 5)));
    assertEquals(List.of(), receiver.greeted(hello(1, 50)));
    assertEquals(List.of(new HopAction.Adopt(2, 9)), receiver.greeted(hello(2, 9)));
    assertEquals(List.of(new HopAction.Adopt(3, 2)), receiver.greeted(hello(3, 2)));
    assertEquals(2, receiver.next());
  }

  @Test
  void greeted_withAnEpochFarAbove_stopsTheLane() {
    List<HopAction> actions = receiver.greeted(hello(1L << 61, 1));
    assertEquals(
        Code.SEQUENCE_CONFLICT, assertInstanceOf(HopAction.Stop.class, actions.get(0)).code());
    assertEquals(2, receiver.epoch());
  }

  @Test
  void greeted_withHigherEpochWhileStoring_endsTheStreamUntilThatIsDone() {
    receiver.deliveries(deliveries(5, 5));
    assertInstanceOf(HopAction.Close.class, receiver.greeted(hello(3, 1)).get(0));
    receiver.committed(receipts(5, 5));
    assertEquals(List.of(new HopAction.Adopt(3, 1)), receiver.greeted(hello(3, 1)));
  }

  @Test
  void delivery_ofAnotherEpoch_isDroppedOrMakesTheSenderGreet() {
    Delivery older = delivery(5).toBuilder().setHopEpoch(1).build();
    Delivery newer = delivery(5).toBuilder().setHopEpoch(3).build();
    assertEquals(List.of(), receiver.deliveries(List.of(older)));
    assertEquals(List.of(gap(2, 5)), receiver.deliveries(List.of(newer)));
  }

  @Test
  void failure_takesNothingMore_untilAllHasComeBack() {
    receiver.deliveries(deliveries(5, 6));
    receiver.deliveries(deliveries(7, 8));
    assertInstanceOf(HopAction.Close.class, receiver.failed(Code.STORAGE_FULL, "full").get(0));
    assertInstanceOf(HopAction.Close.class, receiver.deliveries(deliveries(9, 9)).get(0));
    receiver.failed(Code.STORAGE_FULL, "full");
    assertEquals(
        List.of(new HopAction.Receive(deliveries(5, 9))), receiver.deliveries(deliveries(5, 9)));
  }

  @Test
  void senderBeyondItsWindow_isCutOff() {
    LinkSettings settings = LinkSettings.defaults();
    List<HopAction> actions = new ArrayList<>();
    long next = 5;
    for (int i = 0; i <= settings.windowEnvelopes() / 64; i++) {
      actions.addAll(receiver.deliveries(deliveries(next, next + 63)));
      next += 64;
    }
    assertEquals(settings.windowEnvelopes(), receiver.pendingEnvelopes());
    HopAction.Close close =
        assertInstanceOf(HopAction.Close.class, actions.get(actions.size() - 1));
    assertEquals(Code.OVERLOADED, close.code());
  }

  @Test
  void senderBeyondItsBytes_isCutOff() {
    Delivery large =
        delivery(5).toBuilder()
            .setBodies(
                ByteString.copyFrom(new byte[2 * (int) LinkSettings.defaults().windowBytes()]))
            .build();
    assertInstanceOf(HopAction.Receive.class, receiver.deliveries(List.of(large)).get(0));
    assertInstanceOf(HopAction.Close.class, receiver.deliveries(deliveries(6, 6)).get(0));
  }

  @Test
  void malformedDelivery_endsTheStream_afterWhatCameBeforeIt() {
    Delivery without = Delivery.newBuilder().setHopEpoch(2).build();
    Delivery beyond = delivery(5).toBuilder().setHopSequence(-1).build();
    for (Delivery malformed : List.of(without, beyond)) {
      List<HopAction> actions = receiver.deliveries(List.of(malformed, delivery(5)));
      assertEquals(1, actions.size());
      assertEquals(Code.MALFORMED, assertInstanceOf(HopAction.Close.class, actions.get(0)).code());
    }
    assertInstanceOf(HopAction.Close.class, receiver.deliveries(deliveries(5, 69)).get(0));
  }

  @Test
  void receipts_thatDoNotMatchWhatWasHandedOver_areADefect() {
    receiver.deliveries(deliveries(5, 6));
    assertThrows(IllegalStateException.class, () -> receiver.committed(receipts(5, 5)));
    receiver.deliveries(deliveries(7, 7));
    assertThrows(IllegalStateException.class, () -> receiver.committed(receipts(7, 7)));
  }
}
