package org.entente.gateway.ledger.table;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.EvidenceName;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.BigEndian;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.Table;
import org.jspecify.annotations.Nullable;

/**
 * Evidence about this agency's own messages, and evidence owed to other origins.
 *
 * <pre>
 * META      "evidence"                                → u64 last number of what is known
 * META      "evidence owed"                           → u64 last number of what was ever owed
 * STATEMENT 16-byte message id · u8 1                 → sealed SentFacts
 * STATEMENT 16-byte message id · u8 2 · 8-byte mark ·
 *           u8 which time                             → u64 number · sealed EvidenceItem
 * EVIDENCE  u8 2 · ascii origin · u64 number          → sealed EvidenceBatch, still to be returned
 * EVIDENCE  u8 5 · 32-byte header hash                → sealed KeptHeader
 * EVIDENCE  u8 6 · ascii agency · 32-byte gateway key → u8 1 announcement or 2 key bundle · its bytes
 * </pre>
 *
 * <p>Statements about own messages have their own table because message ids rise with time: a file
 * of new records then begins where the last ended, and RocksDB only moves it. Mixed with records in
 * another order, each file would span all keys and be merged with everything ever written.
 *
 * <p>{@link EvidenceName} bounds how many copies of a statement are kept, however often it is
 * repeated. A contradicting statement is another statement. After a statement expires it can be
 * made again, as long as the message's recipients are known. {@link AwaitedEvidenceTable} and
 * {@link RetrievalTable} own the rest of the table.
 */
public final class EvidenceTable {
  /** Gateway keys that an agency ever had, each with what vouches for it; at most 8 KiB each. */
  public static final int MOST_VOUCHERS = 1_024;

  private static final byte[] KNOWN = KeyBuilder.key().ascii("evidence").done();
  private static final byte[] OWED = KeyBuilder.key().ascii("evidence owed").done();
  private static final int ORIGIN_AT = 1;

  /** Key part of a message's recipients, in {@link Table#STATEMENT}. */
  static final int SENT = 1;

  /** Key part of a statement about a message, in the same table. */
  static final int SAID = 2;

  /** Length of the statement's number, before the sealed item. */
  static final int NUMBER_BYTES = 8;

  private final Store store;
  private final List<Consumer<MessageId>> listeners = new CopyOnWriteArrayList<>();

  /**
   * The first number possibly owed to each origin; all below were returned. A scan from the
   * beginning would step over every deleted entry.
   */
  private final ConcurrentMap<AgencyName, Long> owedFrom = new ConcurrentHashMap<>();

  private boolean originsKnown;

  /** The evidence table of a store. */
  public EvidenceTable(Store store) {
    this.store = store;
  }

  /** Owed items with their number. The array must not be modified. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record OwedItems(long number, byte[] sealedItems) {}

  /**
   * Adds a statement about a message, unless enough copies are known.
   *
   * @param sealedItem called only if it is added
   * @return whether it was added
   */
  public boolean add(Transaction tx, EvidenceName name, Supplier<byte[]> sealedItem) {
    return add(tx, name, name.most(), sealedItem);
  }

  /**
   * The same with fewer places than the statement has, leaving some for others of the same name.
   *
   * @param places at most as many as {@link EvidenceName#most} allows
   */
  boolean add(Transaction tx, EvidenceName name, int places, Supplier<byte[]> sealedItem) {
    int times = 0;
    byte[] key = statementKey(name, times + 1);
    while (times < places && tx.get(Table.STATEMENT, key) != null) {
      times++;
      key = statementKey(name, times + 1);
    }
    if (times >= places) {
      return false;
    }
    tx.put(
        Table.STATEMENT, key, KeyBuilder.key().u64(next(tx, KNOWN)).bytes(sealedItem.get()).done());
    known(tx, name.id());
    return true;
  }

  private void known(Transaction tx, MessageId id) {
    if (!listeners.isEmpty()) {
      tx.afterCommit(() -> listeners.forEach(listener -> listener.accept(id)));
    }
  }

  /** Whether a statement is known. */
  public boolean has(Transaction tx, EvidenceName name) {
    return has(key -> tx.get(Table.STATEMENT, key), name);
  }

  /** Whether a statement is known, as committed. */
  public boolean has(EvidenceName name) {
    return has(key -> store.get(Table.STATEMENT, key), name);
  }

  /** Checks all copies, as each has its own expiry and the first may expire before the others. */
  private static boolean has(Function<byte[], byte @Nullable []> statement, EvidenceName name) {
    for (int time = 1; time <= name.most(); time++) {
      if (statement.apply(statementKey(name, time)) != null) {
        return true;
      }
    }
    return false;
  }

  /**
   * Adds a listener called after each commit, on the writer's thread, with the messages that have
   * new evidence.
   */
  public void onKnown(Consumer<MessageId> listener) {
    listeners.add(listener);
  }

  /** Removes a listener. */
  public void forget(Consumer<MessageId> listener) {
    listeners.remove(listener);
  }

  /** All committed statements about a message, sealed, oldest first. */
  List<byte[]> read(MessageId id) {
    byte[] prefix = KeyBuilder.key().bytes(id.bytes()).u8(SAID).done();
    List<byte[]> numbered = new ArrayList<>();
    try (Scan scan = store.scan(Table.STATEMENT, prefix, KeyBuilder.endOf(prefix))) {
      while (scan.hasNext()) {
        scan.next();
        numbered.add(scan.value());
      }
    }
    numbered.sort(Comparator.comparingLong(value -> BigEndian.u64(value, 0)));
    List<byte[]> out = new ArrayList<>();
    numbered.forEach(value -> out.add(Arrays.copyOfRange(value, NUMBER_BYTES, value.length)));
    return out;
  }

  /** Adds items owed to an origin. */
  void owe(Transaction tx, AgencyName origin, byte[] sealedItems) {
    tx.put(Table.EVIDENCE, owedKey(origin, next(tx, OWED)), sealedItems);
    tx.afterCommit(() -> owedFrom.putIfAbsent(origin, 0L));
  }

  /** Stores the recipients of a message of this agency. */
  void sent(Transaction tx, MessageId id, byte[] sealedFacts) {
    tx.put(Table.STATEMENT, sentKey(id), sealedFacts);
    known(tx, id);
  }

  /** The sealed recipients of a message of this agency; null for any other message. */
  byte @Nullable [] sent(MessageId id) {
    return store.get(Table.STATEMENT, sentKey(id));
  }

  /**
   * Passes on the sealed recipients of each message of this agency, in the order of message ids.
   */
  void eachSent(BiConsumer<MessageId, byte[]> take) {
    byte[] first = KeyBuilder.key().done();
    try (Scan scan = store.scan(Table.STATEMENT, first, null)) {
      while (scan.hasNext()) {
        scan.next();
        byte[] key = scan.key();
        if (key.length == MessageId.SIZE + 1 && key[MessageId.SIZE] == SENT) {
          take.accept(MessageId.of(Arrays.copyOf(key, MessageId.SIZE)), scan.value());
        }
      }
    }
  }

  /** Keeps an envelope's header and signature. */
  void putHeader(Transaction tx, byte[] headerHash, byte[] sealedHeader) {
    tx.put(Table.EVIDENCE, headerKey(headerHash), sealedHeader);
  }

  /** A committed envelope's header and signature, sealed; null if they are not kept. */
  public byte @Nullable [] header(byte[] headerHash) {
    return store.get(Table.EVIDENCE, headerKey(headerHash));
  }

  /**
   * A statement signed by an agency that names the key of one of its gateways. Public; readers
   * verify it again. The array must not be modified.
   *
   * @param announcement whether it is a session announcement; otherwise it is a key bundle
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Voucher(boolean announcement, byte[] bytes) {}

  /**
   * Whether a gateway's key may be vouched for: it is already, or its agency has fewer than {@link
   * #MOST_VOUCHERS} others. An earlier one is never dropped, since it proves earlier messages.
   */
  public boolean mayVouch(Transaction tx, AgencyName agency, byte[] gatewayKey) {
    if (tx.get(Table.EVIDENCE, voucherKey(agency, gatewayKey)) != null) {
      return true;
    }
    byte[] prefix = KeyBuilder.key().u8(6).ascii(agency.value()).done();
    int count = 0;
    try (Scan scan = tx.scanCommitted(Table.EVIDENCE, prefix, KeyBuilder.endOf(prefix))) {
      while (scan.hasNext() && count < MOST_VOUCHERS) {
        scan.next();
        count++;
      }
    }
    return count < MOST_VOUCHERS;
  }

  private static byte[] voucherKey(AgencyName agency, byte[] gatewayKey) {
    return KeyBuilder.key().u8(6).ascii(agency.value()).bytes(gatewayKey).done();
  }

  /** Keeps the latest statement that vouches for a gateway's key. */
  public void vouch(Transaction tx, AgencyName agency, byte[] gatewayKey, Voucher voucher) {
    tx.put(
        Table.EVIDENCE,
        voucherKey(agency, gatewayKey),
        KeyBuilder.key().u8(voucher.announcement() ? 1 : 2).bytes(voucher.bytes()).done());
  }

  /** The statements that vouch for the keys of an agency's gateways. */
  public List<Voucher> vouchers(AgencyName agency) {
    byte[] prefix = KeyBuilder.key().u8(6).ascii(agency.value()).done();
    List<Voucher> out = new ArrayList<>();
    try (Scan scan = store.scan(Table.EVIDENCE, prefix, KeyBuilder.endOf(prefix))) {
      while (scan.hasNext()) {
        scan.next();
        byte[] value = scan.value();
        out.add(new Voucher(value[0] == 1, Arrays.copyOfRange(value, 1, value.length)));
      }
    }
    return out;
  }

  private static byte[] headerKey(byte[] headerHash) {
    return KeyBuilder.key().u8(5).bytes(headerHash).done();
  }

  private static byte[] sentKey(MessageId id) {
    return KeyBuilder.key().bytes(id.bytes()).u8(SENT).done();
  }

  /** The last number assigned to owed items, returned by now or not; 0 before the first. */
  public long lastOwed() {
    byte[] last = store.get(Table.META, OWED);
    return last == null ? 0 : BigEndian.u64(last, 0);
  }

  /** The origins to which evidence is owed. */
  public List<AgencyName> owing() {
    findOrigins();
    return owedFrom.keySet().stream()
        .sorted()
        .filter(origin -> !owed(origin, 1, 1).isEmpty())
        .toList();
  }

  /** Finds the origins owed by earlier processes; {@link #owe} adds later ones. */
  private synchronized void findOrigins() {
    if (originsKnown) {
      return;
    }
    byte[] all = KeyBuilder.key().u8(2).done();
    byte @Nullable [] from = all;
    while (from != null) {
      try (Scan scan = store.scan(Table.EVIDENCE, from, KeyBuilder.endOf(all))) {
        from = null;
        if (scan.hasNext()) {
          scan.next();
          AgencyName origin = originOf(scan.key());
          owedFrom.putIfAbsent(origin, 0L);
          from = KeyBuilder.endOf(owedTo(origin));
        }
      }
    }
    originsKnown = true;
  }

  /**
   * Items owed to an origin, oldest first, bounded by count and by total size; the last item may
   * exceed the size.
   */
  public List<OwedItems> owed(AgencyName origin, int most, long mostBytes) {
    byte[] prefix = owedTo(origin);
    List<OwedItems> out = new ArrayList<>();
    byte[] from = owedKey(origin, owedFrom.getOrDefault(origin, 0L));
    long bytes = 0;
    try (Scan scan = store.scan(Table.EVIDENCE, from, KeyBuilder.endOf(prefix))) {
      while (out.size() < most && bytes < mostBytes && scan.hasNext()) {
        scan.next();
        byte[] key = scan.key();
        bytes += scan.value().length;
        out.add(new OwedItems(BigEndian.u64(key, key.length - 8), scan.value()));
      }
    }
    return out;
  }

  /**
   * Removes owed items, because a message carries them now.
   *
   * @param items as returned by {@link #owed}, the oldest
   */
  public void settle(Transaction tx, AgencyName origin, List<OwedItems> items) {
    for (OwedItems item : items) {
      tx.delete(Table.EVIDENCE, owedKey(origin, item.number()));
      tx.afterCommit(() -> owedFrom.merge(origin, item.number() + 1, Math::max));
    }
  }

  private static long next(Transaction tx, byte[] counter) {
    byte[] last = tx.get(Table.META, counter);
    long number = (last == null ? 0 : BigEndian.u64(last, 0)) + 1;
    tx.put(Table.META, counter, KeyBuilder.key().u64(number).done());
    return number;
  }

  private static byte[] statementKey(EvidenceName name, int time) {
    return KeyBuilder.key().bytes(name.id().bytes()).u8(SAID).bytes(name.mark()).u8(time).done();
  }

  private static byte[] owedTo(AgencyName origin) {
    return KeyBuilder.key().u8(2).ascii(origin.value()).done();
  }

  private static AgencyName originOf(byte[] owedKey) {
    int length = owedKey[ORIGIN_AT] & 0xff;
    return new AgencyName(new String(owedKey, ORIGIN_AT + 1, length, StandardCharsets.US_ASCII));
  }

  private static byte[] owedKey(AgencyName origin, long number) {
    return KeyBuilder.key().u8(2).ascii(origin.value()).u64(number).done();
  }
}
