package org.entente.gateway.ledger.table;

import com.google.protobuf.InvalidProtocolBufferException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.ledger.record.RecordPlace;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.ledger.record.SealedRecord;
import org.entente.gateway.model.BigEndian;
import org.entente.gateway.model.MessageId;
import org.entente.proto.store.v1.RetrievalRecord;
import org.jspecify.annotations.Nullable;

/**
 * Keeps which clients have retrieved what, sealed as long as the message may be kept: who reads
 * what is for its originator, when it takes the message back, and for nobody who reads the disk.
 * Safe for many threads, in transactions.
 */
public final class RetrievalRecords {
  /** Where the last day of its bucket stands in what {@link RecordSeal} seals. */
  private static final int DAY_AT = 1;

  private final RecordSeal atRest;

  RetrievalRecords(RecordSeal atRest) {
    this.atRest = atRest;
  }

  /** What it was for a client to retrieve a message. */
  public enum RetrievalKind {
    /** No client had before. */
    FIRST,
    /** Others had before, and this one had not. */
    FURTHER,
    /** It had before, or nobody can say any more. */
    KNOWN
  }

  /** A retrieval. */
  public record Retrieval(long atMillis, String client) {}

  /**
   * Who has retrieved a message.
   *
   * @param first the first, as far as that can still be opened
   * @param further some of those after it, by name and in that order
   * @param more how many have besides that are not named
   */
  public record RetrievalSummary(Optional<Retrieval> first, List<String> further, int more) {
    public RetrievalSummary {
      further = List.copyOf(further);
    }
  }

  /**
   * Notes that a client retrieved a message.
   *
   * @param bucketDay last day of the message's bucket, days since 1970
   */
  public RetrievalKind note(
      Transaction tx, RetrievalTable book, MessageId id, long bucketDay, String client) {
    Instant now = Instant.ofEpochMilli(tx.nowMillis());
    // What a hold keeps beyond its bucket is sealed for the day: no key of the past is made again.
    long day = Math.max(bucketDay, LocalDate.ofInstant(now, ZoneOffset.UTC).toEpochDay());
    SealedRecord first = book.first(tx, id);
    if (first == null) {
      RecordPlace place = RetrievalTable.firstPlace(id);
      book.putFirst(tx, id, sealed(place, new Retrieval(tx.nowMillis(), client), day));
      return RetrievalKind.FIRST;
    }
    Optional<Retrieval> before = open(first);
    if (before.isEmpty() || before.get().client().equals(client)) {
      return RetrievalKind.KNOWN;
    }
    return further(tx, book, id, BigEndian.u32(first.bytes(), DAY_AT), client);
  }

  private RetrievalKind further(
      Transaction tx, RetrievalTable book, MessageId id, long day, String client) {
    Optional<RecordSeal.Token> token =
        atRest.existingToken("retrieval of " + id + " by " + client, day);
    if (token.isEmpty() || book.hasFurther(tx, id, token.get().mac())) {
      return RetrievalKind.KNOWN;
    }
    byte[] mac = token.get().mac();
    RecordPlace place = RetrievalTable.furtherPlace(id, mac);
    book.putFurther(tx, id, mac, sealed(place, new Retrieval(tx.nowMillis(), client), day));
    return RetrievalKind.FURTHER;
  }

  /** Who has, naming at most so many but the first. */
  public RetrievalSummary of(Transaction tx, RetrievalTable book, MessageId id, int most) {
    SealedRecord first = book.first(tx, id);
    Optional<Retrieval> opened = open(first);
    List<String> names = new ArrayList<>();
    List<SealedRecord> further = book.further(tx, id);
    int all = (first == null ? 0 : 1) + further.size();
    for (SealedRecord one : further) {
      open(one).map(Retrieval::client).ifPresent(names::add);
    }
    List<String> named = names.stream().sorted().limit(most).toList();
    return new RetrievalSummary(opened, named, all - named.size() - (opened.isPresent() ? 1 : 0));
  }

  private byte[] sealed(RecordPlace place, Retrieval retrieval, long day) {
    RetrievalRecord record =
        RetrievalRecord.newBuilder()
            .setAtMs(retrieval.atMillis())
            .setClient(retrieval.client())
            .build();
    Instant until = LocalDate.ofEpochDay(day).atStartOfDay(ZoneOffset.UTC).toInstant();
    return atRest.seal(place, record.toByteArray(), until);
  }

  /** Empty once the key of its bucket is destroyed. */
  private Optional<Retrieval> open(@Nullable SealedRecord sealed) {
    return sealed == null ? Optional.empty() : atRest.open(sealed).map(RetrievalRecords::parse);
  }

  private static Retrieval parse(byte[] bytes) {
    try {
      RetrievalRecord record = RetrievalRecord.parseFrom(bytes);
      return new Retrieval(record.getAtMs(), record.getClient());
    } catch (InvalidProtocolBufferException e) {
      throw new CorruptRecord("EVIDENCE", e);
    }
  }
}
