package org.entente.loadtests.isolation;

import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.entente.gateway.client.Channels;
import org.entente.gateway.client.Credentials;
import org.entente.proto.link.v1.ExchangeRequest;
import org.entente.proto.link.v1.ExchangeResponse;
import org.entente.proto.link.v1.Frame;
import org.entente.proto.link.v1.Hello;
import org.entente.proto.link.v1.LinkServiceGrpc;

/**
 * A hostile peer with valid credentials. Until it is closed, it opens streams that violate the
 * protocol, as fast as they are answered.
 */
final class HostilePeer implements AutoCloseable {
  private static final int AT_A_TIME = 4;
  private static final int PAUSE_MILLIS = 5;

  private final ManagedChannel channel;
  private final Semaphore room = new Semaphore(AT_A_TIME);
  private final AtomicLong refusals = new AtomicLong();
  private final AttackThread thread = new AttackThread("hostile", PAUSE_MILLIS, this::act);

  HostilePeer(String address, Credentials credentials) {
    channel = Channels.open(address, credentials);
    thread.start();
  }

  private void act() throws InterruptedException {
    if (room.tryAcquire(1, TimeUnit.SECONDS)) {
      StreamObserver<ExchangeRequest> stream =
          LinkServiceGrpc.newStub(channel).exchange(new Refused());
      stream.onNext(
          ExchangeRequest.newBuilder()
              .setFrame(Frame.newBuilder().setHello(Hello.newBuilder().setLane(-1)))
              .build());
    }
  }

  long refusals() {
    return refusals.get();
  }

  private final class Refused implements StreamObserver<ExchangeResponse> {
    @Override
    public void onNext(ExchangeResponse response) {}

    @Override
    public void onError(Throwable failure) {
      refusals.incrementAndGet();
      room.release();
    }

    @Override
    public void onCompleted() {
      room.release();
    }
  }

  @Override
  public void close() {
    thread.close();
    channel.shutdownNow();
  }
}
