package org.entente.gateway.admin;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.timeout.WriteTimeoutHandler;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Server-sent events (HTML standard, section 9.2) on one connection: one event every two seconds,
 * none while the last is unread or many requests wait. A reader that takes nothing for 30 seconds
 * is closed.
 */
final class EventStream {
  private static final Logger LOG = LoggerFactory.getLogger(EventStream.class);
  private static final int EVERY_SECONDS = 2;
  private static final int STALLED_SECONDS = 30;

  private final ChannelHandlerContext ctx;
  private final AdminPages.Answer.Stream answer;
  private final ExecutorService workers;

  private EventStream(
      ChannelHandlerContext ctx, AdminPages.Answer.Stream answer, ExecutorService workers) {
    this.ctx = ctx;
    this.answer = answer;
    this.workers = workers;
  }

  /** Begins; called on the connection's event loop. */
  @SuppressWarnings("FutureReturnValueIgnored") // a broken connection ends by itself
  static void begin(
      ChannelHandlerContext ctx, AdminPages.Answer.Stream answer, ExecutorService workers) {
    ctx.channel().closeFuture().addListener(closed -> answer.end().run());
    if (!ctx.channel().isActive()) {
      return;
    }
    ctx.pipeline().remove(ExchangeDeadline.class);
    ctx.pipeline().addFirst(new WriteTimeoutHandler(STALLED_SECONDS));
    HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
    answer.headers().forEach((name, value) -> head.headers().set(name, value));
    head.headers()
        .set(HttpHeaderNames.CONTENT_TYPE, "text/event-stream; charset=utf-8")
        .set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
    ctx.writeAndFlush(head);
    new EventStream(ctx, answer, workers).next();
  }

  private void next() {
    if (!ctx.channel().isActive()) {
      return;
    }
    if (!ctx.channel().isWritable()) {
      later();
      return;
    }
    try {
      workers.execute(this::send);
    } catch (RejectedExecutionException e) {
      if (workers.isShutdown()) {
        end();
      } else {
        later();
      }
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored") // as above
  private void send() {
    Optional<String> event;
    try {
      event = answer.events().get();
    } catch (RuntimeException e) {
      // The edge of a worker's thread.
      LOG.error("making an event of the console failed", e);
      event = Optional.empty();
    }
    if (event.isEmpty()) {
      end();
      return;
    }
    ctx.writeAndFlush(
        new DefaultHttpContent(Unpooled.copiedBuffer(event.get(), StandardCharsets.UTF_8)));
    later();
  }

  @SuppressWarnings("FutureReturnValueIgnored") // as above
  private void later() {
    ctx.executor().schedule(this::next, EVERY_SECONDS, TimeUnit.SECONDS);
  }

  @SuppressWarnings("FutureReturnValueIgnored") // as above
  private void end() {
    ctx.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT).addListener(ChannelFutureListener.CLOSE);
  }
}
