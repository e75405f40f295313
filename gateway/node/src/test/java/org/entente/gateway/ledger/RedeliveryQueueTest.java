package org.entente.gateway.ledger;

import static java.util.Objects.requireNonNull;
import static org.entente.gateway.testkit.Agencies.DE;
import static org.entente.gateway.testkit.Agencies.FR;
import static org.entente.gateway.testkit.Agencies.SG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.entente.gateway.ledger.commit.CommitObserver;
import org.entente.gateway.ledger.commit.LedgerFailure;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.ChainLink;
import org.entente.gateway.ledger.table.InboxTable;
import org.entente.gateway.ledger.table.RetentionTable;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.store.Batch;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Table;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.testkit.QuietLedger;
import org.entente.gateway.testkit.TestNames;
import org.entente.proto.store.v1.InboxRecord;
import org.entente.proto.store.v1.QuarantineRecord;
import org.entente.proto.store.v1.QuarantineStep;
import org.entente.proto.v1.MessageType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What comes anew costs no commit more than others do, and none of it is lost. */
@Timeout(60)
class RedeliveryQueueTest {
  private static final MessageType UPDATE = MessageType.MESSAGE_TYPE_UPDATE;
  private static final MessageType CANCEL = MessageType.MESSAGE_TYPE_CANCEL;
  private static final MessageType RESTRICTION = MessageType.MESSAGE_TYPE_RESTRICTION;
  private static final long DAY = 30_000;
  private static final int LARGE = 256 << 10;

  /** The largest commit of a store that is replicated. */
  private static final int REPLICATED = 8 << 20;

  /** What a commit may have beside the bodies: records, notes, places. */
  private static final long REST = 1 << 20;

  private volatile Instant now = Instant.parse("2026-11-25T10:00:00Z");
  private final List<Long> commits = new CopyOnWriteArrayList<>();
  private final BlockingQueue<Long> done = new LinkedBlockingQueue<>();
  private volatile Runnable committed = () -> {};
  private final List<Ledger> open = new ArrayList<>();
  private final MemoryStore.Disk disk = new MemoryStore.Disk();
  private MemoryStore store = new MemoryStore(disk);
  private Ledger ledger = opened(store);

  @AfterEach
  void close() {
    open.forEach(Ledger::close);
  }

  private Ledger opened(MemoryStore over) {
    CommitObserver observer =
        new CommitObserver() {
          @Override
          public void committed(int changes, long bytes, long nanos) {
            commits.add(bytes);
            done.add(bytes);
            committed.run();
          }

          @Override
          public void failed(LedgerFailure why) {}
        };
    Ledger opened =
        new Ledger(
            over,
            TestNames.names(),
            new QuietLedger.NoJournal(),
            () -> now,
            LedgerLimits.DEFAULT,
            observer);
    opened.start();
    open.add(opened);
    return opened;
  }

  private MessageId fresh() {
    return MessageId.fresh(now.toEpochMilli(), new SecureRandom());
  }

  /** The same content on a store with another bound of its commits. */
  private void reopen(int maxBatchBytes) {
    ledger.close();
    store = new MemoryStore(disk);
    store.takeBatchesUpTo(maxBatchBytes);
    ledger = opened(store);
  }

  /** As reception keeps a message. */
  private void keep(Transaction tx, AgencyName origin, MessageId id, int size) {
    InboxRecord record =
        InboxRecord.newBuilder()
            .setMessageId(ByteString.copyFrom(id.bytes()))
            .setOrigin(origin.value())
            .setBucketDay(DAY)
            .build();
    InboxRecord kept = ledger.chains().arriving(tx, origin, id, record);
    assertTrue(ledger.inbox().append(tx, Lane.ROUTINE, id, kept, new byte[size]) > 0);
    if (kept.getChanged()) {
      ledger.chains().arrived(tx, origin, id);
    }
  }

  private void keep(Transaction tx, MessageId id, int size) {
    keep(tx, FR, id, size);
  }

  private void keep(MessageId id, int size) {
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          keep(tx, id, size);
          return id;
        });
  }

  private void note(Transaction tx, MessageType type, MessageId id, MessageId target) {
    note(tx, FR, type, id, target);
  }

  private void note(
      Transaction tx, AgencyName origin, MessageType type, MessageId id, MessageId target) {
    ledger.chains().changed(tx, origin, new ChainLink(id, type, target, now.toEpochMilli(), false));
  }

  /** A message of an origin that is restricted. */
  private RestrictedMessage restricted(AgencyName origin, int size) {
    RestrictedMessage message = new RestrictedMessage(origin, fresh(), fresh());
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          keep(tx, origin, message.id(), size);
          keep(tx, origin, message.restriction(), 10);
          note(tx, origin, RESTRICTION, message.restriction(), message.id());
          return tx;
        });
    return message;
  }

  private record RestrictedMessage(AgencyName origin, MessageId id, MessageId restriction) {}

  private void lift(RestrictedMessage message) {
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          note(tx, message.origin(), CANCEL, fresh(), message.restriction());
          return tx;
        });
  }

  /** A change of a message is kept. */
  private MessageId change(MessageType type, MessageId target, int size) {
    MessageId id = fresh();
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          keep(tx, id, size);
          note(tx, type, id, target);
          return id;
        });
    return id;
  }

  private List<MessageId> changes(MessageId target, int count, int size) {
    List<MessageId> out = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      out.add(change(UPDATE, target, size));
    }
    return out;
  }

  /** Messages that arrive in one envelope. */
  private void arrive(MessageId... ids) {
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          for (MessageId id : ids) {
            keep(tx, id, 10);
          }
          return ids;
        });
  }

  private boolean isNoted() {
    try (Scan scan = store.scan(Table.CHAIN, new byte[] {3}, new byte[] {5})) {
      return scan.hasNext();
    }
  }

  private void settle() throws InterruptedException {
    while (isNoted()) {
      assertNotNull(done.poll(30, TimeUnit.SECONDS), "nothing is moved any more");
    }
    ledger.commit(Lane.ROUTINE, tx -> tx);
  }

  private long position(MessageId id) {
    InboxTable.PlacedRecord placed = ledger.inbox().find(id);
    assertNotNull(placed);
    return placed.position();
  }

  private void assertBehind(MessageId first, List<MessageId> ids, int size) {
    long last = position(first);
    for (MessageId id : ids) {
      long position = position(id);
      assertTrue(position > last, "stands where it stood");
      byte[] body = ledger.inbox().body(requireNonNull(ledger.inbox().find(id)));
      assertNotNull(body);
      assertEquals(size, body.length);
    }
  }

  /** Each message of the bucket is where it is to be erased from, and no other is. */
  private void assertPlaced(int messages) {
    int placed = 0;
    for (RetentionTable.BucketPosition place : ledger.retention().of(DAY, 10_000)) {
      placed +=
          ledger.commit(
              Lane.ROUTINE, tx -> ledger.inbox().page(tx, place.lane(), place.position()).size());
    }
    assertEquals(messages, placed);
  }

  private void assertBounded() {
    long greatest = commits.stream().mapToLong(bytes -> bytes).max().orElseThrow();
    assertTrue(greatest <= RedeliveryQueue.bytes(store) + REST, "a commit of " + greatest);
  }

  @ParameterizedTest
  @ValueSource(ints = {Batch.MAX_BYTES, REPLICATED})
  void twoSmallMessages_behindManyLargeOnes_makeNoLargeCommit(int maxBatchBytes)
      throws InterruptedException {
    reopen(maxBatchBytes);
    MessageId one = fresh();
    MessageId two = fresh();
    List<MessageId> ofOne = changes(one, Chains.MOST_TAKEN, LARGE);
    List<MessageId> ofTwo = changes(two, Chains.MOST_TAKEN, LARGE);
    commits.clear();
    arrive(one, two);
    settle();
    assertBounded();
    assertBehind(one, ofOne, LARGE);
    assertBehind(two, ofTwo, LARGE);
    assertPlaced(2 + 2 * Chains.MOST_TAKEN);
  }

  @ParameterizedTest
  @ValueSource(ints = {Batch.MAX_BYTES, REPLICATED})
  void restrictionsLiftedAtOnce_ofManyLargeMessages_makeNoLargeCommit(int maxBatchBytes)
      throws InterruptedException {
    reopen(maxBatchBytes);
    List<MessageId> targets = new ArrayList<>();
    List<MessageId> restrictions = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      MessageId target = fresh();
      keep(target, LARGE);
      targets.add(target);
      restrictions.add(change(RESTRICTION, target, 10));
    }
    long last = position(restrictions.get(99));
    commits.clear();
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          restrictions.forEach(restriction -> note(tx, CANCEL, fresh(), restriction));
          return tx;
        });
    settle();
    assertBounded();
    targets.forEach(target -> assertTrue(position(target) > last));
    assertPlaced(200);
  }

  /** All six fit into the bytes of a commit of one machine, but into no change of a cluster. */
  @Test
  void manyBytesOfOneOrigin_inACluster_comeAnew_andWhatOthersLiftedToo()
      throws InterruptedException {
    reopen(REPLICATED);
    RestrictedMessage other = restricted(DE, 10);
    MessageId target = fresh();
    List<MessageId> changes = changes(target, 6, 1 << 20);
    arrive(target);
    lift(other);
    settle();
    assertBehind(target, changes, 1 << 20);
    assertTrue(position(other.id()) > position(other.restriction()));
  }

  /** One that no change can hold, between others, stays; its failure undoes no move of theirs. */
  @Test
  void entryThatFails_holdsUpNoOther() throws InterruptedException {
    List<RestrictedMessage> messages = new ArrayList<>();
    for (AgencyName origin : List.of(DE, FR, SG)) {
      messages.add(restricted(origin, origin.equals(FR) ? 6 << 20 : 10));
    }
    reopen(REPLICATED);
    long last = ledger.inbox().lastPosition();
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          messages.forEach(
              lifted -> note(tx, lifted.origin(), CANCEL, fresh(), lifted.restriction()));
          return tx;
        });
    while (position(messages.get(0).id()) < last || position(messages.get(2).id()) < last) {
      assertNotNull(done.poll(30, TimeUnit.SECONDS), "nothing is moved any more");
    }
    assertTrue(position(messages.get(1).id()) < last);
    assertTrue(isNoted(), "it is tried again");
    assertEquals(Optional.empty(), ledger.chains().redeliveriesWaitSince());
    Instant then = now;
    now = then.plus(Duration.ofMinutes(61));
    assertEquals(Optional.of(then), ledger.chains().redeliveriesWaitSince());
  }

  /** The others of its page are not written again for each message that leaves it. */
  @Test
  void messagesOfOnePage_leaveItTogether() throws InterruptedException {
    MessageId[] targets = new MessageId[64];
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          for (int i = 0; i < targets.length; i++) {
            targets[i] = fresh();
            keep(tx, targets[i], 1_000);
          }
          return tx;
        });
    List<MessageId> restrictions = new ArrayList<>();
    for (MessageId target : targets) {
      restrictions.add(change(RESTRICTION, target, 10));
    }
    long last = position(restrictions.get(63));
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          restrictions.forEach(restriction -> note(tx, CANCEL, fresh(), restriction));
          commits.clear();
          return tx;
        });
    settle();
    long put = commits.stream().mapToLong(bytes -> bytes).sum();
    assertTrue(put < 512 << 10, "all commits put " + put);
    for (MessageId target : targets) {
      assertTrue(position(target) > last);
    }
    assertPlaced(128);
  }

  @Test
  void powerCut_afterAnyCommit_losesNoneThatIsToComeAnew() throws InterruptedException {
    MessageId target = fresh();
    List<MessageId> all = changes(target, 60, LARGE);
    MessageId further = change(UPDATE, all.get(59), 10);
    List<MemoryStore.Disk> cuts = new CopyOnWriteArrayList<>();
    committed = () -> cuts.add(disk.copy());
    arrive(target);
    settle();
    committed = () -> {};
    assertTrue(cuts.size() > 2, "more than one commit moves them");
    for (MemoryStore.Disk cut : cuts) {
      store = new MemoryStore(cut);
      ledger = opened(store);
      settle();
      assertBehind(target, all, LARGE);
      assertTrue(position(further) > position(all.get(59)));
      assertPlaced(62);
    }
  }

  @Test
  void manyChanges_andTheirChanges_allComeAnew() throws InterruptedException {
    MessageId target = fresh();
    List<MessageId> all = changes(target, 100, 10);
    List<MessageId> further = new ArrayList<>();
    all.forEach(change -> further.addAll(changes(change, 3, 10)));
    arrive(target);
    settle();
    assertBehind(target, all, 10);
    for (int i = 0; i < all.size(); i++) {
      assertBehind(all.get(i), further.subList(3 * i, 3 * i + 3), 10);
    }
    assertPlaced(401);
  }

  @Test
  void flash_isNotHeldUp_byWhatComesAnew() throws InterruptedException {
    MessageId target = fresh();
    List<MessageId> all = changes(target, Chains.MOST_TAKEN, LARGE);
    AtomicInteger moved = new AtomicInteger(-1);
    AtomicInteger count = new AtomicInteger();
    committed =
        () -> {
          if (count.incrementAndGet() == 2) {
            var unused =
                ledger.write(
                    Lane.FLASH,
                    tx -> {
                      long at = position(target);
                      moved.set((int) all.stream().filter(id -> position(id) > at).count());
                      return tx;
                    });
          }
        };
    arrive(target);
    settle();
    assertTrue(moved.get() > 0 && moved.get() < all.size(), "after " + moved.get());
    assertBehind(target, all, LARGE);
  }

  @Test
  void circle_endsNowhere_andComesAnew() throws InterruptedException {
    MessageId target = fresh();
    MessageId change = change(UPDATE, target, 10);
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          keep(tx, target, 10);
          note(tx, UPDATE, target, change);
          return tx;
        });
    settle();
    assertFalse(isNoted());
    assertPlaced(2);
  }

  @Test
  void changeThatIsSetAside_staysWhereTheQuarantineKnowsIt() throws InterruptedException {
    MessageId target = fresh();
    MessageId aside = change(UPDATE, target, 10);
    MessageId other = change(UPDATE, target, 10);
    long position = position(aside);
    ledger.commit(
        Lane.ROUTINE,
        tx ->
            ledger
                .quarantine()
                .put(
                    tx,
                    QuarantineRecord.newBuilder()
                        .setStep(QuarantineStep.QUARANTINE_STEP_DELIVERING)
                        .setPosition(position)
                        .build(),
                    new byte[0]));
    arrive(target);
    settle();
    assertEquals(position, position(aside));
    assertTrue(position(other) > position(target));
  }
}
