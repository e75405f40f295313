package org.entente.gateway.intake;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.LongSupplier;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.commit.Transaction.Mutation;
import org.entente.gateway.ledger.table.IdempotencyTable;
import org.entente.gateway.ledger.table.IdempotencyTable.FullRun;
import org.entente.gateway.model.Lane;

/**
 * Removes expired outcomes from the ledger, the oldest first, puts the places of newer ones there,
 * and moves those for which the filters have no room. It reads outside the writer's thread. One
 * commit removes at most {@value #AT_ONCE} records, with other commits in between. Call it
 * regularly from one thread.
 */
public final class OutcomeSweep {
  /** Records removed by one commit. */
  static final int AT_ONCE = 256;

  /** How long a round runs before it leaves the rest to the next. */
  static final Duration ROUND = Duration.ofMillis(100);

  private final Ledger ledger;
  private final IdempotencyTable book;
  private final InstantSource ending;
  private final LongSupplier nanos;

  /**
   * A sweep of a ledger.
   *
   * @param ending the clock by which outcomes expire
   * @param nanos a monotonic clock that bounds rounds
   */
  public OutcomeSweep(Ledger ledger, InstantSource ending, LongSupplier nanos) {
    this(ledger, ledger.idempotency(), ending, nanos);
  }

  /** The same of a given table. */
  OutcomeSweep(Ledger ledger, IdempotencyTable book, InstantSource ending, LongSupplier nanos) {
    this.ledger = ledger;
    this.book = book;
    this.ending = ending;
    this.nanos = nanos;
  }

  /** Removes what has expired; returns the number of records removed. */
  public int round() {
    long start = nanos.getAsLong();
    move();
    for (FullRun run = book.fullRun(); run != null; run = book.fullRun()) {
      store(run);
      move();
    }
    long before = ending.millis() - OutcomeMemory.REMEMBERED.toMillis();
    int removed = 0;
    List<Long> over = book.over(before, AT_ONCE);
    while (!over.isEmpty()) {
      List<Long> some = over;
      removed += ledger.commit(Lane.ROUTINE, tx -> book.remove(tx, some));
      boolean ends = some.size() < AT_ONCE || nanos.getAsLong() - start >= ROUND.toNanos();
      over = ends ? List.of() : book.over(before, AT_ONCE);
    }
    return removed;
  }

  private void store(FullRun run) {
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          book.write(tx, run);
          return run;
        });
  }

  /** Before the next run, so that keys leave the filters as fast as others need them. */
  private void move() {
    for (Mutation<Integer> some = book.move(); some != null; some = book.move()) {
      ledger.commit(Lane.ROUTINE, some);
    }
  }
}
