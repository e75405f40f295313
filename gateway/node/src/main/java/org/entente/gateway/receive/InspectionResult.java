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
import org.entente.proto.link.v1.Result;
import org.entente.proto.store.v1.HopRecipient;
import org.entente.proto.store.v1.InboxRecord;
import org.entente.proto.v1.EvidenceItem;
import org.jspecify.annotations.Nullable;

/** The result of inspecting a delivery, before the ledger decides whether its number is new. */
sealed interface InspectionResult {
  /** Messages and items of evidence that the ledger has to deal with; at least one. */
  default int messages() {
    return 1;
  }

  /** A number without content. */
  record Nothing() implements InspectionResult {}

  /**
   * The delivery is rejected; nothing of it is kept.
   *
   * @param header the header, if it could be read
   * @param unresolved the origin number that stays open, if its origin must be asked for it
   */
  record Rejected(
      @Nullable EnvelopeHeader header,
      Result result,
      Code code,
      String reason,
      @Nullable Unresolved unresolved)
      implements InspectionResult {}

  /** An origin number of an origin. */
  record Unresolved(AgencyName origin, OriginNumber number) {}

  /**
   * The delivery is kept here, forwarded, or both.
   *
   * @param own the part for this agency, or null
   * @param onward stanzas of others, by next hop
   * @param notOnward recipients to whom it is not passed on
   */
  record Taken(
      EnvelopeHeader header,
      @Nullable Own own,
      Map<AgencyName, List<HopRecipient>> onward,
      List<NotOnward> notOnward)
      implements InspectionResult {
    @Override
    public int messages() {
      return own instanceof Judged judged
          ? Math.max(1, judged.contents().stream().mapToInt(Content::weight).sum())
          : 1;
    }
  }

  /** A recipient to whom a delivery is not passed on, and why. */
  record NotOnward(AgencyName recipient, Code code, String reason) {}

  /** Opened for this agency. */
  sealed interface Own {
    /** The origin number, authenticated by the origin. */
    OriginNumber number();

    /** The session under which it was sealed, with its announcement if that is new. */
    NewSession session();
  }

  /**
   * Each of its messages was judged.
   *
   * @param unusual bytes of {@link UnusualMemory} held for its origin until it is committed
   */
  record Judged(OriginNumber number, NewSession session, List<Content> contents, long unusual)
      implements Own {}

  /**
   * This gateway failed to process it too often: it is kept whole, for an operator.
   *
   * @param messages the readable ids of its messages
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
   * @param announcement exact bytes, verified, if this delivery carried it; otherwise empty
   * @param expiresAtMs when it ends
   * @param gatewayKey the key of the origin's gateway that the announcement vouches for
   */
  record NewSession(
      ByteString id, ByteString announcement, long expiresAtMs, ByteString gatewayKey) {}

  /** One message of an envelope. */
  sealed interface Content {
    /** The message. */
    MessageId id();

    /** Whether it recalls or changes another message, or brings a roster, consent or charge. */
    default boolean alters() {
      return false;
    }

    /** What it counts as: one message, or the number of its items of evidence. */
    default int weight() {
      return 1;
    }
  }

  /**
   * A message to keep, in its form at rest.
   *
   * @param body the sealed body as received, a part of its envelope
   * @param content the opened content
   * @param recalled the message that this one recalls, or null
   * @param steps what features do with it
   * @param step how it changes an earlier message of its origin, or null
   * @param subjects the persons and objects that it names, as keyed terms
   */
  record Kept(
      MessageId id,
      InboxRecord record,
      ByteString body,
      FreshContent.Content content,
      @Nullable MessageId recalled,
      List<ReceptionHook.Step> steps,
      @Nullable ChainLink step,
      List<RecordSeal.Token> subjects)
      implements Content {
    @Override
    public boolean alters() {
      return recalled != null
          || step != null
          || switch (content.label().getKind()) {
            case KIND_ROSTER, KIND_CONSENT, KIND_CHARGE -> true;
            default -> false;
          };
    }

    /** The same with another record. */
    Kept with(InboxRecord changed) {
      return new Kept(id, changed, body, content, recalled, steps, step, subjects);
    }
  }

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

  /** A message for features alone, which no client gets. */
  record Consumed(MessageId id, List<ReceptionHook.Step> steps) implements Content {}

  /** Evidence about this agency's own messages, limited to what its author may state. */
  record Evidence(MessageId id, List<EvidenceItem> items) implements Content {
    @Override
    public int weight() {
      return Math.max(1, items.size());
    }
  }
}
