package org.entente.gateway.seal;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import org.entente.gateway.crypto.Aes256Gcm;
import org.entente.gateway.crypto.Hkdf;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.seal.format.EnvelopeHeader;
import org.entente.gateway.seal.format.FieldWriter;
import org.entente.gateway.seal.format.Suite;

/**
 * Stored form of an envelope's content key at its origin until every recipient holds the envelope:
 * wrapped under the local outbox key. Wire format "outbox key", 61 bytes. Safe for use by many
 * threads.
 */
public final class OutboxSeal {
  /** Length of a wrapped content key in bytes. */
  public static final int BYTES =
      1 + Aes256Gcm.NONCE_BYTES + ContentKey.BYTES + Aes256Gcm.TAG_BYTES;

  private static final byte[] NOTHING = {};

  private final SecureRandom random;

  /** Seals with nonces from {@code random}. */
  public OutboxSeal(SecureRandom random) {
    this.random = random;
  }

  /**
   * Wraps a content key, bound to the envelope.
   *
   * @param outboxKey 32 uniformly random bytes
   */
  public byte[] seal(EnvelopeHeader header, SecretBytes outboxKey, ContentKey contentKey) {
    return seal(header, outboxKey, contentKey, NOTHING);
  }

  /**
   * Wraps a content key, bound to the envelope and to what lies beside it.
   *
   * @param outboxKey 32 uniformly random bytes
   * @param beside what is stored in plaintext with the envelope
   */
  public byte[] seal(
      EnvelopeHeader header, SecretBytes outboxKey, ContentKey contentKey, byte[] beside) {
    byte[] nonce = new byte[Aes256Gcm.NONCE_BYTES];
    random.nextBytes(nonce);
    byte[] binding = binding(header);
    byte[] key = wrapKey(outboxKey, binding);
    byte[] plain = contentKey.reveal();
    try {
      return new FieldWriter(BYTES)
          .u8(Suite.FORMAT_VERSION)
          .fixed(nonce)
          .fixed(Aes256Gcm.seal(key, nonce, aad(binding, beside), plain))
          .toBytes();
    } finally {
      Arrays.fill(key, (byte) 0);
      Arrays.fill(plain, (byte) 0);
    }
  }

  /** Unwraps the content key of this envelope; empty for any failure. */
  public static Optional<ContentKey> open(
      EnvelopeHeader header, SecretBytes outboxKey, byte[] wrapped) {
    return open(header, outboxKey, wrapped, NOTHING);
  }

  /** Unwraps the content key of this envelope with this beside it; empty for any failure. */
  public static Optional<ContentKey> open(
      EnvelopeHeader header, SecretBytes outboxKey, byte[] wrapped, byte[] beside) {
    if (wrapped.length != BYTES || wrapped[0] != Suite.FORMAT_VERSION) {
      return Optional.empty();
    }
    int keyAt = 1 + Aes256Gcm.NONCE_BYTES;
    byte[] nonce = Arrays.copyOfRange(wrapped, 1, keyAt);
    byte[] sealed = Arrays.copyOfRange(wrapped, keyAt, BYTES);
    byte[] binding = binding(header);
    byte[] key = wrapKey(outboxKey, binding);
    try {
      return Aes256Gcm.open(key, nonce, aad(binding, beside), sealed).map(ContentKey::takeOver);
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  private static byte[] binding(EnvelopeHeader header) {
    return new FieldWriter(Suite.OUTBOX.length + 32)
        .fixed(Suite.OUTBOX)
        .fixed(header.hash())
        .toBytes();
  }

  private static byte[] aad(byte[] binding, byte[] beside) {
    return new FieldWriter(binding.length + beside.length).fixed(binding).fixed(beside).toBytes();
  }

  private static byte[] wrapKey(SecretBytes outboxKey, byte[] binding) {
    byte[] key = outboxKey.reveal();
    try {
      return Hkdf.expandSha256(key, binding, Aes256Gcm.KEY_BYTES);
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }
}
