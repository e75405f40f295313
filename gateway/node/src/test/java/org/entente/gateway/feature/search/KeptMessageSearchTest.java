package org.entente.gateway.feature.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.retention.BucketSweep;
import org.entente.gateway.testkit.ReceiveKit;
import org.entente.gateway.testkit.Results;
import org.entente.proto.v1.EvidenceKind;
import org.entente.proto.v1.SearchRequest;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is found between the time by which it was to be delivered, a day here, and the end of its
 * retention, 30 days.
 */
class KeptMessageSearchTest {
  private static final NodeName OFFICE = new NodeName("records");
  private static final Duration LATE = Duration.ofDays(29);
  private static final Duration ENDED = Duration.ofDays(3);

  @TempDir private Path folder;
  @AutoClose private SearchNode node;
  private LocalDate lastDay;

  @BeforeEach
  void start() throws IOException {
    node = new SearchNode(folder, 20);
    lastDay = LocalDate.ofInstant(ReceiveKit.keptUntil(node.now), ZoneOffset.UTC);
  }

  private static SearchRequest.Builder ask() {
    return SearchNode.ask();
  }

  /** The next process begins with an empty index. */
  private void restart() {
    node.restart();
    node.indexing.round();
  }

  private void assertOpens(MessageId id) {
    Results.value(node.open(id));
  }

  private void assertGone(MessageId id) {
    assertFalse(node.found(ask()).contains(id));
    assertEquals(Code.NOT_FOUND, Results.problem(node.open(id)).code());
  }

  /** As the hourly chore does: the key goes, then what it opened. */
  private void retentionEnds() {
    node.now = node.now.plus(ENDED);
    node.keys.destroy(lastDay);
    new BucketSweep(ReceiveKit.SELF, node.ledger, node.kit.evidence(), () -> node.now).round();
  }

  private boolean isOwed(EvidenceKind kind, MessageId id) {
    return node.kit.owed().stream()
        .anyMatch(
            item ->
                item.getKind() == kind
                    && MessageId.of(item.getMessageId().toByteArray()).equals(id));
  }

  @Test
  void pastItsDeliveryTime_isFoundAndOpened_andLeavesTheMemoryWithItsRetention() {
    MessageId late = node.received("late");
    MessageId unread = node.received("unread");
    node.now = node.now.plus(LATE);
    assertEquals(List.of(unread, late), node.found(ask()));
    restart();
    assertEquals(List.of(late), node.found(ask().setHeadline("late")));
    MessageId recent = node.receivedUrgently("recent");
    assertOpens(late);
    assertTrue(isOwed(EvidenceKind.EVIDENCE_KIND_RETRIEVAL, late), "however late it is opened");

    retentionEnds();
    assertEquals(List.of(recent), node.found(ask()));
    assertGone(late);
    node.now = node.now.plus(SearchIndex.PURGED_EVERY);
    node.indexing.round();
    assertEquals(1, node.indexing.size());
    assertFalse(node.indexing.ready().index().holdsRemoved());
    assertTrue(isOwed(EvidenceKind.EVIDENCE_KIND_NON_RETRIEVAL, unread));
    assertFalse(isOwed(EvidenceKind.EVIDENCE_KIND_NON_RETRIEVAL, late));
    assertFalse(isOwed(EvidenceKind.EVIDENCE_KIND_RETRIEVAL, unread), "found is not opened");
  }

  @Test
  void recalledPastItsDeliveryTime_isNotFound() {
    MessageId recalled = node.received("recalled");
    MessageId held = node.received("held");
    node.retention.hold(OFFICE, held, SearchNode.PERSON);
    node.now = node.now.plus(LATE);
    node.kit.renewKeys();
    assertEquals(List.of(held, recalled), node.found(ask()));
    node.recalled(recalled);
    node.recalled(held);
    assertGone(recalled);
    assertGone(held);
    restart();
    assertGone(recalled);
    assertGone(held);
  }

  /** A hold keeps what is found, and its end takes it away, however long all else is over. */
  @Test
  void heldPastItsRetention_isFound_untilTheHoldEnds() {
    MessageId held = node.received("held");
    node.retention.hold(OFFICE, held, SearchNode.PERSON);
    node.now = node.now.plus(LATE);
    retentionEnds();
    assertEquals(List.of(held), node.found(ask()));
    restart();
    assertEquals(List.of(held), node.found(ask()));
    assertOpens(held);
    assertTrue(Results.value(node.retention.release(OFFICE, held, SearchNode.PERSON)).isPresent());
    assertGone(held);
    assertEquals(0, node.indexing.ready().index().size());
  }
}
