package org.entente.gateway.link;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.atomic.AtomicBoolean;
import org.entente.gateway.model.Code;
import org.entente.proto.link.v1.ExchangeRequest;
import org.entente.proto.link.v1.ExchangeResponse;
import org.entente.proto.link.v1.Frame;
import org.entente.proto.link.v1.Hello;
import org.jspecify.annotations.Nullable;

/** A stream that a peer opened. It belongs to no lane until the peer's Hello names one. */
final class AcceptedStream implements IncomingStream, StreamObserver<ExchangeRequest> {
  /** Who is told of the first frame, on gRPC's thread. */
  interface Greeter {
    void greeted(AcceptedStream stream, Hello hello);
  }

  private final ServerCallStreamObserver<ExchangeResponse> call;
  private final Greeter greeter;
  private final InboundMessages messages;
  private final AtomicBoolean over = new AtomicBoolean();
  private final AtomicBoolean greeted = new AtomicBoolean();
  private @Nullable Listener listener;
  private @Nullable String ended;

  AcceptedStream(
      ServerCallStreamObserver<ExchangeResponse> call, Greeter greeter, InboundMessages messages) {
    this.call = call;
    this.greeter = greeter;
    this.messages = messages;
  }

  /** Starts the stream; gRPC requires the call before the service method returns. */
  void start() {
    call.disableAutoRequest();
    call.setOnReadyHandler(this::ready);
    call.setOnCancelHandler(() -> finish("cancelled"));
    call.request(1);
  }

  /** Ends the stream if the peer has sent no Hello in time. */
  void endUnlessGreeted() {
    if (greeted.compareAndSet(false, true)) {
      end(Code.NOT_READY, "no Hello in time");
    }
  }

  @Override
  public void allow(int messageBytes) {
    messages.allow(messageBytes);
  }

  /** From here on a slot reads the stream. */
  @Override
  public void listen(Listener toWhom) {
    String why;
    synchronized (this) {
      listener = toWhom;
      why = ended;
    }
    if (why != null) {
      toWhom.ended(this, why);
    }
  }

  @Override
  public void onNext(ExchangeRequest request) {
    Frame frame = request.getFrame();
    Listener hears = listener();
    if (hears != null) {
      hears.received(this, frame);
    } else if (!frame.hasHello()) {
      end(Code.MALFORMED, "the first frame must be a Hello");
    } else if (greeted.compareAndSet(false, true)) {
      greeter.greeted(this, frame.getHello());
    }
  }

  private void ready() {
    Listener hears = listener();
    if (hears != null) {
      hears.ready(this);
    }
  }

  @Override
  public void onError(Throwable error) {
    finish("cancelled");
  }

  @Override
  public void onCompleted() {
    if (finish("ended by the peer")) {
      synchronized (call) {
        call.onCompleted();
      }
    }
  }

  private boolean finish(String why) {
    if (!over.compareAndSet(false, true)) {
      return false;
    }
    Listener hears;
    synchronized (this) {
      ended = why;
      hears = listener;
    }
    if (hears != null) {
      hears.ended(this, why);
    }
    return true;
  }

  private synchronized @Nullable Listener listener() {
    return listener;
  }

  @Override
  public boolean isDialled() {
    return false;
  }

  @Override
  public boolean isReady() {
    return !over.get() && call.isReady();
  }

  @Override
  public void send(Frame frame) {
    ExchangeResponse response = ExchangeResponse.newBuilder().setFrame(frame).build();
    // The peer may end the stream meanwhile, on another thread.
    synchronized (call) {
      if (!over.get()) {
        call.onNext(response);
      }
    }
  }

  @Override
  public boolean isOnNetworkThread() {
    return messages.isOnNetworkThread();
  }

  @Override
  public void requestNext() {
    messages.processed();
    if (!over.get()) {
      call.request(1);
    }
  }

  @Override
  public void end(Code code, String why) {
    if (over.compareAndSet(false, true)) {
      synchronized (call) {
        call.onError(LinkStatus.of(code, why));
      }
    }
  }
}
