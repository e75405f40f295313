package org.entente.gateway.rpc;

import org.entente.gateway.model.Problem;
import org.entente.proto.v1.LintPolicyResponse;
import org.entente.proto.v1.ListCodesRequest;
import org.entente.proto.v1.ListCodesResponse;
import org.entente.proto.v1.TestPolicyRequest;
import org.entente.proto.v1.TestPolicyResponse;

/** The policy in force as clients ask about it. Calls block; safe for many threads. */
public interface PolicyQuestions {
  /** What came of a question. */
  sealed interface Answer<T> {
    /** It is answered. */
    record Given<T>(T response) implements Answer<T> {}

    /** It is not. */
    record Refused<T>(Problem problem) implements Answer<T> {}
  }

  /** Says what labels may hold, and what that means. */
  Answer<ListCodesResponse> codes(ListCodesRequest request);

  /** Puts expectations to it. */
  Answer<TestPolicyResponse> test(TestPolicyRequest request);

  /** Looks for what is wrong or odd in its files. */
  Answer<LintPolicyResponse> lint();
}
