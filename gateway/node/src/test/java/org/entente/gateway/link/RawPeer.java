package org.entente.gateway.link;

import com.google.rpc.ErrorInfo;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.entente.proto.link.v1.ExchangeRequest;
import org.entente.proto.link.v1.ExchangeResponse;
import org.entente.proto.link.v1.Frame;
import org.entente.proto.link.v1.Hello;
import org.entente.proto.link.v1.LinkServiceGrpc;
import org.jspecify.annotations.Nullable;

/** A peer that says whatever a test wants. */
final class RawPeer implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 30;

  private final ManagedChannel channel;
  private final BlockingQueue<Frame> heard = new LinkedBlockingQueue<>();
  private final CompletableFuture<Throwable> end = new CompletableFuture<>();
  private @Nullable ClientCallStreamObserver<ExchangeRequest> call;

  private RawPeer(PeerName caller, int port, boolean reads) {
    channel = TestNode.channel(caller, port);
    var unused =
        LinkServiceGrpc.newStub(channel)
            .exchange(
                new ClientResponseObserver<ExchangeRequest, ExchangeResponse>() {
                  @Override
                  public void beforeStart(ClientCallStreamObserver<ExchangeRequest> requests) {
                    requests.disableAutoRequestWithInitial(reads ? Integer.MAX_VALUE : 1);
                    call = requests;
                  }

                  @Override
                  public void onNext(ExchangeResponse response) {
                    heard.add(response.getFrame());
                  }

                  @Override
                  public void onError(Throwable error) {
                    end.complete(error);
                  }

                  @Override
                  public void onCompleted() {
                    end.complete(Status.OK.asException());
                  }
                });
  }

  static RawPeer open(PeerName caller, TestNode at) {
    return new RawPeer(caller, at.port(), true);
  }

  /** One that takes the first frame and then reads no more. */
  static RawPeer openWithoutReading(PeerName caller, TestNode at) {
    return new RawPeer(caller, at.port(), false);
  }

  /** A Hello with which nothing is wrong. */
  static Hello.Builder hello(PeerName as, int lane) {
    return Hello.newBuilder()
        .setProtocol(1)
        .setAgency(as.agency().value())
        .setGateway(as.node().value())
        .setLane(lane)
        .setSendEpoch(1)
        .setSendFirst(1)
        .setSendNext(1);
  }

  void say(Frame.Builder frame) {
    if (call == null) {
      throw new IllegalStateException("not started");
    }
    call.onNext(ExchangeRequest.newBuilder().setFrame(frame).build());
  }

  /** Says it unless it would only be buffered here, or the stream is over. */
  boolean sayIfReady(Frame.Builder frame) {
    boolean ready = call != null && call.isReady() && !isOver();
    if (ready) {
      say(frame);
    }
    return ready;
  }

  /** Ends its side in order. */
  void finish() {
    if (call != null) {
      call.onCompleted();
    }
  }

  boolean isOver() {
    return end.isDone();
  }

  /** The next frame that the gateway says. */
  Frame hear() throws InterruptedException {
    Frame frame = heard.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (frame == null) {
      throw new AssertionError("nothing heard");
    }
    return frame;
  }

  /** How the gateway ended the stream, as status and code. */
  String end() throws Exception {
    Throwable error = end.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    com.google.rpc.Status details = StatusProto.fromThrowable(error);
    String code = "";
    if (details != null && details.getDetailsCount() > 0) {
      ErrorInfo info = details.getDetails(0).unpack(ErrorInfo.class);
      code = " " + info.getDomain() + "/" + info.getReason();
    }
    return Status.fromThrowable(error).getCode() + code;
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
