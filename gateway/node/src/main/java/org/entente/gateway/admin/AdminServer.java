package org.entente.gateway.admin;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.timeout.ReadTimeoutHandler;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.entente.gateway.meter.Meters;

/**
 * HTTP/1.1 server of {@code GET /metrics}, {@code /healthz} (the process lives) and {@code /readyz}
 * (200 with one warning per line if the gateway can work; otherwise 503 with one reason per line).
 * Limits: 8 KiB per request, one request per connection, 64 connections, 30 seconds idle. Serves no
 * secrets and no message data. A request names the host by an address, as {@code localhost}, or as
 * configured: a web page whose name leads here reads nothing through a browser behind the firewall.
 */
public final class AdminServer implements AutoCloseable {
  private static final int MAX_REQUEST = 8_192;
  private static final int IDLE_SECONDS = 30;
  private static final int MAX_CONNECTIONS = 64;

  private final EventLoopGroup group;
  private final Channel channel;

  private AdminServer(EventLoopGroup group, Channel channel) {
    this.group = group;
    this.channel = channel;
  }

  /**
   * Starts to listen.
   *
   * @throws IOException if it cannot listen on the address
   */
  @SuppressWarnings("FutureReturnValueIgnored") // nothing waits for a group that never served
  public static AdminServer start(InetSocketAddress address, Meters meters, Readiness readiness)
      throws IOException {
    AtomicInteger connections = new AtomicInteger();
    EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(group)
            .channel(NioServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel ch) {
                    ch.closeFuture().addListener(closed -> connections.decrementAndGet());
                    if (connections.incrementAndGet() > MAX_CONNECTIONS) {
                      ch.close();
                      return;
                    }
                    ch.pipeline()
                        .addLast(new ReadTimeoutHandler(IDLE_SECONDS))
                        .addLast(new HttpServerCodec())
                        .addLast(new HttpObjectAggregator(MAX_REQUEST))
                        .addLast(new Pages(address.getHostString(), meters, readiness));
                  }
                });
    ChannelFuture bound = bootstrap.bind(address).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      group.shutdownGracefully();
      throw new IOException("cannot open the admin port at " + address, bound.cause());
    }
    return new AdminServer(group, bound.channel());
  }

  /** The address on which it listens. */
  public InetSocketAddress address() {
    return (InetSocketAddress) channel.localAddress();
  }

  @Override
  public void close() {
    channel.close().syncUninterruptibly();
    group.shutdownGracefully(0, 2, java.util.concurrent.TimeUnit.SECONDS).syncUninterruptibly();
  }

  private static final class Pages extends SimpleChannelInboundHandler<FullHttpRequest> {
    private final String name;
    private final Meters meters;
    private final Readiness readiness;
    private boolean isAnswered;

    Pages(String name, Meters meters, Readiness readiness) {
      this.name = name;
      this.meters = meters;
      this.readiness = readiness;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
      if (isAnswered) {
        // The connection closes after the first answer; what came with that request costs nothing.
        return;
      }
      isAnswered = true;
      FullHttpResponse response = answer(request);
      response
          .headers()
          .set(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes())
          .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
          .set("X-Content-Type-Options", "nosniff")
          .set(HttpHeaderNames.CONNECTION, "close");
      ctx.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
    }

    private FullHttpResponse answer(FullHttpRequest request) {
      if (!request.decoderResult().isSuccess()) {
        return text(HttpResponseStatus.BAD_REQUEST, "text/plain", "malformed request\n");
      }
      if (!request.headers().getAll(HttpHeaderNames.HOST).stream().allMatch(this::isOwn)) {
        return text(
            HttpResponseStatus.MISDIRECTED_REQUEST,
            "text/plain",
            "name this host by its address or as listen.admin does\n");
      }
      if (!request.method().equals(HttpMethod.GET)) {
        return text(HttpResponseStatus.METHOD_NOT_ALLOWED, "text/plain", "valid is GET only\n");
      }
      return switch (new QueryStringDecoder(request.uri()).path()) {
        case "/metrics" -> text(HttpResponseStatus.OK, Meters.contentType(), meters.text());
        case "/healthz" -> text(HttpResponseStatus.OK, "text/plain", "alive\n");
        case "/readyz" -> ready();
        default ->
            text(
                HttpResponseStatus.NOT_FOUND,
                "text/plain",
                "not found; valid are /metrics, /healthz and /readyz\n");
      };
    }

    private boolean isOwn(String authority) {
      String host = authority.replaceFirst(":[0-9]*$", "");
      return NetUtil.isValidIpV4Address(host)
          || (host.startsWith("[") && NetUtil.isValidIpV6Address(host))
          || host.equalsIgnoreCase("localhost")
          || host.equalsIgnoreCase(name);
    }

    private FullHttpResponse ready() {
      List<String> obstacles = readiness.obstacles();
      return obstacles.isEmpty()
          ? text(HttpResponseStatus.OK, "text/plain", readyText(readiness.warnings()))
          : text(
              HttpResponseStatus.SERVICE_UNAVAILABLE,
              "text/plain",
              String.join("\n", obstacles) + "\n");
    }

    private static String readyText(List<String> warnings) {
      StringBuilder out = new StringBuilder("ready\n");
      warnings.forEach(warning -> out.append("warning: ").append(warning).append('\n'));
      return out.toString();
    }

    private static FullHttpResponse text(HttpResponseStatus status, String type, String body) {
      FullHttpResponse response =
          new DefaultFullHttpResponse(
              HttpVersion.HTTP_1_1, status, Unpooled.copiedBuffer(body, StandardCharsets.UTF_8));
      response
          .headers()
          .set(
              HttpHeaderNames.CONTENT_TYPE,
              type.contains("charset") ? type : type + "; charset=utf-8");
      return response;
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // a broken connection need not be awaited
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }
}
