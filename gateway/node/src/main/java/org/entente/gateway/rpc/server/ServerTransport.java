package org.entente.gateway.rpc.server;

import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.util.concurrent.TimeUnit;

/** The listening socket and event loops of one server, whose connections are counted. */
final class ServerTransport implements AutoCloseable {
  private static final int LEAST_LOOPS = 2;
  private static final int CLOSE_SECONDS = 2;

  private final Connections connections;
  private final EventLoopGroup accepting =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final EventLoopGroup reading =
      new MultiThreadIoEventLoopGroup(
          Math.max(LEAST_LOOPS, Runtime.getRuntime().availableProcessors()),
          NioIoHandler.newFactory());

  ServerTransport(Connections connections) {
    this.connections = connections;
  }

  /** Makes a server use this socket and these event loops. */
  NettyServerBuilder in(NettyServerBuilder builder) {
    return builder
        .channelFactory(() -> new CountedServerSocket(connections))
        .bossEventLoopGroup(accepting)
        .workerEventLoopGroup(reading);
  }

  /** Ends the event loops, once the server has ended. */
  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // daemon threads; nothing waits for them
  public void close() {
    accepting.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS);
    reading.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS);
  }
}
