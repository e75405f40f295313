package org.entente.gateway.cli.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.Any;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import com.google.rpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.nio.channels.ClosedChannelException;
import org.entente.gateway.cli.RootCommand;
import org.entente.gateway.cli.failure.ExitCode;
import org.entente.gateway.model.Problem;
import org.entente.gateway.rpc.server.StatusMapper;
import org.entente.proto.v1.Outcome;
import org.junit.jupiter.api.Test;

/** What a person reads of a call that failed. */
class RpcFailuresTest {
  private static StatusRuntimeException refused(String whoMustAct, boolean retry) {
    return StatusProto.toStatusRuntimeException(
        Status.newBuilder()
            .setCode(Code.PERMISSION_DENIED_VALUE)
            .setMessage("SCOPE_MISSING: the call needs the scope search")
            .addDetails(
                Any.pack(
                    ErrorInfo.newBuilder()
                        .setReason("SCOPE_MISSING")
                        .putMetadata("who_must_act", whoMustAct)
                        .putMetadata("retry", Boolean.toString(retry))
                        .build()))
            .build());
  }

  @Test
  void exit_tellsARefusalFromNoAnswerAndFromADefect() {
    assertEquals(ExitCode.REFUSED, RpcFailures.explain(refused("OPERATOR", false)).exit());
    assertEquals(ExitCode.UNREACHABLE, exit(io.grpc.Status.UNAVAILABLE));
    assertEquals(ExitCode.UNREACHABLE, exit(io.grpc.Status.DEADLINE_EXCEEDED));
    assertEquals(ExitCode.REFUSED, exit(io.grpc.Status.PERMISSION_DENIED));
    assertEquals(ExitCode.FAILED, exit(io.grpc.Status.INTERNAL));
    assertEquals(ExitCode.FAILED, exit(io.grpc.Status.UNKNOWN));
    assertEquals(
        ExitCode.UNREACHABLE, exit(io.grpc.Status.UNKNOWN.withCause(new ClosedChannelException())));
  }

  private static ExitCode exit(io.grpc.Status status) {
    return RpcFailures.explain(status.asRuntimeException()).exit();
  }

  private static String told(Throwable failure) {
    return String.valueOf(RpcFailures.explain(failure).getMessage());
  }

  @Test
  void explain_refusedByTheGateway_saysCodeReasonAndWhoMustAct() {
    assertEquals(
        "the gateway answered SCOPE_MISSING: the call needs the scope search"
            + " (who must act: the operator of this gateway)",
        told(refused("OPERATOR", false)));
  }

  @Test
  void explain_whatCanSucceedLater_saysSo() {
    assertEquals(
        "the gateway answered SCOPE_MISSING: the call needs the scope search"
            + " (no action is needed; the same call can succeed later)",
        told(refused("NOBODY", true)));
  }

  @Test
  void explain_whoeverMustActOfALaterRelease_isLeftOut() {
    assertEquals(
        "the gateway answered SCOPE_MISSING: the call needs the scope search"
            + " (the same call can succeed later)",
        told(refused("SOMEBODY_NEW", true)));
  }

  @Test
  void explain_connectionThatEnded_isNoAnswerOfTheGateway() {
    assertEquals(
        "no connection to the gateway: Network closed for unknown reason",
        told(
            io.grpc.Status.UNAVAILABLE
                .withDescription("Network closed for unknown reason")
                .asRuntimeException()));
  }

  @Test
  void explain_statusOfGrpcItself_isToldAsItIs() {
    assertEquals(
        "the gateway answered UNIMPLEMENTED: no such method",
        told(io.grpc.Status.UNIMPLEMENTED.withDescription("no such method").asRuntimeException()));
  }

  private static org.entente.proto.v1.Problem invalid(String field, String message) {
    return new Problem(org.entente.gateway.model.Code.INVALID_FIELD, field, message).toProto();
  }

  /** Several fields of a real refusal; the command fills only one. */
  @Test
  void explain_wrongFields_namesTheOptionsThatFillThem() {
    Outcome.Builder outcome = Outcome.newBuilder();
    outcome
        .getInvalidBuilder()
        .mergeFrom(invalid("label.case_ref", "is too long"))
        .addFurther(invalid("label.id", "is required"));
    StatusRuntimeException refused =
        assertThrows(StatusRuntimeException.class, () -> StatusMapper.valid(outcome.build()));
    FieldOptions options =
        FieldOptions.of(
            RootCommand.commandLine()
                .parseArgs("thread", "K-1", "--officer=FR-1", "--justification=why")
                .subcommand()
                .commandSpec());
    assertEquals(
        "the gateway answered INVALID_FIELD: CASE (label.case_ref): is too long;"
            + " label.id: is required (who must act: you)",
        RpcFailures.explain(refused, options).getMessage());
  }
}
