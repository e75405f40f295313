package org.entente.gateway.feature.report;

import io.grpc.stub.ServerCallStreamObserver;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A client that accepts everything, unless it has little room. */
final class TakingClient<A> extends ServerCallStreamObserver<A> {
  final List<A> taken = new ArrayList<>();
  Runnable cancel = () -> {};
  Runnable ready = () -> {};
  int room = Integer.MAX_VALUE;
  boolean mayFail;
  @Nullable Throwable failure;
  @Nullable Runnable during;
  boolean completed;

  @Override
  public void onNext(A response) {
    room--;
    taken.add(response);
    Runnable meanwhile = during;
    if (meanwhile != null) {
      meanwhile.run();
    }
  }

  @Override
  public void onError(Throwable t) {
    if (!mayFail) {
      throw new AssertionError(t);
    }
    failure = t;
  }

  @Override
  public void onCompleted() {
    completed = true;
  }

  @Override
  public boolean isReady() {
    return room > 0;
  }

  @Override
  public boolean isCancelled() {
    return false;
  }

  @Override
  public void setOnCancelHandler(Runnable handler) {
    cancel = handler;
  }

  @Override
  public void setOnReadyHandler(Runnable handler) {
    ready = handler;
  }

  @Override
  public void setCompression(String compression) {}

  @Override
  public void disableAutoInboundFlowControl() {}

  @Override
  public void request(int count) {}

  @Override
  public void setMessageCompression(boolean enable) {}
}
