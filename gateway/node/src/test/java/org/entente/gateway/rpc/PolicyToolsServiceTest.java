package org.entente.gateway.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.grpc.StatusRuntimeException;
import java.io.IOException;
import org.entente.proto.v1.LintPolicyRequest;
import org.entente.proto.v1.LintPolicyResponse;
import org.entente.proto.v1.ListCodesRequest;
import org.entente.proto.v1.ListCodesResponse;
import org.entente.proto.v1.PolicyToolsGrpc;
import org.entente.proto.v1.TestPolicyRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Who may ask about policy; what comes of it is PolicyToolsPathTest's. */
class PolicyToolsServiceTest {
  private static String reason(Executable call) {
    return Refusals.of(assertThrows(StatusRuntimeException.class, call)).reason();
  }

  @Test
  void client_withoutTheScope_isDenied_andAnOperatorIsNot() throws IOException {
    Edge edge = new Edge();
    try {
      PolicyToolsGrpc.PolicyToolsBlockingStub publisher =
          PolicyToolsGrpc.newBlockingStub(edge.calling("publisher"));
      PolicyToolsGrpc.PolicyToolsBlockingStub all =
          PolicyToolsGrpc.newBlockingStub(edge.calling("all"));
      TestPolicyRequest test = TestPolicyRequest.getDefaultInstance();
      LintPolicyRequest lint = LintPolicyRequest.getDefaultInstance();
      assertEquals("SCOPE_MISSING", reason(() -> publisher.testPolicy(test)));
      assertEquals("SCOPE_MISSING", reason(() -> publisher.lintPolicy(lint)));
      assertEquals("INVALID_FIELD", reason(() -> all.testPolicy(test)));
      assertEquals(LintPolicyResponse.getDefaultInstance(), all.lintPolicy(lint));
      // What labels say, every client of the agency may know; who is from outside may not.
      ListCodesRequest codes = ListCodesRequest.getDefaultInstance();
      PolicyToolsGrpc.PolicyToolsBlockingStub holder =
          PolicyToolsGrpc.newBlockingStub(edge.calling("holder"));
      assertEquals(ListCodesResponse.getDefaultInstance(), publisher.listCodes(codes));
      assertEquals("SCOPE_MISSING", reason(() -> holder.listCodes(codes)));
      assertEquals("SCOPE_MISSING", reason(() -> holder.testPolicy(test)));
    } finally {
      edge.close();
    }
  }
}
