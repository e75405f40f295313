package org.entente.gateway.ledger.table;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.ledger.record.EvidenceName;
import org.entente.gateway.ledger.record.RecordPlace;
import org.entente.gateway.ledger.record.SealedRecord;
import org.entente.gateway.ledger.record.StoredNames;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.BigEndian;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.Table;
import org.entente.proto.v1.EvidenceKind;
import org.jspecify.annotations.Nullable;

/**
 * Evidence about this agency's own messages, and evidence owed to other origins.
 *
 * <pre>
 * META      "evidence"                                → u64 last number of what is known
 * META      "evidence owed"                           → u64 last number of what was ever owed
 * STATEMENT 16-byte message id · u8 2 · 8-byte mark ·
 *           u8 which time                             → u64 number · 8-byte use · sealed EvidenceItem
 * STATEMENT 16-byte message id · u8 3 · 8-byte mark   → for each time its 8-byte use; zero if free
 * STATEMENT 16-byte first id of a group · u8 4 · 8-byte
 *           mark                                      → u64 a bit for each message of the group of
 *                                                       which it is stated
 * STATEMENT 16-byte first id of a group · u8 5 · 8-byte
 *           mark · u8 first of its bits               → u64 number · u64 a bit for each message ·
 *                                                       sealed EvidenceItem without its messages
 * EVIDENCE  u8 2 · ascii origin · u64 number          → sealed EvidenceBatch, still to be returned
 * EVIDENCE  u8 5 · 32-byte header hash                → sealed KeptHeader
 * EVIDENCE  u8 6 · ascii agency · 32-byte gateway key → u8 1 announcement or 2 key bundle · its bytes
 * EVIDENCE  u8 7 · ascii agency                       → u32 number of its gateway keys
 * </pre>
 *
 * <p>Statements about own messages have their own table because message ids rise with time: a file
 * of new records then begins where the last ended, and RocksDB only moves it. Mixed with records in
 * another order, each file would span all keys and be merged with everything ever written.
 *
 * <p>{@link EvidenceName} bounds how many copies of a statement are kept, however often it is
 * repeated. A contradicting statement is another statement. After a statement expires it can be
 * made again, as long as the message's recipients are known. The uses that a member states of a
 * message are in one record, so that each further one costs one read. Of what a recipient states
 * once of each message of a group, one record says of which; each statement has a record of its
 * own, so that a further one costs nothing of the earlier. Marks and uses are {@link StoredNames
 * tokens}: without the keystore, the table does not show who stated what. {@link
 * AwaitedEvidenceTable} and {@link RetrievalRecords} own the rest of the table; {@link SentTable}
 * has whom the messages went to.
 */
public final class EvidenceTable {
  private static final byte[] KNOWN = KeyBuilder.key().ascii("evidence").done();
  private static final byte[] OWED = KeyBuilder.key().ascii("evidence owed").done();
  private static final int ORIGIN_AT = 1;

  /** Key part of a statement about a message, in {@link Table#STATEMENT}. */
  static final int SAID = 2;

  /** Key part of the uses stated of a message, in the same table. */
  static final int USES = 3;

  /** Key part of the messages of a group of which a recipient states something, once of each. */
  static final int SHARED = 4;

  /** Key part of one such statement, in the same table. */
  static final int SHARED_SAID = 5;

  /** A statement's number and its use, or its messages, stand before what is sealed. */
  static final int HEAD_BYTES = 8 + EvidenceName.USE_BYTES;

  private static final int USE_AT = 8;

  private final Store store;
  private final StoredNames names;
  private final int gatewayKeys;
  private final SentTable sent;
  private final List<Consumer<MessageId>> listeners = new CopyOnWriteArrayList<>();

  /**
   * The first number possibly owed to each origin; all below were returned. A scan from the
   * beginning would step over every deleted entry.
   */
  private final ConcurrentMap<AgencyName, Long> owedFrom = new ConcurrentHashMap<>();

  private boolean originsKnown;

  /**
   * The evidence table of a store.
   *
   * @param names makes the tokens that stand for a statement's agencies
   * @param gatewayKeys keys of one agency's gateways that are ever vouched for, each by at most 8
   *     KiB
   */
  public EvidenceTable(Store store, StoredNames names, int gatewayKeys) {
    this.store = store;
    this.names = names;
    this.gatewayKeys = gatewayKeys;
    this.sent = new SentTable(store);
  }

  /** The messages of this agency, which the evidence is about. */
  SentTable sent() {
    return sent;
  }

  /** Items that are owed, with their number. */
  public record OwedItems(long number, SealedRecord sealedItems) {}

  /**
   * Adds to what is known of a message, unless it is known often enough, or this very use is.
   *
   * @param places at most as many as the name says; fewer leave some for others of its name
   * @param use as {@link EvidenceName#use} gives it
   * @param sealedItem seals it for its place; called only if it is added
   * @return whether it was added
   */
  boolean add(
      Transaction tx,
      EvidenceName name,
      int places,
      byte[] use,
      Function<RecordPlace, byte[]> sealedItem) {
    byte[] mark = name.mark(names);
    byte[] stored = stored(use);
    int time =
        EvidenceName.isUse(use)
            ? freeForUse(tx, usesKey(name.id().bytes(), mark), places, stored)
            : free(tx, name.id(), mark, places);
    if (time == 0) {
      return false;
    }
    byte[] key = statementKey(name.id(), mark, time);
    byte[] sealed = sealedItem.apply(statementPlace(key));
    byte[] value = KeyBuilder.key().u64(next(tx, KNOWN)).bytes(stored).bytes(sealed).done();
    tx.put(Table.STATEMENT, key, value);
    known(tx, name.id());
    return true;
  }

  /**
   * Adds a statement that a recipient makes once of each message, to what is known of those of
   * which it is new.
   *
   * @param sealedItem seals it, without its messages, for a place
   * @return whether it is new of any of them
   */
  boolean addShared(
      Transaction tx,
      EvidenceName name,
      List<MessageId> ids,
      Function<RecordPlace, byte[]> sealedItem) {
    byte[] mark = name.mark(names);
    Map<MessageId, Long> wanted = new LinkedHashMap<>();
    MessageGroup group = null;
    for (MessageId id : ids) {
      group = group != null && group.position(id) >= 0 ? group : groupOrAlone(id);
      wanted.merge(group.first(), 1L << group.position(id), (one, other) -> one | other);
    }
    boolean any = false;
    for (Map.Entry<MessageId, Long> some : wanted.entrySet()) {
      byte[] key = sharedKey(some.getKey(), mark);
      long known = positions(tx.get(Table.STATEMENT, key));
      long added = some.getValue() & ~known;
      if (added != 0) {
        byte[] own = sharedSaidKey(some.getKey(), mark, Long.numberOfTrailingZeros(added));
        byte[] sealed = sealedItem.apply(statementPlace(own));
        long number = next(tx, KNOWN);
        byte[] value = KeyBuilder.key().u64(number).u64(added).bytes(sealed).done();
        tx.put(Table.STATEMENT, own, value);
        tx.put(Table.STATEMENT, key, KeyBuilder.key().u64(known | added).done());
        any = true;
      }
    }
    if (any) {
      ids.forEach(id -> known(tx, id));
    }
    return any;
  }

  private MessageGroup groupOrAlone(MessageId id) {
    MessageGroup group = sent.group(id);
    return group == null ? MessageGroup.of(List.of(id)) : group;
  }

  private static long positions(byte @Nullable [] shared) {
    if (shared != null && shared.length != Long.BYTES) {
      throw new CorruptRecord("STATEMENT", null);
    }
    return shared == null ? 0 : BigEndian.u64(shared, 0);
  }

  /** A use as it is stored: it links no record of this ledger to one of another. */
  private byte[] stored(byte[] use) {
    if (!EvidenceName.isUse(use)) {
      return use;
    }
    byte[] token = names.token("use", HexFormat.of().formatHex(use));
    byte[] stored = Arrays.copyOf(token, EvidenceName.USE_BYTES);
    stored[0] |= 1;
    return stored;
  }

  /** The first free time of a statement; 0 if there is none. */
  private static int free(Transaction tx, MessageId id, byte[] mark, int places) {
    for (int time = 1; time <= places; time++) {
      if (tx.get(Table.STATEMENT, statementKey(id, mark, time)) == null) {
        return time;
      }
    }
    return 0;
  }

  /** The first free time, which the use takes; 0 if there is none, or the use is known. */
  private static int freeForUse(Transaction tx, byte[] key, int places, byte[] use) {
    byte[] stored = tx.get(Table.STATEMENT, key);
    byte[] uses = stored == null ? new byte[0] : stored;
    int time = freeForUse(uses, places, use);
    if (time > 0) {
      byte[] more = Arrays.copyOf(uses, Math.max(uses.length, time * use.length));
      System.arraycopy(use, 0, more, (time - 1) * use.length, use.length);
      tx.put(Table.STATEMENT, key, more);
    }
    return time;
  }

  private static int freeForUse(byte[] uses, int places, byte[] use) {
    int first = 0;
    for (int time = 1; time <= places; time++) {
      int at = (time - 1) * use.length;
      boolean free = at >= uses.length || uses[at] == 0;
      if (free && first == 0) {
        first = time;
      } else if (!free && Arrays.equals(use, 0, use.length, uses, at, at + use.length)) {
        return 0;
      }
    }
    return first;
  }

  /** Whether, as committed, a use is known or its message has as many as are kept. */
  public boolean hasUse(EvidenceName name, byte[] use) {
    byte[] uses = store.get(Table.STATEMENT, usesKey(name.id().bytes(), name.mark(names)));
    return uses != null && freeForUse(uses, name.most(), stored(use)) == 0;
  }

  /** Removes a statement, and the use that it states or the messages that it is about. */
  static void remove(Transaction tx, byte[] statementKey, byte[] statement) {
    tx.delete(Table.STATEMENT, statementKey);
    if (statementKey[MessageId.SIZE] == SHARED_SAID) {
      byte[] key = Arrays.copyOf(statementKey, statementKey.length - 1);
      key[MessageId.SIZE] = SHARED;
      byte[] shared = tx.get(Table.STATEMENT, key);
      // A damaged one is left alone, and the sweep goes on.
      if (shared != null && shared.length == Long.BYTES) {
        leave(tx, key, positions(shared) & ~BigEndian.u64(statement, USE_AT));
      }
    } else if (EvidenceName.isUse(Arrays.copyOfRange(statement, USE_AT, HEAD_BYTES))) {
      byte[] key =
          usesKey(
              Arrays.copyOf(statementKey, MessageId.SIZE),
              Arrays.copyOfRange(statementKey, MessageId.SIZE + 1, statementKey.length - 1));
      int at = ((statementKey[statementKey.length - 1] & 0xff) - 1) * EvidenceName.USE_BYTES;
      byte[] uses = tx.get(Table.STATEMENT, key);
      if (uses != null && at + EvidenceName.USE_BYTES <= uses.length) {
        free(tx, key, uses.clone(), at);
      }
    }
  }

  private static void leave(Transaction tx, byte[] sharedKey, long positions) {
    if (positions == 0) {
      tx.delete(Table.STATEMENT, sharedKey);
    } else {
      tx.put(Table.STATEMENT, sharedKey, KeyBuilder.key().u64(positions).done());
    }
  }

  private static void free(Transaction tx, byte[] key, byte[] uses, int at) {
    Arrays.fill(uses, at, at + EvidenceName.USE_BYTES, (byte) 0);
    if (Arrays.equals(uses, new byte[uses.length])) {
      tx.delete(Table.STATEMENT, key);
    } else {
      tx.put(Table.STATEMENT, key, uses);
    }
  }

  /** Tells the listeners after the commit that there is something new of a message. */
  void known(Transaction tx, MessageId id) {
    if (!listeners.isEmpty()) {
      tx.afterCommit(() -> listeners.forEach(listener -> listener.accept(id)));
    }
  }

  /**
   * Whether a statement is known.
   *
   * @throws CorruptRecord if the record of what is stated is damaged
   */
  public boolean has(Transaction tx, EvidenceName name) {
    return has(key -> tx.get(Table.STATEMENT, key), name);
  }

  /** Whether a statement is known, as committed. */
  public boolean has(EvidenceName name) {
    return has(key -> store.get(Table.STATEMENT, key), name);
  }

  /** Checks all copies, as each has its own expiry and the first may expire before the others. */
  private boolean has(Function<byte[], byte @Nullable []> statement, EvidenceName name) {
    byte[] mark = name.mark(names);
    if (name.isShared()) {
      MessageGroup group = groupOrAlone(name.id());
      long positions = positions(statement.apply(sharedKey(group.first(), mark)));
      return ((positions >>> group.position(name.id())) & 1) == 1;
    }
    for (int time = 1; time <= name.most(); time++) {
      if (statement.apply(statementKey(name.id(), mark, time)) != null) {
        return true;
      }
    }
    return false;
  }

  /**
   * Those of some messages of which their recipient has stated what it states once of each.
   *
   * @throws CorruptRecord if a record of what is stated is damaged
   */
  public Set<MessageId> stated(
      Transaction tx, EvidenceKind kind, String recipient, List<MessageId> ids) {
    return stated(key -> tx.get(Table.STATEMENT, key), kind, recipient, ids);
  }

  /** The same, as committed. */
  public Set<MessageId> stated(EvidenceKind kind, String recipient, List<MessageId> ids) {
    return stated(key -> store.get(Table.STATEMENT, key), kind, recipient, ids);
  }

  private Set<MessageId> stated(
      Function<byte[], byte @Nullable []> shared,
      EvidenceKind kind,
      String recipient,
      List<MessageId> ids) {
    Set<MessageId> stated = new HashSet<>();
    MessageGroup group = null;
    long positions = 0;
    for (MessageId id : ids) {
      if (group == null || group.position(id) < 0) {
        group = groupOrAlone(id);
        byte[] mark = new EvidenceName(id, kind, recipient, recipient).mark(names);
        positions = positions(shared.apply(sharedKey(group.first(), mark)));
      }
      if (((positions >>> group.position(id)) & 1) == 1) {
        stated.add(id);
      }
    }
    return stated;
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

  /** All statements that are committed of a message, oldest first, sealed. */
  List<SealedRecord> read(MessageId id) {
    TreeMap<Long, SealedRecord> numbered = new TreeMap<>();
    byte[] own = KeyBuilder.key().bytes(id.bytes()).u8(SAID).done();
    read(own, statement -> true, numbered);
    MessageGroup group = groupOrAlone(id);
    byte[] shared = KeyBuilder.key().bytes(group.first().bytes()).u8(SHARED_SAID).done();
    read(shared, statement -> isAbout(statement, group.position(id)), numbered);
    return List.copyOf(numbered.values());
  }

  private void read(byte[] prefix, Predicate<byte[]> wanted, Map<Long, SealedRecord> numbered) {
    try (Scan scan = store.scan(Table.STATEMENT, prefix, KeyBuilder.endOf(prefix))) {
      while (scan.hasNext()) {
        scan.next();
        byte[] value = scan.value();
        if (wanted.test(value)) {
          byte[] sealed = Arrays.copyOfRange(value, HEAD_BYTES, value.length);
          SealedRecord record = new SealedRecord(statementPlace(scan.key()), sealed);
          numbered.put(BigEndian.u64(value, 0), record);
        }
      }
    }
  }

  private static boolean isAbout(byte[] sharedStatement, int position) {
    return ((BigEndian.u64(sharedStatement, USE_AT) >>> position) & 1) == 1;
  }

  private static RecordPlace statementPlace(byte[] key) {
    return new RecordPlace(Table.STATEMENT, key, "statement");
  }

  private static RecordPlace owedPlace(byte[] key) {
    return new RecordPlace(Table.EVIDENCE, key, "owed");
  }

  /** Where an envelope's header and signature lie. */
  static RecordPlace headerPlace(byte[] headerHash) {
    return new RecordPlace(Table.EVIDENCE, headerKey(headerHash), "header");
  }

  /** Adds to what is owed to an origin, sealed for its place. */
  void owe(Transaction tx, AgencyName origin, Function<RecordPlace, byte[]> sealedItems) {
    byte[] key = owedKey(origin, next(tx, OWED));
    tx.put(Table.EVIDENCE, key, sealedItems.apply(owedPlace(key)));
    // Before the commit: who reads its number has to find the origin. One too many harms nothing.
    owedFrom.putIfAbsent(origin, 0L);
  }

  /** Keeps an envelope's header and signature. */
  void putHeader(Transaction tx, byte[] headerHash, byte[] sealedHeader) {
    tx.put(Table.EVIDENCE, headerKey(headerHash), sealedHeader);
  }

  /** A committed envelope's header and signature, sealed; null if they are not kept. */
  public @Nullable SealedRecord header(byte[] headerHash) {
    byte[] sealed = store.get(Table.EVIDENCE, headerKey(headerHash));
    return sealed == null ? null : new SealedRecord(headerPlace(headerHash), sealed);
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
   * Whether a gateway's key may be vouched for: it is already, or its agency has fewer others than
   * the limit. An earlier one is never dropped, since it proves earlier messages.
   */
  public boolean mayVouch(Transaction tx, AgencyName agency, byte[] gatewayKey) {
    if (tx.get(Table.EVIDENCE, voucherKey(agency, gatewayKey)) != null) {
      return true;
    }
    return vouched(tx, agency) < gatewayKeys;
  }

  private static int vouched(Transaction tx, AgencyName agency) {
    byte[] count = tx.get(Table.EVIDENCE, vouchedKey(agency));
    return count == null ? 0 : BigEndian.u32(count, 0);
  }

  private static byte[] vouchedKey(AgencyName agency) {
    return KeyBuilder.key().u8(7).ascii(agency.value()).done();
  }

  private static byte[] voucherKey(AgencyName agency, byte[] gatewayKey) {
    return KeyBuilder.key().u8(6).ascii(agency.value()).bytes(gatewayKey).done();
  }

  /** Keeps the latest statement that vouches for a gateway's key. */
  public void vouch(Transaction tx, AgencyName agency, byte[] gatewayKey, Voucher voucher) {
    byte[] key = voucherKey(agency, gatewayKey);
    if (tx.get(Table.EVIDENCE, key) == null) {
      byte[] count = KeyBuilder.key().u32(vouched(tx, agency) + 1L).done();
      tx.put(Table.EVIDENCE, vouchedKey(agency), count);
    }
    tx.put(
        Table.EVIDENCE,
        key,
        KeyBuilder.key().u8(voucher.announcement() ? 1 : 2).bytes(voucher.bytes()).done());
  }

  /** The statements that vouch for the keys of an agency's gateways. */
  public List<Voucher> vouchers(AgencyName agency) {
    byte[] prefix = KeyBuilder.key().u8(6).ascii(agency.value()).done();
    List<Voucher> out = new ArrayList<>();
    try (Scan scan = store.scan(Table.EVIDENCE, prefix, KeyBuilder.endOf(prefix))) {
      while (scan.hasNext()) {
        scan.next();
        out.add(voucher(scan.value()));
      }
    }
    return out;
  }

  /** The statement that vouches for the first key of an agency's gateways that is the right one. */
  public Optional<Voucher> voucher(AgencyName agency, Predicate<byte[]> gatewayKey) {
    byte[] prefix = KeyBuilder.key().u8(6).ascii(agency.value()).done();
    try (Scan scan = store.scan(Table.EVIDENCE, prefix, KeyBuilder.endOf(prefix))) {
      while (scan.hasNext()) {
        scan.next();
        byte[] key = scan.key();
        if (gatewayKey.test(Arrays.copyOfRange(key, prefix.length, key.length))) {
          return Optional.of(voucher(scan.value()));
        }
      }
    }
    return Optional.empty();
  }

  private static Voucher voucher(byte[] value) {
    return new Voucher(value[0] == 1, Arrays.copyOfRange(value, 1, value.length));
  }

  private static byte[] headerKey(byte[] headerHash) {
    return KeyBuilder.key().u8(5).bytes(headerHash).done();
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
        out.add(
            new OwedItems(
                BigEndian.u64(key, key.length - 8),
                new SealedRecord(owedPlace(key), scan.value())));
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

  private static byte[] statementKey(MessageId id, byte[] mark, int time) {
    return KeyBuilder.key().bytes(id.bytes()).u8(SAID).bytes(mark).u8(time).done();
  }

  private static byte[] sharedKey(MessageId first, byte[] mark) {
    return KeyBuilder.key().bytes(first.bytes()).u8(SHARED).bytes(mark).done();
  }

  private static byte[] sharedSaidKey(MessageId first, byte[] mark, int position) {
    return KeyBuilder.key().bytes(first.bytes()).u8(SHARED_SAID).bytes(mark).u8(position).done();
  }

  private static byte[] usesKey(byte[] id, byte[] mark) {
    return KeyBuilder.key().bytes(id).u8(USES).bytes(mark).done();
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
