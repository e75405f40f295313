package org.entente.gateway.feature.watch;

import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.ledger.record.RecordPlace;
import org.entente.gateway.ledger.record.StoredNames;
import org.entente.gateway.model.BigEndian;
import org.entente.gateway.model.Lane;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.KeyReader;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.Table;
import org.entente.proto.store.v1.WatchHit;
import org.entente.proto.store.v1.WatchRecord;
import org.entente.proto.store.v1.WatchSpan;
import org.jspecify.annotations.Nullable;

/**
 * Clients' watches, their hits, and how far received messages have been matched. Hits of a client
 * are numbered from 1 without gaps; the oldest are removed first.
 *
 * <pre>
 * META  "watch"                                       → u64 greatest number of a watch
 * WATCH u8 1 · u64 number                             → WatchRecord
 * WATCH u8 2 · 16-byte token of the client · u64 hit  → WatchHit
 * WATCH u8 3 · 16-byte token of the client            → WatchSpan
 * WATCH u8 4 · u8 lane                                → u64 position that is looked at next
 *                                                       · for each client that is behind: token
 *                                                       · u64 position that is looked at next
 *                                                       · u64 greatest number of a watch done there
 * </pre>
 */
public final class WatchTable {
  private static final byte[] NUMBER = KeyBuilder.key().ascii("watch").done();
  private static final int RECORD = 1;
  private static final int HIT = 2;
  private static final int SPAN = 3;
  private static final int PLACE = 4;
  private static final int BEHIND_BYTES = StoredNames.TOKEN_BYTES + 2 * Long.BYTES;

  private final Store store;
  private final StoredNames stored;

  /** The table of a ledger. */
  public static WatchTable of(Ledger ledger) {
    return ledger.table(WatchTable.class, store -> new WatchTable(store, ledger.names()));
  }

  /** The watches of a store. */
  public WatchTable(Store store, StoredNames stored) {
    this.store = store;
    this.stored = stored;
  }

  /**
   * A watch under its number.
   *
   * @param number the number
   * @param record the record
   */
  public record Entry(long number, WatchRecord record) {}

  /**
   * A hit under its number.
   *
   * @param number the number among those of its client
   * @param hit the hit
   */
  public record NumberedHit(long number, WatchHit hit) {}

  /**
   * How far the messages of a lane have been matched for a client: all before a position, and the
   * message there against the watches up to a number.
   */
  public record Place(long position, long watch) {}

  /**
   * How far the messages of a lane have been matched.
   *
   * @param position all before it, for clients that are not behind
   * @param behind places of the others
   */
  public record Progress(long position, Map<String, Place> behind) {
    static final Progress NONE = new Progress(0, Map.of());

    /** Copies the places. */
    public Progress {
      behind = Map.copyOf(behind);
    }
  }

  /** The number of the next watch, which no other is given. */
  public long nextNumber(Transaction tx) {
    byte[] last = tx.get(Table.META, NUMBER);
    long number = (last == null ? 0 : BigEndian.u64(last, 0)) + 1;
    tx.put(Table.META, NUMBER, KeyBuilder.key().u64(number).done());
    return number;
  }

  /** Adds a watch under its number. */
  public void put(Transaction tx, long number, WatchRecord record) {
    tx.put(Table.WATCH, key(number), record.toByteArray());
  }

  /** Where the content of a watch lies. */
  public static RecordPlace contentPlace(long number) {
    return new RecordPlace(Table.WATCH, key(number), "watch");
  }

  /** A watch as the transaction sees it, or null. */
  public @Nullable WatchRecord read(Transaction tx, long number) {
    byte[] value = tx.get(Table.WATCH, key(number));
    return value == null ? null : parse(value);
  }

  /** Removes a watch; its hits stay. */
  public void remove(Transaction tx, long number) {
    tx.delete(Table.WATCH, key(number));
  }

  /** All committed watches, oldest first. */
  public List<Entry> all() {
    List<Entry> out = new ArrayList<>();
    try (Scan scan = store.scan(Table.WATCH, new byte[] {RECORD}, new byte[] {HIT})) {
      while (scan.hasNext()) {
        scan.next();
        out.add(new Entry(BigEndian.u64(scan.key(), 1), parse(scan.value())));
      }
    }
    return out;
  }

  /**
   * Adds hits of a client under the next numbers; removes the oldest if there are more than {@code
   * most}.
   *
   * @return how many of those removed the client had not read
   */
  public long add(Transaction tx, String name, List<WatchHit> hits, int most) {
    byte[] client = stored.token(name);
    WatchSpan span = span(tx.get(Table.WATCH, spanKey(client)));
    long number = span.getLast();
    for (WatchHit hit : hits) {
      number++;
      tx.put(Table.WATCH, hitKey(client, number), hit.toByteArray());
    }
    long first = write(tx, client, span, number, most);
    return Math.max(0, first - Math.max(span.getFirst(), span.getRead() + 1));
  }

  /** Removes the oldest beyond a number, and gives the first that is left. */
  private static long write(Transaction tx, byte[] client, WatchSpan span, long last, long most) {
    long first = span.getFirst();
    while (last - first + 1 > most) {
      tx.delete(Table.WATCH, hitKey(client, first));
      first++;
    }
    WatchSpan kept = span.toBuilder().setFirst(first).setLast(last).build();
    tx.put(Table.WATCH, spanKey(client), kept.toByteArray());
    return first;
  }

  /** Records that a client has its hits up to a number. */
  public void read(Transaction tx, String name, long number) {
    byte[] client = stored.token(name);
    WatchSpan span = span(tx.get(Table.WATCH, spanKey(client)));
    if (Long.compareUnsigned(number, span.getRead()) > 0) {
      tx.put(Table.WATCH, spanKey(client), span.toBuilder().setRead(number).build().toByteArray());
    }
  }

  /** The range of a client's committed hits. */
  public WatchSpan span(String client) {
    return span(store.get(Table.WATCH, spanKey(stored.token(client))));
  }

  private static WatchSpan span(byte @Nullable [] value) {
    try {
      return value == null
          ? WatchSpan.newBuilder().setFirst(1).build()
          : WatchSpan.parseFrom(value);
    } catch (InvalidProtocolBufferException e) {
      throw new CorruptRecord("WATCH", e);
    }
  }

  /** Committed hits of a client after a number, in order, at most {@code most}. */
  public List<NumberedHit> hits(String client, long after, int most) {
    return hits(stored.token(client), after, most);
  }

  private List<NumberedHit> hits(byte[] client, long after, int most) {
    List<NumberedHit> out = new ArrayList<>();
    byte[] prefix = KeyBuilder.key().u8(HIT).bytes(client).done();
    try (Scan scan = store.scan(Table.WATCH, hitKey(client, after + 1), KeyBuilder.endOf(prefix))) {
      while (out.size() < most && scan.hasNext()) {
        scan.next();
        out.add(new NumberedHit(BigEndian.u64(scan.key(), prefix.length), parseHit(scan.value())));
      }
    }
    return out;
  }

  /** Whether a committed hit is older than a time. */
  public boolean holdsBefore(long millis) {
    return committedClients().stream()
        .flatMap(client -> hits(client, 0, 1).stream())
        .anyMatch(oldest -> oldest.hit().getAtMs() < millis);
  }

  /** Removes hits older than a time, at most {@code most} of each client; returns how many. */
  public int prune(Transaction tx, long beforeMillis, int most) {
    int gone = 0;
    for (byte[] client : committedClients()) {
      WatchSpan span = span(tx.get(Table.WATCH, spanKey(client)));
      long keep = span.getFirst();
      while (keep <= span.getLast()
          && keep - span.getFirst() < most
          && isBefore(tx.get(Table.WATCH, hitKey(client, keep)), beforeMillis)) {
        keep++;
      }
      if (keep > span.getFirst()) {
        gone += (int) (keep - span.getFirst());
        write(tx, client, span, span.getLast(), span.getLast() - keep + 1);
      }
    }
    return gone;
  }

  private static boolean isBefore(byte @Nullable [] hit, long millis) {
    return hit == null || parseHit(hit).getAtMs() < millis;
  }

  private List<byte[]> committedClients() {
    List<byte[]> out = new ArrayList<>();
    try (Scan scan = store.scan(Table.WATCH, new byte[] {SPAN}, new byte[] {PLACE})) {
      while (scan.hasNext()) {
        scan.next();
        KeyReader key = KeyReader.of(scan.key());
        key.u8();
        out.add(key.bytes(StoredNames.TOKEN_BYTES));
      }
    }
    return out;
  }

  /** How far the messages of a lane have been matched for these clients, as committed. */
  public Progress progress(Lane lane, Collection<String> clients) {
    byte[] value = store.get(Table.WATCH, placeKey(lane));
    if (value == null) {
      return Progress.NONE;
    }
    Map<ByteBuffer, String> names = new HashMap<>();
    clients.forEach(client -> names.put(ByteBuffer.wrap(stored.token(client)), client));
    KeyReader read = KeyReader.of(value);
    long position = read.u64();
    Map<String, Place> behind = new HashMap<>();
    for (int at = Long.BYTES; at < value.length; at += BEHIND_BYTES) {
      String client = names.get(ByteBuffer.wrap(read.bytes(StoredNames.TOKEN_BYTES)));
      Place place = new Place(read.u64(), read.u64());
      if (client != null) {
        behind.put(client, place);
      }
    }
    return new Progress(position, behind);
  }

  /** Records how far the messages of a lane have been matched. */
  public void progress(Transaction tx, Lane lane, Progress progress) {
    KeyBuilder value = KeyBuilder.key().u64(progress.position());
    progress
        .behind()
        .forEach(
            (client, place) ->
                value.bytes(stored.token(client)).u64(place.position()).u64(place.watch()));
    tx.put(Table.WATCH, placeKey(lane), value.done());
  }

  private static WatchRecord parse(byte[] value) {
    return CorruptRecord.parse(WatchRecord.parser(), value, "WATCH");
  }

  private static WatchHit parseHit(byte[] value) {
    return CorruptRecord.parse(WatchHit.parser(), value, "WATCH");
  }

  private static byte[] key(long number) {
    return KeyBuilder.key().u8(RECORD).u64(number).done();
  }

  private static byte[] hitKey(byte[] client, long number) {
    return KeyBuilder.key().u8(HIT).bytes(client).u64(number).done();
  }

  private static byte[] spanKey(byte[] client) {
    return KeyBuilder.key().u8(SPAN).bytes(client).done();
  }

  private static byte[] placeKey(Lane lane) {
    return KeyBuilder.key().u8(PLACE).u8(lane.number()).done();
  }
}
