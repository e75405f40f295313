package org.entente.gateway.ledger.table;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.ledger.record.RecordPlace;
import org.entente.gateway.ledger.record.StoredNames;
import org.entente.gateway.model.BigEndian;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.KeyReader;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.Table;
import org.entente.proto.store.v1.UnopenedRecord;
import org.jspecify.annotations.Nullable;

/**
 * Evidence awaited from the recipients of this agency's messages: when to check for it, and the
 * messages that were not opened in time. Names and times only; no label data. The names are tokens
 * or sealed, so that the table does not show the recipients without the keystore. A listed message
 * whose recipient does not open, as after the loss of the keystore, is listed no more. Safe for
 * many threads.
 *
 * <pre>
 * META     "evidence unopened"                          → u64 last number of an unopened message
 * EVIDENCE u8 8 · u64 when · 16-byte message id         → 16-byte ids of others: look at the
 *                                                         evidence of all of them then
 * EVIDENCE u8 9 · u64 number                            → u16 length · sealed recipient ·
 *                                                         UnopenedRecord without the recipient
 * EVIDENCE u8 10 · 16-byte message id · token of agency → u64 its number; 0: no longer listed
 * </pre>
 */
public final class AwaitedEvidenceTable {
  private static final byte[] LAST = KeyBuilder.key().ascii("evidence unopened").done();
  private static final int SECOND = 1_000;
  private static final int DUE = 8;
  private static final int UNOPENED = 9;
  private static final int NUMBER_OF = 10;

  private record Group(String recipient, Lane lane) {}

  private final Store store;
  private final StoredNames names;
  private final Map<Group, Integer> counts = new ConcurrentHashMap<>();
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

  /** Whether any message was ever listed; if not, look-ups are skipped. */
  private volatile boolean any;

  public AwaitedEvidenceTable(Store store, StoredNames names) {
    this.store = store;
    this.names = names;
    byte[] from = KeyBuilder.key().u8(UNOPENED).done();
    try (Scan scan = store.scan(Table.EVIDENCE, from, KeyBuilder.endOf(from))) {
      while (scan.hasNext()) {
        scan.next();
        any = true;
        parse(scan.key(), scan.value()).ifPresent(record -> count(record, 1));
      }
    }
  }

  /** Messages that are checked together, and when. */
  public record DueMessages(long atMillis, List<MessageId> ids) {
    public DueMessages {
      ids = List.copyOf(ids);
    }
  }

  /** Whether a message is or was listed as unopened, for one recipient. */
  public enum ListingState {
    /** It was never listed. */
    NEVER,
    /** It is listed. */
    LISTED,
    /** It was listed. */
    ENDED
  }

  /** An unopened message; numbers rise in the order in which they were listed. */
  public record UnopenedMessage(long number, UnopenedRecord record) {}

  /**
   * Schedules the checks of messages. Those of one second have one record, so that an envelope
   * costs about one; none is checked early.
   *
   * @param due when each is due, milliseconds since 1970
   */
  public void look(Transaction tx, Map<MessageId, Long> due) {
    Map<Long, KeyBuilder> records = new LinkedHashMap<>();
    due.forEach(
        (id, at) -> {
          long second = Math.addExact(at, SECOND - 1) / SECOND * SECOND;
          records.computeIfAbsent(second, s -> KeyBuilder.key()).bytes(id.bytes());
        });
    records.forEach(
        (second, ids) -> {
          byte[] all = ids.done();
          tx.put(
              Table.EVIDENCE,
              dueKey(second, Arrays.copyOf(all, MessageId.SIZE)),
              Arrays.copyOfRange(all, MessageId.SIZE, all.length));
        });
  }

  /** Removes the schedule of messages that have been checked. */
  public void looked(Transaction tx, DueMessages due) {
    tx.delete(Table.EVIDENCE, dueKey(due.atMillis(), due.ids().get(0).bytes()));
  }

  /** Messages due at a time, in records up to a number of messages, the longest due first. */
  public List<DueMessages> due(long nowMillis, int most) {
    byte[] from = KeyBuilder.key().u8(DUE).done();
    byte[] to = KeyBuilder.key().u8(DUE).u64(nowMillis + 1).done();
    List<DueMessages> out = new ArrayList<>();
    int found = 0;
    try (Scan scan = store.scan(Table.EVIDENCE, from, to)) {
      while (found < most && scan.hasNext()) {
        scan.next();
        KeyReader key = KeyReader.of(scan.key());
        key.u8();
        long at = key.u64();
        DueMessages some = new DueMessages(at, ids(key.rest(), scan.value()));
        out.add(some);
        found += some.ids().size();
      }
    }
    return out;
  }

  private static List<MessageId> ids(byte[] first, byte[] others) {
    List<MessageId> ids = new ArrayList<>();
    ids.add(MessageId.of(first));
    for (int at = 0; at < others.length; at += MessageId.SIZE) {
      ids.add(MessageId.of(Arrays.copyOfRange(others, at, at + MessageId.SIZE)));
    }
    return ids;
  }

  /** The listing state of a message for a recipient. */
  public ListingState listing(Transaction tx, MessageId id, String recipient) {
    return any ? listing(tx.get(Table.EVIDENCE, numberKey(id, recipient))) : ListingState.NEVER;
  }

  /** The same, as committed. */
  public ListingState listing(MessageId id, String recipient) {
    return listing(store.get(Table.EVIDENCE, numberKey(id, recipient)));
  }

  private static ListingState listing(byte @Nullable [] number) {
    if (number == null) {
      return ListingState.NEVER;
    }
    return BigEndian.u64(number, 0) == 0 ? ListingState.ENDED : ListingState.LISTED;
  }

  /** Adds an unopened message. */
  public void list(Transaction tx, UnopenedRecord record) {
    any = true;
    byte[] last = tx.get(Table.META, LAST);
    long number = (last == null ? 0 : BigEndian.u64(last, 0)) + 1;
    byte[] encoded = KeyBuilder.key().u64(number).done();
    MessageId id = MessageId.of(record.getMessageId().toByteArray());
    tx.put(Table.META, LAST, encoded);
    tx.put(Table.EVIDENCE, unopenedKey(number), value(unopenedKey(number), record));
    tx.put(Table.EVIDENCE, numberKey(id, record.getRecipient()), encoded);
    tx.afterCommit(
        () -> {
          count(record, 1);
          listeners.forEach(Runnable::run);
        });
  }

  /**
   * Removes a message from the list for a recipient, permanently; returns whether it was listed.
   */
  public boolean unlist(Transaction tx, MessageId id, String recipient) {
    if (!any) {
      return false;
    }
    byte[] key = numberKey(id, recipient);
    byte[] number = tx.get(Table.EVIDENCE, key);
    if (listing(number) != ListingState.LISTED || number == null) {
      return false;
    }
    byte[] unopened = unopenedKey(BigEndian.u64(number, 0));
    byte[] value = tx.get(Table.EVIDENCE, unopened);
    tx.delete(Table.EVIDENCE, unopened);
    tx.put(Table.EVIDENCE, key, KeyBuilder.key().u64(0).done());
    if (value != null) {
      parse(unopened, value).ifPresent(record -> tx.afterCommit(() -> count(record, -1)));
    }
    return true;
  }

  /** Messages with greater numbers, at most {@code most}, in the order of their numbers. */
  public List<UnopenedMessage> unopened(long after, int most) {
    byte[] all = KeyBuilder.key().u8(UNOPENED).done();
    List<UnopenedMessage> out = new ArrayList<>();
    try (Scan scan = store.scan(Table.EVIDENCE, unopenedKey(after + 1), KeyBuilder.endOf(all))) {
      while (out.size() < most && scan.hasNext()) {
        scan.next();
        long number = BigEndian.u64(scan.key(), 1);
        parse(scan.key(), scan.value())
            .ifPresent(record -> out.add(new UnopenedMessage(number, record)));
      }
    }
    return out;
  }

  /** The number listed for a recipient and lane, without training traffic. */
  public int unopened(String recipient, Lane lane) {
    return counts.getOrDefault(new Group(recipient, lane), 0);
  }

  /**
   * Adds a listener called after each commit that lists a message, on the writer's thread, so it
   * must be quick.
   */
  public void onListed(Runnable listener) {
    listeners.add(listener);
  }

  /** Removes a listener. */
  public void forget(Runnable listener) {
    listeners.remove(listener);
  }

  private void count(UnopenedRecord record, int by) {
    if (!record.getExercise()) {
      Group group = new Group(record.getRecipient(), Lane.of(record.getLane()));
      counts.compute(
          group,
          (g, count) -> {
            int next = (count == null ? 0 : count) + by;
            return next == 0 ? null : next;
          });
    }
  }

  private byte[] value(byte[] key, UnopenedRecord record) {
    byte[] sealed = names.seal(place(key), record.getRecipient());
    byte[] rest = record.toBuilder().clearRecipient().build().toByteArray();
    return KeyBuilder.key().u16(sealed.length).bytes(sealed).bytes(rest).done();
  }

  private Optional<UnopenedRecord> parse(byte[] key, byte[] value) {
    KeyReader reader = KeyReader.of(value);
    Optional<List<String>> recipient = names.open(place(key), reader.bytes(reader.u16()));
    if (recipient.isEmpty()) {
      return Optional.empty();
    }
    try {
      UnopenedRecord record = UnopenedRecord.parseFrom(reader.rest());
      return Optional.of(record.toBuilder().setRecipient(recipient.get().get(0)).build());
    } catch (InvalidProtocolBufferException e) {
      throw new CorruptRecord("EVIDENCE", e);
    }
  }

  private static RecordPlace place(byte[] unopenedKey) {
    return new RecordPlace(Table.EVIDENCE, unopenedKey, "recipient");
  }

  private static byte[] dueKey(long atMillis, byte[] firstId) {
    return KeyBuilder.key().u8(DUE).u64(atMillis).bytes(firstId).done();
  }

  private static byte[] unopenedKey(long number) {
    return KeyBuilder.key().u8(UNOPENED).u64(number).done();
  }

  private byte[] numberKey(MessageId id, String recipient) {
    byte[] token = names.token(recipient);
    return KeyBuilder.key().u8(NUMBER_OF).bytes(id.bytes()).bytes(token).done();
  }
}
