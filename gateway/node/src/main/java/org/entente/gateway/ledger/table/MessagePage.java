package org.entente.gateway.ledger.table;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.BigEndian;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.store.KeyBuilder;
import org.entente.proto.store.v1.InboxPage;
import org.entente.proto.store.v1.InboxRecord;
import org.jspecify.annotations.Nullable;

/**
 * Messages of one envelope and one bucket in consecutive positions, which are stored as one record.
 * A page that cannot be read shows as one damaged message at its first position. Confined to a
 * thread.
 *
 * <p>A message that is removed from a stored page is only marked, beside the page, and nobody is
 * given it any more. Its bytes go when the page is written again for all that are marked.
 */
final class MessagePage {
  /** Messages of a page. */
  static final int MOST = 64;

  /** Bytes of records, and of bodies, above which a page takes no further message. */
  static final int BYTES = 64 << 10;

  /** Bytes of its keys, its places in indexes, and what its messages have in common; about. */
  private static final int OVERHEAD = 256;

  private final Lane lane;
  private final long first;
  private final InboxRecord common;
  private final List<ByteString> ids = new ArrayList<>();
  private final List<ByteString> messages = new ArrayList<>();

  /** Bodies of a page that is not stored yet, or that is written again. */
  private final List<ByteString> bodies = new ArrayList<>();

  private final boolean fresh;
  private long bytes;

  /** The bytes that the stored page counts. */
  private long counted;

  /** Messages whose bytes are gone. */
  private long gone;

  /** Removed messages whose bytes are still in the stored page. */
  private long marked;

  private boolean hasMark;
  private boolean changed;
  private boolean removed;

  private MessagePage(Lane lane, long first, InboxRecord common, boolean fresh) {
    this.lane = lane;
    this.first = first;
    this.common = common;
    this.fresh = fresh;
  }

  /** A page for a message that arrives. */
  static MessagePage begin(Lane lane, long first, InboxRecord record) {
    InboxRecord common =
        InboxRecord.newBuilder()
            .setOrigin(record.getOrigin())
            .setEnvelopeId(record.getEnvelopeId())
            .setHeaderHash(record.getHeaderHash())
            .setExercise(record.getExercise())
            .setBucketDay(record.getBucketDay())
            .build();
    return new MessagePage(lane, first, common, true);
  }

  /**
   * A stored page.
   *
   * @param mark names the messages removed since it was written; null for none
   */
  static MessagePage parse(Lane lane, long first, byte[] value, byte @Nullable [] mark) {
    try {
      InboxPage page = InboxPage.parseFrom(UnsafeByteOperations.unsafeWrap(value));
      int count = page.getMessagesCount();
      if (count > 0
          && count <= MOST
          && page.getMessageIds().size() == count * MessageId.SIZE
          && (mark == null || mark.length == Long.BYTES)) {
        MessagePage parsed = new MessagePage(lane, first, page.getCommon(), false);
        for (int i = 0; i < count; i++) {
          int at = i * MessageId.SIZE;
          parsed.ids.add(page.getMessageIds().substring(at, at + MessageId.SIZE));
        }
        parsed.messages.addAll(page.getMessagesList());
        parsed.gone = page.getGone();
        parsed.counted = page.getBytes();
        parsed.hasMark = mark != null;
        parsed.marked = mark == null ? 0 : BigEndian.u64(mark, 0) & ~parsed.gone;
        return parsed;
      }
    } catch (InvalidProtocolBufferException e) {
      // Shown as damaged.
    }
    MessagePage damaged = new MessagePage(lane, first, InboxRecord.getDefaultInstance(), false);
    damaged.messages.add(ByteString.EMPTY);
    damaged.hasMark = mark != null;
    return damaged;
  }

  /** Whether it cannot be read. */
  boolean isDamaged() {
    return ids.isEmpty() && !fresh;
  }

  Lane lane() {
    return lane;
  }

  long first() {
    return first;
  }

  /** Whose messages they are; not of a damaged page. */
  AgencyName origin() {
    return new AgencyName(common.getOrigin());
  }

  long bucketDay() {
    return common.getBucketDay();
  }

  /** Behind its last position. */
  long end() {
    return first + messages.size();
  }

  /** Whether it is not stored yet. */
  boolean isFresh() {
    return fresh;
  }

  /** Whether what is stored of its messages has changed. */
  boolean isChanged() {
    return changed;
  }

  /** Whether a message of the stored page was removed. */
  boolean hasRemoved() {
    return removed;
  }

  /** Whether a mark is stored beside it. */
  boolean hasMark() {
    return hasMark;
  }

  /** Whether its stored record still holds bytes of removed messages. */
  boolean isMarked() {
    return marked != 0;
  }

  /** The messages removed since it was written. */
  byte[] mark() {
    return KeyBuilder.key().u64(marked).done();
  }

  /** Whether its bodies are written again. */
  boolean hasBodies() {
    return !bodies.isEmpty();
  }

  /** The bytes that the stored page counts for its origin; 0 if it is not stored or damaged. */
  long counted() {
    return counted;
  }

  /** The bytes that it counts once it is written. */
  long toCount() {
    if (!hasBodies()) {
      return counted;
    }
    long size = OVERHEAD + (long) ids.size() * MessageId.SIZE;
    for (int i = 0; i < messages.size(); i++) {
      size += messages.get(i).size() + bodies.get(i).size();
    }
    return size;
  }

  /** Whether none of its messages is here any more. */
  boolean isEmpty() {
    return Long.bitCount(gone | marked) == messages.size();
  }

  /** The ids of all messages, also of those that are gone. */
  List<MessageId> ids() {
    return ids.stream().map(id -> MessageId.of(id.toByteArray())).toList();
  }

  /** Whether a message that arrives at a position can be added. */
  boolean takes(Lane of, long position, InboxRecord record, ByteString body) {
    return fresh
        && lane == of
        && position == end()
        && messages.size() < MOST
        && bytes + Math.max(record.getSerializedSize(), body.size()) <= BYTES
        && common.getBucketDay() == record.getBucketDay()
        && common.getExercise() == record.getExercise()
        && common.getHeaderHash().equals(record.getHeaderHash())
        && common.getEnvelopeId().equals(record.getEnvelopeId())
        && common.getOrigin().equals(record.getOrigin());
  }

  void add(MessageId id, InboxRecord record, ByteString body) {
    ids.add(UnsafeByteOperations.unsafeWrap(id.bytes()));
    messages.add(rest(ids.size() - 1, record));
    bodies.add(body);
    bytes += Math.max(record.getSerializedSize(), body.size());
    changed = true;
  }

  /** Replaces the record of a message that is here. */
  void set(long position, InboxRecord record) {
    int index = (int) (position - first);
    messages.set(index, rest(index, record));
    changed = true;
  }

  void remove(long position) {
    int index = (int) (position - first);
    if (fresh) {
      messages.set(index, ByteString.EMPTY);
      bodies.set(index, ByteString.EMPTY);
      gone |= 1L << index;
    } else {
      marked |= 1L << index;
      removed = true;
    }
  }

  /**
   * Drops the bytes of the marked messages.
   *
   * @param stored the stored bodies; one that cannot be told from the others is dropped too, as it
   *     may be that of a marked message
   */
  void dropMarked(byte @Nullable [] stored) {
    gone |= marked;
    marked = 0;
    for (int i = 0; i < messages.size(); i++) {
      if (isGone(i)) {
        messages.set(i, ByteString.EMPTY);
      }
    }
    takeBodies(stored);
    changed = true;
  }

  private boolean isGone(int index) {
    return (((gone | marked) >>> index) & 1) != 0;
  }

  /** What a record does not have in common with the others. */
  private ByteString rest(int index, InboxRecord record) {
    InboxRecord.Builder rest =
        record.toBuilder().clearEnvelopeId().clearHeaderHash().clearExercise().clearBucketDay();
    if (record.getMessageId().equals(ids.get(index))) {
      rest.clearMessageId();
    }
    if (record.getOrigin().equals(common.getOrigin())) {
      rest.clearOrigin();
    }
    return rest.build().toByteString();
  }

  /** The record at a position, the default instance if it is damaged; null if it is gone. */
  @Nullable InboxRecord at(long position) {
    return holds(position) ? record((int) (position - first)) : null;
  }

  /** Whether there is a message at a position, damaged or not. */
  boolean holds(long position) {
    return position >= first && position < end() && !isGone((int) (position - first));
  }

  private InboxRecord record(int index) {
    try {
      return isDamaged()
          ? common
          : common.toBuilder().setMessageId(ids.get(index)).mergeFrom(messages.get(index)).build();
    } catch (InvalidProtocolBufferException e) {
      return InboxRecord.getDefaultInstance();
    }
  }

  /** The last position with an id, where it may be gone; -1 for none. */
  long find(MessageId id) {
    // A message that was moved right after it arrived is there twice.
    int index = ids.lastIndexOf(UnsafeByteOperations.unsafeWrap(id.bytes()));
    return index < 0 ? -1 : first + index;
  }

  byte[] encoded() {
    return InboxPage.newBuilder()
        .setCommon(common)
        .setMessageIds(ByteString.copyFrom(ids))
        .addAllMessages(messages)
        .setGone(gone)
        .setBytes(toCount())
        .build()
        .toByteArray();
  }

  /** The bodies of its messages as they are stored, without those of messages that are gone. */
  byte[] encodedBodies() {
    int at = 1 + bodies.size() * Integer.BYTES;
    int size = at;
    for (ByteString body : bodies) {
      size = Math.addExact(size, body.size());
    }
    byte[] encoded = new byte[size];
    encoded[0] = (byte) bodies.size();
    for (int i = 0; i < bodies.size(); i++) {
      ByteString body = bodies.get(i);
      BigEndian.putU32(encoded, 1 + i * Integer.BYTES, body.size());
      body.copyTo(encoded, at);
      at += body.size();
    }
    return encoded;
  }

  /** The body at a position of a page that is not stored yet. */
  byte[] body(long position) {
    return bodies.get((int) (position - first)).toByteArray();
  }

  private void takeBodies(byte @Nullable [] stored) {
    for (int i = 0; stored != null && i < messages.size(); i++) {
      byte[] body = body(stored, i);
      bodies.add(
          body == null || isGone(i) ? ByteString.EMPTY : UnsafeByteOperations.unsafeWrap(body));
    }
  }

  /** One of the stored bodies of a page; null if they are gone or damaged. */
  static byte @Nullable [] body(byte @Nullable [] stored, int index) {
    int count = stored == null || stored.length == 0 ? 0 : stored[0] & 0xff;
    long at = 1L + (long) count * Integer.BYTES;
    for (int i = 0; stored != null && i <= index && index < count; i++) {
      int lengthAt = 1 + i * Integer.BYTES;
      int length = lengthAt + Integer.BYTES > stored.length ? -1 : BigEndian.u32(stored, lengthAt);
      if (length < 0 || at + length > stored.length) {
        return null;
      }
      if (i == index) {
        return Arrays.copyOfRange(stored, (int) at, (int) at + length);
      }
      at += length;
    }
    return null;
  }
}
