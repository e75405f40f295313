package org.entente.gateway.store;

import org.jspecify.annotations.Nullable;

/**
 * Whether a store accepts commits, and if not, why.
 *
 * @param status the state
 * @param failure the failure that stopped commits; null unless {@link Status#FAILED}
 */
public record StoreState(Status status, @Nullable StoreFailure failure) {
  /** The states: from open to failed, from either to closed, never back. */
  public enum Status {
    /** Reads and commits work. */
    OPEN,
    /** No commit is accepted until the store is closed and reopened; reads are still tried. */
    FAILED,
    /** Nothing works. */
    CLOSED
  }

  /** The state of a store that works. */
  public static final StoreState OPEN = new StoreState(Status.OPEN, null);

  /** The state of a store that was closed. */
  public static final StoreState CLOSED = new StoreState(Status.CLOSED, null);

  /** Requires a failure exactly if the status is {@link Status#FAILED}. */
  public StoreState {
    if ((status == Status.FAILED) != (failure != null)) {
      throw new IllegalArgumentException("exactly a failed store has a failure");
    }
  }

  /** The state of a store after {@code failure}. */
  public static StoreState failed(StoreFailure failure) {
    return new StoreState(Status.FAILED, failure);
  }

  /** For an operator: the status, and the reason of a failure. */
  @Override
  public String toString() {
    return failure == null ? status.name() : status + ": " + failure.getMessage();
  }
}
