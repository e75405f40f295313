package org.entente.gateway.store;

import org.jspecify.annotations.Nullable;

/**
 * The store could not do what was asked, for a reason outside the program.
 *
 * <p>After a failed commit it is not known whether the batch is on the disk: whoever asked must not
 * acknowledge, and learns the truth after the store has been opened again.
 */
public final class StoreFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What went wrong, and so who must act. */
  public enum Kind {
    /** No space is left: the operator frees some and the store is opened again. */
    DISK_FULL,
    /** The disk refused a read, a write or a sync. */
    IO,
    /** Bytes on the disk are not those that were written. */
    CORRUPT,
    /** Another process, or another store in this one, has the directory open. */
    LOCKED,
    /** Another release wrote the directory, in a format that this one does not read. */
    OTHER_FORMAT,
    /** An earlier commit failed, so no further one is taken until the store is opened again. */
    FAILED_EARLIER,
    /** The store was opened for reading only. */
    READ_ONLY
  }

  private final Kind kind;
  private final String message;

  /** A failure of a kind, told in words, with what caused it where something did. */
  public StoreFailure(Kind kind, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.kind = kind;
    this.message = message;
  }

  /** What went wrong, in words for an operator; never empty. */
  @Override
  public String getMessage() {
    return message;
  }

  /** What went wrong. */
  public Kind kind() {
    return kind;
  }

  /** Whether the disk is full, now or when an earlier commit failed. */
  public boolean diskFull() {
    return kind == Kind.DISK_FULL
        || (kind == Kind.FAILED_EARLIER
            && getCause() instanceof StoreFailure earlier
            && earlier.diskFull());
  }
}
