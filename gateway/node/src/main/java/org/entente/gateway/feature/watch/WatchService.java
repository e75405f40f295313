package org.entente.gateway.feature.watch;

import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import org.entente.gateway.identity.Identified;
import org.entente.gateway.identity.Scope;
import org.entente.gateway.rpc.server.CallCost;
import org.entente.gateway.rpc.server.DiskUse;
import org.entente.gateway.rpc.server.KnownNames;
import org.entente.gateway.rpc.server.ServiceMethods;
import org.entente.gateway.rpc.server.StatusMapper;
import org.entente.proto.v1.AddWatchRequest;
import org.entente.proto.v1.AddWatchResponse;
import org.entente.proto.v1.WatchGrpc;

/** The Watch service over {@link Watches}. */
final class WatchService implements BindableService {
  private final Watches watches;
  private final KnownNames names;

  WatchService(Watches watches, KnownNames names) {
    this.watches = watches;
    this.names = names;
  }

  @Override
  public ServerServiceDefinition bindService() {
    return new ServiceMethods(WatchGrpc.getServiceDescriptor())
        .unary(
            WatchGrpc.getAddWatchMethod(),
            Scope.WATCH,
            CallCost.CHANGE,
            DiskUse.DEFERRABLE,
            this::addWatch)
        .unary(
            WatchGrpc.getRemoveWatchMethod(),
            Scope.WATCH,
            CallCost.CHANGE,
            DiskUse.NECESSARY,
            (caller, request) -> StatusMapper.value(watches.remove(caller.name(), request)))
        .unary(
            WatchGrpc.getListWatchesMethod(),
            Scope.WATCH,
            CallCost.READ,
            DiskUse.NONE,
            (caller, request) -> StatusMapper.value(watches.list(caller.name(), request)))
        .unary(
            WatchGrpc.getListHitsMethod(),
            Scope.WATCH,
            CallCost.READ,
            DiskUse.DEFERRABLE,
            (caller, request) -> StatusMapper.value(watches.hits(caller.name(), request)))
        .build();
  }

  private AddWatchResponse addWatch(Identified caller, AddWatchRequest request) {
    StatusMapper.refuse(names.filter("terms.filter", request.getTerms().getFilter()));
    return StatusMapper.value(watches.add(caller.name(), request));
  }
}
