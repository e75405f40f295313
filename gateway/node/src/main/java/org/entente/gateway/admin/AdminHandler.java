package org.entente.gateway.admin;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.entente.gateway.meter.Meters;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers the one request of a connection to the admin port. */
final class AdminHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
  private static final Logger LOG = LoggerFactory.getLogger(AdminHandler.class);

  private final String name;
  private final Meters meters;
  private final Readiness readiness;
  private final Optional<HostedPages> hosted;
  private boolean isAnswered;

  /**
   * @param name the host as it is configured
   */
  AdminHandler(String name, Meters meters, Readiness readiness, Optional<HostedPages> hosted) {
    this.name = name;
    this.meters = meters;
    this.readiness = readiness;
    this.hosted = hosted;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
    if (isAnswered) {
      // The connection closes after the first answer; what came with that request costs nothing.
      return;
    }
    isAnswered = true;
    if (!request.decoderResult().isSuccess()) {
      send(ctx, text(HttpResponseStatus.BAD_REQUEST, "text/plain", "malformed request\n"));
      return;
    }
    QueryStringDecoder address = new QueryStringDecoder(request.uri());
    if (hosted.isPresent() && address.path().startsWith(AdminPages.PATH)) {
      AdminPages.Request asked = asked(ctx, request, address);
      handOver(ctx, hosted.get(), asked);
    } else {
      send(ctx, own(request, address.path()));
    }
  }

  private static void handOver(
      ChannelHandlerContext ctx, HostedPages hosted, AdminPages.Request asked) {
    try {
      hosted.workers().execute(() -> answer(ctx, hosted, asked));
    } catch (RejectedExecutionException e) {
      send(
          ctx,
          text(HttpResponseStatus.SERVICE_UNAVAILABLE, "text/plain", "busy; try again later\n"));
    }
  }

  private static AdminPages.Request asked(
      ChannelHandlerContext ctx, FullHttpRequest request, QueryStringDecoder address) {
    Map<String, String> headers = new HashMap<>();
    request
        .headers()
        .forEach(it -> headers.putIfAbsent(it.getKey().toLowerCase(Locale.ROOT), it.getValue()));
    String body = request.content().toString(StandardCharsets.UTF_8);
    return new AdminPages.Request(
        connection(ctx),
        request.method().name(),
        address.path(),
        first(address.parameters()),
        headers,
        first(new QueryStringDecoder(body, false).parameters()),
        () -> !ctx.channel().isActive());
  }

  private static Map<String, String> first(Map<String, List<String>> parameters) {
    Map<String, String> first = new HashMap<>();
    parameters.forEach((name, values) -> first.put(name, values.get(0)));
    return first;
  }

  private static AdminPages.Connection connection(ChannelHandlerContext ctx) {
    SslHandler tls = ctx.pipeline().get(SslHandler.class);
    boolean local =
        ctx.channel().remoteAddress() instanceof InetSocketAddress from
            && from.getAddress().isLoopbackAddress();
    return new AdminPages.Connection(tls != null, local, tls == null ? List.of() : chain(tls));
  }

  private static List<X509Certificate> chain(SslHandler tls) {
    try {
      Certificate[] presented = tls.engine().getSession().getPeerCertificates();
      return Arrays.stream(presented).map(X509Certificate.class::cast).toList();
    } catch (SSLPeerUnverifiedException e) {
      return List.of();
    }
  }

  private static void answer(
      ChannelHandlerContext ctx, HostedPages hosted, AdminPages.Request asked) {
    if (!ctx.channel().isActive()) {
      return;
    }
    AdminPages.Answer answer;
    try {
      answer = hosted.pages().answer(asked);
    } catch (RuntimeException e) {
      // The edge of a worker's thread.
      LOG.error("a page of the console failed", e);
      answer = new AdminPages.Answer.Page(500, Map.of(), "failed; the log says why\n");
    }
    if (answer instanceof AdminPages.Answer.Stream stream) {
      ctx.executor().execute(() -> EventStream.begin(ctx, stream, hosted.workers()));
    } else if (answer instanceof AdminPages.Answer.Page page) {
      FullHttpResponse response =
          text(HttpResponseStatus.valueOf(page.status()), "text/plain", page.body());
      page.headers().forEach((name, value) -> response.headers().set(name, value));
      send(ctx, response);
    }
  }

  private FullHttpResponse own(FullHttpRequest request, String path) {
    if (!request.headers().getAll(HttpHeaderNames.HOST).stream().allMatch(this::isOwn)) {
      return text(
          HttpResponseStatus.MISDIRECTED_REQUEST,
          "text/plain",
          "name this host by its address or as listen.admin does\n");
    }
    if (!request.method().equals(HttpMethod.GET)) {
      return text(HttpResponseStatus.METHOD_NOT_ALLOWED, "text/plain", "valid is GET only\n");
    }
    return switch (path) {
      case "/metrics" -> text(HttpResponseStatus.OK, Meters.contentType(), meters.text());
      case "/healthz" -> text(HttpResponseStatus.OK, "text/plain", "alive\n");
      case "/readyz" -> ready();
      case "/cluster" -> cluster();
      case "/leads" -> leads();
      default -> text(HttpResponseStatus.NOT_FOUND, "text/plain", missing(path) + "\n");
    };
  }

  private String missing(String path) {
    boolean ofConsole = (path + "/").startsWith(AdminPages.PATH);
    if (ofConsole && hosted.isEmpty()) {
      return AdminPages.OFF;
    }
    String console = hosted.isEmpty() ? "" : ", " + AdminPages.PATH;
    return "not found; valid are /metrics, /healthz, /readyz, /leads" + console + " and /cluster";
  }

  private boolean isOwn(String authority) {
    String host = authority.replaceFirst(":[0-9]*$", "");
    return NetUtil.isValidIpV4Address(host)
        || (host.startsWith("[") && NetUtil.isValidIpV6Address(host))
        || host.equalsIgnoreCase("localhost")
        || host.equalsIgnoreCase(name);
  }

  private FullHttpResponse ready() {
    ReadyAnswer answer = ReadyAnswer.of(readiness);
    return text(HttpResponseStatus.valueOf(answer.status()), "text/plain", answer.text());
  }

  private FullHttpResponse cluster() {
    return readiness
        .cluster()
        .map(state -> text(HttpResponseStatus.OK, "application/json", state))
        .orElseGet(
            () ->
                text(
                    HttpResponseStatus.NOT_FOUND,
                    "text/plain",
                    "this gateway runs on one machine; `cluster` is not configured\n"));
  }

  private FullHttpResponse leads() {
    return readiness.leads()
        ? text(HttpResponseStatus.OK, "text/plain", "leads\n")
        : text(HttpResponseStatus.SERVICE_UNAVAILABLE, "text/plain", "does not lead\n");
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

  @SuppressWarnings("FutureReturnValueIgnored") // a broken connection need not be awaited
  private static void send(ChannelHandlerContext ctx, FullHttpResponse response) {
    response
        .headers()
        .set(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes())
        .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
        .set("X-Content-Type-Options", "nosniff")
        .set(HttpHeaderNames.CONNECTION, "close");
    ctx.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
  }

  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // a broken connection need not be awaited
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }
}
