package org.entente.gateway.cli;

import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/** What a failed call means to the person who made it. */
final class RpcFailures {
  private RpcFailures() {}

  static CommandFailure explain(@Nullable Throwable failure) {
    Throwable cause = failure == null ? new IllegalStateException("no cause given") : failure;
    Status status = Status.fromThrowable(cause);
    String text = status.getDescription() == null ? "" : ": " + status.getDescription();
    String hint =
        status.getCode() == Status.Code.UNAVAILABLE
            ? " (is the gateway running at this address, and does it know this client's CA?)"
            : "";
    return new CommandFailure("the gateway answered " + status.getCode() + text + hint, cause);
  }
}
