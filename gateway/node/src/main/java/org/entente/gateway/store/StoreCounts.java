package org.entente.gateway.store;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/**
 * How often an open store did what, so that the cost of a message can be counted. Counts do not
 * depend on the speed of the machine. Thread-safe.
 */
public final class StoreCounts {
  /** What is counted. */
  public enum Operation {
    /** A value that a commit set. */
    PUT,
    /** A key, or a range of keys, that a commit removed. */
    DELETE,
    /** A look-up of one key. */
    GET,
    /** A look-up of one key that was not there; counted as {@link #GET} too. */
    ABSENT,
    /** A scan that was opened, or a look-up of the last key of a range. */
    SCAN,
    /** A commit. */
    COMMIT,
    /** A call of RocksDB for one of these, which crosses into native code. */
    NATIVE_CALL
  }

  private final Map<Operation, LongAdder> counts = new EnumMap<>(Operation.class);
  private final Batch.Target changes = new Changes();

  /** Nothing was done yet. */
  StoreCounts() {
    for (Operation operation : Operation.values()) {
      counts.put(operation, new LongAdder());
    }
  }

  /** How often the store did this since it was opened. */
  public long count(Operation operation) {
    return adder(operation).sum();
  }

  /** Counts a look-up of one key. */
  void read(boolean found) {
    add(Operation.GET, 1);
    add(Operation.NATIVE_CALL, 1);
    if (!found) {
      add(Operation.ABSENT, 1);
    }
  }

  /** Counts a commit and its changes. */
  void committed(Batch batch, int nativeCalls) {
    batch.applyTo(changes);
    add(Operation.COMMIT, 1);
    add(Operation.NATIVE_CALL, nativeCalls);
  }

  void add(Operation operation, int times) {
    adder(operation).add(times);
  }

  private final class Changes implements Batch.Target {
    @Override
    public void put(Table table, byte[] key, byte[] value) {
      add(Operation.PUT, 1);
    }

    @Override
    public void delete(Table table, byte[] key) {
      add(Operation.DELETE, 1);
    }

    @Override
    public void deleteRange(Table table, byte[] from, byte[] to) {
      add(Operation.DELETE, 1);
    }
  }

  private LongAdder adder(Operation operation) {
    return Objects.requireNonNull(counts.get(operation));
  }
}
