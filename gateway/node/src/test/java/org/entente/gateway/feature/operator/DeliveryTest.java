package org.entente.gateway.feature.operator;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.entente.gateway.ledger.record.FreshContent;
import org.entente.gateway.ledger.table.InboxTable;
import org.entente.gateway.ledger.table.QuarantineTable;
import org.entente.gateway.policy.decide.Permitted;
import org.entente.proto.v1.Delivery;
import org.entente.proto.v1.Filter;
import org.entente.proto.v1.Lane;
import org.entente.proto.v1.OpenCursor;
import org.entente.proto.v1.SubscribeResponse;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What subscribers are given: one by one or together, from memory or from the disk. */
class DeliveryTest {
  @TempDir private Path folder;
  @AutoClose private QuarantineNode node;

  @BeforeEach
  void start() throws IOException {
    node = new QuarantineNode(folder, QuarantineTable.Limits.DEFAULT);
    IntStream.range(0, 10).forEach(i -> node.kit.deliver(node.alert("alert " + i)));
  }

  private List<Delivery> oneByOne(String cursor) {
    List<SubscribeResponse> responses = node.all(cursor);
    assertTrue(responses.stream().allMatch(SubscribeResponse::hasDelivery));
    return responses.stream().map(SubscribeResponse::getDelivery).toList();
  }

  @Test
  void batch_bringsTheSameInTheSameOrder_soManyInAResponse() {
    List<SubscribeResponse> together = node.all("together", 4);
    assertEquals(
        List.of(4, 4, 2),
        together.stream().map(r -> r.getDeliveries().getDeliveriesCount()).toList());
    assertEquals(
        oneByOne("alone"),
        together.stream().flatMap(r -> r.getDeliveries().getDeliveriesList().stream()).toList());
  }

  /** A response is as large as one message may be at most, and not more than a client takes. */
  @Test
  void batch_ofLongMessages_isBoundedInBytes() {
    String description = "x".repeat(19_000);
    IntStream.range(0, 120).forEach(i -> node.kit.deliver(node.alert("long " + i, description)));
    List<SubscribeResponse> together = node.all("together", 256);
    assertEquals(
        130, together.stream().mapToInt(r -> r.getDeliveries().getDeliveriesCount()).sum());
    int largest = together.stream().mapToInt(SubscribeResponse::getSerializedSize).max().orElse(0);
    assertTrue(largest > 1_000_000 && largest <= 1 << 20, "" + largest);
  }

  @Test
  void filterOfLanes_bringsThoseOnly() {
    Filter.Builder filter = Filter.newBuilder().addLanes(Lane.LANE_FLASH);
    OpenCursor.Builder open = OpenCursor.newBuilder().setCursor("flash");
    assertEquals(List.of(), node.all(open.setFilter(filter).build()));
    filter.addLanes(Lane.LANE_PRIORITY);
    open.setCursor("both").setFilter(filter);
    assertEquals(10, node.all(open.build()).size());
  }

  /** The subscriber cannot tell from where it comes. */
  @Test
  void whatJustCame_isGivenFromMemory_andTheSameFromTheDiskAfterARestart() {
    List<Delivery> fresh = oneByOne("before");
    assertEquals(10, fresh.size());
    fresh.forEach(one -> assertNotNull(node.ledger.inbox().fresh().at(one.getPosition())));
    node.restart();
    fresh.forEach(one -> assertNull(node.ledger.inbox().fresh().at(one.getPosition())));
    assertEquals(fresh, oneByOne("after"));
  }

  @Test
  void whatCameSomeTimeAgo_isNotInMemoryAnyMore() {
    List<Delivery> fresh = oneByOne("before");
    long end = node.now.plus(FreshContent.KEPT).toEpochMilli();
    node.ledger.inbox().fresh().expire(end);
    fresh.forEach(one -> assertNotNull(node.ledger.inbox().fresh().at(one.getPosition())));
    node.ledger.inbox().fresh().expire(end + 1);
    fresh.forEach(one -> assertNull(node.ledger.inbox().fresh().at(one.getPosition())));
    assertEquals(fresh, oneByOne("after"));
  }

  /**
   * Beside the originator's marking, never in its place; and only where there is another scheme.
   */
  @Test
  void nationalClassification_hasWhatItIsHandledAsHereBesideIt_fromMemoryAndFromTheDisk() {
    node.kit.deliver(node.marked("FR", "DIFFUSION RESTREINTE"));
    node.kit.deliver(node.marked("DE", "VS-NUR FÜR DEN DIENSTGEBRAUCH"));
    List<Delivery> all = oneByOne("before");
    Delivery french = all.get(10);
    assertEquals("FR", french.getLabel().getClassificationScheme());
    assertEquals("DIFFUSION RESTREINTE", french.getLabel().getClassificationMarking());
    assertEquals("DE", french.getEquivalent().getScheme());
    assertEquals("VS-NUR FÜR DEN DIENSTGEBRAUCH", french.getEquivalent().getMarking());
    assertFalse(all.get(11).hasEquivalent(), "its own scheme");
    assertFalse(all.get(0).hasEquivalent(), "no scheme");
    node.restart();
    assertEquals(all, oneByOne("after"));
  }

  /** It is kept beyond that, for who looks for it. */
  @Test
  void whatIsPastItsDeliveryTime_isNotDelivered() {
    node.now = node.now.plus(Duration.ofDays(1)).minusMillis(1);
    assertEquals(10, oneByOne("in-time").size());
    node.now = node.now.plusMillis(1);
    assertEquals(List.of(), oneByOne("late"));
  }

  /** What is erased is not kept in memory either. */
  @Test
  void recalledMessage_goesFromMemoryToo() {
    Permitted alert = node.alert("recalled");
    node.kit.deliver(alert);
    InboxTable.PlacedRecord placed = requireNonNull(node.ledger.inbox().find(alert.messageId()));
    assertNotNull(node.ledger.inbox().fresh().at(placed.position()));
    node.kit.deliver(node.recallOf(alert.messageId()));
    node.kit.settle();
    assertNull(node.ledger.inbox().fresh().at(placed.position()));
  }
}
