package org.entente.gateway.feature.operator;

import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import org.entente.gateway.feature.OwnPairs;
import org.entente.gateway.identity.Scope;
import org.entente.gateway.rpc.server.CallCost;
import org.entente.gateway.rpc.server.DiskUse;
import org.entente.gateway.rpc.server.ServiceMethods;
import org.entente.gateway.rpc.server.StatusMapper;
import org.entente.proto.v1.KeysGrpc;

/** The Keys service over {@link OwnPairs}. */
final class KeysService implements BindableService {
  private final OwnPairs pairs;

  KeysService(OwnPairs pairs) {
    this.pairs = pairs;
  }

  @Override
  public ServerServiceDefinition bindService() {
    return new ServiceMethods(KeysGrpc.getServiceDescriptor())
        .unary(
            KeysGrpc.getRenewKeysMethod(),
            Scope.OPERATOR,
            CallCost.CHANGE,
            DiskUse.NECESSARY,
            (caller, request) -> StatusMapper.value(pairs.renew(caller.name(), request)))
        .unary(
            KeysGrpc.getShowKeysMethod(),
            Scope.OPERATOR,
            CallCost.LOOKUP,
            DiskUse.NONE,
            (caller, request) -> pairs.show())
        .build();
  }
}
