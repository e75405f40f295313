package org.entente.gateway.retention;

import static org.entente.gateway.testkit.Agencies.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.entente.gateway.crypto.Sha256;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.EvidenceName;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.ledger.table.EvidenceExpiry;
import org.entente.gateway.ledger.table.EvidenceExpiry.Part;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.ledger.table.InboxTable;
import org.entente.gateway.ledger.table.RetentionTable;
import org.entente.gateway.ledger.table.RetentionTable.BucketPosition;
import org.entente.gateway.ledger.table.RetrievalRecords;
import org.entente.gateway.ledger.table.RetrievalRecords.RetrievalPlace;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Table;
import org.entente.gateway.testkit.MemoryStorageKeys;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.testkit.QuietLedger;
import org.entente.gateway.testkit.SettableClock;
import org.entente.gateway.testkit.TestNames;
import org.entente.proto.store.v1.HoldRecord;
import org.entente.proto.store.v1.InboxRecord;
import org.entente.proto.store.v1.SentFacts;
import org.entente.proto.store.v1.UnopenedRecord;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Evidence goes when nothing can open it any more, and not a day before. */
class EvidenceSweepTest {
  private static final String DE = "de.customs";
  private static final Duration LATER = Duration.ofDays(100);

  private final SecureRandom random = new SecureRandom();
  private final SettableClock clock = new SettableClock(Instant.parse("2026-11-25T10:00:00Z"));
  private final MemoryStore store = new MemoryStore();
  @AutoClose private final Ledger ledger = QuietLedger.started(store, clock);
  private final EvidenceRecords evidence =
      new EvidenceRecords(new RecordSeal(new MemoryStorageKeys(), random), FR);
  private final EvidenceSweep sweep = new EvidenceSweep(ledger, clock);
  private final MessageId own = MessageId.fresh(clock.millis(), random);
  private final MessageId received = MessageId.fresh(clock.millis(), random);
  private final byte[] header = "a header".getBytes(java.nio.charset.StandardCharsets.UTF_8);

  /** Records by what their keys say they are. */
  private Map<String, Integer> records() {
    Map<String, Integer> counts = new TreeMap<>();
    count(Table.EVIDENCE, 0, counts);
    count(Table.STATEMENT, MessageId.SIZE, counts);
    try (Scan scan = store.scan(Table.SENT, KeyBuilder.key().done(), null)) {
      while (scan.hasNext()) {
        scan.next();
        counts.merge("sent", 1, Integer::sum);
      }
    }
    return counts;
  }

  private void count(Table table, int at, Map<String, Integer> counts) {
    try (Scan scan = store.scan(table, KeyBuilder.key().u8(0).done(), null)) {
      while (scan.hasNext()) {
        scan.next();
        counts.merge((at == 0 ? "" : "of own ") + scan.key()[at], 1, Integer::sum);
      }
    }
  }

  private void know(EvidenceKind kind) {
    ledger.commit(
        Lane.ROUTINE,
        tx ->
            evidence.keep(
                tx, ledger.evidence(), evidence.item(kind, own, DE, new byte[32], clock.millis())));
  }

  /** A message of each direction with all that is kept of it. */
  private void exchange() {
    know(EvidenceKind.EVIDENCE_KIND_RELAY_ACCEPTANCE);
    know(EvidenceKind.EVIDENCE_KIND_DELIVERY);
    UnopenedRecord unopened =
        UnopenedRecord.newBuilder()
            .setMessageId(ByteString.copyFrom(own.bytes()))
            .setRecipient(DE)
            .setLane(Lane.ROUTINE.number())
            .build();
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          SentFacts facts = SentFacts.getDefaultInstance();
          evidence.accepted(tx, ledger.evidence(), Map.of(own, facts));
          ledger.awaited().list(tx, unopened);
          evidence.keepHeader(tx, ledger.evidence(), header, new byte[64]);
          ledger.inbox().append(tx, Lane.ROUTINE, received, record(received), new byte[] {1});
          return retrieved(tx, "desk");
        });
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          ledger.awaited().unlist(tx, own, DE);
          return own;
        });
  }

  private boolean retrieved(Transaction tx, String client) {
    return evidence.retrievals().note(tx, new RetrievalPlace(1, 0), client)
        == RetrievalRecords.RetrievalKind.FIRST;
  }

  private static InboxRecord record(MessageId id) {
    return InboxRecord.newBuilder()
        .setMessageId(ByteString.copyFrom(id.bytes()))
        .setOrigin("fr.customs")
        .build();
  }

  @Test
  void evidence_whoseTimeIsOver_goesWithAllThatBelongsToIt_andNothingBefore() {
    exchange();
    Map<String, Integer> all = records();
    assertEquals(2, all.get("of own 2"));

    clock.move(EvidenceRecords.KEPT.minusDays(1));
    assertEquals(0, sweep.round());
    assertEquals(all, records());
    assertEquals(3, evidence.known(ledger.evidence(), own).size(), "its acceptance among them");

    clock.move(Duration.ofDays(3));
    sweep.round();
    assertEquals(
        "{12=1}", records().toString(), "what a recall would ask while it is in the inbox");
    assertNull(ledger.evidence().header(Sha256.hash(header)));

    InboxTable.PlacedRecord placed = ledger.inbox().find(received);
    assertNotNull(placed);
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          ledger.inbox().remove(tx, placed);
          return placed;
        });
    sweep.round();
    assertEquals("{}", records().toString());
  }

  /** A hold keeps a message beyond its bucket, and that it was retrieved. */
  @Test
  void retrieval_ofAHeldMessage_staysAsLongAsTheHold() {
    exchange();
    HoldRecord hold = HoldRecord.newBuilder().setArrival(1).build();
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          ledger.retention().hold(tx, received, hold);
          RetentionTable.removed(tx, new BucketPosition(0, Lane.ROUTINE, 1));
          return hold;
        });
    clock.move(EvidenceRecords.KEPT.plusDays(2));
    sweep.round();
    assertEquals("{12=1}", records().toString());

    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          ledger.retention().unhold(tx, received);
          return hold;
        });
    sweep.round();
    assertEquals("{}", records().toString());
  }

  @Test
  void evidenceThatCameLate_isKeptAsLongAsAnyOther() {
    exchange();
    clock.move(LATER);
    know(EvidenceKind.EVIDENCE_KIND_RETRIEVAL);
    clock.move(EvidenceRecords.KEPT.minus(LATER).plusDays(2));
    sweep.round();

    assertEquals("{10=1, 12=1, of own 2=1}", records().toString(), "the retrieval, not the rest");
    EvidenceName retrieval =
        new EvidenceName(own, EvidenceKind.EVIDENCE_KIND_RETRIEVAL, FR.value(), DE);
    assertTrue(ledger.evidence().has(retrieval));

    clock.move(LATER);
    sweep.round();
    assertEquals("{12=1}", records().toString());
  }

  /** Three own messages of one commit. */
  private List<MessageId> group(SentFacts facts) {
    List<MessageId> ids =
        Stream.generate(() -> MessageId.fresh(clock.millis(), random)).limit(3).sorted().toList();
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          Map<MessageId, SentFacts> sent = new TreeMap<>();
          ids.forEach(id -> sent.put(id, facts));
          evidence.accepted(tx, ledger.evidence(), sent);
          return sent;
        });
    return ids;
  }

  /** A later statement about one of them is found as long as it is kept, by each message's id. */
  @Test
  void statementAboutAMessageOfAGroup_outlivesWhomTheyWentTo_andThenNothingIsLeft() {
    List<MessageId> ids = group(SentFacts.getDefaultInstance());
    clock.move(LATER);
    EvidenceItem opened =
        evidence.retrieval(ids.get(2), "desk", clock.millis()); // about itself, as a member states
    assertTrue(
        ledger.<Boolean>commit(Lane.ROUTINE, tx -> evidence.keep(tx, ledger.evidence(), opened)));
    clock.move(EvidenceRecords.KEPT.minus(LATER).plusDays(2));
    sweep.round();

    assertEquals("{of own 4=1, of own 5=1, sent=1}", records().toString());
    assertTrue(evidence.known(ledger.evidence(), ids.get(2)).contains(opened));
    EvidenceKind kind = EvidenceKind.EVIDENCE_KIND_RETRIEVAL;
    for (MessageId id : ids) {
      EvidenceName name = new EvidenceName(id, kind, FR.value(), FR.value());
      assertEquals(id.equals(ids.get(2)), ledger.evidence().has(name));
    }

    clock.move(LATER);
    sweep.round();
    assertEquals("{}", records().toString());
  }

  /** What is over can be stated again; what is not is known, and stays. */
  @Test
  void statementOfAGroup_whoseTimeIsOver_goesWithoutTheOthers() {
    long expires = clock.instant().plus(LATER.multipliedBy(9)).toEpochMilli();
    List<MessageId> ids = group(SentFacts.newBuilder().setExpiresAtMs(expires).build());
    assertTrue(opened(ids.get(0)));
    clock.move(LATER);
    assertTrue(opened(ids.get(1)));
    clock.move(EvidenceRecords.KEPT.minus(LATER).plusDays(2));
    assertEquals(1, sweep.round());
    assertEquals("{of own 4=1, of own 5=1, sent=1}", records().toString());
    assertTrue(opened(ids.get(0)));
    assertFalse(opened(ids.get(1)));
    assertEquals("{of own 4=1, of own 5=2, sent=1}", records().toString());
  }

  private boolean opened(MessageId id) {
    EvidenceItem item = evidence.retrieval(id, "desk", clock.millis());
    return ledger.<Boolean>commit(Lane.ROUTINE, tx -> evidence.keep(tx, ledger.evidence(), item));
  }

  /** However many there are, a pass reads them once; a hold that is placed meanwhile counts. */
  @Test
  void holds_areReadOnceForAPass_andAgainWhenOneIsPlaced() {
    int rows = 5;
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          for (int i = 0; i < rows; i++) {
            evidence.retrievals().note(tx, new RetrievalPlace(1L + 64L * i, 0), "desk");
          }
          return rows;
        });
    clock.move(EvidenceRecords.KEPT.plusDays(2));
    EvidenceExpiry ends = ledger.evidenceEnds();
    store.calls();
    EvidenceExpiry.Page page = ends.page(Part.RETRIEVALS, null, clock.millis(), 2);
    assertEquals(2, removed(page));
    page = ends.page(Part.RETRIEVALS, page.next(), clock.millis(), 2);
    // Each page also looks for the first bucket that is kept.
    assertEquals(2 + 1, store.calls().get("scan RETENTION"));

    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          HoldRecord hold = HoldRecord.newBuilder().setArrival(1 + 64 * 2).build();
          ledger.retention().hold(tx, received, hold);
          return hold;
        });
    assertEquals(1, removed(page));
    page = ends.page(Part.RETRIEVALS, null, clock.millis(), rows);
    assertEquals(1, removed(page));
    assertEquals("{12=1}", records().toString());
  }

  private int removed(EvidenceExpiry.Page page) {
    return ledger.commit(
        Lane.ROUTINE,
        tx -> ledger.evidenceEnds().remove(tx, Part.RETRIEVALS, page.over(), clock.millis()));
  }

  @Test
  void damagedRecords_areLeftAlone_andTheSweepGoesOn() {
    exchange();
    EvidenceItem opened = evidence.retrieval(own, "desk", clock.millis());
    assertTrue(
        ledger.<Boolean>commit(Lane.ROUTINE, tx -> evidence.keep(tx, ledger.evidence(), opened)));
    byte[] mark = EvidenceName.of(opened).mark(TestNames.names());
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          byte[] shared = KeyBuilder.key().bytes(own.bytes()).u8(4).bytes(mark).done();
          tx.put(Table.STATEMENT, shared, new byte[3]);
          tx.put(Table.EVIDENCE, KeyBuilder.key().u8(12).u32(1).u64(5).done(), new byte[3]);
          tx.put(Table.SENT, KeyBuilder.key().u64(1).u64(1).done(), new byte[0]);
          ledger.inbox().remove(tx, Objects.requireNonNull(ledger.inbox().find(received)));
          return own;
        });
    clock.move(EvidenceRecords.KEPT.plusDays(2));
    sweep.round();
    assertEquals("{10=1, 12=1, of own 4=1, sent=1}", records().toString());
  }

  private int use(int from, int to) {
    return ledger.commit(
        Lane.ROUTINE,
        tx -> {
          int kept = 0;
          for (int number = from; number < to; number++) {
            byte[] as = KeyBuilder.key().u64(7).u64(number).done();
            EvidenceItem item =
                evidence
                    .item(
                        EvidenceKind.EVIDENCE_KIND_PASSED_ON, own, DE, new byte[32], clock.millis())
                    .toBuilder()
                    .setPassedOnAs(ByteString.copyFrom(as))
                    .build();
            kept += evidence.keep(tx, ledger.evidence(), item) ? 1 : 0;
          }
          return kept;
        });
  }

  /** What is over leaves its place to others, and the rest is known still. */
  @Test
  void uses_whoseTimeIsOver_leaveTheirPlaces() {
    assertEquals(30, use(0, 30));
    clock.move(LATER);
    assertEquals(34, use(30, 100));
    clock.move(EvidenceRecords.KEPT.minus(LATER).plusDays(2));
    assertEquals(30, sweep.round());
    assertEquals("{of own 2=34, of own 3=1}", records().toString());
    assertEquals(0, use(30, 64));
    assertEquals(30, use(0, 100));
    assertEquals(64, evidence.known(ledger.evidence(), own).size());
    clock.move(EvidenceRecords.KEPT.plusDays(2));
    assertEquals(64, sweep.round());
    assertEquals("{}", records().toString());
  }

  /** A header that came again is kept from then on, also where a page had named it before. */
  @Test
  void headerKeptAnewMeanwhile_stays() {
    exchange();
    clock.move(EvidenceRecords.KEPT.plusDays(2));
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          evidence.keepHeader(tx, ledger.evidence(), header, new byte[64]);
          return header;
        });
    sweep.round();
    assertNotNull(ledger.evidence().header(Sha256.hash(header)));
  }

  @Test
  void manyRecords_goInSeveralPages() {
    int count = 2 * EvidenceSweep.AT_ONCE + 3;
    for (int i = 0; i < count; i++) {
      byte[] one = Sha256.hash(KeyBuilder.key().u32(i).done());
      ledger.commit(
          Lane.ROUTINE,
          tx -> {
            evidence.keepHeader(tx, ledger.evidence(), one, new byte[64]);
            return one;
          });
    }
    clock.move(EvidenceRecords.KEPT.plusDays(2));

    assertEquals(count, sweep.round());
    assertEquals("{}", records().toString());
  }
}
