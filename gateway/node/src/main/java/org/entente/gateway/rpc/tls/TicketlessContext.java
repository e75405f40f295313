package org.entente.gateway.rpc.tls;

import io.netty.handler.ssl.DelegatingSslContext;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslContext;
import io.netty.internal.tcnative.SSL;
import javax.net.ssl.SSLEngine;

/**
 * A BoringSSL context whose connections issue no session tickets (RFC 8446, section 4.6.1), so that
 * none can be resumed: a resumed handshake does not check whether the certificate is still valid.
 *
 * <p>Switching off the session cache is not enough. Netty clears the option on each engine for TLS
 * 1.3, so it must be set on each engine again.
 */
final class TicketlessContext extends DelegatingSslContext {
  TicketlessContext(SslContext context) {
    super(context);
  }

  @Override
  protected void initEngine(SSLEngine engine) {
    long connection = ((ReferenceCountedOpenSslEngine) engine).sslPointer();
    SSL.setOptions(connection, SSL.SSL_OP_NO_TICKET);
  }
}
