package org.entente.gateway.seal;

import java.security.SecureRandom;
import java.util.Optional;
import org.entente.gateway.crypto.Aes256Gcm;
import org.entente.gateway.crypto.Hkdf;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.seal.format.EnvelopeHeader;
import org.entente.gateway.seal.format.Suite;

/**
 * Stored form of the content key of a whole envelope that a recipient opened but could not process:
 * an {@link OutboxSeal} of 61 bytes, under a key derived from a bucket's, so that it ends with the
 * bucket. Safe for use by many threads.
 */
public final class CustodySeal {
  private final OutboxSeal wrapping;

  /** Seals with nonces from {@code random}. */
  public CustodySeal(SecureRandom random) {
    this.wrapping = new OutboxSeal(random);
  }

  /** Wraps the content key of an open envelope, bound to the envelope. */
  public byte[] seal(OpenedLabels labels, BucketKey bucket) {
    try (SecretBytes key = bucket.records(CustodySeal::key)) {
      return labels.wrapped(wrapping, key);
    }
  }

  /** Unwraps the content key of this envelope; empty for any failure. */
  public static Optional<ContentKey> open(EnvelopeHeader header, BucketKey bucket, byte[] wrapped) {
    return bucket
        .recordsUnlessClosed(secret -> Optional.of(key(secret)))
        .flatMap(
            key -> {
              try (key) {
                return OutboxSeal.open(header, key, wrapped);
              }
            });
  }

  private static SecretBytes key(byte[] secret) {
    return SecretBytes.takeOver(Hkdf.expandSha256(secret, Suite.CUSTODY, Aes256Gcm.KEY_BYTES));
  }
}
