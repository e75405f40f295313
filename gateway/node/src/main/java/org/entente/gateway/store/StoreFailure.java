package org.entente.gateway.store;

import org.jspecify.annotations.Nullable;

/**
 * Failure of a store operation for a reason outside the program.
 *
 * <p>After a failed commit it is unknown whether the batch is on the disk. The caller must not
 * acknowledge it; reopening the store settles it.
 */
public final class StoreFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The kind of failure, which tells who must act. */
  public enum Kind {
    /** No space is left: the operator frees some and reopens the store. */
    DISK_FULL,
    /** The disk refused a read, a write or a sync. */
    IO,
    /** Bytes on the disk are not those that were written. */
    CORRUPT,
    /** Another process, or another store in this one, has the directory open. */
    LOCKED,
    /** Others than its owner may enter the directory. */
    INSECURE,
    /** Another release wrote the directory in a format that this release cannot read. */
    OTHER_FORMAT,
    /** An earlier commit failed; the store accepts no more until it is reopened. */
    FAILED_EARLIER,
    /** The store was opened for reading only. */
    READ_ONLY,
    /** This node does not lead its cluster, or lost the lead: another node takes commits. */
    NOT_LEADER
  }

  private final Kind kind;
  private final String message;

  /** A failure with its kind, message and cause, if there is one. */
  public StoreFailure(Kind kind, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.kind = kind;
    this.message = message;
  }

  /** The message for an operator; never empty. */
  @Override
  public String getMessage() {
    return message;
  }

  /** The kind of failure. */
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
