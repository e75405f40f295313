package org.entente.gateway.model;

import java.util.HexFormat;

/**
 * Identifier of a message: 16 bytes, UUID version 7 (RFC 9562): sortable by time. Compares by
 * value; prints as 32 hex digits.
 */
public final class MessageId implements Comparable<MessageId> {
  /** Size in bytes. */
  public static final int SIZE = 16;

  private final long high;
  private final long low;

  private MessageId(long high, long low) {
    this.high = high;
    this.low = low;
  }

  /**
   * The identifier in these bytes.
   *
   * @throws InvalidValue unless there are 16
   */
  public static MessageId of(byte[] bytes) {
    if (bytes.length != SIZE) {
      throw new InvalidValue("a message's id has 16 bytes", bytes.length + " bytes");
    }
    return new MessageId(BigEndian.u64(bytes, 0), BigEndian.u64(bytes, 8));
  }

  /**
   * The identifier that these 32 hex digits spell.
   *
   * @throws InvalidValue for anything else
   */
  public static MessageId parse(String hex) {
    try {
      return of(HexFormat.of().parseHex(hex));
    } catch (IllegalArgumentException e) {
      throw new InvalidValue("a message's id has 32 hex digits", hex);
    }
  }

  /**
   * A fresh identifier: 48 bits of milliseconds since 1970, then the version and variant bits of
   * UUID version 7 around 74 random bits.
   */
  public static MessageId fresh(long epochMillis, java.util.random.RandomGenerator random) {
    long high = (epochMillis << 16) | 0x7000L | (random.nextLong() & 0x0FFFL);
    long low = (random.nextLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
    return new MessageId(high, low);
  }

  /** A copy of the 16 bytes. */
  public byte[] bytes() {
    byte[] out = new byte[SIZE];
    BigEndian.putU64(out, 0, high);
    BigEndian.putU64(out, 8, low);
    return out;
  }

  @Override
  public int compareTo(MessageId other) {
    int byHigh = Long.compareUnsigned(high, other.high);
    return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof MessageId that && that.high == high && that.low == low;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(high * 31 + low);
  }

  @Override
  public String toString() {
    return HexFormat.of().formatHex(bytes());
  }
}
