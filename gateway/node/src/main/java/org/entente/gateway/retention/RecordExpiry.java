package org.entente.gateway.retention;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.commit.Transaction.Mutation;
import org.entente.gateway.model.Lane;

/**
 * Removes records whose time is over: what peers announced, subject terms, chains, and those of
 * features. A walk begins every hour and goes through the tables in turn, one small commit each, so
 * that no table waits for another and no message waits for a large commit. A round ends after
 * {@link #ROUND}; the next goes on from there. Used by one thread.
 */
public final class RecordExpiry {
  /** Time between the beginnings of two walks. */
  static final Duration APART = Duration.ofHours(1);

  /** How long a round goes on, and by how much its last commit may exceed that. */
  static final Duration ROUND = Duration.ofMillis(100);

  /** Records that one commit removes at most. */
  public static final int AT_ONCE = 256;

  /** Milliseconds of a day. */
  public static final long DAY_MILLIS = Duration.ofDays(1).toMillis();

  private final Ledger ledger;
  private final InstantSource ending;
  private final LongSupplier nanos;
  private final List<ExpiryPart> parts;
  private long due;
  private int next;

  /** Parts in turn that had nothing left; as many as there are once a walk is over. */
  private int idle;

  /** A table. */
  public interface ExpiryPart {
    /**
     * What removes some of its records, at most about {@link #AT_ONCE}; gives how many. Reads
     * beside the writer.
     */
    Mutation<Integer> removal(long nowMillis);
  }

  /**
   * Expiry in a ledger.
   *
   * @param ending the time by which things end
   * @param nanos a time that only runs, by which rounds and walks are bounded
   * @param features the tables of features
   */
  public RecordExpiry(
      Ledger ledger, InstantSource ending, LongSupplier nanos, List<ExpiryPart> features) {
    this.ledger = ledger;
    this.ending = ending;
    this.nanos = nanos;
    this.due = nanos.getAsLong();
    this.parts = new ArrayList<>(features);
    parts.add(now -> tx -> ledger.peerFacts().prune(tx, now, AT_ONCE));
    parts.add(now -> tx -> ledger.subjects().prune(tx, now / DAY_MILLIS, AT_ONCE));
    parts.add(now -> tx -> ledger.chains().prune(tx, now, AT_ONCE));
    this.idle = parts.size();
  }

  /** Goes on with a walk, or begins one if it is time; how many records were removed. */
  public int round() {
    long start = nanos.getAsLong();
    if (idle == parts.size()) {
      if (start - due < 0) {
        return 0;
      }
      due = start + APART.toNanos();
      idle = 0;
    }
    int removed = 0;
    do {
      ExpiryPart part = parts.get(next);
      // Moved on first: one record that cannot be read must not hold up the other tables.
      next = (next + 1) % parts.size();
      int gone = ledger.commit(Lane.ROUTINE, part.removal(ending.millis()));
      removed += gone;
      idle = gone == 0 ? idle + 1 : 0;
    } while (idle < parts.size() && nanos.getAsLong() - start < ROUND.toNanos());
    return removed;
  }
}
