package org.entente.gateway.rpc;

import com.google.protobuf.Any;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import org.junit.jupiter.api.Assertions;

/** Reads errors as a client does. */
public final class Refusals {
  private Refusals() {}

  /** What a client learns from an error. */
  public record Details(
      Status.Code status,
      String message,
      String reason,
      String domain,
      String whoMustAct,
      boolean retry,
      String field) {}

  public static Details of(Throwable error) throws IllegalStateException {
    com.google.rpc.Status status = StatusProto.fromThrowable(error);
    if (status == null) {
      return Assertions.fail("no details in " + error);
    }
    ErrorInfo info = ErrorInfo.getDefaultInstance();
    String field = "";
    try {
      for (Any detail : status.getDetailsList()) {
        if (detail.is(ErrorInfo.class)) {
          info = detail.unpack(ErrorInfo.class);
        } else if (detail.is(BadRequest.class)) {
          field = detail.unpack(BadRequest.class).getFieldViolations(0).getField();
        }
      }
    } catch (com.google.protobuf.InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
    return new Details(
        Status.fromCodeValue(status.getCode()).getCode(),
        status.getMessage(),
        info.getReason(),
        info.getDomain(),
        info.getMetadataOrDefault("who_must_act", ""),
        Boolean.parseBoolean(info.getMetadataOrDefault("retry", "")),
        field);
  }
}
