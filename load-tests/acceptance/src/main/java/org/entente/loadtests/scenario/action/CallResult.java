package org.entente.loadtests.scenario.action;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import com.google.rpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.function.Function;
import java.util.function.Supplier;

/** A gateway's answer to a call. */
public sealed interface CallResult<T> {
  /** The call succeeded. */
  record Given<T>(T value) implements CallResult<T> {}

  /**
   * The call failed.
   *
   * @param code the stable code (proto/README.md); gRPC's own if the gateway gave none
   * @param reason in words
   */
  record Failed<T>(String code, String reason) implements CallResult<T> {}

  /** gRPC's code for a connection that broke, which leaves open whether the gateway did it. */
  String BROKEN = "UNAVAILABLE";

  /** Makes a call. */
  static <T> CallResult<T> to(Supplier<T> call) {
    try {
      return new Given<>(call.get());
    } catch (StatusRuntimeException e) {
      String reason = String.valueOf(e.getStatus().getDescription());
      return new Failed<>(code(e), reason.lines().findFirst().orElse(""));
    }
  }

  /** Makes a call that may be repeated, up to three times if there is no answer. */
  static <T> CallResult<T> again(Supplier<T> call) {
    CallResult<T> answer = to(call);
    for (int i = 0; i < 2 && unanswered(answer); i++) {
      answer = to(call);
    }
    return answer;
  }

  /** Words for the value, or the code of the failure. */
  default String words(Function<? super T, String> value) {
    return this instanceof Given<T> given
        ? value.apply(given.value())
        : "error " + ((Failed<T>) this).code();
  }

  private static boolean unanswered(CallResult<?> answer) {
    return answer instanceof Failed<?> failed && failed.code().equals(BROKEN);
  }

  private static String code(StatusRuntimeException e) {
    Status status = StatusProto.fromThrowable(e);
    if (status != null) {
      for (Any detail : status.getDetailsList()) {
        try {
          if (detail.is(ErrorInfo.class)) {
            return detail.unpack(ErrorInfo.class).getReason();
          }
        } catch (InvalidProtocolBufferException malformed) {
          return "a malformed ErrorInfo";
        }
      }
    }
    return e.getStatus().getCode().name();
  }
}
