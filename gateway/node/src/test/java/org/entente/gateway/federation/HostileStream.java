package org.entente.gateway.federation;

import static org.entente.gateway.federation.RunningFederation.DE;
import static org.entente.gateway.federation.RunningFederation.FR;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.entente.gateway.crypto.Sha256;
import org.entente.proto.link.v1.AttachmentPart;
import org.entente.proto.link.v1.Credit;
import org.entente.proto.link.v1.Deliveries;
import org.entente.proto.link.v1.Delivery;
import org.entente.proto.link.v1.ExchangeRequest;
import org.entente.proto.link.v1.ExchangeResponse;
import org.entente.proto.link.v1.Frame;
import org.entente.proto.link.v1.Hello;
import org.entente.proto.link.v1.LinkServiceGrpc;
import org.entente.proto.link.v1.Receipt;
import org.entente.proto.link.v1.Receipts;
import org.entente.proto.link.v1.Result;
import org.jspecify.annotations.Nullable;

/**
 * A stream of a member to the gateway of another, of {@code de.customs} to {@code fr.customs}
 * unless a test says so: with the certificate of a gateway, and a program of its own in its place.
 */
final class HostileStream implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final ManagedChannel channel;
  private final CountDownLatch greeted = new CountDownLatch(1);
  private final AtomicInteger answered = new AtomicInteger();
  private final AtomicInteger taken = new AtomicInteger();
  private final List<AttachmentPart> parts = new CopyOnWriteArrayList<>();
  private final CompletableFuture<Boolean> ended = new CompletableFuture<>();
  private @Nullable ClientCallStreamObserver<ExchangeRequest> requests;
  private volatile Result result = Result.RESULT_COMMITTED;

  private final String from;

  HostileStream(RunningFederation federation) throws Exception {
    this(federation, DE, FR);
  }

  HostileStream(RunningFederation federation, String from, String toAgency) throws Exception {
    this.from = from;
    Path tls = federation.folder().resolve(from).resolve("gateway-1");
    SslContextBuilder builder =
        SslContextBuilder.forClient()
            .keyManager(tls.resolve("tls.crt").toFile(), tls.resolve("tls.key").toFile());
    GrpcSslContexts.configure(builder, SslProvider.OPENSSL)
        .protocols("TLSv1.3")
        .trustManager(InsecureTrustManagerFactory.INSTANCE)
        .option(OpenSslContextOption.GROUPS, new String[] {"X25519MLKEM768"});
    InetSocketAddress to = federation.gateway(toAgency).peerAddress().orElseThrow();
    channel =
        NettyChannelBuilder.forAddress(to)
            .overrideAuthority("localhost")
            .sslContext(builder.build())
            .build();
    var unused = LinkServiceGrpc.newStub(channel).exchange(new Hearing());
  }

  private final class Hearing implements ClientResponseObserver<ExchangeRequest, ExchangeResponse> {
    @Override
    public void beforeStart(ClientCallStreamObserver<ExchangeRequest> call) {
      requests = call;
      call.setOnReadyHandler(HostileStream.this::changed);
    }

    @Override
    public void onNext(ExchangeResponse response) {
      greeted.countDown();
      answered.addAndGet(response.getFrame().getReceipts().getReceiptsCount());
      if (response.getFrame().hasAttachmentPart()) {
        parts.add(response.getFrame().getAttachmentPart());
      }
      if (response.getFrame().hasDeliveries()) {
        answer(response.getFrame().getDeliveries());
      }
      changed();
    }

    @Override
    public void onError(Throwable error) {
      onCompleted();
    }

    @Override
    public void onCompleted() {
      ended.complete(true);
      changed();
    }
  }

  private synchronized void changed() {
    notifyAll();
  }

  /**
   * Waits, and leaves the processor to the gateways, until a condition holds or the stream ends.
   */
  private synchronized void await(BooleanSupplier condition) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    try {
      while (!condition.getAsBoolean() && !ended.isDone()) {
        long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        assertTrue(left > 0, () -> "nothing for " + PATIENCE + "; answers: " + answered);
        wait(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** Greets on the control stream. */
  void greet() throws InterruptedException {
    greet(0);
  }

  /** Greets on a lane. */
  void greet(int lane) throws InterruptedException {
    greet(lane, Credit.getDefaultInstance());
  }

  /** Greets on a lane as one that takes all mail: what comes is acknowledged as committed. */
  void greetAndTake(int lane) throws InterruptedException {
    greet(lane, Credit.newBuilder().setEnvelopes(100).setBytes(1 << 20).build());
  }

  /** Greets on a lane as one that refuses all mail. */
  void greetAndRefuse(int lane) throws InterruptedException {
    result = Result.RESULT_REFUSED;
    greetAndTake(lane);
  }

  /** Greets on a lane as one that asks for another stanza of all mail. */
  void greetAndAskAgain(int lane) throws InterruptedException {
    result = Result.RESULT_REWRAP;
    greetAndTake(lane);
  }

  private void greet(int lane, Credit credit) throws InterruptedException {
    say(
        Frame.newBuilder()
            .setHello(
                Hello.newBuilder()
                    .setProtocol(1)
                    .setAgency(from)
                    .setGateway("gateway-1")
                    .setLane(lane)
                    .setSendEpoch(1)
                    .setSendFirst(1)
                    .setSendNext(1)
                    .setCredit(credit)));
    assertTrue(greeted.await(PATIENCE.toSeconds(), TimeUnit.SECONDS));
  }

  private void answer(Deliveries deliveries) {
    Receipts.Builder receipts = Receipts.newBuilder();
    for (Delivery delivery : deliveries.getDeliveriesList()) {
      receipts.addReceipts(
          Receipt.newBuilder()
              .setHopEpoch(delivery.getHopEpoch())
              .setHopSequence(delivery.getHopSequence())
              .setHeaderHash(ByteString.copyFrom(Sha256.hash(delivery.getHeader().toByteArray())))
              .setResult(result)
              .setCode(result == Result.RESULT_REFUSED ? "CANNOT_OPEN" : ""));
    }
    // The stream says that it is ready where this runs, so that nothing may wait for it here.
    send(Frame.newBuilder().setReceipts(receipts));
    taken.addAndGet(deliveries.getDeliveriesCount());
  }

  /** Segments of attachments that came, in their order. */
  List<AttachmentPart> parts() {
    return List.copyOf(parts);
  }

  /** Deliveries that it has answered. */
  int taken() {
    return taken.get();
  }

  /** Waits until this many deliveries have been answered. */
  void awaitAnswers(int deliveries) {
    await(() -> answered.get() >= deliveries);
  }

  /** Waits where the gateway does not read on. */
  void say(Frame.Builder frame) {
    await(() -> stream().isReady());
    send(frame);
  }

  private synchronized void send(Frame.Builder frame) {
    stream().onNext(ExchangeRequest.newBuilder().setFrame(frame).build());
  }

  private ClientCallStreamObserver<ExchangeRequest> stream() {
    return Objects.requireNonNull(requests, "not started");
  }

  /** Whether the gateway ended the stream. */
  boolean isEnded() {
    return ended.isDone();
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
