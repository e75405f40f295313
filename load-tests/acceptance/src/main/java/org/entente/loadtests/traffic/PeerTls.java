package org.entente.loadtests.traffic;

import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import org.entente.gateway.client.Credentials;

/** TLS as gateways serve it to each other: 1.3, mutual, X25519MLKEM768 and no other group. */
public final class PeerTls {
  private static final String[] GROUP = {"X25519MLKEM768"};

  private PeerTls() {}

  /**
   * Shows the certificate and admits whoever has one of the authority.
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
