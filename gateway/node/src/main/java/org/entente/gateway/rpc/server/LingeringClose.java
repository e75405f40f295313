package org.entente.gateway.rpc.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Closes connections so that the other side can read what was last written. TCP resets a connection
 * that is closed while received bytes are unread, and a reset discards what the other side has not
 * read. So this ends the own half only, and discards what still comes until the other side closes.
 *
 * <p>The wait is bounded: in time, to {@value #BYTES} bytes of a connection, and to {@value #MOST}
 * connections; further ones are closed at once. Used on the event loop of each connection.
 */
final class LingeringClose {
  /** Connections that may linger together. */
  static final int MOST = 64;

  /** Bytes of one connection that are discarded. */
  static final long BYTES = 64 << 10;

  private final long millis;
  private final AtomicInteger lingering = new AtomicInteger();

  /** Waits so long at most for the other side to close. */
  LingeringClose(Duration most) {
    this.millis = most.toMillis();
  }

  /** Ends the own half, and closes once the other side has, or at a bound. */
  @SuppressWarnings("FutureReturnValueIgnored") // the listeners belong to the connection
  void close(Channel channel) {
    if (channel.pipeline().get(Discarding.class) != null) {
      return;
    }
    if (!(channel instanceof DuplexChannel duplex) || !channel.isActive() || !begins()) {
      closeNow(channel);
      return;
    }
    channel.closeFuture().addListener(done -> lingering.decrementAndGet());
    channel.pipeline().addFirst(new Discarding());
    channel.config().setAutoRead(true);
    SslHandler tls = channel.pipeline().get(SslHandler.class);
    if (tls == null) {
      duplex.shutdownOutput();
    } else {
      tls.closeOutbound().addListener(alerted -> duplex.shutdownOutput());
    }
    channel.eventLoop().schedule(() -> closeNow(channel), millis, TimeUnit.MILLISECONDS);
  }

  private boolean begins() {
    if (lingering.incrementAndGet() <= MOST) {
      return true;
    }
    lingering.decrementAndGet();
    return false;
  }

  /** Closes without waiting. */
  @SuppressWarnings("FutureReturnValueIgnored") // closing does not wait for the alert
  static void closeNow(Channel channel) {
    SslHandler tls = channel.pipeline().get(SslHandler.class);
    if (tls != null) {
      tls.closeOutbound();
    }
    channel.unsafe().close(channel.voidPromise());
  }

  /** Drops what is received before anything decrypts it, up to the bound. */
  private static final class Discarding extends ChannelInboundHandlerAdapter {
    private long left = BYTES;

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      left -= message instanceof ByteBuf bytes ? bytes.readableBytes() : 0;
      ReferenceCountUtil.release(message);
      if (left < 0) {
        closeNow(context.channel());
      }
    }
  }
}
