package org.entente.gateway.cli.call;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Any;
import com.google.rpc.ErrorInfo;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.io.IOException;
import java.security.cert.CertificateExpiredException;
import org.junit.jupiter.api.Test;

/** Which failures end a command that follows. */
class ResumedStreamTest {
  private static StatusRuntimeException said(Status.Code code, String reason, boolean retry) {
    return StatusProto.toStatusRuntimeException(
        com.google.rpc.Status.newBuilder()
            .setCode(code.value())
            .addDetails(
                Any.pack(
                    ErrorInfo.newBuilder()
                        .setReason(reason)
                        .putMetadata("retry", Boolean.toString(retry))
                        .build()))
            .build());
  }

  @Test
  void whatTheGatewayRefuses_isFinal_unlessItSaysThatTheSameCallCanSucceed() {
    assertTrue(ResumedStream.isFinal(said(Status.Code.PERMISSION_DENIED, "SCOPE_MISSING", false)));
    assertTrue(ResumedStream.isFinal(said(Status.Code.INVALID_ARGUMENT, "INVALID_FIELD", false)));
    assertTrue(ResumedStream.isFinal(said(Status.Code.NOT_FOUND, "NOT_FOUND", false)));
    assertTrue(ResumedStream.isFinal(said(Status.Code.UNAUTHENTICATED, "UNKNOWN_CLIENT", false)));
    assertFalse(ResumedStream.isFinal(said(Status.Code.UNAVAILABLE, "NOT_READY", true)));
    assertFalse(ResumedStream.isFinal(said(Status.Code.RESOURCE_EXHAUSTED, "OVERLOADED", true)));
  }

  /** Two commands that open one cursor must not take it from each other for ever. */
  @Test
  void cursorThatAnotherTookOver_isFinal() {
    assertTrue(ResumedStream.isFinal(said(Status.Code.ABORTED, "CURSOR_TAKEN_OVER", true)));
  }

  @Test
  void connectionThatBreaks_isMadeAgain_oneThatACertificateRefusesIsNot() {
    Status unavailable = Status.UNAVAILABLE;
    assertFalse(
        ResumedStream.isFinal(
            unavailable.withCause(new IOException("Connection reset")).asRuntimeException()));
    assertFalse(ResumedStream.isFinal(Status.CANCELLED.asRuntimeException()));
    assertTrue(
        ResumedStream.isFinal(
            unavailable.withCause(new CertificateExpiredException()).asRuntimeException()));
    assertTrue(ResumedStream.isFinal(Status.INTERNAL.asRuntimeException()));
  }
}
