package org.entente.gateway.ledger.table;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.ledger.table.InboxTable.PlacedRecord;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.store.Batch;
import org.entente.gateway.store.Durability;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Table;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.proto.store.v1.InboxRecord;
import org.junit.jupiter.api.Test;

/** What lies in the store of an envelope: one record of each kind, which goes with its messages. */
class InboxPagesTest {
  private static final Lane LANE = Lane.ROUTINE;
  private static final long SPAN = 1_800_000_000_000L & -16;

  private final MemoryStore store = new MemoryStore();
  private final InboxTable inbox = new InboxTable(store);
  private final long seed = System.nanoTime();
  private final Random random = new Random(seed);

  private interface Change {
    void in(Transaction tx);
  }

  private void write(Change change) {
    Transaction tx = new Transaction(store, 1);
    tx.within(
        inner -> {
          change.in(inner);
          return inner;
        });
    commit(tx);
  }

  private void commit(Transaction tx) {
    Batch batch = store.batch();
    tx.changes().writeTo(batch);
    store.commit(batch, Durability.SYNCED);
    tx.actions().forEach(Runnable::run);
  }

  private static InboxRecord record(MessageId id, String envelope, long day) {
    return InboxRecord.newBuilder()
        .setMessageId(ByteString.copyFrom(id.bytes()))
        .setOrigin("fr.customs")
        .setEnvelopeId(ByteString.copyFromUtf8(envelope))
        .setHeaderHash(ByteString.copyFromUtf8("hash of " + envelope))
        .setBucketDay(day)
        .setReceivedAtMs(id.millis())
        .setSealedRecord(ByteString.copyFromUtf8("record of " + id))
        .build();
  }

  private long append(Transaction tx, MessageId id, String envelope) {
    return inbox.append(tx, LANE, id, record(id, envelope, 20_000), id.bytes());
  }

  private List<MessageId> ids(int count) {
    List<MessageId> ids = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ids.add(MessageId.fresh(SPAN + random.nextInt(16), random));
    }
    return ids;
  }

  private List<MessageId> received(int count, String envelope) {
    List<MessageId> ids = ids(count);
    write(tx -> ids.forEach(id -> append(tx, id, envelope)));
    return ids;
  }

  /** Records by table. */
  private Map<Table, Integer> records() {
    Map<Table, Integer> records = new TreeMap<>();
    for (Table table : List.of(Table.INBOX, Table.BODY, Table.MESSAGE, Table.RETENTION)) {
      try (Scan scan = store.scan(table, new byte[0], null)) {
        while (scan.hasNext()) {
          scan.next();
          records.merge(table, 1, Integer::sum);
        }
      }
    }
    return records;
  }

  private PlacedRecord placed(MessageId id) {
    return requireNonNull(inbox.find(id));
  }

  private void assertHere(MessageId id, String envelope) {
    PlacedRecord placed = placed(id);
    assertEquals(record(id, envelope, 20_000), placed.record().toBuilder().clearArrival().build());
    assertArrayEquals(id.bytes(), inbox.body(placed));
    assertEquals(placed, inbox.place(LANE, placed.position()));
  }

  @Test
  void envelope_isOneRecordOfEachKind() {
    List<MessageId> ids = received(64, "one");
    assertEquals(
        Map.of(Table.INBOX, 1, Table.BODY, 1, Table.MESSAGE, 1, Table.RETENTION, 1), records());
    ids.forEach(id -> assertHere(id, "one"));
    ids(100).forEach(id -> assertNull(inbox.find(id)));
    assertEquals(ids.size(), inbox.positions(LANE, 1, 64).length);

    received(3, "two");
    assertEquals(
        Map.of(Table.INBOX, 2, Table.BODY, 2, Table.MESSAGE, 1, Table.RETENTION, 2), records());
  }

  @Test
  void page_endsWithItsEnvelopeBucketAndLane_andBelowItsBounds() {
    List<MessageId> ids = ids(70);
    byte[] large = new byte[MessagePage.BYTES / 2 + 1];
    write(
        tx -> {
          ids.subList(0, 65).forEach(id -> append(tx, id, "one"));
          append(tx, ids.get(65), "two");
          inbox.append(tx, LANE, ids.get(66), record(ids.get(66), "two", 20_001), new byte[0]);
          inbox.append(
              tx, Lane.FLASH, ids.get(67), record(ids.get(67), "two", 20_001), new byte[0]);
          inbox.append(tx, Lane.FLASH, ids.get(68), record(ids.get(68), "two", 20_001), large);
          inbox.append(tx, Lane.FLASH, ids.get(69), record(ids.get(69), "two", 20_001), large);
        });
    List<Long> pages = ids.stream().map(id -> placed(id).page()).distinct().toList();
    assertEquals(List.of(1L, 65L, 66L, 67L, 68L, 70L), pages);
    assertArrayEquals(large, inbox.body(placed(ids.get(68))));
  }

  @Test
  void change_seesWhatItHasAdded_andLeavesNothingIfItIsUndone() {
    List<MessageId> ids = ids(4);
    Transaction tx = new Transaction(store, 1);
    tx.within(
        outer -> {
          append(outer, ids.get(0), "one");
          assertTrue(inbox.knows(outer, ids.get(0)));
          assertThrows(
              IllegalStateException.class,
              () ->
                  outer.within(
                      inner -> {
                        append(inner, ids.get(1), "one");
                        inbox.remove(inner, requireNonNull(inbox.find(inner, ids.get(0))));
                        throw new IllegalStateException("undone");
                      }));
          assertNull(inbox.find(outer, ids.get(1)));
          PlacedRecord first = requireNonNull(inbox.find(outer, ids.get(0)));
          inbox.replace(outer, first, first.record().toBuilder().setRecalled(true).build());
          append(outer, ids.get(2), "one");
          append(outer, ids.get(3), "one");
          inbox.remove(outer, requireNonNull(inbox.find(outer, ids.get(2))));
          return outer;
        });
    commit(tx);
    assertTrue(placed(ids.get(0)).record().getRecalled());
    assertNull(inbox.find(ids.get(1)));
    assertNull(inbox.find(ids.get(2)));
    assertHere(ids.get(3), "one");
  }

  /** A change may look for thousands of messages, each on a page of its own. */
  @Test
  void change_keepsAFewOfThePagesThatItOnlyReads_andAllThatItChanges() {
    List<MessageId> ids = new ArrayList<>();
    for (int i = 0; i < 18; i++) {
      ids.addAll(received(1, "envelope " + i));
    }
    Transaction tx = new Transaction(store, 1);
    tx.within(
        inner -> {
          PlacedRecord first = requireNonNull(inbox.find(inner, ids.get(0)));
          inbox.replace(inner, first, first.record().toBuilder().setRecalled(true).build());
          ids.forEach(id -> assertTrue(inbox.knows(inner, id)));
          var unused = store.calls();
          ids.subList(2, 18).forEach(id -> assertTrue(inbox.knows(inner, id)));
          assertTrue(requireNonNull(inbox.find(inner, ids.get(0))).record().getRecalled());
          assertNull(store.calls().get("get INBOX"), "the last 16 are kept");
          assertTrue(inbox.knows(inner, ids.get(1)));
          assertEquals(1, store.calls().get("get INBOX"), "the first is not");
          return inner;
        });
    commit(tx);
    assertTrue(placed(ids.get(0)).record().getRecalled());
  }

  /** No page keeps the ciphertext of what is erased or moved. */
  @Test
  void removedMessage_takesItsBodyWithIt_andTheOthersStay() {
    List<MessageId> ids = received(5, "one");
    write(
        tx -> {
          inbox.remove(tx, requireNonNull(inbox.find(tx, ids.get(1))));
          assertTrue(inbox.moveToEnd(tx, requireNonNull(inbox.find(tx, ids.get(3)))) > 5);
        });
    byte[] bodies = requireNonNull(store.get(Table.BODY, KeyBuilder.key().u64(1).done()));
    assertEquals(1 + 5 * Integer.BYTES + 3 * MessageId.SIZE, bodies.length);
    List.of(0, 2, 3, 4).forEach(i -> assertHere(ids.get(i), "one"));
  }

  /** What comes, changes, moves and goes at random is what the store shows, and all of it goes. */
  @Test
  void messages_thatAreAllGone_leaveNothing() {
    Map<MessageId, String> here = new LinkedHashMap<>();
    for (int round = 0; round < 150; round++) {
      String envelope = "envelope " + round;
      write(
          tx -> {
            for (MessageId id : ids(random.nextInt(6))) {
              append(tx, id, envelope);
              here.put(id, envelope);
            }
            for (MessageId id : List.copyOf(here.keySet())) {
              PlacedRecord placed = requireNonNull(inbox.find(tx, id), "seed " + seed);
              int what = random.nextInt(40);
              if (what == 0) {
                inbox.remove(tx, placed);
                here.remove(id);
              } else if (what == 1) {
                assertTrue(inbox.moveToEnd(tx, placed) > placed.position());
              } else if (what == 2) {
                inbox.replace(tx, placed, placed.record());
              }
            }
          });
      here.forEach(this::assertHere);
      List<MessageId> read =
          inbox.read(LANE, 0, 10_000).stream()
              .map(placed -> MessageId.of(placed.record().getMessageId().toByteArray()))
              .toList();
      assertEquals(here.size(), read.size(), "seed " + seed);
      assertTrue(read.containsAll(here.keySet()));
      List<MessageId> back = new ArrayList<>();
      List<PlacedRecord> page = inbox.before(LANE, inbox.lastPosition() + 1);
      while (!page.isEmpty()) {
        int from = random.nextInt(page.size());
        back.addAll(
            0,
            page.subList(from, page.size()).stream()
                .map(placed -> MessageId.of(placed.record().getMessageId().toByteArray()))
                .toList());
        page = inbox.before(LANE, page.get(from).position());
      }
      assertEquals(read, back, "seed " + seed);
    }
    write(tx -> here.keySet().forEach(id -> inbox.remove(tx, requireNonNull(inbox.find(tx, id)))));
    assertEquals(Map.of(), records(), "seed " + seed);
  }

  /** A member chooses its ids, and with them how long others search. */
  @Test
  void span_thatIsFull_namesNoMore_andFurtherMessagesAreFoundAlone() {
    List<MessageId> all = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      all.addAll(received(64, "envelope " + i));
    }
    int longest = 0;
    try (Scan scan = store.scan(Table.MESSAGE, new byte[0], null)) {
      while (scan.hasNext()) {
        scan.next();
        longest = Math.max(longest, scan.value().length);
      }
    }
    assertTrue(longest <= InboxTable.SPAN_RECORD, () -> "a longer record");
    all.forEach(id -> assertTrue(inbox.find(id) != null));
    write(tx -> all.forEach(id -> inbox.remove(tx, requireNonNull(inbox.find(tx, id)))));
    assertEquals(Map.of(), records());
  }

  @Test
  void page_thatCannotBeRead_isOneDamagedMessage_andTheOthersAreRead() {
    List<MessageId> ids = received(5, "one");
    List<MessageId> next = received(2, "two");
    store.commit(
        store
            .batch()
            .put(
                Table.INBOX, KeyBuilder.key().u8(LANE.number()).u64(1).done(), new byte[] {-1, -1}),
        Durability.SYNCED);
    assertThrows(CorruptRecord.class, () -> inbox.find(ids.get(3)));
    List<PlacedRecord> read = new InboxTable(store).read(LANE, 1, 10);
    assertEquals(List.of(1L, 6L, 7L), read.stream().map(PlacedRecord::position).toList());
    assertTrue(read.get(0).isDamaged());
    assertEquals(2, new InboxTable(store).read(LANE, 2, 10).size());
    assertNull(inbox.place(LANE, 3));
    write(tx -> inbox.remove(tx, read.get(0)));
    assertEquals(2, inbox.positions(LANE, 1, 10).length);
    next.forEach(id -> assertHere(id, "two"));
  }
}
