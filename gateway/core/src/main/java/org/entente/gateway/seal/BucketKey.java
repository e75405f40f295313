package org.entente.gateway.seal;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import org.entente.gateway.crypto.Aes256Gcm;
import org.entente.gateway.crypto.Hkdf;
import org.entente.gateway.crypto.PuncturableKey;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.crypto.Sha256;
import org.entente.gateway.seal.format.BodyAddress;
import org.entente.gateway.seal.format.Suite;

/**
 * Storage key of a bucket, the stored content that ends on one day. Destroying it erases the
 * bucket. {@link #forget} erases one message and leaves all others readable. Both hold for old
 * copies of the ledger too.
 *
 * <p>Its 32 random bytes yield two keys: one for small records about messages, and a {@link
 * PuncturableKey} with a leaf for each message. The envelope (48 bits of a hash) and the index in
 * it (16 bits) select the leaf, so that messages of one envelope are adjacent. For each envelope in
 * the bucket, forgetting a message also erases another with a probability of 2^-48. Safe for many
 * threads.
 *
 * <pre>
 * as made              32 random bytes
 * after forgetting     32-byte key of records · state of the puncturable key
 * </pre>
 */
public final class BucketKey implements AutoCloseable {
  /** Length of the secret of a new bucket. */
  public static final int SECRET_BYTES = 32;

  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private final SecretBytes records;
  private final Aes256Gcm.OneKey recordCipher = new Aes256Gcm.OneKey();
  private PuncturableKey messages;

  private BucketKey(SecretBytes records, PuncturableKey messages) {
    this.records = records;
    this.messages = messages;
  }

  /**
   * A key from its secret, which is copied.
   *
   * @throws IllegalArgumentException if it has neither form
   */
  public static BucketKey of(SecretBytes secret) {
    return secret.use(BucketKey::of);
  }

  private static BucketKey of(byte[] secret) {
    if (secret.length == SECRET_BYTES) {
      byte[] root = Hkdf.expandSha256(secret, Suite.BUCKET_MESSAGES, PuncturableKey.KEY_BYTES);
      byte[] records = Hkdf.expandSha256(secret, Suite.BUCKET_RECORDS, SECRET_BYTES);
      try {
        return new BucketKey(SecretBytes.takeOver(records), PuncturableKey.of(root));
      } finally {
        Arrays.fill(root, (byte) 0);
      }
    }
    if (secret.length < SECRET_BYTES) {
      throw new IllegalArgumentException("a bucket's key of " + secret.length + " bytes");
    }
    PuncturableKey messages =
        PuncturableKey.parse(Arrays.copyOfRange(secret, SECRET_BYTES, secret.length));
    return new BucketKey(SecretBytes.takeOver(Arrays.copyOf(secret, SECRET_BYTES)), messages);
  }

  /** Lends the key of records to {@code use}. */
  public <T> T records(Function<byte[], T> use) {
    return records.use(use);
  }

  /** Lends the key of records to {@code use}; empty once it is destroyed. */
  public <T> Optional<T> recordsUnlessClosed(Function<byte[], Optional<T>> use) {
    lock.readLock().lock();
    try {
      return records.isClosed() ? Optional.empty() : records.use(use);
    } finally {
      lock.readLock().unlock();
    }
  }

  /**
   * Seals a record with AES-256-GCM under the key of records into {@code output} at {@code at},
   * which needs 16 bytes more than the plaintext.
   */
  public void sealRecord(byte[] nonce, byte[] aad, byte[] plaintext, byte[] output, int at) {
    byte[] key = records.reveal();
    try {
      recordCipher.seal(key, nonce, aad, plaintext, output, at);
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  /**
   * Opens a record of {@link #sealRecord}; empty if it is not one, or once the key is destroyed.
   */
  public Optional<byte[]> openRecord(byte[] nonce, byte[] aad, byte[] ciphertext) {
    return recordsUnlessClosed(key -> recordCipher.open(key, nonce, aad, ciphertext));
  }

  /** The key that wraps one message's body key, which the caller wipes; empty once forgotten. */
  Optional<byte[]> message(BodyAddress address) {
    lock.readLock().lock();
    try {
      return messages
          .at(leaf(address))
          .map(
              node -> {
                try {
                  return Hkdf.expandSha256(
                      node, address.encoded(Suite.LOCAL_WRAP), PuncturableKey.KEY_BYTES);
                } finally {
                  Arrays.fill(node, (byte) 0);
                }
              });
    } finally {
      lock.readLock().unlock();
    }
  }

  /** Whether a message's key can be derived from this one. */
  public boolean holds(BodyAddress address) {
    lock.readLock().lock();
    try {
      return messages.holds(leaf(address));
    } finally {
      lock.readLock().unlock();
    }
  }

  /**
   * State of a bucket's key without some messages. The caller closes it.
   *
   * @param forgotten messages whose keys cannot be derived from it
   */
  public record PuncturedState(SecretBytes secret, Set<BodyAddress> forgotten)
      implements AutoCloseable {
    @Override
    public void close() {
      secret.close();
    }
  }

  /**
   * The secret of this key without some messages, in order as far as the size allows. The key
   * itself does not change until {@link #forget}.
   *
   * @param mostBytes greatest length of the secret
   * @return empty if none of them can be forgotten
   */
  public Optional<PuncturedState> without(Collection<BodyAddress> addresses, int mostBytes) {
    lock.readLock().lock();
    try {
      PuncturableKey next =
          messages.without(
              addresses.stream().map(BucketKey::leaf).toList(), mostBytes - SECRET_BYTES);
      if (next == messages) {
        return Optional.empty();
      }
      try (next) {
        Set<BodyAddress> forgotten = new HashSet<>(addresses);
        forgotten.removeIf(address -> next.holds(leaf(address)));
        return Optional.of(new PuncturedState(secret(next), forgotten));
      }
    } finally {
      lock.readLock().unlock();
    }
  }

  private SecretBytes secret(PuncturableKey key) {
    byte[] state = key.encode();
    byte[] secret = records.use(bytes -> Arrays.copyOf(bytes, SECRET_BYTES + state.length));
    System.arraycopy(state, 0, secret, SECRET_BYTES, state.length);
    Arrays.fill(state, (byte) 0);
    return SecretBytes.takeOver(secret);
  }

  /** Forgets messages in memory, after the caller has stored the secret of {@link #without}. */
  public void forget(Collection<BodyAddress> addresses) {
    lock.writeLock().lock();
    try {
      PuncturableKey before = messages;
      messages =
          before.without(addresses.stream().map(BucketKey::leaf).toList(), Integer.MAX_VALUE);
      if (messages != before) {
        before.close();
      }
    } finally {
      lock.writeLock().unlock();
    }
  }

  private static long leaf(BodyAddress address) {
    byte[] envelope = new BodyAddress(address.origin(), address.envelope(), 0).encoded(Suite.LOCAL);
    long hash = ByteBuffer.wrap(Sha256.hash(envelope)).getLong();
    return (hash & ~0xffffL) | address.index();
  }

  @Override
  public void close() {
    lock.writeLock().lock();
    try {
      records.close();
      recordCipher.forget();
      messages.close();
    } finally {
      lock.writeLock().unlock();
    }
  }

  @Override
  public String toString() {
    return records.toString();
  }
}
