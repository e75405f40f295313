package org.entente.gateway.ledger.table;

import com.google.protobuf.InvalidProtocolBufferException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.ledger.record.RecordPlace;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.model.BigEndian;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.Table;
import org.entente.proto.store.v1.Retrieval;
import org.entente.proto.store.v1.RetrievalRecord;
import org.jspecify.annotations.Nullable;

/**
 * Keeps which clients have retrieved which messages, sealed as long as the message may be kept. The
 * originator may learn this when it recalls the message; a reader of the disk may not.
 *
 * <pre>
 * EVIDENCE u8 12 · u32 last day of the bucket · u64 position of arrival / 64
 *                 → u32 n · n × u64 messages · sealed RetrievalRecord
 * </pre>
 *
 * Bit i of <i>messages</i> stands for the i-th of the row's 64 positions; the record names the
 * clients: one for each acknowledgement of messages that nobody had retrieved, one for each further
 * client. So a client that acknowledges many messages at once changes one row. Safe for many
 * threads, in transactions.
 */
public final class RetrievalRecords {
  static final int SPACE = 12;

  private static final int POSITIONS = Long.SIZE;

  private final RecordSeal atRest;

  RetrievalRecords(RecordSeal atRest) {
    this.atRest = atRest;
  }

  /** How a retrieval relates to earlier ones. */
  public enum RetrievalKind {
    /** No client had retrieved it before. */
    FIRST,
    /** Others had retrieved it before, but not this client. */
    FURTHER,
    /** This client had retrieved it before, or that can no longer be determined. */
    KNOWN
  }

  /**
   * Where the retrievals of a message are recorded, which stays the same if the message moves.
   *
   * @param arrival its position when it arrived
   * @param bucketDay last day of its bucket, days since 1970
   */
  public record RetrievalPlace(long arrival, long bucketDay) {
    byte[] key() {
      return KeyBuilder.key()
          .u8(SPACE)
          .u32(bucketDay)
          .u64(Long.divideUnsigned(arrival, POSITIONS))
          .done();
    }

    private long bit() {
      return 1L << Long.remainderUnsigned(arrival, POSITIONS);
    }

    private RetrievalPlace row() {
      return new RetrievalPlace(arrival - Long.remainderUnsigned(arrival, POSITIONS), bucketDay);
    }
  }

  /** Where the sealed record begins in a row. */
  static int sealedAt(byte[] row) {
    int clients = row.length < Integer.BYTES ? -1 : BigEndian.u32(row, 0);
    if (clients < 0 || clients > (row.length - Integer.BYTES) / Long.BYTES) {
      throw new CorruptRecord("EVIDENCE", null);
    }
    return Integer.BYTES + clients * Long.BYTES;
  }

  /** The first key of rows whose bucket ends on a day. */
  static byte[] firstOf(long day) {
    return KeyBuilder.key().u8(SPACE).u32(day).done();
  }

  /**
   * The clients that have retrieved a message.
   *
   * @param first the first, if it can still be opened
   * @param further some later ones, ordered by name
   * @param more the number of others, not named
   */
  public record RetrievalSummary(Optional<Retrieval> first, List<String> further, int more) {
    public RetrievalSummary {
      further = List.copyOf(further);
    }
  }

  /** Records that a client retrieved messages; returns what each retrieval is, in their order. */
  public List<RetrievalKind> note(Transaction tx, List<RetrievalPlace> places, String client) {
    Map<RetrievalPlace, Row> rows = new LinkedHashMap<>();
    List<RetrievalKind> kinds = new ArrayList<>();
    for (RetrievalPlace place : places) {
      Row row = rows.computeIfAbsent(place.row(), name -> read(tx, name));
      kinds.add(row.note(place.bit(), client));
    }
    rows.values().forEach(row -> write(tx, row, client));
    return kinds;
  }

  /** The same of one message. */
  public RetrievalKind note(Transaction tx, RetrievalPlace place, String client) {
    return note(tx, List.of(place), client).get(0);
  }

  /** Whether any client has retrieved a message. */
  public boolean isRetrieved(Transaction tx, RetrievalPlace place) {
    byte[] value = tx.get(Table.EVIDENCE, place.key());
    return value != null && clients(messages(value), place.bit()) > 0;
  }

  /**
   * The clients that have retrieved a message; names the first and at most {@code most} others.
   *
   * @param place null for a message that was never here
   */
  public RetrievalSummary of(Transaction tx, @Nullable RetrievalPlace place, int most) {
    if (place == null) {
      return new RetrievalSummary(Optional.empty(), List.of(), 0);
    }
    Row row = read(tx, place.row());
    List<Retrieval> by = row.by(place.bit());
    Optional<Retrieval> first = by.stream().filter(one -> one.getAtMs() != 0).findFirst();
    List<String> named =
        by.stream()
            .filter(one -> one.getAtMs() == 0)
            .map(Retrieval::getClient)
            .sorted()
            .limit(most)
            .toList();
    int others = clients(row.messages, place.bit()) - (first.isPresent() ? 1 : 0);
    return new RetrievalSummary(first, named, others - named.size());
  }

  private Row read(Transaction tx, RetrievalPlace name) {
    byte[] key = name.key();
    byte[] value = tx.get(Table.EVIDENCE, key);
    if (value == null) {
      return new Row(name, new ArrayList<>(), List.of());
    }
    byte[] sealed = Arrays.copyOfRange(value, sealedAt(value), value.length);
    return new Row(
        name,
        messages(value),
        atRest.open(place(key), sealed).map(RetrievalRecords::parse).orElse(List.of()));
  }

  private static List<Long> messages(byte[] row) {
    List<Long> messages = new ArrayList<>();
    int end = sealedAt(row);
    for (int at = Integer.BYTES; at < end; at += Long.BYTES) {
      messages.add(BigEndian.u64(row, at));
    }
    return messages;
  }

  private static int clients(List<Long> messages, long bit) {
    return (int) messages.stream().filter(one -> (one & bit) != 0).count();
  }

  private void write(Transaction tx, Row row, String client) {
    if (!row.add(client, tx.nowMillis())) {
      return;
    }
    Instant now = Instant.ofEpochMilli(tx.nowMillis());
    RetrievalRecord record = RetrievalRecord.newBuilder().addAllRetrievals(row.known).build();
    // A message held beyond its bucket is sealed for today, as keys of past days are never made
    // again.
    long day =
        Math.max(row.name.bucketDay(), LocalDate.ofInstant(now, ZoneOffset.UTC).toEpochDay());
    Instant until = LocalDate.ofEpochDay(day).atStartOfDay(ZoneOffset.UTC).toInstant();
    byte[] key = row.name.key();
    byte[] sealed = atRest.seal(place(key), record.toByteArray(), until);
    KeyBuilder value = KeyBuilder.key().u32(row.messages.size());
    row.messages.forEach(value::u64);
    tx.put(Table.EVIDENCE, key, value.bytes(sealed).done());
  }

  private static RecordPlace place(byte[] key) {
    return new RecordPlace(Table.EVIDENCE, key, "retrieval");
  }

  private static List<Retrieval> parse(byte[] bytes) {
    try {
      return RetrievalRecord.parseFrom(bytes).getRetrievalsList();
    } catch (InvalidProtocolBufferException e) {
      throw new CorruptRecord("EVIDENCE", e);
    }
  }

  /** A row as it is changed. */
  private static final class Row {
    private final RetrievalPlace name;
    private final List<Long> messages;

    /** Those of the last ones that can still be opened. */
    private final List<Retrieval> known;

    private long first;
    private long further;

    Row(RetrievalPlace name, List<Long> messages, List<Retrieval> known) {
      this.name = name;
      this.messages = messages;
      this.known = new ArrayList<>(known);
    }

    List<Retrieval> by(long bit) {
      int unnamed = messages.size() - known.size();
      return IntStream.range(0, known.size())
          .filter(i -> (messages.get(unnamed + i) & bit) != 0)
          .mapToObj(known::get)
          .toList();
    }

    /** Adds what was noted; whether that is anything. Only of first retrievals is a time kept. */
    boolean add(String client, long now) {
      if (first != 0) {
        known.add(Retrieval.newBuilder().setAtMs(now).setClient(client).build());
        messages.add(first);
      }
      if (further != 0) {
        Retrieval same = Retrieval.newBuilder().setClient(client).build();
        int at = known.indexOf(same);
        if (at < 0) {
          known.add(same);
          messages.add(further);
        } else {
          int row = messages.size() - known.size() + at;
          messages.set(row, messages.get(row) | further);
        }
      }
      return (first | further) != 0;
    }

    RetrievalKind note(long bit, String client) {
      List<Retrieval> before = by(bit);
      int clients = clients(messages, bit);
      if (((first | further) & bit) != 0
          || before.size() < clients
          || before.stream().anyMatch(one -> one.getClient().equals(client))) {
        return RetrievalKind.KNOWN;
      }
      if (clients == 0) {
        first |= bit;
        return RetrievalKind.FIRST;
      }
      further |= bit;
      return RetrievalKind.FURTHER;
    }
  }
}
