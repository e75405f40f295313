package org.entente.gateway.rpc;

import io.grpc.stub.StreamObserver;
import org.entente.gateway.identity.Identified;
import org.entente.gateway.identity.Scope;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.rpc.server.Caller;
import org.entente.gateway.rpc.server.StatusMapper;
import org.entente.proto.v1.CapGrpc;
import org.entente.proto.v1.ReadCapRequest;
import org.entente.proto.v1.ReadCapResponse;
import org.entente.proto.v1.WriteCapRequest;
import org.entente.proto.v1.WriteCapResponse;

/** The Cap service over a {@link CapBridge}. */
final class CapService extends CapGrpc.CapImplBase {
  private final CapBridge bridge;

  CapService(CapBridge bridge) {
    this.bridge = bridge;
  }

  @Override
  public void readCap(ReadCapRequest request, StreamObserver<ReadCapResponse> observer) {
    Caller.require(Scope.PUBLISH);
    answer(bridge.read(request), observer);
  }

  @Override
  public void writeCap(WriteCapRequest request, StreamObserver<WriteCapResponse> observer) {
    Identified caller = Caller.require(Scope.SEARCH);
    MessageId id = ReleaseService.id("message_id", request.getMessageId());
    answer(bridge.write(caller.name(), id, request), observer);
  }

  private static <T> void answer(CapBridge.Answer<T> answer, StreamObserver<T> observer) {
    if (answer instanceof CapBridge.Answer.Refused<T> refused) {
      throw StatusMapper.exception(refused.problem());
    }
    observer.onNext(((CapBridge.Answer.Done<T>) answer).response());
    observer.onCompleted();
  }
}
