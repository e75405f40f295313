package org.entente.gateway.cli;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import java.util.Map;
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
    return new CommandFailure(
        "the gateway answered " + status.getCode() + text + whoActs(cause), cause);
  }

  /** Who can mend it, as the gateway says it to programs; nothing where it does not. */
  private static String whoActs(Throwable cause) {
    com.google.rpc.Status status = StatusProto.fromThrowable(cause);
    if (status == null) {
      return "";
    }
    for (Any detail : status.getDetailsList()) {
      if (detail.is(ErrorInfo.class)) {
        try {
          return whoActs(detail.unpack(ErrorInfo.class).getMetadataMap());
        } catch (InvalidProtocolBufferException e) {
          return "";
        }
      }
    }
    return "";
  }

  private static String whoActs(Map<String, String> said) {
    String who =
        switch (said.getOrDefault("who_must_act", "")) {
          case "CLIENT" -> "who must act: the caller";
          case "OPERATOR" -> "who must act: the operator of this gateway";
          case "PEER" -> "who must act: the other agency";
          case "POLICY" -> "who must act: those who make agreements";
          case "NOBODY" -> "nobody has to act";
          default -> "";
        };
    String again =
        Boolean.parseBoolean(said.get("retry")) ? "the same call can succeed later" : "";
    String both = who + (who.isEmpty() || again.isEmpty() ? "" : "; ") + again;
    return both.isEmpty() ? "" : " (" + both + ")";
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
