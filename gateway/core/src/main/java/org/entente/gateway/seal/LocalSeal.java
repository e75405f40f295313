package org.entente.gateway.seal;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import org.entente.gateway.crypto.Aes256Gcm;
import org.entente.gateway.seal.format.BodyAddress;
import org.entente.gateway.seal.format.FieldWriter;
import org.entente.gateway.seal.format.MessageLeaf;
import org.entente.gateway.seal.format.Suite;

/**
 * Stored form of a received message's label and body key: the body key wrapped under a leaf of a
 * bucket's storage key, the label sealed under a key derived from the body key. Wire format "local
 * record".
 *
 * <p>Destroying the storage key, or letting it forget the leaf, erases both label and body. A
 * message keeps its leaf for life, also when it is sealed under another key and back, so that
 * forgetting one leaf erases every copy. The sealed body itself is stored unchanged. Safe for use
 * by many threads.
 */
public final class LocalSeal {
  private static final int WRAPPED_BYTES = Aes256Gcm.KEY_BYTES + Aes256Gcm.TAG_BYTES;
  private static final int NONCE_AT = 1 + MessageLeaf.BYTES;
  private static final int WRAPPED_AT = NONCE_AT + Aes256Gcm.NONCE_BYTES;
  private static final int LABEL_AT = WRAPPED_AT + WRAPPED_BYTES;

  private final SecureRandom random;

  /** Seals with nonces, and parts of buckets, from {@code random}. */
  public LocalSeal(SecureRandom random) {
    this.random = random;
  }

  /**
   * The record of a message under a new leaf: 85 bytes more than the label; empty once the bucket's
   * key is destroyed.
   */
  public Optional<byte[]> seal(
      BodyAddress address, BucketKey bucket, BodyKey bodyKey, byte[] label) {
    return seal(address, bucket.allot(random), bucket, bodyKey, label);
  }

  /**
   * The record of a message under the leaf that it has; empty once the bucket has forgotten it.
   *
   * @param leaf of the same message's earlier record
   */
  public Optional<byte[]> seal(
      BodyAddress address, MessageLeaf leaf, BucketKey bucket, BodyKey bodyKey, byte[] label) {
    return bucket
        .message(leaf, address)
        .map(wrapKey -> seal(address, leaf, wrapKey, bodyKey, label));
  }

  private byte[] seal(
      BodyAddress address, MessageLeaf leaf, byte[] wrapKey, BodyKey bodyKey, byte[] label) {
    byte[] nonce = new byte[Aes256Gcm.NONCE_BYTES];
    random.nextBytes(nonce);
    byte[] aad = aad(address, leaf);
    byte[] labelKey = bodyKey.localLabelKey();
    byte[] plainKey = bodyKey.reveal();
    try {
      return new FieldWriter(LABEL_AT + label.length + Aes256Gcm.TAG_BYTES)
          .u8(Suite.FORMAT_VERSION)
          .u64(leaf.number())
          .fixed(nonce)
          .fixed(Aes256Gcm.seal(wrapKey, nonce, aad, plainKey))
          .fixed(Aes256Gcm.seal(labelKey, nonce, aad, label))
          .toBytes();
    } finally {
      wipe(wrapKey, labelKey, plainKey);
    }
  }

  private static byte[] aad(BodyAddress address, MessageLeaf leaf) {
    byte[] bound = address.encoded(Suite.LOCAL);
    return new FieldWriter(bound.length + MessageLeaf.BYTES)
        .fixed(bound)
        .u64(leaf.number())
        .toBytes();
  }

  /** The leaf of a record; empty if it is none. Not authenticated. */
  public static Optional<MessageLeaf> leaf(byte[] record) {
    return isRecord(record)
        ? Optional.of(new MessageLeaf(ByteBuffer.wrap(record).getLong(1)))
        : Optional.empty();
  }

  private static boolean isRecord(byte[] record) {
    return record.length >= LABEL_AT + Aes256Gcm.TAG_BYTES && record[0] == Suite.FORMAT_VERSION;
  }

  /** Opens a record; empty for any failure, such as another address or bucket. */
  public static Optional<LocalMessage> open(BodyAddress address, BucketKey bucket, byte[] record) {
    return leaf(record)
        .flatMap(
            leaf ->
                bucket
                    .message(leaf, address)
                    .flatMap(wrapKey -> open(aad(address, leaf), wrapKey, record)));
  }

  private static Optional<LocalMessage> open(byte[] aad, byte[] wrapKey, byte[] record) {
    byte[] nonce = Arrays.copyOfRange(record, NONCE_AT, WRAPPED_AT);
    byte[] wrapped = Arrays.copyOfRange(record, WRAPPED_AT, LABEL_AT);
    byte[] sealedLabel = Arrays.copyOfRange(record, LABEL_AT, record.length);
    try {
      return Aes256Gcm.open(wrapKey, nonce, aad, wrapped)
          .map(BodyKey::takeOver)
          .flatMap(bodyKey -> openLabel(bodyKey, nonce, aad, sealedLabel));
    } finally {
      wipe(wrapKey);
    }
  }

  private static Optional<LocalMessage> openLabel(
      BodyKey bodyKey, byte[] nonce, byte[] aad, byte[] sealedLabel) {
    byte[] labelKey = bodyKey.localLabelKey();
    Optional<byte[]> label = Aes256Gcm.open(labelKey, nonce, aad, sealedLabel);
    wipe(labelKey);
    if (label.isEmpty()) {
      bodyKey.close();
    }
    return label.map(bytes -> new LocalMessage(bytes, bodyKey));
  }

  private static void wipe(byte[]... secrets) {
    for (byte[] secret : secrets) {
      Arrays.fill(secret, (byte) 0);
    }
  }
}
