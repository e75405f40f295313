package org.entente.gateway.feature.ipr;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.ledger.record.RecordPlace;
import org.entente.gateway.ledger.record.UnreadableRecords;
import org.entente.gateway.model.BigEndian;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.Table;
import org.entente.proto.store.v1.IprRecord;
import org.jspecify.annotations.Nullable;

/**
 * Recordations of intellectual property rights, and the cases under them; their content is sealed.
 *
 * <pre>
 * IPR u8 1 · 16-byte recordation id → IprRecord
 * IPR u8 2 · 16-byte case id        → IprRecord
 * IPR u8 3 · u8 kind · 16-byte id   → token of the client that made the record
 * IPR u8 4 · u8 kind · that token   → u32 records of the kind that it made
 * </pre>
 *
 * Counts, and deadlines of open cases, are known without reading the disk; safe for many threads.
 * An unreadable record blocks no other: it is reported once ({@link UnreadableRecords}), counted
 * and left out of pages.
 */
public final class IprTable {
  /** The kind of a record. */
  public enum Kind {
    /** A recordation. */
    RECORDATION(1),
    /** A case. */
    CASE(2);

    private final int space;

    Kind(int space) {
      this.space = space;
    }
  }

  /**
   * A record under its id.
   *
   * @param id the id
   * @param record the record
   */
  public record Entry(MessageId id, IprRecord record) {}

  private static final int MADE_BY = 3;
  private static final int MADE = 4;

  private final Store store;
  private final UnreadableRecords unreadable;
  private final Map<Kind, AtomicInteger> counts = new EnumMap<>(Kind.class);

  /**
   * Deadlines of open cases, in milliseconds since 1970; {@code Long.MAX_VALUE} without a deadline.
   */
  private final Map<MessageId, Long> open = new ConcurrentHashMap<>();

  /** The table of a ledger. */
  public static IprTable of(Ledger ledger) {
    return ledger.table(IprTable.class, store -> new IprTable(store, ledger.unreadable()));
  }

  /** The table of a store. */
  public IprTable(Store store, UnreadableRecords unreadable) {
    this.store = store;
    this.unreadable = unreadable;
    for (Kind kind : Kind.values()) {
      AtomicInteger count = new AtomicInteger();
      counts.put(kind, count);
      byte[] prefix = {(byte) kind.space};
      try (Scan scan = store.scan(Table.IPR, prefix, KeyBuilder.endOf(prefix))) {
        while (scan.hasNext()) {
          scan.next();
          count.incrementAndGet();
          IprRecord record = readable(scan);
          if (record != null) {
            note(kind, id(scan.key()), record);
          }
        }
      }
    }
  }

  private void note(Kind kind, MessageId id, IprRecord record) {
    if (kind == Kind.CASE) {
      if (record.getOpen()) {
        open.put(id, record.getDueMs() == 0 ? Long.MAX_VALUE : record.getDueMs());
      } else {
        open.remove(id);
      }
    }
  }

  /** Sets a record. */
  public void put(Transaction tx, Kind kind, MessageId id, IprRecord record) {
    byte[] key = key(kind, id);
    boolean fresh = tx.get(Table.IPR, key) == null;
    tx.put(Table.IPR, key, record.toByteArray());
    tx.afterCommit(
        () -> {
          if (fresh) {
            count(kind).incrementAndGet();
          }
          note(kind, id, record);
        });
  }

  /** Counts a new record for the client that made it, given as a token, until it is removed. */
  void madeBy(Transaction tx, Kind kind, MessageId id, byte[] client) {
    tx.put(Table.IPR, madeByKey(kind, id), client);
    countMade(tx, kind, client, 1);
  }

  /** How many stored records a client made, with those of this transaction. */
  int made(Transaction tx, Kind kind, byte[] client) {
    byte[] count = tx.get(Table.IPR, madeKey(kind, client));
    return count == null ? 0 : BigEndian.u32(count, 0);
  }

  private void countMade(Transaction tx, Kind kind, byte[] client, int by) {
    int now = made(tx, kind, client) + by;
    if (now > 0) {
      tx.put(Table.IPR, madeKey(kind, client), KeyBuilder.key().u32(now).done());
    } else {
      tx.delete(Table.IPR, madeKey(kind, client));
    }
  }

  /** Removes an existing record. */
  public void remove(Transaction tx, Kind kind, MessageId id) {
    byte[] client = tx.get(Table.IPR, madeByKey(kind, id));
    if (client != null) {
      countMade(tx, kind, client, -1);
      tx.delete(Table.IPR, madeByKey(kind, id));
    }
    tx.delete(Table.IPR, key(kind, id));
    tx.afterCommit(
        () -> {
          count(kind).decrementAndGet();
          open.remove(id);
        });
  }

  /** A record as the transaction sees it, or null. */
  public @Nullable IprRecord read(Transaction tx, Kind kind, MessageId id) {
    byte[] value = tx.get(Table.IPR, key(kind, id));
    return value == null ? null : parse(value);
  }

  /** A committed record, or null. */
  public @Nullable IprRecord read(Kind kind, MessageId id) {
    byte[] value = store.get(Table.IPR, key(kind, id));
    return value == null ? null : parse(value);
  }

  /** Records after an id, or from the first, at most {@code most}, by id. */
  public List<Entry> page(Kind kind, @Nullable MessageId after, int most) {
    byte[] prefix = {(byte) kind.space};
    // The least key greater than that of the id: the same followed by a zero byte.
    byte[] from = after == null ? prefix : KeyBuilder.key().bytes(key(kind, after)).u8(0).done();
    List<Entry> out = new ArrayList<>();
    try (Scan scan = store.scan(Table.IPR, from, KeyBuilder.endOf(prefix))) {
      while (out.size() < most && scan.hasNext()) {
        scan.next();
        IprRecord record = readable(scan);
        if (record != null) {
          out.add(new Entry(id(scan.key()), record));
        }
      }
    }
    return out;
  }

  /** The number of records, closed ones included. */
  public int size(Kind kind) {
    return count(kind).get();
  }

  /** The number of open cases. */
  public int openCases() {
    return open.size();
  }

  /**
   * The number of open cases with a deadline in a span.
   *
   * @param fromMillis milliseconds since 1970, inclusive
   * @param toMillis milliseconds since 1970, exclusive
   */
  public long due(long fromMillis, long toMillis) {
    return open.values().stream().filter(at -> at >= fromMillis && at < toMillis).count();
  }

  /** Where the content of one lies. */
  public static RecordPlace place(Kind kind, MessageId id) {
    return new RecordPlace(Table.IPR, key(kind, id), "content");
  }

  private AtomicInteger count(Kind kind) {
    return Objects.requireNonNull(counts.get(kind));
  }

  /** The record of a scan, or null if it cannot be read. */
  private @Nullable IprRecord readable(Scan scan) {
    try {
      return parse(scan.value());
    } catch (CorruptRecord e) {
      unreadable.found(Table.IPR, id(scan.key()).toString(), e);
      return null;
    }
  }

  private static MessageId id(byte[] key) {
    return MessageId.of(Arrays.copyOfRange(key, 1, key.length));
  }

  private static IprRecord parse(byte[] value) {
    return CorruptRecord.parse(IprRecord.parser(), value, "IPR");
  }

  private static byte[] madeByKey(Kind kind, MessageId id) {
    return KeyBuilder.key().u8(MADE_BY).u8(kind.space).bytes(id.bytes()).done();
  }

  private static byte[] madeKey(Kind kind, byte[] client) {
    return KeyBuilder.key().u8(MADE).u8(kind.space).bytes(client).done();
  }

  private static byte[] key(Kind kind, MessageId id) {
    return KeyBuilder.key().u8(kind.space).bytes(id.bytes()).done();
  }
}
