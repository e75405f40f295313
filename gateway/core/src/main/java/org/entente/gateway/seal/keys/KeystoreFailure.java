package org.entente.gateway.seal.keys;

import org.jspecify.annotations.Nullable;

/** Failure of a keystore operation for a reason outside the program. */
public final class KeystoreFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Kind of failure, which tells the operator where to look. */
  public enum Kind {
    /** A disk error, or a full disk. */
    IO,
    /** A file has changed, or the two files are not of the same time. */
    DAMAGED,
    /** Another process, or another keystore in this one, has the folder open. */
    LOCKED,
    /** A newer release wrote the files. */
    NEWER_FORMAT,
    /** A passphrase is missing or wrong. */
    PASSPHRASE,
    /** Others than the owner may enter the folder or read a file. */
    INSECURE,
    /** An earlier change failed, and the files cannot be written again yet. */
    FAILED_EARLIER
  }

  private final Kind kind;

  KeystoreFailure(Kind kind, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  KeystoreFailure(Kind kind, String message) {
    this(kind, message, null);
  }

  /** The kind of failure. */
  public Kind kind() {
    return kind;
  }
}
