package org.entente.gateway.audit.record;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.entente.gateway.crypto.Hkdf;
import org.entente.gateway.model.BigEndian;
import org.entente.gateway.model.MessageId;

/**
 * Whole content of a leaf, as its own gateway keeps it: the seed of the blinds, the messages, and
 * the record without them.
 *
 * <pre>
 *    0  32  seed
 *   32   4  number of messages
 *   36      their ids, 16 bytes each
 *    …      record
 * </pre>
 *
 * From it follow the {@link ShownLeaf}, whose hash is the leaf's data, and the {@link MessagePath}
 * of each message. Nobody without the seed can compute blinds. Immutable.
 */
public final class OpenedLeaf {

  /** Size of a blind in bytes. */
  public static final int BLIND_BYTES = 32;

  /** Size of a seed in bytes. */
  public static final int SEED_BYTES = 32;

  private static final byte[] BLIND = "entente/v1 leaf blind".getBytes(StandardCharsets.US_ASCII);
  private static final int COUNT_AT = SEED_BYTES;
  private static final int IDS_AT = COUNT_AT + Integer.BYTES;

  private final byte[] content;
  private final List<MessageId> messages;
  private final ShownLeaf shown;
  private final boolean matches;

  private OpenedLeaf(byte[] content, List<MessageId> messages, Predicate<ShownLeaf> matches) {
    this.content = content;
    this.messages = messages;
    // Made once: it costs a blind and a hash for each message.
    this.shown = shown(content, messages);
    this.matches = matches.test(shown);
  }

  /** The content of a new leaf. */
  static OpenedLeaf of(byte[] seed, AuditRecord record) {
    List<MessageId> messages = record.subject().messages();
    byte[] ids = new byte[messages.size() * MessageId.SIZE];
    for (int i = 0; i < messages.size(); i++) {
      System.arraycopy(messages.get(i).bytes(), 0, ids, i * MessageId.SIZE, MessageId.SIZE);
    }
    byte[] content = encode(seed, ids, AuditRecordCodec.encode(record));
    return new OpenedLeaf(content, messages, shown -> true);
  }

  /** What was kept of a leaf with a commitment; it may be anything, and then matches nothing. */
  public static OpenedLeaf of(byte[] content, byte[] commitment) {
    long count =
        content.length < IDS_AT ? -1 : Integer.toUnsignedLong(BigEndian.u32(content, COUNT_AT));
    if (count < 0 || count > (content.length - IDS_AT) / MessageId.SIZE) {
      return new OpenedLeaf(new byte[IDS_AT], List.of(), shown -> false);
    }
    List<MessageId> messages = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int at = IDS_AT + i * MessageId.SIZE;
      messages.add(MessageId.of(Arrays.copyOfRange(content, at, at + MessageId.SIZE)));
    }
    return new OpenedLeaf(
        content.clone(),
        List.copyOf(messages),
        shown -> Arrays.equals(ShownLeaf.commitment(shown.encode()), commitment));
  }

  /** The kept form of a content by its parts: ids one after the other, the record without them. */
  public static byte[] encode(byte[] seed, byte[] ids, byte[] record) {
    byte[] content = Arrays.copyOf(seed, IDS_AT + ids.length + record.length);
    BigEndian.putU32(content, COUNT_AT, ids.length / MessageId.SIZE);
    System.arraycopy(ids, 0, content, IDS_AT, ids.length);
    System.arraycopy(record, 0, content, IDS_AT + ids.length, record.length);
    return content;
  }

  /** Whether the leaf in the log is the commitment to this content. */
  public boolean matches() {
    return matches;
  }

  /** The kept form, a new array. */
  public byte[] bytes() {
    return content.clone();
  }

  /** The seed of the blinds. */
  public byte[] seed() {
    return Arrays.copyOf(content, SEED_BYTES);
  }

  /** The ids of the messages, one after the other. */
  public byte[] messageIds() {
    return Arrays.copyOfRange(content, IDS_AT, recordAt());
  }

  /** The encoded record without messages, as {@code entente.store.v1.AuditRecord}. */
  public byte[] encodedRecord() {
    return Arrays.copyOfRange(content, recordAt(), content.length);
  }

  private int recordAt() {
    return recordAt(messages);
  }

  private static int recordAt(List<MessageId> messages) {
    return IDS_AT + messages.size() * MessageId.SIZE;
  }

  /** The record; empty when the leaf does not match or another release wrote it. */
  public Optional<AuditRecord> record() {
    return matches ? AuditRecordCodec.decode(encodedRecord(), messages) : Optional.empty();
  }

  /** What others may see. */
  public ShownLeaf shown() {
    return shown;
  }

  private static ShownLeaf shown(byte[] content, List<MessageId> messages) {
    byte[] seed = Arrays.copyOf(content, SEED_BYTES);
    byte[] blind = Hkdf.expandSha256(seed, BLIND, BLIND_BYTES);
    byte[] record = Arrays.copyOfRange(content, recordAt(messages), content.length);
    return ShownLeaf.of(blind, messages.size(), new MessageTree(seed, messages).root(), record);
  }

  /** Shows that the leaf concerns a message; empty if it does not. */
  public Optional<MessagePath> path(MessageId message) {
    int place = messages.indexOf(message);
    return place < 0 ? Optional.empty() : Optional.of(MessagePath.of(seed(), messages, place));
  }

  @Override
  public String toString() {
    return "OpenedLeaf[hidden]";
  }
}
