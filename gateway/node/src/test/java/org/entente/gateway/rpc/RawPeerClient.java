package org.entente.gateway.rpc;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
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
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** HTTP/2 (RFC 9113) frame by frame over TLS with the hybrid group that the port of peers wants. */
final class RawPeerClient implements AutoCloseable {
  static final int DATA = 0;
  static final int HEADERS = 1;
  static final int PRIORITY = 2;
  static final int RST_STREAM = 3;
  static final int SETTINGS = 4;
  static final int PING = 6;
  static final int GOAWAY = 7;
  static final int WINDOW_UPDATE = 8;
  static final int CONTINUATION = 9;
  static final int UNKNOWN = 0x42;
  static final int END_HEADERS = 4;
  static final int ACK = 1;

  private static final int FRAME = 16_384;
  private static final byte[] END = {};

  private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final BlockingQueue<byte[]> received = new LinkedBlockingQueue<>();
  private final DataInputStream in = new DataInputStream(new Received());
  private final Channel channel;

  /** Bytes that may be sent on the connection; at first as RFC 9113 says. */
  private int window = 65_535;

  /** A frame as it came. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Frame(int type, int stream, byte[] payload) {}

  private RawPeerClient(InetSocketAddress to, SslContext tls) throws InterruptedException {
    SslHandler handler = tls.newHandler(ByteBufAllocator.DEFAULT, "localhost", to.getPort());
    channel =
        new Bootstrap()
            .group(loop)
            .channel(NioSocketChannel.class)
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel opened) {
                    opened.pipeline().addLast(handler, new Reading());
                  }
                })
            .connect(to)
            .sync()
            .channel();
    handler.handshakeFuture().sync();
  }

  /** Connects and sends the preface and empty settings. */
  static RawPeerClient begin(InetSocketAddress to, SslContext tls) throws InterruptedException {
    RawPeerClient client = new RawPeerClient(to, tls);
    client.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    client.send(SETTINGS, 0, 0, new byte[0]);
    return client;
  }

  /** Opens a call of the link service on a stream. */
  void call(int stream) {
    call(stream, "/entente.link.v1.LinkService/Exchange");
  }

  /** Opens a call of any method on a stream. */
  void call(int stream, String path) {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    block.write(0x83); // :method POST (RFC 7541, appendix A)
    block.write(0x87); // :scheme https
    block.write(0x04); // :path
    text(block, path);
    block.write(0x01); // :authority
    text(block, "localhost");
    block.write(0x0f); // content-type, number 31
    block.write(0x10);
    text(block, "application/grpc");
    block.write(0x00);
    text(block, "te");
    text(block, "trailers");
    send(HEADERS, END_HEADERS, stream, block.toByteArray());
  }

  /** Sends the beginning of a message that is said to be longer. */
  void beginMessage(int stream, int said, int sent) {
    byte[] data = beginning(said, sent);
    for (int from = 0; from < data.length; from += FRAME) {
      send(DATA, 0, stream, Arrays.copyOfRange(data, from, Math.min(data.length, from + FRAME)));
    }
  }

  private static byte[] beginning(int said, int sent) {
    byte[] data = new byte[5 + sent];
    ByteBuffer.wrap(data).put((byte) 0).putInt(said);
    return data;
  }

  /** Gives streams the window that the server's settings say. */
  void acknowledgeSettings() throws IOException {
    await(SETTINGS);
    send(SETTINGS, ACK, 0, new byte[0]);
  }

  /** Sends the beginning of a message as fast as the connection's window lets it. */
  void beginMessageWithinWindow(int stream, int said, int sent) throws IOException {
    byte[] data = beginning(said, sent);
    for (int from = 0; from < data.length; from += FRAME) {
      byte[] part = Arrays.copyOfRange(data, from, Math.min(data.length, from + FRAME));
      while (window < part.length) {
        Frame more = await(WINDOW_UPDATE);
        window += more.stream() == 0 ? ByteBuffer.wrap(more.payload()).getInt() : 0;
      }
      window -= part.length;
      send(DATA, 0, stream, part);
    }
  }

  private static void text(ByteArrayOutputStream block, String text) {
    block.write(text.length());
    block.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
  }

  /** Sends a frame. */
  void send(int type, int flags, int stream, byte[] payload) {
    ByteBuffer frame = ByteBuffer.allocate(9 + payload.length);
    frame.put((byte) (payload.length >>> 16)).putShort((short) payload.length);
    frame.put((byte) type).put((byte) flags).putInt(stream).put(payload);
    write(frame.array());
  }

  @SuppressWarnings("FutureReturnValueIgnored") // the end of the connection shows in what comes
  private void write(byte[] bytes) {
    channel.writeAndFlush(Unpooled.wrappedBuffer(bytes));
  }

  /** Reads on to the next frame of a type; throws at the end of the connection. */
  Frame await(int type) throws IOException {
    while (true) {
      int length = in.readUnsignedShort() << 8 | in.readUnsignedByte();
      int found = in.readUnsignedByte();
      in.skipNBytes(1);
      int stream = in.readInt();
      byte[] payload = in.readNBytes(length);
      if (payload.length < length) {
        throw new java.io.EOFException("the connection ended");
      }
      if (found == type) {
        return new Frame(found, stream, payload);
      }
    }
  }

  boolean isOpen() {
    return channel.isActive();
  }

  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // daemon threads; nothing waits for them
  public void close() {
    channel.close();
    loop.shutdownGracefully(0, 2, TimeUnit.SECONDS);
  }

  private final class Reading extends SimpleChannelInboundHandler<ByteBuf> {
    @Override
    protected void channelRead0(ChannelHandlerContext context, ByteBuf bytes) {
      received.add(ByteBufUtil.getBytes(bytes));
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      received.add(END);
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // a reset ends it as well
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }

  private final class Received extends InputStream {
    private ByteArrayInputStream now = new ByteArrayInputStream(END);
    private boolean over;

    @Override
    public int read() throws IOException {
      int next = now.read();
      while (next < 0 && !over) {
        byte[] more = take();
        over = more.length == 0;
        now = new ByteArrayInputStream(more);
        next = now.read();
      }
      return next;
    }

    @Override
    public int read(byte[] to, int at, int length) throws IOException {
      int first = length == 0 ? 0 : read();
      if (length == 0 || first < 0) {
        return first;
      }
      to[at] = (byte) first;
      return 1 + Math.max(0, now.read(to, at + 1, length - 1));
    }

    private byte[] take() throws IOException {
      try {
        byte[] more = received.poll(StreamAnswers.PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (more == null) {
          throw new java.net.SocketTimeoutException("nothing came");
        }
        return more;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException(e);
      }
    }
  }
}
