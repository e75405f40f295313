package org.entente.gateway.rpc;

import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import org.entente.gateway.identity.Identified;
import org.entente.gateway.identity.Scope;
import org.entente.gateway.model.Result;
import org.entente.gateway.rpc.server.CallCost;
import org.entente.gateway.rpc.server.Caller;
import org.entente.gateway.rpc.server.DiskUse;
import org.entente.gateway.rpc.server.ServiceMethods;
import org.entente.gateway.rpc.server.StatusMapper;
import org.entente.proto.v1.ConsoleGrpc;
import org.entente.proto.v1.OpenConsoleResponse;

/** The Console service: makes addresses that open the console in a browser. */
public final class ConsoleService implements BindableService {
  private final Addresses addresses;

  /** Makes addresses. */
  @FunctionalInterface
  public interface Addresses {
    /** An address for a client. */
    Result<OpenConsoleResponse> open(Identified client);
  }

  /** The service over what makes addresses. */
  public ConsoleService(Addresses addresses) {
    this.addresses = addresses;
  }

  @Override
  public ServerServiceDefinition bindService() {
    return new ServiceMethods(ConsoleGrpc.getServiceDescriptor())
        .unary(
            ConsoleGrpc.getOpenConsoleMethod(),
            () -> Caller.requireAny(Scope.OPERATOR, Scope.EVIDENCE, Scope.AUDIT, Scope.PUBLISH),
            CallCost.CHANGE,
            DiskUse.NONE,
            (caller, request) -> StatusMapper.value(addresses.open(caller)))
        .build();
  }
}
