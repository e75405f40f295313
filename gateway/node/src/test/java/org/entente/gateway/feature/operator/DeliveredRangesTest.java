package org.entente.gateway.feature.operator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditSubject;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.LawCategory;
import org.entente.gateway.deliver.CursorLimits;
import org.entente.gateway.deliver.Subscriptions;
import org.entente.gateway.ledger.table.QuarantineTable;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Result;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.gateway.policy.codes.MessageLimits;
import org.entente.gateway.policy.decide.Permitted;
import org.entente.gateway.testkit.ReceiveKit;
import org.entente.proto.v1.Delivery;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.OpenCursor;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the audit log says of deliveries to subscribers, also of a gateway that is killed. */
class DeliveredRangesTest {
  private static final String CURSOR = "main";
  private static final OpenCursor OPEN = OpenCursor.newBuilder().setCursor(CURSOR).build();

  /** As {@link QuarantineNode} has it. */
  private static final Duration EVERY = Duration.ofSeconds(10);

  @TempDir private Path folder;
  @AutoClose private QuarantineNode aside;

  @BeforeEach
  void start() throws IOException {
    aside = new QuarantineNode(folder, QuarantineTable.Limits.DEFAULT);
  }

  private void deliver(int count) {
    for (int i = 0; i < count; i++) {
      aside.kit.handOver(aside.sealed(aside.alert("alert " + i)));
    }
  }

  private static void acknowledge(QuarantineNode.Stream stream, int which) {
    long position = stream.given().get(which).getPosition();
    assertEquals(Optional.empty(), stream.subscription().acknowledge(position));
  }

  /** All that was handed to the ledger before is durable. */
  private void settle() {
    aside.ledger.commit(Lane.ROUTINE, tx -> CURSOR);
  }

  private List<AuditRecord> leaves() {
    settle();
    return aside.leaves.all().stream()
        .filter(leaf -> leaf.type() == AuditType.DELIVERED_RANGE)
        .toList();
  }

  private static AuditSubject.Range range(AuditRecord leaf) {
    return Objects.requireNonNull(leaf.subject().range());
  }

  /** Each as {@code first-last: words}. */
  private List<String> told() {
    return leaves().stream()
        .map(
            leaf ->
                "%d-%d: %s"
                    .formatted(range(leaf).first(), range(leaf).last(), leaf.outcome().detail()))
        .toList();
  }

  private void pass(Duration time) {
    settle();
    aside.now = aside.now.plus(time);
  }

  @Test
  void acknowledgements_haveALeafAtOnce_andThenOneInTenSecondsTogether() {
    deliver(6);
    QuarantineNode.Stream stream = aside.stream(OPEN);
    acknowledge(stream, 0);
    assertEquals(List.of("1-1: 1 acknowledged, cursor main"), told());
    acknowledge(stream, 1);
    acknowledge(stream, 2);
    aside.subscriptions.round();
    assertEquals(1, told().size(), "not before the time is over");
    pass(EVERY);
    acknowledge(stream, 4);
    assertEquals("2-5: 4 acknowledged, cursor main", told().get(1));
    acknowledge(stream, 5);
    pass(EVERY);
    aside.subscriptions.round();
    aside.subscriptions.round();
    assertEquals(
        List.of(
            "1-1: 1 acknowledged, cursor main",
            "2-5: 4 acknowledged, cursor main",
            "6-6: 1 acknowledged, cursor main"),
        told());
    AuditRecord leaf = leaves().get(0);
    assertEquals(LawCategory.CONSULTATION, leaf.category());
    assertEquals(new NodeName("desk"), leaf.actor().client());
    assertEquals(Lane.PRIORITY, range(leaf).lane());
  }

  @Test
  void clockThatIsSetBack_holdsNoLeafBack() {
    deliver(2);
    QuarantineNode.Stream stream = aside.stream(OPEN);
    acknowledge(stream, 0);
    pass(Duration.ofDays(-1));
    acknowledge(stream, 1);
    assertEquals(2, told().size());
  }

  /** Killed between the acknowledgement and its leaf: the next process tells of it. */
  @Test
  void gatewayThatIsKilledInBetween_leavesNothingOut() {
    deliver(6);
    QuarantineNode.Stream stream = aside.stream(OPEN);
    acknowledge(stream, 0);
    acknowledge(stream, 3);
    settle();
    aside.restart();
    assertEquals(List.of("1-1: 1 acknowledged, cursor main"), told());
    pass(EVERY);
    aside.subscriptions.round();
    assertEquals("2-4: 3 acknowledged, cursor main", told().get(1));

    acknowledge(aside.stream(OPEN), 0);
    settle();
    aside.restart();
    acknowledge(aside.stream(OPEN), 0);
    pass(EVERY);
    aside.subscriptions.round();
    assertEquals("5-6: 2 acknowledged, cursor main", told().get(2), "joined over the restart");
  }

  private void close(QuarantineNode.Stream stream) {
    var unused = aside.subscriptions.closed("desk", CURSOR, stream.subscription()).join();
  }

  @Test
  void endOfAStream_isToldOf_withWhatItsClientDidNotAcknowledge_whenThatIsDue() {
    deliver(5);
    QuarantineNode.Stream stream = aside.stream(OPEN);
    acknowledge(stream, 0);
    acknowledge(stream, 2);
    close(stream);
    assertEquals(
        List.of("1-1: 1 acknowledged, cursor main"), told(), "not before the time is over");
    aside.restart();
    pass(EVERY);
    aside.subscriptions.round();
    List<String> all =
        List.of(
            "1-1: 1 acknowledged, cursor main",
            "2-3: 2 acknowledged, cursor main",
            "4-5: 2 delivered, not acknowledged, cursor main");
    assertEquals(all, told());
    pass(EVERY);
    aside.subscriptions.round();
    assertEquals(all, told(), "once");
  }

  /** Who reads and never acknowledges, to be on no record, is. */
  @Test
  void clientThatNeverAcknowledges_isOnRecord_whenItsStreamEndsOrIsTakenOver() {
    deliver(3);
    aside.stream(OPEN);
    assertTrue(told().isEmpty(), "it has time to acknowledge");
    QuarantineNode.Stream second = aside.stream(OPEN);
    String given = "1-3: 3 delivered, not acknowledged, cursor main";
    assertEquals(List.of(given), told());
    pass(EVERY);
    close(second);
    assertEquals(List.of(given, given), told());
  }

  /** A leaf each time would fill the log and the disk. */
  @Test
  void streamsThatOpenAndCloseInALoop_joinIntoOneLeaf() {
    deliver(3);
    for (int i = 0; i < 101; i++) {
      close(aside.stream(OPEN));
    }
    assertEquals(List.of("1-3: 3 delivered, not acknowledged, cursor main"), told());
    settle();
    aside.restart();
    pass(EVERY);
    aside.subscriptions.round();
    assertEquals(2, told().size());
    assertEquals("1-3: 300 delivered, not acknowledged, cursor main", told().get(1));
  }

  /** The same by who reads again and again from elsewhere, and acknowledges that or not. */
  @Test
  void replaysInALoop_makeFewLeaves_thatSpeakOfAllThatWasGiven() {
    deliver(20);
    acknowledge(aside.stream(OPEN), 0);
    for (int i = 0; i < 100; i++) {
      QuarantineNode.Stream stream =
          aside.stream(OPEN.toBuilder().setFromPosition(20 - i % 10 * 2).build());
      if (i % 2 == 0) {
        acknowledge(stream, 0);
      }
      close(stream);
    }
    assertEquals(List.of("1-1: 1 acknowledged, cursor main"), told());
    pass(EVERY);
    aside.subscriptions.round();
    List<AuditRecord> ranges = leaves();
    assertTrue(ranges.size() <= 6, ranges::toString);
    List<AuditRecord> acknowledged =
        ranges.stream().filter(it -> !it.outcome().detail().contains("not")).toList();
    assertEquals(51, acknowledged.stream().mapToLong(DeliveredRangesTest::count).sum());
    for (long position = 4; position <= 20; position += 4) {
      long given = position;
      assertTrue(
          acknowledged.stream().anyMatch(it -> holds(range(it), given)),
          () -> given + " is in none of " + acknowledged);
    }
  }

  private static boolean holds(AuditSubject.Range range, long position) {
    return range.first() <= position && position <= range.last();
  }

  /** Names are free, and the first range of each has its leaf at once. */
  @Test
  void cursorsThatAreUsedOnce_endAtTheLimitOfTheirClient() {
    deliver(1);
    int most = CursorLimits.DEFAULT.cursors();
    for (int i = 0; i < most; i++) {
      String name = "used-once-" + i;
      QuarantineNode.Stream stream = aside.stream(OPEN.toBuilder().setCursor(name).build());
      var unused = aside.subscriptions.closed("desk", name, stream.subscription()).join();
    }
    assertEquals(most, told().size());
    Subscriptions.OpenResult refused = aside.subscriptions.open("desk", OPEN, aside.nobody());
    assertEquals(Code.LIMIT_REACHED, ((Subscriptions.OpenResult.Invalid) refused).problem().code());
  }

  /** It is told of, and its name is free again; what was acknowledged keeps its place. */
  @Test
  void cursorsThatAcknowledgeNothing_areNotKept_onceTheyAreToldOf() {
    deliver(3);
    QuarantineNode.Stream other = aside.stream(OPEN.toBuilder().setCursor("acknowledges").build());
    acknowledge(other, 1);
    close(aside.stream(OPEN));
    close(aside.stream(OPEN));
    assertEquals(2, aside.ledger.cursors().names("desk", 10).size());

    pass(EVERY);
    aside.restart();
    aside.subscriptions.round();
    settle();
    assertEquals(
        2, told().stream().filter(leaf -> leaf.endsWith("acknowledged, cursor main")).count());
    assertEquals(2, aside.ledger.cursors().names("desk", 10).size(), "its next leaf is not due");
    pass(EVERY);
    aside.subscriptions.round();
    settle();
    assertEquals(List.of("acknowledges"), aside.ledger.cursors().names("desk", 10));
    assertEquals(3, aside.stream(OPEN).given().size(), "from the beginning, as ever");
  }

  @Test
  void streamThatWasGivenNothing_hasNoLeaf_andCostsNoCommit() {
    QuarantineNode.Stream stream = aside.stream(OPEN);
    var unused = aside.subscriptions.closed("desk", CURSOR, stream.subscription()).join();
    assertEquals(List.of(), told());
  }

  @Test
  void replay_isToldOfApart() {
    deliver(3);
    QuarantineNode.Stream stream = aside.stream(OPEN);
    acknowledge(stream, 0);
    acknowledge(stream, 2);
    acknowledge(aside.stream(OPEN.toBuilder().setFromPosition(2).build()), 1);
    pass(EVERY);
    aside.subscriptions.round();
    assertEquals(
        List.of(
            "1-1: 1 acknowledged, cursor main",
            "2-3: 2 acknowledged, cursor main",
            "2-3: 2 acknowledged, cursor main"),
        told());
  }

  @Test
  void cursorThatIsForgotten_isToldOfBefore() {
    deliver(2);
    QuarantineNode.Stream stream = aside.stream(OPEN);
    acknowledge(stream, 0);
    acknowledge(stream, 1);
    settle();
    aside.restart();
    Result<Long> answer =
        new ClientSubscriptions(
                ReceiveKit.SELF,
                aside.ledger,
                new LabelCheck(MessageLimits.defaults()),
                aside.subscriptions,
                Set::of)
            .delete(
                QuarantineNode.OPERATOR,
                "desk",
                CURSOR,
                OnBehalfOf.newBuilder().setOfficer("DE-3").setJustification("closed").build());
    assertTrue(answer instanceof Result.Done<Long>, answer::toString);
    assertEquals("2-2: 1 acknowledged, cursor main", told().get(1));
    assertEquals(AuditType.OPERATOR_ACTION, aside.leaves.last().type());
    pass(EVERY);
    aside.subscriptions.round();
    assertEquals(2, told().size());
  }

  /**
   * However it is acknowledged, cut off and killed, the ranges of a lane follow upon each other.
   */
  @Test
  void ranges_followWithoutGap_andCountEachAcknowledgedMessageOnce() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    List<Permitted> sent = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      Permitted alert = aside.alert("alert " + i);
      sent.add(alert);
      aside.kit.handOver(aside.sealed(alert));
      if (random.nextInt(6) == 0) {
        Permitted target = sent.get(random.nextInt(sent.size()));
        aside.kit.handOver(
            aside.sealed(
                aside.recallOf(MessageId.of(target.label().getMessageId().toByteArray()))));
      }
    }
    Set<Long> acknowledged = new TreeSet<>();
    QuarantineNode.Stream stream = aside.stream(OPEN);
    for (int i = 0; i < 80; i++) {
      pass(Duration.ofSeconds(random.nextInt(4)));
      switch (random.nextInt(6)) {
        case 0 -> {
          settle();
          aside.restart();
          stream = aside.stream(OPEN);
        }
        case 1 -> {
          var unused = aside.subscriptions.closed("desk", CURSOR, stream.subscription()).join();
          stream = aside.stream(OPEN);
        }
        case 2 -> aside.subscriptions.round();
        default -> acknowledgeAny(stream, random, acknowledged);
      }
    }
    pass(EVERY);
    aside.subscriptions.round();
    List<AuditRecord> ranges =
        leaves().stream().filter(leaf -> !leaf.outcome().detail().contains("not")).toList();
    long counted = 0;
    for (Lane lane : Lane.all()) {
      long next = 1;
      for (AuditRecord leaf : ranges.stream().filter(it -> range(it).lane() == lane).toList()) {
        assertEquals(next, range(leaf).first(), "seed " + seed + ": " + ranges);
        next = range(leaf).last() + 1;
        counted += count(leaf);
      }
    }
    assertEquals(acknowledged.size(), counted, "seed " + seed + ": " + ranges);
  }

  private static long count(AuditRecord leaf) {
    String words = leaf.outcome().detail();
    return Long.parseLong(words.substring(0, words.indexOf(' ')));
  }

  /** One of those that wait, and with it those before it in its lane. */
  private static void acknowledgeAny(
      QuarantineNode.Stream stream, Random random, Set<Long> acknowledged) {
    List<Delivery> waiting =
        stream.given().stream().filter(it -> !acknowledged.contains(it.getPosition())).toList();
    if (waiting.isEmpty()) {
      return;
    }
    Delivery one = waiting.get(random.nextInt(Math.min(5, waiting.size())));
    assertEquals(Optional.empty(), stream.subscription().acknowledge(one.getPosition()));
    waiting.stream()
        .filter(
            it ->
                it.getLabel().getLane() == one.getLabel().getLane()
                    && it.getPosition() <= one.getPosition())
        .forEach(it -> acknowledged.add(it.getPosition()));
  }
}
