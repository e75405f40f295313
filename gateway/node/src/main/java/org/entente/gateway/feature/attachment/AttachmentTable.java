package org.entente.gateway.feature.attachment;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.ledger.record.RecordPlace;
import org.entente.gateway.ledger.record.StoredNames;
import org.entente.gateway.ledger.record.UnreadableRecords;
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
 * Clients and agencies are named by tokens of {@link StoredNames}. A record that cannot be read is
 * reported, and is none for those who look for it. Its file stays; that of a fetched file goes with
 * its message.
 *
 * <pre>
 * ATTACHMENT u8 1 · 16-byte attachment id                       → OwnAttachment
 * ATTACHMENT u8 2 · 16-byte message id · 16-byte attachment id  → FetchedAttachment
 * ATTACHMENT u8 3 · 16-byte message id · 16-byte attachment id  → nothing: an own message's
 * ATTACHMENT u8 4 · token of the client                         → u64 bytes · u32 files
 * ATTACHMENT u8 5 · token of the agency                         → u64 bytes · u32 files
 * ATTACHMENT u8 6 · token of an agency and a client             → u64 bytes · u32 files: of the
 *                                                                 agency, fetched for the client
 * ATTACHMENT u8 7 · 16-byte message id · 16-byte attachment id  → FetchedAttachment, as it was added:
 *                                                                 for whom the second counts
 * </pre>
 */
final class AttachmentTable {
  private static final int OWN = 1;
  private static final int FETCHED = 2;
  private static final int OF_MESSAGE = 3;
  private static final int CLIENT = 4;
  private static final int AGENCY = 5;
  private static final int AGENCY_CLIENT = 6;
  private static final int COUNTED = 7;
  private static final String NAME = "ATTACHMENT";
  private static final byte[] NOTHING = {};

  private final Store store;
  private final StoredNames names;
  private final UnreadableRecords unreadable;

  AttachmentTable(Store store, StoredNames names, UnreadableRecords unreadable) {
    this.store = store;
    this.names = names;
    this.unreadable = unreadable;
  }

  /** The table of a ledger. */
  static AttachmentTable of(Ledger ledger) {
    return ledger.table(
        AttachmentTable.class,
        store -> new AttachmentTable(store, ledger.names(), ledger.unreadable()));
  }

  /** Stands for a client or an agency in records. */
  ByteString token(String name) {
    return ByteString.copyFrom(names.token(name));
  }

  /** Stands for a client with what it fetched of an agency. */
  ByteString token(String agency, String client) {
    return ByteString.copyFrom(names.token(agency, client));
  }

  /** Stands for a recipient of one file: files of one recipient do not show that they are. */
  ByteString token(AttachmentId id, String recipient) {
    return ByteString.copyFrom(names.token(id.toString(), recipient));
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

  /** Takes complete files of a ledger. */
  interface CompleteSink {
    /**
     * A file that is complete.
     *
     * @param name of the file in the folder
     * @param sha256 of the sealed file
     */
    void take(String name, ByteString sha256) throws IOException;
  }

  /**
   * Passes on the complete files of a ledger, for which no key is needed. A record that cannot be
   * read is passed over.
   */
  static void complete(Store ledger, CompleteSink sink) throws IOException {
    byte[] from = KeyBuilder.key().u8(OWN).done();
    byte[] end = KeyBuilder.endOf(KeyBuilder.key().u8(FETCHED).done());
    try (Scan scan = ledger.scan(Table.ATTACHMENT, from, end)) {
      while (scan.hasNext()) {
        scan.next();
        try {
          complete(scan.key(), scan.value(), sink);
        } catch (CorruptRecord e) {
          // The gateway has told of it, and goes on without it, too.
        }
      }
    }
  }

  private static void complete(byte[] key, byte[] value, CompleteSink sink) throws IOException {
    if (key[0] == OWN) {
      OwnAttachment own = CorruptRecord.parse(OwnAttachment.parser(), value, NAME);
      if (own.getComplete()) {
        sink.take(AttachmentFolder.ownName(attachmentAt(key, 1)), own.getSealedSha256());
      }
    } else {
      FetchedAttachment fetched = CorruptRecord.parse(FetchedAttachment.parser(), value, NAME);
      if (fetched.getComplete()) {
        AttachmentId id = attachmentAt(key, 1 + MessageId.SIZE);
        sink.take(AttachmentFolder.fetchedName(messageAt(key), id), fetched.getSealedSha256());
      }
    }
  }

  /** Where the facts about an upload are sealed. */
  static RecordPlace place(AttachmentId id) {
    return new RecordPlace(Table.ATTACHMENT, own(id), "facts");
  }

  /** An own file, or null. */
  @Nullable OwnAttachment find(AttachmentId id) {
    return readable(OwnAttachment.parser(), own(id), store.get(Table.ATTACHMENT, own(id)));
  }

  /** The same, with the changes of a commit. */
  @Nullable OwnAttachment find(Transaction tx, AttachmentId id) {
    return readable(OwnAttachment.parser(), own(id), tx.get(Table.ATTACHMENT, own(id)));
  }

  /** Whether an own file has a record, be it readable or not. */
  boolean has(AttachmentId id) {
    return store.get(Table.ATTACHMENT, own(id)) != null;
  }

  /** The same of a file of a received message. */
  boolean has(MessageId message, AttachmentId id) {
    return store.get(Table.ATTACHMENT, pair(FETCHED, message, id)) != null;
  }

  private <T extends Message> @Nullable T readable(
      Parser<T> parser, byte[] key, byte @Nullable [] value) {
    try {
      return value == null ? null : CorruptRecord.parse(parser, value, NAME);
    } catch (CorruptRecord e) {
      unreadable.found(Table.ATTACHMENT, HexFormat.of().formatHex(key), e);
      return null;
    }
  }

  /** What a client uses. */
  Usage ofClient(Transaction tx, String client) {
    return usage(tx, usageKey(CLIENT, token(client)));
  }

  /** What another agency's fetched files use. */
  Usage ofAgency(Transaction tx, String agency) {
    return usage(tx, usageKey(AGENCY, token(agency)));
  }

  /** What the files of an agency use that were fetched for a client. */
  Usage ofAgency(Transaction tx, String agency, String client) {
    return usage(tx, usageKey(AGENCY_CLIENT, token(agency, client)));
  }

  /** Adds an own file, which its client then uses. */
  void add(Transaction tx, AttachmentId id, OwnAttachment record) {
    put(tx, id, record);
    use(tx, usageKey(CLIENT, record.getClientToken()), record.getSize(), 1);
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
    use(tx, usageKey(CLIENT, record.getClientToken()), -record.getSize(), -1);
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
    byte[] key = pair(FETCHED, message, id);
    return readable(FetchedAttachment.parser(), key, store.get(Table.ATTACHMENT, key));
  }

  /** The same, with the changes of a commit. */
  @Nullable FetchedAttachment fetched(Transaction tx, MessageId message, AttachmentId id) {
    byte[] key = pair(FETCHED, message, id);
    return readable(FetchedAttachment.parser(), key, tx.get(Table.ATTACHMENT, key));
  }

  /**
   * Adds a file of a received message, which its origin and its client then use. One whose record
   * cannot be read counts for its former client no longer.
   */
  void add(Transaction tx, MessageId message, AttachmentId id, FetchedAttachment record) {
    var unused = remove(tx, message, id);
    put(tx, message, id, record);
    tx.put(Table.ATTACHMENT, pair(COUNTED, message, id), record.toByteArray());
    use(tx, record, 1);
  }

  /** Replaces the record of a file of a received message. */
  void put(Transaction tx, MessageId message, AttachmentId id, FetchedAttachment record) {
    tx.put(Table.ATTACHMENT, pair(FETCHED, message, id), record.toByteArray());
  }

  /** Removes the record of a file of a received message; false if there is none. */
  boolean remove(Transaction tx, MessageId message, AttachmentId id) {
    byte[] key = pair(COUNTED, message, id);
    FetchedAttachment counted =
        readable(FetchedAttachment.parser(), key, tx.get(Table.ATTACHMENT, key));
    if (counted == null) {
      return false;
    }
    tx.delete(Table.ATTACHMENT, pair(FETCHED, message, id));
    tx.delete(Table.ATTACHMENT, key);
    use(tx, counted, -1);
    return true;
  }

  /** Own files after an id, or from the first, up to a number. */
  List<Own> page(@Nullable AttachmentId after, int most) {
    byte[] prefix = KeyBuilder.key().u8(OWN).done();
    byte[] from = after == null ? prefix : KeyBuilder.key().bytes(own(after)).u8(0).done();
    List<Own> out = new ArrayList<>();
    try (Scan scan = store.scan(Table.ATTACHMENT, from, KeyBuilder.endOf(prefix))) {
      while (out.size() < most && scan.hasNext()) {
        scan.next();
        OwnAttachment record = readable(OwnAttachment.parser(), scan.key(), scan.value());
        if (record != null) {
          out.add(new Own(attachmentAt(scan.key(), 1), record));
        }
      }
    }
    return out;
  }

  /**
   * Fetched files after one, or from the first, up to a number. One whose record cannot be read is
   * as it was added.
   */
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
        MessageId message = messageAt(key);
        AttachmentId id = attachmentAt(key, 1 + MessageId.SIZE);
        FetchedAttachment record = readable(FetchedAttachment.parser(), key, scan.value());
        if (record == null) {
          byte[] counted = pair(COUNTED, message, id);
          record =
              readable(FetchedAttachment.parser(), counted, store.get(Table.ATTACHMENT, counted));
        }
        if (record != null) {
          out.add(new Fetched(message, id, record));
        }
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

  private static void use(Transaction tx, FetchedAttachment record, int files) {
    long bytes = files * record.getSize();
    use(tx, usageKey(AGENCY, record.getOriginToken()), bytes, files);
    use(tx, usageKey(AGENCY_CLIENT, record.getClientToken()), bytes, files);
  }

  private static void use(Transaction tx, byte[] key, long bytes, int files) {
    Usage now = usage(tx, key).plus(bytes, files);
    if (now.files() == 0) {
      tx.delete(Table.ATTACHMENT, key);
    } else {
      tx.put(Table.ATTACHMENT, key, KeyBuilder.key().u64(now.bytes()).u32(now.files()).done());
    }
  }

  private static MessageId messageAt(byte[] key) {
    return MessageId.of(Arrays.copyOfRange(key, 1, 1 + MessageId.SIZE));
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

  private static byte[] usageKey(int space, ByteString token) {
    return KeyBuilder.key().u8(space).bytes(token.toByteArray()).done();
  }
}
