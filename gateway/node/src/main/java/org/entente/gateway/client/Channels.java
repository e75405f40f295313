package org.entente.gateway.client;

import io.grpc.ManagedChannel;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Channels to a gateway's client port: TLS 1.3, mutual, the hybrid group preferred. */
public final class Channels {
  private static final String[] GROUPS = {"X25519MLKEM768", "X25519", "P-256"};

  /**
   * Netty passes the key through an in-memory key store without a password. The default type,
   * PKCS#12, would derive keys for it with 10,000 rounds, twice for each channel.
   */
  private static final String KEY_STORE_IN_MEMORY = "JKS";

  private static final int KEEP_ALIVE_SECONDS = 30;
  private static final int MAX_MESSAGE_BYTES = 20 << 20;

  private Channels() {}

  /**
   * A channel to {@code host:port}. The server's certificate must be issued by the agency's CA for
   * that host name or address, and name a gateway. The caller shuts it down.
   *
   * @throws IllegalArgumentException if a credential file cannot be used
   */
  public static ManagedChannel open(String address, Credentials credentials) {
    return open(address, context(credentials));
  }

  /**
   * A channel to a gateway that is at one of several addresses: it uses the first where the gateway
   * serves, and another after a call that does not reach it or is refused with {@code NOT_LEADER}.
   * The certificate is checked at each address as at a single one. The caller shuts it down.
   *
   * @param addresses at least one {@code host:port}; with several this method calls the gateway
   * @throws IllegalArgumentException if a credential file cannot be used
   */
  public static ManagedChannel open(List<String> addresses, Credentials credentials) {
    SslContext tls = context(credentials);
    List<ManagedChannel> channels = addresses.stream().map(address -> open(address, tls)).toList();
    return channels.size() == 1 ? channels.get(0) : new FailoverChannel(channels).look();
  }

  private static ManagedChannel open(String address, SslContext tls) {
    return NettyChannelBuilder.forTarget("dns:///" + address)
        .sslContext(tls)
        .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
        .maxInboundMessageSize(MAX_MESSAGE_BYTES)
        .build();
  }

  private static SslContext context(Credentials credentials) {
    try {
      return GrpcSslContexts.configure(
              SslContextBuilder.forClient()
                  .keyStoreType(KEY_STORE_IN_MEMORY)
                  .keyManager(credentials.certificate().toFile(), credentials.key().toFile()),
              SslProvider.OPENSSL)
          .protocols("TLSv1.3")
          .trustManager(GatewayTrust.in(credentials.authority()))
          .option(OpenSslContextOption.GROUPS, GROUPS)
          .build();
    } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "credentials: "
              + credentials.certificate()
              + ", its key and ca.crt cannot be used: "
              + e.getMessage(),
          e);
    }
  }
}
