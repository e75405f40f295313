package org.entente.gateway.ledger.table;

import static org.entente.gateway.testkit.Agencies.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.record.EvidenceName;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.model.EvidenceMessages;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.testkit.MemoryStorageKeys;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.testkit.QuietLedger;
import org.entente.proto.store.v1.SentFacts;
import org.entente.proto.store.v1.SentPart;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Messages of one commit share the record of their recipients, and each is found by its id. */
class SentGroupsTest {
  private static final Instant NOW = Instant.parse("2026-11-25T10:00:00Z");

  private static final String DE = "de.customs";

  /** Ids of one time that may be in one group. */
  private static final long SLOT = NOW.toEpochMilli() & ~15;

  private static final MessageId LAST =
      MessageId.of(HexFormat.of().parseHex("ffffffffffff7fffbfffffffffffffff"));

  private final SecureRandom random = new SecureRandom();
  private final MemoryStore.Disk disk = new MemoryStore.Disk();
  private final RecordSeal atRest = new RecordSeal(new MemoryStorageKeys(), random);
  private MemoryStore store = new MemoryStore(disk);
  private EvidenceRecords records = new EvidenceRecords(atRest, FR);
  @AutoClose private Ledger ledger = QuietLedger.started(store, () -> NOW);

  private void restart() {
    ledger.close();
    store = new MemoryStore(disk);
    records = new EvidenceRecords(atRest, FR);
    ledger = QuietLedger.started(store, () -> NOW);
  }

  private static SentFacts facts(int number, int days) {
    return SentFacts.newBuilder()
        .addRecipients(DE)
        .setExpiresAtMs(NOW.plus(Duration.ofHours(number)).toEpochMilli())
        .setOpenByMs(number)
        .addParts(SentPart.newBuilder().setRetentionDays(days).setCaseRef("case " + number % 2))
        .build();
  }

  private Map<MessageId, SentFacts> messages(long millis, int count, int days) {
    Map<MessageId, SentFacts> sent = new LinkedHashMap<>();
    for (int i = 0; i < count; i++) {
      sent.put(MessageId.fresh(millis, random), facts(i, days));
    }
    return sent;
  }

  private int accept(Map<MessageId, SentFacts> sent) {
    store.calls();
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          records.accepted(tx, ledger.evidence(), sent);
          return sent;
        });
    return puts();
  }

  private void assertKept(Map<MessageId, SentFacts> sent) {
    sent.forEach(
        (id, facts) ->
            assertEquals(
                facts.toBuilder().setAcceptedAtMs(NOW.toEpochMilli()).build(),
                records.sent(ledger.evidence(), id).orElseThrow()));
  }

  @Test
  void messagesOfACommit_haveOneRecord_andEachIsFound_alsoAfterARestart() {
    Map<MessageId, SentFacts> sent = messages(SLOT, 40, 30);
    sent.putAll(messages(SLOT + 15, 24, 30));
    Map<MessageId, SentFacts> others = messages(SLOT + 7, 64, 30);
    assertEquals(1, accept(sent));
    assertEquals(1, accept(others));
    assertKept(sent);
    restart();
    assertKept(sent);
    assertKept(others);
    MessageId unknown = MessageId.fresh(SLOT + 7, random);
    assertTrue(records.sent(ledger.evidence(), unknown).isEmpty());
    List<MessageId> all = new ArrayList<>();
    records.eachSent(ledger.evidence(), (id, facts) -> all.add(id));
    assertEquals(sent.size() + others.size(), all.size());
    assertTrue(all.containsAll(sent.keySet()) && all.containsAll(others.keySet()));
  }

  /** A message that is kept longer does not keep another one of its commit. */
  @Test
  void messagesOfOtherTimes_orKeptUntilOtherDays_haveOtherRecords() {
    Map<MessageId, SentFacts> sent = messages(SLOT, 3, 30);
    sent.putAll(messages(SLOT + 16, 3, 30));
    sent.putAll(messages(SLOT, 3, 1_825));
    sent.putAll(messages(SLOT - (1L << 40), 1, 30));
    assertEquals(4, accept(sent));
    restart();
    assertKept(sent);
    assertEquals(2, accept(messages(SLOT, 65, 30)), "at most 64 in one");
  }

  @Test
  void messagesTakenBackInOneCommit_areAllTakenBack_andNoOther() {
    Map<MessageId, SentFacts> sent = messages(SLOT, 10, 30);
    accept(sent);
    List<MessageId> ids = List.copyOf(sent.keySet());
    MessageId recall = MessageId.fresh(SLOT, random);
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          for (MessageId id : ids.subList(0, 5)) {
            records.takenBack(tx, ledger.evidence(), id, recall, List.of());
          }
          return recall;
        });
    for (int restarts = 0; restarts < 2; restarts++) {
      for (int i = 0; i < ids.size(); i++) {
        SentFacts facts = records.sent(ledger.evidence(), ids.get(i)).orElseThrow();
        assertEquals(i < 5, facts.getTakenBackAtMs() != 0);
        assertFalse(facts.getExpiresAtMs() == 0);
      }
      restart();
    }
  }

  private EvidenceItem delivery(List<MessageId> ids) {
    EvidenceItem item =
        records.item(
            EvidenceKind.EVIDENCE_KIND_DELIVERY, ids.get(0), DE, new byte[32], NOW.toEpochMilli());
    return EvidenceMessages.about(ids, item.toBuilder().setAgency(DE).build());
  }

  private boolean keep(EvidenceItem item) {
    store.calls();
    return ledger.commit(Lane.ROUTINE, tx -> records.keep(tx, ledger.evidence(), item));
  }

  private int puts() {
    Map<String, Integer> calls = store.calls();
    return calls.getOrDefault("put STATEMENT", 0) + calls.getOrDefault("put SENT", 0);
  }

  private List<EvidenceItem> known(MessageId id) {
    return records.known(ledger.evidence(), id).stream()
        .filter(item -> item.getKind() != EvidenceKind.EVIDENCE_KIND_SUBMISSION_ACCEPTANCE)
        .toList();
  }

  @Test
  void statementAboutMessagesOfAGroup_isOneRecordAndItsMessages_andCountsOnceForEach() {
    Map<MessageId, SentFacts> sent = messages(SLOT, 64, 30);
    accept(sent);
    List<MessageId> ids = List.copyOf(sent.keySet());
    assertTrue(keep(delivery(ids.subList(0, 40))));
    assertEquals(2, puts());
    assertFalse(keep(delivery(ids.subList(10, 30))));
    assertEquals(0, puts());
    assertTrue(keep(delivery(ids.subList(30, 50)).toBuilder().setReason("later").build()));
    assertEquals(2, puts());
    for (int restarts = 0; restarts < 2; restarts++) {
      for (int i = 0; i < 64; i++) {
        MessageId id = ids.get(i);
        EvidenceName name = new EvidenceName(id, EvidenceKind.EVIDENCE_KIND_DELIVERY, DE, DE);
        assertEquals(i < 50, ledger.evidence().has(name), "message " + i);
        String reason = i < 40 ? "" : "later";
        List<EvidenceItem> one =
            i < 50
                ? List.of(delivery(List.of(id)).toBuilder().setReason(reason).build())
                : List.of();
        assertEquals(one, known(id));
      }
      restart();
    }
  }

  @Test
  void statementAboutMessagesOfSeveralGroups_isKeptOfEach_alsoOfOneThatIsInNone() {
    Map<MessageId, SentFacts> one = messages(SLOT, 3, 30);
    Map<MessageId, SentFacts> other = messages(SLOT + 32, 3, 30);
    accept(one);
    accept(other);
    MessageId alone = MessageId.fresh(SLOT, random);
    List<MessageId> ids = new ArrayList<>(one.keySet());
    ids.addAll(other.keySet());
    ids.add(alone);
    assertTrue(keep(delivery(ids)));
    assertEquals(2 * 3, puts());
    restart();
    ids.forEach(id -> assertEquals(List.of(delivery(List.of(id))), known(id)));
    assertEquals(List.of(), known(MessageId.fresh(SLOT, random)));
  }

  /** A member that states much of each message by itself costs memory for each statement once. */
  @Test
  void statementsAboutEachMessageOfAGroup_costTheirOwnBytesOnly() {
    Map<MessageId, SentFacts> sent = messages(SLOT, 64, 30);
    accept(sent);
    String reason = "x".repeat(1_000);
    long bytes =
        ledger.commit(
            Lane.ROUTINE,
            tx -> {
              for (MessageId id : sent.keySet()) {
                EvidenceItem item = delivery(List.of(id)).toBuilder().setReason(reason).build();
                assertTrue(records.keep(tx, ledger.evidence(), item));
              }
              return tx.changes().bytes();
            });
    assertTrue(bytes < 2L * 64 * reason.length(), () -> bytes + " bytes");
  }

  /** What a member states of the messages of a time does not lie among their groups. */
  @Test
  void group_isFoundByOneScanOfGroups_whateverIsStated() {
    Map<MessageId, SentFacts> sent = messages(SLOT, 64, 30);
    accept(sent);
    List<MessageId> ids = List.copyOf(sent.keySet());
    assertTrue(keep(delivery(ids)));
    restart();
    store.calls();
    assertTrue(records.sent(ledger.evidence(), MessageId.fresh(SLOT + 15, random)).isEmpty());
    assertEquals(Map.of("scan SENT", 1), store.calls());
    assertTrue(records.sent(ledger.evidence(), ids.get(0)).isPresent());
    assertEquals(Map.of("scan SENT", 1, "get SENT", 1), store.calls());
  }

  @Test
  void groupsOfManyIds_areReadOnceForEachTime() {
    Map<MessageId, SentFacts> sent = messages(SLOT, 64, 30);
    Map<MessageId, SentFacts> later = messages(SLOT + 32, 64, 1_825);
    accept(sent);
    accept(later);
    restart();
    Set<MessageId> ids = new HashSet<>(sent.keySet());
    ids.addAll(later.keySet());
    for (int i = 0; i < 100; i++) {
      ids.add(MessageId.fresh(SLOT + 32L * (i & 1), random));
    }
    ids.add(LAST);
    store.calls();
    assertEquals(Set.of(), records.sentTo(ledger.evidence(), "sg.police", ids));
    assertEquals(3, store.calls().get("scan SENT"));
    ids.removeIf(id -> !sent.containsKey(id) && !later.containsKey(id));
    assertEquals(ids, records.sentTo(ledger.evidence(), DE, ids));
    assertNull(store.calls().get("scan SENT"));
  }

  /** Statements about two old groups, in turn, do not drive each other out of memory. */
  @Test
  void groupJustFound_staysInMemory_howeverOldItIs() {
    Map<MessageId, SentFacts> old = messages(SLOT - 64, 1, 30);
    Map<MessageId, SentFacts> other = messages(SLOT - 32, 1, 30);
    accept(old);
    accept(other);
    int many = 1 << 16;
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          for (int i = 0; i < many; i += MessageGroup.MOST) {
            long slot = SLOT + i;
            List<MessageId> ids =
                Stream.generate(() -> MessageId.fresh(slot, random))
                    .limit(MessageGroup.MOST)
                    .sorted()
                    .toList();
            ledger.evidence().sent().put(tx, MessageGroup.of(ids), new byte[1]);
          }
          return many;
        });
    store.calls();
    for (int i = 0; i < 10; i++) {
      assertNotNull(ledger.evidence().sent().group(old.keySet().iterator().next()));
      assertNotNull(ledger.evidence().sent().group(other.keySet().iterator().next()));
    }
    assertEquals(Map.of("scan SENT", 2), store.calls());
  }
}
