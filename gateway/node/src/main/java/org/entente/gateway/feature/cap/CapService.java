package org.entente.gateway.feature.cap;

import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import org.entente.gateway.identity.Identified;
import org.entente.gateway.identity.Scope;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.rpc.server.CallCost;
import org.entente.gateway.rpc.server.DiskUse;
import org.entente.gateway.rpc.server.RequestFields;
import org.entente.gateway.rpc.server.ServiceMethods;
import org.entente.gateway.rpc.server.StatusMapper;
import org.entente.proto.v1.CapGrpc;
import org.entente.proto.v1.WriteCapRequest;
import org.entente.proto.v1.WriteCapResponse;

/** The Cap service over a {@link CapConverter}. */
final class CapService implements BindableService {
  private final CapConverter converter;

  CapService(CapConverter converter) {
    this.converter = converter;
  }

  @Override
  public ServerServiceDefinition bindService() {
    return new ServiceMethods(CapGrpc.getServiceDescriptor())
        .unary(
            CapGrpc.getReadCapMethod(),
            Scope.PUBLISH,
            CallCost.READ,
            DiskUse.NONE,
            (caller, request) -> StatusMapper.value(converter.read(request)))
        .unary(
            CapGrpc.getWriteCapMethod(),
            Scope.SEARCH,
            CallCost.READ,
            DiskUse.DEFERRABLE,
            this::writeCap)
        .build();
  }

  private WriteCapResponse writeCap(Identified caller, WriteCapRequest request) {
    MessageId id = RequestFields.id("message_id", request.getMessageId());
    return StatusMapper.value(converter.write(caller.name(), id, request));
  }
}
