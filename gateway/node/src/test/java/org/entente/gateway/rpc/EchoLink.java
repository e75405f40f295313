package org.entente.gateway.rpc;

import io.grpc.stub.StreamObserver;
import org.entente.gateway.link.LinkContext;
import org.entente.gateway.link.PeerName;
import org.entente.proto.link.v1.ExchangeRequest;
import org.entente.proto.link.v1.ExchangeResponse;
import org.entente.proto.link.v1.Frame;
import org.entente.proto.link.v1.Hello;
import org.entente.proto.link.v1.LinkServiceGrpc;

/** A link service that tells each peer, for every frame, who it is. */
final class EchoLink extends LinkServiceGrpc.LinkServiceImplBase {

  @Override
  public StreamObserver<ExchangeRequest> exchange(StreamObserver<ExchangeResponse> observer) {
    PeerName peer = LinkContext.PEER.get();
    Hello hello =
        Hello.newBuilder().setAgency(peer.agency().value()).setGateway(peer.node().value()).build();
    return new StreamObserver<>() {
      @Override
      public void onNext(ExchangeRequest request) {
        observer.onNext(
            ExchangeResponse.newBuilder().setFrame(Frame.newBuilder().setHello(hello)).build());
      }

      @Override
      public void onError(Throwable t) {
        // The stream is gone, and nothing was held for it.
      }

      @Override
      public void onCompleted() {
        observer.onCompleted();
      }
    };
  }
}
