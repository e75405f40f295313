package org.entente.gateway.seal;

import com.google.protobuf.ByteString;
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
 * Stored form of a received message's label and body key, sealed together under a leaf of a
 * bucket's storage key. Wire format "local record".
 *
 * <p>Destroying the storage key, or letting it forget the leaf, erases both label and body. A
 * message keeps its leaf for life, also when it is sealed under another key and back, so that
 * forgetting one leaf erases every copy. The sealed body itself is stored unchanged. Safe for use
 * by many threads.
 */
public final class LocalSeal {
  private static final int NONCE_AT = 1 + MessageLeaf.BYTES;
  private static final int SEALED_AT = NONCE_AT + Aes256Gcm.NONCE_BYTES;
  private static final int MORE = SEALED_AT + Aes256Gcm.KEY_BYTES + Aes256Gcm.TAG_BYTES;

  private final SecureRandom random;

  /** Seals with nonces, and parts of buckets, from {@code random}. */
  public LocalSeal(SecureRandom random) {
    this.random = random;
  }

  /**
   * The record of a message under a new leaf: 69 bytes more than the label; empty once the bucket's
   * key is destroyed.
   */
  public Optional<byte[]> seal(
      BodyAddress address, BucketKey bucket, BodyKey bodyKey, ByteString label) {
    return seal(address, bucket.allot(random), bucket, bodyKey, label);
  }

  /**
   * The record of a message under the leaf that it has; empty once the bucket has forgotten it.
   *
   * @param leaf of the same message's earlier record
   */
  public Optional<byte[]> seal(
      BodyAddress address, MessageLeaf leaf, BucketKey bucket, BodyKey bodyKey, ByteString label) {
    return bucket
        .message(leaf, address)
        .map(wrapKey -> seal(address, leaf, wrapKey, bodyKey, label));
  }

  private byte[] seal(
      BodyAddress address, MessageLeaf leaf, byte[] wrapKey, BodyKey bodyKey, ByteString label) {
    byte[] record = new byte[MORE + label.size()];
    byte[] nonce = new byte[Aes256Gcm.NONCE_BYTES];
    random.nextBytes(nonce);
    byte[] keyAndLabel = bodyKey.before(label);
    try {
      ByteBuffer.wrap(record).put((byte) Suite.FORMAT_VERSION).putLong(leaf.number()).put(nonce);
      Aes256Gcm.seal(wrapKey, nonce, aad(address, leaf), keyAndLabel, record, SEALED_AT);
      return record;
    } finally {
      wipe(wrapKey, keyAndLabel);
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
    return record.length >= MORE && record[0] == Suite.FORMAT_VERSION;
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
    byte[] nonce = Arrays.copyOfRange(record, NONCE_AT, SEALED_AT);
    try {
      return Aes256Gcm.open(wrapKey, nonce, aad, record, SEALED_AT, record.length - SEALED_AT)
          .map(LocalSeal::message);
    } finally {
      wipe(wrapKey);
    }
  }

  private static LocalMessage message(byte[] keyAndLabel) {
    byte[] label = Arrays.copyOfRange(keyAndLabel, Aes256Gcm.KEY_BYTES, keyAndLabel.length);
    BodyKey bodyKey = BodyKey.takeOver(Arrays.copyOf(keyAndLabel, Aes256Gcm.KEY_BYTES));
    wipe(keyAndLabel);
    return new LocalMessage(label, bodyKey);
  }

  private static void wipe(byte[]... secrets) {
    for (byte[] secret : secrets) {
      Arrays.fill(secret, (byte) 0);
    }
  }
}
