package org.entente.gateway.ledger.table;

import com.google.protobuf.ByteString;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.model.BigEndian;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.Table;
import org.jspecify.annotations.Nullable;

/**
 * What is over in the tables of {@link EvidenceTable} and {@link AwaitedEvidenceTable}. A sealed
 * record is over with the day of its bucket, whose key is destroyed then: whatever opens it, a
 * proof and an export too, is at an end with it. What is beside it is over when nothing sealed of
 * its message is left. Safe for many threads.
 */
public final class EvidenceExpiry {
  private static final int DAY_AT = 1;
  private static final int SEALED = 5;

  /** A part of the tables, in the order in which they are gone through. */
  public enum Part {
    /** Whom own messages went to, and statements about them. */
    STATED(Table.STATEMENT, Part.NONE),
    /** Headers and signatures of envelopes that were received. */
    HEADERS(Table.EVIDENCE, 5),
    /** Places in the list of unopened messages. */
    NUMBERS(Table.EVIDENCE, 10),
    /** Who retrieved received messages. */
    RETRIEVALS(Table.EVIDENCE, RetrievalTable.SEALED);

    /** Where a table holds this part alone. */
    private static final int NONE = -1;

    private final Table table;
    private final int number;

    Part(Table table, int number) {
      this.table = table;
      this.number = number;
    }

    /** What keys of this part begin with. */
    private KeyBuilder prefix() {
      return number == NONE ? KeyBuilder.key() : KeyBuilder.key().u8(number);
    }

    private byte @Nullable [] end() {
      return number == NONE ? null : KeyBuilder.endOf(prefix().done());
    }

    /** Where the id of a message begins in a key. */
    private int idAt() {
      return number == NONE ? 0 : 1;
    }
  }

  /**
   * Some of a part.
   *
   * @param over keys of what is over
   * @param next where to go on; null at the end of what can be over
   */
  public record Page(List<ByteString> over, @Nullable ByteString next) {
    public Page {
      over = List.copyOf(over);
    }
  }

  private final Store store;
  private final InboxTable inbox;

  public EvidenceExpiry(Store store, InboxTable inbox) {
    this.store = store;
    this.inbox = inbox;
  }

  /**
   * Looks at records of a part.
   *
   * @param from where to begin, as a page before said; null for the first
   * @param now by the time by which things end, milliseconds since 1970
   * @param most how many are looked at
   */
  public Page page(Part part, @Nullable ByteString from, long now, int most) {
    List<ByteString> over = new ArrayList<>();
    int looked = 0;
    byte[] start = from == null ? part.prefix().done() : from.toByteArray();
    try (Scan scan = store.scan(part.table, start, part.end())) {
      while (scan.hasNext()) {
        scan.next();
        if (isOfOwn(part) && millisOf(part, scan.key()) > now - EvidenceRecords.KEPT.toMillis()) {
          // Own ids are ordered by time: nothing of those that follow has been kept so long.
          return new Page(over, null);
        }
        if (looked++ == most) {
          return new Page(over, ByteString.copyFrom(scan.key()));
        }
        if (isOver(part, scan.key(), scan.value(), now)) {
          over.add(ByteString.copyFrom(scan.key()));
        }
      }
    }
    return new Page(over, null);
  }

  /** Removes what a page named, unless it was kept anew since; how many. */
  public int remove(Transaction tx, Part part, List<ByteString> over, long now) {
    int removed = 0;
    for (ByteString one : over) {
      byte[] key = one.toByteArray();
      byte[] value = tx.get(part.table, key);
      if (value != null && isOver(part, key, value, now)) {
        tx.delete(part.table, key);
        removed++;
      }
    }
    return removed;
  }

  private static boolean isOfOwn(Part part) {
    return switch (part) {
      case STATED, NUMBERS -> true;
      case HEADERS, RETRIEVALS -> false;
    };
  }

  private boolean isOver(Part part, byte[] key, byte[] value, long now) {
    return switch (part) {
      case STATED -> hasEnded(value, isStatement(key) ? EvidenceTable.HEAD_BYTES : 0, now);
      case HEADERS -> hasEnded(value, 0, now);
      case NUMBERS -> nothingIsSealedOf(idIn(part, key));
      case RETRIEVALS ->
          hasEnded(value, 0, now) && inbox.find(MessageId.of(idIn(part, key))) == null;
    };
  }

  /** {@code RecordSeal} has the form; what has another is not touched. */
  private static boolean hasEnded(byte[] value, int at, long now) {
    long today = LocalDate.ofInstant(Instant.ofEpochMilli(now), ZoneOffset.UTC).toEpochDay();
    return value.length > at + SEALED && BigEndian.u32(value, at + DAY_AT) < today;
  }

  private static boolean isStatement(byte[] key) {
    return key[MessageId.SIZE] == EvidenceTable.SAID;
  }

  private boolean nothingIsSealedOf(byte[] id) {
    byte[] prefix = Part.STATED.prefix().bytes(id).done();
    try (Scan scan = store.scan(Part.STATED.table, prefix, KeyBuilder.endOf(prefix))) {
      return !scan.hasNext();
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
