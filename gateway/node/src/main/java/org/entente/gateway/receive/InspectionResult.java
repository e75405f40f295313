package org.entente.gateway.receive;

import com.google.protobuf.ByteString;
import java.util.List;
import java.util.Map;
import org.entente.gateway.ledger.record.ChainLink;
import org.entente.gateway.ledger.record.FreshContent;
import org.entente.gateway.ledger.record.ProcessingFailure;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.seal.format.EnvelopeHeader;
import org.entente.gateway.seal.format.OriginNumber;
import org.entente.gateway.seal.format.RosterStatement;
import org.entente.proto.link.v1.Result;
import org.entente.proto.store.v1.HopRecipient;
import org.entente.proto.store.v1.InboxRecord;
import org.entente.proto.v1.Charge;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.ResponderList;
import org.jspecify.annotations.Nullable;

/** What a delivery turned out to be, before the ledger decides whether its number is new. */
sealed interface InspectionResult {

  /** A number without content. */
  record Nothing() implements InspectionResult {}

  /**
   * Nothing of it is kept.
   *
   * @param header the header, if it could be read
   * @param unresolved the end-to-end number that stays open, if its origin has to be asked for it
   */
  record Rejected(
      @Nullable EnvelopeHeader header,
      Result result,
      Code code,
      String reason,
      @Nullable Unresolved unresolved)
      implements InspectionResult {}

  /** An end-to-end number of an origin. */
  record Unresolved(AgencyName origin, OriginNumber number) {}

  /**
   * It is kept here, passed on, or both.
   *
   * @param own what is for this agency, or null
   * @param onward stanzas of others, by next hop
   * @param notOnward recipients to whom it is not passed on
   */
  record Taken(
      EnvelopeHeader header,
      @Nullable Own own,
      Map<AgencyName, List<HopRecipient>> onward,
      List<NotOnward> notOnward)
      implements InspectionResult {}

  /** A recipient to whom a delivery is not passed on, and why. */
  record NotOnward(AgencyName recipient, Code code, String reason) {}

  /** Opened for this agency. */
  sealed interface Own {
    /** Authenticated as the origin's. */
    OriginNumber number();

    /** The session under which it came, with its announcement if that is new. */
    NewSession session();
  }

  /** Each message of it was judged. */
  record Judged(OriginNumber number, NewSession session, List<Content> contents) implements Own {}

  /**
   * This gateway failed on it too often: it is kept whole, for an operator.
   *
   * @param messages the ids of its messages, as far as they can be read
   * @param envelope a QuarantinedEnvelope, serialised
   */
  record Failed(
      OriginNumber number,
      NewSession session,
      ProcessingFailure mishap,
      List<MessageId> messages,
      ByteString envelope)
      implements Own {}

  /**
   * The session of a delivery.
   *
   * @param id 16 bytes
   * @param announcement exact bytes, verified, where it came with this delivery; otherwise empty
   * @param expiresAtMs when it ends
   * @param gatewayKey the key of the origin's gateway that the announcement vouches for
   */
  record NewSession(
      ByteString id, ByteString announcement, long expiresAtMs, ByteString gatewayKey) {}

  /** One message of an envelope. */
  sealed interface Content {
    /** The message. */
    MessageId id();
  }

  /**
   * It may be kept: in its form at rest.
   *
   * @param body the sealed body as it came, not to be changed
   * @param content the same as opened
   * @param recalled the message that this one takes back, or null
   * @param roster the roster that it carries, its signature verified, or null
   * @param charge what its author took in charge of what this agency sent it, or null
   * @param step how it changes an earlier message of its origin, or null
   * @param subjects whom it names, as keyed terms
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Kept(
      MessageId id,
      InboxRecord record,
      byte[] body,
      FreshContent.Content content,
      @Nullable MessageId recalled,
      @Nullable RosterStatement roster,
      @Nullable Charge charge,
      @Nullable ChainLink step,
      List<RecordSeal.Token> subjects)
      implements Content {}

  /**
   * This agency's policy refuses it.
   *
   * @param reason what the own audit log says
   * @param told what its origin is told
   * @param evidence whether a gateway said it by itself, as evidence: of its refusal there is none
   */
  record Refused(MessageId id, Code code, String reason, String told, boolean evidence)
      implements Content {
    Refused(MessageId id, Code code, String reason) {
      this(id, code, reason, reason, false);
    }

    Refused telling(String other) {
      return new Refused(id, code, reason, other, evidence);
    }
  }

  /** What its origin says that it may be asked. */
  record Advertised(MessageId id, ResponderList list) implements Content {}

  /** Evidence about this agency's own messages: what its author may state. */
  record Evidence(MessageId id, List<EvidenceItem> items) implements Content {}
}
