package org.entente.gateway.rpc.server;

import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import org.entente.gateway.account.Account;
import org.entente.gateway.account.Accounts;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.AgencyName;

/**
 * The sockets of connections that this gateway dials. What the agency sends over one costs it the
 * same as if it had dialled ({@link FrameBudget}), and a flood of frames that carry nothing closes
 * the connection. Safe for many threads.
 */
public final class DialledSockets {
  /** Those of all channels of this process; their threads start with the first connection. */
  private static final EventLoopGroup LOOPS =
      new MultiThreadIoEventLoopGroup(
          Math.max(2, Runtime.getRuntime().availableProcessors()),
          new DefaultThreadFactory("entente-dialled", /* daemon= */ true),
          NioIoHandler.newFactory());

  private final Accounts accounts;
  private final Meters meters;

  /** Sockets to agencies with these accounts. */
  public DialledSockets(Accounts accounts, Meters meters) {
    this.accounts = accounts;
    this.meters = meters;
  }

  /** Makes a channel to an agency use such sockets. */
  public NettyChannelBuilder in(NettyChannelBuilder builder, AgencyName agency) {
    Account account = accounts.of(agency.value());
    return builder.eventLoopGroup(LOOPS).channelFactory(() -> socket(account));
  }

  private NioSocketChannel socket(Account account) {
    NioSocketChannel channel = new NioSocketChannel();
    channel
        .pipeline()
        .addLast(new HandshakeListener((opened, chain) -> countFrames(opened, account)));
    return channel;
  }

  /** The handshake has shown that the other side is a gateway of the agency. */
  private void countFrames(Channel channel, Account account) {
    ChannelHandlerContext tls = channel.pipeline().context(SslHandler.class);
    if (tls != null) {
      channel
          .pipeline()
          .addAfter(tls.name(), null, FrameBudget.ofDialled(account, () -> end(channel)));
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored") // nothing waits for it
  private void end(Channel channel) {
    meters.connectionClosed(Meters.Side.PEER, Meters.Limit.FRAMES);
    channel.close();
  }
}
