package org.entente.gateway.ledger.table;

import java.util.HashMap;
import java.util.Map;
import org.entente.gateway.model.AgencyName;

/**
 * Bytes that this gateway, as a transit, holds for others: envelopes, each counted once, and the
 * entries of queues with the stanzas to pass on.
 *
 * <p>What came from an origin through one neighbour has one account, so that no neighbour uses the
 * account of an agency by naming it. Counted in memory, from the ledger at a start. Safe for many
 * threads.
 */
public final class CustodyBytes {
  /** Accounts that all mail of one neighbour may use; only a transit has mail of others. */
  static final int ACCOUNTS_OF_A_NEIGHBOUR = 10;

  private final long most;
  private final Map<Source, Long> accounts = new HashMap<>();
  private final Map<String, Long> neighbours = new HashMap<>();

  private record Source(String neighbour, String origin) {}

  /**
   * No custody.
   *
   * @param most bytes of one origin through one neighbour
   */
  public CustodyBytes(long most) {
    this.most = most;
  }

  /** Whether this many more bytes can be taken into custody from a neighbour. */
  public synchronized boolean hasRoom(AgencyName neighbour, AgencyName origin, long bytes) {
    Source source = new Source(neighbour.value(), origin.value());
    return accounts.getOrDefault(source, 0L) + bytes <= most
        && neighbours.getOrDefault(neighbour.value(), 0L) + bytes <= ACCOUNTS_OF_A_NEIGHBOUR * most;
  }

  /** Whether there is no custody. */
  public synchronized boolean isEmpty() {
    return accounts.isEmpty();
  }

  /** Bytes held of an origin through a neighbour. */
  public synchronized long held(AgencyName neighbour, AgencyName origin) {
    return accounts.getOrDefault(new Source(neighbour.value(), origin.value()), 0L);
  }

  /** Counts bytes taken, or released if negative. */
  synchronized void add(String neighbour, String origin, long bytes) {
    add(accounts, new Source(neighbour, origin), bytes);
    add(neighbours, neighbour, bytes);
  }

  private static <K> void add(Map<K, Long> sums, K key, long bytes) {
    long sum = sums.getOrDefault(key, 0L) + bytes;
    if (sum > 0) {
      sums.put(key, sum);
    } else {
      sums.remove(key);
    }
  }
}
