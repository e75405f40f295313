package org.entente.gateway.rpc;

import org.entente.gateway.model.Problem;
import org.entente.proto.v1.LintPolicyResponse;
import org.entente.proto.v1.ListCodesRequest;
import org.entente.proto.v1.ListCodesResponse;
import org.entente.proto.v1.TestPolicyRequest;
import org.entente.proto.v1.TestPolicyResponse;

/** Clients' queries about the policy in force. Calls block; safe for many threads. */
public interface PolicyQuestions {
  /** The answer to a query. */
  sealed interface Answer<T> {
    /** The query succeeded with this response. */
    record Given<T>(T response) implements Answer<T> {}

    /** The query was refused. */
    record Refused<T>(Problem problem) implements Answer<T> {}
  }

  /** Lists the codes allowed in labels, and their meanings. */
  Answer<ListCodesResponse> codes(ListCodesRequest request);

  /** Tests the policy against expectations. */
  Answer<TestPolicyResponse> test(TestPolicyRequest request);

  /** Finds faults and oddities in the policy's files. */
  Answer<LintPolicyResponse> lint();
}
