package org.entente.gateway.rpc;

import org.entente.gateway.model.Result;
import org.entente.proto.v1.LintPolicyResponse;
import org.entente.proto.v1.ListCodesRequest;
import org.entente.proto.v1.ListCodesResponse;
import org.entente.proto.v1.TestPolicyRequest;
import org.entente.proto.v1.TestPolicyResponse;

/** Clients' queries about the policy in force. Calls block; safe for many threads. */
public interface PolicyQuestions {
  /** Lists the codes allowed in labels, and their meanings. */
  Result<ListCodesResponse> codes(ListCodesRequest request);

  /** Tests the policy against expectations. */
  Result<TestPolicyResponse> test(TestPolicyRequest request);

  /** Finds faults and oddities in the policy's files. */
  Result<LintPolicyResponse> lint();
}
