package org.entente.loadtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.netty.GrpcSslContexts;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.entente.gateway.client.Credentials;
import org.entente.gateway.crypto.CertificateAuthority;
import org.entente.gateway.crypto.EcKeys;
import org.entente.gateway.crypto.LeafProfile;
import org.entente.gateway.crypto.Pem;
import org.entente.loadtests.federation.ConfigurationHome;
import org.entente.loadtests.federation.Federation;
import org.entente.loadtests.testkit.Patience;
import org.entente.loadtests.testkit.Publications;
import org.entente.loadtests.traffic.Clients;
import org.entente.loadtests.traffic.Publication;
import org.entente.loadtests.traffic.Tally;
import org.entente.loadtests.traffic.Watcher;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A gateway's TLS key and certificate are replaced under load: no stream ends and nothing is lost,
 * whoever connects from then on is shown the new one, and one that cannot be used is left alone.
 */
@Tag("extended")
@Tag("rotation")
final class TlsRotationIT {
  private static final String FR = "fr.customs";
  private static final String DE = "de.customs";
  private static final String NAME = "spiffe://demo.entente.example/agency/%s/gateway/gateway-1";
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int PER_SECOND = 40;

  /** Not before the agency's CA, which was minted a moment ago. */
  private static final Duration EARLIER = Duration.ofMinutes(-4);

  @TempDir private Path folder;
  private final SecureRandom random = new SecureRandom();
  @AutoClose private Federation federation;

  @BeforeEach
  void start() {
    federation = Federation.mint(ConfigurationHome.find(), folder);
    federation.start(List.of(FR, DE));
  }

  @Test
  void certificate_replacedUnderLoad_endsNoStreamAndLosesNothing() throws Exception {
    BigInteger first = shown();
    List<Publication> publications = Publications.of(600, FR, DE);
    Tally tally = new Tally();
    try (Clients clients = new Clients(federation, tally, Watcher.NONE)) {
      clients.subscribe(List.of(DE));
      clients.publish(publications, PER_SECOND);
      assertTrue(tally.awaitAnswered(100, PATIENCE.toSeconds()));
      BigInteger second = replace(issue(FR, EARLIER, Duration.ofHours(5)));
      assertEquals(second, Patience.until(this::shown, serial -> !serial.equals(first)));
      int answered = tally.answered();
      assertTrue(tally.awaitAnswered(answered + 100, PATIENCE.toSeconds()));
      BigInteger third = replace(issue(FR, EARLIER, Duration.ofHours(6)));
      assertEquals(third, Patience.until(this::shown, serial -> !serial.equals(second)));
      assertTrue(tally.awaitComplete(publications.size(), PATIENCE.toSeconds()));
      assertEquals(Set.of(), tally.missing());
      assertEquals(publications.size(), tally.permitted().size());
      assertEquals(0, tally.count(DE).redelivered(), "a subscriber's stream ended");
    }
    assertNoStreamEnded();
    // A peer that comes anew is shown the new one, takes it, and is sent to.
    federation.kill(DE);
    federation.start(List.of(DE));
    deliver(1_000);
  }

  @Test
  void certificate_thatCannotBeUsed_isRefusedAndTheOldOneStays() throws Exception {
    BigInteger first = shown();
    IssuedCertificate good = issue(FR, EARLIER, Duration.ofHours(5));
    IssuedCertificate other = issue(FR, EARLIER, Duration.ofHours(5));
    refused(issue(FR, EARLIER, Duration.ofMinutes(-1)), "tls.certificate: it expired on", first);
    refused(
        issue(FR, Duration.ofHours(1), Duration.ofHours(2)),
        "tls.certificate: it is valid only from",
        first);
    refused(
        issue(DE, EARLIER, Duration.ofHours(5)),
        "tls.certificate: it names spiffe://demo.entente.example/agency/de.customs",
        first);
    refused(
        new IssuedCertificate(good.key(), other.certificate()),
        "the private key does not match the certificate",
        first);
    refused(
        issueByAStranger(), "tls.certificate: peers would refuse it: the certificate of", first);
    replace(good);
    assertEquals(good.serial(), Patience.until(this::shown, serial -> !serial.equals(first)));
    Patience.until(this::metrics, text -> text.contains("entente_tls_certificate_refused 0.0"));
    deliver(0);
    assertNoStreamEnded();
  }

  private void refused(IssuedCertificate pair, String why, BigInteger stays) throws Exception {
    replace(pair);
    Patience.until(
        this::log,
        text ->
            text.contains(
                "the TLS certificate in force stays, because the files are invalid: tls: " + why));
    assertTrue(metrics().contains("entente_tls_certificate_refused 1.0"));
    assertEquals(stays, shown());
  }

  private void deliver(int from) throws InterruptedException {
    List<Publication> publications =
        List.of(
            Publication.of(
                "one-more-" + from, FR, "test:" + from, Publications.draft(DE, "One more")));
    Tally tally = new Tally();
    try (Clients clients = new Clients(federation, tally, Watcher.NONE)) {
      clients.subscribe(List.of(DE));
      clients.publish(publications, PER_SECOND);
      assertTrue(tally.awaitComplete(1, PATIENCE.toSeconds()), tally.failures()::toString);
    }
  }

  private void assertNoStreamEnded() throws IOException {
    for (String agency : List.of(FR, DE)) {
      assertFalse(Files.readString(federation.plan(agency).log()).contains("stream ended"), agency);
    }
  }

  private record IssuedCertificate(PrivateKey key, X509Certificate certificate) {
    BigInteger serial() {
      return certificate.getSerialNumber();
    }
  }

  /** What the CA of an agency issues for its gateway. */
  private IssuedCertificate issue(String agency, Duration from, Duration until)
      throws IOException, GeneralSecurityException {
    Path own = folder.resolve("federation").resolve(agency);
    return issue(
        CertificateAuthority.of(
            Pem.certificates(Files.readString(own.resolve("ca.crt"))).get(0),
            Pem.privateKey(Files.readString(own.resolve("ca.key")))),
        agency,
        from,
        until);
  }

  private IssuedCertificate issueByAStranger() throws IOException {
    Instant now = Instant.now();
    Duration day = Duration.ofDays(1);
    return issue(
        CertificateAuthority.selfSigned("another CA", now.minus(day), now.plus(day), random),
        FR,
        EARLIER,
        Duration.ofHours(5));
  }

  private IssuedCertificate issue(
      CertificateAuthority ca, String agency, Duration from, Duration until) throws IOException {
    KeyPair keys = EcKeys.generate(random);
    LeafProfile profile =
        LeafProfile.ofGateway(
            URI.create(NAME.formatted(agency)),
            List.of("localhost"),
            List.of(InetAddress.getLoopbackAddress()),
            Instant.now().plus(from),
            Instant.now().plus(until));
    return new IssuedCertificate(keys.getPrivate(), ca.issue(keys.getPublic(), profile, random));
  }

  /**
   * As docs/operate/keys.md says: first the key, then the certificate, each by renaming another
   * file.
   */
  private BigInteger replace(IssuedCertificate next) throws IOException {
    Credentials own = federation.gatewayCredentials(FR);
    write(own.key(), Pem.encode(next.key()), "rw-------");
    write(own.certificate(), Pem.encode(List.of(next.certificate())), "rw-r--r--");
    return next.serial();
  }

  private static void write(Path file, String content, String mode) throws IOException {
    Path next = file.resolveSibling(file.getFileName() + ".next");
    Files.writeString(next, content);
    Files.setPosixFilePermissions(next, PosixFilePermissions.fromString(mode));
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** The certificate that the gateway shows on its port for peers, to the gateway of DE. */
  private BigInteger shown() {
    Credentials de = federation.gatewayCredentials(DE);
    String[] address = String.valueOf(federation.plan(FR).peers()).split(":", -1);
    CompletableFuture<BigInteger> serial = new CompletableFuture<>();
    EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    try {
      SslContext context =
          GrpcSslContexts.configure(
                  SslContextBuilder.forClient()
                      .keyManager(de.certificate().toFile(), de.key().toFile()),
                  SslProvider.OPENSSL)
              .protocols("TLSv1.3")
              .trustManager(InsecureTrustManagerFactory.INSTANCE)
              .option(OpenSslContextOption.GROUPS, new String[] {"X25519MLKEM768"})
              .build();
      var unused =
          new Bootstrap()
              .group(group)
              .channel(NioSocketChannel.class)
              .handler(new HandshakeClient(context, serial))
              .connect(address[0], Integer.parseInt(address[1]));
      return serial.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError(e);
    } finally {
      var unused = group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }

  /** Shakes hands, notes who answered, and leaves. */
  private static final class HandshakeClient extends ChannelInitializer<Channel> {
    private final SslContext context;
    private final CompletableFuture<BigInteger> serial;

    HandshakeClient(SslContext context, CompletableFuture<BigInteger> serial) {
      this.context = context;
      this.serial = serial;
    }

    @Override
    protected void initChannel(Channel channel) {
      SslHandler handler = context.newHandler(channel.alloc());
      channel.pipeline().addLast(handler);
      handler
          .handshakeFuture()
          .addListener(
              done -> {
                if (done.isSuccess()) {
                  X509Certificate peer =
                      (X509Certificate) handler.engine().getSession().getPeerCertificates()[0];
                  serial.complete(peer.getSerialNumber());
                } else {
                  serial.completeExceptionally(done.cause());
                }
                var unused = channel.close();
              });
    }
  }

  private String log() {
    try {
      // In JSON a slash is escaped.
      return Files.readString(federation.plan(FR).log()).replace("\\/", "/");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String metrics() {
    try {
      return HttpClient.newHttpClient()
          .send(
              HttpRequest.newBuilder(
                      URI.create("http://" + federation.plan(FR).admin() + "/metrics"))
                  .build(),
              HttpResponse.BodyHandlers.ofString())
          .body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
