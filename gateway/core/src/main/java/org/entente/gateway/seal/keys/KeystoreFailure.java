package org.entente.gateway.seal.keys;

import org.jspecify.annotations.Nullable;

/** The keystore could not do what was asked, for a reason outside the program. */
public final class KeystoreFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What went wrong, and so what the operator looks at. */
  public enum Kind {
    /** The disk refused, or is full. */
    IO,
    /** A file is not what was written, or one of another time than the other. */
    DAMAGED,
    /** Another process, or another keystore in this one, has the folder open. */
    LOCKED,
    /** A newer release wrote the files. */
    NEWER_FORMAT,
    /** A passphrase is needed, or the one given is another. */
    PASSPHRASE,
    /** Others than the owner may enter the folder or read a file. */
    INSECURE,
    /** An earlier change failed: the keystore must be opened again before the next one. */
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

  /** What went wrong. */
  public Kind kind() {
    return kind;
  }
}
