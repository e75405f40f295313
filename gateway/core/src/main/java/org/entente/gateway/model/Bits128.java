package org.entente.gateway.model;

import java.util.HexFormat;
import java.util.random.RandomGenerator;

/** Sixteen bytes of an {@link Id128}, ordered as an unsigned number. */
public record Bits128(long high, long low) implements Comparable<Bits128> {
  static final int SIZE = 16;

  /** The first 16 of these bytes. */
  public static Bits128 ofPrefix(byte[] bytes) {
    return new Bits128(BigEndian.u64(bytes, 0), BigEndian.u64(bytes, 8));
  }

  /** Accepts only 16 bytes; the message of a refusal names the kind of identifier. */
  public static Bits128 of(String whose, byte[] bytes) {
    if (bytes.length != SIZE) {
      throw new InvalidValue(whose + "'s id has 16 bytes", InvalidValue.bytes(bytes.length));
    }
    return ofPrefix(bytes);
  }

  static Bits128 parse(String whose, String hex) {
    try {
      return of(whose, HexFormat.of().parseHex(hex));
    } catch (IllegalArgumentException e) {
      throw new InvalidValue(whose + "'s id has 32 hex digits", hex);
    }
  }

  /** UUID version 7 (RFC 9562): 48 bits of milliseconds since 1970, then 74 random bits. */
  static Bits128 uuid7(long epochMillis, RandomGenerator random) {
    long high = (epochMillis << 16) | 0x7000L | (random.nextLong() & 0x0FFFL);
    long low = (random.nextLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
    return new Bits128(high, low);
  }

  /** When a UUID of version 7 was made, milliseconds since 1970. */
  long millis() {
    return high >>> 16;
  }

  /** The last four bytes. */
  int ending() {
    return (int) low;
  }

  /** The same but for the last four bytes. */
  Bits128 endingWith(int last) {
    return new Bits128(high, (low & 0xFFFF_FFFF_0000_0000L) | (last & 0xFFFF_FFFFL));
  }

  byte[] bytes() {
    byte[] out = new byte[SIZE];
    BigEndian.putU64(out, 0, high);
    BigEndian.putU64(out, 8, low);
    return out;
  }

  @Override
  public int compareTo(Bits128 other) {
    int byHigh = Long.compareUnsigned(high, other.high);
    return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
  }

  @Override
  public String toString() {
    return HexFormat.of().formatHex(bytes());
  }
}
