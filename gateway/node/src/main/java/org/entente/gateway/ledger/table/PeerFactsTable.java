package org.entente.gateway.ledger.table;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.BigEndian;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.Table;

/**
 * Signed statements of other agencies that must survive a restart: their latest key bundle, their
 * latest statement of fulfilled obligations, and the session announcements under which mail may
 * still arrive. All of it is public; readers verify it again.
 *
 * <pre>
 * ANNOUNCEMENT u8 1 · ascii agency                    → key bundle
 * ANNOUNCEMENT u8 2 · ascii origin · 16-byte session  → u64 expiry in ms · announcement
 * ANNOUNCEMENT u8 3 · ascii agency                    → fulfilment
 * </pre>
 */
public final class PeerFactsTable {
  /** Most announcements kept of one origin, as many as sessions in memory. */
  static final int MOST_ANNOUNCEMENTS = 256;

  /** Announcements that are left when there are too many, so that they are seldom counted. */
  private static final int LEFT_ANNOUNCEMENTS = 192;

  private final Store store;

  /** At least the number of announcements of an origin, once they were counted. */
  private final Map<AgencyName, Integer> announcements = new ConcurrentHashMap<>();

  public PeerFactsTable(Store store) {
    this.store = store;
  }

  /** The latest key bundle of an agency. */
  public Optional<byte[]> keyBundle(AgencyName agency) {
    return Optional.ofNullable(store.get(Table.ANNOUNCEMENT, bundleKey(agency)));
  }

  /** All key bundles. */
  public List<byte[]> keyBundles() {
    return all(1);
  }

  /** Each agency's latest statement of fulfilled obligations. */
  public List<byte[]> fulfilments() {
    return all(3);
  }

  private List<byte[]> all(int kind) {
    List<byte[]> out = new ArrayList<>();
    byte[] prefix = {(byte) kind};
    try (Scan scan = store.scan(Table.ANNOUNCEMENT, prefix, KeyBuilder.endOf(prefix))) {
      while (scan.hasNext()) {
        scan.next();
        out.add(scan.value());
      }
    }
    return out;
  }

  /** Replaces an agency's key bundle. */
  public void putKeyBundle(Transaction tx, AgencyName agency, byte[] bundle) {
    tx.put(Table.ANNOUNCEMENT, bundleKey(agency), bundle);
  }

  /** Replaces an agency's statement of fulfilled obligations. */
  public void putFulfilment(Transaction tx, AgencyName agency, byte[] statement) {
    tx.put(Table.ANNOUNCEMENT, fulfilmentKey(agency), statement);
  }

  /** The announcement of a session. */
  public Optional<byte[]> announcement(AgencyName origin, byte[] sessionId) {
    byte[] value = store.get(Table.ANNOUNCEMENT, sessionKey(origin, sessionId));
    return value == null
        ? Optional.empty()
        : Optional.of(java.util.Arrays.copyOfRange(value, 8, value.length));
  }

  /**
   * Keeps an announcement until a time. If its origin has too many, those that end first are
   * removed; mail under their sessions is sealed again after a restart.
   */
  public void putAnnouncement(
      Transaction tx,
      AgencyName origin,
      byte[] sessionId,
      byte[] announcement,
      long expiresAtMillis) {
    makeRoom(tx, origin);
    tx.put(
        Table.ANNOUNCEMENT,
        sessionKey(origin, sessionId),
        KeyBuilder.key().u64(expiresAtMillis).bytes(announcement).done());
  }

  private void makeRoom(Transaction tx, AgencyName origin) {
    int most = announcements.getOrDefault(origin, MOST_ANNOUNCEMENTS);
    if (most >= MOST_ANNOUNCEMENTS) {
      most = removeBeyond(tx, origin);
    }
    announcements.put(origin, most + 1);
  }

  /** Removes what is too much among committed announcements; returns how many are left. */
  private static int removeBeyond(Transaction tx, AgencyName origin) {
    TreeMap<Long, List<byte[]>> byEnd = new TreeMap<>();
    int left = 0;
    byte[] prefix = sessionKey(origin, new byte[0]);
    try (Scan scan = tx.scanCommitted(Table.ANNOUNCEMENT, prefix, KeyBuilder.endOf(prefix))) {
      while (scan.hasNext()) {
        scan.next();
        byEnd
            .computeIfAbsent(BigEndian.u64(scan.value(), 0), end -> new ArrayList<>())
            .add(scan.key());
        left++;
      }
    }
    if (left < MOST_ANNOUNCEMENTS) {
      return left;
    }
    for (byte[] key : byEnd.values().stream().flatMap(List::stream).toList()) {
      if (left > LEFT_ANNOUNCEMENTS) {
        tx.delete(Table.ANNOUNCEMENT, key);
        left--;
      }
    }
    return left;
  }

  /** Removes announcements that expired before a time, at most {@code most}; returns how many. */
  public int prune(Transaction tx, long beforeMillis, int most) {
    byte[] prefix = {2};
    int gone = 0;
    try (Scan scan = tx.scanCommitted(Table.ANNOUNCEMENT, prefix, KeyBuilder.endOf(prefix))) {
      while (gone < most && scan.hasNext()) {
        scan.next();
        if (BigEndian.u64(scan.value(), 0) < beforeMillis) {
          tx.delete(Table.ANNOUNCEMENT, scan.key());
          gone++;
        }
      }
    }
    if (gone > 0) {
      announcements.clear();
    }
    return gone;
  }

  private static byte[] bundleKey(AgencyName agency) {
    return KeyBuilder.key().u8(1).ascii(agency.value()).done();
  }

  private static byte[] fulfilmentKey(AgencyName agency) {
    return KeyBuilder.key().u8(3).ascii(agency.value()).done();
  }

  private static byte[] sessionKey(AgencyName origin, byte[] sessionId) {
    return KeyBuilder.key().u8(2).ascii(origin.value()).bytes(sessionId).done();
  }
}
