package org.entente.gateway.ledger;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.Timestamps;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.crypto.Sha256;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.MessageId;
import org.entente.proto.store.v1.KeptHeader;
import org.entente.proto.store.v1.SentFacts;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;

/** Makes evidence items and keeps them sealed; they outlive the content they speak of. */
public final class EvidenceRecords {
  /** How long evidence is kept. */
  public static final Duration KEPT = Duration.ofDays(400);

  private static final String CONTEXT = "evidence";
  private static final String SENT = "sent";
  private static final String HEADER = "header";
  private static final int REASON = 500;

  private final AtRest atRest;
  private final AgencyName self;

  /** Items stated by an agency. */
  public EvidenceRecords(AtRest atRest, AgencyName self) {
    this.atRest = atRest;
    this.self = self;
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

  /** A client's first retrieval of a message, sealed, to be owed to its origin. */
  public byte[] retrieval(MessageId id, String client, long atMillis) {
    EvidenceItem item =
        item(EvidenceKind.EVIDENCE_KIND_RETRIEVAL, id, self.value(), new byte[0], atMillis);
    return seal(item.toBuilder().setRetrievedBy(client).build());
  }

  /** Keeps an item about an own message, unless the same statement is known; whether it was. */
  public boolean keep(Transaction tx, EvidenceBook book, EvidenceItem item) {
    return book.add(tx, EvidenceName.of(item), () -> seal(item));
  }

  /** The form at rest. */
  public byte[] seal(EvidenceItem item) {
    Instant until = Instant.ofEpochMilli(Timestamps.toMillis(item.getAt())).plus(KEPT);
    return atRest.seal(CONTEXT, item.toByteArray(), until);
  }

  /** Opens what can still be opened, in the same order. */
  public List<EvidenceItem> open(List<byte[]> sealed) {
    List<EvidenceItem> out = new ArrayList<>();
    for (byte[] one : sealed) {
      atRest.open(CONTEXT, one).map(EvidenceRecords::parse).ifPresent(out::add);
    }
    return out;
  }

  /** The tokens of terms by which a message of now is found as long as its evidence is kept. */
  public List<AtRest.Token> tokens(List<String> terms, Instant now) {
    return terms.stream().map(term -> atRest.token(term, now.plus(KEPT))).toList();
  }

  /** Keeps header and signature of an envelope in a book, sealed, as long as evidence. */
  public void keepHeader(Transaction tx, EvidenceBook book, byte[] header, byte[] signature) {
    KeptHeader kept =
        KeptHeader.newBuilder()
            .setHeader(ByteString.copyFrom(header))
            .setSignature(ByteString.copyFrom(signature))
            .build();
    Instant until = Instant.ofEpochMilli(tx.nowMillis()).plus(KEPT);
    book.putHeader(tx, Sha256.hash(header), atRest.seal(HEADER, kept.toByteArray(), until));
  }

  /** Opens header and signature of an envelope; empty once their bucket has ended. */
  public Optional<KeptHeader> openHeader(byte[] sealed) {
    return atRest
        .open(HEADER, sealed)
        .map(
            bytes -> {
              try {
                return KeptHeader.parseFrom(bytes);
              } catch (InvalidProtocolBufferException e) {
                throw new CorruptRecord("EVIDENCE", e);
              }
            });
  }

  /** Whom a message went to, in the form at rest. */
  public byte[] seal(SentFacts facts, long atMillis) {
    Instant until = Instant.ofEpochMilli(atMillis).plus(KEPT);
    return atRest.seal(SENT, facts.toByteArray(), until);
  }

  /** Opens whom a message went to; empty once its bucket has ended. */
  public Optional<SentFacts> openSent(byte[] sealed) {
    return atRest
        .open(SENT, sealed)
        .map(
            bytes -> {
              try {
                return SentFacts.parseFrom(bytes);
              } catch (InvalidProtocolBufferException e) {
                throw new CorruptRecord("EVIDENCE", e);
              }
            });
  }

  private static EvidenceItem parse(byte[] bytes) {
    try {
      return EvidenceItem.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new InvalidValue("an evidence item was expected", bytes.length + " other bytes");
    }
  }
}
