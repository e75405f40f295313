package org.entente.gateway.seal;

import java.util.Arrays;
import java.util.Optional;
import org.entente.gateway.crypto.Aes256Gcm;
import org.entente.gateway.crypto.Hkdf;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.seal.format.EnvelopeHeader;
import org.entente.gateway.seal.format.FieldWriter;
import org.entente.gateway.seal.format.OriginNumber;
import org.entente.gateway.seal.format.Suite;

/**
 * Secret of one session, which wraps content keys. Header and number determine a separate key for
 * each wrap. There is no nonce counter, so no nonce can repeat after a restore. Safe for use by
 * many threads; after closing it unwraps nothing.
 */
final class WrappingKey implements AutoCloseable {
  /** Length in bytes. */
  static final int BYTES = 32;

  private static final byte[] ZERO_NONCE = new byte[Aes256Gcm.NONCE_BYTES];
  private static final byte[] NO_AAD = {};

  private final SecretBytes secret;

  /** Takes ownership of the secret. */
  WrappingKey(SecretBytes secret) {
    this.secret = secret;
  }

  synchronized byte[] wrap(EnvelopeHeader header, OriginNumber number, ContentKey contentKey) {
    byte[] key = singleUseKey(header, number);
    byte[] plain = contentKey.reveal();
    try {
      return Aes256Gcm.seal(key, ZERO_NONCE, NO_AAD, plain);
    } finally {
      Arrays.fill(key, (byte) 0);
      Arrays.fill(plain, (byte) 0);
    }
  }

  synchronized Optional<ContentKey> unwrap(
      EnvelopeHeader header, OriginNumber number, byte[] wrapped) {
    if (secret.isClosed()) {
      return Optional.empty();
    }
    byte[] key = singleUseKey(header, number);
    try {
      return Aes256Gcm.open(key, ZERO_NONCE, NO_AAD, wrapped).map(ContentKey::takeOver);
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  private byte[] singleUseKey(EnvelopeHeader header, OriginNumber number) {
    byte[] info =
        new FieldWriter(Suite.WRAP.length + 49)
            .fixed(Suite.WRAP)
            .fixed(header.hash())
            .u64(number.epoch())
            .u8(number.lane().number())
            .u64(number.sequence())
            .toBytes();
    byte[] key = secret.reveal();
    try {
      return Hkdf.expandSha256(key, info, Aes256Gcm.KEY_BYTES);
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  boolean isClosed() {
    return secret.isClosed();
  }

  @Override
  public synchronized void close() {
    secret.close();
  }

  @Override
  public String toString() {
    return secret.toString();
  }
}
