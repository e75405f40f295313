package org.entente.gateway.transmit;

import static org.entente.gateway.testkit.Agencies.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.record.EvidenceName;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.ledger.table.AwaitedEvidenceTable;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.ledger.table.OutboxTable;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.EvidenceMessages;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.seal.format.OriginNumber;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.Table;
import org.entente.gateway.testkit.MemoryStorageKeys;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.testkit.QuietLedger;
import org.entente.gateway.testkit.SettableClock;
import org.entente.gateway.testkit.TestNames;
import org.entente.proto.store.v1.SentFacts;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** What the origin states when a time has passed in which nobody said anything. */
class EvidenceTimeoutsTest {
  private static final String DE = "de.customs";
  private static final Instant START = Instant.parse("2026-11-25T10:00:00Z");
  private static final Duration OPEN_WITHIN = Duration.ofMinutes(15);
  private static final Duration EXPIRES = Duration.ofHours(6);

  private final SettableClock clock = new SettableClock(START);
  private final SettableClock ending = new SettableClock(START);
  private final MemoryStore.Disk disk = new MemoryStore.Disk();
  private final EvidenceRecords records =
      new EvidenceRecords(new RecordSeal(new MemoryStorageKeys(), new SecureRandom()), FR);
  @AutoClose private Ledger ledger = QuietLedger.started(new MemoryStore(disk), clock);
  private EvidenceTimeouts awaiting = new EvidenceTimeouts(FR, ledger, records, ending);

  private void restart() {
    ledger.close();
    ledger = QuietLedger.started(new MemoryStore(disk), clock);
    awaiting = new EvidenceTimeouts(FR, ledger, records, ending);
  }

  private MessageId send(boolean exercise) {
    MessageId id = MessageId.fresh(clock.millis(), new SecureRandom());
    SentFacts facts =
        SentFacts.newBuilder()
            .addRecipients(DE)
            .setLane(Lane.FLASH.number())
            .setExercise(exercise)
            .setExpiresAtMs(clock.instant().plus(EXPIRES).toEpochMilli())
            .setOpenByMs(clock.instant().plus(OPEN_WITHIN).toEpochMilli())
            .build();
    ledger.commit(
        Lane.FLASH,
        tx -> {
          EvidenceTimeouts.begin(tx, ledger, records, id, facts);
          return id;
        });
    return id;
  }

  /** As reception does with a recipient's word. */
  private void says(MessageId id, EvidenceKind kind) {
    EvidenceItem item =
        records.item(kind, id, DE, new byte[0], clock.millis()).toBuilder().setAgency(DE).build();
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          records.keep(tx, ledger.evidence(), item);
          return kind == EvidenceKind.EVIDENCE_KIND_RETRIEVAL
              && ledger.awaited().unlist(tx, id, DE);
        });
  }

  private void pass(Duration time) {
    clock.move(time);
    ending.move(time);
    awaiting.round();
  }

  private List<String> known(MessageId id) {
    List<String> out = new ArrayList<>();
    for (EvidenceItem item : records.known(ledger.evidence(), id)) {
      if (item.getKind() == EvidenceKind.EVIDENCE_KIND_SUBMISSION_ACCEPTANCE) {
        continue;
      }
      String kind = item.getKind().name().replace("EVIDENCE_KIND_", "");
      out.add(kind + " " + item.getAgency() + (item.getTimeOut() ? " " + item.getCode() : ""));
    }
    return out;
  }

  private List<MessageId> unopened() {
    return ledger.awaited().unopened(0, 100).stream()
        .map(AwaitedEvidenceTable.UnopenedMessage::record)
        .map(record -> MessageId.of(record.getMessageId().toByteArray()))
        .toList();
  }

  @Test
  void round_saysHowManyItLookedAt() {
    send(false);
    send(false);
    assertEquals(0, awaiting.round());
    ending.move(OPEN_WITHIN);
    assertEquals(2, awaiting.round());
    assertEquals(0, awaiting.round());
  }

  @Test
  void deliveredAndOpenedInTime_theOriginStatesNothing() {
    MessageId id = send(false);
    says(id, EvidenceKind.EVIDENCE_KIND_DELIVERY);
    says(id, EvidenceKind.EVIDENCE_KIND_RETRIEVAL);
    pass(EXPIRES.plusDays(1));
    assertEquals(List.of("DELIVERY de.customs", "RETRIEVAL de.customs"), known(id));
    assertEquals(List.of(), unopened());
    assertEquals(0, awaiting.round(), "and looks no more");
  }

  @Test
  void nobodyOpensItInTime_isStatedOnceMarkedAndListed_alsoAcrossARestart() {
    MessageId id = send(false);
    says(id, EvidenceKind.EVIDENCE_KIND_DELIVERY);
    pass(OPEN_WITHIN.minusMillis(1));
    assertEquals(List.of("DELIVERY de.customs"), known(id));
    restart();
    pass(Duration.ofMillis(1));
    assertEquals(List.of(id), unopened(), "listed at once");
    assertEquals(List.of("DELIVERY de.customs"), known(id), "stated once it was asked for");
    assertEquals(List.of("de.customs retrieval " + id), asked());
    pass(EvidenceRequests.WINDOW.plusSeconds(1));
    assertEquals(List.of("DELIVERY de.customs", "NON_RETRIEVAL fr.customs UNOPENED"), known(id));
    assertEquals(List.of(id), unopened());
    assertEquals(1, ledger.awaited().unopened(DE, Lane.FLASH));
    restart();
    pass(Duration.ofMinutes(1));
    assertEquals(2, known(id).size());
    assertEquals(1, ledger.awaited().unopened(DE, Lane.FLASH));
  }

  /** What the recipient is asked for, in short. */
  private List<String> asked() {
    List<String> out = new ArrayList<>();
    awaiting.ask(
        new RecipientNotices() {
          @Override
          public void withdraw(AgencyName recipient, List<OutboxTable.NumberedEntry> numbers) {
            throw new AssertionError("nothing is owed");
          }

          @Override
          public void unconfirmed(AgencyName recipient, List<OriginNumber> numbers) {
            throw new AssertionError("nothing is owed");
          }

          @Override
          public void askKeys(AgencyName recipient) {
            throw new AssertionError("nothing waits");
          }

          @Override
          public void askEvidence(
              AgencyName recipient, List<MessageId> undelivered, List<MessageId> unopened) {
            undelivered.forEach(id -> out.add(recipient + " delivery " + id));
            unopened.forEach(id -> out.add(recipient + " retrieval " + id));
          }
        });
    return out;
  }

  private String forDelivery(MessageId id) {
    return DE + " delivery " + id;
  }

  /** The ledger may be a restored one: nobody knows what came to the one that was lost. */
  @Test
  void silenceAboutWhatWasAcceptedBeforeThisStart_isAskedAbout_beforeItIsStated() {
    MessageId id = send(false);
    clock.move(EXPIRES.plusDays(1));
    ending.move(EXPIRES.plusDays(1));
    restart();
    pass(Duration.ofMillis(1));
    assertEquals(List.of(), known(id));
    assertEquals(List.of(forDelivery(id)), asked());
    assertEquals(List.of(), asked());
    pass(Duration.ofSeconds(30));
    assertEquals(List.of(forDelivery(id)), asked(), "a request may be lost");
    says(id, EvidenceKind.EVIDENCE_KIND_DELIVERY);
    pass(Duration.ofMinutes(1));
    assertEquals(List.of(DE + " retrieval " + id), asked());
    says(id, EvidenceKind.EVIDENCE_KIND_RETRIEVAL);
    pass(Duration.ofMinutes(2));
    assertEquals(List.of(), asked());
    pass(EvidenceRequests.WINDOW);
    assertEquals(List.of("DELIVERY de.customs", "RETRIEVAL de.customs"), known(id));
    assertEquals(0, awaiting.round(), "and looks no more");
  }

  @Test
  void recipientThatDoesNotAnswer_isAskedFiveTimes_andThenItsSilenceIsStated() {
    MessageId id = send(false);
    clock.move(EXPIRES.plusDays(1));
    ending.move(EXPIRES.plusDays(1));
    restart();
    int times = 0;
    for (Duration passed = Duration.ZERO;
        passed.compareTo(EvidenceRequests.WINDOW) < 0;
        passed = passed.plusSeconds(10)) {
      awaiting.round();
      times += asked().size();
      assertEquals(List.of(), known(id));
      clock.move(Duration.ofSeconds(10));
      ending.move(Duration.ofSeconds(10));
    }
    assertEquals(5, times);
    pass(Duration.ofSeconds(1));
    assertEquals(List.of("NON_DELIVERY fr.customs EXPIRED"), known(id));
    assertEquals(List.of(), asked());
  }

  @Test
  void restartWhileItIsAsked_beginsAgain() {
    MessageId id = send(false);
    clock.move(EXPIRES.plusDays(1));
    ending.move(EXPIRES.plusDays(1));
    restart();
    pass(Duration.ofMillis(1));
    assertEquals(List.of(forDelivery(id)), asked());
    restart();
    pass(EvidenceRequests.WINDOW.plusSeconds(1));
    assertEquals(List.of(), known(id));
    assertEquals(List.of(forDelivery(id)), asked());
    pass(EvidenceRequests.WINDOW.plusSeconds(1));
    assertEquals(List.of("NON_DELIVERY fr.customs EXPIRED"), known(id));
  }

  @Test
  void silenceAboutWhatWasAcceptedSinceThisStart_isNotAskedAbout() {
    MessageId id = send(false);
    pass(EXPIRES.plus(TimeoutRules.GRACE));
    assertEquals(List.of("NON_DELIVERY fr.customs EXPIRED"), known(id));
    assertEquals(List.of(), asked());
  }

  @Test
  void retrievalThatComesLate_standsBeside_andTakesItFromTheList() {
    MessageId id = send(false);
    says(id, EvidenceKind.EVIDENCE_KIND_DELIVERY);
    pass(OPEN_WITHIN);
    says(id, EvidenceKind.EVIDENCE_KIND_RETRIEVAL);
    assertEquals(
        List.of("DELIVERY de.customs", "NON_RETRIEVAL fr.customs UNOPENED", "RETRIEVAL de.customs"),
        known(id));
    assertEquals(List.of(), unopened());
    assertEquals(0, ledger.awaited().unopened(DE, Lane.FLASH));
    pass(TimeoutRules.LISTED.plusDays(1));
    assertEquals(3, known(id).size());
    assertEquals(List.of(), unopened());
  }

  @Test
  void noWordOfDeliveryBeforeItsExpiry_isStated_andWordThatComesLateStandsBeside() {
    MessageId id = send(false);
    pass(EXPIRES.plus(TimeoutRules.GRACE).minusMillis(1));
    assertEquals(List.of("NON_RETRIEVAL fr.customs UNOPENED"), known(id));
    pass(Duration.ofMillis(1));
    says(id, EvidenceKind.EVIDENCE_KIND_DELIVERY);
    pass(Duration.ofDays(30));
    assertEquals(
        List.of(
            "NON_RETRIEVAL fr.customs UNOPENED",
            "NON_DELIVERY fr.customs EXPIRED",
            "DELIVERY de.customs"),
        known(id));
  }

  @Test
  void listed_sevenDaysAtMost() {
    MessageId id = send(false);
    pass(OPEN_WITHIN);
    pass(TimeoutRules.LISTED.minusMillis(1));
    assertEquals(List.of(id), unopened());
    pass(Duration.ofMillis(1));
    assertEquals(List.of(), unopened());
    assertEquals(0, ledger.awaited().unopened(DE, Lane.FLASH));
  }

  @Test
  void exercise_isListedAndNotCounted() {
    MessageId id = send(true);
    pass(OPEN_WITHIN);
    assertEquals(List.of(id), unopened());
    assertTrue(ledger.awaited().unopened(0, 1).get(0).record().getExercise());
    assertEquals(0, ledger.awaited().unopened(DE, Lane.FLASH));
  }

  /** A clock that leaps concludes nothing: only the time by which things end does. */
  @Test
  void clockThatLeaps_statesNothing() {
    MessageId id = send(false);
    clock.leap(Duration.ofDays(3));
    awaiting.round();
    assertEquals(List.of(), known(id));
    assertFalse(ledger.awaited().due(clock.millis(), 10).isEmpty());
  }

  /** Messages that were opened, as most are, cost their check a few look-ups together. */
  @Test
  void messagesOfACommit_thatWereOpened_areCheckedTogether() {
    MemoryStore store = new MemoryStore(disk);
    ledger.close();
    ledger = QuietLedger.started(store, clock);
    awaiting = new EvidenceTimeouts(FR, ledger, records, ending);
    Map<MessageId, SentFacts> sent = new LinkedHashMap<>();
    long slot = clock.millis() & ~15;
    while (sent.size() < 64) {
      SentFacts facts =
          SentFacts.newBuilder()
              .addRecipients(DE)
              .setExpiresAtMs(clock.instant().plus(EXPIRES).toEpochMilli())
              .setOpenByMs(clock.instant().plus(OPEN_WITHIN).toEpochMilli())
              .build();
      sent.put(MessageId.fresh(slot, new SecureRandom()), facts);
    }
    List<MessageId> ids = List.copyOf(sent.keySet());
    EvidenceItem opened =
        records.retrieval(ids.get(0), "desk", clock.millis()).toBuilder()
            .setAgency(DE)
            .setRecipient(DE)
            .build();
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          EvidenceTimeouts.begin(tx, ledger, records, sent);
          return sent;
        });
    boolean kept =
        ledger.<Boolean>commit(
            Lane.ROUTINE,
            tx -> records.keep(tx, ledger.evidence(), EvidenceMessages.about(ids, opened)));
    assertTrue(kept);
    store.calls();
    pass(OPEN_WITHIN);
    assertEquals(
        Map.of("scan EVIDENCE", 2, "delete EVIDENCE", 1, "get STATEMENT", 1), store.calls());
    assertEquals(List.of(), unopened());
    ids.forEach(id -> assertEquals(List.of("RETRIEVAL de.customs"), known(id)));
  }

  @Test
  void message_ofWhichTheEvidenceIsDamaged_isPassedOver_andOthersAreStated() {
    MessageId damaged = send(false);
    MessageId sound = send(false);
    MessageId opened = send(false);
    says(damaged, EvidenceKind.EVIDENCE_KIND_RETRIEVAL);
    says(opened, EvidenceKind.EVIDENCE_KIND_RETRIEVAL);
    byte[] mark =
        new EvidenceName(damaged, EvidenceKind.EVIDENCE_KIND_RETRIEVAL, DE, DE)
            .mark(TestNames.names());
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          byte[] key = KeyBuilder.key().bytes(damaged.bytes()).u8(4).bytes(mark).done();
          assertNotNull(tx.get(Table.STATEMENT, key));
          tx.put(Table.STATEMENT, key, new byte[3]);
          return damaged;
        });
    ending.move(OPEN_WITHIN);
    assertEquals(3, awaiting.round());
    assertEquals(List.of(sound), unopened());
    assertEquals(List.of("RETRIEVAL de.customs"), known(opened));
    assertEquals(0, awaiting.round());
  }

  @Test
  void message_ofWhichTheEvidenceWasDamaged_isLookedAtAgain_onceADay() {
    MessageId damaged = send(false);
    says(damaged, EvidenceKind.EVIDENCE_KIND_RETRIEVAL);
    byte[] mark =
        new EvidenceName(damaged, EvidenceKind.EVIDENCE_KIND_RETRIEVAL, DE, DE)
            .mark(TestNames.names());
    byte[] key = KeyBuilder.key().bytes(damaged.bytes()).u8(4).bytes(mark).done();
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          tx.put(Table.STATEMENT, key, new byte[3]);
          return damaged;
        });
    ending.move(OPEN_WITHIN);
    assertEquals(1, awaiting.round());
    ending.move(EvidenceTimeouts.AGAIN_AFTER.minusMillis(1));
    assertEquals(0, awaiting.round());
    restart();
    ending.move(Duration.ofSeconds(1));
    assertEquals(1, awaiting.round());
    assertEquals(List.of(), unopened());

    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          tx.delete(Table.STATEMENT, key);
          return damaged;
        });
    ending.move(EvidenceTimeouts.AGAIN_AFTER.plusSeconds(1));
    assertEquals(1, awaiting.round());
    assertEquals(List.of(damaged), unopened());
  }

  /** More at once than one commit takes, as when a peer was away. */
  @Test
  void manyAtOnce_areAllStatedInOneRound_andTheListIsReadByPages() {
    List<MessageId> sent = new ArrayList<>();
    for (int i = 0; i < 700; i++) {
      sent.add(send(false));
    }
    pass(OPEN_WITHIN);
    assertEquals(700, ledger.awaited().unopened(DE, Lane.FLASH));
    List<AwaitedEvidenceTable.UnopenedMessage> read = new ArrayList<>();
    List<AwaitedEvidenceTable.UnopenedMessage> page = ledger.awaited().unopened(0, 300);
    while (!page.isEmpty()) {
      read.addAll(page);
      page = ledger.awaited().unopened(page.get(page.size() - 1).number(), 300);
    }
    assertEquals(700, read.size());
    assertEquals(List.copyOf(new java.util.TreeSet<>(sent)), new ArrayList<>(sorted(read)));
  }

  /** What is stated of all of them is more than twice what a change of a replicated store takes. */
  @Test
  void manyRecipients_thatAreDueAtOnce_areAllStatedInOneRound() {
    MemoryStore store = new MemoryStore(disk);
    store.takeBatchesUpTo(8 << 20);
    ledger.close();
    ledger = QuietLedger.started(store, clock);
    awaiting = new EvidenceTimeouts(FR, ledger, records, ending);
    List<String> names =
        IntStream.range(0, 60).mapToObj(i -> "agency-%02d.customs".formatted(i)).toList();
    Map<MessageId, SentFacts> sent = new LinkedHashMap<>();
    for (int i = 0; i < 300; i++) {
      sent.put(
          MessageId.fresh(clock.millis(), new SecureRandom()),
          SentFacts.newBuilder()
              .addAllRecipients(names)
              .setLane(Lane.FLASH.number())
              .setExpiresAtMs(clock.instant().plus(EXPIRES).toEpochMilli())
              .setOpenByMs(clock.instant().plus(OPEN_WITHIN).toEpochMilli())
              .build());
    }
    ledger.commit(
        Lane.FLASH,
        tx -> {
          EvidenceTimeouts.begin(tx, ledger, records, sent);
          return sent;
        });
    MessageId other = send(false);
    ending.move(OPEN_WITHIN);

    assertEquals(301, awaiting.round());

    names.forEach(name -> assertEquals(300, ledger.awaited().unopened(name, Lane.FLASH)));
    assertEquals(List.of("NON_RETRIEVAL fr.customs UNOPENED"), known(other));
    assertEquals(0, awaiting.round());
  }

  private static java.util.SortedSet<MessageId> sorted(
      List<AwaitedEvidenceTable.UnopenedMessage> read) {
    java.util.SortedSet<MessageId> out = new java.util.TreeSet<>();
    read.forEach(one -> out.add(MessageId.of(one.record().getMessageId().toByteArray())));
    return out;
  }
}
