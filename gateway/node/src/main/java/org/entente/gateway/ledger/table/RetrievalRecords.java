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
 * Keeps which clients have retrieved which messages, sealed as long as the message may be kept. The
 * originator may learn this when it recalls the message; a reader of the disk may not. Safe for
 * many threads, in transactions.
 */
public final class RetrievalRecords {
  /** Where the last day of its bucket stands in what {@link RecordSeal} seals. */
  private static final int DAY_AT = 1;

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

  /** A retrieval. */
  public record Retrieval(long atMillis, String client) {}

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

  /**
   * Records that a client retrieved a message.
   *
   * @param bucketDay last day of the message's bucket, days since 1970
   */
  public RetrievalKind note(
      Transaction tx, RetrievalTable book, MessageId id, long bucketDay, String client) {
    Instant now = Instant.ofEpochMilli(tx.nowMillis());
    // A message held beyond its bucket is sealed for today, as keys of past days are never made
    // again.
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

  /** The clients that have retrieved a message; names the first and at most {@code most} others. */
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
