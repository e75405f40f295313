package org.entente.gateway.ledger.table;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.Timestamps;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.entente.gateway.crypto.Sha256;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.ledger.record.EvidenceName;
import org.entente.gateway.ledger.record.RecentCache;
import org.entente.gateway.ledger.record.RecordPlace;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.ledger.record.SealedRecord;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.MessageId;
import org.entente.proto.store.v1.KeptHeader;
import org.entente.proto.store.v1.SentFacts;
import org.entente.proto.store.v1.SentPart;
import org.entente.proto.v1.EvidenceBatch;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;

/** Makes evidence items and keeps them sealed; they outlive the content they speak of. */
public final class EvidenceRecords {
  /** How long evidence is kept. */
  public static final Duration KEPT = Duration.ofDays(400);

  private static final Duration LAST_DAY = Duration.ofDays(2);

  /** Items that are owed in one record at most. */
  public static final int TOGETHER = 64;

  /**
   * Stands for the consent under which something was passed on, where it needed none: what releases
   * before take of PASSED_ON has 16 bytes there.
   */
  public static final MessageId NO_CONSENT = MessageId.of(new byte[MessageId.SIZE]);

  /** How much of whom messages went to is remembered for those who speak of it soon, bytes. */
  private static final long RECENT_BYTES = 1 << 20;

  private static final int REASON = 500;

  private final RecordSeal atRest;
  private final AgencyName self;
  private final RetrievalRecords retrievals;

  /**
   * Each recipient soon says two things of a message. Held as bytes: thousands of messages are
   * under way at a time, and as objects, a dozen each, they were a third of what each collection of
   * garbage took.
   */
  private final RecentCache<MessageId, byte[]> recent =
      new RecentCache<>(RECENT_BYTES, Integer.MAX_VALUE);

  /** Items stated by an agency. */
  public EvidenceRecords(RecordSeal atRest, AgencyName self) {
    this.atRest = atRest;
    this.self = self;
    this.retrievals = new RetrievalRecords(atRest);
  }

  /** Which clients have retrieved what, sealed. */
  public RetrievalRecords retrievals() {
    return retrievals;
  }

  /** Whether something was passed on under the consent that the item names. */
  public static boolean isUnderConsent(EvidenceItem item) {
    return !item.getConsentId().isEmpty()
        && !item.getConsentId().equals(ByteString.copyFrom(NO_CONSENT.bytes()));
  }

  /** A success, stated by this agency about one recipient. */
  public EvidenceItem item(
      EvidenceKind kind, MessageId id, String recipient, byte[] headerHash, long atMillis) {
    return EvidenceItem.newBuilder()
        .setMessageId(ByteString.copyFrom(id.bytes()))
        .setKind(kind)
        .setAgency(self.value())
        .setRecipient(recipient)
        .setAt(Timestamps.fromMillis(atMillis))
        .setHeaderHash(ByteString.copyFrom(headerHash))
        .build();
  }

  /** The same as a failure, with its code and reason. */
  public EvidenceItem failed(EvidenceItem item, Code code, String reason) {
    String cut = reason.length() > REASON ? reason.substring(0, REASON) : reason;
    return item.toBuilder().setCode(code.name()).setReason(cut).build();
  }

  /** A failure that is concluded from time having passed, and not from what anybody said. */
  public EvidenceItem timedOut(EvidenceItem item, Code code, String reason) {
    return failed(item, code, reason).toBuilder().setTimeOut(true).build();
  }

  /** A client's first retrieval of a message, for its origin. */
  public EvidenceItem retrieval(MessageId id, String client, long atMillis) {
    return item(EvidenceKind.EVIDENCE_KIND_RETRIEVAL, id, self.value(), new byte[0], atMillis)
        .toBuilder()
        .setRetrievedBy(client)
        .build();
  }

  /** Keeps an item about an own message, unless the same statement is known; whether it was. */
  public boolean keep(Transaction tx, EvidenceTable book, EvidenceItem item) {
    EvidenceName name = EvidenceName.of(item);
    // By this gateway's clock: a member's own could have keys made for any day.
    Instant until = Instant.ofEpochMilli(tx.nowMillis()).plus(KEPT);
    return book.add(
        tx,
        name,
        name.most() - kept(item),
        EvidenceName.use(item),
        place -> atRest.seal(place, item.toByteArray(), until));
  }

  /** However often a recall was not executed, there is a place for the word that it was. */
  private static int kept(EvidenceItem item) {
    boolean failed = !item.getCode().isEmpty();
    return item.getKind() == EvidenceKind.EVIDENCE_KIND_ERASURE && failed ? 1 : 0;
  }

  private static Instant until(EvidenceItem item) {
    return Instant.ofEpochMilli(Timestamps.toMillis(item.getAt())).plus(KEPT);
  }

  /** Owes an origin what happened to a message of its. */
  public void owe(Transaction tx, EvidenceTable book, AgencyName origin, EvidenceItem item) {
    owe(tx, book, origin, List.of(item));
  }

  /** Owes an origin what happened to messages of its; one record for up to {@link #TOGETHER}. */
  public void owe(Transaction tx, EvidenceTable book, AgencyName origin, List<EvidenceItem> items) {
    for (int from = 0; from < items.size(); from += TOGETHER) {
      List<EvidenceItem> some = items.subList(from, Math.min(items.size(), from + TOGETHER));
      byte[] batch = EvidenceBatch.newBuilder().addAllItems(some).build().toByteArray();
      book.owe(tx, origin, place -> atRest.seal(place, batch, until(some.get(0))));
    }
  }

  /** Opens what is owed, as far as it can still be opened, in the same order. */
  public List<EvidenceItem> openOwed(List<EvidenceTable.OwedItems> owed) {
    List<EvidenceItem> out = new ArrayList<>();
    for (EvidenceTable.OwedItems one : owed) {
      atRest
          .open(one.sealedItems())
          .ifPresent(batch -> out.addAll(parseBatch(batch).getItemsList()));
    }
    return out;
  }

  /**
   * All that is committed of a message, as far as it can still be opened, oldest first. That it was
   * accepted follows from whom it was sent to.
   */
  public List<EvidenceItem> known(EvidenceTable book, MessageId id) {
    List<EvidenceItem> out = new ArrayList<>();
    sent(book, id)
        .map(
            facts ->
                item(
                    EvidenceKind.EVIDENCE_KIND_SUBMISSION_ACCEPTANCE,
                    id,
                    "",
                    new byte[0],
                    facts.getAcceptedAtMs()))
        .ifPresent(out::add);
    for (SealedRecord one : book.read(id)) {
      atRest.open(one).map(EvidenceRecords::parse).ifPresent(out::add);
    }
    return out;
  }

  /** The tokens of terms by which a message of now is found as long as its evidence is kept. */
  public List<RecordSeal.Token> tokens(List<String> terms, Instant now) {
    return atRest.tokens(terms, now.plus(KEPT));
  }

  /** Keeps header and signature of an envelope in a book, sealed, as long as evidence. */
  public void keepHeader(Transaction tx, EvidenceTable book, byte[] header, byte[] signature) {
    KeptHeader kept =
        KeptHeader.newBuilder()
            .setHeader(ByteString.copyFrom(header))
            .setSignature(ByteString.copyFrom(signature))
            .build();
    Instant until = Instant.ofEpochMilli(tx.nowMillis()).plus(KEPT);
    byte[] hash = Sha256.hash(header);
    RecordPlace place = EvidenceTable.headerPlace(hash);
    book.putHeader(tx, hash, atRest.seal(place, kept.toByteArray(), until));
  }

  /** Opens header and signature of an envelope; empty once their bucket has ended. */
  public Optional<KeptHeader> openHeader(SealedRecord sealed) {
    return atRest
        .open(sealed)
        .map(
            bytes -> {
              try {
                return KeptHeader.parseFrom(bytes);
              } catch (InvalidProtocolBufferException e) {
                throw new CorruptRecord("EVIDENCE", e);
              }
            });
  }

  /**
   * Keeps that a message of this agency was accepted, and whom it goes to: as long as evidence, and
   * as long as anybody to whom it goes may keep it, for it can be recalled and changed as long.
   */
  public void accepted(Transaction tx, EvidenceTable book, MessageId id, SentFacts facts) {
    SentFacts dated = facts.toBuilder().setAcceptedAtMs(tx.nowMillis()).build();
    keepSent(tx, book, id, dated.toByteArray(), until(dated, tx.nowMillis()));
  }

  /**
   * Keeps that a message of this agency was taken back, by which recall and since when: the latest
   * recall counts, and the time of the first. Nothing is kept of a message that is not known.
   */
  public void takenBack(Transaction tx, EvidenceTable book, MessageId id, MessageId recall) {
    Optional<SentFacts> sent = sent(book, id);
    if (sent.isEmpty()) {
      return;
    }
    SentFacts.Builder facts =
        sent.get().toBuilder().setRecallId(ByteString.copyFrom(recall.bytes()));
    if (facts.getTakenBackAtMs() == 0) {
      facts.setTakenBackAtMs(tx.nowMillis());
    }
    SentFacts taken = facts.build();
    Instant until = until(taken, taken.getAcceptedAtMs());
    Instant today = Instant.ofEpochMilli(tx.nowMillis());
    keepSent(tx, book, id, taken.toByteArray(), until.isBefore(today) ? today : until);
  }

  private void keepSent(
      Transaction tx, EvidenceTable book, MessageId id, byte[] facts, Instant until) {
    book.sent(tx, id, atRest.seal(EvidenceTable.sentPlace(id), facts, until));
    long now = tx.nowMillis();
    tx.afterCommit(() -> recent.put(id, facts, facts.length, now));
  }

  /**
   * The end of what is known of whom a message went to: who gets it in the last moment of its
   * delivery may keep it until the end of the last day of its retention, by a clock of its own.
   */
  private static Instant until(SentFacts facts, long acceptedMillis) {
    int days = facts.getPartsList().stream().mapToInt(SentPart::getRetentionDays).max().orElse(0);
    Instant evidence = Instant.ofEpochMilli(acceptedMillis).plus(KEPT);
    Instant content =
        Instant.ofEpochMilli(facts.getExpiresAtMs()).plus(Duration.ofDays(days)).plus(LAST_DAY);
    return content.isAfter(evidence) ? content : evidence;
  }

  /** Whom a message of this agency went to; empty if it is none, or once its bucket has ended. */
  public Optional<SentFacts> sent(EvidenceTable book, MessageId id) {
    byte[] known = recent.get(id);
    if (known != null) {
      return Optional.of(parseSent(known));
    }
    SealedRecord sealed = book.sent(id);
    return sealed == null ? Optional.empty() : openSent(sealed);
  }

  /**
   * Gives whom each message of this agency went to, as far as that can still be opened, in the
   * order of their ids.
   */
  public void eachSent(EvidenceTable book, BiConsumer<MessageId, SentFacts> take) {
    book.eachSent((id, kept) -> openSent(kept).ifPresent(facts -> take.accept(id, facts)));
  }

  private Optional<SentFacts> openSent(SealedRecord sealed) {
    return atRest.open(sealed).map(EvidenceRecords::parseSent);
  }

  private static SentFacts parseSent(byte[] bytes) {
    try {
      return SentFacts.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new CorruptRecord("EVIDENCE", e);
    }
  }

  private static EvidenceBatch parseBatch(byte[] bytes) {
    try {
      return EvidenceBatch.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new CorruptRecord("EVIDENCE", e);
    }
  }

  private static EvidenceItem parse(byte[] bytes) {
    try {
      return EvidenceItem.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new InvalidValue("an evidence item was expected", bytes.length + " other bytes");
    }
  }
}
