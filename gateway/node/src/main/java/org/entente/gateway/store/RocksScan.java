package org.entente.gateway.store;

import java.util.Arrays;
import java.util.NoSuchElementException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.entente.gateway.store.StoreCounts.Operation;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;

/**
 * A scan over a RocksDB iterator, a snapshot of the table at its creation.
 *
 * <p>Its methods are synchronized because closing the store, on any thread, closes it: a native
 * iterator must never be used after its database.
 */
final class RocksScan implements Scan {
  /** Options are made, set and closed, and the iterator is made and closed. */
  private static final int CALLS_TO_OPEN_AND_CLOSE = 5;

  /** The same with an end that is made, set and closed. */
  private static final int CALLS_WITH_AN_END = CALLS_TO_OPEN_AND_CLOSE + 3;

  private final ReadOptions options = RocksResources.readOptions();
  private final @Nullable Slice end;
  private final RocksIterator iterator;
  private final StoreCounts counts;
  private final Consumer<StoreFailure> onFailure;
  private final Consumer<RocksScan> onClose;
  private byte @Nullable [] key;
  private byte @Nullable [] value;
  private boolean closed;

  RocksScan(
      Function<ReadOptions, RocksIterator> table,
      byte @Nullable [] toExclusive,
      StoreCounts counts,
      Consumer<StoreFailure> onFailure,
      Consumer<RocksScan> onClose) {
    this.counts = counts;
    this.onFailure = onFailure;
    this.onClose = onClose;
    end = toExclusive == null ? null : new Slice(toExclusive);
    if (end != null) {
      options.setIterateUpperBound(end);
    }
    iterator = table.apply(options);
    counts.add(Operation.SCAN, 1);
    counts.add(Operation.NATIVE_CALL, end == null ? CALLS_TO_OPEN_AND_CLOSE : CALLS_WITH_AN_END);
  }

  synchronized void seek(byte[] fromInclusive) {
    requireOpen();
    called(1);
    iterator.seek(fromInclusive);
    check();
  }

  /** The greatest entry at or above {@code fromInclusive}, or null. */
  synchronized @Nullable KeyValue last(byte[] fromInclusive) {
    requireOpen();
    called(2);
    iterator.seekToLast();
    check();
    if (!iterator.isValid()) {
      return null;
    }
    called(2);
    byte[] found = iterator.key();
    return Arrays.compareUnsigned(found, fromInclusive) < 0
        ? null
        : new KeyValue(found, iterator.value());
  }

  @Override
  public synchronized boolean hasNext() {
    requireOpen();
    called(1);
    return iterator.isValid();
  }

  @Override
  public synchronized void next() {
    requireOpen();
    called(4);
    if (!iterator.isValid()) {
      throw new NoSuchElementException("the scan has ended");
    }
    key = iterator.key();
    value = iterator.value();
    iterator.next();
    check();
  }

  @Override
  public synchronized byte[] key() {
    return current(key);
  }

  @Override
  public synchronized byte[] value() {
    return current(value);
  }

  private byte[] current(byte @Nullable [] part) {
    requireOpen();
    if (part == null) {
      throw new IllegalStateException("the scan is before its first entry");
    }
    return part;
  }

  /** Checks the status: an iterator that met damage is invalid just like one at its end. */
  private void check() {
    called(1);
    if (iterator.isValid()) {
      return;
    }
    called(1);
    try {
      iterator.status();
    } catch (RocksDBException e) {
      StoreFailure failure = RocksFailureMapper.of("scan", e);
      onFailure.accept(failure);
      throw failure;
    }
  }

  private void called(int times) {
    counts.add(Operation.NATIVE_CALL, times);
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the scan is closed");
    }
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    iterator.close();
    options.close();
    if (end != null) {
      end.close();
    }
    onClose.accept(this);
  }
}
