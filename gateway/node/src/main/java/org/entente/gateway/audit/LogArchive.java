package org.entente.gateway.audit;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.entente.gateway.audit.proof.LogProof;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.LeafOpener;
import org.entente.gateway.audit.record.OpenedLeaf;
import org.entente.gateway.audit.record.StoredLeaf;
import org.entente.gateway.audit.tree.CheckpointCheck;
import org.entente.gateway.audit.tree.CheckpointVerifier;
import org.entente.gateway.audit.tree.LogOrigin;
import org.entente.gateway.audit.tree.MerkleTree;
import org.entente.gateway.audit.tree.TreeHead;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.note.Checkpoint;
import org.entente.gateway.note.SignedNote;
import org.entente.gateway.store.IdWindow;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.KeyReader;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.Table;

/**
 * All logs of a gateway in a store, the one in force and ended ones, for finding and proving leaves
 * about a message. Reads committed data only. Safe for use by many threads.
 */
public final class LogArchive {
  private final Store store;
  private final Path directory;
  private final LogOrigin origin;
  private final IntFunction<LeafOpener> openers;

  /**
   * Creates the archive of a store.
   *
   * @param directory the audit directory
   * @param origin any of the gateway's logs
   * @param openers opens the leaves of a log, by its number
   */
  public LogArchive(
      Store store, Path directory, LogOrigin origin, IntFunction<LeafOpener> openers) {
    this.store = store;
    this.directory = directory;
    this.origin = origin;
    this.openers = openers;
  }

  /**
   * The position of a leaf.
   *
   * @param log number of the gateway's log, from 1
   * @param index index in the log, from 0
   */
  public record Place(int log, long index) {
    /** From the oldest to the newest. */
    public static final Comparator<Place> ORDER =
        Comparator.comparingInt(Place::log).thenComparingLong(Place::index);
  }

  /** Number of the log in force. */
  public int inForce() {
    return StoredLog.numberInForce(store);
  }

  /** The identity of a log by its number. */
  public LogOrigin origin(int log) {
    return origin.numbered(log);
  }

  /** The number of committed leaves of a log. */
  public long size(int log) {
    return log(log).head().map(TreeHead::size).orElse(0L);
  }

  /**
   * Passes on the leaves from a place on that concern a message. The index has two parts, each of
   * which is read upwards until a leaf is not taken. Clients can make any number of leaves about a
   * message, so nobody may take them all.
   *
   * @param taking whether it takes a leaf
   * @return number of index entries read
   */
  public int about(MessageId id, Place from, Predicate<Place> taking) {
    return pass(StoredLog.prefix(id), id, from, taking)
        + pass(StoredLog.sharedPrefix(id), id, from, taking);
  }

  private int pass(byte[] prefix, MessageId id, Place from, Predicate<Place> taking) {
    byte[] first = KeyBuilder.key().bytes(prefix).u32(from.log()).u64(from.index()).done();
    int read = 0;
    try (Scan scan = store.scan(Table.AUDIT_INDEX, first, KeyBuilder.endOf(prefix))) {
      boolean goesOn = true;
      while (goesOn && scan.hasNext()) {
        scan.next();
        read++;
        byte[] ends = scan.value();
        if (ends.length == 0 || IdWindow.names(ends, 0, ends.length, id)) {
          KeyReader key = KeyReader.of(scan.key());
          key.bytes(prefix.length);
          goesOn = taking.test(new Place((int) key.u32(), key.u64()));
        }
      }
    }
    return read;
  }

  /** The record of a leaf; empty if there is none, it no longer opens or does not match. */
  public Optional<AuditRecord> record(Place place) {
    return opening(place).flatMap(OpenedLeaf::record);
  }

  /** The content of a leaf; empty if there is none, it no longer opens or does not match. */
  public Optional<OpenedLeaf> opening(Place place) {
    return stored(place).flatMap(leaf -> open(place, leaf));
  }

  /** The content of a stored leaf; empty if it no longer opens or does not match. */
  public Optional<OpenedLeaf> open(Place place, StoredLeaf leaf) {
    return leaf.open(place.index(), openers.apply(place.log())).filter(OpenedLeaf::matches);
  }

  /** A leaf as it is stored; empty if there is none. */
  public Optional<StoredLeaf> stored(Place place) {
    return log(place.log())
        .leaf(place.index())
        .flatMap(value -> StoredLeaf.parse(place.index(), value));
  }

  /** The last checkpoint of a log that witnesses cosigned; empty for none. */
  public Optional<SignedNote> cosigned(int log) {
    return log(log).cosigned().flatMap(bytes -> SignedNote.parse(bytes).asNote());
  }

  /** The last checkpoint of a log that it signed; empty for none. */
  public Optional<SignedNote> signed(int log) {
    return log(log).checkpointInStore().flatMap(bytes -> SignedNote.parse(bytes).asNote());
  }

  /**
   * The latest time that a checkpoint of any log states, the store's and those of the audit
   * directory, and that is not after {@code now}: a log may have ended because its time was ahead.
   *
   * @param verifier verifies any log of the gateway
   */
  public Optional<Instant> lastStated(CheckpointVerifier verifier, Instant now) {
    return IntStream.rangeClosed(1, Math.max(inForce(), CheckpointFile.latestLog(directory)))
        .boxed()
        .flatMap(
            number ->
                log(number).checkpoints().stream()
                    .map(copy -> verifier.of(origin(number)).check(copy.note())))
        .filter(CheckpointCheck.Signed.class::isInstance)
        .map(signed -> Instant.ofEpochSecond(((CheckpointCheck.Signed) signed).seconds()))
        .filter(stated -> !stated.isAfter(now))
        .max(Comparator.naturalOrder());
  }

  /**
   * The proof of a leaf and its record under a checkpoint of its log; empty if the checkpoint does
   * not cover it or the record no longer opens.
   */
  public Optional<LogProof> prove(Place place, SignedNote checkpoint) {
    return opening(place).flatMap(opened -> prove(place, Optional.of(opened), checkpoint));
  }

  /**
   * The same of a leaf that is open, or of the commitment alone of one that no longer opens; empty
   * if the checkpoint does not cover it.
   */
  public Optional<LogProof> prove(Place place, Optional<OpenedLeaf> opened, SignedNote checkpoint) {
    long size = Checkpoint.parse(checkpoint.text()).map(Checkpoint::size).orElse(0L);
    if (place.index() >= size) {
      return Optional.empty();
    }
    Optional<byte[]> opening = opened.map(leaf -> leaf.shown().encode());
    return MerkleTree.proveInclusion(place.index(), size, log(place.log()))
        .map(hashes -> new LogProof(place.index(), opening, hashes, checkpoint));
  }

  private StoredLog log(int number) {
    return new StoredLog(store, directory, number);
  }
}
