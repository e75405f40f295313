package org.entente.gateway.ledger.commit;

import org.entente.gateway.model.Code;
import org.jspecify.annotations.Nullable;

/**
 * The ledger refused a change: nothing may be acknowledged. The code says who must act. After a
 * failed commit it is unknown whether the change is on the disk; the caller finds out by repeating
 * it once the ledger has been reopened. Idempotency keys and sequence numbers make that safe.
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
