package org.entente.gateway.cli;

import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/** What a failed call means to the person who made it. */
final class RpcFailures {
  private RpcFailures() {}

  static CommandFailure explain(@Nullable Throwable failure) {
    Throwable cause = failure == null ? new IllegalStateException("no cause given") : failure;
    Status status = Status.fromThrowable(cause);
    Throwable beneath = status.getCause();
    if (status.getCode() == Status.Code.UNAVAILABLE && beneath != null) {
      return new CommandFailure(
          "no connection to the gateway: "
              + Screen.printable(origin(beneath))
              + " (is it running at this address, and does it know this client's CA?)",
          cause);
    }
    String text = status.getDescription() == null ? "" : ": " + status.getDescription();
    return new CommandFailure("the gateway answered " + status.getCode() + text, cause);
  }

  /** What the first cause of all says: what wraps it knows less. */
  private static String origin(Throwable failure) {
    Throwable first = failure;
    for (Throwable next = first.getCause(); next != null; next = next.getCause()) {
      first = next;
    }
    String name = first.getClass().getSimpleName();
    return first.getMessage() == null ? name : name + ": " + first.getMessage();
  }
}
