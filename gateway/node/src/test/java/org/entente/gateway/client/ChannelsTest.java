package org.entente.gateway.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.entente.gateway.crypto.CertificateAuthority;
import org.entente.gateway.crypto.EcKeys;
import org.entente.gateway.crypto.LeafProfile;
import org.entente.gateway.crypto.Pem;
import org.entente.gateway.testkit.TlsHolder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whom a client takes for its gateway: real TLS servers on loopback. */
class ChannelsTest {
  private static final String GATEWAY = "spiffe://test/agency/fr.customs/gateway/gw";
  private static final String CLIENT = "spiffe://test/agency/fr.customs/client/other";

  @TempDir Path folder;
  private final SecureRandom random = new SecureRandom();
  private final Instant from = Instant.now().minus(Duration.ofHours(1));
  private final Instant to = from.plus(Duration.ofDays(1));
  private final CertificateAuthority ca =
      CertificateAuthority.selfSigned("fr.customs", from, to, random);
  private final List<Server> servers = new ArrayList<>();

  @AfterEach
  void stop() {
    servers.forEach(Server::shutdownNow);
  }

  /** Calls a server with the certificate of a holder, from a client of the agency. */
  private ServingStatus call(TlsHolder holder, String host) throws IOException {
    Path own = Files.createDirectory(folder.resolve("server"));
    holder.writeTo(own);
    Server server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .sslContext(
                GrpcSslContexts.forServer(
                        own.resolve("tls.crt").toFile(), own.resolve("tls.key").toFile())
                    .build())
            .addService(new HealthStatusManager().getHealthService())
            .build()
            .start();
    servers.add(server);
    TlsHolder.issue(ca, "spiffe://test/agency/fr.customs/client/desk", from, to).writeTo(folder);
    Files.writeString(folder.resolve("ca.crt"), Pem.encode(ca.certificate()));
    ManagedChannel channel = Channels.open(host + ":" + server.getPort(), Credentials.in(folder));
    try {
      return HealthGrpc.newBlockingStub(channel)
          .check(HealthCheckRequest.getDefaultInstance())
          .getStatus();
    } finally {
      channel.shutdownNow();
    }
  }

  private String refusal(TlsHolder holder, String host) {
    StatusRuntimeException refused =
        assertThrows(StatusRuntimeException.class, () -> call(holder, host));
    assertEquals(Status.Code.UNAVAILABLE, refused.getStatus().getCode());
    assertTrue(ConnectionErrorText.isOfCertificates(refused), () -> String.valueOf(refused));
    return ConnectionErrorText.words(refused);
  }

  /** What {@code entente init} once gave to clients: all that TLS asks of a server. */
  private TlsHolder clientThatMayServe() {
    KeyPair keys = EcKeys.generate(random);
    LeafProfile profile =
        LeafProfile.ofGateway(URI.create(CLIENT), List.of("localhost"), List.of(), from, to);
    return new TlsHolder(keys.getPrivate(), List.of(ca.issue(keys.getPublic(), profile, random)));
  }

  @Test
  void gateway_ofTheAgency_isTrusted() throws IOException {
    assertEquals(ServingStatus.SERVING, call(TlsHolder.issue(ca, GATEWAY, from, to), "localhost"));
  }

  @Test
  void server_withAClientsCertificate_isRefused() {
    String words = refusal(clientThatMayServe(), "localhost");
    assertTrue(words.contains("it belongs to " + CLIENT + ", which is no gateway"), words);
  }

  @Test
  void server_withACertificateThatIsForClientsOnly_isRefused() {
    refusal(TlsHolder.issue(ca, CLIENT, from, to), "localhost");
  }

  @Test
  void gateway_underAnotherHostName_isRefused() {
    String words = refusal(TlsHolder.issue(ca, GATEWAY, from, to), "127.0.0.1");
    assertTrue(words.contains("not valid for this address"), words);
  }

  @Test
  void gateway_ofAnotherAuthority_isRefused() {
    CertificateAuthority other = CertificateAuthority.selfSigned("fr.customs", from, to, random);
    String words = refusal(TlsHolder.issue(other, GATEWAY, from, to), "localhost");
    assertTrue(words.contains("not issued by the CA in ca.crt"), words);
  }
}
