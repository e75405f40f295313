package org.entente.gateway.intake;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.LongSupplier;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.table.IdempotencyTable;
import org.entente.gateway.model.Lane;
import org.jspecify.annotations.Nullable;

/**
 * Removes expired outcomes from the ledger.
 *
 * <p>An index by time would cost one more record for each message. Instead, a walk over the whole
 * table begins every six hours, in rounds bounded by time. It reads outside the writer's thread.
 * One commit removes at most {@value #AT_ONCE} keys, with other commits in between. A restart
 * begins a new walk. Call it regularly from one thread.
 */
public final class OutcomeSweep {
  /** Keys inspected at a time; one commit removes the expired ones. */
  static final int AT_ONCE = 256;

  /** How long a round runs before it leaves the rest to the next. */
  static final Duration ROUND = Duration.ofMillis(100);

  /** Time between the starts of two walks; a key is kept at most this much longer. */
  static final Duration APART = Duration.ofHours(6);

  private final Ledger ledger;
  private final InstantSource ending;
  private final LongSupplier nanos;
  private @Nullable ByteString place;
  private long due;

  /**
   * A sweep whose first round begins a walk.
   *
   * @param ending the clock by which outcomes expire
   * @param nanos a monotonic clock that bounds rounds and walks
   */
  public OutcomeSweep(Ledger ledger, InstantSource ending, LongSupplier nanos) {
    this.ledger = ledger;
    this.ending = ending;
    this.nanos = nanos;
    this.due = nanos.getAsLong();
  }

  /** Continues a walk, or begins one if it is due; returns the number of outcomes removed. */
  public int round() {
    long start = nanos.getAsLong();
    if (place == null) {
      if (start - due < 0) {
        return 0;
      }
      due = start + APART.toNanos();
      place = ByteString.EMPTY;
    }
    int removed = 0;
    ByteString next = place;
    while (next != null) {
      IdempotencyTable book = ledger.idempotency();
      long before = ending.millis() - OutcomeMemory.REMEMBERED.toMillis();
      IdempotencyTable.Page page = book.page(next, before, AT_ONCE);
      List<ByteString> over = page.over();
      if (!over.isEmpty()) {
        removed += ledger.commit(Lane.ROUTINE, tx -> book.remove(tx, over, before));
      }
      next = page.next();
      place = next;
      if (nanos.getAsLong() - start >= ROUND.toNanos()) {
        break;
      }
    }
    return removed;
  }
}
