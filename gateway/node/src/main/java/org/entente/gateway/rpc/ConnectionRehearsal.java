package org.entente.gateway.rpc;

import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.X509ExtendedTrustManager;
import org.entente.gateway.rpc.tls.TlsContexts;

/**
 * A call of this process to itself, over a loopback port that no one else can use. A machine that
 * follows makes one, so that TLS and gRPC are loaded before it serves ({@code cluster.md}).
 */
public final class ConnectionRehearsal {
  private static final int PATIENCE_SECONDS = 10;

  private ConnectionRehearsal() {}

  /**
   * Makes the call, and closes everything; waits for its end, at most ten seconds.
   *
   * @param own admits this process alone, by its certificate, on both sides
   * @throws IOException if it fails
   */
  public static void run(TlsContexts tls, X509ExtendedTrustManager own) throws IOException {
    Server server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .sslContext(tls.peerServer(own))
            .addService(new HealthStatusManager().getHealthService())
            .build()
            .start();
    try {
      call(tls, own, server.getPort());
    } finally {
      server.shutdownNow();
    }
  }

  private static void call(TlsContexts tls, X509ExtendedTrustManager own, int port)
      throws IOException {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
            .sslContext(tls.peerDialler(own))
            .build();
    try {
      HealthGrpc.newBlockingStub(channel)
          .withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS)
          .check(HealthCheckRequest.getDefaultInstance());
    } catch (StatusRuntimeException e) {
      throw new IOException("the call to itself failed: " + e.getStatus(), e);
    } finally {
      channel.shutdownNow();
    }
  }
}
