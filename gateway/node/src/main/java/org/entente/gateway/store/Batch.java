package org.entente.gateway.store;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Changes that are committed together, in the order in which they were added.
 *
 * <p>Used by one thread at a time. Arrays are not copied: the caller leaves them unchanged until
 * the commit has returned. Bounded by {@link #MAX_KEY_BYTES} and {@link #MAX_BYTES}; going beyond
 * is a bug of the caller.
 */
public final class Batch {
  /** Longest key in bytes. */
  public static final int MAX_KEY_BYTES = 1024;

  /** Most bytes of keys and values, 64 MiB. */
  public static final int MAX_BYTES = 64 << 20;

  private final List<Change> changes = new ArrayList<>();
  private int bytes;

  /** An empty batch. */
  public Batch() {}

  /** Receives the changes of a batch, in order. */
  public interface Target {
    /** Sets the value of {@code key}. */
    void put(Table table, byte[] key, byte[] value);

    /** Removes {@code key} if it is there. */
    void delete(Table table, byte[] key);

    /** Removes all keys from {@code from}, itself included, to {@code to}, itself excluded. */
    void deleteRange(Table table, byte[] from, byte[] to);
  }

  /** Gives another value for one that is put. */
  @FunctionalInterface
  public interface ValueMapping {
    /** The value to put in the place of {@code value}. */
    byte[] of(Table table, byte[] key, byte[] value);
  }

  @FunctionalInterface
  private interface Change {
    void applyTo(Target target);
  }

  /** Sets the value of {@code key}, replacing an earlier one. */
  public Batch put(Table table, byte[] key, byte[] value) {
    charge(key, value.length);
    changes.add(target -> target.put(table, key, value));
    return this;
  }

  /** Removes {@code key} if it exists. */
  public Batch delete(Table table, byte[] key) {
    charge(key, 0);
    changes.add(target -> target.delete(table, key));
    return this;
  }

  /**
   * Removes all keys from {@code fromInclusive} to {@code toExclusive}, those added earlier by this
   * batch included. A range that ends before it begins is empty.
   */
  public Batch deleteRange(Table table, byte[] fromInclusive, byte[] toExclusive) {
    charge(fromInclusive, 0);
    charge(toExclusive, 0);
    if (Arrays.compareUnsigned(fromInclusive, toExclusive) < 0) {
      changes.add(target -> target.deleteRange(table, fromInclusive, toExclusive));
    }
    return this;
  }

  /** How many changes the batch holds. */
  public int size() {
    return changes.size();
  }

  /** How many bytes of keys and values the batch holds. */
  public int bytes() {
    return bytes;
  }

  /** Passes the changes to {@code target} in the order in which they were added. */
  public void applyTo(Target target) {
    for (Change change : changes) {
      change.applyTo(target);
    }
  }

  /** The same changes with other values, whose lengths the limit does not count. */
  public Batch mapped(ValueMapping values) {
    Batch mapped = new Batch();
    mapped.bytes = bytes;
    applyTo(
        new Target() {
          @Override
          public void put(Table table, byte[] key, byte[] value) {
            byte[] other = values.of(table, key, value);
            mapped.changes.add(target -> target.put(table, key, other));
          }

          @Override
          public void delete(Table table, byte[] key) {
            mapped.changes.add(target -> target.delete(table, key));
          }

          @Override
          public void deleteRange(Table table, byte[] from, byte[] to) {
            mapped.changes.add(target -> target.deleteRange(table, from, to));
          }
        });
    return mapped;
  }

  private void charge(byte[] key, int valueLength) {
    if (key.length > MAX_KEY_BYTES) {
      throw new IllegalArgumentException(
          "a key of " + key.length + " bytes; at most " + MAX_KEY_BYTES);
    }
    long total = (long) bytes + key.length + valueLength;
    if (total > MAX_BYTES) {
      throw new IllegalArgumentException("a batch of " + total + " bytes; at most " + MAX_BYTES);
    }
    bytes = (int) total;
  }
}
