package org.entente.gateway.link;

import com.google.protobuf.Any;
import com.google.rpc.ErrorInfo;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import org.entente.gateway.model.Code;

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

  private static Status.Code statusOf(Code code) {
    return switch (code) {
      case MALFORMED -> Status.Code.INVALID_ARGUMENT;
      case UNKNOWN_PEER, IDENTITY_MISMATCH -> Status.Code.PERMISSION_DENIED;
      case PROTOCOL_VERSION, SEQUENCE_CONFLICT -> Status.Code.FAILED_PRECONDITION;
      case OVERLOADED, STORAGE_FULL -> Status.Code.RESOURCE_EXHAUSTED;
      case NOT_READY -> Status.Code.UNAVAILABLE;
      default -> Status.Code.INTERNAL;
    };
  }
}
