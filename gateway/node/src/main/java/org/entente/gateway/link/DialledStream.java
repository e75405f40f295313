package org.entente.gateway.link;

import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.entente.gateway.model.Code;
import org.entente.gateway.trust.Endpoint;
import org.entente.proto.link.v1.ExchangeRequest;
import org.entente.proto.link.v1.ExchangeResponse;
import org.entente.proto.link.v1.Frame;
import org.jspecify.annotations.Nullable;

/** A stream that this side opened. */
final class DialledStream
    implements FrameStream, ClientResponseObserver<ExchangeRequest, ExchangeResponse> {
  private final Endpoint address;
  private final Listener listener;
  private final AtomicBoolean over = new AtomicBoolean();
  private @Nullable ClientCallStreamObserver<ExchangeRequest> call;
  private volatile InboundMessages messages = InboundMessages.UNCOUNTED;
  private volatile boolean leaderRefused;

  DialledStream(Endpoint address, Listener listener) {
    this.address = address;
    this.listener = listener;
  }

  /** Says what counts the call's messages. */
  void countedBy(InboundMessages count) {
    messages = count;
  }

  @Override
  public void allow(int messageBytes) {
    messages.allow(messageBytes);
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<ExchangeRequest> requests) {
    requests.disableAutoRequestWithInitial(1);
    requests.setOnReadyHandler(() -> listener.ready(this));
    call = requests;
  }

  @Override
  public void onNext(ExchangeResponse response) {
    listener.received(this, response.getFrame());
  }

  @Override
  public void onError(Throwable error) {
    leaderRefused =
        LinkStatus.reason(error).filter(code -> !code.equals(Code.NOT_LEADER.name())).isPresent();
    finish(LinkStatus.words(error));
  }

  @Override
  public void onCompleted() {
    finish("ended by the peer");
  }

  private void finish(String why) {
    if (over.compareAndSet(false, true)) {
      listener.ended(this, why);
    }
  }

  @Override
  public boolean isDialled() {
    return true;
  }

  @Override
  public Optional<Endpoint> address() {
    return Optional.of(address);
  }

  /** Whether a gateway that leads ended the stream: it said why, and another would not say more. */
  boolean leaderRefused() {
    return leaderRefused;
  }

  @Override
  public boolean isReady() {
    return !over.get() && call().isReady();
  }

  @Override
  public void send(Frame frame) {
    if (!over.get()) {
      call().onNext(ExchangeRequest.newBuilder().setFrame(frame).build());
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
      call().request(1);
    }
  }

  @Override
  public void end(Code code, String why) {
    if (over.compareAndSet(false, true)) {
      call().cancel(code + ": " + why, null);
    }
  }

  private ClientCallStreamObserver<ExchangeRequest> call() {
    if (call == null) {
      throw new IllegalStateException("not started");
    }
    return call;
  }
}
