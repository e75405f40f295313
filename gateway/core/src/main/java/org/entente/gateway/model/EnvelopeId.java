package org.entente.gateway.model;

import java.util.random.RandomGenerator;

/**
 * Identifier of an envelope: 16 bytes, UUID version 7 (RFC 9562), so sortable by time. Compares by
 * value; prints as 32 hex digits.
 */
public record EnvelopeId(Bits128 bits) implements Id128<EnvelopeId> {
  private static final String WHOSE = "an envelope";

  /**
   * The identifier in these bytes.
   *
   * @throws InvalidValue unless there are 16
   */
  public static EnvelopeId of(byte[] bytes) {
    return new EnvelopeId(Bits128.of(WHOSE, bytes));
  }

  /** A new identifier for a time. */
  public static EnvelopeId fresh(long epochMillis, RandomGenerator random) {
    return new EnvelopeId(Bits128.uuid7(epochMillis, random));
  }

  @Override
  public String toString() {
    return bits.toString();
  }
}
