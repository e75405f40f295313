package org.entente.gateway.seal.format;

import org.entente.gateway.crypto.XWingPublicKey;

/**
 * A recipient key as its agency publishes it.
 *
 * @param validity name and time of validity
 * @param key the X-Wing public key with this id
 */
public record PublishedKey(KeyValidity validity, XWingPublicKey key) {
  public PublishedKey {
    if (!validity.id().equals(RecipientKeyId.of(key))) {
      throw new IllegalArgumentException(validity.id() + " is not the name of this key");
    }
  }

  /** A key under its own name, valid between two times in milliseconds since 1970. */
  public static PublishedKey of(XWingPublicKey key, long notBeforeMs, long notAfterMs) {
    return new PublishedKey(new KeyValidity(RecipientKeyId.of(key), notBeforeMs, notAfterMs), key);
  }

  public static PublishedKey read(FieldReader in) {
    KeyValidity validity = in.keyValidity();
    return new PublishedKey(validity, in.xWing());
  }

  public void write(FieldWriter out) {
    out.keyValidity(validity).fixed(key.encoded());
  }
}
