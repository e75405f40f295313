package org.entente.gateway.cli.call;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.grpc.Status;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Problem;
import org.entente.gateway.rpc.server.StatusMapper;
import org.junit.jupiter.api.Test;

/** Which refusals stop a program that publishes many drafts. */
class DraftRefusalTest {
  private static Optional<Problem> read(Code code, String field) {
    return DraftRefusal.of(StatusMapper.exception(new Problem(code, field, "why")));
  }

  @Test
  void refusal_isOfTheDraft_exceptByTheStateOfGatewayOrClient() {
    List<Code> ofEveryDraft =
        Arrays.stream(Code.values()).filter(code -> read(code, "").isEmpty()).toList();
    assertEquals(
        List.of(
            Code.UNKNOWN_CLIENT,
            Code.CERTIFICATE_EXPIRED,
            Code.CERTIFICATE_REVOKED,
            Code.SCOPE_MISSING,
            Code.NOT_READY,
            Code.NOT_LEADER,
            Code.STORAGE_FULL,
            Code.OVERLOADED,
            Code.TRUST_EXPIRED,
            Code.INTERNAL),
        ofEveryDraft);
    assertEquals(
        Optional.of(new Problem(Code.RESTRICTED, "", "RESTRICTED: why")),
        read(Code.RESTRICTED, ""));
  }

  /** One recipient's share, and not that of the client. */
  @Test
  void refusalThatNamesAField_isOfTheDraft() {
    assertEquals(
        Optional.of(new Problem(Code.OVERLOADED, "to", "why")), read(Code.OVERLOADED, "to"));
  }

  @Test
  void failure_withoutTheGatewaysCode_saysNothingOfTheDraft() {
    assertEquals(Optional.empty(), DraftRefusal.of(Status.UNAVAILABLE.asRuntimeException()));
    assertEquals(
        Optional.of(Code.TOO_LARGE),
        DraftRefusal.of(
                Status.RESOURCE_EXHAUSTED
                    .withDescription("gRPC message exceeds maximum size 4194304: 5000000")
                    .asRuntimeException())
            .map(Problem::code));
  }

  /** The fifteenth look: drafts on their way were said to be too large, and never published. */
  @Test
  void connectionThatTheGatewayEnds_saysNothingOfTheDraft() {
    assertEquals(
        Optional.empty(),
        DraftRefusal.of(
            Status.RESOURCE_EXHAUSTED
                .withDescription(
                    "Abrupt GOAWAY closed sent stream. HTTP/2 error code:" + " ENHANCE_YOUR_CALM")
                .asRuntimeException()));
  }
}
