package org.entente.gateway.seal;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import org.entente.gateway.crypto.Aes256Gcm;
import org.entente.gateway.seal.format.BodyAddress;
import org.entente.gateway.seal.format.FieldWriter;
import org.entente.gateway.seal.format.Suite;

/**
 * Stored form of a received message's label and body key: the body key wrapped under a bucket's
 * storage key, the label sealed under a key derived from the body key. Wire format "local record".
 *
 * <p>Destroying the storage key, or letting it forget the message, erases both label and body. The
 * sealed body itself is stored unchanged. Safe for use by many threads.
 */
public final class LocalSeal {
  private static final int WRAPPED_BYTES = Aes256Gcm.KEY_BYTES + Aes256Gcm.TAG_BYTES;
  private static final int LABEL_AT = 1 + Aes256Gcm.NONCE_BYTES + WRAPPED_BYTES;

  private final SecureRandom random;

  /** Seals with nonces from {@code random}. */
  public LocalSeal(SecureRandom random) {
    this.random = random;
  }

  /**
   * The record of a message: 77 bytes more than the label; empty if the bucket has forgotten the
   * message.
   */
  public Optional<byte[]> seal(
      BodyAddress address, BucketKey bucket, BodyKey bodyKey, byte[] label) {
    return bucket.message(address).map(wrapKey -> seal(address, wrapKey, bodyKey, label));
  }

  private byte[] seal(BodyAddress address, byte[] wrapKey, BodyKey bodyKey, byte[] label) {
    byte[] nonce = new byte[Aes256Gcm.NONCE_BYTES];
    random.nextBytes(nonce);
    byte[] aad = address.encoded(Suite.LOCAL);
    byte[] labelKey = bodyKey.localLabelKey();
    byte[] plainKey = bodyKey.reveal();
    try {
      return new FieldWriter(LABEL_AT + label.length + Aes256Gcm.TAG_BYTES)
          .u8(Suite.FORMAT_VERSION)
          .fixed(nonce)
          .fixed(Aes256Gcm.seal(wrapKey, nonce, aad, plainKey))
          .fixed(Aes256Gcm.seal(labelKey, nonce, aad, label))
          .toBytes();
    } finally {
      wipe(wrapKey, labelKey, plainKey);
    }
  }

  /** Opens a record; empty for any failure, such as another address or bucket. */
  public static Optional<LocalMessage> open(BodyAddress address, BucketKey bucket, byte[] record) {
    return bucket.message(address).flatMap(wrapKey -> open(address, wrapKey, record));
  }

  private static Optional<LocalMessage> open(BodyAddress address, byte[] wrapKey, byte[] record) {
    if (record.length < LABEL_AT + Aes256Gcm.TAG_BYTES || record[0] != Suite.FORMAT_VERSION) {
      return Optional.empty();
    }
    byte[] nonce = Arrays.copyOfRange(record, 1, 1 + Aes256Gcm.NONCE_BYTES);
    byte[] wrapped = Arrays.copyOfRange(record, 1 + Aes256Gcm.NONCE_BYTES, LABEL_AT);
    byte[] sealedLabel = Arrays.copyOfRange(record, LABEL_AT, record.length);
    byte[] aad = address.encoded(Suite.LOCAL);
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
