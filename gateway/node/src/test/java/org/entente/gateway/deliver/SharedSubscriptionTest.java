package org.entente.gateway.deliver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.ledger.table.CursorTable;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Problem;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Table;
import org.entente.proto.store.v1.CursorRecord;
import org.entente.proto.store.v1.DeadPosition;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Delivery;
import org.entente.proto.v1.OpenCursor;
import org.entente.proto.v1.SubscriptionKind;
import org.entente.proto.v1.SubscriptionSettings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Streams of a shared subscription compete for messages, and none is lost between them. */
@SuppressWarnings("NullAway.Init") // set before each test
class SharedSubscriptionTest {
  private static final Duration LEASE = Duration.ofSeconds(60);
  private static final int MOST_DEAD = 3;

  @TempDir private Path folder;
  private Node node;

  private static final class Node extends SubscribedNode {
    Node(Path folder) throws IOException {
      super(folder, new CursorLimits(10, 20_000, MOST_DEAD));
    }

    void create(String name, SubscriptionSettings settings) {
      ledger.commit(
          Lane.ROUTINE,
          tx -> {
            CursorRecord record =
                CursorRecord.newBuilder()
                    .addAllNextPosition(List.of(1L, 1L, 1L, 1L))
                    .addAllSentPosition(List.of(0L, 0L, 0L, 0L))
                    .setSealedSettings(ledger.cursors().sealed("desk", name, settings))
                    .build();
            ledger.cursors().write(tx, "desk", name, record);
            return record;
          });
    }

    MessageId message(String caseRef) {
      MessageId id =
          received(Lane.ROUTINE, Body.getDefaultInstance(), label -> label.setCaseRef(caseRef));
      subscriptions.arrived();
      return id;
    }

    void messages(int count) {
      for (int i = 0; i < count; i++) {
        var unused = message("");
      }
    }

    Subscriber open(int window) {
      return open(OpenCursor.newBuilder().setCursor("team").setWindow(window).build());
    }

    List<Long> dead() {
      return subscriptions.deadLetters("desk", "team").orElseThrow().stream()
          .map(DeadPosition::getPosition)
          .toList();
    }
  }

  @BeforeEach
  void start() throws IOException {
    node = new Node(folder);
    node.create("team", shared().build());
  }

  private static SubscriptionSettings.Builder shared() {
    return SubscriptionSettings.newBuilder()
        .setKind(SubscriptionKind.SUBSCRIPTION_KIND_SHARED)
        .setMaxDeliveries(2);
  }

  @AfterEach
  void close() throws IOException {
    node.close();
  }

  @Test
  void streams_shareTheMessages_andEachIsSentOnce_withinTheCreditOfEach() {
    SubscribedNode.Subscriber one = node.open(3);
    SubscribedNode.Subscriber two = node.open(5);
    node.messages(10);
    assertEquals(3, one.given.size());
    assertEquals(5, two.given.size());
    one.acknowledge(one.positions().get(1));
    assertEquals(4, one.given.size(), "an acknowledgement is credit for one more");
    two.acknowledge(two.positions().get(4));
    List<Long> all = Stream.of(one, two).flatMap(it -> it.positions().stream()).sorted().toList();
    assertEquals(LongStream.rangeClosed(1, 10).boxed().toList(), all);
  }

  @Test
  void leaseThatEnds_isSentToAnother_andTheLateAcknowledgementDoesNotCount() {
    SubscribedNode.Subscriber slow = node.open(1);
    node.messages(1);
    SubscribedNode.Subscriber other = node.open(10);
    node.later(LEASE.minusMillis(1));
    assertEquals(List.of(), other.positions());
    slow.full = true;
    node.later(Duration.ofMillis(1));
    assertEquals(List.of(1L), other.positions());
    assertTrue(other.given.get(0).getRedelivery());
    slow.full = false;
    slow.acknowledge(1);
    assertEquals(List.of(1L), slow.lost);
    assertEquals(1, next(), "the second stream still has it");
    other.acknowledge(1);
    assertEquals(2, next());
  }

  private long next() {
    return Objects.requireNonNull(
        node.subscriptions.places(stored()).get(Lane.ROUTINE), "a place in each lane");
  }

  private CursorTable.NamedCursor stored() {
    return node.ledger.cursors().all("desk", 10).get(0);
  }

  /** The next acknowledgement would pass over it, without leaf and evidence. */
  @Test
  void acknowledgementThatCannotBeStored_endsTheStreams_andItsMessageIsDeliveredAgain() {
    node.messages(2);
    SubscribedNode.Subscriber one = node.open(1);
    SubscribedNode.Subscriber two = node.open(1);
    one.mayEnd = true;
    two.mayEnd = true;
    byte[] record = replaceCursor(new byte[] {-1, -1, -1, -1, -1});
    one.acknowledge(1);
    node.settle();
    assertEquals(List.of(Code.INTERNAL), one.ended);
    assertEquals(List.of(Code.INTERNAL), two.ended);
    for (SubscribedNode.Subscriber stream : List.of(one, two)) {
      var unused = node.subscriptions.closed("desk", "team", stream.subscription);
    }
    node.settle();
    var unused = replaceCursor(record);
    assertEquals(List.of(1L, 2L), node.open(10).positions());
  }

  /** Writes the only cursor; gives what it was. */
  private byte[] replaceCursor(byte[] record) {
    try (Scan scan = node.store.scan(Table.CURSOR, new byte[0], null)) {
      scan.next();
      byte[] key = scan.key();
      byte[] before = scan.value();
      node.ledger.commit(
          Lane.ROUTINE,
          tx -> {
            tx.put(Table.CURSOR, key, record);
            return key;
          });
      return before;
    }
  }

  /** Who read a message and did not acknowledge it is on record, as for an exclusive one. */
  @Test
  void leaseThatEnds_isRecordedAsDelivered() {
    node.messages(2);
    SubscribedNode.Subscriber slow = node.open(2);
    node.settle();
    assertEquals(0, delivered());
    slow.full = true;
    node.later(LEASE);
    node.settle();
    assertEquals(1, delivered());
    assertTrue(
        node.leaves.only(AuditType.DELIVERED_RANGE).toString().contains("2 delivered, not ack"),
        node.leaves.last()::toString);
  }

  private long delivered() {
    return node.leaves.types().stream().filter(AuditType.DELIVERED_RANGE::equals).count();
  }

  /** A clock that is set back must not make a lease last for ever. */
  @Test
  void lease_afterTheClockWasSetBack_ends() {
    SubscribedNode.Subscriber slow = node.open(1);
    node.messages(1);
    SubscribedNode.Subscriber other = node.open(1);
    slow.full = true;
    node.later(Duration.ofHours(-1));
    assertEquals(List.of(1L), other.positions());
  }

  @Test
  void acknowledgementOfAnothersLease_changesNothing() {
    SubscribedNode.Subscriber owner = node.open(1);
    node.messages(1);
    SubscribedNode.Subscriber thief = node.open(1);
    thief.acknowledge(1, 2, Long.MAX_VALUE);
    assertEquals(List.of(1L, 2L, Long.MAX_VALUE), thief.lost);
    thief.full = true;
    thief.acknowledge(1);
    assertEquals(3, thief.lost.size(), "nothing is queued for a client that does not read");
    assertEquals(Optional.empty(), thief.subscription.giveBack(1));
    owner.acknowledge(1);
    assertEquals(List.of(), owner.lost);
  }

  /** Each is on record: a client that only gives back would fill the memory. */
  @Test
  void givenBackMessages_thatWaitForTheDisk_holdUpFurtherDeliveries() {
    node.create("loop", shared().setMaxDeliveries(1_000_000).build());
    node.messages(1);
    SubscribedNode.Subscriber stream =
        node.open(OpenCursor.newBuilder().setCursor("loop").setWindow(1).build());
    CountDownLatch go = node.busy();
    for (int i = 0; i < 3 * OpenCursorCheck.DEFAULT_WINDOW; i++) {
      assertEquals(Optional.empty(), stream.subscription.giveBack(1));
    }
    assertEquals(OpenCursorCheck.DEFAULT_WINDOW, stream.given.size());
    go.countDown();
    node.settle();
    assertEquals(OpenCursorCheck.DEFAULT_WINDOW + 1, stream.given.size(), "woken again");
  }

  /** Each has all ranges of the subscription; the last one says where it is. */
  @Test
  void acknowledgementsThatWaitForTheDisk_keepThePositionsOfOne() {
    int messages = 2_000;
    node.messages(messages);
    SubscribedNode.Subscriber stream = node.open(messages);
    CountDownLatch go = node.busy();
    long before = used();
    for (long position = 2; position <= messages; position += 2) {
      stream.acknowledge(position);
    }
    long kept = used() - before;
    go.countDown();
    node.settle();
    assertTrue(kept < 5 << 20, kept + " bytes");
    stream.acknowledge(1);
    node.settle();
    assertEquals(3, next());
  }

  private static long used() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  /** A change of a subscription waits for the disk. */
  @Test
  void changeOfOneClient_doesNotHoldUpTheStreamsOfOthers() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    CompletableFuture<?> change =
        CompletableFuture.supplyAsync(
            () ->
                node.subscriptions.whileClosed(
                    "desk",
                    "slow",
                    () -> {
                      begun.countDown();
                      return SubscribedNode.isDone(go);
                    }));
    assertTrue(SubscribedNode.isDone(begun));
    try {
      CompletableFuture<Subscriptions.OpenResult> other =
          CompletableFuture.supplyAsync(
              () ->
                  node.subscriptions.open(
                      "case-system",
                      OpenCursor.newBuilder().setCursor("all").build(),
                      node.new Subscriber("team")));
      assertInstanceOf(Subscriptions.OpenResult.Held.class, other.get(10, TimeUnit.SECONDS));
    } finally {
      go.countDown();
    }
    change.join();
  }

  @Test
  void streamThatEnds_leavesItsMessagesToTheOthers_atOnce() {
    SubscribedNode.Subscriber dying = node.open(10);
    node.messages(3);
    SubscribedNode.Subscriber heir = node.open(10);
    assertEquals(List.of(), heir.positions());
    dying.end();
    assertEquals(List.of(1L, 2L, 3L), heir.positions());
  }

  @Test
  void giveBack_sendsItToAnotherStream() {
    SubscribedNode.Subscriber one = node.open(1);
    node.messages(1);
    one.full = true;
    SubscribedNode.Subscriber two = node.open(1);
    assertEquals(Optional.empty(), one.subscription.giveBack(1));
    assertEquals(List.of(1L), two.positions());
  }

  /** Also if it ends every stream that receives it, and no stream is left. */
  @Test
  void messageThatIsSentTooOften_isADeadLetter_alsoAfterARestart_untilItIsRedriven() {
    node.messages(2);
    for (int i = 0; i < 2; i++) {
      SubscribedNode.Subscriber dying = node.open(1);
      assertEquals(List.of(1L), dying.positions());
      dying.end();
    }
    assertEquals(List.of(1L), node.dead());
    SubscribedNode.Subscriber next = node.open(10);
    assertEquals(List.of(2L), next.positions());
    next.acknowledge(2);
    node.settle();
    node.restart();
    assertEquals(List.of(1L), node.dead());
    SubscribedNode.Subscriber again = node.open(10);
    assertEquals(List.of(), again.positions());
    node.subscriptions.settle("desk", "team", List.of(1L), false).join();
    assertEquals(List.of(1L), again.positions());
    assertEquals(List.of(), node.dead());
    node.restart();
    assertEquals(List.of(1L), node.open(10).positions(), "redriven durably, and 2 is done");
  }

  @Test
  void deadLetterThatIsDiscarded_isNotSentAgain() {
    node.messages(1);
    node.open(1).end();
    node.open(1).end();
    node.subscriptions.settle("desk", "team", List.of(1L), true).join();
    node.restart();
    assertEquals(List.of(), node.open(1).positions());
    assertEquals(List.of(), node.dead());
  }

  /** Nothing is lost because nobody looks at dead letters. */
  @Test
  void moreDeadLettersThanAllowed_areDeliveredOn() {
    node.messages(MOST_DEAD + 1);
    node.open(10).end();
    node.open(10).end();
    assertEquals(MOST_DEAD, node.dead().size());
    assertEquals(List.of(MOST_DEAD + 1L), node.open(10).positions());
  }

  /** As many are gone as become new ones: their number alone does not tell of a change. */
  @Test
  void deadLetterInPlaceOfOneThatIsGone_isDurableWhenItsStreamHasEnded() {
    MessageId first = node.message("");
    node.messages(MOST_DEAD);
    node.open(10).end();
    node.open(10).end();
    node.recalled(first);
    node.later(Duration.ofSeconds(1));
    node.open(1).end();
    assertEquals(
        List.of(2L, 3L, 4L),
        stored().record().getDeadList().stream().map(DeadPosition::getPosition).toList());
  }

  /** Attack: each lease that ends looked up all dead letters, on a thread that others need. */
  @Test
  void leasesThatEnd_whereNoDeadLetterHasRoom_lookThemUpOnce() {
    int many = 50;
    node.messages(many);
    node.open(many);
    node.later(LEASE);
    node.later(LEASE);
    assertEquals(MOST_DEAD, node.dead().size());
    node.store.calls();
    node.later(LEASE);
    int looked = node.store.calls().getOrDefault("scan INBOX", 0);
    assertTrue(looked < 2 * many, "one for each that is sent again, and few more: " + looked);
  }

  /** As after SIGKILL: no stream was closed. */
  @Test
  void restart_betweenDeliveryAndAcknowledgement_repeatsWhatWasNotAcknowledged_alone() {
    SubscribedNode.Subscriber one = node.open(10);
    node.messages(6);
    one.acknowledge(2, 3, 6);
    node.settle();
    node.restart();
    SubscribedNode.Subscriber after = node.open(10);
    assertEquals(List.of(1L, 4L, 5L), after.positions());
    assertTrue(after.given.stream().allMatch(Delivery::getRedelivery));
    after.acknowledge(1, 4, 5);
    node.settle();
    node.restart();
    assertEquals(List.of(), node.open(10).positions());
  }

  @Test
  void recalledMessage_whoseLeaseEnded_isNotSentAgain() {
    SubscribedNode.Subscriber one = node.open(1);
    MessageId recalled = node.message("");
    one.full = true;
    node.recalled(recalled);
    node.later(LEASE);
    SubscribedNode.Subscriber other = node.open(10);
    assertTrue(other.positions().stream().noneMatch(at -> at == 1L), other.positions()::toString);
  }

  @Test
  void condition_selectsByLabel_andDeliversWhatItCannotDecide() {
    node.create("team", shared().setCondition("label.case_ref.startsWith('DE-')").build());
    var unused = node.message("FR-1");
    MessageId wanted = node.message("DE-7");
    SubscribedNode.Subscriber one = node.open(10);
    assertEquals(1, one.given.size());
    assertEquals(wanted, MessageId.of(one.given.get(0).getLabel().getMessageId().toByteArray()));
  }

  @Test
  void open_withAFilterOrAPosition_ofACreatedSubscription_isRefused() {
    OpenCursor.Builder open = OpenCursor.newBuilder().setCursor("team");
    assertRefused("open.from_position", open.clone().setFromPosition(1).build());
    open.getFilterBuilder().addOrigins("fr.customs");
    assertRefused("open.filter", open.build());
  }

  private void assertRefused(String field, OpenCursor request) {
    Problem problem =
        assertInstanceOf(
                Subscriptions.OpenResult.Invalid.class,
                node.subscriptions.open("desk", request, node.new Subscriber("team")))
            .problem();
    assertEquals(Code.INVALID_FIELD, problem.code());
    assertEquals(field, problem.field());
  }

  /** The windows of all streams together count towards the limit of the client. */
  @Test
  void windowsOfCompetingStreams_countTogether() {
    var first = node.open(10_000);
    var second = node.open(10_000);
    assertEquals(2, node.subscriptions.streams("desk", "team"));
    OpenCursor third = OpenCursor.newBuilder().setCursor("team").setWindow(1).build();
    assertEquals(
        Code.LIMIT_REACHED,
        assertInstanceOf(
                Subscriptions.OpenResult.Invalid.class,
                node.subscriptions.open("desk", third, node.new Subscriber("team")))
            .problem()
            .code());
    first.end();
    second.end();
  }

  @Test
  void streamsOfSharedSubscriptions_areLimited_soThatArrivalsStayCheap() {
    IntStream.range(0, 10).forEach(i -> node.open(1));
    OpenCursor more = OpenCursor.newBuilder().setCursor("team").setWindow(1).build();
    assertEquals(
        Code.LIMIT_REACHED,
        assertInstanceOf(
                Subscriptions.OpenResult.Invalid.class,
                node.subscriptions.open("desk", more, node.new Subscriber("team")))
            .problem()
            .code());
    assertEquals(10, node.subscriptions.streams("desk", "team"));
  }

  /** A stream that never reads or acknowledges costs the others its own credit only. */
  @Test
  void stuckStream_doesNotKeepTheOthersFromTheirWork() {
    SubscribedNode.Subscriber stuck = node.open(2);
    SubscribedNode.Subscriber works = node.open(10);
    node.messages(50);
    for (int i = 0; i < works.given.size(); i++) {
      works.acknowledge(works.positions().get(i));
    }
    assertEquals(2, stuck.given.size());
    assertEquals(48, works.given.size());
  }
}
