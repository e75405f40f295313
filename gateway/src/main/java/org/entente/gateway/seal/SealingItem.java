package org.entente.gateway.seal;

import org.entente.gateway.crypto.Aes256Gcm;
import org.entente.gateway.model.MessageId;

/**
 * A permitted message on its way into an envelope: serialised label and body, and what it may be
 * batched with. The arrays are not copied and must not change.
 */
public final class SealingItem {
  /** Greatest length of a serialised label in bytes. */
  public static final int MAX_LABEL_BYTES = 64 << 10;

  /** Greatest length of a serialised body in bytes. */
  public static final int MAX_BODY_BYTES = EnvelopeHeader.MAX_BODIES_BYTES - Aes256Gcm.TAG_BYTES;

  private final BatchKey key;
  private final MessageId id;
  private final long expiresAtMs;
  private final byte[] label;
  private final byte[] body;

  /**
   * Joins a message's parts.
   *
   * @throws IllegalArgumentException if label or body are over their limits or the label is empty:
   *     validation and policy come before sealing
   */
  public SealingItem(BatchKey key, MessageId id, long expiresAtMs, byte[] label, byte[] body) {
    if (label.length < 1 || label.length > MAX_LABEL_BYTES || body.length > MAX_BODY_BYTES) {
      throw new IllegalArgumentException(
          "label of " + label.length + " bytes, body of " + body.length);
    }
    this.key = key;
    this.id = id;
    this.expiresAtMs = expiresAtMs;
    this.label = label;
    this.body = body;
  }

  /** What it may be batched with. */
  public BatchKey key() {
    return key;
  }

  /** The message's name. */
  public MessageId id() {
    return id;
  }

  /** Not delivered after this, milliseconds since 1970. */
  public long expiresAtMs() {
    return expiresAtMs;
  }

  byte[] label() {
    return label;
  }

  byte[] body() {
    return body;
  }

  /** What it adds to an envelope in bytes, but for a few of framing. */
  public int size() {
    return label.length + body.length + Aes256Gcm.TAG_BYTES;
  }

  @Override
  public String toString() {
    return "message " + id;
  }
}
