package org.entente.gateway.cli.call;

import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import io.grpc.Status;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.gateway.cli.failure.ExitCode;
import org.entente.gateway.cli.text.TerminalText;
import org.entente.gateway.client.ConnectionErrorText;
import org.entente.gateway.client.ErrorDetails;
import org.jspecify.annotations.Nullable;

/** Explains a failed call to the person who made it. */
public final class RpcFailures {
  private RpcFailures() {}

  /** Explains a failed call whose fields no option filled. */
  public static CommandFailure explain(@Nullable Throwable failure) {
    return explain(failure, FieldOptions.NONE);
  }

  /**
   * Explains a failed call.
   *
   * @param options the options that filled its fields
   */
  public static CommandFailure explain(@Nullable Throwable failure, FieldOptions options) {
    Throwable cause = failure == null ? new IllegalStateException("no cause given") : failure;
    Status status = Status.fromThrowable(cause);
    Throwable beneath = status.getCause();
    // A call on a connection that was just lost is UNKNOWN to gRPC, with the cause at this end.
    if (beneath instanceof IOException
        || (status.getCode() == Status.Code.UNAVAILABLE && beneath != null)) {
      return new CommandFailure(
          ExitCode.UNREACHABLE,
          "no connection to the gateway: "
              + TerminalText.printable(ConnectionErrorText.words(beneath)),
          cause);
    }
    String text =
        status.getDescription() == null
            ? ""
            : ": " + TerminalText.printable(String.join("; ", wrong(cause, options)));
    String who = whoActs(cause);
    if (status.getCode() == Status.Code.UNAVAILABLE && who.isEmpty()) {
      return new CommandFailure(ExitCode.UNREACHABLE, "no connection to the gateway" + text, cause);
    }
    // A code of this protocol says more than the status under which it travels.
    String answer = who.isEmpty() || text.isEmpty() ? status.getCode() + text : text.substring(2);
    return new CommandFailure(
        exit(status.getCode()), "the gateway answered " + answer + who, cause);
  }

  /**
   * What is wrong with a call: the text of its status, and each further field that is wrong.
   *
   * @param options the options that filled its fields, which are named with them
   */
  public static List<String> wrong(Throwable failure, FieldOptions options) {
    List<BadRequest.FieldViolation> fields = ErrorDetails.fields(failure);
    String text = Objects.requireNonNullElse(Status.fromThrowable(failure).getDescription(), "");
    List<String> wrong = new ArrayList<>();
    wrong.add(fields.isEmpty() ? text : named(text, fields.get(0).getField(), options));
    fields.stream()
        .skip(1)
        .forEach(one -> wrong.add(options.named(one.getField()) + ": " + one.getDescription()));
    return wrong;
  }

  /** A text of the form CODE: FIELD: MESSAGE, with the option that filled the field. */
  private static String named(String text, String field, FieldOptions options) {
    String mark = ": " + field + ": ";
    int at = text.indexOf(mark);
    return at < 0
        ? text
        : text.substring(0, at)
            + ": "
            + options.named(field)
            + text.substring(at + mark.length() - 2);
  }

  private static ExitCode exit(Status.Code code) {
    return switch (code) {
      case DEADLINE_EXCEEDED -> ExitCode.UNREACHABLE;
      case UNKNOWN, INTERNAL, DATA_LOSS, CANCELLED -> ExitCode.FAILED;
      default -> ExitCode.REFUSED;
    };
  }

  /** The reason for which a call failed, in a few words. */
  static String reason(Throwable failure) {
    Status status = Status.fromThrowable(failure);
    Throwable beneath = status.getCause();
    if (info(failure).isEmpty() && beneath != null) {
      return ConnectionErrorText.words(beneath);
    }
    return Objects.requireNonNullElseGet(
        status.getDescription(), () -> status.getCode().toString());
  }

  /**
   * Whether gRPC refused a call as too large, before this protocol's own checks. A connection that
   * the gateway ends for a limit has the same status, and says nothing of the call.
   */
  public static boolean isTooLarge(Throwable failure) {
    Status status = Status.fromThrowable(failure);
    return status.getCode() == Status.Code.RESOURCE_EXHAUSTED
        && whoActs(failure).isEmpty()
        && String.valueOf(status.getDescription()).contains("exceeds maximum size");
  }

  /** Who must act, from the gateway's error details; empty if there are none. */
  private static String whoActs(Throwable cause) {
    return info(cause).map(ErrorInfo::getMetadataMap).map(RpcFailures::whoActs).orElse("");
  }

  /** The gateway's machine-readable error details; empty if there are none. */
  public static Optional<ErrorInfo> info(Throwable failure) {
    return ErrorDetails.of(failure);
  }

  private static String whoActs(Map<String, String> said) {
    String who =
        switch (said.getOrDefault("who_must_act", "")) {
          case "CLIENT" -> "who must act: you";
          case "OPERATOR" -> "who must act: the operator of this gateway";
          case "PEER" -> "who must act: the other agency";
          case "POLICY" -> "who must act: the authors of the agreements";
          case "NOBODY" -> "no action is needed";
          default -> "";
        };
    String again = Boolean.parseBoolean(said.get("retry")) ? "the same call can succeed later" : "";
    String both = who + (who.isEmpty() || again.isEmpty() ? "" : "; ") + again;
    return both.isEmpty() ? "" : " (" + both + ")";
  }
}
