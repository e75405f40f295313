package org.entente.gateway.feature.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.table.InboxTable;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.receive.InboxOpener;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.testkit.QuietLedger;
import org.entente.gateway.testkit.RecordedLeaves;
import org.entente.proto.store.v1.InboxRecord;
import org.entente.proto.v1.Alert;
import org.entente.proto.v1.AlertText;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Subject;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How an index is shared between origins, one of which may send as much as it can. */
class IndexedInboxTest {
  private static final int MOST = 400;
  private static final long NOW = 1_000_000;
  private static final String FLOOD = "xx.customs";
  private static final String HONEST = "fr.customs";

  private final Ledger ledger =
      QuietLedger.started(
          new MemoryStore(new MemoryStore.Disk()),
          () -> Instant.ofEpochMilli(NOW),
          new RecordedLeaves());
  private final Map<Long, Body> bodies = new HashMap<>();
  private long millis = 1;

  @AfterEach
  void close() {
    ledger.halt("end of the test");
    ledger.close();
  }

  private void received(String origin, int messages, int subjects) {
    for (int i = 0; i < messages; i++) {
      Body body = body(subjects);
      MessageId id = MessageId.fresh(NOW, new SecureRandom());
      InboxRecord record =
          InboxRecord.newBuilder()
              .setMessageId(ByteString.copyFrom(id.bytes()))
              .setOrigin(origin)
              .setReceivedAtMs(millis++)
              .build();
      long position =
          ledger.commit(
              Lane.ROUTINE,
              tx -> ledger.inbox().append(tx, Lane.ROUTINE, id, record, new byte[] {1}));
      bodies.put(position, body);
    }
  }

  /** An alert whose subjects occur in no other. */
  private Body body(int subjects) {
    Alert.Builder alert = Alert.newBuilder();
    alert.addTexts(AlertText.newBuilder().setLanguage("en").setHeadline("found"));
    for (int i = 0; i < subjects; i++) {
      alert.addSubjects(
          Subject.newBuilder().setConsignment("C" + millis + "X" + i + "Y".repeat(20)));
    }
    return Body.newBuilder().setAlert(alert).build();
  }

  private IndexedInbox empty() {
    return new IndexedInbox(
        ledger.inbox(),
        placed ->
            Optional.of(
                new InboxOpener.Message(
                    Label.getDefaultInstance(),
                    bodies.getOrDefault(placed.position(), Body.getDefaultInstance()))),
        MOST,
        NOW);
  }

  private static void build(IndexedInbox indexed) {
    for (int i = 0; i < 100 && !indexed.isBuilt(); i++) {
      indexed.build(100);
    }
    assertTrue(indexed.isBuilt(), "it ends");
    indexed.refresh();
  }

  private static long total(IndexedInbox indexed) {
    return indexed.index().shares().values().stream().mapToLong(Long::longValue).sum();
  }

  private static long share(IndexedInbox indexed, String origin) {
    return indexed.index().shares().getOrDefault(origin, 0L);
  }

  @Test
  void floodOfLargeMessages_takesTheirSpace_andDisplacesOnlyMessagesOfItsOrigin() {
    received(HONEST, 100, 1);
    IndexedInbox indexed = empty();
    build(indexed);
    assertEquals(Optional.empty(), indexed.reachesBackTo());
    for (int i = 0; i < 30; i++) {
      received(FLOOD, 10, 256);
      indexed.follow(100);
    }
    indexed.refresh();
    assertEquals(100, share(indexed, HONEST));
    assertTrue(total(indexed) <= MOST + 20, "" + total(indexed));
    assertTrue(share(indexed, FLOOD) > 200, "the newest of it are found");
    assertTrue(indexed.size() < 140, "" + indexed.size());
    assertTrue(indexed.reachesBackTo().isPresent());
    indexed.close();
  }

  @Test
  void fullIndexOfManyOrigins_keepsTheNewestOfEach() {
    IndexedInbox indexed = empty();
    for (int round = 0; round < 30; round++) {
      for (int origin = 0; origin < 40; origin++) {
        received("fr.o" + origin, 1, 1);
        indexed.follow(100);
      }
    }
    indexed.refresh();
    assertTrue(total(indexed) <= MOST + 20, "" + total(indexed));
    for (int origin = 0; origin < 40; origin++) {
      long share = share(indexed, "fr.o" + origin);
      assertTrue(share >= 4, "of o" + origin + ": " + share);
    }
    indexed.close();
  }

  /** Older messages are read by the page, and may go before they are examined. */
  @Test
  void olderMessages_thatGoBeforeTheyAreExamined_areNotFound() {
    received(HONEST, 5, 1);
    List<InboxTable.PlacedRecord> page =
        ledger.commit(
            Lane.ROUTINE,
            tx -> {
              for (int i = 0; i < 10; i++) {
                MessageId id = MessageId.fresh(NOW, new SecureRandom());
                InboxRecord record = InboxRecord.newBuilder().setOrigin(FLOOD).build();
                bodies.put(
                    ledger.inbox().append(tx, Lane.ROUTINE, id, record, new byte[] {1}), body(1));
              }
              return ledger.inbox().page(tx, Lane.ROUTINE, 6);
            });
    assertEquals(10, page.size());
    IndexedInbox indexed = empty();
    indexed.build(4);
    List<InboxTable.PlacedRecord> gone = List.of(page.get(0), page.get(3), page.get(9));
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          gone.forEach(placed -> ledger.inbox().remove(tx, placed));
          return tx;
        });
    indexed.remove(gone.stream().map(placed -> InboxPosition.of(placed).number()).toList());
    build(indexed);
    assertEquals(12, indexed.size());

    IndexedInbox again = empty();
    again.build(1);
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          page.forEach(placed -> ledger.inbox().remove(tx, placed));
          return tx;
        });
    again.remove(page.stream().map(placed -> InboxPosition.of(placed).number()).toList());
    build(again);
    assertEquals(5, again.size());
    indexed.close();
    again.close();
  }

  @Test
  void rebuiltAfterAFlood_theIndexHasOlderMessagesOfOthersToo() {
    received(HONEST, 100, 1);
    received(FLOOD, 100, 256);
    received(HONEST, 10, 1);
    IndexedInbox indexed = empty();
    build(indexed);
    assertEquals(110, share(indexed, HONEST));
    assertTrue(total(indexed) <= MOST + 20, "" + total(indexed));
    assertTrue(share(indexed, FLOOD) > 200, "" + indexed.index().shares());
    // Since then nothing is missing.
    assertTrue(indexed.reachesBackTo().orElseThrow().toEpochMilli() <= 201);
    assertTrue(indexed.reachesBackTo().orElseThrow().toEpochMilli() > 101);
    indexed.close();
  }

  @Test
  void rebuilt_theIndexIsSharedEvenly_andTheEndIsReachedWithoutOpeningAll() {
    received(HONEST, 1_000, 1);
    received(FLOOD, 1_000, 1);
    IndexedInbox indexed = empty();
    build(indexed);
    assertTrue(total(indexed) <= MOST, "" + total(indexed));
    assertTrue(Math.abs(share(indexed, HONEST) - share(indexed, FLOOD)) <= MOST / 5);
    indexed.close();
  }
}
