package org.entente.gateway.ledger.commit;

import org.entente.gateway.model.Code;
import org.jspecify.annotations.Nullable;

/**
 * The ledger did not take a change: nothing may be acknowledged. The code says who must act; after
 * a failed commit it is unknown whether the change is on the disk, so whoever asked learns the
 * truth by asking again when the ledger was opened again, which idempotency keys and sequence
 * numbers make safe.
 */
public final class LedgerFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Code code;

  public LedgerFailure(Code code, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  /** {@link Code#NOT_READY}, {@link Code#STORAGE_FULL} or {@link Code#OVERLOADED}. */
  public Code code() {
    return code;
  }
}
