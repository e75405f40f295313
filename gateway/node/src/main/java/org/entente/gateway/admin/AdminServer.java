package org.entente.gateway.admin;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.ssl.OptionalSslHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.entente.gateway.meter.Meters;

/**
 * HTTP/1.1 server of {@code GET /metrics}, {@code /healthz} (the process lives) and {@code /readyz}
 * (200 with one warning per line if the gateway can work; otherwise 503 with one reason per line),
 * {@code /cluster} (the state of its machines, as JSON; 404 without a cluster), {@code /leads} (200
 * while clients and peers belong here, for proxies before several machines), and of further {@link
 * AdminPages}, over TLS or plain on the same port. Limits: 8 KiB per request, one request per
 * connection, {@link AdminConnections}, and {@link ExchangeDeadline} for each; {@link HostedPages}
 * bounds the requests that wait. Its own pages serve no secrets and no message data. A request for
 * them names the host by an address, as {@code localhost}, or as configured: a web page whose name
 * leads here reads nothing through a browser behind the firewall.
 */
public final class AdminServer implements AutoCloseable {
  private static final int MAX_REQUEST = 8_192;

  private final EventLoopGroup group;
  private final Channel channel;
  private final Optional<HostedPages> hosted;

  private AdminServer(EventLoopGroup group, Channel channel, Optional<HostedPages> hosted) {
    this.group = group;
    this.channel = channel;
    this.hosted = hosted;
  }

  /**
   * Starts to listen, without further pages and TLS.
   *
   * @throws IOException if it cannot listen on the address
   */
  public static AdminServer start(InetSocketAddress address, Meters meters, Readiness readiness)
      throws IOException {
    return start(address, meters, readiness, Optional.empty());
  }

  /**
   * Starts to listen, with further pages.
   *
   * @param tls TLS for new connections; empty while there is no certificate
   * @throws IOException if it cannot listen on the address
   */
  public static AdminServer start(
      InetSocketAddress address,
      Meters meters,
      Readiness readiness,
      AdminPages pages,
      Supplier<Optional<AdminTls>> tls)
      throws IOException {
    return start(address, meters, readiness, Optional.of(HostedPages.of(pages, tls)));
  }

  @SuppressWarnings("FutureReturnValueIgnored") // nothing waits for a group that never served
  private static AdminServer start(
      InetSocketAddress address, Meters meters, Readiness readiness, Optional<HostedPages> hosted)
      throws IOException {
    AdminConnections connections = new AdminConnections();
    EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(group)
            .channel(NioServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel ch) {
                    if (!connections.admit(ch)) {
                      ch.close();
                      return;
                    }
                    hosted
                        .flatMap(pages -> pages.tls().get())
                        .ifPresent(
                            tls -> ch.pipeline().addLast(new OptionalSslHandler(tls.context())));
                    serve(
                        ch.pipeline(),
                        new AdminHandler(address.getHostString(), meters, readiness, hosted));
                  }
                });
    ChannelFuture bound = bootstrap.bind(address).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      group.shutdownGracefully();
      hosted.ifPresent(HostedPages::close);
      throw new IOException("cannot open the admin port at " + address, bound.cause());
    }
    return new AdminServer(group, bound.channel(), hosted);
  }

  /** Has a connection served by a handler of whole requests. */
  static void serve(ChannelPipeline pipeline, ChannelHandler requests) {
    pipeline
        .addLast(new HttpServerCodec())
        .addLast(new WholeRequest(MAX_REQUEST))
        .addLast(new ExchangeDeadline())
        .addLast(requests);
  }

  /** The address on which it listens. */
  public InetSocketAddress address() {
    return (InetSocketAddress) channel.localAddress();
  }

  @Override
  public void close() {
    channel.close().syncUninterruptibly();
    hosted.ifPresent(HostedPages::close);
    group.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
  }
}
