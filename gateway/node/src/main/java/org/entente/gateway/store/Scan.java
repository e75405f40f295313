package org.entente.gateway.store;

/**
 * A walk over a range of a table, in the order of the keys, over the state of the table when the
 * scan began.
 *
 * <p>It begins before the first entry: {@code while (scan.hasNext()) { scan.next(); scan.key(); }}.
 * It holds memory and files of the store until closed, so it is closed soon; closing the store
 * closes it too. Used by one thread at a time. Arrays returned belong to the caller.
 */
public interface Scan extends AutoCloseable {
  /**
   * Whether there is a further entry.
   *
   * @throws StoreFailure if the next entry cannot be read; a damaged range never looks like its end
   */
  boolean hasNext();

  /**
   * Moves to the next entry.
   *
   * @throws java.util.NoSuchElementException if there is none
   * @throws StoreFailure if the entry after it cannot be read
   */
  void next();

  /** The key of the current entry. */
  byte[] key();

  /** The value of the current entry. */
  byte[] value();

  /** Releases the scan's resources; closing again does nothing. */
  @Override
  void close();
}
