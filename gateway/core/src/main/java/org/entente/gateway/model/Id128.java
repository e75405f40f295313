package org.entente.gateway.model;

/**
 * Identifier of 16 bytes. Each kind is a type of its own, so that they cannot be mixed up. Compares
 * by value, as an unsigned number; prints as 32 hex digits.
 *
 * @param <T> the kind
 */
public interface Id128<T extends Id128<T>> extends Comparable<T> {
  /** Its size in bytes. */
  int SIZE = Bits128.SIZE;

  /** The 16 bytes as a value. */
  Bits128 bits();

  /** The 16 bytes, a new array. */
  default byte[] bytes() {
    return bits().bytes();
  }

  @Override
  default int compareTo(T other) {
    return bits().compareTo(other.bits());
  }
}
