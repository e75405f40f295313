package org.entente.gateway.rpc.tls;

import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslContext;
import io.netty.internal.tcnative.SSL;
import java.net.Socket;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.entente.gateway.rpc.Edge;
import org.junit.jupiter.api.Test;

/** What holds for every connection, whichever side it is of. */
class TlsContextsTest {
  private final Edge edge = new Edge();

  /** That nothing is resumed is shown by {@code ClientEdgeTest}; that it is so for all, here. */
  @Test
  void engine_ofEveryContext_givesNoTickets() throws Exception {
    TlsContexts tls = Edge.tls(edge.gateway("de.customs"));
    X509ExtendedTrustManager nobody = new Nobody();
    for (SslContext context :
        List.of(
            tls.peerServer(nobody),
            tls.clientServer(nobody),
            tls.browserServer(nobody),
            tls.peerDialler(nobody))) {
      SSLEngine engine = context.newEngine(ByteBufAllocator.DEFAULT);
      long connection = ((ReferenceCountedOpenSslEngine) engine).sslPointer();
      assertNotEquals(0, SSL.getOptions(connection) & SSL.SSL_OP_NO_TICKET, context.toString());
    }
  }

  private static final class Nobody extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
