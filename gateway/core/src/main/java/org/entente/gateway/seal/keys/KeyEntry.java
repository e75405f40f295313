package org.entente.gateway.seal.keys;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.entente.gateway.crypto.SecretBytes;

/**
 * A secret key with its lifetime.
 *
 * <p>Closing wipes the secret. An entry returned by the keystore is a copy, which the caller
 * closes.
 *
 * @param kind its purpose
 * @param id its id within its kind: 1 to 128 of {@code A-Z a-z 0-9 . _ : / @ -}
 * @param created when it was made; kept to the millisecond
 * @param expires when it ends, later than {@code created}, or {@link #NEVER}; kept to the
 *     millisecond
 * @param secret 32 bytes to 64 MiB; that of a part may be shorter, as it may hold no key any more
 */
public record KeyEntry(
    KeyKind kind, String id, Instant created, Instant expires, SecretBytes secret)
    implements AutoCloseable {
  /** The expiry of a key that only {@link Keystore#destroy} ends. */
  public static final Instant NEVER = Instant.ofEpochMilli(Long.MAX_VALUE);

  /** Shortest secret in bytes; only {@link KeyKind#STORAGE_PART} can have a shorter one. */
  public static final int LEAST_SECRET_BYTES = 32;

  /** Longest secret in bytes: a bucket of some 20,000 parts of which messages were erased. */
  public static final int MOST_SECRET_BYTES = 64 * 1024 * 1024;

  /** Checks the bounds and cuts the times to milliseconds. */
  public KeyEntry {
    KeyName name = new KeyName(kind, id);
    created = created.truncatedTo(ChronoUnit.MILLIS);
    expires = expires.truncatedTo(ChronoUnit.MILLIS);
    if (created.isBefore(Instant.EPOCH) || expires.isAfter(NEVER)) {
      throw new IllegalArgumentException(name + " has times outside the range of the format");
    }
    if (!expires.isAfter(created)) {
      throw new IllegalArgumentException(name + " expires before it is created");
    }
    int length = secret.length();
    int least = kind == KeyKind.STORAGE_PART ? 1 : LEAST_SECRET_BYTES;
    if (length < least || length > MOST_SECRET_BYTES) {
      throw new IllegalArgumentException(name + " has a secret of " + length + " bytes");
    }
  }

  KeyName name() {
    return new KeyName(kind, id);
  }

  boolean isExpired(Instant now) {
    return !expires.isAfter(now);
  }

  /** Wipes the secret. */
  @Override
  public void close() {
    secret.close();
  }
}
