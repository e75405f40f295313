package org.entente.gateway.deliver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.policy.decide.Permitted;
import org.entente.gateway.policy.decide.PermittedFixture;
import org.entente.gateway.testkit.ReceiveKit;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Delivery;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Subscribers at the end of their lanes are served from memory, under the same rules. */
@SuppressWarnings("NullAway.Init") // set before each test
class TailDeliveryTest {
  @TempDir private Path folder;
  private final Random random = new Random(1);
  private SubscribedNode node;

  @BeforeEach
  void open() throws IOException {
    node = new SubscribedNode(folder);
  }

  @AfterEach
  void close() throws IOException {
    node.close();
  }

  /** Each read 8 iterators for it: one for each lane, before and behind the message. */
  @Test
  void loneMessage_forSubscribersAtTheEnd_readsNothingFromTheStore() {
    node.message(Lane.FLASH);
    node.restart();
    List<SubscribedNode.Subscriber> all =
        IntStream.range(0, 3).mapToObj(i -> node.subscriber("cursor-" + i)).toList();
    all.forEach(one -> assertEquals(1, one.given.size()));
    List<Lane> others = Lane.all().stream().filter(lane -> lane != Lane.FLASH).toList();
    for (Lane lane : others) {
      node.received(lane, Body.getDefaultInstance(), label -> {});
      node.store.calls();
      node.subscriptions.arrived();
      assertEquals(Map.of(), node.store.calls(), "to the store");
    }
    all.forEach(one -> assertEquals(1 + others.size(), one.given.size()));
  }

  /** With several, the last would wait for the thread that serves all others first. */
  @Test
  void onlySubscriber_isServedByTheThreadThatCommitted_andSeveralByWorkers() {
    SubscribedNode.Subscriber one = node.subscriber("cursor");
    int turns = one.turns;
    MessageId first = node.received(Body.getDefaultInstance(), label -> {});
    node.subscriptions.arrivedHere();
    assertEquals(List.of(first), one.ids());
    assertEquals(turns, one.turns);

    SubscribedNode.Subscriber other = node.subscriber("another");
    int turnsOfOther = other.turns;
    MessageId second = node.received(Body.getDefaultInstance(), label -> {});
    node.subscriptions.arrivedHere();
    assertEquals(List.of(first, second), one.ids());
    assertEquals(turns + 1, one.turns);
    assertEquals(turnsOfOther + 1, other.turns);
  }

  @Test
  void recalledOrErased_betweenCommitAndDelivery_isNotGiven() {
    SubscribedNode.Subscriber one = node.subscriber("cursor");
    one.isFull(true);
    MessageId recalled = node.message(Lane.ROUTINE);
    MessageId kept = node.message(Lane.ROUTINE);
    node.recalled(recalled);
    one.isFull(false);
    assertTrue(one.ids().contains(kept));
    assertTrue(!one.ids().contains(recalled), "" + one.ids());

    one.isFull(true);
    MessageId erased = node.message(Lane.ROUTINE);
    node.keys.days().forEach(node.keys::destroy);
    one.isFull(false);
    assertTrue(!one.ids().contains(erased), "" + one.ids());
  }

  /** A leader of a cluster without a lease: its successor may have recalled the message. */
  @Test
  void message_whileAnotherNodeMayKnowMore_waits_andIsDeliveredAfterwards() {
    SubscribedNode.Subscriber one = node.subscriber("cursor");
    node.subscriptions.round();
    node.store.current(false);
    MessageId message = node.message(Lane.FLASH);
    node.subscriptions.round();
    assertEquals(List.of(), one.ids());

    node.store.current(true);
    node.subscriptions.round();
    assertEquals(List.of(message), one.ids());
    assertEquals(List.of(), one.ended);
  }

  @Test
  void subscriberThatFallsBehind_getsAllInOrder_firstFromTheStore() {
    SubscribedNode.Subscriber one = node.subscriber("cursor");
    one.isFull(true);
    int envelopes = 18;
    for (int i = 0; i < envelopes; i++) {
      node.kit.deliver(IntStream.range(0, 64).mapToObj(m -> alert()).toArray(Permitted[]::new));
    }
    MessageId flash = node.message(Lane.FLASH);
    one.isFull(false);
    assertEquals(flash, one.ids().get(0), "the highest lane first");
    List<Long> positions = one.given.stream().map(Delivery::getPosition).toList();
    assertEquals(envelopes * 64L + 1, positions.get(0));
    assertEquals(
        LongStream.rangeClosed(1, envelopes * 64L).boxed().toList(),
        positions.subList(1, positions.size()));
    node.store.calls();
    node.subscriptions.arrived();
    assertEquals(Map.of(), node.store.calls(), "it has caught up");
  }

  /**
   * How often the ledger of a recipient calls its store for one envelope. RocksDB is asked for none
   * of the absent keys, which are above those of their kind ({@code KeyBounds}), nor for what the
   * commit before has written ({@code RecentValues}).
   */
  @Test
  void envelopeOf64_callsTheStoreSoOften() {
    node.kit.deliver(alert());
    node.store.calls();
    node.kit.deliver(IntStream.range(0, 64).mapToObj(m -> alert()).toArray(Permitted[]::new));
    Map<String, Integer> calls = node.store.calls();
    assertEquals(
        Map.of(
            "get MESSAGE absent", 65,
            "get CHAIN absent", 64,
            "get RETENTION absent", 3 * 64,
            "get EVIDENCE", 2,
            "get ORIGIN_IN", 1,
            "get META", 4),
        with("get", calls));
    assertEquals(
        Map.of(
            "put INBOX", 1,
            "put BODY", 1,
            "put MESSAGE", 1,
            "put RETENTION", 1,
            "put EVIDENCE", 3,
            "put ANNOUNCEMENT", 1,
            "put ORIGIN_IN", 1,
            "put HOP_IN", 1,
            "put META", 4),
        with("put", calls));
    assertEquals(Map.of(), with("scan", calls));
    assertEquals(Map.of(), with("delete", calls));
  }

  private static Map<String, Integer> with(String kind, Map<String, Integer> calls) {
    Map<String, Integer> some = new TreeMap<>(calls);
    some.keySet().removeIf(call -> !call.startsWith(kind));
    return some;
  }

  private Permitted alert() {
    return PermittedFixture.alert(
        MessageId.fresh(ReceiveKit.ORIGIN, node.now.toEpochMilli(), random),
        ReceiveKit.ORIGIN,
        Lane.PRIORITY,
        Body.getDefaultInstance(),
        node.now,
        ReceiveKit.SELF.value());
  }
}
