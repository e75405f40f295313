package org.entente.gateway.admin;

import io.netty.handler.ssl.SslContext;
import javax.net.ssl.SSLException;
import org.entente.gateway.rpc.tls.ClientTrust;
import org.entente.gateway.rpc.tls.TlsContexts;
import org.entente.gateway.rpc.tls.TlsIdentity;

/**
 * TLS of the admin port: the gateway's certificate on this side. The other side may present a
 * client's certificate; one that is not valid fails the handshake.
 */
public final class AdminTls {
  private final SslContext context;

  /** TLS of a gateway with its clients. */
  public AdminTls(TlsIdentity identity, ClientTrust clients) throws SSLException {
    context = new TlsContexts(identity).browserServer(clients.inHandshake());
  }

  SslContext context() {
    return context;
  }
}
