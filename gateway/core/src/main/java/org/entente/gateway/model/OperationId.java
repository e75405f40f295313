package org.entente.gateway.model;

import java.util.random.RandomGenerator;

/**
 * Identifier of a joint operation: 16 bytes, UUID version 7 (RFC 9562), so sortable by the time of
 * its founding. Compares by value; prints as 32 hex digits.
 */
public record OperationId(Bits128 bits) implements Id128<OperationId> {
  private static final String WHOSE = "an operation";

  /**
   * The identifier in these bytes.
   *
   * @throws InvalidValue unless there are 16
   */
  public static OperationId of(byte[] bytes) {
    return new OperationId(Bits128.of(WHOSE, bytes));
  }

  /** A new identifier for a time. */
  public static OperationId fresh(long epochMillis, RandomGenerator random) {
    return new OperationId(Bits128.uuid7(epochMillis, random));
  }

  /** When the operation was founded by its founder's clock, milliseconds since 1970. */
  public long millis() {
    return bits.millis();
  }

  @Override
  public String toString() {
    return bits.toString();
  }
}
