package org.entente.gateway.wire;

import org.entente.gateway.model.Problem;
import org.entente.proto.v1.LintPolicyResponse;
import org.entente.proto.v1.TestPolicyRequest;
import org.entente.proto.v1.TestPolicyResponse;

/** The policy in force as an operator asks about it. Calls block; safe for many threads. */
public interface PolicyQuestions {
  /** What came of a question. */
  sealed interface Answer<T> {
    /** It is answered. */
    record Given<T>(T response) implements Answer<T> {}

    /** It is not. */
    record Refused<T>(Problem problem) implements Answer<T> {}
  }

  /** Puts expectations to it. */
  Answer<TestPolicyResponse> test(TestPolicyRequest request);

  /** Looks for what is wrong or odd in its files. */
  Answer<LintPolicyResponse> lint();
}
