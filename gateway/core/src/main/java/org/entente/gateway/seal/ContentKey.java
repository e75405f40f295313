package org.entente.gateway.seal;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.crypto.Aes256Gcm;
import org.entente.gateway.crypto.AesCtr;
import org.entente.gateway.crypto.ChunkedEncryption;
import org.entente.gateway.crypto.Hkdf;
import org.entente.gateway.crypto.HmacSha256;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.EnvelopeId;
import org.entente.gateway.seal.format.FieldWriter;
import org.entente.gateway.seal.format.Suite;
import org.jspecify.annotations.Nullable;

/**
 * Content key of one envelope; the keys of labels, bodies and padding are derived from it. Prints
 * as {@code [hidden]}; closing wipes it. Safe for use by many threads.
 */
public final class ContentKey implements AutoCloseable {
  /** Length in bytes. */
  static final int BYTES = 32;

  private static final byte[] ZERO_COUNTER = new byte[AesCtr.COUNTER_BYTES];

  private final SecretBytes secret;

  private ContentKey(SecretBytes secret) {
    this.secret = secret;
  }

  /** Takes ownership of 32 bytes. */
  static ContentKey takeOver(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException("a content key of " + bytes.length + " bytes");
    }
    return new ContentKey(SecretBytes.takeOver(bytes));
  }

  /**
   * A new key that repeats only if hedge, randomness, envelope id <em>and</em> content all repeat.
   * So a virtual machine resumed twice from one snapshot seals different content under different
   * keys.
   */
  public static ContentKey hedged(
      SecretBytes hedge, byte[] random, EnvelopeId envelope, byte[] contentHash) {
    byte[] key = hedge.reveal();
    try {
      return takeOver(HmacSha256.mac(key, random, envelope.bytes(), contentHash));
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  byte[] reveal() {
    return secret.reveal();
  }

  Optional<byte[]> openLabels(AgencyName origin, EnvelopeId envelope, byte[] sealed) {
    byte[] key = secret.reveal();
    try {
      return ChunkedEncryption.open(key, labelContext(origin, envelope), sealed);
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  public byte[] sealLabels(
      AgencyName origin, EnvelopeId envelope, byte[] labels, SecureRandom random) {
    byte[] key = secret.reveal();
    try {
      return ChunkedEncryption.seal(key, labelContext(origin, envelope), labels, random);
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  private static byte[] labelContext(AgencyName origin, EnvelopeId envelope) {
    return new FieldWriter(80)
        .fixed(Suite.LABEL)
        .text(origin.value())
        .fixed(envelope.bytes())
        .toBytes();
  }

  /** The key of the body with an index. */
  public BodyKey bodyKey(int index) {
    byte[] info = new FieldWriter(Suite.BODY.length + 4).fixed(Suite.BODY).u32(index).toBytes();
    return BodyKey.takeOver(derive(info));
  }

  /** The keys of the first {@code count} bodies, each as {@link #bodyKey} gives it, in one pass. */
  public List<BodyKey> bodyKeys(int count) {
    byte[] key = secret.reveal();
    try {
      return Hkdf.expandEachSha256(key, Suite.BODY, count).stream().map(BodyKey::takeOver).toList();
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  /** Padding for the sealed bodies. */
  public byte[] padding(int length) {
    byte[] key = derive(Suite.PAD);
    try {
      return AesCtr.keystream(key, ZERO_COUNTER, length);
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  private byte[] derive(byte[] info) {
    byte[] key = secret.reveal();
    try {
      return Hkdf.expandSha256(key, info, Aes256Gcm.KEY_BYTES);
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ContentKey key && key.secret.equals(secret);
  }

  @Override
  public int hashCode() {
    return secret.hashCode();
  }

  @Override
  public void close() {
    secret.close();
  }

  @Override
  public String toString() {
    return secret.toString();
  }
}
