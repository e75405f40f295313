package org.entente.gateway.ledger.table;

import static java.util.Objects.requireNonNull;
import static org.entente.gateway.testkit.Agencies.DE;
import static org.entente.gateway.testkit.Agencies.SG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.commit.Transaction.Mutation;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.ledger.record.UnreadableRecords;
import org.entente.gateway.ledger.sequence.OriginWindows;
import org.entente.gateway.ledger.table.RetrievalRecords.RetrievalKind;
import org.entente.gateway.ledger.table.RetrievalRecords.RetrievalPlace;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.seal.format.OriginNumber;
import org.entente.gateway.store.Batch;
import org.entente.gateway.store.Durability;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Table;
import org.entente.gateway.testkit.MemoryStorageKeys;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.testkit.QuietLedger;
import org.entente.proto.store.v1.HopEntry;
import org.entente.proto.store.v1.InboxRecord;
import org.entente.proto.store.v1.OutboxEntry;
import org.entente.proto.store.v1.StoredEnvelope;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LedgerTablesTest {
  private static final byte[] HASH = new byte[32];

  private final MemoryStore store = new MemoryStore();
  @AutoClose private final Ledger ledger = QuietLedger.over(store, InstantSource.system());

  @BeforeEach
  void start() {
    ledger.start();
  }

  private <T> T write(Mutation<T> mutation) {
    return ledger.write(Lane.ROUTINE, mutation).join();
  }

  @Test
  void hopNumbers_rise_perPeerAndLane() {
    HopEntry entry = HopEntry.newBuilder().setSize(10).build();
    List<Long> numbers =
        write(
            tx ->
                List.of(
                    ledger.hops().append(tx, DE, Lane.FLASH, entry),
                    ledger.hops().append(tx, DE, Lane.FLASH, entry),
                    ledger.hops().append(tx, DE, Lane.ROUTINE, entry),
                    ledger.hops().append(tx, SG, Lane.FLASH, entry)));
    assertEquals(List.of(1L, 2L, 1L, 1L), numbers);
    assertEquals(1, ledger.hops().first(DE, Lane.FLASH));
    assertEquals(3, ledger.hops().head(DE, Lane.FLASH).next());
    assertTrue((boolean) write(tx -> ledger.hops().remove(tx, DE, Lane.FLASH, 1) != null));
    assertEquals(2, ledger.hops().first(DE, Lane.FLASH));
    assertTrue((boolean) write(tx -> ledger.hops().remove(tx, DE, Lane.FLASH, 2) != null));
    assertEquals(3, ledger.hops().first(DE, Lane.FLASH));
    assertEquals(0, ledger.hops().depth(DE, Lane.FLASH));
  }

  @Test
  void hopEpoch_onlyRises() {
    write(
        tx -> {
          ledger.hops().openEpoch(tx, DE, Lane.FLASH, 5);
          ledger.hops().openEpoch(tx, DE, Lane.FLASH, 4);
          return DE;
        });
    assertEquals(5, ledger.hops().head(DE, Lane.FLASH).epoch());
  }

  /** A ledger that was set back must never give a number again that it may have given. */
  @Test
  void epochsRaised_holdForRecipientsUsedAndNotUsedBefore() {
    OutboxEntry entry = OutboxEntry.getDefaultInstance();
    assertEquals(
        new OriginNumber(1, Lane.FLASH, 1),
        write(tx -> ledger.outbox().append(tx, DE, Lane.FLASH, entry)));
    write(tx -> ledger.hops().append(tx, DE, Lane.FLASH, HopEntry.getDefaultInstance()));
    Batch batch = store.batch();
    HopQueueTable.raiseEpoch(store, batch, 1_999);
    store.commit(batch, Durability.SYNCED);
    OutboxTable.beginEpoch(store, 2, 1);

    assertEquals(2, ledger.outbox().epoch(DE, Lane.FLASH));
    assertEquals(2, ledger.outbox().epoch(SG, Lane.FLASH));
    assertEquals(
        List.of(
            new OriginNumber(2, Lane.FLASH, 1),
            new OriginNumber(2, Lane.FLASH, 2),
            new OriginNumber(2, Lane.FLASH, 1)),
        write(
            tx ->
                List.of(
                    ledger.outbox().append(tx, DE, Lane.FLASH, entry),
                    ledger.outbox().append(tx, DE, Lane.FLASH, entry),
                    ledger.outbox().append(tx, SG, Lane.FLASH, entry))));
    HopQueueTable reopened =
        new HopQueueTable(store, new UnreadableRecords(), new CustodyBytes(1 << 20));
    assertEquals(new HopQueueTable.Head(2_000, 2), reopened.head(DE, Lane.FLASH));
    assertEquals(new HopQueueTable.Head(2_000, 1), reopened.head(SG, Lane.FLASH));

    OutboxTable.beginEpoch(store, 2, 1);
    assertEquals(3, ledger.outbox().epoch(DE, Lane.FLASH));
    assertEquals(
        List.of(1L, 2L, 2L),
        ledger.outbox().page(DE, Lane.FLASH, null, 10).stream()
            .map(numbered -> numbered.number().epoch())
            .toList());
  }

  /** A recipient takes nothing of an epoch when eight more have begun. */
  @Test
  void oldestEpoch_isOneThatTheRecipientKeeps_andWhatIsOwedBelowIsMoved() {
    OutboxEntry entry = OutboxEntry.newBuilder().setAgreement("a").build();
    OutboxTable outbox = ledger.outbox();
    List<OriginNumber> numbers = new ArrayList<>();
    for (int start = 0; start < OriginWindows.MAX_EPOCHS; start++) {
      assertEquals(
          start < OriginWindows.MAX_EPOCHS - 1 ? 0 : 10, outbox.oldestEpoch(DE, Lane.FLASH));
      OutboxTable.beginEpoch(store, 10, 1);
      assertEquals(0, outbox.oldestEpoch(SG, Lane.FLASH), "nothing was ever sent there");
      numbers.add(write(tx -> outbox.append(tx, DE, Lane.FLASH, entry)));
    }
    assertEquals(
        List.of(10L, 11L, 12L, 13L, 14L, 15L, 16L, 17L),
        numbers.stream().map(OriginNumber::epoch).toList());
    assertEquals(11, outbox.oldestEpoch(DE, Lane.FLASH));
    assertEquals(
        new OriginNumber(17, Lane.FLASH, 2),
        write(tx -> outbox.move(tx, DE, numbers.get(0), entry)));
    assertEquals(
        List.of(11L, 12L, 13L, 14L, 15L, 16L, 17L, 17L),
        outbox.page(DE, Lane.FLASH, null, 10).stream().map(n -> n.number().epoch()).toList());
  }

  /** Below it a recipient that lacks numbers will never be sent any. */
  @Test
  void firstOwed_isTheLowestEntry_orTheNextNumber() {
    OutboxEntry entry = OutboxEntry.getDefaultInstance();
    OutboxTable outbox = ledger.outbox();
    assertEquals(1, outbox.firstOwed(DE, Lane.FLASH, 1, 0), "nothing was ever sent");
    for (int i = 0; i < 4; i++) {
      write(tx -> outbox.append(tx, DE, Lane.FLASH, entry));
    }
    assertEquals(1, outbox.firstOwed(DE, Lane.FLASH, 1, 9));
    for (long number : new long[] {1, 2, 4}) {
      write(
          tx -> {
            outbox.remove(tx, DE, new OriginNumber(1, Lane.FLASH, number));
            return number;
          });
    }
    assertEquals(3, outbox.firstOwed(DE, Lane.FLASH, 1, 0));
    OutboxTable.beginEpoch(store, 7, 1);
    write(tx -> outbox.append(tx, DE, Lane.FLASH, entry));
    assertEquals(3, outbox.firstOwed(DE, Lane.FLASH, 1, 90), "of an earlier epoch");
    write(
        tx -> {
          outbox.remove(tx, DE, new OriginNumber(1, Lane.FLASH, 3));
          return tx;
        });
    assertEquals(91, outbox.firstOwed(DE, Lane.FLASH, 1, 90), "none is assigned there any more");
    assertEquals(1, outbox.firstOwed(DE, Lane.FLASH, 7, 0));
  }

  /** The recipient may hold numbers of it that this ledger has forgotten. */
  @Test
  void firstOwed_ofAnEpochThatHasEnded_isBeyondAllThatTheRecipientHolds() {
    OutboxTable outbox = ledger.outbox();
    OriginNumber one =
        write(tx -> outbox.append(tx, DE, Lane.FLASH, OutboxEntry.getDefaultInstance()));
    OutboxTable.beginEpoch(store, 7, 1);
    assertEquals(1, outbox.firstOwed(DE, Lane.FLASH, 1, 90));
    write(
        tx -> {
          outbox.remove(tx, DE, one);
          return tx;
        });
    assertEquals(91, outbox.firstOwed(DE, Lane.FLASH, 1, 90));
    assertEquals(1, outbox.firstOwed(DE, Lane.FLASH, 7, 0));
  }

  /** What a book remembers of where it begins changes nothing of what it says. */
  @Test
  void rememberedBeginnings_sayWhatABookSaysThatRemembersNothing() {
    for (long seed = 0; seed < 20; seed++) {
      Random random = new Random(seed);
      OutboxTable outbox = ledger.outbox();
      List<OriginNumber> owed = new ArrayList<>();
      for (int step = 0; step < 200; step++) {
        if (random.nextInt(40) == 0) {
          OutboxTable.beginEpoch(store, 1, 1);
        }
        if (owed.isEmpty() || random.nextInt(5) < 2) {
          owed.add(
              write(tx -> outbox.append(tx, DE, Lane.FLASH, OutboxEntry.getDefaultInstance())));
        } else {
          OriginNumber settled = owed.remove(random.nextInt(Math.min(3, owed.size())));
          write(
              tx -> {
                outbox.remove(tx, DE, settled);
                return settled;
              });
        }
        OutboxTable fresh = new OutboxTable(store, new UnreadableRecords());
        int most = 1 + random.nextInt(4);
        long epoch = 1 + random.nextLong(outbox.epoch(DE, Lane.FLASH) + 1);
        String at = "seed " + seed + " step " + step;
        assertEquals(
            fresh.firstOwed(DE, Lane.FLASH, epoch, 7),
            outbox.firstOwed(DE, Lane.FLASH, epoch, 7),
            at);
        assertEquals(
            fresh.page(DE, Lane.FLASH, null, most), outbox.page(DE, Lane.FLASH, null, most), at);
      }
    }
  }

  /** Maintenance looks at every recipient and lane, and mostly nothing is owed there. */
  @Test
  void lineWithoutOwedEntries_isLookedAtWithoutAnIterator() {
    OutboxTable outbox = ledger.outbox();
    assertEquals(List.of(), outbox.page(SG, Lane.FLASH, null, 10));
    OriginNumber number =
        write(tx -> outbox.append(tx, DE, Lane.FLASH, OutboxEntry.getDefaultInstance()));
    assertEquals(1, outbox.page(DE, Lane.FLASH, null, 10).size());
    write(
        tx -> {
          outbox.remove(tx, DE, number);
          return number;
        });
    assertEquals(List.of(), outbox.page(DE, Lane.FLASH, null, 10));
    store.calls();
    assertEquals(List.of(), outbox.page(DE, Lane.FLASH, null, 10));
    assertEquals(List.of(), outbox.page(SG, Lane.FLASH, null, 10));
    assertEquals(2, outbox.firstOwed(DE, Lane.FLASH, 1, 1));
    assertTrue(store.calls().keySet().stream().noneMatch(call -> call.startsWith("scan")));
    write(tx -> outbox.append(tx, DE, Lane.FLASH, OutboxEntry.getDefaultInstance()));
    assertEquals(1, outbox.page(DE, Lane.FLASH, null, 10).size());
  }

  @Test
  void hopRead_isBoundedByCountAndBytes() {
    write(
        tx -> {
          for (int i = 0; i < 10; i++) {
            ledger.hops().append(tx, DE, Lane.ROUTINE, HopEntry.newBuilder().setSize(100).build());
          }
          return DE;
        });
    assertEquals(3, ledger.hops().read(DE, Lane.ROUTINE, 4, 3, 10_000).size());
    assertEquals(4, ledger.hops().read(DE, Lane.ROUTINE, 4, 3, 10_000).get(0).sequence());
    assertEquals(2, ledger.hops().read(DE, Lane.ROUTINE, 1, 100, 150).size());
  }

  /** A link that keeps up opens no iterator; one that begins earlier reads the store. */
  @Test
  void hopRead_ofWhatWasJustCommitted_isFromMemory_andWhatTheStoreHolds() {
    Random random = new Random(7);
    HopQueueTable hops = ledger.hops();
    List<Long> queued = new ArrayList<>();
    long next = 1;
    for (int i = 0; i < 300; i++) {
      int what = queued.isEmpty() ? 9 : random.nextInt(10);
      long one = queued.isEmpty() ? 0 : queued.get(random.nextInt(queued.size()));
      if (what < 3) {
        assertTrue((boolean) write(tx -> hops.remove(tx, DE, Lane.FLASH, one) != null));
        queued.remove(one);
      } else if (what < 5) {
        HopEntry changed = HopEntry.newBuilder().setSize(i).addPath("x").build();
        assertTrue((boolean) write(tx -> hops.replace(tx, DE, Lane.FLASH, one, changed)));
      } else {
        int size = i;
        queued.add(
            write(
                tx ->
                    hops.append(tx, DE, Lane.FLASH, HopEntry.newBuilder().setSize(size).build())));
        next++;
      }
      HopQueueTable stored = hopsOfTheStore();
      long from = 1 + random.nextLong(next);
      store.calls();
      List<HopQueueTable.NumberedEntry> read = hops.read(DE, Lane.FLASH, from, 8, 200);
      assertEquals(Map.of(), store.calls());
      assertEquals(stored.read(DE, Lane.FLASH, from, 8, 200), read);
    }
    store.calls();
    assertEquals(1, hopsOfTheStore().read(DE, Lane.FLASH, 1, 1, 1).size());
    assertEquals(Map.of("scan HOP_OUT", 2), store.calls(), "its opening, and the read");
  }

  /** As another process finds it. */
  private HopQueueTable hopsOfTheStore() {
    return new HopQueueTable(store, new UnreadableRecords(), new CustodyBytes(1 << 20));
  }

  @Test
  void envelope_withSeveralReferences_goesWithTheLast() {
    StoredEnvelope envelope =
        StoredEnvelope.newBuilder().setHeader(ByteString.copyFromUtf8("h")).build();
    write(
        tx -> {
          ledger.envelopes().hold(tx, HASH, envelope, 2);
          return DE;
        });
    write(
        tx -> {
          ledger.envelopes().release(tx, HASH);
          return DE;
        });
    assertNotNull(ledger.envelopes().read(HASH));
    write(
        tx -> {
          ledger.envelopes().release(tx, HASH);
          return DE;
        });
    assertNull(ledger.envelopes().read(HASH));
  }

  /** The twenty-second look: one that was damaged kept the keys of all days, for ever. */
  @Test
  void outboxKeys_areThoseOfEnvelopesThatCanBeRead() {
    StoredEnvelope envelope = StoredEnvelope.newBuilder().setOutboxKey("of-a-day").build();
    write(
        tx -> {
          ledger.envelopes().keep(tx, HASH, envelope, 1);
          tx.put(Table.ENVELOPE, new byte[] {1, 2, 3}, new byte[] {0, 1});
          return tx;
        });
    assertEquals(Set.of("of-a-day"), ledger.envelopes().outboxKeys());
  }

  @Test
  void ownEnvelope_isReadFromMemoryOnce_andOnlyWhileItIsCommitted() {
    StoredEnvelope envelope =
        StoredEnvelope.newBuilder().setHeader(ByteString.copyFromUtf8("h")).build();
    write(
        tx -> {
          ledger.envelopes().keep(tx, HASH, envelope, 1);
          return DE;
        });
    assertSame(envelope, ledger.envelopes().read(HASH));
    StoredEnvelope stored = ledger.envelopes().read(HASH);
    assertNotSame(envelope, stored);
    assertEquals(envelope, stored);
    write(
        tx -> {
          ledger.envelopes().release(tx, HASH);
          ledger.envelopes().keep(tx, HASH, envelope, 1);
          ledger.envelopes().release(tx, HASH);
          return DE;
        });
    assertNull(ledger.envelopes().read(HASH));
  }

  @Test
  void ownEnvelope_goesWithItsLastRecipient() {
    StoredEnvelope envelope =
        StoredEnvelope.newBuilder().setHeader(ByteString.copyFromUtf8("h")).build();
    for (int recipients = 1; recipients <= 3; recipients++) {
      int count = recipients;
      write(
          tx -> {
            ledger.envelopes().keep(tx, HASH, envelope, count);
            return DE;
          });
      for (int left = recipients; left > 0; left--) {
        assertNotNull(ledger.envelopes().read(HASH));
        write(
            tx -> {
              ledger.envelopes().release(tx, HASH);
              return DE;
            });
      }
      assertNull(ledger.envelopes().read(HASH));
    }
  }

  @Test
  void outboxNumbers_rise_andPagesGoOnAfterTheLast() {
    write(
        tx -> {
          for (int i = 0; i < 5; i++) {
            ledger
                .outbox()
                .append(tx, DE, Lane.PRIORITY, OutboxEntry.newBuilder().setAttempts(i).build());
          }
          return DE;
        });
    List<OutboxTable.NumberedEntry> first = ledger.outbox().page(DE, Lane.PRIORITY, null, 2);
    assertEquals(List.of(1L, 2L), first.stream().map(n -> n.number().sequence()).toList());
    OriginNumber last = first.get(1).number();
    List<OutboxTable.NumberedEntry> rest = ledger.outbox().page(DE, Lane.PRIORITY, last, 10);
    assertEquals(List.of(3L, 4L, 5L), rest.stream().map(n -> n.number().sequence()).toList());
    assertTrue(ledger.outbox().page(SG, Lane.PRIORITY, null, 10).isEmpty());
  }

  @Test
  void inboxPositions_rise_overAllLanes_andIdsAreKnown() {
    MessageId a = MessageId.fresh(1, new java.util.Random(1));
    MessageId b = MessageId.fresh(2, new java.util.Random(2));
    InboxRecord record = InboxRecord.newBuilder().setOrigin("fr.customs").build();
    List<Long> positions =
        write(
            tx ->
                List.of(
                    ledger.inbox().append(tx, Lane.ROUTINE, a, record, new byte[] {1}),
                    ledger.inbox().append(tx, Lane.FLASH, b, record, new byte[] {2})));
    assertEquals(List.of(1L, 2L), positions);
    assertEquals(2, ledger.inbox().lastPosition());
    assertEquals(1, ledger.inbox().read(Lane.FLASH, 1, 10).size());
    assertTrue((boolean) write(tx -> ledger.inbox().knows(tx, a)));
    assertFalse(
        (boolean)
            write(tx -> ledger.inbox().knows(tx, MessageId.fresh(3, new java.util.Random(3)))));
  }

  @Test
  void retrieval_isFirst_once() {
    RetrievalPlace id = new RetrievalPlace(1, 30_000);
    RetrievalRecords records =
        new RetrievalRecords(new RecordSeal(new MemoryStorageKeys(), new SecureRandom()));
    assertFalse((boolean) write(tx -> records.isRetrieved(tx, id)));
    for (RetrievalKind noted : List.of(RetrievalKind.FIRST, RetrievalKind.KNOWN)) {
      assertEquals(noted, write(tx -> records.note(tx, id, "desk")));
      assertTrue((boolean) write(tx -> records.isRetrieved(tx, id)));
    }
    for (RetrievalKind noted : List.of(RetrievalKind.FURTHER, RetrievalKind.KNOWN)) {
      assertEquals(noted, write(tx -> records.note(tx, id, "analysts")));
    }
  }

  @Test
  void retrievals_ofChangesThatAreUndone_areNotHeld() {
    RetrievalRecords records =
        new RetrievalRecords(new RecordSeal(new MemoryStorageKeys(), new SecureRandom()));
    for (int i = 0; i < 5; i++) {
      RetrievalPlace id = new RetrievalPlace(i, 30_000);
      write(tx -> records.note(tx, id, "desk"));
      assertThrows(
          CompletionException.class,
          () ->
              write(
                  tx -> {
                    records.note(tx, id, "analysts");
                    throw new IllegalStateException("undone");
                  }));
      assertEquals(List.of("desk"), retrievedBy(records, id));
    }
  }

  /** What a client acknowledges at once is one record for 64 positions, and one for each bucket. */
  @Test
  void retrievals_ofManyMessages_areOneRecord() {
    RetrievalRecords records =
        new RetrievalRecords(new RecordSeal(new MemoryStorageKeys(), new SecureRandom()));
    List<RetrievalPlace> places =
        IntStream.range(100, 164).mapToObj(at -> new RetrievalPlace(at, 30_000)).toList();
    List<RetrievalKind> kinds = write(tx -> records.note(tx, places.subList(0, 40), "desk"));
    assertEquals(40, Collections.frequency(kinds, RetrievalKind.FIRST));

    List<RetrievalKind> later = write(tx -> records.note(tx, places, "analysts"));

    assertEquals(40, Collections.frequency(later, RetrievalKind.FURTHER));
    assertEquals(24, Collections.frequency(later, RetrievalKind.FIRST));
    assertEquals(List.of("desk", "analysts"), retrievedBy(records, places.get(39)));
    assertEquals(List.of("analysts"), retrievedBy(records, places.get(40)));
    assertEquals(List.of(), retrievedBy(records, new RetrievalPlace(164, 30_000)));
    assertEquals(List.of(), retrievedBy(records, new RetrievalPlace(100, 30_001)));
    RetrievalPlace other = new RetrievalPlace(100, 30_001);
    assertEquals(
        List.of(RetrievalKind.KNOWN, RetrievalKind.FIRST, RetrievalKind.KNOWN),
        write(tx -> records.note(tx, List.of(places.get(0), other, other), "desk")));
    int rows = 0;
    try (Scan scan = store.scan(Table.EVIDENCE, RetrievalRecords.firstOf(0), null)) {
      while (scan.hasNext()) {
        scan.next();
        rows++;
      }
    }
    assertEquals(3, rows);
  }

  /** A row grows with its messages and clients, not with acknowledgements. */
  @Test
  void retrievals_oneByOne_ofManyClients_makeNoLargeRecord() {
    RetrievalRecords records =
        new RetrievalRecords(new RecordSeal(new MemoryStorageKeys(), new SecureRandom()));
    for (int at = 64; at < 128; at++) {
      RetrievalPlace place = new RetrievalPlace(at, 30_000);
      for (int client = 0; client < 20; client++) {
        String name = "client " + client;
        RetrievalKind expected = client == 0 ? RetrievalKind.FIRST : RetrievalKind.FURTHER;
        assertEquals(expected, write(tx -> records.note(tx, place, name)));
        assertEquals(RetrievalKind.KNOWN, write(tx -> records.note(tx, place, name)));
      }
    }
    assertEquals(10 + 1, retrievedBy(records, new RetrievalPlace(100, 30_000)).size());
    byte[] row = requireNonNull(store.get(Table.EVIDENCE, new RetrievalPlace(64, 30_000).key()));
    assertTrue(row.length < 4_000, () -> row.length + " bytes");
  }

  private List<String> retrievedBy(RetrievalRecords records, RetrievalPlace id) {
    return write(
        tx -> {
          RetrievalRecords.RetrievalSummary retrieved = records.of(tx, id, 10);
          List<String> out = new ArrayList<>();
          retrieved.first().ifPresent(first -> out.add(first.getClient()));
          out.addAll(retrieved.further());
          return out;
        });
  }

  @Test
  void evidenceOwed_whenSettled_isGone() {
    write(
        tx -> {
          ledger.evidence().owe(tx, DE, place -> new byte[] {1});
          ledger.evidence().owe(tx, DE, place -> new byte[] {2});
          return DE;
        });
    List<EvidenceTable.OwedItems> owed = ledger.evidence().owed(DE, 1, Long.MAX_VALUE);
    write(
        tx -> {
          ledger.evidence().settle(tx, DE, owed);
          return DE;
        });
    List<EvidenceTable.OwedItems> left = ledger.evidence().owed(DE, 10, Long.MAX_VALUE);
    assertEquals(1, left.size());
    assertEquals(2, left.get(0).sealedItems().bytes()[0]);
  }

  /** Who reads the number of what is owed looks for its origin, and not again. */
  @Test
  void owing_namesAnOrigin_asSoonAsItsNumberCanBeRead() {
    assertEquals(List.of(), ledger.evidence().owing());
    List<AgencyName> seen = new ArrayList<>();
    write(
        tx -> {
          tx.afterCommit(
              () -> {
                assertEquals(1, ledger.evidence().lastOwed());
                seen.addAll(ledger.evidence().owing());
              });
          ledger.evidence().owe(tx, DE, place -> new byte[] {1});
          return DE;
        });
    assertEquals(List.of(DE), seen);
  }

  @Test
  void owing_namesEveryOriginOnce_andOnlyWhileSomethingIsOwed() {
    assertEquals(0, ledger.evidence().lastOwed());
    write(
        tx -> {
          ledger.evidence().owe(tx, SG, place -> new byte[] {1});
          ledger.evidence().owe(tx, DE, place -> new byte[] {2});
          ledger.evidence().owe(tx, DE, place -> new byte[] {3});
          return DE;
        });
    assertEquals(3, ledger.evidence().lastOwed());
    assertEquals(Set.of(DE, SG), Set.copyOf(ledger.evidence().owing()));
    assertEquals(2, ledger.evidence().owing().size());
    List<EvidenceTable.OwedItems> owed = ledger.evidence().owed(DE, 10, Long.MAX_VALUE);
    write(
        tx -> {
          ledger.evidence().settle(tx, DE, owed);
          return DE;
        });
    assertEquals(List.of(SG), ledger.evidence().owing());
    assertEquals(3, ledger.evidence().lastOwed());
  }

  /** An origin announces as many sessions as it likes; of another, none is lost. */
  @Test
  void announcements_ofOneOrigin_areBounded_andThoseThatEndLastStay() {
    AgencyName flood = new AgencyName("xx.customs");
    AgencyName other = new AgencyName("yy.customs");
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          ledger.peerFacts().putAnnouncement(tx, other, session(0), new byte[] {1}, 1);
          return tx;
        });
    for (int i = 0; i < 3 * PeerFactsTable.MOST_ANNOUNCEMENTS; i++) {
      int number = i;
      ledger.commit(
          Lane.ROUTINE,
          tx -> {
            ledger
                .peerFacts()
                .putAnnouncement(tx, flood, session(number), new byte[] {1}, 1_000 + number);
            return tx;
          });
    }
    int last = 3 * PeerFactsTable.MOST_ANNOUNCEMENTS - 1;
    long kept =
        IntStream.rangeClosed(0, last)
            .filter(i -> ledger.peerFacts().announcement(flood, session(i)).isPresent())
            .count();
    assertTrue(kept <= PeerFactsTable.MOST_ANNOUNCEMENTS, "" + kept);
    assertTrue(kept > 150, "" + kept);
    assertTrue(ledger.peerFacts().announcement(flood, session(last)).isPresent());
    assertTrue(ledger.peerFacts().announcement(flood, session(0)).isEmpty());
    assertTrue(ledger.peerFacts().announcement(other, session(0)).isPresent());
  }

  private static byte[] session(int number) {
    return ByteBuffer.allocate(16).putInt(number).array();
  }
}
