package org.entente.gateway.ledger.table;

import java.util.Optional;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.BigEndian;
import org.entente.gateway.model.Lane;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.Table;
import org.jspecify.annotations.Nullable;

/**
 * The position of each peer's hop sequence, and the header hashes of the latest numbers, which tell
 * a repetition from other content under the same number.
 *
 * <pre>
 * META   "hop-in" ascii peer · u8 lane               → u64 epoch · u64 next
 * HOP_IN ascii peer · u8 lane · u64 epoch · u64 seq  → 32-byte header hash (empty: void number)
 * </pre>
 */
public final class HopIntakeTable {
  /** Header hashes kept per peer and lane; more than any sender has in flight. */
  public static final int HASHES_KEPT = 16_384;

  private static final String HEAD = "hop-in";

  private final Store store;

  public HopIntakeTable(Store store) {
    this.store = store;
  }

  /** The epoch of the last delivery and the next expected number; 0 and 1 if there was none. */
  public record Head(long epoch, long next) {}

  /** Committed epoch and expected number. */
  public Head head(AgencyName peer, Lane lane) {
    return decode(store.get(Table.META, headKey(peer, lane)));
  }

  /** Epoch and expected number as the transaction sees them. */
  public Head head(Transaction tx, AgencyName peer, Lane lane) {
    return decode(tx.get(Table.META, headKey(peer, lane)));
  }

  /** The header hash under a number as the transaction sees it, or null. */
  public byte @Nullable [] hash(
      Transaction tx, AgencyName peer, Lane lane, long epoch, long sequence) {
    return tx.get(Table.HOP_IN, key(peer, lane, epoch, sequence));
  }

  /** Records that a number was processed. The link ensures that numbers come in order. */
  public void advance(
      Transaction tx, AgencyName peer, Lane lane, long epoch, long sequence, byte[] headerHash) {
    tx.put(Table.META, headKey(peer, lane), encode(new Head(epoch, sequence + 1)));
    tx.put(Table.HOP_IN, key(peer, lane, epoch, sequence), headerHash);
    if (sequence > HASHES_KEPT) {
      tx.delete(Table.HOP_IN, key(peer, lane, epoch, sequence - HASHES_KEPT));
    }
  }

  /**
   * Removes the hashes of an epoch that is over, whose numbers are no longer asked for.
   *
   * @param over its head
   */
  public void forget(Transaction tx, AgencyName peer, Lane lane, Head over) {
    byte[] from = key(peer, lane, over.epoch(), 0);
    // Not from the first epoch on: the scan would pass what was deleted with each.
    try (Scan scan = tx.scanCommitted(Table.HOP_IN, from, key(peer, lane, over.epoch() + 1, 0))) {
      while (scan.hasNext()) {
        scan.next();
        tx.delete(Table.HOP_IN, scan.key());
      }
    }
    // What this transaction has put.
    for (long sequence = over.next() - 1;
        hash(tx, peer, lane, over.epoch(), sequence) != null;
        sequence--) {
      tx.delete(Table.HOP_IN, key(peer, lane, over.epoch(), sequence));
    }
  }

  /** The header hash committed under a number, if still kept. */
  public Optional<byte[]> hash(AgencyName peer, Lane lane, long epoch, long sequence) {
    return Optional.ofNullable(store.get(Table.HOP_IN, key(peer, lane, epoch, sequence)));
  }

  private static byte[] key(AgencyName peer, Lane lane, long epoch, long sequence) {
    return KeyBuilder.key().ascii(peer.value()).u8(lane.number()).u64(epoch).u64(sequence).done();
  }

  private static byte[] headKey(AgencyName peer, Lane lane) {
    return KeyBuilder.key().ascii(HEAD).ascii(peer.value()).u8(lane.number()).done();
  }

  private static byte[] encode(Head head) {
    return KeyBuilder.key().u64(head.epoch()).u64(head.next()).done();
  }

  private static Head decode(byte @Nullable [] value) {
    return value == null
        ? new Head(0, 1)
        : new Head(BigEndian.u64(value, 0), BigEndian.u64(value, 8));
  }
}
