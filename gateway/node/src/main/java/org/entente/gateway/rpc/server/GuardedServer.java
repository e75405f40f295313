package org.entente.gateway.rpc.server;

import io.grpc.Codec;
import io.grpc.CompressorRegistry;
import io.grpc.Context;
import io.grpc.DecompressorRegistry;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallExecutorSupplier;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.identity.Identified;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.gateway.rpc.tls.ConnectionIdentities;
import org.entente.gateway.rpc.tls.IdentityResolver;
import org.jspecify.annotations.Nullable;

/** A gRPC server with bounded connections and calls, whose calls pass a {@link CallGuard}. */
public final class GuardedServer implements AutoCloseable {
  /** Bytes besides label and body, so that a message slightly too large gets a clear code. */
  public static final int OVERHEAD = 64 << 10;

  private static final int KEEP_ALIVE_SECONDS = 30;
  private static final int KEEP_ALIVE_TIMEOUT_SECONDS = 10;
  private static final int PERMIT_KEEP_ALIVE_SECONDS = 9;
  private static final int IDLE_MINUTES = 5;
  private static final int RESETS = 200;
  private static final int RESET_WINDOW_SECONDS = 10;
  private static final int DRAIN_SECONDS = 2;

  private final Server server;
  private final IdentityResolver identities;
  private final ConnectionIdentities callers;
  private final Connections connections;
  private final CallGuard guard;
  private final ServerTransport sockets;

  private GuardedServer(
      Server server,
      IdentityResolver identities,
      ConnectionIdentities callers,
      Connections connections,
      CallGuard guard,
      ServerTransport sockets) {
    this.server = server;
    this.sockets = sockets;
    this.identities = identities;
    this.callers = callers;
    this.connections = connections;
    this.guard = guard;
  }

  /**
   * A builder with all limits set and no services yet.
   *
   * @param messageBytes largest gRPC message
   */
  public static NettyServerBuilder builder(
      ServerSettings settings, SslContext tls, int messageBytes) {
    NodeConfig.Limits limits = settings.limits();
    return NettyServerBuilder.forAddress(settings.address())
        .sslContext(tls)
        .executor(settings.executor())
        .handshakeTimeout(limits.handshakeSeconds(), TimeUnit.SECONDS)
        .maxInboundMessageSize(messageBytes)
        .maxInboundMetadataSize(limits.metadataBytes())
        .maxConcurrentCallsPerConnection(limits.streamsPerClient())
        .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
        .keepAliveTimeout(KEEP_ALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
        .permitKeepAliveTime(PERMIT_KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
        .permitKeepAliveWithoutCalls(true)
        .maxConnectionIdle(IDLE_MINUTES, TimeUnit.MINUTES)
        .maxRstFramesPerWindow(RESETS, RESET_WINDOW_SECONDS)
        // No compression: it allows decompression bombs, and lengths would reveal content.
        .decompressorRegistry(DecompressorRegistry.emptyInstance().with(Codec.Identity.NONE, false))
        .compressorRegistry(CompressorRegistry.newEmptyInstance());
  }

  /** Lets each caller have only a part of the threads, however many of its calls wait. */
  public static void shareThreads(
      NettyServerBuilder builder, ServerSettings settings, ConnectionIdentities callers) {
    SharedThreads threads =
        new SharedThreads(settings.executor(), settings.limits().workerThreads());
    builder.callExecutor(
        new ServerCallExecutorSupplier() {
          @Override
          public <Q, A> @Nullable Executor getExecutor(ServerCall<Q, A> call, Metadata headers) {
            // A caller that is not known is refused soon, on any thread.
            return callers.identify(call.getAttributes()) instanceof Result.Done<Identified> known
                ? threads.of(known.value().name().value())
                : null;
          }
        });
  }

  /** Lets network threads run what brings a short message ({@link StreamExecutor}). */
  public static void runShortMessagesHere(NettyServerBuilder builder, ServerSettings settings) {
    builder.callExecutor(
        new ServerCallExecutorSupplier() {
          @Override
          public <Q, A> @Nullable Executor getExecutor(ServerCall<Q, A> call, Metadata headers) {
            InboundCount messages = MessageBuffers.of(Context.current());
            return messages == null ? null : new StreamExecutor(messages, settings.executor());
          }
        });
  }

  /** Builds and starts the server. */
  public static GuardedServer start(
      NettyServerBuilder builder,
      IdentityResolver identities,
      ConnectionIdentities callers,
      Connections connections,
      CallGuard guard)
      throws IOException {
    ServerTransport sockets = new ServerTransport(connections);
    boolean started = false;
    try {
      Server server =
          sockets.in(builder).addTransportFilter(callers).intercept(guard).build().start();
      started = true;
      return new GuardedServer(server, identities, callers, connections, guard, sockets);
    } finally {
      if (!started) {
        sockets.close();
      }
    }
  }

  public InetSocketAddress address() {
    return (InetSocketAddress) server.getListenSockets().get(0);
  }

  /** The services that it offers. */
  public List<ServerServiceDefinition> services() {
    return server.getServices();
  }

  public int recheck() {
    callers.forget();
    return guard.open().recheck(identities);
  }

  /** Closes each connection whose caller is no longer admitted. */
  public void recheckConnections() {
    connections.recheck();
  }

  /** Closes each connection whose caller was no longer admitted at the last round either. */
  public void recheckConnectionsAgain() {
    connections.recheckAgain();
  }

  public int openConnections() {
    return connections.count();
  }

  public int openCalls() {
    return guard.open().count();
  }

  /**
   * Refuses further calls, gives open ones {@value #DRAIN_SECONDS} seconds, then ends the rest with
   * NOT_READY.
   */
  @Override
  public void close() {
    server.shutdown();
    try {
      if (!server.awaitTermination(DRAIN_SECONDS, TimeUnit.SECONDS)) {
        guard.open().endAll(new Problem(Code.NOT_READY, "", "the gateway is stopping"));
        server.awaitTermination(DRAIN_SECONDS, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      server.shutdownNow();
      sockets.close();
    }
  }
}
