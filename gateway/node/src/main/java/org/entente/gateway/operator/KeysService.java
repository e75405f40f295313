package org.entente.gateway.operator;

import io.grpc.stub.StreamObserver;
import org.entente.gateway.identity.Identified;
import org.entente.gateway.identity.Scope;
import org.entente.gateway.rpc.server.Caller;
import org.entente.gateway.rpc.server.StatusMapper;
import org.entente.proto.v1.KeysGrpc;
import org.entente.proto.v1.RenewKeysRequest;
import org.entente.proto.v1.RenewKeysResponse;
import org.entente.proto.v1.ShowKeysRequest;
import org.entente.proto.v1.ShowKeysResponse;

/** The Keys service over {@link OwnPairs}. */
final class KeysService extends KeysGrpc.KeysImplBase {
  private final OwnPairs pairs;

  KeysService(OwnPairs pairs) {
    this.pairs = pairs;
  }

  @Override
  public void renewKeys(RenewKeysRequest request, StreamObserver<RenewKeysResponse> observer) {
    Identified caller = Caller.require(Scope.OPERATOR);
    OwnPairs.Answer answer = pairs.renew(caller.name(), request);
    if (answer instanceof OwnPairs.Answer.Made made) {
      observer.onNext(made.response());
      observer.onCompleted();
    } else if (answer instanceof OwnPairs.Answer.Refused refused) {
      throw StatusMapper.exception(refused.problem());
    }
  }

  @Override
  public void showKeys(ShowKeysRequest request, StreamObserver<ShowKeysResponse> observer) {
    Caller.require(Scope.OPERATOR);
    observer.onNext(pairs.show());
    observer.onCompleted();
  }
}
