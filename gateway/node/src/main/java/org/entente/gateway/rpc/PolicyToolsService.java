package org.entente.gateway.rpc;

import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import org.entente.gateway.identity.Scope;
import org.entente.gateway.rpc.server.CallCost;
import org.entente.gateway.rpc.server.Caller;
import org.entente.gateway.rpc.server.DiskUse;
import org.entente.gateway.rpc.server.ServiceMethods;
import org.entente.gateway.rpc.server.StatusMapper;
import org.entente.proto.v1.PolicyToolsGrpc;

/** The PolicyTools service over {@link PolicyQuestions}. */
final class PolicyToolsService implements BindableService {
  private final PolicyQuestions questions;

  PolicyToolsService(PolicyQuestions questions) {
    this.questions = questions;
  }

  @Override
  public ServerServiceDefinition bindService() {
    return new ServiceMethods(PolicyToolsGrpc.getServiceDescriptor())
        .unary(
            PolicyToolsGrpc.getListCodesMethod(),
            Caller::requireOwn,
            CallCost.LOOKUP,
            DiskUse.NONE,
            (caller, request) -> StatusMapper.value(questions.codes(request)))
        .unary(
            PolicyToolsGrpc.getTestPolicyMethod(),
            Scope.OPERATOR,
            CallCost.RUN,
            DiskUse.NONE,
            (caller, request) -> StatusMapper.value(questions.test(request)))
        .unary(
            PolicyToolsGrpc.getLintPolicyMethod(),
            Scope.OPERATOR,
            CallCost.RUN,
            DiskUse.NONE,
            (caller, request) -> StatusMapper.value(questions.lint()))
        .build();
  }
}
