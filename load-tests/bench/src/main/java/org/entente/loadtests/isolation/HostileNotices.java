package org.entente.loadtests.isolation;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.entente.gateway.client.Channels;
import org.entente.gateway.client.Credentials;
import org.entente.proto.link.v1.ExchangeRequest;
import org.entente.proto.link.v1.ExchangeResponse;
import org.entente.proto.link.v1.Frame;
import org.entente.proto.link.v1.Hello;
import org.entente.proto.link.v1.LinkServiceGrpc;
import org.entente.proto.link.v1.Notice;
import org.jspecify.annotations.Nullable;

/**
 * A member that greets another as it should, and then sends forged notices as fast as they are
 * read, in its own name and in that of others: threats 76 and 77.
 */
final class HostileNotices implements Hostile {
  private static final int RETRY_MILLIS = 50;
  private static final int FORGED_BYTES = 300;

  private final String from;
  private final String to;
  private final String third;
  private final ManagedChannel channel;
  private final AtomicLong sent = new AtomicLong();
  private final AtomicLong ended = new AtomicLong();
  private final AttackThread thread = new AttackThread("hostile notices", RETRY_MILLIS, this::act);

  /** What one stream stands at. */
  private final class Link implements ClientResponseObserver<ExchangeRequest, ExchangeResponse> {
    private volatile boolean greeted;
    private volatile boolean closed;
    private volatile @Nullable ClientCallStreamObserver<ExchangeRequest> requests;

    @Override
    public void beforeStart(ClientCallStreamObserver<ExchangeRequest> call) {
      requests = call;
    }

    @Override
    public void onNext(ExchangeResponse response) {
      greeted = true;
    }

    @Override
    public void onError(Throwable failure) {
      closed = true;
      ended.incrementAndGet();
    }

    @Override
    public void onCompleted() {
      closed = true;
      ended.incrementAndGet();
    }
  }

  /**
   * Begins.
   *
   * @param third whom it pretends to be in half of the notices
   */
  HostileNotices(String address, Credentials credentials, String from, String to, String third) {
    this.from = from;
    this.to = to;
    this.third = third;
    channel = Channels.open(address, credentials);
    thread.start();
  }

  private void act() throws InterruptedException {
    Link link = new Link();
    var unused = LinkServiceGrpc.newStub(channel).exchange(link);
    flood(link);
    channel.resetConnectBackoff();
  }

  private void flood(Link link) throws InterruptedException {
    ClientCallStreamObserver<ExchangeRequest> requests = link.requests;
    if (requests == null) {
      return;
    }
    requests.onNext(
        request(
            Frame.newBuilder()
                .setHello(
                    Hello.newBuilder()
                        .setProtocol(1)
                        .setAgency(from)
                        .setGateway("gateway-1")
                        .setSendEpoch(1)
                        .setSendFirst(1)
                        .setSendNext(1))));
    ByteString forged = ByteString.copyFrom(new byte[FORGED_BYTES]);
    while (!thread.isOver() && !link.closed) {
      if (!link.greeted || !requests.isReady()) {
        TimeUnit.MILLISECONDS.sleep(1);
        continue;
      }
      String speaker = sent.incrementAndGet() % 2 == 0 ? from : third;
      Notice.Builder notice =
          Notice.newBuilder().setFrom(speaker).setTo(to).setSignedNotice(forged);
      requests.onNext(request(Frame.newBuilder().setNotice(notice)));
    }
  }

  private static ExchangeRequest request(Frame.Builder frame) {
    return ExchangeRequest.newBuilder().setFrame(frame).build();
  }

  @Override
  public String told() {
    return "%d forged notices sent, %d streams ended".formatted(sent.get(), ended.get());
  }

  @Override
  public long acts() {
    return sent.get();
  }

  @Override
  public void close() {
    thread.close();
    channel.shutdownNow();
  }
}
