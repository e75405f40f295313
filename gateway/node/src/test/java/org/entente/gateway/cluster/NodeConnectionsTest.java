package org.entente.gateway.cluster;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.ratis.grpc.GrpcTlsConfig;
import org.apache.ratis.grpc.GrpcUtil;
import org.apache.ratis.thirdparty.io.grpc.CallOptions;
import org.apache.ratis.thirdparty.io.grpc.ManagedChannel;
import org.apache.ratis.thirdparty.io.grpc.MethodDescriptor;
import org.apache.ratis.thirdparty.io.grpc.Server;
import org.apache.ratis.thirdparty.io.grpc.ServerServiceDefinition;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyServerBuilder;
import org.apache.ratis.thirdparty.io.grpc.stub.ClientCalls;
import org.apache.ratis.thirdparty.io.grpc.stub.ServerCalls;
import org.apache.ratis.thirdparty.io.grpc.stub.StreamObserver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Streams on the port of the nodes, as Raft keeps them, when trust changes. */
class NodeConnectionsTest {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final MethodDescriptor<byte[], byte[]> ECHO =
      MethodDescriptor.<byte[], byte[]>newBuilder()
          .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
          .setFullMethodName("test.Echo/Echo")
          .setRequestMarshaller(new CopyTransfer.Bytes())
          .setResponseMarshaller(new CopyTransfer.Bytes())
          .build();

  private final NodeCertificates certificates =
      new NodeCertificates(Instant.now().minusSeconds(3_600).truncatedTo(ChronoUnit.SECONDS));
  private final ClusterSettings.Tls other = certificates.of(NodeCertificates.OWN);
  private final ClusterSettings.Tls own = certificates.of(NodeCertificates.OWN);
  private final CountDownLatch ended = new CountDownLatch(1);
  private final NodeConnections connections = new NodeConnections(own.trust(), ended::countDown);
  private final AtomicReference<StreamObserver<byte[]>> atServer = new AtomicReference<>();
  private Server server;
  private ManagedChannel channel;

  @BeforeEach
  void connect() throws IOException {
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .sslContext(GrpcUtil.buildSslContextForServer(config(own)))
            .addService(
                ServerServiceDefinition.builder("test.Echo")
                    .addMethod(ECHO, ServerCalls.asyncBidiStreamingCall(this::echo))
                    .build())
            .addTransportFilter(connections)
            .intercept(connections)
            .build()
            .start();
    channel = CopyTransfer.channel("127.0.0.1:" + server.getPort(), config(other), 1 << 20);
  }

  private static GrpcTlsConfig config(ClusterSettings.Tls tls) {
    return new GrpcTlsConfig(tls.identity(), tls.trust(), /* mTlsEnabled= */ true);
  }

  private StreamObserver<byte[]> echo(StreamObserver<byte[]> responses) {
    atServer.set(responses);
    return new StreamObserver<>() {
      @Override
      public void onNext(byte[] value) {
        responses.onNext(value);
      }

      @Override
      public void onError(Throwable failure) {
        // The other side ended it.
      }

      @Override
      public void onCompleted() {
        responses.onCompleted();
      }
    };
  }

  /** The service's end of the last stream. */
  private StreamObserver<byte[]> atServer() {
    return Optional.ofNullable(atServer.get()).orElseThrow();
  }

  @AfterEach
  void disconnect() {
    channel.shutdownNow();
    server.shutdownNow();
  }

  /** A stream over which an echo has come. */
  private final class Stream implements StreamObserver<byte[]> {
    private final CompletableFuture<byte[]> first = new CompletableFuture<>();
    private final CompletableFuture<Status.Code> end = new CompletableFuture<>();
    private final StreamObserver<byte[]> requests =
        ClientCalls.asyncBidiStreamingCall(channel.newCall(ECHO, CallOptions.DEFAULT), this);

    @Override
    public void onNext(byte[] value) {
      first.complete(value);
    }

    @Override
    public void onError(Throwable failure) {
      first.completeExceptionally(failure);
      end.complete(Status.fromThrowable(failure).getCode());
    }

    @Override
    public void onCompleted() {
      end.complete(Status.Code.OK);
    }

    Stream echoed() {
      requests.onNext(new byte[] {1});
      assertArrayEquals(
          new byte[] {1}, first.orTimeout(PATIENCE.toMinutes(), TimeUnit.MINUTES).join());
      return this;
    }

    Status.Code end() {
      return end.orTimeout(PATIENCE.toMinutes(), TimeUnit.MINUTES).join();
    }
  }

  @Test
  void stream_whoseCertificateIsRevoked_endsWithItsNextMessage() {
    Stream stream = new Stream().echoed();

    certificates.revoke(other);
    connections.forget();
    stream.requests.onNext(new byte[] {2});

    assertEquals(Status.Code.PERMISSION_DENIED, stream.end());
  }

  /** Such as a copy of the ledger that is being sent. */
  @Test
  void stream_whoseCertificateIsRevoked_getsNothingMore() {
    Stream stream = new Stream().echoed();

    certificates.revoke(other);
    connections.forget();
    atServer().onNext(new byte[] {2});

    assertEquals(Status.Code.PERMISSION_DENIED, stream.end());
    // The service goes on as if it were heard.
    atServer().onNext(new byte[] {3});
    atServer().onCompleted();
  }

  @Test
  void call_onAConnectionWhoseCertificateIsRevoked_isRefused() {
    new Stream().echoed();

    certificates.revoke(other);
    connections.forget();

    assertEquals(Status.Code.PERMISSION_DENIED, new Stream().end());
  }

  @Test
  void connection_thatEnds_isTold() throws InterruptedException {
    new Stream().echoed();
    assertEquals(1, ended.getCount());

    channel.shutdownNow();

    assertTrue(ended.await(PATIENCE.toMinutes(), TimeUnit.MINUTES));
  }

  @Test
  void stream_whoseCertificateStaysValid_goesOn() {
    Stream stream = new Stream().echoed();

    certificates.revoke(certificates.of(NodeCertificates.OWN));
    connections.forget();
    stream.requests.onNext(new byte[] {2});
    stream.requests.onCompleted();

    assertEquals(Status.Code.OK, stream.end());
  }
}
