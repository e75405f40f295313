package org.entente.gateway.ledger.table;

import static org.entente.gateway.testkit.Agencies.FR;
import static org.entente.gateway.testkit.Agencies.SG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.testkit.QuietLedger;
import org.entente.gateway.testkit.SettableClock;
import org.entente.proto.store.v1.ErasureRecord;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** What a member can make this gateway keep of recalls, and what it holds of its own. */
class RetentionTableTest {
  private final Random random = new Random(7);
  private final SettableClock clock = new SettableClock(Instant.parse("2026-11-25T10:00:00Z"));
  private final MemoryStore store = new MemoryStore();
  @AutoClose private final Ledger ledger = QuietLedger.started(store, clock);
  private final RetentionTable book = ledger.retention();

  private MessageId fresh() {
    return MessageId.fresh(clock.millis(), random);
  }

  private void write(java.util.function.Consumer<Transaction> change) {
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          change.accept(tx);
          return tx;
        });
  }

  private int prune(int most) {
    return ledger.commit(Lane.ROUTINE, tx -> book.prune(tx, clock.millis(), 0, most));
  }

  private void erased(RetentionTable at) {
    ErasureRecord done =
        ErasureRecord.newBuilder()
            .setMessageId(ByteString.copyFrom(fresh().bytes()))
            .setBucketDay(20_000)
            .setArrival(1)
            .build();
    write(tx -> at.end(tx, done));
  }

  /** Whoever has read those before must find it, also if the clock was set back meanwhile. */
  @Test
  void erasure_afterARestart_isListedBehindThoseBefore() {
    erased(book);
    erased(book);
    List<byte[]> read = book.erasedAfter(new byte[0], 10);
    assertEquals(2, read.size());
    clock.move(Duration.ofSeconds(-5));
    RetentionTable again = new RetentionTable(store);
    erased(again);
    assertEquals(1, again.erasedAfter(read.get(1), 10).size());
  }

  @Test
  void blocks_areCountedByOrigin_overBatches_andWhenTheyEnd() {
    MessageId first = fresh();
    long soon = clock.millis() + 1_000;
    long late = clock.millis() + 60_000;
    write(
        tx -> {
          book.block(tx, FR, first, false, soon);
          book.block(tx, FR, first, true, soon);
          book.block(tx, FR, fresh(), false, late);
          assertEquals(2, book.blocks(tx, FR));
        });
    write(tx -> book.block(tx, SG, fresh(), false, soon));
    assertEquals(2, book.blocks(FR));
    assertEquals(1, book.blocks(SG));

    clock.move(Duration.ofSeconds(2));
    assertEquals(2, prune(10));
    assertEquals(1, book.blocks(FR));
    assertEquals(0, book.blocks(SG));
  }

  /** A round looks at so many, over or not, and the next goes on. */
  @Test
  void round_looksAtABoundedPart() {
    int kept = RetentionExpiry.LOOKED;
    long soon = clock.millis() + 1_000;
    // The shorter name stands first; what there is of it is not over.
    write(
        tx -> {
          for (int i = 0; i < kept; i++) {
            book.block(tx, SG, fresh(), false, soon + 3_600_000);
          }
          book.block(tx, FR, fresh(), false, soon);
        });
    clock.move(Duration.ofSeconds(2));

    assertEquals(0, prune(10));
    assertEquals(1, prune(10));
    assertEquals(kept, book.blocks(SG));
  }

  @Test
  void block_thatIsExtendedInTheBatchThatLooks_staysWithItsCount() {
    MessageId extended = fresh();
    MessageId ended = fresh();
    long soon = clock.millis() + 1_000;
    write(
        tx -> {
          book.block(tx, FR, extended, false, soon);
          book.block(tx, FR, ended, false, soon);
        });
    clock.move(Duration.ofSeconds(2));
    List<Integer> pruned =
        ledger.commit(
            Lane.ROUTINE,
            tx -> {
              book.block(tx, FR, extended, false, clock.millis() + 60_000);
              return List.of(
                  book.prune(tx, clock.millis(), 0, 10), book.prune(tx, clock.millis(), 0, 10));
            });
    assertEquals(List.of(1, 0), pruned, "none twice in a batch");
    assertTrue(ledger.<Boolean>commit(Lane.ROUTINE, tx -> book.isBlocked(tx, FR, extended, false)));
    assertFalse(ledger.<Boolean>commit(Lane.ROUTINE, tx -> book.hasBlock(tx, FR, ended)));
    assertEquals(1, book.blocks(FR));
  }

  /** However many erasures are over, blocks and what was taken back end as soon. */
  @Test
  void erasuresThatAreOver_keepNothingElseWaiting() {
    MessageId taken = fresh();
    write(
        tx -> {
          for (int i = 0; i < 20; i++) {
            book.end(
                tx,
                ErasureRecord.newBuilder()
                    .setMessageId(ByteString.copyFrom(fresh().bytes()))
                    .setOrigin(FR.value())
                    .setBucketDay(-1)
                    .build());
          }
          book.block(tx, FR, fresh(), false, clock.millis() + 1_000);
          book.takeBack(tx, taken, clock.millis() + 1_000);
        });
    clock.move(Duration.ofSeconds(2));
    assertEquals(22, prune(10), "each is listed, too");
    assertEquals(0, book.blocks(FR));
    assertFalse(book.isTakenBack(taken));
    assertEquals(20, prune(10));
  }

  @Test
  void takenBack_beyondWhatIsHeldInMemory_isFoundAllTheSame() {
    RetentionTable small = new RetentionTable(store, 2);
    List<MessageId> taken = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      taken.add(fresh());
    }
    write(tx -> taken.forEach(id -> small.takeBack(tx, id, clock.millis() + 1_000)));
    RetentionTable opened = new RetentionTable(store, 2);
    for (RetentionTable one : List.of(small, opened)) {
      assertTrue(taken.stream().allMatch(one::isTakenBack));
      assertFalse(one.isTakenBack(fresh()));
    }
    clock.move(Duration.ofSeconds(2));
    assertEquals(
        5, ledger.<Integer>commit(Lane.ROUTINE, tx -> opened.prune(tx, clock.millis(), 0, 10)));
    assertTrue(taken.stream().noneMatch(opened::isTakenBack));
  }
}
