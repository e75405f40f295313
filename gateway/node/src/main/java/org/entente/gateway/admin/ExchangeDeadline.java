package org.entente.gateway.admin;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Closes a connection whose request is not whole in time, however many bytes of it come, or whose
 * answer is not taken in time. Behind what makes whole requests; an endless answer removes it.
 */
final class ExchangeDeadline extends ChannelInboundHandlerAdapter {
  /** From the connection to a whole request, with the TLS handshake. */
  static final Duration REQUEST = Duration.ofSeconds(10);

  /** From there to the end of the answer. */
  static final Duration ANSWER = Duration.ofSeconds(30);

  private @Nullable Future<?> next;
  private boolean isWhole;

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    closeIn(REQUEST, ctx);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object request) {
    if (!isWhole) {
      isWhole = true;
      closeIn(ANSWER, ctx);
    }
    ctx.fireChannelRead(request);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    cancel();
  }

  @SuppressWarnings("FutureReturnValueIgnored") // a broken connection need not be awaited
  private void closeIn(Duration time, ChannelHandlerContext ctx) {
    cancel();
    next = ctx.executor().schedule(() -> ctx.close(), time.toNanos(), TimeUnit.NANOSECONDS);
  }

  private void cancel() {
    if (next != null) {
      next.cancel(false);
    }
  }
}
