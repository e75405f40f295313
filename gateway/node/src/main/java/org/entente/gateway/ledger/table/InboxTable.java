package org.entente.gateway.ledger.table;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.CommittedTail;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.ledger.record.FreshContent;
import org.entente.gateway.ledger.table.RetrievalRecords.RetrievalPlace;
import org.entente.gateway.model.BigEndian;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.store.IdWindow;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.KeyValue;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.Table;
import org.entente.proto.store.v1.InboxRecord;
import org.jspecify.annotations.Nullable;

/**
 * Received messages in the order of arrival, by lane, with their sealed bodies: a page of one
 * envelope is one record each.
 *
 * <pre>
 * META    "position"                       → u64 greatest position assigned
 * INBOX   u8 lane · u64 first position     → InboxPage
 * INBOX   the same · u8 1                  → u64 bits of messages removed since it was written
 * BODY    u64 first position               → u8 n · n × u32 length · n × body ciphertext
 * MESSAGE u8 1 · 16-byte message id        → place
 * MESSAGE u8 2 · 6-byte span               → (place · u8 n · n × end of a message id) …
 *
 * place: u8 lane · u64 first position
 * </pre>
 *
 * Bodies have their own table because they are written in key order: its files never overlap, so
 * that compaction moves them without rewriting. Mixed with the index by id, which has no order,
 * each body was written four times. Spans and ends of ids are those of {@link IdWindow}.
 *
 * <p>Removing a message writes some bytes beside its page. {@link #rewrite} drops what was removed,
 * so that removing the messages of a page one by one does not write the others each time. A page of
 * which all are removed goes at once.
 */
public final class InboxTable {
  private static final byte[] POSITION = KeyBuilder.key().ascii("position").done();
  private static final int ONE = 1;
  private static final int SPAN = 2;
  private static final int MARK = 1;
  private static final int PLACE_BYTES = 1 + Long.BYTES;

  /** What the first removal from a page puts, at most. */
  private static final int MARK_BYTES = 64;

  /**
   * Bytes of a span's record. A member that chooses its ids fills no more than this of a span; the
   * ids that do not fit have a record each.
   */
  static final int SPAN_RECORD = 4 << 10;

  /** Bytes of records held in memory, as serialised. */
  private static final long TAIL_BYTES = 1 << 20;

  /** Records held in memory; as many as {@link FreshContent} keeps of their content. */
  private static final int TAIL_RECORDS = 1_000;

  private final Store store;
  private final FreshContent fresh = new FreshContent();
  private final BodyPages bodyPages;
  private final OriginBytes stored;

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
    this.bodyPages = new BodyPages(store);
    this.stored = new OriginBytes(store);
    this.tail = tail;
    byte[] position = store.get(Table.META, POSITION);
    lastPosition = position == null ? 0 : BigEndian.u64(position, 0);
    for (Lane lane : Lane.all()) {
      MessagePage last = lastPage(lane, Long.MAX_VALUE);
      tail.begin(lane, last == null ? 0 : last.isDamaged() ? lastPosition + 1 : last.end());
    }
  }

  /**
   * A record with its lane and position.
   *
   * @param page first position of its page
   * @param record the default instance if the stored record cannot be read
   */
  public record PlacedRecord(Lane lane, long position, long page, InboxRecord record) {
    /** A message alone on its page. */
    public PlacedRecord(Lane lane, long position, InboxRecord record) {
      this(lane, position, position, record);
    }

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

    private PlacedRecord with(InboxRecord now) {
      return new PlacedRecord(lane, position, page, now);
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
    return find(tx, id) != null;
  }

  /** Adds a message; returns its position. */
  public long append(Transaction tx, Lane lane, MessageId id, InboxRecord record, byte[] body) {
    return append(tx, lane, id, record, UnsafeByteOperations.unsafeWrap(body));
  }

  /** Adds a message, whose body may be a part of something larger; returns its position. */
  public long append(Transaction tx, Lane lane, MessageId id, InboxRecord record, ByteString body) {
    long position = assign(tx);
    MessagePage page = pages(tx).arriving(lane, position, id, record, body);
    PlacedRecord placed = new PlacedRecord(lane, position, page.first(), record);
    tx.afterCommit(
        () -> {
          tail.add(lane, position, placed, record.getSerializedSize());
          lastPosition = position;
        });
    return position;
  }

  /** A committed message by its id, or null. */
  public @Nullable PlacedRecord find(MessageId id) {
    return find(id, key -> store.get(Table.MESSAGE, key), this::page);
  }

  /** A message by its id as the transaction sees it, or null. */
  public @Nullable PlacedRecord find(Transaction tx, MessageId id) {
    return pages(tx).find(id);
  }

  /** Finds a message in a page that an index entry names. */
  private static @Nullable PlacedRecord find(
      MessageId id,
      Function<byte[], byte @Nullable []> index,
      BiFunction<Lane, Long, @Nullable MessagePage> pages) {
    byte[] own = index.apply(idKey(id));
    PlacedRecord found = own == null ? null : find(id, own, 0, pages);
    byte[] span = found == null ? index.apply(spanKey(id)) : null;
    for (int at = 0; span != null && found == null && at < span.length; at = endOf(span, at)) {
      if (IdWindow.names(span, at + PLACE_BYTES + 1, endOf(span, at), id)) {
        found = find(id, span, at, pages);
      }
    }
    return found;
  }

  private static @Nullable PlacedRecord find(
      MessageId id, byte[] entry, int at, BiFunction<Lane, Long, @Nullable MessagePage> pages) {
    MessagePage page = pages.apply(Lane.of(entry[at]), BigEndian.u64(entry, at + 1));
    PlacedRecord found = page == null ? null : at(page, page.find(id));
    if ((page != null && page.isDamaged()) || (found != null && found.isDamaged())) {
      throw new CorruptRecord("INBOX", null);
    }
    return found;
  }

  /** Behind the entry of a page in a span's record. */
  private static int endOf(byte[] span, int at) {
    return at + PLACE_BYTES + 1 + (span[at + PLACE_BYTES] & 0xff) * IdWindow.END_BYTES;
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
    MessagePage page = pages(tx).changing(place.lane(), place.page());
    if (page == null) {
      throw new CorruptRecord("INBOX", null);
    }
    page.set(place.position(), record);
    tx.afterCommit(
        () ->
            tail.replace(
                place.lane(), place.position(), place.with(record), record.getSerializedSize()));
    if (record.getRecalled()) {
      tx.afterCommit(() -> gone.accept(place));
    }
  }

  /**
   * Removes a message: nobody is given it, and its position stays empty. Its bytes, with its body,
   * go with its page or with the next {@link #rewrite}.
   */
  public void remove(Transaction tx, PlacedRecord placed) {
    MessagePage page = pages(tx).removing(placed.lane(), placed.page());
    if (page != null) {
      page.remove(placed.position());
    }
    tx.afterCommit(
        () -> {
          tail.remove(placed.lane(), placed.position());
          fresh.forget(placed.position());
          gone.accept(placed);
        });
  }

  /**
   * Writes pages again without what was removed from them; returns how many. Passes over a page
   * that cannot be read; what was removed from it stays hidden.
   */
  public int rewrite(Transaction tx, List<RetentionTable.PagePlace> places) {
    int rewritten = 0;
    for (RetentionTable.PagePlace place : places) {
      rewritten += pages(tx).rewrite(place) ? 1 : 0;
    }
    return rewritten;
  }

  /** Bytes that a page takes in the store, and that writing it again takes at most. */
  public long bytes(RetentionTable.PagePlace place) {
    byte[] page = store.get(Table.INBOX, key(place.lane(), place.first()));
    byte[] bodies = store.get(Table.BODY, BodyPages.key(place.first()));
    return (page == null ? 0L : page.length) + (bodies == null ? 0 : bodies.length);
  }

  /** The record at a position as the transaction sees it, damaged or not; null if none. */
  public @Nullable PlacedRecord place(Transaction tx, Lane lane, long position) {
    MessagePage committed = lastPage(lane, position);
    MessagePage page = committed == null ? null : pages(tx).page(lane, committed.first());
    return page == null ? null : at(page, position);
  }

  /** The committed record at a position, damaged or not; null if none. */
  public @Nullable PlacedRecord place(Lane lane, long position) {
    MessagePage page = lastPage(lane, position);
    return page == null ? null : at(page, position);
  }

  private static @Nullable PlacedRecord at(MessagePage page, long position) {
    InboxRecord record = page.at(position);
    return record == null ? null : new PlacedRecord(page.lane(), position, page.first(), record);
  }

  /** The messages of a page that are here, from a position on. */
  private static List<PlacedRecord> from(MessagePage page, long position) {
    List<PlacedRecord> here = new ArrayList<>();
    for (long at = Math.max(page.first(), position); at < page.end(); at++) {
      PlacedRecord placed = at(page, at);
      if (placed != null) {
        here.add(placed);
      }
    }
    return here;
  }

  /** The messages of a page that are here as the transaction sees them, damaged or not. */
  public List<PlacedRecord> page(Transaction tx, Lane lane, long first) {
    MessagePage page = pages(tx).page(lane, first);
    return page == null ? List.of() : from(page, first);
  }

  /**
   * The present record of a message seen earlier, as the transaction sees it; redelivery may have
   * moved it. Null if it is gone or damaged.
   */
  public @Nullable PlacedRecord now(Transaction tx, PlacedRecord seen) {
    if (seen.isDamaged()) {
      return null;
    }
    PlacedRecord now;
    try {
      now = find(tx, MessageId.of(seen.record().getMessageId().toByteArray()));
    } catch (CorruptRecord e) {
      return null;
    }
    boolean same =
        now != null
            && now.record().getOrigin().equals(seen.record().getOrigin())
            && now.record().getHeaderHash().equals(seen.record().getHeaderHash());
    return same ? now : null;
  }

  /** Moves a message to the tail, as if it arrived now; returns its new position. */
  public long moveToEnd(Transaction tx, PlacedRecord placed) {
    return moveToEnd(tx, placed, Long.MAX_VALUE);
  }

  /**
   * The same, unless the change has messages to put already, and would put more than {@code most}
   * bytes of them; returns 0 then.
   */
  public long moveToEnd(Transaction tx, PlacedRecord placed, long most) {
    MessageId id = MessageId.of(placed.record().getMessageId().toByteArray());
    byte[] body = pages(tx).body(placed);
    if (body == null) {
      throw new CorruptRecord("BODY", null);
    }
    long unwritten = unwritten(tx);
    if (unwritten > 0 && unwritten + placed.record().getSerializedSize() + body.length > most) {
      return 0;
    }
    remove(tx, placed);
    InboxRecord moved = placed.record().toBuilder().setArrival(placed.arrival()).build();
    return append(tx, placed.lane(), id, moved, body);
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
    try (Scan scan = store.scan(Table.INBOX, pageAt(lane, from), endOf(lane))) {
      PageScan pages = new PageScan(lane, scan);
      for (MessagePage page = pages.next(); page != null; page = pages.next()) {
        List<PlacedRecord> here = from(page, from);
        out.addAll(here.subList(0, Math.min(here.size(), most - out.size())));
        if (out.size() == most) {
          break;
        }
      }
    }
    return out;
  }

  /**
   * Committed positions of a lane that hold a record, from one position to another, both included.
   */
  public long[] positions(Lane lane, long from, long to) {
    LongStream.Builder out = LongStream.builder();
    try (Scan scan = store.scan(Table.INBOX, pageAt(lane, from), key(lane, to + 1))) {
      PageScan pages = new PageScan(lane, scan);
      for (MessagePage page = pages.next(); page != null; page = pages.next()) {
        for (long at = Math.max(page.first(), from); at < page.end() && at <= to; at++) {
          if (page.holds(at)) {
            out.add(at);
          }
        }
      }
    }
    return out.build().toArray();
  }

  /** The key of the committed page that may hold a position. */
  private byte[] pageAt(Lane lane, long position) {
    KeyValue last = store.last(Table.INBOX, key(lane, 0), key(lane, position + 1));
    return last == null ? key(lane, position) : Arrays.copyOf(last.key(), PLACE_BYTES);
  }

  /** Walks over stored pages; the mark of a page follows it. */
  private static final class PageScan {
    private final Lane lane;
    private final Scan scan;
    private boolean more;

    PageScan(Lane lane, Scan scan) {
      this.lane = lane;
      this.scan = scan;
      step();
    }

    private void step() {
      more = scan.hasNext();
      if (more) {
        scan.next();
      }
    }

    /** The next page; null at the end. */
    @Nullable MessagePage next() {
      while (more && isMark(scan.key())) {
        step();
      }
      if (!more) {
        return null;
      }
      byte[] key = scan.key();
      byte[] value = scan.value();
      step();
      boolean marked = more && Arrays.equals(scan.key(), markKey(key));
      return MessagePage.parse(lane, first(key), value, marked ? scan.value() : null);
    }
  }

  /**
   * The last committed records of a lane before a position, those of one page, in order; damaged
   * ones are included. Empty if there are none.
   */
  public List<PlacedRecord> before(Lane lane, long position) {
    List<PlacedRecord> found = List.of();
    MessagePage page = lastPage(lane, position - 1);
    while (page != null && found.isEmpty()) {
      found = from(page, 0).stream().filter(placed -> placed.position() < position).toList();
      page = found.isEmpty() ? lastPage(lane, page.first() - 1) : page;
    }
    return found;
  }

  /** The last committed page that begins at a position or before; null if none. */
  private @Nullable MessagePage lastPage(Lane lane, long position) {
    byte[] end = position == Long.MAX_VALUE ? endOf(lane) : key(lane, position + 1);
    KeyValue last = store.last(Table.INBOX, key(lane, 0), end);
    if (last == null || !isMark(last.key())) {
      return last == null ? null : MessagePage.parse(lane, first(last.key()), last.value(), null);
    }
    MessagePage page = page(lane, first(last.key()));
    return page == null ? lastPage(lane, first(last.key()) - 1) : page;
  }

  private @Nullable MessagePage page(Lane lane, long first) {
    // The mark first: between two reads, a commit may drop it with what it marks, or with the page.
    byte[] key = key(lane, first);
    byte[] mark = store.get(Table.INBOX, markKey(key));
    byte[] value = store.get(Table.INBOX, key);
    return value == null ? null : MessagePage.parse(lane, first, value, mark);
  }

  /** Bytes that are stored of each origin's messages. */
  public OriginBytes stored() {
    return stored;
  }

  /** The content of messages just received. */
  public FreshContent fresh() {
    return fresh;
  }

  /** Releases memory that was held for readers; called every second. */
  public void expire(long nowMillis) {
    fresh.expire(nowMillis);
    bodyPages.forget();
  }

  /** The sealed body of a message that is here; null or empty if it is gone. */
  public byte @Nullable [] body(PlacedRecord placed) {
    return body(bodyPages.read(placed.page()), placed);
  }

  private static byte @Nullable [] body(byte @Nullable [] bodies, PlacedRecord placed) {
    return MessagePage.body(bodies, (int) (placed.position() - placed.page()));
  }

  private Pages pages(Transaction tx) {
    if (tx.ending() instanceof Pages pages) {
      return pages;
    }
    Pages pages = new Pages(tx, stored);
    tx.ending(pages);
    return pages;
  }

  /**
   * About as many bytes as the end of this change will put, at most; 0 once it has put them. A
   * stored page counts in full if a record of it is replaced, as its other records are put again.
   */
  public static long unwritten(Transaction tx) {
    return tx.ending() instanceof Pages pages ? pages.bytes : 0;
  }

  /**
   * The pages that a change has changed or begun, each written once, at its end, and the last few
   * that it has read.
   */
  private static final class Pages implements Transaction.Ending {
    /** Pages kept that were only read: a change may read thousands. */
    private static final int READ = 16;

    private final Transaction tx;
    private final OriginBytes stored;
    private final Map<Long, MessagePage> pages = new LinkedHashMap<>();
    private final Map<Long, MessagePage> read =
        new LinkedHashMap<>(16, 0.75f, true) {
          @Override
          protected boolean removeEldestEntry(Map.Entry<Long, MessagePage> eldest) {
            return size() > READ;
          }
        };
    private final Map<MessageId, MessagePage> arrived = new HashMap<>();

    /** Records of spans as this change sees them. */
    private final Map<Long, byte[]> spans = new HashMap<>();

    private @Nullable MessagePage last;
    private long bytes;

    Pages(Transaction tx, OriginBytes stored) {
      this.tx = tx;
      this.stored = stored;
    }

    MessagePage arriving(
        Lane lane, long position, MessageId id, InboxRecord record, ByteString body) {
      MessagePage page = last;
      if (page == null || !page.takes(lane, position, record, body)) {
        page = MessagePage.begin(lane, position, record);
        pages.put(position, page);
        last = page;
      }
      page.add(id, record, body);
      bytes += (long) record.getSerializedSize() + body.size();
      arrived.put(id, page);
      return page;
    }

    /** A page as this change sees it; null if it is not here. */
    @Nullable MessagePage page(Lane lane, long first) {
      MessagePage known = pages.get(first);
      known = known == null ? read.get(first) : known;
      if (known != null) {
        return known;
      }
      byte[] key = key(lane, first);
      byte[] value = tx.get(Table.INBOX, key);
      if (value == null) {
        return null;
      }
      MessagePage page = MessagePage.parse(lane, first, value, tx.get(Table.INBOX, markKey(key)));
      read.put(first, page);
      return page;
    }

    /** The same, to replace records of it. */
    @Nullable MessagePage changing(Lane lane, long first) {
      MessagePage page = removing(lane, first);
      if (page != null && !page.isFresh() && !page.isChanged()) {
        bytes += page.end() - first > 1 ? MessagePage.BYTES : 0;
      }
      return page;
    }

    /** The same, to remove messages from it. */
    @Nullable MessagePage removing(Lane lane, long first) {
      MessagePage page = page(lane, first);
      if (page != null && pages.putIfAbsent(first, page) == null) {
        read.remove(first);
        bytes += MARK_BYTES;
      }
      return page;
    }

    /** Drops what was removed from a page; whether there is any. */
    boolean rewrite(RetentionTable.PagePlace place) {
      MessagePage page = page(place.lane(), place.first());
      if (page != null && page.isDamaged()) {
        return false;
      }
      if (page == null || !page.hasMark()) {
        // It was removed while it was damaged, and did not say whose it was.
        RetentionTable.rewritten(tx, place);
        return false;
      }
      page.dropMarked(tx.get(Table.BODY, BodyPages.key(place.first())));
      pages.put(place.first(), page);
      read.remove(place.first());
      bytes += 2 * MessagePage.BYTES;
      return true;
    }

    private void unmark(MessagePage page) {
      if (page.hasMark()) {
        tx.delete(Table.INBOX, markKey(key(page.lane(), page.first())));
        if (!page.isDamaged()) {
          RetentionTable.rewritten(tx, place(page));
        }
      }
    }

    private static RetentionTable.PagePlace place(MessagePage page) {
      return new RetentionTable.PagePlace(page.origin(), page.lane(), page.first());
    }

    @Nullable PlacedRecord find(MessageId id) {
      MessagePage page = arrived.get(id);
      PlacedRecord found = page == null ? null : at(page, page.find(id));
      return found == null ? InboxTable.find(id, this::entry, this::page) : found;
    }

    private byte @Nullable [] entry(byte[] key) {
      return key[0] == SPAN ? span(key) : tx.get(Table.MESSAGE, key);
    }

    /** The record of a span, empty for none; read once for all messages of an envelope. */
    private byte[] span(byte[] key) {
      return spans.computeIfAbsent(
          spanOf(key),
          unused -> {
            byte[] record = tx.get(Table.MESSAGE, key);
            return record == null ? new byte[0] : record;
          });
    }

    private void span(byte[] key, byte[] record) {
      spans.put(spanOf(key), record);
      if (record.length == 0) {
        tx.delete(Table.MESSAGE, key);
      } else {
        tx.put(Table.MESSAGE, key, record);
      }
    }

    private static long spanOf(byte[] key) {
      return BigEndian.u64(Arrays.copyOf(key, Long.BYTES), 0);
    }

    byte @Nullable [] body(PlacedRecord placed) {
      MessagePage page = pages.get(placed.page());
      return page != null && page.isFresh()
          ? page.body(placed.position())
          : InboxTable.body(tx.get(Table.BODY, BodyPages.key(placed.page())), placed);
    }

    @Override
    public void write() {
      OriginBytes.Change change = stored.change();
      for (MessagePage page : pages.values()) {
        byte[] place = key(page.lane(), page.first());
        if (page.isFresh()) {
          begin(page, place, change);
        } else if (page.isEmpty()) {
          end(page, place, change);
        } else {
          change(page, place, change);
        }
      }
      change.write(tx);
    }

    private void begin(MessagePage page, byte[] place, OriginBytes.Change change) {
      if (!page.isEmpty()) {
        change.add(page, page.toCount());
        tx.put(Table.INBOX, place, page.encoded());
        tx.put(Table.BODY, BodyPages.key(page.first()), page.encodedBodies());
        RetentionTable.placed(tx, bucket(page), (int) (page.end() - page.first()));
        index(page);
      }
    }

    private void change(MessagePage page, byte[] place, OriginBytes.Change change) {
      if (page.isChanged()) {
        tx.put(Table.INBOX, place, page.encoded());
      }
      if (page.hasBodies()) {
        change.add(page, page.toCount() - page.counted());
        tx.put(Table.BODY, BodyPages.key(page.first()), page.encodedBodies());
      }
      if (!page.isMarked()) {
        unmark(page);
      } else if (page.hasRemoved()) {
        tx.put(Table.INBOX, markKey(place), page.mark());
        if (!page.hasMark()) {
          RetentionTable.toRewrite(tx, place(page));
        }
      }
    }

    private void end(MessagePage page, byte[] place, OriginBytes.Change change) {
      change.add(page, -page.counted());
      tx.delete(Table.INBOX, place);
      tx.delete(Table.BODY, BodyPages.key(page.first()));
      RetentionTable.removed(tx, bucket(page));
      unmark(page);
      forget(page);
    }

    private static RetentionTable.BucketPosition bucket(MessagePage page) {
      return new RetentionTable.BucketPosition(page.bucketDay(), page.lane(), page.first());
    }

    private void index(MessagePage page) {
      byte[] place = key(page.lane(), page.first());
      for (IdWindow window : IdWindow.of(page.ids())) {
        byte[] key = spanKey(window.ids().get(0));
        byte[] before = span(key);
        byte[] ends = window.ends();
        byte[] entry =
            KeyBuilder.key(before.length + place.length + 1 + ends.length)
                .bytes(before)
                .bytes(place)
                .u8(window.ids().size())
                .bytes(ends)
                .done();
        if (window.ids().size() > 1 && entry.length <= SPAN_RECORD) {
          span(key, entry);
        } else {
          window.ids().forEach(id -> tx.put(Table.MESSAGE, idKey(id), place));
        }
      }
    }

    private void forget(MessagePage page) {
      byte[] place = key(page.lane(), page.first());
      for (IdWindow window : IdWindow.of(page.ids())) {
        byte[] key = spanKey(window.ids().get(0));
        byte[] before = span(key);
        byte[] left = without(before, place);
        if (left.length < before.length) {
          span(key, left);
        } else {
          window.ids().forEach(id -> forget(id, place));
        }
      }
    }

    /** A message that has moved has an entry that names its present page. */
    private void forget(MessageId id, byte[] place) {
      if (Arrays.equals(tx.get(Table.MESSAGE, idKey(id)), place)) {
        tx.delete(Table.MESSAGE, idKey(id));
      }
    }

    private static byte[] without(byte[] span, byte[] place) {
      KeyBuilder left = KeyBuilder.key();
      for (int at = 0; at < span.length; at = endOf(span, at)) {
        if (!Arrays.equals(span, at, at + PLACE_BYTES, place, 0, PLACE_BYTES)) {
          left.bytes(Arrays.copyOfRange(span, at, endOf(span, at)));
        }
      }
      return left.done();
    }
  }

  private static byte @Nullable [] endOf(Lane lane) {
    return KeyBuilder.endOf(KeyBuilder.key().u8(lane.number()).done());
  }

  private static byte[] key(Lane lane, long position) {
    return KeyBuilder.key().u8(lane.number()).u64(position).done();
  }

  private static long first(byte[] key) {
    return BigEndian.u64(key, 1);
  }

  private static byte[] markKey(byte[] place) {
    return KeyBuilder.key().bytes(place).u8(MARK).done();
  }

  private static boolean isMark(byte[] key) {
    return key.length > PLACE_BYTES;
  }

  private static byte[] idKey(MessageId id) {
    return KeyBuilder.key(1 + MessageId.SIZE).u8(ONE).bytes(id.bytes()).done();
  }

  private static byte[] spanKey(MessageId id) {
    return KeyBuilder.key(1 + IdWindow.SPAN_BYTES).u8(SPAN).bytes(IdWindow.span(id)).done();
  }
}
