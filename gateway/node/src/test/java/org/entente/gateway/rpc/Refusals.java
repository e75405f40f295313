package org.entente.gateway.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.Any;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.List;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.function.Executable;

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

  /** The call is refused, and the client learns this. */
  public static void assertRefused(Status.Code status, String reason, Executable call) {
    Details details = of(assertThrows(StatusRuntimeException.class, call));
    assertEquals(status, details.status());
    assertEquals(reason, details.reason());
  }

  /** The same, and which field is meant. */
  public static void assertRefused(
      Status.Code status, String reason, String field, Executable call) {
    Details details = of(assertThrows(StatusRuntimeException.class, call));
    assertEquals(
        List.of(status, reason, field),
        List.of(details.status(), details.reason(), details.field()));
  }

  /** The reason and the field. */
  public static void assertRefused(String reason, String field, Executable call) {
    Details details = of(assertThrows(StatusRuntimeException.class, call));
    assertEquals(reason, details.reason());
    assertEquals(field, details.field());
  }
}
