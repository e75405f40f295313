package org.entente.gateway.ledger.table;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.ledger.record.RecordPlace;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.Table;
import org.entente.proto.store.v1.IprRecord;
import org.jspecify.annotations.Nullable;

/**
 * Recordations of intellectual property rights, and the cases under them; what they say is sealed.
 *
 * <pre>
 * IPR u8 1 · 16-byte recordation id → IprRecord
 * IPR u8 2 · 16-byte case id        → IprRecord
 * </pre>
 *
 * How many there are, and when open cases are due, is known without the disk; safe for many
 * threads.
 */
public final class IprTable {
  /** What a record is. */
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

  private final Store store;
  private final Map<Kind, AtomicInteger> counts = new EnumMap<>(Kind.class);

  /**
   * When open cases are due, milliseconds since 1970; {@code Long.MAX_VALUE} where no clock runs.
   */
  private final Map<MessageId, Long> open = new ConcurrentHashMap<>();

  /** What a store holds. */
  public IprTable(Store store) {
    this.store = store;
    for (Kind kind : Kind.values()) {
      AtomicInteger count = new AtomicInteger();
      counts.put(kind, count);
      byte[] prefix = {(byte) kind.space};
      try (Scan scan = store.scan(Table.IPR, prefix, KeyBuilder.endOf(prefix))) {
        while (scan.hasNext()) {
          scan.next();
          count.incrementAndGet();
          note(kind, id(scan.key()), parse(scan.value()));
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

  /** Sets one. */
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

  /** Removes one that is there. */
  public void remove(Transaction tx, Kind kind, MessageId id) {
    tx.delete(Table.IPR, key(kind, id));
    tx.afterCommit(
        () -> {
          count(kind).decrementAndGet();
          open.remove(id);
        });
  }

  /** One as a change sees it, or null. */
  public @Nullable IprRecord read(Transaction tx, Kind kind, MessageId id) {
    byte[] value = tx.get(Table.IPR, key(kind, id));
    return value == null ? null : parse(value);
  }

  /** One as it is committed, or null. */
  public @Nullable IprRecord read(Kind kind, MessageId id) {
    byte[] value = store.get(Table.IPR, key(kind, id));
    return value == null ? null : parse(value);
  }

  /** At most so many after an id, or from the first on, by id. */
  public List<Entry> page(Kind kind, @Nullable MessageId after, int most) {
    byte[] prefix = {(byte) kind.space};
    // The least key greater than that of the id: the same with a zero byte behind it.
    byte[] from = after == null ? prefix : KeyBuilder.key().bytes(key(kind, after)).u8(0).done();
    List<Entry> out = new ArrayList<>();
    try (Scan scan = store.scan(Table.IPR, from, KeyBuilder.endOf(prefix))) {
      while (out.size() < most && scan.hasNext()) {
        scan.next();
        out.add(new Entry(id(scan.key()), parse(scan.value())));
      }
    }
    return out;
  }

  /** How many there are, closed ones too. */
  public int size(Kind kind) {
    return count(kind).get();
  }

  /** How many cases are open. */
  public int openCases() {
    return open.size();
  }

  /**
   * How many open cases have a clock that ends in a span.
   *
   * @param fromMillis milliseconds since 1970, itself included
   * @param toMillis milliseconds since 1970, itself not included
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

  private static MessageId id(byte[] key) {
    return MessageId.of(Arrays.copyOfRange(key, 1, key.length));
  }

  private static IprRecord parse(byte[] value) {
    try {
      return IprRecord.parseFrom(value);
    } catch (InvalidProtocolBufferException e) {
      throw new CorruptRecord("IPR", e);
    }
  }

  private static byte[] key(Kind kind, MessageId id) {
    return KeyBuilder.key().u8(kind.space).bytes(id.bytes()).done();
  }
}
