package org.entente.gateway.link;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import org.entente.gateway.model.Code;
import org.entente.proto.link.v1.ExchangeRequest;
import org.entente.proto.link.v1.ExchangeResponse;
import org.entente.proto.link.v1.Hello;
import org.entente.proto.link.v1.LinkServiceGrpc;

/** The gRPC service of the peer port: assigns each stream that a peer opens to its slot. */
final class LinkServer extends LinkServiceGrpc.LinkServiceImplBase {
  private final LinkEnvironment environment;
  private final Acceptor acceptor;

  /** Takes or ends a stream whose first frame has come. */
  interface Acceptor {
    void accept(IncomingStream stream, PeerName from, Hello hello);
  }

  LinkServer(LinkEnvironment environment, Acceptor acceptor) {
    this.environment = environment;
    this.acceptor = acceptor;
  }

  @Override
  public StreamObserver<ExchangeRequest> exchange(StreamObserver<ExchangeResponse> responses) {
    PeerName peer = LinkContext.PEER.get();
    AcceptedStream stream =
        new AcceptedStream(
            (ServerCallStreamObserver<ExchangeResponse>) responses,
            (greeting, hello) -> greeted(greeting, peer, hello),
            Objects.requireNonNullElse(LinkContext.MESSAGES.get(), InboundMessages.UNCOUNTED));
    stream.start();
    if (peer == null) {
      stream.end(Code.IDENTITY_MISMATCH, "the certificate names no gateway of a member");
    }
    environment.after(
        environment.settings().handshakeTimeout(), environment.workers(), stream::endUnlessGreeted);
    return stream;
  }

  private void greeted(AcceptedStream stream, PeerName peer, Hello hello) {
    try {
      environment.workers().execute(() -> acceptor.accept(stream, peer, hello));
    } catch (RejectedExecutionException e) {
      stream.end(Code.NOT_READY, "stopping");
    }
  }
}
