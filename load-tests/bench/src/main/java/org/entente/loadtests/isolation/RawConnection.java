package org.entente.loadtests.isolation;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * A connection on which an attacker writes HTTP/2 (RFC 9113) frame by frame. What comes back is
 * dropped. One thread uses it.
 */
final class RawConnection implements AutoCloseable {
  static final int DATA = 0;
  static final int PRIORITY = 2;
  static final int RST_STREAM = 3;
  static final int SETTINGS = 4;

  private static final int HEADERS = 1;
  private static final int END_HEADERS = 4;
  private static final int FRAME_HEADER = 9;
  private static final int CONNECT_MILLIS = 5_000;

  private final Channel channel;

  private RawConnection(Channel channel) {
    this.channel = channel;
  }

  /** Connects without saying anything, not even in TLS. */
  static RawConnection silent(EventLoopGroup loop, InetSocketAddress to)
      throws InterruptedException {
    return new RawConnection(connect(loop, to, new Dropping()));
  }

  /** Connects, completes the handshake, and sends the preface and empty settings. */
  static RawConnection open(EventLoopGroup loop, InetSocketAddress to, SslContext tls)
      throws InterruptedException {
    SslHandler handler = tls.newHandler(ByteBufAllocator.DEFAULT, to.getHostString(), to.getPort());
    RawConnection made = new RawConnection(connect(loop, to, handler));
    made.channel.pipeline().addLast(new Dropping());
    if (!handler.handshakeFuture().await(CONNECT_MILLIS)) {
      made.close();
    }
    made.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    made.send(SETTINGS, 0, new byte[0]);
    return made;
  }

  private static Channel connect(EventLoopGroup loop, InetSocketAddress to, ChannelHandler handler)
      throws InterruptedException {
    return new Bootstrap()
        .group(loop)
        .channel(NioSocketChannel.class)
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
        .handler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel opened) {
                opened.pipeline().addLast(handler);
              }
            })
        .connect(to)
        .await()
        .channel();
  }

  /** Opens a call of the link service on a stream. */
  void call(int stream) {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    block.write(0x83); // :method POST (RFC 7541, appendix A)
    block.write(0x87); // :scheme https
    block.write(0x04); // :path
    text(block, "/entente.link.v1.LinkService/Exchange");
    block.write(0x01); // :authority
    text(block, "localhost");
    block.write(0x0f); // content-type, number 31
    block.write(0x10);
    text(block, "application/grpc");
    block.write(0x00);
    text(block, "te");
    text(block, "trailers");
    frame(HEADERS, END_HEADERS, stream, block.toByteArray());
  }

  private static void text(ByteArrayOutputStream block, String text) {
    block.write(text.length());
    block.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
  }

  /** Sends the first bytes of a gRPC message that declares a greater length. */
  void beginMessage(int stream, int declared, int sent) {
    send(DATA, stream, ByteBuffer.allocate(5 + sent).put((byte) 0).putInt(declared).array());
  }

  /** Sends a frame without flags, once the connection has room for it. */
  void send(int type, int stream, byte[] payload) {
    frame(type, 0, stream, payload);
  }

  private void frame(int type, int flags, int stream, byte[] payload) {
    ByteBuffer frame = ByteBuffer.allocate(FRAME_HEADER + payload.length);
    frame.put((byte) (payload.length >>> 16)).putShort((short) payload.length);
    frame.put((byte) type).put((byte) flags).putInt(stream).put(payload);
    write(frame.array());
  }

  @SuppressWarnings("FutureReturnValueIgnored") // isOpen tells how it ends
  private void write(byte[] bytes) {
    while (channel.isActive() && !channel.isWritable()) {
      Thread.onSpinWait();
    }
    channel.writeAndFlush(Unpooled.wrappedBuffer(bytes));
  }

  boolean isOpen() {
    return channel.isActive();
  }

  @Override
  public void close() {
    channel.close().awaitUninterruptibly(1, TimeUnit.SECONDS);
  }

  private static final class Dropping extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object bytes) {
      ReferenceCountUtil.release(bytes);
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // isOpen tells
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }
}
