package org.entente.gateway.rpc.tls;

import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import javax.net.ssl.SSLException;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * TLS contexts of Entente: version 1.3 only (RFC 8446), certificates on both sides (a browser may
 * come without one), no session resumption, with netty-tcnative (BoringSSL). Between gateways the
 * hybrid group X25519MLKEM768 is required: a side that does not offer it fails in the handshake.
 * Towards clients it is preferred. The given trust manager identifies the other side.
 */
public final class TlsContexts {
  /** Groups between gateways. */
  static final String[] PEER_GROUPS = {"X25519MLKEM768"};

  /** Groups towards clients, best first. */
  static final String[] CLIENT_GROUPS = {"X25519MLKEM768", "X25519", "P-256"};

  private static final String VERSION = "TLSv1.3";

  private final TlsIdentity identity;

  /** Creates contexts of one identity, which may change. */
  public TlsContexts(TlsIdentity identity) {
    if (!OpenSsl.isAvailable()) {
      throw new IllegalStateException(
          "this release has no netty-tcnative for this platform; take the one for Linux x86_64 or"
              + " aarch64",
          OpenSsl.unavailabilityCause());
    }
    this.identity = identity;
  }

  /** For the server that peers dial. */
  public SslContext peerServer(X509ExtendedTrustManager peers) throws SSLException {
    return server(peers, PEER_GROUPS);
  }

  /** For the server of the agency's own clients. */
  public SslContext clientServer(X509ExtendedTrustManager clients) throws SSLException {
    return server(clients, CLIENT_GROUPS);
  }

  /** For browsers at the admin port, which may come without a certificate. HTTP/1.1, so no ALPN. */
  public SslContext browserServer(X509ExtendedTrustManager clients) throws SSLException {
    return withoutResumption(
        SslContextBuilder.forServer(identity.manager())
            .sslProvider(SslProvider.OPENSSL)
            .clientAuth(ClientAuth.OPTIONAL)
            .protocols(VERSION)
            .trustManager(clients)
            .option(OpenSslContextOption.GROUPS, CLIENT_GROUPS)
            .build());
  }

  /** For dialling a peer. */
  public SslContext peerDialler(X509ExtendedTrustManager peer) throws SSLException {
    return withoutResumption(
        common(SslContextBuilder.forClient().keyManager(identity.manager()), peer, PEER_GROUPS)
            .build());
  }

  /**
   * Creates one context for each kind of port and drops it. The first of a process load its native
   * code, which a machine of a cluster does before it has to serve.
   */
  public void rehearse(X509ExtendedTrustManager trust) throws SSLException {
    peerServer(trust);
    clientServer(trust);
    peerDialler(trust);
  }

  private SslContext server(X509ExtendedTrustManager trust, String[] groups) throws SSLException {
    return withoutResumption(
        common(
                SslContextBuilder.forServer(identity.manager()).clientAuth(ClientAuth.REQUIRE),
                trust,
                groups)
            .build());
  }

  private static SslContextBuilder common(
      SslContextBuilder builder, X509ExtendedTrustManager trust, String[] groups) {
    return GrpcSslContexts.configure(builder, SslProvider.OPENSSL)
        .protocols(VERSION)
        .trustManager(trust)
        .option(OpenSslContextOption.GROUPS, groups);
  }

  private static SslContext withoutResumption(SslContext context) {
    if (context.sessionContext() instanceof OpenSslSessionContext sessions) {
      sessions.setSessionCacheEnabled(false);
    }
    return new TicketlessContext(context);
  }
}
