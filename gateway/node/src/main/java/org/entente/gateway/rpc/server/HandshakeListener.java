package org.entente.gateway.rpc.server;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.function.BiConsumer;
import org.entente.gateway.rpc.tls.PeerCertificates;

/**
 * Tells {@link Connections} the identity of the other side as soon as TLS has established it.
 * gRPC's own filter is called only once HTTP/2 has begun, which the other side may delay.
 */
final class HandshakeListener extends ChannelInboundHandlerAdapter {
  private final BiConsumer<Channel, List<X509Certificate>> handshaken;

  HandshakeListener(BiConsumer<Channel, List<X509Certificate>> handshaken) {
    this.handshaken = handshaken;
  }

  /** Runs after the later handlers, when the pipeline has its TLS and nothing was read yet. */
  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // the listener belongs to the connection
  public void channelActive(ChannelHandlerContext context) {
    context.fireChannelActive();
    SslHandler tls = context.pipeline().get(SslHandler.class);
    if (tls == null) {
      throw new IllegalStateException("a connection without TLS");
    }
    tls.handshakeFuture()
        .addListener(
            done -> {
              if (done.isSuccess()) {
                handshaken.accept(
                    context.channel(), PeerCertificates.of(tls.engine().getSession()));
              }
            });
    context.pipeline().remove(this);
  }
}
