package org.entente.gateway.store;

import org.jspecify.annotations.Nullable;

/**
 * Ordered, durable key-value store of a node: the tables of {@link Table}, changed by atomic
 * batches.
 *
 * <p>Keys are ordered byte by byte as unsigned numbers, a prefix before what it begins. A commit is
 * seen whole or not at all, by readers and after a crash; commits take effect in one order, and
 * what a crash leaves is a prefix of that order. Safe for use by many threads. The opener closes
 * it. Use after closing is a bug and throws {@link IllegalStateException}.
 */
public interface Store extends AutoCloseable {
  /**
   * The value of {@code key}, as a copy, or null if there is none.
   *
   * @throws StoreFailure if it cannot be read, or is not what was written
   */
  byte @Nullable [] get(Table table, byte[] key);

  /**
   * Walks over the keys from {@code fromInclusive} to {@code toExclusive}, or to the end of the
   * table if that is null. A range that ends before it begins is empty. The caller closes the scan.
   *
   * @throws StoreFailure if the first entry cannot be read
   */
  Scan scan(Table table, byte[] fromInclusive, byte @Nullable [] toExclusive);

  /**
   * The entry with the greatest key of a range, which is given as for {@link #scan}, or null if the
   * range is empty.
   *
   * @throws StoreFailure if it cannot be read
   */
  @Nullable KeyValue last(Table table, byte[] fromInclusive, byte @Nullable [] toExclusive);

  /** An empty batch for {@link #commit}. */
  default Batch batch() {
    return new Batch();
  }

  /**
   * Most bytes of keys and values that a commit takes, at most {@link Batch#MAX_BYTES}. A larger
   * batch is a bug of the caller: it is refused with {@link IllegalArgumentException} and changes
   * nothing.
   */
  default int maxBatchBytes() {
    return Batch.MAX_BYTES;
  }

  /**
   * Applies {@code batch} in its order, all of it or nothing. On return it is visible to readers
   * and as durable as {@code durability} says.
   *
   * @throws StoreFailure if it, or an earlier commit, could not be written. It is unknown whether
   *     the batch will exist after reopening; the store is {@link StoreState.Status#FAILED} and
   *     accepts no further commit.
   */
  void commit(Batch batch, Durability durability);

  /**
   * Free bytes on the store's disk, or {@link Long#MAX_VALUE} if unbounded. Quick enough to call
   * every second.
   *
   * @throws StoreFailure if the disk does not say; commits may still work
   */
  long freeBytes();

  /**
   * Frees the disk space of deleted entries, as far as possible while reads and commits continue.
   * Takes as long as rewriting everything; closing the store ends it early.
   *
   * @throws StoreFailure if the disk failed; stored data is unchanged
   */
  void reclaim();

  /**
   * Whether what is read now holds for everyone: false while another node may have committed more
   * and told others of it. Code that delivers content asks first.
   */
  default boolean isCurrent() {
    return true;
  }

  /** The term of leadership, which rises from leader to leader; 0 if there is one node only. */
  default long term() {
    return 0;
  }

  /** Whether the store takes commits. */
  StoreState state();

  /**
   * Closes the store and its scans, after syncing {@link Durability#BUFFERED} commits. Closing
   * again does nothing.
   */
  @Override
  void close();
}
