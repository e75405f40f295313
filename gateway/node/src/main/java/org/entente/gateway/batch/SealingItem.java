package org.entente.gateway.batch;

import org.entente.gateway.crypto.Aes256Gcm;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Permit;
import org.entente.gateway.policy.decide.Permitted;
import org.entente.gateway.policy.decide.RecheckInputs;
import org.entente.gateway.seal.format.EnvelopeHeader;

/**
 * A permitted message on its way into an envelope: serialised label and body, and what it may be
 * batched with. Made from what policy permitted only. Immutable.
 */
public final class SealingItem {
  /** Greatest length of a serialised body in bytes. */
  public static final int MAX_BODY_BYTES = EnvelopeHeader.MAX_BODIES_BYTES - Aes256Gcm.TAG_BYTES;

  /** Tags and lengths around a label and its body's length, at most. */
  private static final int FRAMING_BYTES = 12;

  private final BatchKey key;
  private final Permission permission;
  private final MessageId id;
  private final long expiresAtMs;
  private final byte[] label;
  private final byte[] body;

  /**
   * By what it was permitted.
   *
   * @param generation which policy of this node decided; 0 where nobody counted
   * @param grounds on what, of which its label says nothing
   */
  public record Permission(long generation, RecheckInputs grounds) {
    /** The same of two: the earlier policy, and what both have. */
    public Permission and(Permission other) {
      return new Permission(Math.min(generation, other.generation), grounds.and(other.grounds));
    }
  }

  /** One of which nobody counted the policy. */
  public SealingItem(BatchKey key, MessageId id, long expiresAtMs, byte[] label, byte[] body) {
    this(key, new Permission(0, new RecheckInputs(false, false)), id, expiresAtMs, label, body);
  }

  SealingItem(
      BatchKey key,
      Permission permission,
      MessageId id,
      long expiresAtMs,
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
    this.label = label;
    this.body = body;
  }

  /**
   * The message that policy permitted.
   *
   * @throws IllegalArgumentException if label or body are over their limits: validation comes first
   */
  public static SealingItem of(Permitted permitted) {
    BatchKey key =
        new BatchKey(
            permitted.permits().stream().map(Permit::recipient).toList(),
            permitted.agreement(),
            permitted.retentionDays(),
            permitted.lane(),
            permitted.exercise());
    return new SealingItem(
        key,
        new Permission(permitted.generation(), permitted.grounds()),
        permitted.messageId(),
        permitted.expires().toEpochMilli(),
        permitted.label().toByteArray(),
        permitted.body().toByteArray());
  }

  /** What it may be batched with. */
  public BatchKey key() {
    return key;
  }

  /** By what it was permitted. */
  public Permission permission() {
    return permission;
  }

  /** The message's name. */
  public MessageId id() {
    return id;
  }

  /** Not delivered after this, milliseconds since 1970. */
  public long expiresAtMs() {
    return expiresAtMs;
  }

  public byte[] label() {
    return label;
  }

  public byte[] body() {
    return body;
  }

  /** What it adds to the labels of an envelope in bytes, at most. */
  int labelBytes() {
    return label.length + FRAMING_BYTES;
  }

  /** What it adds to the sealed bodies of an envelope in bytes. */
  int bodyBytes() {
    return body.length + Aes256Gcm.TAG_BYTES;
  }

  /** What it adds to an envelope in bytes, at most. */
  public int size() {
    return labelBytes() + bodyBytes();
  }

  @Override
  public String toString() {
    return "message " + id;
  }
}
