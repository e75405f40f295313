package org.entente.gateway.audit.record;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.entente.gateway.crypto.Aes256Gcm;
import org.entente.gateway.model.BigEndian;

/** Seals leaves under one key for every eight of them, each of which can be destroyed. */
public final class BucketSealer implements LeafSealer {

  private static final int BUCKET = 8;

  private final Map<Long, byte[]> keys = new HashMap<>();
  private final SecureRandom random = new SecureRandom();
  private boolean failing;

  @Override
  public byte[] seal(long index, byte[] plaintext) {
    if (failing) {
      throw new IllegalStateException("no storage key");
    }
    byte[] key = keys.computeIfAbsent(index / BUCKET, bucket -> randomBytes(Aes256Gcm.KEY_BYTES));
    byte[] nonce = randomBytes(Aes256Gcm.NONCE_BYTES);
    byte[] sealed = Aes256Gcm.seal(key, nonce, at(index), plaintext);
    byte[] both = Arrays.copyOf(nonce, nonce.length + sealed.length);
    System.arraycopy(sealed, 0, both, nonce.length, sealed.length);
    return both;
  }

  @Override
  public Optional<byte[]> open(long index, byte[] sealed) {
    byte[] nonce = Arrays.copyOf(sealed, Aes256Gcm.NONCE_BYTES);
    byte[] rest = Arrays.copyOfRange(sealed, Math.min(nonce.length, sealed.length), sealed.length);
    return Optional.ofNullable(keys.get(index / BUCKET))
        .flatMap(key -> Aes256Gcm.open(key, nonce, at(index), rest));
  }

  /** Destroys the key of the bucket in which a leaf lies. */
  public void erase(long index) {
    keys.remove(index / BUCKET);
  }

  /** From now on nothing can be sealed. */
  public void fail() {
    failing = true;
  }

  private byte[] randomBytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private static byte[] at(long index) {
    byte[] bytes = new byte[Long.BYTES];
    BigEndian.putU64(bytes, 0, index);
    return bytes;
  }
}
