package org.entente.gateway.model;

import java.util.random.RandomGenerator;

/**
 * Identifier of a message: 16 bytes, UUID version 7 (RFC 9562), so sortable by time. Compares by
 * value; prints as 32 hex digits.
 */
public final class MessageId implements Comparable<MessageId> {
  /** Size in bytes. */
  public static final int SIZE = Bits128.SIZE;

  private static final String WHOSE = "a message";

  private final Bits128 bits;

  private MessageId(Bits128 bits) {
    this.bits = bits;
  }

  /**
   * The identifier in these bytes.
   *
   * @throws InvalidValue unless there are 16
   */
  public static MessageId of(byte[] bytes) {
    return new MessageId(Bits128.of(WHOSE, bytes));
  }

  /**
   * The identifier that these 32 hex digits spell.
   *
   * @throws InvalidValue for anything else
   */
  public static MessageId parse(String hex) {
    return new MessageId(Bits128.parse(WHOSE, hex));
  }

  /** A new identifier for a time. */
  public static MessageId fresh(long epochMillis, RandomGenerator random) {
    return new MessageId(Bits128.uuid7(epochMillis, random));
  }

  /** When it was made, by its maker's clock, milliseconds since 1970. */
  public long millis() {
    return bits.millis();
  }

  /** A copy of the 16 bytes. */
  public byte[] bytes() {
    return bits.bytes();
  }

  @Override
  public int compareTo(MessageId other) {
    return bits.compareTo(other.bits);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof MessageId that && that.bits.equals(bits);
  }

  @Override
  public int hashCode() {
    return bits.hashCode();
  }

  @Override
  public String toString() {
    return bits.toString();
  }
}
