package org.entente.gateway.rpc.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.entente.gateway.rpc.StreamAnswers;
import org.junit.jupiter.api.Assertions;

/**
 * Connections of one caller that finish TLS and then answer nothing: no ping, no farewell. None of
 * them closes by itself.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what is done to them shows at the other end
final class MuteConnections implements AutoCloseable {
  /** The preface of HTTP/2 and empty settings (RFC 9113, sections 3.4 and 6.5). */
  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0".getBytes(ISO_8859_1);

  private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final InetSocketAddress to;
  private final SslContext tls;
  private final boolean preface;
  private final List<Connection> all = new ArrayList<>();

  /** Connections to a port; with or without the preface of HTTP/2. */
  MuteConnections(InetSocketAddress to, SslContext tls, boolean preface) {
    this.to = to;
    this.tls = tls;
    this.preface = preface;
  }

  /** Opens one, and returns when TLS is finished on this side. */
  Connection open() throws InterruptedException {
    Connection connection = new Connection();
    all.add(connection);
    return connection;
  }

  @Override
  public void close() {
    all.forEach(connection -> connection.channel.close());
    loop.shutdownGracefully(0, 2, TimeUnit.SECONDS);
  }

  /** One of them. */
  final class Connection {
    private final Channel channel;
    private final StringBuilder received = new StringBuilder();

    private Connection() throws InterruptedException {
      SslHandler handler = tls.newHandler(ByteBufAllocator.DEFAULT, "localhost", to.getPort());
      channel =
          new Bootstrap()
              .group(loop)
              .channel(NioSocketChannel.class)
              .handler(
                  new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel opened) {
                      opened.pipeline().addLast(handler, new ReaderThread());
                    }
                  })
              .connect(to)
              .sync()
              .channel();
      handler.handshakeFuture().sync();
      if (preface) {
        channel.writeAndFlush(Unpooled.wrappedBuffer(PREFACE));
      }
    }

    boolean isOpen() {
      return channel.isActive();
    }

    /** What was received, a character for each byte, once the server has closed it. */
    String receivedUntilClosed() throws InterruptedException {
      boolean closed =
          channel.closeFuture().await(StreamAnswers.PATIENCE_SECONDS, TimeUnit.SECONDS);
      Assertions.assertTrue(closed, "still open");
      return received.toString();
    }

    private final class ReaderThread extends SimpleChannelInboundHandler<ByteBuf> {
      @Override
      protected void channelRead0(ChannelHandlerContext context, ByteBuf bytes) {
        received.append(bytes.toString(ISO_8859_1));
      }

      @Override
      public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        // A reset ends it as well.
        context.close();
      }
    }
  }
}
