package org.entente.gateway.ledger.table;

import java.util.TreeMap;

/**
 * Tells which runs of keys may hold a key, so that a new key costs no read. The Bloom filters of 64
 * runs lie side by side, one bit of each in every slot: one look-up answers for all 64, and mostly
 * ends after five slots. Of absent keys, one in 2,000 seems to be in a given run.
 *
 * <p>The filters of a group take 4 MiB, and {@link #GROUPS} groups have some; in older ones, each
 * run may hold every key. One thread adds, before the run counts; many may look.
 */
final class RunFilters {
  /** Runs in a group. */
  static final int TOGETHER = Long.SIZE;

  /** Most groups with filters, the newest. */
  static final int GROUPS = 8;

  private static final int SLOTS = 1 << 19;
  private static final int PROBES = 8;

  private final TreeMap<Long, long[]> groups = new TreeMap<>();

  /** Adds a key to a run; it is a hash with a secret key, so it needs no other hash. */
  void add(long run, long key) {
    long[] slots = slots(run / TOGETHER);
    for (int probe = 0; probe < PROBES; probe++) {
      slots[slot(key, probe)] |= 1L << (run % TOGETHER);
    }
  }

  private synchronized long[] slots(long group) {
    long[] slots = groups.computeIfAbsent(group, g -> new long[SLOTS]);
    if (groups.size() > GROUPS) {
      groups.pollFirstEntry();
    }
    return slots;
  }

  /** The runs of a group that may hold a key, a bit for each. */
  long mayHold(long group, long key) {
    long[] slots;
    synchronized (this) {
      slots = groups.get(group);
    }
    long found = -1;
    for (int probe = 0; slots != null && found != 0 && probe < PROBES; probe++) {
      found &= slots[slot(key, probe)];
    }
    return found;
  }

  private static int slot(long key, int probe) {
    return ((int) key + probe * ((int) (key >>> 32) | 1)) & (SLOTS - 1);
  }

  /** Forgets the groups before one. */
  synchronized void forgetBefore(long group) {
    groups.headMap(group).clear();
  }
}
