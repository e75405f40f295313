package org.entente.gateway.feature.operator;

import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import org.entente.gateway.feature.OwnCluster;
import org.entente.gateway.identity.Scope;
import org.entente.gateway.rpc.server.CallCost;
import org.entente.gateway.rpc.server.DiskUse;
import org.entente.gateway.rpc.server.ServiceMethods;
import org.entente.gateway.rpc.server.StatusMapper;
import org.entente.proto.v1.ClusterGrpc;

/** The Cluster service over {@link OwnCluster}. */
final class ClusterService implements BindableService {
  private final OwnCluster cluster;

  ClusterService(OwnCluster cluster) {
    this.cluster = cluster;
  }

  @Override
  public ServerServiceDefinition bindService() {
    return new ServiceMethods(ClusterGrpc.getServiceDescriptor())
        .unary(
            ClusterGrpc.getTransferLeadMethod(),
            Scope.OPERATOR,
            CallCost.CHANGE,
            DiskUse.NECESSARY,
            (caller, request) -> StatusMapper.value(cluster.transfer(caller.name(), request)))
        .unary(
            ClusterGrpc.getChangeMachinesMethod(),
            Scope.OPERATOR,
            CallCost.CHANGE,
            DiskUse.NECESSARY,
            (caller, request) -> StatusMapper.value(cluster.change(caller.name(), request)))
        .unary(
            ClusterGrpc.getAttestDestroyedMethod(),
            Scope.OPERATOR,
            CallCost.CHANGE,
            DiskUse.NECESSARY,
            (caller, request) ->
                StatusMapper.value(cluster.attestDestroyed(caller.name(), request)))
        .build();
  }
}
