package org.entente.gateway.deliver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.entente.gateway.audit.record.AuditSubject;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.ledger.LedgerLimits;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.EvidenceMessages;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Table;
import org.entente.proto.store.v1.CursorRecord;
import org.entente.proto.store.v1.PassedRange;
import org.entente.proto.store.v1.UnloggedRange;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.EvidenceKind;
import org.entente.proto.v1.OpenCursor;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Acknowledgements that the ledger refuses, and those that it cannot apply. */
@SuppressWarnings("NullAway.Init") // set before each test
@Timeout(60)
class AcknowledgementTest {
  /** As {@code RetrievalRecords} has it. */
  private static final byte RETRIEVALS = 12;

  @TempDir private Path folder;
  @AutoClose private SubscribedNode node;

  @BeforeEach
  void open() throws IOException {
    node = new SubscribedNode(folder);
  }

  /** Their records together are more than a change may put, in a cluster. */
  @Test
  void dueRanges_ofManyLargeCursors_areRecorded_andThoseOfOthersToo() {
    CursorRecord.Builder due = CursorRecord.newBuilder().addNextPosition(2);
    due.addUnlogged(UnloggedRange.newBuilder().setLane(4).setFirst(1).setLast(1).setCount(1));
    CursorRecord small = due.build();
    for (int i = 0; i < 3_000; i++) {
      due.addPassed(
          PassedRange.newBuilder().setLane(4).setFirst(Long.MAX_VALUE).setLast(Long.MAX_VALUE));
    }
    node.ledger.commit(
        Lane.ROUTINE,
        tx -> {
          for (int i = 0; i < 100; i++) {
            node.ledger.cursors().write(tx, "other", "cursor-" + i, due.build());
          }
          node.ledger.cursors().write(tx, "desk", "cursor", small);
          return tx;
        });
    node.restart();
    node.store.takeBatchesUpTo(8 << 20);
    node.later(Duration.ofSeconds(10));
    assertEquals(101, told().size());
    node.ledger
        .cursors()
        .all("", 1_000)
        .forEach(one -> assertEquals(0, one.record().getUnloggedCount(), one.cursor()));
  }

  @Test
  void rangesThatCannotBeRecorded_areLoggedOnce_andRecordedOnceTheyCanBe() {
    CursorRecord.Builder due = CursorRecord.newBuilder().addNextPosition(2);
    due.addUnlogged(UnloggedRange.newBuilder().setLane(4).setFirst(1).setLast(1).setCount(1));
    for (int i = 0; i < 3_000; i++) {
      due.addPassed(
          PassedRange.newBuilder().setLane(4).setFirst(Long.MAX_VALUE).setLast(Long.MAX_VALUE));
    }
    node.ledger.commit(
        Lane.ROUTINE,
        tx -> {
          node.ledger.cursors().write(tx, "desk", "cursor", due.build());
          return tx;
        });
    node.restart();
    Logger log = (Logger) LoggerFactory.getLogger(AcknowledgementCommit.class);
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    log.addAppender(lines);
    try {
      node.store.takeBatchesUpTo(16 << 10);
      for (int round = 0; round < 3; round++) {
        node.later(Duration.ofSeconds(10));
      }
    } finally {
      log.detachAppender(lines);
    }
    assertEquals(1, lines.list.size(), lines.list.toString());
    assertEquals(List.of(), told());
    node.store.takeBatchesUpTo(8 << 20);
    node.later(Duration.ofSeconds(10));
    assertEquals(1, told().size());
  }

  /** As many changes wait as may. */
  private void flood() {
    CompletableFuture<Boolean> last = new CompletableFuture<>();
    for (int i = 0;
        i < LedgerLimits.DEFAULT.maxWaiting() && !last.isCompletedExceptionally();
        i++) {
      last = node.ledger.write(Lane.ROUTINE, tx -> true);
    }
    assertTrue(last.isCompletedExceptionally());
  }

  /** What the audit log says of deliveries, each as {@code first-last: words}. */
  private List<String> told() {
    node.settle();
    return node.leaves.all().stream()
        .filter(leaf -> leaf.type() == AuditType.DELIVERED_RANGE)
        .map(
            leaf -> {
              AuditSubject.Range range = Objects.requireNonNull(leaf.subject().range());
              return range.first() + "-" + range.last() + ": " + leaf.outcome().detail();
            })
        .toList();
  }

  /** Messages whose origin is owed evidence of their retrieval. */
  private List<MessageId> owed() {
    return node.kit.owed().stream()
        .filter(item -> item.getKind() == EvidenceKind.EVIDENCE_KIND_RETRIEVAL)
        .flatMap(item -> EvidenceMessages.of(item).stream())
        .toList();
  }

  private void damage(Table table, int space) {
    List<byte[]> keys = new ArrayList<>();
    try (Scan scan = node.store.scan(table, new byte[] {(byte) space}, null)) {
      while (scan.hasNext()) {
        scan.next();
        if (space == 0 || scan.key()[0] == space) {
          keys.add(scan.key());
        }
      }
    }
    assertTrue(!keys.isEmpty());
    node.ledger.commit(
        Lane.ROUTINE,
        tx -> {
          keys.forEach(key -> tx.put(table, key, new byte[] {-1, -1, -1, -1, -1}));
          return true;
        });
  }

  @Test
  void acknowledgementRefusedForLoad_isWrittenLater_withItsEvidenceAndRange() throws Exception {
    List<MessageId> ids = List.of(node.message(Lane.ROUTINE), node.message(Lane.ROUTINE));
    SubscribedNode.Subscriber one = node.subscriber("cursor");
    CountDownLatch go = node.busy();
    flood();
    one.acknowledge(1);
    go.countDown();
    node.ledger.commit(Lane.FLASH, tx -> true);
    one.acknowledge(2);
    one.end();
    node.later(Duration.ofSeconds(10));
    assertEquals(List.of("1-2: 2 acknowledged, cursor cursor"), joined(told()));
    assertEquals(ids, owed());
    assertEquals(List.of(), node.subscriber("cursor").given, "it is durable");
  }

  /** Whether both were in one commit depends on the time; their ranges follow without a gap. */
  private static List<String> joined(List<String> told) {
    return told.equals(
            List.of("1-1: 1 acknowledged, cursor cursor", "2-2: 1 acknowledged, cursor cursor"))
        ? List.of("1-2: 2 acknowledged, cursor cursor")
        : told;
  }

  @Test
  void endOfAStreamRefusedForLoad_isInTheAuditLogLater() throws Exception {
    node.message(Lane.ROUTINE);
    SubscribedNode.Subscriber one = node.subscriber("cursor");
    CountDownLatch go = node.busy();
    flood();
    CompletableFuture<?> ended = one.subscription.close();
    go.countDown();
    ended.get(30, TimeUnit.SECONDS);
    assertEquals(List.of("1-1: 1 delivered, not acknowledged, cursor cursor"), told());
  }

  @Test
  void acknowledgementsOfACursor_waitAsOneChange() throws Exception {
    for (int i = 0; i < 50; i++) {
      node.message(Lane.ROUTINE);
    }
    SubscribedNode.Subscriber one = node.subscriber("cursor");
    CountDownLatch go = node.busy();
    for (int i = 0; i < 50; i++) {
      one.acknowledge(i + 1);
    }
    assertEquals(1, node.ledger.waiting());
    go.countDown();
    one.end();
    assertEquals(50, owed().size());
  }

  /** A turn is a hand-over to a worker. */
  @Test
  void acknowledgement_takesATurn_onlyIfADeliveryWaitsForIt() {
    node.message(Lane.ROUTINE);
    node.message(Lane.ROUTINE);
    SubscribedNode.Subscriber narrow =
        node.open(OpenCursor.newBuilder().setCursor("narrow").setWindow(1).build());
    int turns = narrow.turns;
    narrow.acknowledge(1);
    assertEquals(2, narrow.given.size());
    assertEquals(turns + 1, narrow.turns);

    SubscribedNode.Subscriber wide = node.subscriber("wide");
    assertEquals(2, wide.given.size());
    int turnsOfWide = wide.turns;
    wide.acknowledge(1, 2);
    assertEquals(turnsOfWide, wide.turns);
    node.message(Lane.ROUTINE);
    assertEquals(3, wide.given.size());
  }

  /** Otherwise a client could have any number of acknowledgements in memory. */
  @Test
  void acknowledgementsThatWait_holdUpFurtherDeliveries() throws Exception {
    int most = OpenCursorCheck.MAX_WINDOW;
    for (int i = 0; i <= most; i++) {
      node.received(Lane.ROUTINE, Body.getDefaultInstance(), label -> {});
    }
    SubscribedNode.Subscriber one = node.subscriber("cursor");
    assertEquals(most, one.given.size());
    CountDownLatch go = node.busy();
    one.acknowledge(most);
    assertEquals(most, one.given.size());
    go.countDown();
    node.settle();
    assertEquals(most + 1, one.given.size(), "woken when they were durable");
  }

  /** In a cluster a change has little room, and a record of retrievals names all clients. */
  @Test
  void acknowledgementsOfMoreThanAChangeMayPut_areSeveralChanges_andLoseNoEvidence() {
    int messages = 3_000;
    for (int i = 0; i < messages; i++) {
      node.received(Lane.ROUTINE, Body.getDefaultInstance(), label -> {});
    }
    SubscribedNode.Subscriber one = node.subscriber("cursor");
    assertEquals(messages, one.given.size());
    node.store.takeBatchesUpTo(64 << 10);
    one.acknowledge(messages);
    one.end();
    assertEquals(Set.copyOf(one.ids()), Set.copyOf(owed()));
    assertEquals(messages, owed().size(), "each once");
    assertEquals(List.of(), node.subscriber("cursor").given);
  }

  /** Its origin learns of it again from each client: better than not at all. */
  @Test
  void damagedRecordOfRetrievals_losesNeitherPositionNorLeafNorEvidence() throws Exception {
    node.message(Lane.ROUTINE);
    SubscribedNode.Subscriber before = node.subscriber("other");
    before.acknowledge(1);
    before.end();
    damage(Table.EVIDENCE, RETRIEVALS);
    MessageId second = node.message(Lane.ROUTINE);
    SubscribedNode.Subscriber one = node.subscriber("cursor");
    one.acknowledge(2);
    one.end();
    assertEquals("1-2: 2 acknowledged, cursor cursor", told().get(1));
    assertTrue(owed().contains(second));
    assertEquals(List.of(), node.subscriber("cursor").given);
  }

  /** Neither a gateway's start nor the other streams of its client need it. */
  @Test
  void cursorThatCannotBeRead_keepsNeitherTheGatewayNorOtherCursorsFromTheirWork()
      throws Exception {
    node.message(Lane.ROUTINE);
    SubscribedNode.Subscriber one = node.subscriber("damaged");
    one.acknowledge(1);
    one.end();
    damage(Table.CURSOR, 0);
    assertEquals(1, node.subscriber("cursor").given.size());
    node.restart();
    assertEquals(1, node.subscriber("cursor").given.size());
    assertEquals(1, node.ledger.unreadable().count(Table.CURSOR));
  }

  @Test
  void acknowledgementThatFails_endsTheStream() throws Exception {
    node.message(Lane.ROUTINE);
    node.message(Lane.ROUTINE);
    SubscribedNode.Subscriber one = node.subscriber("cursor");
    one.mayEnd = true;
    one.acknowledge(1);
    told();
    damage(Table.CURSOR, 0);
    one.acknowledge(2);
    node.settle();
    assertEquals(List.of(Code.INTERNAL), one.ended);
    assertEquals(
        Code.INTERNAL,
        one.subscription.acknowledge(one.given.get(1).getPosition()).orElseThrow().code());
  }

  /** The stream has ended, but not all that it said is durable. */
  @Test
  void acknowledgementsThatWait_areApplied_beforeTheirCursorIsForgotten() {
    MessageId id = node.message(Lane.ROUTINE);
    SubscribedNode.Subscriber one = node.subscriber("cursor");
    CountDownLatch go = node.busy();
    flood();
    one.acknowledge(1);
    CompletableFuture<?> settled =
        node.ledger.write(
            Lane.FLASH,
            tx -> {
              node.subscriptions.settle(tx, "desk", "cursor");
              return true;
            });
    go.countDown();
    settled.join();
    assertEquals(List.of("1-1: 1 acknowledged, cursor cursor"), told());
    assertEquals(List.of(id), owed());
  }

  /** One commit takes a window of them; what is left would be written behind the change. */
  @Test
  void moreThanAWindowOfThem_areWritten_beforeTheirCursorIsSetBack() {
    int most = OpenCursorCheck.MAX_WINDOW;
    for (int i = 0; i < most; i++) {
      node.received(Lane.ROUTINE, Body.getDefaultInstance(), label -> {});
    }
    node.received(Lane.PRIORITY, Body.getDefaultInstance(), label -> {});
    SubscribedNode.Subscriber one = node.subscriber("cursor");
    assertEquals(most + 1, one.given.size());
    CountDownLatch go = node.busy();
    one.acknowledge(most, most + 1);
    CompletableFuture<?> ended = node.subscriptions.closed("desk", "cursor", one.subscription);
    CompletableFuture<Optional<Boolean>> back =
        CompletableFuture.supplyAsync(
            () -> node.subscriptions.whileClosed("desk", "cursor", this::setBack));
    while (node.ledger.waiting() < 2) {
      Thread.onSpinWait();
    }
    go.countDown();
    assertEquals(Optional.of(true), back.join());
    ended.join();
    node.settle();
    assertEquals(most + 1, node.subscriber("cursor").given.size(), "from where it was set");
  }

  /** A client that was slow to notice set the cursor of the one that took it over. */
  @Test
  void acknowledgement_onAStreamThatWasTakenOver_changesNothing() {
    node.message(Lane.ROUTINE);
    node.message(Lane.ROUTINE);
    SubscribedNode.Subscriber former = node.subscriber("cursor");
    former.mayEnd = true;
    SubscribedNode.Subscriber present = node.subscriber("cursor");
    assertEquals(List.of(Code.CURSOR_TAKEN_OVER), former.ended);
    node.settle();
    List<String> before = told();
    former.acknowledge(2);
    node.settle();
    assertEquals(before, told());
    present.end();
    assertEquals(List.of(1L, 2L), node.subscriber("cursor").positions());
  }

  private boolean setBack() {
    return node.ledger.commit(
        Lane.ROUTINE,
        tx -> {
          CursorRecord before = node.ledger.cursors().read(tx, "desk", "cursor").orElseThrow();
          CursorRecord.Builder back = before.toBuilder().clearNextPosition();
          Lane.all().forEach(lane -> back.addNextPosition(1));
          node.ledger.cursors().write(tx, "desk", "cursor", back.build());
          return true;
        });
  }
}
