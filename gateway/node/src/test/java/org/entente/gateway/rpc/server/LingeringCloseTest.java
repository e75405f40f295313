package org.entente.gateway.rpc.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.entente.gateway.rpc.StreamAnswers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Closes that wait for the other side, with callers that do not close. */
class LingeringCloseTest {
  private static final byte[] REASON = "why".getBytes(StandardCharsets.US_ASCII);
  private static final Duration LONG = Duration.ofHours(1);

  private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final Queue<Channel> accepted = new ConcurrentLinkedQueue<>();
  private final List<Socket> callers = new ArrayList<>();

  @AfterEach
  void stop() throws IOException {
    for (Socket caller : callers) {
      caller.close();
    }
    loop.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
  }

  /** A port that tells each caller why, and closes. */
  private InetSocketAddress port(LingeringClose lingering) throws InterruptedException {
    Channel port =
        new ServerBootstrap()
            .group(loop)
            .channel(NioServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel.eventLoop().execute(() -> refuse(channel, lingering));
                  }
                })
            .bind(InetAddress.getLoopbackAddress(), 0)
            .sync()
            .channel();
    return (InetSocketAddress) port.localAddress();
  }

  @SuppressWarnings("FutureReturnValueIgnored") // it shows at the caller
  private void refuse(Channel channel, LingeringClose lingering) {
    channel.writeAndFlush(Unpooled.wrappedBuffer(REASON));
    lingering.close(channel);
    lingering.close(channel);
    accepted.add(channel);
  }

  private Socket call(InetSocketAddress port) throws IOException {
    Socket caller = new Socket(port.getAddress(), port.getPort());
    callers.add(caller);
    return caller;
  }

  private long open() {
    return accepted.stream().filter(Channel::isOpen).count();
  }

  @Test
  void callers_thatDoNotClose_areWaitedForUpToABound_andEachReadsWhy() throws Exception {
    InetSocketAddress port = port(new LingeringClose(LONG));
    int more = 6;
    for (int i = 0; i < LingeringClose.MOST + more; i++) {
      assertEquals(
          "why", new String(call(port).getInputStream().readAllBytes(), StandardCharsets.US_ASCII));
    }
    StreamAnswers.until(() -> accepted.size() == LingeringClose.MOST + more);
    assertEquals(LingeringClose.MOST, open());

    callers.get(0).close();
    StreamAnswers.until(() -> open() == LingeringClose.MOST - 1);

    byte[] flood = new byte[(int) LingeringClose.BYTES + 1];
    callers.get(1).getOutputStream().write(flood);
    StreamAnswers.until(() -> open() == LingeringClose.MOST - 2);

    call(port).getInputStream().readAllBytes();
    StreamAnswers.until(() -> accepted.size() == LingeringClose.MOST + more + 1);
    assertEquals(LingeringClose.MOST - 1, open(), "a place that is free again is used");
  }

  /** The reset that follows unread bytes would take the reason away. */
  @Test
  void caller_whoseBytesAreNotRead_readsWhy() throws Exception {
    InetSocketAddress port = port(new LingeringClose(LONG));
    Socket caller = call(port);
    caller.getOutputStream().write(new byte[1_000]);
    StreamAnswers.until(() -> accepted.size() == 1);
    caller.getOutputStream().write(new byte[1_000]);
    assertEquals(
        "why", new String(caller.getInputStream().readAllBytes(), StandardCharsets.US_ASCII));
    assertEquals(1, open());
  }

  @Test
  void caller_thatDoesNotClose_isClosedAfterTheWait() throws Exception {
    InetSocketAddress port = port(new LingeringClose(Duration.ofMillis(1)));
    Socket caller = call(port);
    assertEquals(
        "why", new String(caller.getInputStream().readAllBytes(), StandardCharsets.US_ASCII));
    StreamAnswers.until(() -> !accepted.isEmpty() && open() == 0);
    assertTrue(caller.isConnected());
  }
}
