package org.entente.gateway.store;

import org.jspecify.annotations.Nullable;

/**
 * Whether a store takes commits, and why not.
 *
 * @param status the state
 * @param failure what made the store fail; null unless {@link Status#FAILED}
 */
public record StoreState(Status status, @Nullable StoreFailure failure) {
  /** The states: from open to failed, from either to closed, never back. */
  public enum Status {
    /** Reads and commits work. */
    OPEN,
    /** No commit is taken until the store is closed and opened again; reads are still tried. */
    FAILED,
    /** Nothing works. */
    CLOSED
  }

  /** The state of a store that works. */
  public static final StoreState OPEN = new StoreState(Status.OPEN, null);

  /** The state of a store that was closed. */
  public static final StoreState CLOSED = new StoreState(Status.CLOSED, null);

  /** A failure is named exactly where there is one. */
  public StoreState {
    if ((status == Status.FAILED) != (failure != null)) {
      throw new IllegalArgumentException("a failed store, and no other, names its failure");
    }
  }

  /** The state of a store after {@code failure}. */
  public static StoreState failed(StoreFailure failure) {
    return new StoreState(Status.FAILED, failure);
  }

  /** What an operator reads: the status, and the reason of a failure. */
  @Override
  public String toString() {
    return failure == null ? status.name() : status + ": " + failure.getMessage();
  }
}
