package org.entente.gateway.ledger.table;

import com.google.protobuf.ByteString;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.model.BigEndian;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.Table;
import org.jspecify.annotations.Nullable;

/**
 * Finds and removes expired records in the tables of {@link EvidenceTable}, {@link SentTable} and
 * {@link AwaitedEvidenceTable}. A sealed record expires with the day of its bucket, whose key is
 * destroyed then; proofs and exports can no longer open it. Its other records expire when no sealed
 * record of the message is left. Safe for many threads.
 */
public final class EvidenceExpiry {
  private static final int DAY_AT = 1;
  private static final int SEALED = 5;

  /** The parts of the tables, in the order of processing. */
  public enum Part {
    /** Statements about this agency's messages. */
    STATED(Table.STATEMENT, Part.NONE),
    /** Recipients of these messages. */
    SENT(Table.SENT, Part.NONE),
    /** Headers and signatures of received envelopes. */
    HEADERS(Table.EVIDENCE, 5),
    /** Numbers in the list of unopened messages. */
    NUMBERS(Table.EVIDENCE, 10),
    /** Retrievals of received messages. */
    RETRIEVALS(Table.EVIDENCE, RetrievalRecords.SPACE);

    /** Marks a part with a table of its own. */
    private static final int NONE = -1;

    private final Table table;
    private final int number;

    Part(Table table, int number) {
      this.table = table;
      this.number = number;
    }

    /** The key prefix of this part. */
    private KeyBuilder prefix() {
      return number == NONE ? KeyBuilder.key() : KeyBuilder.key().u8(number);
    }

    private byte @Nullable [] end(long firstKept) {
      if (this == RETRIEVALS) {
        return RetrievalRecords.firstOf(firstKept);
      }
      return number == NONE ? null : KeyBuilder.endOf(prefix().done());
    }

    /** The offset of the message id in a key. */
    private int idAt() {
      return number == NONE ? 0 : 1;
    }
  }

  /**
   * A page of a part.
   *
   * @param over keys of expired records
   * @param next where to continue; null if no further record can have expired
   */
  public record Page(List<ByteString> over, @Nullable ByteString next) {
    public Page {
      over = List.copyOf(over);
    }
  }

  private final Store store;
  private final RetentionTable retention;

  /** Rows of retrievals of held messages, as of the beginning of a pass, or of a later hold. */
  private volatile HeldRows held = new HeldRows(-1, Set.of());

  private record HeldRows(long holdsPlaced, Set<ByteString> keys) {}

  public EvidenceExpiry(Store store, RetentionTable retention) {
    this.store = store;
    this.retention = retention;
  }

  /**
   * Examines records of a part.
   *
   * @param from where to begin, as given by the previous page; null for the first
   * @param now the time for expiry, in milliseconds since 1970
   * @param most the number to examine
   */
  public Page page(Part part, @Nullable ByteString from, long now, int most) {
    List<ByteString> over = new ArrayList<>();
    int looked = 0;
    byte[] start = from == null ? part.prefix().done() : from.toByteArray();
    Set<ByteString> kept = kept(part, from == null);
    try (Scan scan = store.scan(part.table, start, part.end(firstKept(now)))) {
      while (scan.hasNext()) {
        scan.next();
        if (isOfOwn(part) && millisOf(part, scan.key()) > now - EvidenceRecords.KEPT.toMillis()) {
          // Ids of own messages are ordered by time: all that follow are newer.
          return new Page(over, null);
        }
        if (looked++ == most) {
          return new Page(over, ByteString.copyFrom(scan.key()));
        }
        ByteString key = ByteString.copyFrom(scan.key());
        if (!kept.contains(key) && isOver(part, scan.key(), scan.value(), now)) {
          over.add(key);
        }
      }
    }
    return new Page(over, null);
  }

  /** Removes the records named by a page, unless written again since; returns how many. */
  public int remove(Transaction tx, Part part, List<ByteString> over, long now) {
    int removed = 0;
    Set<ByteString> kept = kept(part, false);
    for (ByteString one : over) {
      byte[] key = one.toByteArray();
      byte[] value = tx.get(part.table, key);
      if (value != null && !kept.contains(one) && isOver(part, key, value, now)) {
        if (part == Part.STATED && isStatement(key)) {
          EvidenceTable.remove(tx, key, value);
        } else {
          tx.delete(part.table, key);
        }
        removed++;
      }
    }
    return removed;
  }

  /**
   * Retrievals stay as long as a message that is held beyond its bucket. All holds are read at the
   * beginning of a pass, and when one was placed since.
   */
  private Set<ByteString> kept(Part part, boolean begins) {
    if (part != Part.RETRIEVALS) {
      return Set.of();
    }
    HeldRows known = held;
    long placed = retention.holdsPlaced();
    if (begins || known.holdsPlaced() != placed) {
      Set<ByteString> keys =
          retention.holds(null, Integer.MAX_VALUE).stream()
              .map(hold -> ByteString.copyFrom(hold.retrieval().key()))
              .collect(Collectors.toSet());
      known = new HeldRows(placed, keys);
      held = known;
    }
    return known.keys();
  }

  private static boolean isOfOwn(Part part) {
    return switch (part) {
      case STATED, SENT, NUMBERS -> true;
      case HEADERS, RETRIEVALS -> false;
    };
  }

  private boolean isOver(Part part, byte[] key, byte[] value, long now) {
    return switch (part) {
      case STATED ->
          switch (key[MessageId.SIZE]) {
            case EvidenceTable.SAID, EvidenceTable.SHARED_SAID ->
                hasEnded(value, EvidenceTable.HEAD_BYTES, now);
            default -> false; // The others go with the statements that they are of.
          };
      case SENT ->
          value.length > 0
              && hasEnded(value, MessageGroup.bytesIn(value), now)
              && sharedHaveEnded(key, now);
      case HEADERS -> hasEnded(value, 0, now);
      case NUMBERS -> nothingIsSealedOf(idIn(part, key));
      case RETRIEVALS -> retrievalsHaveEnded(value, now);
    };
  }

  private static boolean retrievalsHaveEnded(byte[] value, long now) {
    try {
      return hasEnded(value, RetrievalRecords.sealedAt(value), now);
    } catch (CorruptRecord e) {
      // Left alone as other damaged values, so that the sweep goes on.
      return false;
    }
  }

  /**
   * Whether a sealed record has expired. {@code RecordSeal} defines the form; other values are left
   * alone.
   */
  private static boolean hasEnded(byte[] value, int at, long now) {
    return value.length > at + SEALED && BigEndian.u32(value, at + DAY_AT) < day(now);
  }

  /** The first bucket that has not ended, or whose messages are still to be removed. */
  private long firstKept(long now) {
    List<RetentionTable.BucketPosition> unswept = retention.before(day(now), 1);
    return unswept.isEmpty() ? day(now) : unswept.get(0).lastDay();
  }

  private static long day(long now) {
    return LocalDate.ofInstant(Instant.ofEpochMilli(now), ZoneOffset.UTC).toEpochDay();
  }

  /** Whether all statements about the group have ended, whose messages only this record names. */
  private boolean sharedHaveEnded(byte[] sentKey, long now) {
    byte[] shared = KeyBuilder.key().bytes(sentKey).u8(EvidenceTable.SHARED_SAID).done();
    try (Scan scan = store.scan(Table.STATEMENT, shared, KeyBuilder.endOf(shared))) {
      while (scan.hasNext()) {
        scan.next();
        if (!hasEnded(scan.value(), EvidenceTable.HEAD_BYTES, now)) {
          return false;
        }
      }
    }
    return true;
  }

  private static boolean isStatement(byte[] key) {
    byte what = key[MessageId.SIZE];
    return what == EvidenceTable.SAID || what == EvidenceTable.SHARED_SAID;
  }

  private boolean nothingIsSealedOf(byte[] id) {
    byte[] prefix = Part.STATED.prefix().bytes(id).done();
    try (Scan scan = store.scan(Part.STATED.table, prefix, KeyBuilder.endOf(prefix))) {
      return !scan.hasNext() && SentTable.group(store, MessageId.of(id)) == null;
    }
  }

  private static byte[] idIn(Part part, byte[] key) {
    return Arrays.copyOfRange(key, part.idAt(), part.idAt() + MessageId.SIZE);
  }

  /** The first 48 bits of a UUID of version 7. */
  private static long millisOf(Part part, byte[] key) {
    return BigEndian.u64(key, part.idAt()) >>> 16;
  }
}
