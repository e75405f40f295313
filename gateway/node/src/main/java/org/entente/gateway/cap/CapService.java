package org.entente.gateway.cap;

import io.grpc.stub.StreamObserver;
import org.entente.gateway.identity.Identified;
import org.entente.gateway.identity.Scope;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.rpc.ReleaseService;
import org.entente.gateway.rpc.server.Caller;
import org.entente.gateway.rpc.server.StatusMapper;
import org.entente.proto.v1.CapGrpc;
import org.entente.proto.v1.ReadCapRequest;
import org.entente.proto.v1.ReadCapResponse;
import org.entente.proto.v1.WriteCapRequest;
import org.entente.proto.v1.WriteCapResponse;

/** The Cap service over a {@link CapConverter}. */
final class CapService extends CapGrpc.CapImplBase {
  private final CapConverter bridge;

  CapService(CapConverter bridge) {
    this.bridge = bridge;
  }

  @Override
  public void readCap(ReadCapRequest request, StreamObserver<ReadCapResponse> observer) {
    Caller.require(Scope.PUBLISH);
    StatusMapper.answer(bridge.read(request), observer);
  }

  @Override
  public void writeCap(WriteCapRequest request, StreamObserver<WriteCapResponse> observer) {
    Identified caller = Caller.require(Scope.SEARCH);
    MessageId id = ReleaseService.id("message_id", request.getMessageId());
    StatusMapper.answer(bridge.write(caller.name(), id, request), observer);
  }
}
