package org.entente.gateway.retention;

import static java.util.Objects.requireNonNull;
import static org.entente.gateway.testkit.Agencies.DE;
import static org.entente.gateway.testkit.Agencies.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.record.DiskThresholds;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.seal.BucketKey;
import org.entente.gateway.seal.LocalSeal;
import org.entente.gateway.seal.format.MessageLeaf;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.Table;
import org.entente.gateway.testkit.MemoryStorageKeys;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.testkit.QuietLedger;
import org.entente.gateway.testkit.RecordedLeaves;
import org.entente.gateway.testkit.SettableClock;
import org.entente.proto.store.v1.ErasureCause;
import org.entente.proto.store.v1.ErasureRecord;
import org.entente.proto.store.v1.InboxRecord;
import org.entente.proto.v1.EvidenceItem;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A storm of recalls is executed by one worker, in rounds: threat 69. */
class MessageErasureTest {
  private static final AgencyName IT = new AgencyName("it.customs");
  private static final int STORM = 10_000;
  private static final long MIB = 1 << 20;

  /** Bytes of the stored bodies of a page of 64 messages with one byte each. */
  private static final int STORED = 1 + 64 * Integer.BYTES + 64;

  private static final int ROUNDS = (STORM + MessageErasure.ROUND - 1) / MessageErasure.ROUND;

  private final SecureRandom random = new SecureRandom();
  private final SettableClock clock = new SettableClock(Instant.parse("2026-11-25T10:00:00Z"));
  private final RecordedLeaves leaves = new RecordedLeaves();
  private final MemoryStore.Disk disk = new MemoryStore.Disk();
  private final MemoryStore store = new MemoryStore(disk);
  private final Ledger ledger = QuietLedger.started(store, clock, leaves);
  private final EvidenceRecords evidence =
      new EvidenceRecords(new RecordSeal(new MemoryStorageKeys(), random), DE);
  private final Keys keys = new Keys();
  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private final Path folder;
  private ErasureJournal journal;
  private MessageErasure erasing;
  private long leaf;

  MessageErasureTest(@TempDir Path folder) throws IOException {
    this.folder = folder;
    journal = journal();
    erasing = erasing();
  }

  private ErasureJournal journal() throws IOException {
    return ErasureJournal.open(
        folder.resolve("erasures"), LocalDate.parse("2026-11-25").toEpochDay());
  }

  private LocalDate today() {
    return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
  }

  private MessageErasure erasing() {
    return new MessageErasure(DE, ledger, keys, journal, evidence, tasks::add);
  }

  @AfterEach
  void close() throws IOException {
    ledger.close();
    journal.close();
  }

  /** How often keys were written, for how many messages; fails once where a test says so. */
  private static final class Keys implements RetentionKeys {
    private final List<Integer> writings = new ArrayList<>();
    private final Set<MessageLeaf> poison = new HashSet<>();
    private boolean fails;
    private boolean confirmed = true;

    @Override
    public void forget(List<KeptMessage> messages) {
      if (messages.stream().anyMatch(kept -> poison.contains(kept.leaf()))) {
        throw new IllegalArgumentException("a defect over this message");
      }
      if (fails) {
        fails = false;
        throw new UncheckedIOException(new IOException("the disk of the keystore failed"));
      }
      writings.add(messages.size());
    }

    @Override
    public BucketKey hold(MessageId message, long beganMs) {
      throw new AssertionError("nothing is held");
    }

    @Override
    public List<HoldKey> holds() {
      return List.of();
    }

    @Override
    public void endHold(MessageId message, LocalDate lastDay) {
      throw new AssertionError("nothing is held");
    }

    @Override
    public void destroyHold(MessageId message) {
      // Nothing is held.
    }

    @Override
    public int requireDestroyedEverywhere() {
      if (!confirmed) {
        throw new UncheckedIOException(new IOException("node n3 has not confirmed"));
      }
      return 0;
    }
  }

  /** A local record of which only the leaf is read. */
  private static byte[] sealedRecord(long leaf) {
    return ByteBuffer.allocate(100).put((byte) 1).putLong(leaf).array();
  }

  private List<MessageId> received(int count, AgencyName origin) {
    return received(count, origin, 1, id -> id);
  }

  /** Messages of one envelope, which lie on pages of 64. */
  private List<MessageId> receivedTogether(int count) {
    return receivedTogether(count, FR, 1);
  }

  private List<MessageId> receivedTogether(int count, AgencyName origin, int body) {
    MessageId envelope = MessageId.fresh(clock.millis(), random);
    return received(count, origin, body, id -> envelope);
  }

  private List<MessageId> received(
      int count, AgencyName origin, int body, UnaryOperator<MessageId> envelope) {
    List<MessageId> ids = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ids.add(MessageId.fresh(clock.millis(), random));
    }
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          for (int i = 0; i < count; i++) {
            MessageId id = ids.get(i);
            InboxRecord record =
                InboxRecord.newBuilder()
                    .setMessageId(ByteString.copyFrom(id.bytes()))
                    .setOrigin(origin.value())
                    .setEnvelopeId(ByteString.copyFrom(envelope.apply(id).bytes()))
                    .setBucketDay(LocalDate.parse("2026-12-25").toEpochDay())
                    .setSealedRecord(ByteString.copyFrom(sealedRecord(++leaf)))
                    .build();
            ledger.inbox().append(tx, Lane.ROUTINE, id, record, new byte[body]);
          }
          return ids;
        });
    return ids;
  }

  /** As {@link RecallReception} does with each of them. */
  private void recall(List<MessageId> ids) {
    ledger.commit(
        Lane.FLASH,
        tx -> {
          for (MessageId id : ids) {
            erasing.begin(
                tx, requireNonNull(ledger.inbox().find(tx, id)), ErasureCause.ERASURE_CAUSE_RECALL);
            tx.afterCommit(erasing::wake);
          }
          return ids;
        });
  }

  private int work(int most) {
    int runs = 0;
    while (runs < most && !tasks.isEmpty()) {
      assertEquals(1, tasks.size(), "one task, however often the worker is woken");
      tasks.remove().run();
      runs++;
    }
    return runs;
  }

  private List<EvidenceItem> owed(AgencyName origin) {
    return evidence.openOwed(ledger.evidence().owed(origin, STORM, Long.MAX_VALUE));
  }

  private long erased() {
    return leaves.types().stream().filter(AuditType.ERASED::equals).count();
  }

  @Test
  void recallStorm_isOneTaskAtATime_withOneWritingOfTheKeysARound() {
    List<MessageId> ids = received(STORM, FR);
    recall(ids);

    for (MessageId id : ids) {
      assertNull(ledger.inbox().find(id), "hidden by the commit that accepts the recall");
    }
    assertEquals(0, owed(FR).size(), "nothing is stated before it is done");

    assertTrue(work(STORM) <= ROUNDS + 1);

    assertEquals(ROUNDS, keys.writings.size());
    assertEquals(STORM, keys.writings.stream().mapToInt(Integer::intValue).sum());
    assertEquals(STORM, erased());
    Set<ByteString> answered = new HashSet<>();
    owed(FR).forEach(item -> answered.add(item.getMessageId()));
    assertEquals(STORM, answered.size());
    ids.forEach(id -> requireNonNull(ledger.retention().done(id)));
  }

  @Test
  void erasure_thatANodeHasNotConfirmed_isHiddenAndStatedOnlyOnceItHas() {
    keys.confirmed = false;
    List<MessageId> ids = received(2, FR);
    recall(ids);
    work(2);

    assertNull(ledger.inbox().find(ids.get(0)));
    assertEquals(0, erased());
    assertEquals(0, owed(FR).size());

    keys.confirmed = true;
    erasing.retry();
    work(2);
    assertEquals(2, erased());
    assertEquals(2, owed(FR).size());
  }

  /** Any machine of a cluster may be the one that goes on alone from a backup. */
  @Test
  void erasure_thatAnotherMachineHasNotNoted_isNotStated() throws IOException {
    List<byte[]> noted = new ArrayList<>();
    AtomicBoolean away = new AtomicBoolean(true);
    journal.close();
    journal =
        ErasureJournal.open(
            folder.resolve("erasures"),
            Long.MAX_VALUE,
            records -> {
              if (away.get()) {
                throw new IOException("node n3: away");
              }
              noted.add(ByteString.copyFrom(records).toByteArray());
            });
    erasing = erasing();
    recall(received(2, FR));
    work(2);
    assertEquals(0, erased());
    assertEquals(0, owed(FR).size());
    assertEquals(2, erasing.stuck());
    assertEquals(
        List.of(
            "erasures: 2 or more wait, one since 2026-11-25T10:00:00Z: the erasure journal of"
                + " another machine: node n3: away"),
        erasing.warnings());

    away.set(false);
    erasing.retry();
    work(2);
    assertEquals(0, erasing.stuck());
    assertEquals(List.of(), erasing.warnings());
    assertEquals(2, erased());
    assertEquals(2, owed(FR).size());
    Path another = folder.resolve("another");
    try (ErasureJournal other =
        ErasureJournal.open(another, Long.MAX_VALUE, ErasureJournal.Others.NONE)) {
      other.append(noted.get(0));
    }
    List<ErasureRecord> records = new ArrayList<>();
    try (ErasureJournal other =
        ErasureJournal.open(another, Long.MAX_VALUE, ErasureJournal.Others.NONE)) {
      other.atOpening(10, records::addAll);
    }
    assertEquals(2, records.size());
  }

  /** A machine of a cluster reads its journal at each take-over, for as long as it runs. */
  @Test
  void takeOver_afterTheBucketHasEnded_beginsNoErasureAgain() throws IOException {
    MessageId id = received(1, FR).get(0);
    recall(List.of(id));
    work(STORM);
    journal.close();
    journal =
        ErasureJournal.open(folder.resolve("erasures"), Long.MAX_VALUE, ErasureJournal.Others.NONE);
    erasing = erasing();
    clock.move(Duration.ofDays(40));
    var unused = new BucketSweep(DE, ledger, evidence, clock).round();
    assertNull(ledger.retention().done(id), "the ledger has forgotten it");

    assertEquals(0, erasing.replay(today()));
    work(STORM);
    assertEquals(1, erased());
    assertEquals(1, owed(FR).size());
  }

  @Test
  void recallOfAnotherOrigin_duringAStorm_isInTheNextRound() {
    // The origin of the storm chooses ids that come first.
    recall(received(STORM, FR));
    work(1);
    clock.set(clock.instant().plusSeconds(3_600));
    recall(received(5, IT));

    work(1);
    assertEquals(5, owed(IT).size(), "with the next round");
    assertEquals(2 * MessageErasure.ROUND - 5, owed(FR).size(), "which has room for both");

    work(STORM);
    assertEquals(STORM, owed(FR).size());
  }

  @Test
  void erasureByAPerson_duringAStorm_waitsForNoOther() {
    List<MessageId> ids = received(STORM, FR);
    recall(ids);
    MessageId own = received(1, IT).get(0);
    recall(List.of(own));

    erasing.finish(
        ledger.commit(Lane.ROUTINE, tx -> requireNonNull(ledger.retention().pending(tx, own))));

    requireNonNull(ledger.retention().done(own));
    assertEquals(1, erased());
  }

  @Test
  void restart_withThousandsPending_goesOn_andAnswersEachOnce() throws IOException {
    List<MessageId> ids = received(STORM, FR);
    recall(ids);
    work(3);
    tasks.clear();
    journal.close();

    journal = journal();
    erasing = erasing();
    assertEquals(0, erasing.replay(today()), "none is in the inbox again");
    work(STORM);

    assertEquals(STORM, erased());
    assertEquals(STORM, owed(FR).size());
  }

  @Test
  void round_thatFails_statesNothing_andIsTriedAgainWhenTheWorkerIsWoken() {
    List<MessageId> ids = received(10, FR);
    keys.fails = true;
    recall(ids);
    work(STORM);
    assertEquals(0, owed(FR).size());
    assertEquals(0, erased());

    erasing.wake();
    work(STORM);

    assertEquals(10, owed(FR).size());
  }

  private ErasureJournal journal(ErasureJournal.Others others) throws IOException {
    journal.close();
    return ErasureJournal.open(folder.resolve("erasures"), Long.MAX_VALUE, others);
  }

  private List<ErasureRecord> inTheJournal() throws IOException {
    journal.close();
    journal = journal();
    List<ErasureRecord> records = new ArrayList<>();
    journal.atOpening(STORM, records::addAll);
    return records;
  }

  /** The attempts of a week would fill the disk of the journal. */
  @Test
  void erasures_whoseKeysCannotBeDestroyed_areInTheJournalOnce() throws IOException {
    recall(received(10, FR));
    for (int minute = 0; minute < 3; minute++) {
      keys.fails = true;
      erasing.retry();
      work(STORM);
      assertEquals(0, erased());
    }
    erasing.retry();
    work(STORM);
    assertEquals(10, erased());
    assertEquals(10, inTheJournal().size());
  }

  /** Nor do they fill it, and the memory, if another machine takes no records. */
  @Test
  void erasures_thatAnotherMachineDoesNotNote_areBegunUpToABound_andGoOnOnceItDoes()
      throws IOException {
    AtomicBoolean full = new AtomicBoolean(true);
    Set<ByteString> sent = new HashSet<>();
    journal =
        journal(
            records -> {
              sent.addAll(records);
              if (full.get()) {
                throw new IOException("node n3: its disk is full");
              }
            });
    erasing = erasing();
    int storm = MessageErasure.MOST_UNCONFIRMED + 3 * MessageErasure.ROUND;
    List<MessageId> last = received(storm, FR).stream().sorted(Comparator.reverseOrder()).toList();
    for (int from = 0; from < storm; from += MessageErasure.ROUND) {
      // The origin chooses ids that come before those of its earlier recalls.
      recall(last.subList(from, Math.min(storm, from + MessageErasure.ROUND)));
      work(STORM);
    }
    int begun = sent.size();
    assertTrue(begun > MessageErasure.MOST_UNCONFIRMED && begun < storm, "" + begun);
    assertEquals(0, erased());

    full.set(false);
    erasing.retry();
    work(STORM);
    assertEquals(storm, erased());
    assertEquals(storm, inTheJournal().size());
  }

  /** The first of them would be taken each time, and the rest keep their keys. */
  @Test
  void erasuresThatWaitForAMachine_areAllBegun_andNotedOnceByTheOthers() throws IOException {
    List<ByteString> sent = new ArrayList<>();
    journal = journal(sent::addAll);
    erasing = erasing();
    keys.confirmed = false;
    int count = 2 * MessageErasure.ROUND + 88;
    recall(received(count, FR).stream().sorted().toList());
    for (int minute = 0; minute < 4; minute++) {
      erasing.retry();
      work(STORM);
    }
    assertEquals(count, keys.writings.stream().mapToInt(Integer::intValue).sum());
    assertEquals(count, sent.size());
    assertEquals(count, Set.copyOf(sent).size());
    assertEquals(0, erased());

    keys.confirmed = true;
    erasing.retry();
    work(STORM);
    assertEquals(count, erased());
    assertEquals(count, sent.size());
  }

  /** The keystore takes no change for a moment, while what was begun before waits for a machine. */
  @Test
  void furtherErasures_whoseKeysCouldNotBeDestroyed_areBegunAgain() throws IOException {
    keys.confirmed = false;
    int count = 2 * MessageErasure.ROUND + 88;
    recall(received(count, FR).stream().sorted().toList());
    work(STORM);
    keys.fails = true;
    for (int minute = 0; minute < 4; minute++) {
      erasing.retry();
      work(STORM);
    }
    assertEquals(count, keys.writings.stream().mapToInt(Integer::intValue).sum());
    assertEquals(count, inTheJournal().size());
  }

  @Test
  void erasureThatFailsAlone_amongFurtherOnes_keepsNoKeyOfOthers() {
    keys.confirmed = false;
    List<MessageId> ids = received(2 * MessageErasure.ROUND, FR).stream().sorted().toList();
    MessageId poison = ids.get(MessageErasure.ROUND + 1);
    keys.poison.add(
        LocalSeal.leaf(
                requireNonNull(ledger.inbox().find(poison))
                    .record()
                    .getSealedRecord()
                    .toByteArray())
            .orElseThrow());
    recall(ids);
    work(STORM);
    erasing.retry();
    work(STORM);
    assertEquals(ids.size() - 1, keys.writings.stream().mapToInt(Integer::intValue).sum());
  }

  /** A member that recalls all it has sent must not keep the keys of what others recall. */
  @Test
  void erasuresOfOneOriginThatWait_leaveRoomForThoseOfAnother() {
    keys.confirmed = false;
    int storm = MessageErasure.MOST_UNCONFIRMED + 3 * MessageErasure.ROUND;
    recall(received(storm, FR));
    work(STORM);
    for (int minute = 0; minute < 3; minute++) {
      erasing.retry();
      work(STORM);
    }
    int begun = keys.writings.stream().mapToInt(Integer::intValue).sum();
    assertTrue(begun > MessageErasure.MOST_UNCONFIRMED && begun < storm, "" + begun);

    recall(received(3, IT));
    work(STORM);
    assertEquals(begun + 3, keys.writings.stream().mapToInt(Integer::intValue).sum());
  }

  /** A person that erases all of an origin must not keep the keys of what it recalls. */
  @Test
  void erasuresByPersons_countInTheBoundOfNoOrigin() {
    keys.confirmed = false;
    List<MessageId> erased = received(MessageErasure.MOST_UNCONFIRMED + 1, FR);
    List<ErasureRecord> begun =
        ledger.commit(
            Lane.ROUTINE,
            tx ->
                erased.stream()
                    .map(
                        id ->
                            erasing.begin(
                                tx,
                                requireNonNull(ledger.inbox().find(tx, id)),
                                ErasureCause.ERASURE_CAUSE_PERSON))
                    .toList());
    begun.forEach(one -> assertTrue(erasing.finish(one).refusal().isPresent()));
    work(STORM);
    int before = keys.writings.stream().mapToInt(Integer::intValue).sum();
    recall(received(3, FR));
    work(STORM);
    assertEquals(before + 3, keys.writings.stream().mapToInt(Integer::intValue).sum());

    keys.confirmed = true;
    erasing.retry();
    work(STORM);
    assertEquals(erased.size() + 3, erased());
  }

  /** However many origins recall, each has its turn. */
  @Test
  void moreOrigins_thanARoundHasPlaces_haveTheirTurns() {
    int origins = MessageErasure.ROUND + 44;
    for (int i = 0; i < origins; i++) {
      recall(received(3, agency(i)));
    }
    work(2);
    assertEquals(2L * MessageErasure.ROUND, erased());
    work(STORM);
    assertEquals(3L * origins, erased());
    for (int i = 0; i < origins; i++) {
      assertEquals(3, owed(agency(i)).size());
    }
  }

  private static AgencyName agency(int number) {
    return new AgencyName("fr." + (char) ('a' + number / 26) + (char) ('a' + number % 26));
  }

  /**
   * One that fails for ever would otherwise keep the recalls of all members from being executed.
   */
  @Test
  void erasureThatFails_failsAlone_isCounted_andIsFinishedOnceItCanBe() {
    List<MessageId> ids = received(3 * MessageErasure.ROUND, FR);
    MessageId poison = ids.get(MessageErasure.ROUND + 1);
    keys.poison.add(
        LocalSeal.leaf(
                requireNonNull(ledger.inbox().find(poison))
                    .record()
                    .getSealedRecord()
                    .toByteArray())
            .orElseThrow());
    recall(ids);
    work(STORM);

    assertEquals(ids.size() - 1, erased());
    assertEquals(ids.size() - 1, owed(FR).size());
    assertNull(ledger.retention().done(poison));
    assertEquals(1, erasing.stuck());
    String warning = erasing.warnings().get(0);
    assertTrue(warning.contains(poison.toString()), warning);
    assertEquals(0, work(STORM), "it is not tried without end");

    recall(received(5, IT));
    work(STORM);
    assertEquals(5, owed(IT).size());

    erasing.retry();
    work(STORM);
    assertEquals(1, erasing.stuck());

    keys.poison.clear();
    erasing.retry();
    work(STORM);
    requireNonNull(ledger.retention().done(poison));
    assertEquals(ids.size(), owed(FR).size());
    assertEquals(0, erasing.stuck());
    assertEquals(List.of(), erasing.warnings());
  }

  @Test
  void recordOfAnErasure_thatCannotBeRead_isCounted_andHoldsUpNoOther() {
    List<MessageId> one = received(1, FR);
    recall(one);
    byte[] damaged = KeyBuilder.key().u8(1).bytes(one.get(0).bytes()).done();
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          tx.put(Table.RETENTION, damaged, new byte[] {(byte) 0xff});
          return damaged;
        });
    recall(received(5, FR));
    work(STORM);
    assertEquals(5, owed(FR).size());
    assertEquals(1, erasing.stuck());
  }

  /** One origin neither fills the memory with failures, nor is its own later mail left behind. */
  @Test
  void erasuresOfOneOriginThatFail_areRememberedUpToABound_andThoseBehindThemAreFinished() {
    List<MessageId> failing =
        received(2 * FailedErasures.MOST + 100, FR).stream().sorted().toList();
    recall(failing);
    clock.move(Duration.ofSeconds(1));
    List<MessageId> last = received(5, FR);
    recall(last);
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          failing.forEach(id -> tx.put(Table.RETENTION, pendingKey(id), new byte[] {(byte) 0xff}));
          return failing;
        });
    recall(received(5, IT));

    work(STORM);
    assertEquals(5, owed(IT).size());
    assertEquals(0, owed(FR).size());
    assertEquals(FailedErasures.MOST, erasing.stuck());
    for (int minute = 0; minute < 2; minute++) {
      erasing.retry();
      work(STORM);
    }
    assertEquals(5, owed(FR).size());
    assertEquals(FailedErasures.MOST, erasing.stuck());

    List<MessageId> repaired = failing.subList(0, 10);
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          repaired.forEach(
              id ->
                  tx.put(
                      Table.RETENTION,
                      pendingKey(id),
                      ErasureRecord.newBuilder()
                          .setMessageId(ByteString.copyFrom(id.bytes()))
                          .setOrigin(FR.value())
                          .setCause(ErasureCause.ERASURE_CAUSE_RECALL)
                          .build()
                          .toByteArray()));
          return repaired;
        });
    erasing.retry();
    work(STORM);
    assertEquals(15, owed(FR).size(), "the next pass begins at the first");
    assertEquals(FailedErasures.MOST, erasing.stuck());
  }

  /** Recalled in one envelope each, or erased by a person: the page is written once an hour. */
  @Test
  void erasuresOfAPage_oneByOne_writeItOnce() {
    List<MessageId> ids = receivedTogether(64);
    var unused = store.calls();
    for (MessageId id : ids.subList(0, 60)) {
      recall(List.of(id));
      work(STORM);
      requireNonNull(ledger.retention().done(id));
    }
    assertEquals(60, owed(FR).size(), "stated when the key is gone");
    assertNull(store.calls().get("put BODY"));
    erasing.retry();
    work(STORM);
    erasing.rewritePages(MIB);
    assertNull(store.calls().get("put BODY"), "a minute later neither");
    assertEquals(STORED, bodies(1).length);

    dropCiphertext(erasing);
    assertEquals(1, store.calls().get("put BODY"));
    assertEquals(STORED - 60, bodies(1).length, "none of the ciphertext is left");
    dropCiphertext(erasing);
    assertNull(store.calls().get("put BODY"), "nothing was erased since");
    ids.subList(60, 64).forEach(id -> requireNonNull(ledger.inbox().find(id)));
  }

  /** As the periodic tasks do. */
  private static void dropCiphertext(MessageErasure erasing) {
    erasing.dropCiphertext();
    erasing.rewritePages(MIB);
  }

  private byte[] bodies(long page) {
    return requireNonNull(store.get(Table.BODY, KeyBuilder.key().u64(page).done()));
  }

  /** A crash there, or a backup from there, keeps the ciphertext, and nobody is given it. */
  @Test
  void ledger_ofBetweenErasureAndRewriting_showsNothing_andGoesOn() throws IOException {
    List<MessageId> ids = receivedTogether(64);
    MemoryStore.Disk received = disk.copy();
    recall(ids.subList(0, 10));
    MemoryStore.Disk begun = disk.copy();
    work(STORM);
    MemoryStore.Disk ended = disk.copy();
    journal.close();

    journal = journal();
    assertContinues(received, ids, 10);
    journal.close();
    journal = journal();
    assertContinues(begun, ids, 0);
    journal.close();
    journal = journal();
    assertContinues(ended, ids, 0);
  }

  private void assertContinues(MemoryStore.Disk restored, List<MessageId> ids, int again) {
    MemoryStore from = new MemoryStore(restored);
    try (Ledger restarted = QuietLedger.started(from, clock, leaves)) {
      tasks.clear();
      MessageErasure continued =
          new MessageErasure(DE, restarted, keys, journal, evidence, tasks::add);
      assertEquals(again, continued.replay(today()));
      for (MessageId id : ids.subList(0, 10)) {
        assertNull(restarted.inbox().find(id));
      }
      assertEquals(54, restarted.inbox().read(Lane.ROUTINE, 1, 64).size());
      work(STORM);
      dropCiphertext(continued);
      byte[] left = from.get(Table.BODY, KeyBuilder.key().u64(1).done());
      assertEquals(STORED - 10, requireNonNull(left).length);
      ids.subList(0, 10).forEach(id -> requireNonNull(restarted.retention().done(id)));
      assertEquals(54, restarted.inbox().read(Lane.ROUTINE, 1, 64).size());
    }
  }

  /** A walk is many small commits, and a page that fails keeps no other waiting. */
  @Test
  void walk_overManyPages_isDivided_andPassesOverAPageThatFails() {
    List<MessageId> gone = new ArrayList<>();
    for (int i = 0; i < 3 * PageRewriting.AT_ONCE; i++) {
      gone.add(receivedTogether(2).get(0));
    }
    var unused = store.calls();
    recall(gone);
    work(STORM);
    assertNull(store.calls().get("put BODY"), "an envelope of recalls of many pages writes none");
    store.failReads(Table.BODY, KeyBuilder.key().u64(3).done());
    long commits = store.commits();
    dropCiphertext(erasing);
    assertTrue(store.commits() - commits >= 3);
    assertEquals(gone.size() - 1, store.calls().get("put BODY"));
    assertEquals(1, ledger.retention().pagesToRewrite(FR));

    store.failReads(null, new byte[0]);
    dropCiphertext(erasing);
    assertEquals(1, store.calls().get("put BODY"));
    assertEquals(0, ledger.retention().pagesToRewrite(FR));
  }

  /** The bytes of a page of 64 messages, with its bodies. */
  private long size(long page) {
    byte[] records =
        store.get(Table.INBOX, KeyBuilder.key().u8(Lane.ROUTINE.number()).u64(page).done());
    return (long) requireNonNull(records).length + bodies(page).length;
  }

  /** A member that recalls a message of each of its pages takes its share of the writer only. */
  @Test
  void pagesOfOneOrigin_areWrittenAtAPace_andThoseOfAnotherInItsShare() {
    List<MessageId> gone = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      gone.add(receivedTogether(64, FR, 900).get(0));
    }
    gone.add(receivedTogether(64, IT, 900).get(0));
    gone.add(receivedTogether(64, IT, 900).get(0));
    recall(gone);
    work(STORM);
    long page = size(1);
    assertTrue(page > 64_000 && page < 80_000, "" + page);

    erasing.dropCiphertext();
    erasing.rewritePages(8 * page);
    assertEquals(
        0, ledger.retention().pagesToRewrite(IT), "though the other has thirty times as many");
    assertEquals(60 - 6, ledger.retention().pagesToRewrite(FR), "what is left of the step is its");
    for (int left = 54; left > 0; ) {
      erasing.rewritePages(8 * page - 1);
      long now = ledger.retention().pagesToRewrite(FR);
      assertEquals(Math.max(0, left - 8), now, "a page more at most");
      left = (int) now;
    }
    var unused = store.calls();
    erasing.rewritePages(8 * page);
    assertNull(store.calls().get("put BODY"), "the walk is over");
  }

  /** A step too small for a page of each: nobody waits for more than a page of each other. */
  @Test
  void pagesOfManyOrigins_takeTurns() {
    List<MessageId> gone = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      gone.add(receivedTogether(64, FR, 900).get(0));
    }
    for (int i = 0; i < 20; i++) {
      gone.add(receivedTogether(64, agency(i), 900).get(0));
    }
    recall(gone);
    work(STORM);
    erasing.dropCiphertext();
    for (int i = 0; i < 21; i++) {
      erasing.rewritePages(1);
    }
    assertEquals(39, ledger.retention().pagesToRewrite(FR));
    assertEquals(List.of(FR), ledger.retention().originsToRewrite());
  }

  /** A walk of one origin that takes hours does not keep that of another from beginning. */
  @Test
  void walkOfOneOrigin_delaysNoWalkOfAnother_andFollowsItself() {
    List<MessageId> first = receivedTogether(64, FR, 900);
    recall(first.subList(0, 1));
    for (int i = 1; i < 10; i++) {
      recall(receivedTogether(64, FR, 900).subList(0, 1));
    }
    erasing.dropCiphertext();
    erasing.rewritePages(1);
    recall(receivedTogether(64, IT, 900).subList(0, 1));
    erasing.rewritePages(1);
    assertEquals(1, ledger.retention().pagesToRewrite(IT), "its hour has not come");
    recall(first.subList(1, 2));
    erasing.dropCiphertext();
    erasing.rewritePages(1);
    assertEquals(0, ledger.retention().pagesToRewrite(IT));
    for (int i = 0; i < 8; i++) {
      assertEquals(9 - i, ledger.retention().pagesToRewrite(FR));
      erasing.rewritePages(1);
    }
    assertEquals(1, ledger.retention().pagesToRewrite(FR), "marked behind the place of the walk");
    erasing.rewritePages(1);
    erasing.rewritePages(1);
    assertEquals(0, ledger.retention().pagesToRewrite(FR));
  }

  /** The key is gone, which is the erasure; dropping the ciphertext needs room first. */
  @Test
  void pages_areNotWrittenWhileSpaceIsScarce_andErasureGoesOn() {
    List<MessageId> ids = receivedTogether(64);
    recall(ids.subList(0, 10));
    free(DiskThresholds.DEFAULT.slowBelow() - 1);
    work(STORM);
    var unused = store.calls();
    dropCiphertext(erasing);
    assertNull(store.calls().get("put BODY"));
    assertEquals(STORED, bodies(1).length);
    assertEquals(1, ledger.retention().pagesToRewrite(FR));
    assertTrue(erasing.warnings().get(0).contains("entente_erased_pages_waiting"));
    assertEquals(10, owed(FR).size(), "stated, as the keys are gone");
    assertEquals(List.of(10), keys.writings);

    free(2 * DiskThresholds.DEFAULT.slowBelow());
    erasing.rewritePages(MIB);
    assertEquals(STORED - 10, bodies(1).length);
    assertEquals(List.of(), erasing.warnings());
  }

  private void free(long bytes) {
    disk.free(bytes);
    ledger.room().look();
  }

  private static byte[] pendingKey(MessageId id) {
    return KeyBuilder.key().u8(1).bytes(id.bytes()).done();
  }
}
