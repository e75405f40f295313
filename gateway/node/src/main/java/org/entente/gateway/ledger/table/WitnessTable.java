package org.entente.gateway.ledger.table;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.audit.tree.LogOrigin;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.BigEndian;
import org.entente.gateway.model.Code;
import org.entente.gateway.note.Checkpoint;
import org.entente.gateway.note.SignedNote;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.Table;
import org.jspecify.annotations.Nullable;

/**
 * The latest cosigned checkpoint of each other gateway's audit log, and checkpoints that
 * contradicted it. Read and replaced in one transaction, so that the second of two requests sees
 * the first. All of it is public.
 *
 * <pre>
 * WITNESS u8 1 · ascii agency · ascii gateway              → u64 seconds · signed note
 * WITNESS u8 2 · ascii agency · ascii gateway              → the same: the end of the previous log
 * WITNESS u8 3 · ascii agency · ascii gateway · ascii code → the same: the latest refused one
 * WITNESS u8 4 · ascii agency · ascii gateway · u8 0 or 1  → the same: the two that convict a log
 * WITNESS u8 5 · ascii agency                              → u64 number of its gateways of u8 1
 * </pre>
 *
 * Seconds are those that the log's own signatures state.
 */
public final class WitnessTable {
  private static final int LATEST = 1;
  private static final int ENDED = 2;
  private static final int REFUSED = 3;
  private static final int CONVICTED = 4;
  private static final int GATEWAYS = 5;

  private final Store store;

  public WitnessTable(Store store) {
    this.store = store;
  }

  /**
   * A checkpoint, verified on arrival.
   *
   * @param origin the log
   * @param checkpoint its size and root
   * @param seconds POSIX time at which the log signed it, by its own clock
   * @param note with the log's signatures
   */
  public record HeldCheckpoint(
      LogOrigin origin, Checkpoint checkpoint, long seconds, SignedNote note) {
    /** Whether another of the same gateway is of a later log, or of the same log and larger. */
    public boolean isBefore(HeldCheckpoint other) {
      int number = Integer.compare(origin.number(), other.origin.number());
      return number < 0 || (number == 0 && checkpoint.size() < other.checkpoint.size());
    }
  }

  /** The latest checkpoint of a gateway, of any of its logs, as committed. */
  public Optional<HeldCheckpoint> latest(LogOrigin log) {
    return read(store.get(Table.WITNESS, key(LATEST, log).done()));
  }

  /** The latest checkpoint of a gateway, of any of its logs, as the transaction sees it. */
  public Optional<HeldCheckpoint> latest(Transaction tx, LogOrigin log) {
    return read(tx.get(Table.WITNESS, key(LATEST, log).done()));
  }

  /** Replaces the latest checkpoint of a gateway; also keeps the last one of its previous log. */
  public void put(Transaction tx, HeldCheckpoint next) {
    Optional<HeldCheckpoint> latest = latest(tx, next.origin());
    if (latest.isEmpty()) {
      AgencyName agency = next.origin().agency();
      byte[] count = KeyBuilder.key().u64(gateways(tx, agency) + 1).done();
      tx.put(Table.WITNESS, gatewaysKey(agency), count);
    }
    latest
        .filter(before -> before.origin().number() != next.origin().number())
        .ifPresent(
            before -> tx.put(Table.WITNESS, key(ENDED, before.origin()).done(), encode(before)));
    tx.put(Table.WITNESS, key(LATEST, next.origin()).done(), encode(next));
  }

  /** The number of an agency's gateways with a log here, as the transaction sees it. */
  public long gateways(Transaction tx, AgencyName agency) {
    byte[] count = tx.get(Table.WITNESS, gatewaysKey(agency));
    return count == null ? 0 : BigEndian.u64(count, 0);
  }

  private static byte[] gatewaysKey(AgencyName agency) {
    return KeyBuilder.key().u8(GATEWAYS).ascii(agency.value()).done();
  }

  /** The last checkpoint of the log before the present one, if there was one. */
  public Optional<HeldCheckpoint> ended(LogOrigin log) {
    return read(store.get(Table.WITNESS, key(ENDED, log).done()));
  }

  /** Keeps a refused checkpoint as evidence, replacing the last one with the same code. */
  public void refuse(Transaction tx, Code code, HeldCheckpoint refused) {
    tx.put(
        Table.WITNESS, key(REFUSED, refused.origin()).ascii(code.name()).done(), encode(refused));
  }

  /** The latest evidence of a kind against a gateway's log. */
  public Optional<HeldCheckpoint> refused(LogOrigin log, Code code) {
    return read(store.get(Table.WITNESS, key(REFUSED, log).ascii(code.name()).done()));
  }

  /**
   * Keeps two checkpoints that contradict each other; replaces earlier ones of the gateway.
   *
   * @param one a checkpoint of the convicted log
   * @param other another checkpoint of it, or of a later log of the gateway
   */
  public void convict(Transaction tx, HeldCheckpoint one, HeldCheckpoint other) {
    tx.put(Table.WITNESS, key(CONVICTED, one.origin()).u8(0).done(), encode(one));
    tx.put(Table.WITNESS, key(CONVICTED, one.origin()).u8(1).done(), encode(other));
  }

  /** The two checkpoints that convict a log of this gateway; empty if there are none. */
  public List<HeldCheckpoint> convicted(LogOrigin log) {
    return List.of(0, 1).stream()
        .map(half -> read(store.get(Table.WITNESS, key(CONVICTED, log).u8(half).done())))
        .flatMap(Optional::stream)
        .toList();
  }

  /** The two checkpoints that convict a log of this gateway, as the transaction sees them. */
  public List<HeldCheckpoint> convicted(Transaction tx, LogOrigin log) {
    return List.of(0, 1).stream()
        .map(half -> read(tx.get(Table.WITNESS, key(CONVICTED, log).u8(half).done())))
        .flatMap(Optional::stream)
        .toList();
  }

  /** The latest checkpoints of all gateways. */
  public List<HeldCheckpoint> all() {
    List<HeldCheckpoint> out = new ArrayList<>();
    byte[] prefix = {LATEST};
    try (Scan scan = store.scan(Table.WITNESS, prefix, KeyBuilder.endOf(prefix))) {
      while (scan.hasNext()) {
        scan.next();
        read(scan.value()).ifPresent(out::add);
      }
    }
    return out;
  }

  private static KeyBuilder key(int kind, LogOrigin log) {
    return KeyBuilder.key().u8(kind).ascii(log.agency().value()).ascii(log.gateway().value());
  }

  /** The bytes of a checkpoint with its time, as stored. */
  public static byte[] encode(HeldCheckpoint held) {
    return KeyBuilder.key().u64(held.seconds()).bytes(held.note().encode()).done();
  }

  private static Optional<HeldCheckpoint> read(byte @Nullable [] value) {
    return value == null ? Optional.empty() : Optional.of(decode(value));
  }

  /**
   * The checkpoint of stored bytes.
   *
   * @throws CorruptRecord if they are damaged
   */
  public static HeldCheckpoint decode(byte[] value) {
    if (value.length <= Long.BYTES) {
      throw corrupt();
    }
    // Stored checkpoints were verified before: an unreadable value is damage and must not look like
    // an absent one.
    SignedNote note =
        SignedNote.parse(Arrays.copyOfRange(value, Long.BYTES, value.length))
            .asNote()
            .orElseThrow(WitnessTable::corrupt);
    Checkpoint checkpoint = Checkpoint.parse(note.text()).orElseThrow(WitnessTable::corrupt);
    LogOrigin origin = LogOrigin.parse(checkpoint.origin()).orElseThrow(WitnessTable::corrupt);
    return new HeldCheckpoint(origin, checkpoint, BigEndian.u64(value, 0), note);
  }

  private static CorruptRecord corrupt() {
    return new CorruptRecord(Table.WITNESS.name(), null);
  }
}
