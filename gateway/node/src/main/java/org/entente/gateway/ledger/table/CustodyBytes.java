package org.entente.gateway.ledger.table;

import java.util.HashMap;
import java.util.Map;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;

/**
 * Bytes that this gateway, as a transit, holds for others: envelopes, each counted once, and the
 * entries of queues with the stanzas to pass on.
 *
 * <p>What came from an origin through one neighbour has one account, so that no neighbour uses the
 * account of an agency by naming it, and FLASH has another. Each recipient has a part of it, so
 * that one that is away does not keep the mail of the others back. Counted in memory, from the
 * ledger at a start. Safe for many threads.
 */
public final class CustodyBytes {
  /** Accounts that all mail of one neighbour may use; only a transit has mail of others. */
  static final int ACCOUNTS_OF_A_NEIGHBOUR = 10;

  private final long most;
  private final Map<Account, Long> accounts = new HashMap<>();
  private final Map<Part, Long> parts = new HashMap<>();
  private final Map<Neighbour, Long> neighbours = new HashMap<>();

  /**
   * What counts together: mail of one origin that came through one neighbour, FLASH apart.
   *
   * @param neighbour the agency that it came from
   * @param origin the agency that sealed it
   */
  public record Account(String neighbour, String origin, boolean flash) {
    public Account(String neighbour, String origin, Lane lane) {
      this(neighbour, origin, lane == Lane.FLASH);
    }
  }

  private record Part(Account account, String recipient) {}

  private record Neighbour(String name, boolean flash) {}

  /**
   * No custody.
   *
   * @param most bytes of an account
   */
  public CustodyBytes(long most) {
    this.most = most;
  }

  /**
   * Whether this many more bytes can be taken into custody for a recipient. It may have as many
   * bytes of the account as are still free, so that one that is away leaves room to the others.
   */
  public synchronized boolean hasRoom(Account account, AgencyName recipient, long bytes) {
    long all = accounts.getOrDefault(account, 0L);
    long own = parts.getOrDefault(new Part(account, recipient.value()), 0L);
    long near = neighbours.getOrDefault(neighbour(account), 0L);
    return all + bytes <= most
        && near + bytes <= ACCOUNTS_OF_A_NEIGHBOUR * most
        && (own == 0 || own + bytes <= most - all);
  }

  /** Whether there is no custody. */
  public synchronized boolean isEmpty() {
    return accounts.isEmpty();
  }

  /** Bytes held in an account. */
  public synchronized long held(Account account) {
    return accounts.getOrDefault(account, 0L);
  }

  /** Counts bytes taken, or released if negative. */
  synchronized void add(Account account, long bytes) {
    add(accounts, account, bytes);
    add(neighbours, neighbour(account), bytes);
  }

  /**
   * Counts what one recipient has of an account, or no longer has if negative. Envelopes count for
   * each recipient and with each copy.
   */
  synchronized void addPart(Account account, String recipient, long bytes) {
    add(parts, new Part(account, recipient), bytes);
  }

  private static Neighbour neighbour(Account account) {
    return new Neighbour(account.neighbour(), account.flash());
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
