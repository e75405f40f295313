package org.entente.gateway.rpc;

import io.grpc.stub.StreamObserver;
import org.entente.gateway.identity.Scope;
import org.entente.gateway.rpc.server.Caller;
import org.entente.gateway.rpc.server.StatusMapper;
import org.entente.proto.v1.LintPolicyRequest;
import org.entente.proto.v1.LintPolicyResponse;
import org.entente.proto.v1.ListCodesRequest;
import org.entente.proto.v1.ListCodesResponse;
import org.entente.proto.v1.PolicyToolsGrpc;
import org.entente.proto.v1.TestPolicyRequest;
import org.entente.proto.v1.TestPolicyResponse;

/** The PolicyTools service over {@link PolicyQuestions}. */
final class PolicyToolsService extends PolicyToolsGrpc.PolicyToolsImplBase {
  private final PolicyQuestions questions;

  PolicyToolsService(PolicyQuestions questions) {
    this.questions = questions;
  }

  @Override
  public void listCodes(ListCodesRequest request, StreamObserver<ListCodesResponse> observer) {
    Caller.requireOwn();
    answer(questions.codes(request), observer);
  }

  @Override
  public void testPolicy(TestPolicyRequest request, StreamObserver<TestPolicyResponse> observer) {
    Caller.require(Scope.OPERATOR);
    answer(questions.test(request), observer);
  }

  @Override
  public void lintPolicy(LintPolicyRequest request, StreamObserver<LintPolicyResponse> observer) {
    Caller.require(Scope.OPERATOR);
    answer(questions.lint(), observer);
  }

  private static <T> void answer(PolicyQuestions.Answer<T> answer, StreamObserver<T> observer) {
    if (answer instanceof PolicyQuestions.Answer.Refused<T> refused) {
      throw StatusMapper.exception(refused.problem());
    }
    observer.onNext(((PolicyQuestions.Answer.Given<T>) answer).response());
    observer.onCompleted();
  }
}
