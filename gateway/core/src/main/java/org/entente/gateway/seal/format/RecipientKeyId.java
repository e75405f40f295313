package org.entente.gateway.seal.format;

import org.entente.gateway.crypto.Sha256;
import org.entente.gateway.crypto.XWingPublicKey;
import org.entente.gateway.model.Bits128;
import org.entente.gateway.model.Id128;
import org.entente.gateway.model.InvalidValue;

/**
 * Name of a recipient key: the first 16 bytes of the SHA-256 of the encoded public key. Prints as
 * 32 hex digits.
 */
public record RecipientKeyId(Bits128 bits) implements Id128<RecipientKeyId> {
  /** The name of a key. */
  public static RecipientKeyId of(XWingPublicKey key) {
    return new RecipientKeyId(Bits128.ofPrefix(Sha256.hash(key.encoded())));
  }

  /**
   * The name in these bytes.
   *
   * @throws InvalidValue unless there are 16
   */
  public static RecipientKeyId of(byte[] bytes) {
    return new RecipientKeyId(Bits128.of("a recipient key", bytes));
  }

  @Override
  public String toString() {
    return bits.toString();
  }
}
