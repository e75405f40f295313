package org.entente.gateway.seal;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.seal.format.EnvelopeHeader;
import org.entente.gateway.seal.format.FieldWriter;
import org.entente.gateway.seal.format.MessageLeaf;

/**
 * Stored form of the content key of a whole envelope that a recipient opened but could not process:
 * an {@link OutboxSeal} under a leaf of a bucket's key. It ends with the bucket, or once the leaf
 * is forgotten because a message of the envelope is erased. 69 bytes: u64 leaf number, then the
 * seal. Safe for use by many threads.
 */
public final class CustodySeal {
  private static final int BYTES = MessageLeaf.BYTES + OutboxSeal.BYTES;

  private final OutboxSeal wrapping;
  private final SecureRandom random;

  /** Seals with nonces from {@code random}. */
  public CustodySeal(SecureRandom random) {
    this.wrapping = new OutboxSeal(random);
    this.random = random;
  }

  /**
   * Wraps the content key of an open envelope, bound to the envelope, under a new leaf.
   *
   * @throws IllegalStateException if the bucket's key is destroyed
   */
  public byte[] seal(OpenedLabels labels, BucketKey bucket) {
    MessageLeaf leaf = bucket.allot(random);
    byte[] derived =
        bucket
            .custody(leaf)
            .orElseThrow(() -> new IllegalStateException("the bucket's key is destroyed"));
    try (SecretBytes key = SecretBytes.takeOver(derived)) {
      return new FieldWriter(BYTES)
          .u64(leaf.number())
          .fixed(labels.wrapped(wrapping, key))
          .toBytes();
    }
  }

  /** The leaf of a wrapped key; empty if it is none. Not authenticated. */
  public static Optional<MessageLeaf> leaf(byte[] wrapped) {
    return wrapped.length == BYTES
        ? Optional.of(new MessageLeaf(ByteBuffer.wrap(wrapped).getLong()))
        : Optional.empty();
  }

  /** Unwraps the content key of this envelope; empty for any failure. */
  public static Optional<ContentKey> open(EnvelopeHeader header, BucketKey bucket, byte[] wrapped) {
    return leaf(wrapped)
        .flatMap(bucket::custody)
        .flatMap(
            derived -> {
              try (SecretBytes key = SecretBytes.takeOver(derived)) {
                byte[] seal = Arrays.copyOfRange(wrapped, MessageLeaf.BYTES, BYTES);
                return OutboxSeal.open(header, key, seal);
              }
            });
  }
}
