package org.entente.gateway.ledger.table;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.ledger.table.InboxTable.PlacedRecord;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.store.Batch;
import org.entente.gateway.store.Durability;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.Table;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.proto.store.v1.InboxRecord;
import org.junit.jupiter.api.Test;

/** What lies in the store of an envelope: one record of each kind, which goes with its messages. */
class InboxPagesTest {
  private static final Lane LANE = Lane.ROUTINE;
  private static final byte[] PAGE = KeyBuilder.key().u8(LANE.number()).u64(1).done();
  private static final AgencyName ORIGIN = new AgencyName("fr.customs");
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

  /** No page keeps the ciphertext of what is erased or moved, once it is written again. */
  @Test
  void removedMessage_takesItsBodyWithIt_andTheOthersStay() {
    List<MessageId> ids = received(5, "one");
    write(
        tx -> {
          inbox.remove(tx, requireNonNull(inbox.find(tx, ids.get(1))));
          assertTrue(inbox.moveToEnd(tx, requireNonNull(inbox.find(tx, ids.get(3)))) > 5);
        });
    assertEquals(1, rewrite());
    assertEquals(1 + 5 * Integer.BYTES + 3 * MessageId.SIZE, bodies(1).length);
    assertFalse(holds(ids.get(1)), "its record and body");
    List.of(0, 2, 3, 4).forEach(i -> assertHere(ids.get(i), "one"));
    assertEquals(0, rewrite(), "once");
  }

  /** A member that recalls the messages of an envelope one by one has them written once. */
  @Test
  void removals_ofAPageOneByOne_writeItOnce() {
    List<MessageId> ids = received(64, "one");
    byte[] page = requireNonNull(store.get(Table.INBOX, PAGE));
    byte[] bodies = bodies(1);
    var unused = store.calls();
    for (MessageId id : ids.subList(0, 60)) {
      PlacedRecord placed = placed(id);
      write(
          tx -> {
            inbox.remove(tx, placed);
            assertTrue(InboxTable.unwritten(tx) < 100);
          });
      assertNull(inbox.find(id));
      assertNull(inbox.place(LANE, placed.position()));
      assertEquals(ids.size() - placed.position(), new InboxTable(store).read(LANE, 1, 64).size());
    }
    Map<String, Integer> calls = store.calls();
    assertNull(calls.get("put BODY"));
    assertEquals(60, calls.get("put INBOX"), "the mark");
    assertEquals(2, calls.get("put RETENTION"), "that the page is to be written, and their number");
    assertArrayEquals(page, store.get(Table.INBOX, PAGE));
    assertArrayEquals(bodies, bodies(1));

    assertEquals(1, rewrite());
    calls = store.calls();
    assertEquals(1, calls.get("put INBOX"));
    assertEquals(1, calls.get("put BODY"));
    ids.subList(0, 60).forEach(id -> assertFalse(holds(id)));
    ids.subList(60, 64).forEach(id -> assertHere(id, "one"));
    assertEquals(
        Map.of(Table.INBOX, 1, Table.BODY, 1, Table.MESSAGE, 1, Table.RETENTION, 1), records());
  }

  @Test
  void lastRemoval_ofAPage_takesItsBytesAtOnce() {
    List<MessageId> ids = received(3, "one");
    for (MessageId id : ids) {
      write(tx -> inbox.remove(tx, requireNonNull(inbox.find(tx, id))));
    }
    assertEquals(Map.of(), records());
    assertEquals(0, rewrite());
  }

  @Test
  void change_ofAMarkedPage_keepsTheMark_andShowsNothingOfWhatWasRemoved() {
    List<MessageId> ids = received(5, "one");
    write(tx -> inbox.remove(tx, requireNonNull(inbox.find(tx, ids.get(1)))));
    write(
        tx -> {
          PlacedRecord other = requireNonNull(inbox.find(tx, ids.get(2)));
          inbox.replace(tx, other, other.record().toBuilder().setRestricted(true).build());
          assertNull(inbox.find(tx, ids.get(1)));
          inbox.remove(tx, requireNonNull(inbox.find(tx, ids.get(4))));
        });
    assertNull(inbox.find(ids.get(1)));
    assertNull(inbox.find(ids.get(4)));
    assertTrue(placed(ids.get(2)).record().getRestricted());

    Transaction tx = new Transaction(store, 1);
    tx.within(
        inner -> {
          assertEquals(1, inbox.rewrite(inner, places()));
          inbox.remove(inner, requireNonNull(inbox.find(inner, ids.get(3))));
          return inner;
        });
    commit(tx);
    assertNull(inbox.find(ids.get(3)), "removed by the change that writes the page");
    assertEquals(1, rewrite());
    List.of(1, 3, 4).forEach(i -> assertFalse(holds(ids.get(i))));
    assertHere(ids.get(0), "one");
    assertEquals(2, inbox.positions(LANE, 1, 10).length);
  }

  /** A reader gets each message as it is now, or does not get it. */
  @Test
  void readWhileAPageIsWritten_showsNothingOfWhatWasRemoved() {
    for (int before = 0; before < 3; before++) {
      List<MessageId> ids = received(5, "envelope " + before);
      PlacedRecord removed = placed(ids.get(1));
      write(tx -> inbox.remove(tx, removed));
      assertNull(rewrittenAfter(before).find(ids.get(1)), "after " + before);
      List<MessageId> more = received(5, "further " + before);
      PlacedRecord other = placed(more.get(4));
      write(tx -> inbox.remove(tx, other));
      assertNull(rewrittenAfter(before).place(LANE, other.position()), "after " + before);
    }
  }

  /** An inbox whose pages another thread writes after some reads of their table. */
  private InboxTable rewrittenAfter(int reads) {
    AtomicInteger left = new AtomicInteger(-1);
    InvocationHandler calls =
        (proxy, method, of) -> {
          boolean reading = of != null && of[0] == Table.INBOX;
          if (reading && left.getAndDecrement() == 0) {
            assertTrue(rewrite() > 0);
          }
          return method.invoke(store, of);
        };
    InboxTable read =
        new InboxTable(
            (Store)
                Proxy.newProxyInstance(
                    Store.class.getClassLoader(), new Class<?>[] {Store.class}, calls));
    left.set(reads);
    return read;
  }

  /** A subscriber behind the newest messages opens all messages of a page one after the other. */
  @Test
  void bodies_areReadOnceForAPage_untilTheirMemoryIsReleased() {
    List<MessageId> ids = received(64, "one");
    MessageId alone = received(1, "two").get(0);
    List<PlacedRecord> placed = ids.stream().map(this::placed).toList();
    AtomicInteger reads = new AtomicInteger();
    InboxTable counted = counting(Table.BODY, reads);

    placed.forEach(one -> assertArrayEquals(id(one), counted.body(one)));
    assertEquals(1, reads.get());
    counted.expire(0);
    placed.forEach(one -> assertArrayEquals(id(one), counted.body(one)));
    assertEquals(2, reads.get());

    for (int i = 0; i < 3; i++) {
      assertArrayEquals(alone.bytes(), counted.body(placed(alone)));
    }
    assertEquals(5, reads.get(), "a large message is alone on its page, and is not held");
  }

  private static byte[] id(PlacedRecord placed) {
    return placed.record().getMessageId().toByteArray();
  }

  /** An inbox over the same store that counts look-ups in a table. */
  private InboxTable counting(Table table, AtomicInteger reads) {
    InvocationHandler calls =
        (proxy, method, of) -> {
          if (of != null && of[0] == table) {
            reads.incrementAndGet();
          }
          return method.invoke(store, of);
        };
    return new InboxTable(
        (Store)
            Proxy.newProxyInstance(
                Store.class.getClassLoader(), new Class<?>[] {Store.class}, calls));
  }

  /** A thief with write access to the disk gets no erased message back by spoiling its mark. */
  @Test
  void mark_thatCannotBeRead_damagesItsPage_andNothingIsWritten() {
    List<MessageId> ids = received(5, "one");
    List<MessageId> next = received(5, "two");
    write(tx -> inbox.remove(tx, requireNonNull(inbox.find(tx, ids.get(1)))));
    write(tx -> inbox.remove(tx, requireNonNull(inbox.find(tx, next.get(1)))));
    byte[] mark = KeyBuilder.key().bytes(PAGE).u8(1).done();
    byte[] whole = requireNonNull(store.get(Table.INBOX, mark));
    put(mark, new byte[] {0});
    assertThrows(CorruptRecord.class, () -> inbox.find(ids.get(1)));
    List<PlacedRecord> read = new InboxTable(store).read(LANE, 1, 10);
    assertTrue(read.get(0).isDamaged());
    assertEquals(1 + 4, read.size());
    assertEquals(1, rewrite(), "the other page");

    put(mark, whole);
    byte[] page = requireNonNull(store.get(Table.INBOX, PAGE));
    put(PAGE, new byte[] {-1, -1});
    assertEquals(0, rewrite());
    put(PAGE, page);
    assertNull(inbox.find(ids.get(1)), "still removed once its page can be read");
    assertEquals(1, rewrite());
    assertFalse(holds(ids.get(1)));
  }

  /** What was removed goes, and so does what may be of it; the other bodies stay. */
  @Test
  void markedPage_whoseBodiesAreDamaged_losesWhatWasRemoved() {
    List<MessageId> ids = received(5, "one");
    write(tx -> inbox.remove(tx, requireNonNull(inbox.find(tx, ids.get(1)))));
    putBodies(Arrays.copyOf(bodies(1), bodies(1).length - 1));
    assertEquals(1, rewrite());
    assertFalse(holds(ids.get(1)), "its record and body");
    List.of(0, 2, 3).forEach(i -> assertHere(ids.get(i), "one"));
    assertEquals(0, requireNonNull(inbox.body(placed(ids.get(4)))).length);
    assertEquals(1 + 5 * Integer.BYTES + 3 * MessageId.SIZE, bodies(1).length);

    write(tx -> inbox.remove(tx, requireNonNull(inbox.find(tx, ids.get(2)))));
    putBodies(new byte[] {5, 0, 0});
    assertEquals(1, rewrite());
    assertEquals(1 + 5 * Integer.BYTES, bodies(1).length, "nobody knows whose bytes they are");
    assertEquals(0, rewrite());
  }

  /** A damaged page does not say whose it is; that it was to be written is forgotten later. */
  @Test
  void markedPage_thatIsRemovedWhileItIsDamaged_isNotWritten() {
    List<MessageId> ids = received(5, "one");
    write(tx -> inbox.remove(tx, requireNonNull(inbox.find(tx, ids.get(1)))));
    put(PAGE, new byte[] {-1, -1});
    write(tx -> inbox.remove(tx, inbox.page(tx, LANE, 1).get(0)));
    assertNull(store.get(Table.INBOX, PAGE));
    assertEquals(1, places().size());
    assertEquals(0, rewrite());
    assertEquals(List.of(), places());
  }

  private void putBodies(byte[] bodies) {
    store.commit(
        store.batch().put(Table.BODY, KeyBuilder.key().u64(1).done(), bodies), Durability.SYNCED);
  }

  private void put(byte[] key, byte[] value) {
    store.commit(store.batch().put(Table.INBOX, key, value), Durability.SYNCED);
  }

  private byte[] bodies(long first) {
    return requireNonNull(store.get(Table.BODY, KeyBuilder.key().u64(first).done()));
  }

  private List<RetentionTable.PagePlace> places() {
    RetentionTable retention = new RetentionTable(store);
    List<RetentionTable.PagePlace> places = new ArrayList<>();
    for (AgencyName origin : retention.originsToRewrite()) {
      List<RetentionTable.PagePlace> some = retention.toRewrite(origin, null, 1_000);
      assertEquals(some.size(), retention.pagesToRewrite(origin));
      places.addAll(some);
    }
    return places;
  }

  private int rewrite() {
    AtomicInteger rewritten = new AtomicInteger();
    write(tx -> rewritten.set(inbox.rewrite(tx, places())));
    return rewritten.get();
  }

  /** Whether the store holds a record or body of a message; an id is in both of this test. */
  private boolean holds(MessageId id) {
    boolean here = false;
    for (Table table : List.of(Table.INBOX, Table.BODY)) {
      try (Scan scan = store.scan(table, new byte[0], null)) {
        while (scan.hasNext()) {
          scan.next();
          String value = new String(scan.value(), StandardCharsets.ISO_8859_1);
          String bytes = new String(id.bytes(), StandardCharsets.ISO_8859_1);
          // A page keeps the ids.
          here |= table == Table.BODY ? value.contains(bytes) : value.contains("record of " + id);
        }
      }
    }
    return here;
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
      if (random.nextInt(4) == 0) {
        assertEquals(places().size(), rewrite(), "seed " + seed);
        assertEquals(List.of(), places());
      }
      here.forEach(this::assertHere);
      List<MessageId> read =
          inbox.read(LANE, 0, 10_000).stream()
              .map(placed -> MessageId.of(placed.record().getMessageId().toByteArray()))
              .toList();
      assertEquals(here.size(), read.size(), "seed " + seed);
      assertTrue(read.containsAll(here.keySet()));
      assertEquals(
          inbox.read(LANE, 0, 10_000), new InboxTable(store).read(LANE, 0, 10_000), "seed " + seed);
      assertEquals(here.size(), inbox.positions(LANE, 0, 10_000).length, "seed " + seed);
      assertCounted();
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
    assertEquals(Map.of(), inbox.stored().all(), "seed " + seed);
  }

  /** An origin has the bytes of its pages and bodies, and a restart finds the same. */
  private void assertCounted() {
    long bodies = 0;
    try (Scan scan = store.scan(Table.BODY, new byte[0], null)) {
      while (scan.hasNext()) {
        scan.next();
        bodies += scan.value().length;
      }
    }
    long counted = inbox.stored().of(ORIGIN, LANE);
    assertTrue(bodies <= counted, counted + " with bodies of " + bodies + ", seed " + seed);
    assertEquals(0, inbox.stored().of(ORIGIN, Lane.FLASH));
    assertEquals(inbox.stored().all(), new InboxTable(store).stored().all(), "seed " + seed);
  }

  /** A FLASH finds room whatever else its origin has sent; what is rewritten counts less. */
  @Test
  void bytesOfAnOrigin_areCountedForFlashApart_untilTheirPageIsWrittenAgain() {
    List<MessageId> ids = received(3, "one");
    write(
        tx -> inbox.append(tx, Lane.FLASH, ids(1).get(0), record(ids.get(0), "f", 1), new byte[9]));
    long before = inbox.stored().of(ORIGIN, LANE);
    long flash = inbox.stored().of(ORIGIN, Lane.FLASH);
    assertTrue(flash > 9 && before > 3 * MessageId.SIZE);
    assertEquals(before, inbox.stored().of(ORIGIN, Lane.PRIORITY));
    write(tx -> inbox.remove(tx, requireNonNull(inbox.find(tx, ids.get(1)))));
    assertEquals(before, inbox.stored().of(ORIGIN, LANE));
    assertEquals(1, rewrite());
    assertTrue(inbox.stored().of(ORIGIN, LANE) < before);
    assertEquals(flash, inbox.stored().of(ORIGIN, Lane.FLASH));
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
