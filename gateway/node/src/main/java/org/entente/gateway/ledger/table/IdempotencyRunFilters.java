package org.entente.gateway.ledger.table;

import java.util.TreeMap;

/**
 * Tells which runs of keys may hold a key, so that a new key costs no read. The Bloom filters of 64
 * runs lie side by side, one bit of each in every slot: one look-up answers for all 64, and mostly
 * ends after five slots. Of absent keys, one in 2,000 seems to be in a given run.
 *
 * <p>The filters of a group take 4 MiB, and {@link #GROUPS} groups have some; in older ones, each
 * run may hold every key, so {@link OlderIdempotencyKeys} takes their keys before. One thread adds,
 * before the run counts; many may look.
 */
final class IdempotencyRunFilters {
  /** Runs in a group. */
  static final int TOGETHER = Long.SIZE;

  /** Most groups with filters, the newest. */
  static final int GROUPS = 8;

  /** Slots of a group: 16 for each key of a full run. */
  static final int SLOTS = 1 << 19;

  private static final int PROBES = 8;

  private final TreeMap<Long, long[]> groups = new TreeMap<>();
  private final int together;
  private final int most;
  private final int slots;

  /** Filters for runs of ordinary size. */
  IdempotencyRunFilters() {
    this(TOGETHER, GROUPS, SLOTS);
  }

  /**
   * Filters of another size.
   *
   * @param together runs in a group, at most {@link #TOGETHER}
   * @param most most groups
   * @param slots slots of a group, a power of two
   */
  IdempotencyRunFilters(int together, int most, int slots) {
    this.together = together;
    this.most = most;
    this.slots = slots;
  }

  /** The group of a run. */
  long group(long run) {
    return run / together;
  }

  /** The bit of a run in its group. */
  long bit(long run) {
    return 1L << (run % together);
  }

  /** Runs that have filters wherever in its group the newest one is, beside that one. */
  int runs() {
    return (most - 1) * together;
  }

  /** Adds a key to a run; it is a hash with a secret key, so it needs no other hash. */
  void add(long run, long key) {
    long[] bits = bits(group(run));
    for (int probe = 0; probe < PROBES; probe++) {
      bits[slot(key, probe)] |= bit(run);
    }
  }

  private synchronized long[] bits(long group) {
    long[] bits = groups.computeIfAbsent(group, g -> new long[slots]);
    if (groups.size() > most) {
      groups.pollFirstEntry();
    }
    return bits;
  }

  /** The runs of a group that may hold a key, a bit for each. */
  long mayHold(long group, long key) {
    long[] bits;
    synchronized (this) {
      bits = groups.get(group);
    }
    long found = -1;
    for (int probe = 0; bits != null && found != 0 && probe < PROBES; probe++) {
      found &= bits[slot(key, probe)];
    }
    return found;
  }

  private int slot(long key, int probe) {
    return ((int) key + probe * ((int) (key >>> 32) | 1)) & (slots - 1);
  }

  /** Forgets the groups before one. */
  synchronized void forgetBefore(long group) {
    groups.headMap(group).clear();
  }
}
