package org.entente.loadtests.traffic;

import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import org.entente.gateway.client.Credentials;

/** TLS settings between gateways: TLS 1.3, mutual, with the group X25519MLKEM768 only. */
public final class PeerTls {
  private static final String[] GROUP = {"X25519MLKEM768"};

  private PeerTls() {}

  /**
   * Server context with this certificate; admits clients with a certificate of its CA.
   *
   * @throws IOException if a file cannot be used
   */
  public static SslContext serving(Credentials credentials) throws IOException {
    return GrpcSslContexts.configure(
            SslContextBuilder.forServer(
                credentials.certificate().toFile(), credentials.key().toFile()),
            SslProvider.OPENSSL)
        .protocols("TLSv1.3")
        .trustManager(credentials.authority().toFile())
        .clientAuth(ClientAuth.REQUIRE)
        .option(OpenSslContextOption.GROUPS, GROUP)
        .build();
  }
}
