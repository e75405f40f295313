package org.entente.gateway.client;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import io.grpc.protobuf.StatusProto;
import java.util.List;
import java.util.Optional;

/**
 * The machine-readable parts of a gateway's refusal: {@code google.rpc.ErrorInfo}, and {@code
 * google.rpc.BadRequest} if a field is at fault. Stateless.
 */
public final class ErrorDetails {
  private ErrorDetails() {}

  /** The stable code and what else the gateway says; empty if the failure is not a gateway's. */
  public static Optional<ErrorInfo> of(Throwable failure) {
    return detail(failure, ErrorInfo.class);
  }

  /** The field at fault and what is wrong with it; empty if none is, or it is not a gateway's. */
  public static Optional<BadRequest.FieldViolation> field(Throwable failure) {
    return fields(failure).stream().findFirst();
  }

  /**
   * The wrong fields, each with what would be valid. The status text names the first; empty if none
   * is wrong, or the failure is not a gateway's.
   */
  public static List<BadRequest.FieldViolation> fields(Throwable failure) {
    return detail(failure, BadRequest.class)
        .map(BadRequest::getFieldViolationsList)
        .orElse(List.of());
  }

  private static <M extends Message> Optional<M> detail(Throwable failure, Class<M> type) {
    com.google.rpc.Status status;
    try {
      status = StatusProto.fromThrowable(failure);
    } catch (IllegalArgumentException e) {
      // They are none, or of another code than the call's: no gateway's.
      return Optional.empty();
    }
    if (status == null) {
      return Optional.empty();
    }
    for (Any detail : status.getDetailsList()) {
      if (detail.is(type)) {
        try {
          return Optional.of(detail.unpack(type));
        } catch (InvalidProtocolBufferException e) {
          return Optional.empty();
        }
      }
    }
    return Optional.empty();
  }
}
