package org.entente.gateway.seal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.entente.gateway.crypto.Aes256Gcm;
import org.entente.gateway.crypto.Hkdf;
import org.entente.gateway.crypto.PuncturableKey;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.seal.format.BodyAddress;
import org.entente.gateway.seal.format.MessageLeaf;
import org.entente.gateway.seal.format.Suite;
import org.jspecify.annotations.Nullable;

/**
 * Storage key of a bucket, the stored content that ends on one day. Destroying it erases the
 * bucket. Forgetting a leaf erases one message and leaves all others readable. Both hold for old
 * copies of the ledger too.
 *
 * <p>Its 32 random bytes yield two keys: one for small records about messages, and a {@link
 * PuncturableKey} with a leaf for each message. {@link #allot} gives each message a leaf of its
 * own: each opening of this key begins a random part, and so does every 65,536th message. So a leaf
 * is given once, also after a failed commit or with a restored ledger, and no other agency can aim
 * at it. Two openings choose the same part with a probability of 2^-48.
 *
 * <p>A part of which messages are forgotten has a state of its own. The first one removes the
 * part's node (level {@value #PART_LEVEL}) from the bucket's secret; later ones change the part's
 * state alone, which has at most 49,152 nodes (2 MB).
 *
 * <p>Safe for many threads.
 *
 * <pre>
 * as made                   32 random bytes
 * after a first forgetting  32-byte key of records · state of the puncturable key above the parts
 * a part                    state of the puncturable key below the part's node
 * </pre>
 */
public final class BucketKey implements AutoCloseable {
  /** Length of the secret of a new bucket. */
  public static final int SECRET_BYTES = 32;

  /** Level of the tree at which a node covers one part. */
  private static final int PART_LEVEL = 24;

  /** Parts whose keys are held in memory at once; others are derived or loaded again. */
  static final int MOST_PARTS = 16;

  /** The stored states of parts of which messages were forgotten. */
  @FunctionalInterface
  public interface PartStates {
    /** The state of a part, which the bucket's key closes; empty if there is none. */
    Optional<SecretBytes> find(long part);
  }

  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private final SecretBytes records;
  private final Aes256Gcm.OneKey recordCipher = new Aes256Gcm.OneKey();
  private final PartStates states;

  /** Oldest first; changed under the write lock only. */
  private final Map<Long, PuncturableKey> parts = new LinkedHashMap<>();

  private PuncturableKey top;
  private boolean closed;

  private final Object allotting = new Object();
  private long part;
  private int nextSerial = MessageLeaf.SERIALS;

  private BucketKey(SecretBytes records, PuncturableKey top, PartStates states) {
    this.records = records;
    this.top = top;
    this.states = states;
  }

  /**
   * A key of which no message was forgotten, or whose forgotten parts are not needed.
   *
   * @param secret copied
   * @throws IllegalArgumentException if it has neither form
   */
  public static BucketKey of(SecretBytes secret) {
    return of(secret, part -> Optional.empty());
  }

  /**
   * A key from its secret, which is copied.
   *
   * @param states the stored states of its parts
   * @throws IllegalArgumentException if the secret has neither form
   */
  public static BucketKey of(SecretBytes secret, PartStates states) {
    return secret.use(bytes -> of(bytes, states));
  }

  private static BucketKey of(byte[] secret, PartStates states) {
    if (secret.length == SECRET_BYTES) {
      byte[] root = Hkdf.expandSha256(secret, Suite.BUCKET_MESSAGES, PuncturableKey.KEY_BYTES);
      byte[] records = Hkdf.expandSha256(secret, Suite.BUCKET_RECORDS, SECRET_BYTES);
      try {
        return new BucketKey(SecretBytes.takeOver(records), PuncturableKey.of(root), states);
      } finally {
        Arrays.fill(root, (byte) 0);
      }
    }
    if (secret.length < SECRET_BYTES) {
      throw new IllegalArgumentException("a bucket's key of " + secret.length + " bytes");
    }
    PuncturableKey top = top(secret);
    return new BucketKey(SecretBytes.takeOver(Arrays.copyOf(secret, SECRET_BYTES)), top, states);
  }

  private static PuncturableKey top(byte[] secret) {
    byte[] state = Arrays.copyOfRange(secret, SECRET_BYTES, secret.length);
    try {
      return PuncturableKey.parse(state);
    } finally {
      Arrays.fill(state, (byte) 0);
    }
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

  /** A leaf that no message has had. */
  public MessageLeaf allot(RandomGenerator random) {
    synchronized (allotting) {
      if (nextSerial == MessageLeaf.SERIALS) {
        part = random.nextLong() >>> 16;
        nextSerial = 0;
      }
      return MessageLeaf.of(part, nextSerial++);
    }
  }

  /** The key that wraps one message's body key, which the caller wipes; empty once forgotten. */
  Optional<byte[]> message(MessageLeaf leaf, BodyAddress address) {
    return derived(leaf, address.encoded(Suite.LOCAL_WRAP));
  }

  /** The key that wraps the content key of a quarantined envelope, as {@link #message}. */
  Optional<byte[]> custody(MessageLeaf leaf) {
    return derived(leaf, Suite.CUSTODY);
  }

  private Optional<byte[]> derived(MessageLeaf leaf, byte[] info) {
    return inPart(
        leaf,
        key ->
            key.at(leaf.number())
                .map(
                    node -> {
                      try {
                        return Hkdf.expandSha256(node, info, PuncturableKey.KEY_BYTES);
                      } finally {
                        Arrays.fill(node, (byte) 0);
                      }
                    }));
  }

  /** Whether the key of a leaf can be derived from this one. */
  public boolean holds(MessageLeaf leaf) {
    return inPart(leaf, key -> Optional.of(key.holds(leaf.number()))).orElse(false);
  }

  private <T> Optional<T> inPart(MessageLeaf leaf, Function<PuncturableKey, Optional<T>> use) {
    lock.readLock().lock();
    try {
      PuncturableKey held = parts.get(leaf.part());
      if (held != null) {
        return use.apply(held);
      }
    } finally {
      lock.readLock().unlock();
    }
    lock.writeLock().lock();
    try {
      return Optional.ofNullable(part(leaf.part())).flatMap(use);
    } finally {
      lock.writeLock().unlock();
    }
  }

  /** The key of a part, or null if nothing of it is left. Under the write lock only. */
  private @Nullable PuncturableKey part(long number) {
    PuncturableKey held = parts.get(number);
    if (held != null || closed) {
      return held;
    }
    PuncturableKey found =
        top.below(PART_LEVEL, MessageLeaf.of(number, 0).number())
            .or(() -> states.find(number).map(BucketKey::parsed))
            .orElse(null);
    if (found != null) {
      hold(number, found);
    }
    return found;
  }

  private void hold(long number, PuncturableKey key) {
    PuncturableKey before = parts.remove(number);
    if (before != null) {
      before.close();
    }
    Iterator<PuncturableKey> oldest = parts.values().iterator();
    if (parts.size() >= MOST_PARTS) {
      oldest.next().close();
      oldest.remove();
    }
    parts.put(number, key);
  }

  private static PuncturableKey parsed(SecretBytes state) {
    try (state) {
      return state.use(PuncturableKey::parse);
    }
  }

  /**
   * What of a bucket's key changes when messages are forgotten. The caller closes it.
   *
   * @param bucket the bucket's next secret; null if only parts change
   * @param parts the next states of parts
   */
  public record PuncturedState(@Nullable SecretBytes bucket, Map<Long, SecretBytes> parts)
      implements AutoCloseable {
    /** Bytes of all states. */
    public int length() {
      return (bucket == null ? 0 : bucket.length())
          + parts.values().stream().mapToInt(SecretBytes::length).sum();
    }

    @Override
    public void close() {
      if (bucket != null) {
        bucket.close();
      }
      parts.values().forEach(SecretBytes::close);
    }
  }

  /**
   * This key without some leaves, to be stored as one change. The key itself does not change until
   * {@link #forget}.
   *
   * @return empty if it had forgotten all of them
   */
  public Optional<PuncturedState> without(Collection<MessageLeaf> leaves) {
    Map<Long, List<Long>> byPart = new TreeMap<>();
    for (MessageLeaf leaf : leaves) {
      byPart.computeIfAbsent(leaf.part(), number -> new ArrayList<>()).add(leaf.number());
    }
    lock.writeLock().lock();
    try {
      Map<Long, SecretBytes> changed = new TreeMap<>();
      List<Long> first = new ArrayList<>();
      byPart.forEach(
          (number, forgotten) -> {
            PuncturableKey before = part(number);
            PuncturableKey next = before == null ? null : before.without(forgotten);
            if (next != null && next != before) {
              try (next) {
                changed.put(number, SecretBytes.takeOver(next.encode()));
              }
              first.addAll(forgotten.subList(0, 1));
            }
          });
      return changed.isEmpty()
          ? Optional.empty()
          : Optional.of(new PuncturedState(withoutParts(first), changed));
    } finally {
      lock.writeLock().unlock();
    }
  }

  private @Nullable SecretBytes withoutParts(List<Long> leaves) {
    PuncturableKey next = top.without(PART_LEVEL, leaves);
    if (next == top) {
      return null;
    }
    try (next) {
      byte[] state = next.encode();
      byte[] secret = records.use(bytes -> Arrays.copyOf(bytes, SECRET_BYTES + state.length));
      System.arraycopy(state, 0, secret, SECRET_BYTES, state.length);
      Arrays.fill(state, (byte) 0);
      return SecretBytes.takeOver(secret);
    }
  }

  /** Forgets in memory what a state of {@link #without} lacks, after the caller has stored it. */
  public void forget(PuncturedState stored) {
    lock.writeLock().lock();
    try {
      if (closed) {
        return;
      }
      SecretBytes bucket = stored.bucket();
      if (bucket != null) {
        PuncturableKey before = top;
        top = bucket.use(BucketKey::top);
        before.close();
      }
      stored.parts().forEach((number, state) -> hold(number, state.use(PuncturableKey::parse)));
    } finally {
      lock.writeLock().unlock();
    }
  }

  @Override
  public void close() {
    lock.writeLock().lock();
    try {
      closed = true;
      records.close();
      recordCipher.forget();
      top.close();
      parts.values().forEach(PuncturableKey::close);
      parts.clear();
    } finally {
      lock.writeLock().unlock();
    }
  }

  @Override
  public String toString() {
    return records.toString();
  }
}
