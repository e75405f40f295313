package org.entente.gateway.rpc.server;

import java.util.concurrent.CompletionException;
import org.entente.gateway.ledger.commit.LedgerFailure;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Problem;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Maps failures behind a call to problems for the caller. */
public final class CallFailureMapper {
  private static final Logger LOG = LoggerFactory.getLogger(CallFailureMapper.class);

  private CallFailureMapper() {}

  public static Problem problem(@Nullable Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (cause instanceof LedgerFailure unavailable) {
      return new Problem(unavailable.code(), "", String.valueOf(unavailable.getMessage()));
    }
    LOG.error("a call failed", cause);
    return new Problem(Code.INTERNAL, "", "internal error in the gateway; see its log");
  }
}
