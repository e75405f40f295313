package org.entente.gateway.ledger.table;

import java.util.Arrays;
import java.util.List;
import org.entente.gateway.model.BigEndian;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.store.KeyBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Messages of this agency that were committed together and share their records, named by the first.
 * Their ids are of one time, to 16 milliseconds, so that a message's id leads to its group.
 *
 * @param bytes the ids in rising order, at most {@link #MOST}
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record MessageGroup(byte[] bytes) {
  /** Most messages in a group: a bit of a long for each. */
  static final int MOST = Long.SIZE;

  /** Bits of the milliseconds in which the ids of a group may differ. */
  private static final int SLOT_BITS = 4;

  /** The group of some messages, whose ids rise. */
  static MessageGroup of(List<MessageId> ids) {
    KeyBuilder bytes = KeyBuilder.key(ids.size() * MessageId.SIZE);
    ids.forEach(id -> bytes.bytes(id.bytes()));
    return new MessageGroup(bytes.done());
  }

  /** The group in a record, whose value begins with the number of ids beyond that in the key. */
  static MessageGroup of(byte[] key, byte[] value) {
    return new MessageGroup(
        KeyBuilder.key()
            .bytes(Arrays.copyOf(key, MessageId.SIZE))
            .bytes(Arrays.copyOfRange(value, 1, bytesIn(value)))
            .done());
  }

  /** How many bytes of a record name the group. */
  static int bytesIn(byte[] value) {
    return 1 + (value[0] & 0xff) * MessageId.SIZE;
  }

  /** The value of a record of the group. */
  byte[] value(byte[] content) {
    return KeyBuilder.key()
        .u8(size() - 1)
        .bytes(Arrays.copyOfRange(bytes, MessageId.SIZE, bytes.length))
        .bytes(content)
        .done();
  }

  /** The time of a message, as far as it is that of its group. */
  static long slot(MessageId id) {
    return id.millis() >>> SLOT_BITS;
  }

  /** Where the ids of a group may begin that has this one. */
  static byte[] slotBegin(MessageId id) {
    return begin(slot(id) << SLOT_BITS);
  }

  /** Where the ids of groups of a later time begin; null if there is none. */
  static byte @Nullable [] slotEnd(MessageId id) {
    return KeyBuilder.endOf(begin(((slot(id) + 1) << SLOT_BITS) - 1));
  }

  private static byte[] begin(long millis) {
    return KeyBuilder.key().u32(millis >>> Short.SIZE).u16((int) (millis & 0xffff)).done();
  }

  int size() {
    return bytes.length / MessageId.SIZE;
  }

  MessageId first() {
    return id(0);
  }

  MessageId id(int position) {
    int at = position * MessageId.SIZE;
    return MessageId.of(Arrays.copyOfRange(bytes, at, at + MessageId.SIZE));
  }

  /** Where a message is in the group; -1 if it is not. */
  int position(MessageId id) {
    long high = id.bits().high();
    long low = id.bits().low();
    for (int at = 0; at < bytes.length; at += MessageId.SIZE) {
      if (BigEndian.u64(bytes, at + Long.BYTES) == low && BigEndian.u64(bytes, at) == high) {
        return at / MessageId.SIZE;
      }
    }
    return -1;
  }
}
