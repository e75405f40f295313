package org.entente.gateway.seal.format;

import java.util.HexFormat;
import org.entente.gateway.crypto.Sha256;
import org.entente.gateway.crypto.XWingPublicKey;
import org.entente.gateway.model.BigEndian;
import org.entente.gateway.model.InvalidValue;

/**
 * Name of a recipient key: the first 16 bytes of the SHA-256 of the encoded public key. Prints as
 * 32 hex digits.
 */
public record RecipientKeyId(long high, long low) implements Comparable<RecipientKeyId> {
  /** Size in bytes. */
  public static final int SIZE = 16;

  /** The name of a key. */
  public static RecipientKeyId of(XWingPublicKey key) {
    return ofPrefix(Sha256.hash(key.encoded()));
  }

  /**
   * The name in these bytes.
   *
   * @throws InvalidValue unless there are 16
   */
  public static RecipientKeyId of(byte[] bytes) {
    if (bytes.length != SIZE) {
      throw new InvalidValue("a recipient key's id has 16 bytes", bytes.length + " bytes");
    }
    return ofPrefix(bytes);
  }

  private static RecipientKeyId ofPrefix(byte[] bytes) {
    return new RecipientKeyId(BigEndian.u64(bytes, 0), BigEndian.u64(bytes, 8));
  }

  /** The 16 bytes. */
  public byte[] bytes() {
    byte[] out = new byte[SIZE];
    BigEndian.putU64(out, 0, high);
    BigEndian.putU64(out, 8, low);
    return out;
  }

  @Override
  public int compareTo(RecipientKeyId other) {
    int byHigh = Long.compareUnsigned(high, other.high);
    return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
  }

  @Override
  public String toString() {
    return HexFormat.of().formatHex(bytes());
  }
}
