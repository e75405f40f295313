package org.entente.gateway.link;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.InvalidValue;

/** Refusals of the peer port as gRPC statuses: stable code in an {@code ErrorInfo}. */
final class LinkStatus {
  /** Domain of the codes. */
  static final String DOMAIN = "entente";

  private LinkStatus() {}

  static StatusRuntimeException of(Code code, String text) {
    ErrorInfo info = ErrorInfo.newBuilder().setDomain(DOMAIN).setReason(code.name()).build();
    return StatusProto.toStatusRuntimeException(
        com.google.rpc.Status.newBuilder()
            .setCode(statusOf(code).value())
            .setMessage(text)
            .addDetails(Any.pack(info))
            .build());
  }

  /** The stable code with which the other side ended a call; empty if it gave none. */
  static Optional<String> reason(Throwable error) {
    com.google.rpc.Status details;
    try {
      details = StatusProto.fromThrowable(error);
    } catch (IllegalArgumentException e) {
      // They are none, or of another code than the call's: the other side is faulty.
      return Optional.empty();
    }
    for (Any detail : details == null ? List.<Any>of() : details.getDetailsList()) {
      if (detail.is(ErrorInfo.class)) {
        try {
          return Optional.of(InvalidValue.printable(detail.unpack(ErrorInfo.class).getReason()));
        } catch (InvalidProtocolBufferException e) {
          return Optional.empty();
        }
      }
    }
    return Optional.empty();
  }

  /**
   * Why a call ended, for an operator: the other side's stable code, or else gRPC's, with its text.
   * Adds the local cause if the call never reached the other side.
   */
  static String words(Throwable error) {
    Status status = Status.fromThrowable(error);
    String said =
        reason(error).orElse(status.getCode().toString()) + ": " + status.getDescription();
    Throwable here = status.getCause();
    if (here == null) {
      return said;
    }
    Throwable first = here;
    while (first.getCause() != null) {
      first = first.getCause();
    }
    String outer = message(here);
    String inner = message(first);
    // The outer exception names the address, the inner one the handshake failure.
    String both = outer.contains(inner) ? outer : outer + ": " + inner;
    return said + " (" + both + ")";
  }

  private static String message(Throwable failure) {
    String message = failure.getMessage();
    return message == null ? failure.getClass().getSimpleName() : InvalidValue.printable(message);
  }

  private static Status.Code statusOf(Code code) {
    return switch (code) {
      case MALFORMED -> Status.Code.INVALID_ARGUMENT;
      case UNKNOWN_PEER, IDENTITY_MISMATCH -> Status.Code.PERMISSION_DENIED;
      case PROTOCOL_VERSION, SEQUENCE_CONFLICT, STALE_TERM -> Status.Code.FAILED_PRECONDITION;
      case OVERLOADED, STORAGE_FULL -> Status.Code.RESOURCE_EXHAUSTED;
      case NOT_READY, NOT_LEADER -> Status.Code.UNAVAILABLE;
      default -> Status.Code.INTERNAL;
    };
  }
}
