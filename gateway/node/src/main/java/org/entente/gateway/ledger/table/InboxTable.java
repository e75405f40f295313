package org.entente.gateway.ledger.table;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.CommittedTail;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.ledger.record.FreshContent;
import org.entente.gateway.ledger.table.RetrievalRecords.RetrievalPlace;
import org.entente.gateway.model.BigEndian;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.KeyValue;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.Table;
import org.entente.proto.store.v1.InboxRecord;
import org.jspecify.annotations.Nullable;

/**
 * Received messages in the order of arrival, by lane, each with its sealed body.
 *
 * <pre>
 * META    "position"                       → u64 greatest position assigned
 * INBOX   u8 lane · u64 position           → InboxRecord
 * MESSAGE u8 1 · 16-byte message id        → u8 lane · u64 position
 * BODY    u64 position                     → body ciphertext
 * </pre>
 *
 * Bodies have their own table because they are written in key order: its files never overlap, so
 * that compaction moves them without rewriting. Mixed with the index by id, which has no order,
 * each body was written four times.
 */
public final class InboxTable {
  private static final byte[] POSITION = KeyBuilder.key().ascii("position").done();

  /** Bytes of records held in memory, as serialised. */
  private static final long TAIL_BYTES = 1 << 20;

  /** Records held in memory; as many as {@link FreshContent} keeps of their content. */
  private static final int TAIL_RECORDS = 1_000;

  private final Store store;
  private final FreshContent fresh = new FreshContent();

  /**
   * Subscribers are mostly at the end of a lane, and each looks into all lanes for each message.
   */
  private final CommittedTail<Lane, PlacedRecord> tail;

  /** Set behind the tail: a reader up to here must not miss what the tail does not hold yet. */
  private volatile long lastPosition;

  private volatile Consumer<PlacedRecord> gone = placed -> {};

  /** The inbox of a store. */
  public InboxTable(Store store) {
    this(store, new CommittedTail<>(TAIL_BYTES, TAIL_RECORDS));
  }

  /** The same with a tail of other bounds, for tests. */
  InboxTable(Store store, CommittedTail<Lane, PlacedRecord> tail) {
    this.store = store;
    this.tail = tail;
    byte[] position = store.get(Table.META, POSITION);
    lastPosition = position == null ? 0 : BigEndian.u64(position, 0);
    for (Lane lane : Lane.all()) {
      KeyValue last = store.last(Table.INBOX, key(lane, 0), endOf(lane));
      tail.begin(lane, last == null ? 0 : BigEndian.u64(last.key(), 1) + 1);
    }
  }

  /**
   * A record with its lane and position.
   *
   * @param record the default instance if the stored record cannot be read
   */
  public record PlacedRecord(Lane lane, long position, InboxRecord record) {
    /** Whether the stored record cannot be read. */
    public boolean isDamaged() {
      return record.getMessageId().size() != MessageId.SIZE;
    }

    /** Where its retrievals are recorded. */
    public RetrievalPlace retrieval() {
      return new RetrievalPlace(arrival(), record.getBucketDay());
    }

    /** Its position when it arrived. */
    public long arrival() {
      return record.getArrival() == 0 ? position : record.getArrival();
    }
  }

  /** The next position; positions rise over all received messages. */
  public long nextPosition(Transaction tx) {
    long position = assign(tx);
    tx.afterCommit(() -> lastPosition = position);
    return position;
  }

  private static long assign(Transaction tx) {
    byte[] last = tx.get(Table.META, POSITION);
    long position = (last == null ? 0 : BigEndian.u64(last, 0)) + 1;
    tx.put(Table.META, POSITION, KeyBuilder.key().u64(position).done());
    return position;
  }

  /** Greatest committed position; 0 at first. All up to it can be read. */
  public long lastPosition() {
    return lastPosition;
  }

  /** Whether there is a message with this id. */
  public boolean knows(Transaction tx, MessageId id) {
    return tx.get(Table.MESSAGE, idKey(id)) != null;
  }

  /** Adds a message; returns its position. */
  public long append(Transaction tx, Lane lane, MessageId id, InboxRecord record, byte[] body) {
    long position = assign(tx);
    byte[] value = record.toByteArray();
    PlacedRecord placed = new PlacedRecord(lane, position, record);
    tx.put(Table.INBOX, key(lane, position), value);
    tx.afterCommit(
        () -> {
          tail.add(lane, position, placed, value.length);
          lastPosition = position;
        });
    tx.put(Table.BODY, bodyKey(position), body);
    tx.put(Table.MESSAGE, idKey(id), KeyBuilder.key().u8(lane.number()).u64(position).done());
    return position;
  }

  /** A committed message by its id, or null. */
  public @Nullable PlacedRecord find(MessageId id) {
    byte[] place = store.get(Table.MESSAGE, idKey(id));
    if (place == null) {
      return null;
    }
    byte[] value = store.get(Table.INBOX, place);
    return value == null ? null : placed(place, value);
  }

  /** A message by its id as the transaction sees it, or null. */
  public @Nullable PlacedRecord find(Transaction tx, MessageId id) {
    byte[] place = tx.get(Table.MESSAGE, idKey(id));
    if (place == null) {
      return null;
    }
    byte[] value = tx.get(Table.INBOX, place);
    return value == null ? null : placed(place, value);
  }

  /**
   * Sets the listener for messages no longer available to clients, called after each commit that
   * removes or recalls them. On the writer's thread, so it must be quick; there is one listener.
   */
  public void whenGone(Consumer<PlacedRecord> told) {
    gone = told;
  }

  /** Replaces a record. */
  public void replace(Transaction tx, PlacedRecord place, InboxRecord record) {
    byte[] value = record.toByteArray();
    PlacedRecord now = new PlacedRecord(place.lane(), place.position(), record);
    tx.put(Table.INBOX, key(place.lane(), place.position()), value);
    tx.afterCommit(() -> tail.replace(place.lane(), place.position(), now, value.length));
    if (record.getRecalled()) {
      tx.afterCommit(() -> gone.accept(place));
    }
  }

  /** Removes a message with its body; its position stays empty. */
  public void remove(Transaction tx, PlacedRecord placed) {
    tx.delete(Table.INBOX, key(placed.lane(), placed.position()));
    tx.delete(Table.BODY, bodyKey(placed.position()));
    tx.afterCommit(
        () -> {
          tail.remove(placed.lane(), placed.position());
          fresh.forget(placed.position());
          gone.accept(placed);
        });
    if (!placed.isDamaged()) {
      MessageId id = MessageId.of(placed.record().getMessageId().toByteArray());
      tx.delete(Table.MESSAGE, idKey(id));
    }
  }

  /** The record at a position as the transaction sees it, damaged or not; null if none. */
  public @Nullable PlacedRecord place(Transaction tx, Lane lane, long position) {
    byte[] value = tx.get(Table.INBOX, key(lane, position));
    return value == null ? null : new PlacedRecord(lane, position, tolerant(value));
  }

  /** The committed record at a position, damaged or not; null if none. */
  public @Nullable PlacedRecord place(Lane lane, long position) {
    byte[] value = store.get(Table.INBOX, key(lane, position));
    return value == null ? null : new PlacedRecord(lane, position, tolerant(value));
  }

  /**
   * The present record of a message seen earlier, as the transaction sees it; redelivery may have
   * moved it. Null if it is gone or damaged.
   */
  public @Nullable PlacedRecord now(Transaction tx, PlacedRecord seen) {
    if (seen.isDamaged()) {
      return null;
    }
    MessageId id = MessageId.of(seen.record().getMessageId().toByteArray());
    byte[] place = tx.get(Table.MESSAGE, idKey(id));
    byte[] value = place == null ? null : tx.get(Table.INBOX, place);
    if (place == null || value == null) {
      return null;
    }
    InboxRecord now = tolerant(value);
    boolean same =
        now.getMessageId().equals(seen.record().getMessageId())
            && now.getOrigin().equals(seen.record().getOrigin())
            && now.getHeaderHash().equals(seen.record().getHeaderHash());
    return same ? new PlacedRecord(Lane.of(place[0]), BigEndian.u64(place, 1), now) : null;
  }

  /** Moves a message to the tail, as if it arrived now; returns its new position. */
  public long moveToEnd(Transaction tx, PlacedRecord placed) {
    MessageId id = MessageId.of(placed.record().getMessageId().toByteArray());
    byte[] body = tx.get(Table.BODY, bodyKey(placed.position()));
    if (body == null) {
      throw new CorruptRecord("BODY", null);
    }
    remove(tx, placed);
    InboxRecord moved = placed.record().toBuilder().setArrival(placed.arrival()).build();
    return append(tx, placed.lane(), id, moved, body);
  }

  /** An index entry of a message id is the key of its record: u8 lane · u64 position. */
  private static PlacedRecord placed(byte[] place, byte[] value) {
    return new PlacedRecord(Lane.of(place[0]), BigEndian.u64(place, 1), parse(value));
  }

  /**
   * Committed records of a lane from a position on, in order, at most {@code most}; damaged ones
   * are included.
   */
  public List<PlacedRecord> read(Lane lane, long from, int most) {
    List<PlacedRecord> newest = tail.from(lane, from, most);
    return newest == null ? readStored(lane, from, most) : newest;
  }

  private List<PlacedRecord> readStored(Lane lane, long from, int most) {
    List<PlacedRecord> out = new ArrayList<>();
    try (Scan scan = store.scan(Table.INBOX, key(lane, from), endOf(lane))) {
      while (out.size() < most && scan.hasNext()) {
        scan.next();
        out.add(new PlacedRecord(lane, BigEndian.u64(scan.key(), 1), tolerant(scan.value())));
      }
    }
    return out;
  }

  /**
   * Committed positions of a lane that hold a record, from one position to another, both included.
   */
  public long[] positions(Lane lane, long from, long to) {
    LongStream.Builder out = LongStream.builder();
    try (Scan scan = store.scan(Table.INBOX, key(lane, from), key(lane, to + 1))) {
      while (scan.hasNext()) {
        scan.next();
        out.add(BigEndian.u64(scan.key(), 1));
      }
    }
    return out.build().toArray();
  }

  /** The last committed record of a lane before a position, damaged or not; null if none. */
  public @Nullable PlacedRecord before(Lane lane, long position) {
    KeyValue last = store.last(Table.INBOX, key(lane, 0), key(lane, position));
    return last == null
        ? null
        : new PlacedRecord(lane, BigEndian.u64(last.key(), 1), tolerant(last.value()));
  }

  /** The content of messages just received. */
  public FreshContent fresh() {
    return fresh;
  }

  /** The sealed body at a position, or null once erased. */
  public byte @Nullable [] body(long position) {
    return store.get(Table.BODY, bodyKey(position));
  }

  /** A record as the transaction sees it, or null. */
  public @Nullable InboxRecord read(Transaction tx, Lane lane, long position) {
    byte[] value = tx.get(Table.INBOX, key(lane, position));
    return value == null ? null : parse(value);
  }

  private static InboxRecord tolerant(byte[] value) {
    try {
      return InboxRecord.parseFrom(value);
    } catch (InvalidProtocolBufferException e) {
      return InboxRecord.getDefaultInstance();
    }
  }

  private static InboxRecord parse(byte[] value) {
    return CorruptRecord.parse(InboxRecord.parser(), value, "INBOX");
  }

  private static byte @Nullable [] endOf(Lane lane) {
    return KeyBuilder.endOf(KeyBuilder.key().u8(lane.number()).done());
  }

  private static byte[] key(Lane lane, long position) {
    return KeyBuilder.key().u8(lane.number()).u64(position).done();
  }

  private static byte[] idKey(MessageId id) {
    return KeyBuilder.key().u8(1).bytes(id.bytes()).done();
  }

  private static byte[] bodyKey(long position) {
    return KeyBuilder.key().u64(position).done();
  }
}
