package org.entente.gateway.rpc;

import static org.entente.gateway.testkit.Agencies.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.entente.gateway.account.Work;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.trust.Endpoint;
import org.entente.proto.link.v1.ExchangeRequest;
import org.entente.proto.link.v1.ExchangeResponse;
import org.entente.proto.link.v1.Frame;
import org.entente.proto.link.v1.Hello;
import org.entente.proto.link.v1.LinkServiceGrpc;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Threat 91 from the other side: a gateway that is dialled, {@code fr.customs} here, floods the one
 * that dialled, {@code de.customs}, with frames that carry nothing.
 */
class DialledFloodTest {
  private static final int FLOOD = 5_000;

  private final Edge edge = new Edge();
  private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
  private PeerChannels channels;

  /** What a flood sends, again and again, once the caller has sent its first bytes. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Flood(String name, int type, int flags, int stream, byte[] payload) {
    @Override
    public String toString() {
      return name;
    }

    ByteBuf frames() {
      ByteBuf all = Unpooled.buffer(FLOOD * (9 + payload.length));
      frame(all, RawPeerClient.SETTINGS, 0, 0, new byte[0]);
      for (int i = 0; i < FLOOD; i++) {
        frame(all, type, flags, stream, payload);
      }
      return all;
    }

    private static void frame(ByteBuf to, int type, int flags, int stream, byte[] payload) {
      to.writeMedium(payload.length).writeByte(type).writeByte(flags).writeInt(stream);
      to.writeBytes(payload);
    }
  }

  @BeforeEach
  void start() {
    channels = edge.dialler(new AgencyName("de.customs"), edge.gateway("de.customs"));
  }

  @AfterEach
  @SuppressWarnings("FutureReturnValueIgnored") // nothing waits for it
  void stop() {
    edge.close();
    loop.shutdownGracefully(0, 2, TimeUnit.SECONDS);
  }

  private static final class Hostile extends ChannelInboundHandlerAdapter {
    private final Flood flood;

    Hostile(Flood flood) {
      this.flood = flood;
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // the end shows at the other side
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (event instanceof SslHandshakeCompletionEvent handshake && handshake.isSuccess()) {
        context.writeAndFlush(flood.frames());
      }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      ReferenceCountUtil.release(message);
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // a reset ends it as well
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }

  private InetSocketAddress listen(Flood flood) throws Exception {
    SslContext tls = Edge.tls(edge.own()).peerServer(edge.peerTrust.inHandshake());
    return (InetSocketAddress)
        new ServerBootstrap()
            .group(loop)
            .channel(NioServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel opened) {
                    opened.pipeline().addLast(tls.newHandler(opened.alloc()), new Hostile(flood));
                  }
                })
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .sync()
            .channel()
            .localAddress();
  }

  private ManagedChannel dial(InetSocketAddress to) throws Exception {
    return edge.closedAtEnd(channels.dial(FR, new Endpoint("127.0.0.1", to.getPort())));
  }

  private static StreamObserver<ExchangeRequest> stream(
      ManagedChannel channel, StreamAnswers<ExchangeResponse> answers) {
    return LinkServiceGrpc.newStub(channel).exchange(answers);
  }

  static Stream<Flood> floods() {
    byte[] nothing = {};
    return Stream.of(
        new Flood("SETTINGS", RawPeerClient.SETTINGS, 0, 0, nothing),
        new Flood("PING", RawPeerClient.PING, 0, 0, new byte[8]),
        new Flood("WINDOW_UPDATE", RawPeerClient.WINDOW_UPDATE, 0, 0, new byte[] {0, 0, 0, 1}),
        new Flood("PRIORITY", RawPeerClient.PRIORITY, 0, 3, new byte[5]),
        new Flood("unknown", RawPeerClient.UNKNOWN, 0, 0, nothing));
  }

  @ParameterizedTest
  @MethodSource("floods")
  void framesThatCarryNothing_endTheConnection_atTheBudgetOfTheAgency(Flood flood)
      throws Exception {
    StreamAnswers<ExchangeResponse> answers = new StreamAnswers<>();
    stream(dial(listen(flood)), answers);
    assertNotEquals(Status.Code.OK, answers.code());
    String closed = "entente_connections_closed_total{side=\"peer\",limit=\"frames\",} ";
    StreamAnswers.until(() -> edge.meters.text().contains(closed));
    long frames = edge.dialled.of(FR.value()).used(Work.CONTROL_FRAMES);
    assertTrue(frames < FLOOD, () -> "" + frames);
    assertEquals(0, edge.dialled.of("x.hub").used(Work.CONTROL_FRAMES));
  }

  @Test
  void honestConnection_isCountedAndGoesOn() throws Exception {
    PeerServer server = edge.startPeers();
    StreamAnswers<ExchangeResponse> answers = new StreamAnswers<>();
    StreamObserver<ExchangeRequest> requests = stream(dial(server.address()), answers);
    for (int i = 0; i < 300; i++) {
      requests.onNext(
          ExchangeRequest.newBuilder()
              .setFrame(Frame.newBuilder().setHello(Hello.getDefaultInstance()))
              .build());
      answers.next();
    }
    assertFalse(answers.hasEnded());
    assertTrue(edge.dialled.of(FR.value()).used(Work.CONTROL_FRAMES) > 0);
  }
}
