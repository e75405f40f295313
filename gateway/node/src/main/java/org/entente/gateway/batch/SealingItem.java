package org.entente.gateway.batch;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.List;
import org.entente.gateway.crypto.Aes256Gcm;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.ElementCount;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Permit;
import org.entente.gateway.model.ProtoBytes;
import org.entente.gateway.policy.decide.Permitted;
import org.entente.gateway.policy.decide.RecheckInputs;
import org.entente.gateway.seal.format.EnvelopeHeader;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Label;

/**
 * A permitted message to be sealed: serialised label and body, and its batch key. It can only be
 * created from a permitting policy decision. Immutable.
 */
public final class SealingItem {
  /** Greatest length of a serialised body in bytes. */
  public static final int MAX_BODY_BYTES = EnvelopeHeader.MAX_BODIES_BYTES - Aes256Gcm.TAG_BYTES;

  /** Most bytes of tags and lengths around a label and its body's length. */
  private static final int FRAMING_BYTES = 12;

  private final BatchKey key;
  private final Permission permission;
  private final MessageId id;
  private final long expiresAtMs;
  private final boolean altering;
  private final byte[] label;
  private final byte[] body;

  /**
   * The policy decision that permitted it.
   *
   * @param generation number of this node's policy that decided; 0 if unknown
   * @param grounds inputs of the decision that are not in the label
   */
  public record Permission(long generation, RecheckInputs grounds) {
    /** Combines two permissions: the earlier policy, and the inputs of both. */
    public Permission and(Permission other) {
      return new Permission(Math.min(generation, other.generation), grounds.and(other.grounds));
    }
  }

  /** Creates an item with an unknown policy generation. */
  SealingItem(BatchKey key, MessageId id, long expiresAtMs, byte[] label, byte[] body) {
    this(
        key,
        new Permission(0, new RecheckInputs(false, false)),
        id,
        expiresAtMs,
        /* altering= */ false,
        label,
        body);
  }

  SealingItem(
      BatchKey key,
      Permission permission,
      MessageId id,
      long expiresAtMs,
      boolean altering,
      byte[] label,
      byte[] body) {
    if (label.length < 1
        || label.length > EnvelopeHeader.MAX_LABEL_BYTES
        || body.length > MAX_BODY_BYTES) {
      throw new IllegalArgumentException(
          "label of " + label.length + " bytes, body of " + body.length);
    }
    this.key = key;
    this.permission = permission;
    this.id = id;
    this.expiresAtMs = expiresAtMs;
    this.altering = altering;
    this.label = label;
    this.body = body;
  }

  /**
   * Creates the item of a permitted message.
   *
   * @throws IllegalArgumentException if label or body are over their limits: validation comes first
   */
  public static SealingItem of(Permitted permitted) {
    List<AgencyName> recipients = new ArrayList<>(permitted.permits().size());
    for (Permit permit : permitted.permits()) {
      recipients.add(permit.recipient());
    }
    BatchKey key =
        new BatchKey(
            recipients,
            permitted.agreement(),
            permitted.retentionDays(),
            permitted.lane(),
            permitted.exercise());
    return new SealingItem(
        key,
        new Permission(permitted.generation(), permitted.grounds()),
        permitted.messageId(),
        permitted.expires().toEpochMilli(),
        isAltering(permitted.label()),
        permitted.label().toByteArray(),
        ProtoBytes.array(permitted.body()));
  }

  private static boolean isAltering(Label label) {
    return switch (label.getKind()) {
      case KIND_RECALL, KIND_ROSTER, KIND_CONSENT, KIND_CHARGE -> true;
      default -> !label.getReferences().isEmpty();
    };
  }

  /** The batch key. */
  public BatchKey key() {
    return key;
  }

  /** The policy decision that permitted it. */
  public Permission permission() {
    return permission;
  }

  /** The message id. */
  public MessageId id() {
    return id;
  }

  /** The delivery deadline, in milliseconds since 1970. */
  public long expiresAtMs() {
    return expiresAtMs;
  }

  /** Whether it recalls or changes another message, or brings a roster, consent or charge. */
  boolean isAltering() {
    return altering;
  }

  public byte[] label() {
    return label;
  }

  public byte[] body() {
    return body;
  }

  /** Most bytes that it adds to the labels of an envelope. */
  int labelBytes() {
    return label.length + FRAMING_BYTES;
  }

  /** Bytes that it adds to the sealed bodies of an envelope. */
  int bodyBytes() {
    return body.length + Aes256Gcm.TAG_BYTES;
  }

  /** Most bytes that it adds to an envelope. */
  public int size() {
    return labelBytes() + bodyBytes();
  }

  /** The elements of label and body, which {@link ElementCount#MOST} limits for an envelope. */
  int elements() {
    ElementCount count = new ElementCount(Integer.MAX_VALUE);
    try {
      boolean all =
          count.takes(Label.getDescriptor(), label) && count.takes(Body.getDescriptor(), body);
      return all ? count.counted() : Integer.MAX_VALUE;
    } catch (InvalidProtocolBufferException e) {
      // A permitted message is never malformed; its recipients would refuse it in any envelope.
      return count.counted();
    }
  }

  @Override
  public String toString() {
    return "message " + id;
  }
}
