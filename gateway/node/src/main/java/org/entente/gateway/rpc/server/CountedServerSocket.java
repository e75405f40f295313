package org.entente.gateway.rpc.server;

import io.netty.channel.Channel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.util.List;

/** A listening socket that counts connections before reading from them. */
final class CountedServerSocket extends NioServerSocketChannel {
  private final Connections connections;

  CountedServerSocket(Connections connections) {
    this.connections = connections;
  }

  @Override
  protected int doReadMessages(List<Object> accepted) throws Exception {
    int before = accepted.size();
    int result = super.doReadMessages(accepted);
    for (int i = accepted.size() - 1; i >= before; i--) {
      Channel channel = (Channel) accepted.get(i);
      if (!connections.accepted(channel, eventLoop())) {
        accepted.remove(i);
        channel.unsafe().closeForcibly();
      }
    }
    return result;
  }
}
