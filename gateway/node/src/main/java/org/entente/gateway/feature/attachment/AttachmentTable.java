package org.entente.gateway.feature.attachment;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.ledger.record.RecordPlace;
import org.entente.gateway.model.AttachmentId;
import org.entente.gateway.model.BigEndian;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.Table;
import org.entente.proto.store.v1.FetchedAttachment;
import org.entente.proto.store.v1.OwnAttachment;
import org.jspecify.annotations.Nullable;

/**
 * Which attachments are in the folder, and how much of it each client and each other agency uses.
 *
 * <pre>
 * ATTACHMENT u8 1 · 16-byte attachment id                       → OwnAttachment
 * ATTACHMENT u8 2 · 16-byte message id · 16-byte attachment id  → FetchedAttachment
 * ATTACHMENT u8 3 · 16-byte message id · 16-byte attachment id  → nothing: an own message's
 * ATTACHMENT u8 4 · ascii client                                → u64 bytes · u32 files
 * ATTACHMENT u8 5 · ascii agency                                → u64 bytes · u32 files
 * </pre>
 */
final class AttachmentTable {
  private static final int OWN = 1;
  private static final int FETCHED = 2;
  private static final int OF_MESSAGE = 3;
  private static final int CLIENT = 4;
  private static final int AGENCY = 5;
  private static final byte[] NOTHING = {};

  private final Store store;

  AttachmentTable(Store store) {
    this.store = store;
  }

  /** The table of a ledger. */
  static AttachmentTable of(Ledger ledger) {
    return ledger.table(AttachmentTable.class, AttachmentTable::new);
  }

  /** What one client or agency uses of the folder. */
  record Usage(long bytes, int files) {
    private Usage plus(long more, int moreFiles) {
      return new Usage(bytes + more, files + moreFiles);
    }
  }

  /** An own file. */
  record Own(AttachmentId id, OwnAttachment record) {}

  /** A fetched file. */
  record Fetched(MessageId message, AttachmentId id, FetchedAttachment record) {}

  /** Where the facts about an upload are sealed. */
  static RecordPlace place(AttachmentId id) {
    return new RecordPlace(Table.ATTACHMENT, own(id), "facts");
  }

  /** An own file, or null. */
  @Nullable OwnAttachment find(AttachmentId id) {
    return parseOwn(store.get(Table.ATTACHMENT, own(id)));
  }

  /** The same, with the changes of a commit. */
  @Nullable OwnAttachment find(Transaction tx, AttachmentId id) {
    return parseOwn(tx.get(Table.ATTACHMENT, own(id)));
  }

  private static @Nullable OwnAttachment parseOwn(byte @Nullable [] value) {
    return value == null ? null : CorruptRecord.parse(OwnAttachment.parser(), value, "ATTACHMENT");
  }

  /** What a client uses. */
  Usage ofClient(Transaction tx, String client) {
    return usage(tx, usageKey(CLIENT, client));
  }

  /** What another agency's fetched files use. */
  Usage ofAgency(Transaction tx, String agency) {
    return usage(tx, usageKey(AGENCY, agency));
  }

  /** Adds an own file, which its client then uses. */
  void add(Transaction tx, AttachmentId id, OwnAttachment record) {
    put(tx, id, record);
    use(tx, usageKey(CLIENT, record.getClient()), record.getSize(), 1);
  }

  /** Replaces the record of an own file. */
  void put(Transaction tx, AttachmentId id, OwnAttachment record) {
    tx.put(Table.ATTACHMENT, own(id), record.toByteArray());
    if (!record.getMessageId().isEmpty()) {
      tx.put(
          Table.ATTACHMENT,
          pair(OF_MESSAGE, MessageId.of(record.getMessageId().toByteArray()), id),
          NOTHING);
    }
  }

  /** Removes an own file's record; false if there is none. */
  boolean remove(Transaction tx, AttachmentId id) {
    OwnAttachment record = find(tx, id);
    if (record == null) {
      return false;
    }
    tx.delete(Table.ATTACHMENT, own(id));
    if (!record.getMessageId().isEmpty()) {
      tx.delete(
          Table.ATTACHMENT,
          pair(OF_MESSAGE, MessageId.of(record.getMessageId().toByteArray()), id));
    }
    use(tx, usageKey(CLIENT, record.getClient()), -record.getSize(), -1);
    return true;
  }

  /** The attachments of a committed own message. */
  List<AttachmentId> of(Transaction tx, MessageId message) {
    byte[] prefix = KeyBuilder.key().u8(OF_MESSAGE).bytes(message.bytes()).done();
    List<AttachmentId> found = new ArrayList<>();
    try (Scan scan = tx.scanCommitted(Table.ATTACHMENT, prefix, KeyBuilder.endOf(prefix))) {
      while (scan.hasNext()) {
        scan.next();
        found.add(attachmentAt(scan.key(), prefix.length));
      }
    }
    return found;
  }

  /** A file of a received message, or null. */
  @Nullable FetchedAttachment fetched(MessageId message, AttachmentId id) {
    return parseFetched(store.get(Table.ATTACHMENT, pair(FETCHED, message, id)));
  }

  /** The same, with the changes of a commit. */
  @Nullable FetchedAttachment fetched(Transaction tx, MessageId message, AttachmentId id) {
    return parseFetched(tx.get(Table.ATTACHMENT, pair(FETCHED, message, id)));
  }

  private static @Nullable FetchedAttachment parseFetched(byte @Nullable [] value) {
    return value == null
        ? null
        : CorruptRecord.parse(FetchedAttachment.parser(), value, "ATTACHMENT");
  }

  /** Adds a file of a received message, which its origin then uses. */
  void add(Transaction tx, MessageId message, AttachmentId id, FetchedAttachment record) {
    put(tx, message, id, record);
    use(tx, usageKey(AGENCY, record.getOrigin()), record.getSize(), 1);
  }

  /** Replaces the record of a file of a received message. */
  void put(Transaction tx, MessageId message, AttachmentId id, FetchedAttachment record) {
    tx.put(Table.ATTACHMENT, pair(FETCHED, message, id), record.toByteArray());
  }

  /** Removes the record of a file of a received message; false if there is none. */
  boolean remove(Transaction tx, MessageId message, AttachmentId id) {
    FetchedAttachment record = fetched(tx, message, id);
    if (record == null) {
      return false;
    }
    tx.delete(Table.ATTACHMENT, pair(FETCHED, message, id));
    use(tx, usageKey(AGENCY, record.getOrigin()), -record.getSize(), -1);
    return true;
  }

  /** Own files after an id, or from the first, at most so many. */
  List<Own> page(@Nullable AttachmentId after, int most) {
    byte[] prefix = KeyBuilder.key().u8(OWN).done();
    byte[] from = after == null ? prefix : KeyBuilder.key().bytes(own(after)).u8(0).done();
    List<Own> out = new ArrayList<>();
    try (Scan scan = store.scan(Table.ATTACHMENT, from, KeyBuilder.endOf(prefix))) {
      while (out.size() < most && scan.hasNext()) {
        scan.next();
        OwnAttachment record =
            CorruptRecord.parse(OwnAttachment.parser(), scan.value(), "ATTACHMENT");
        out.add(new Own(attachmentAt(scan.key(), 1), record));
      }
    }
    return out;
  }

  /** Fetched files after one, or from the first, at most so many. */
  List<Fetched> page(@Nullable Fetched after, int most) {
    byte[] prefix = KeyBuilder.key().u8(FETCHED).done();
    byte[] from =
        after == null
            ? prefix
            : KeyBuilder.key().bytes(pair(FETCHED, after.message(), after.id())).u8(0).done();
    List<Fetched> out = new ArrayList<>();
    try (Scan scan = store.scan(Table.ATTACHMENT, from, KeyBuilder.endOf(prefix))) {
      while (out.size() < most && scan.hasNext()) {
        scan.next();
        byte[] key = scan.key();
        out.add(
            new Fetched(
                MessageId.of(Arrays.copyOfRange(key, 1, 1 + MessageId.SIZE)),
                attachmentAt(key, 1 + MessageId.SIZE),
                CorruptRecord.parse(FetchedAttachment.parser(), scan.value(), "ATTACHMENT")));
      }
    }
    return out;
  }

  private static Usage usage(Transaction tx, byte[] key) {
    byte[] value = tx.get(Table.ATTACHMENT, key);
    return value == null
        ? new Usage(0, 0)
        : new Usage(BigEndian.u64(value, 0), BigEndian.u32(value, Long.BYTES));
  }

  private static void use(Transaction tx, byte[] key, long bytes, int files) {
    Usage now = usage(tx, key).plus(bytes, files);
    if (now.files() == 0) {
      tx.delete(Table.ATTACHMENT, key);
    } else {
      tx.put(Table.ATTACHMENT, key, KeyBuilder.key().u64(now.bytes()).u32(now.files()).done());
    }
  }

  private static AttachmentId attachmentAt(byte[] key, int at) {
    return AttachmentId.of(Arrays.copyOfRange(key, at, at + AttachmentId.SIZE));
  }

  private static byte[] own(AttachmentId id) {
    return KeyBuilder.key().u8(OWN).bytes(id.bytes()).done();
  }

  private static byte[] pair(int space, MessageId message, AttachmentId id) {
    return KeyBuilder.key().u8(space).bytes(message.bytes()).bytes(id.bytes()).done();
  }

  private static byte[] usageKey(int space, String name) {
    return KeyBuilder.key().u8(space).ascii(name).done();
  }
}
