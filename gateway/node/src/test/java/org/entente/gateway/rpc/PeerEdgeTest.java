package org.entente.gateway.rpc;

import static org.entente.gateway.testkit.Agencies.DE;
import static org.entente.gateway.testkit.Agencies.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.entente.gateway.crypto.CertificateAuthority;
import org.entente.gateway.crypto.EcKeys;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Problem;
import org.entente.gateway.testkit.OddCertificate;
import org.entente.gateway.testkit.TestFederation;
import org.entente.gateway.testkit.TestRequirement;
import org.entente.gateway.testkit.TlsHolder;
import org.entente.gateway.trust.Endpoint;
import org.entente.proto.link.v1.ExchangeRequest;
import org.entente.proto.link.v1.ExchangeResponse;
import org.entente.proto.link.v1.Frame;
import org.entente.proto.link.v1.Hello;
import org.entente.proto.link.v1.LinkServiceGrpc;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who gets through to the port between gateways: threats 30, 31 and 32. */
class PeerEdgeTest {
  private static final ExchangeRequest ANY =
      ExchangeRequest.newBuilder()
          .setFrame(Frame.newBuilder().setHello(Hello.getDefaultInstance()))
          .build();

  @AutoClose private final Edge edge = new Edge();
  private PeerServer server;
  @TempDir private Path folder;

  @BeforeEach
  void start() throws IOException {
    server = edge.startPeers();
  }

  /** A stream to the gateway on which one frame was sent. */
  private static StreamAnswers<ExchangeResponse> exchange(ManagedChannel channel) {
    StreamAnswers<ExchangeResponse> answers = new StreamAnswers<>();
    StreamObserver<ExchangeRequest> requests = LinkServiceGrpc.newStub(channel).exchange(answers);
    requests.onNext(ANY);
    return answers;
  }

  private StreamAnswers<ExchangeResponse> exchangeAs(TlsHolder holder, String... groups)
      throws IOException {
    return exchange(edge.channel(server.address(), holder, groups));
  }

  private ManagedChannel dial(PeerChannels channels, AgencyName agency) throws IOException {
    Endpoint endpoint = new Endpoint("127.0.0.1", server.address().getPort());
    return edge.closedAtEnd(channels.dial(agency, endpoint));
  }

  private void assertRefused(StreamAnswers<ExchangeResponse> answers) throws Exception {
    assertEquals(Status.Code.UNAVAILABLE, answers.code(), "" + answers.end());
    assertEquals(0, server.openCalls());
  }

  @Test
  void peer_withHybridGroup_isKnownToTheLink() throws Exception {
    Hello hello =
        exchangeAs(edge.gateway("de.customs"), "X25519MLKEM768").next().getFrame().getHello();
    assertEquals("de.customs", hello.getAgency());
    assertEquals("gw-1", hello.getGateway());
  }

  /** Threat 31. */
  @Test
  void peer_offeringOnlyX25519_failsInHandshake() throws Exception {
    assertRefused(exchangeAs(edge.gateway("de.customs"), "X25519"));
    assertRefused(exchangeAs(edge.gateway("de.customs"), "P-256"));
  }

  /** Threat 31, by another implementation. */
  @Test
  void peer_jdkWithoutHybridGroup_failsInHandshake() {
    assertThrows(
        IOException.class,
        () -> RawClient.connect(server.address(), edge.gateway("de.customs"), "TLSv1.3"));
  }

  /** Threat 31, by a third implementation. */
  @Test
  void peer_openssl_connectsWithHybridGroupOnly() throws Exception {
    TestRequirement.present(
        run(List.of("openssl", "list", "-kem-algorithms")).contains("X25519MLKEM768"),
        "openssl 3.5 or later");
    edge.gateway("de.customs").writeTo(folder);
    String hybrid = run(sClient(server.address(), "X25519MLKEM768"));
    assertTrue(hybrid.contains("Negotiated TLS1.3 group: X25519MLKEM768"), hybrid);
    assertTrue(hybrid.contains("ALPN protocol: h2"), hybrid);
    String classical = run(sClient(server.address(), "X25519"));
    assertTrue(classical.contains("CONNECTED"), classical);
    assertTrue(classical.contains("Cipher is (NONE)"), classical);
  }

  private List<String> sClient(InetSocketAddress to, String groups) {
    return List.of(
        "openssl",
        "s_client",
        "-connect",
        "127.0.0.1:" + to.getPort(),
        "-cert",
        folder.resolve("tls.crt").toString(),
        "-key",
        folder.resolve("tls.key").toString(),
        "-alpn",
        "h2",
        "-tls1_3",
        "-groups",
        groups);
  }

  /** What a command prints when its input is empty; nothing if it cannot be run. */
  private static String run(List<String> command) throws InterruptedException {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertTrue(process.waitFor(StreamAnswers.PATIENCE_SECONDS, TimeUnit.SECONDS));
      return output;
    } catch (IOException e) {
      return "";
    }
  }

  /** Threat 32. */
  @Test
  void peer_namedByAnotherAgencysAuthority_failsInHandshake() throws Exception {
    assertRefused(exchangeAs(edge.holder("de.customs", "sg.police/gateway/gw-1")));
  }

  /** Threat 32. */
  @Test
  void peer_clientOrOwnOrUnknownIdentity_failsInHandshake() throws Exception {
    assertRefused(exchangeAs(edge.holder("de.customs", "de.customs/client/desk")));
    assertRefused(exchangeAs(edge.gateway("fr.customs")));
    assertRefused(exchangeAs(edge.holder("de.customs", "us.cbp/gateway/gw-1")));
    assertRefused(exchange(edge.channel(server.address(), null)));
    assertEquals(
        Set.of(Code.IDENTITY_MISMATCH, Code.UNKNOWN_PEER),
        edge.refused.stream().map(Problem::code).collect(Collectors.toSet()));
  }

  /** Attack: policies of a member's own chain multiply, and took all memory of the process. */
  @Test
  void peer_whosePoliciesMultiply_failsInHandshake_andThePortServesOthers() throws Exception {
    Instant from = edge.federation.start();
    Instant to = from.plus(TestFederation.LIFETIME);
    List<X509Certificate> chain = new ArrayList<>();
    CertificateAuthority issuer = edge.federation.authority("de.customs");
    for (int i = 0; i < 3; i++) {
      issuer = new OddCertificate(issuer, from, to).policies(100).issueAuthority();
      chain.add(0, issuer.certificate());
    }
    KeyPair keys = EcKeys.generate(new SecureRandom());
    String id = "spiffe://" + TestFederation.NAME + "/agency/de.customs/gateway/gw-1";
    chain.add(0, new OddCertificate(issuer, from, to).uris(id).keys(keys).policies(100).issue());

    assertRefused(exchangeAs(new TlsHolder(keys.getPrivate(), chain)));
    Problem problem = edge.refused.get(0);
    assertEquals(Code.IDENTITY_MISMATCH, problem.code());
    assertTrue(problem.message().contains("more than 4 policies"), problem.message());
    assertEquals(
        "de.customs",
        exchangeAs(edge.gateway("de.customs")).next().getFrame().getHello().getAgency());
  }

  @Test
  void dialler_expectedAgency_getsThrough() throws Exception {
    PeerChannels channels = edge.dialler(DE, edge.gateway("de.customs"));
    Hello hello = exchange(dial(channels, FR)).next().getFrame().getHello();
    assertEquals("de.customs", hello.getAgency());
  }

  /** Threat 32: whoever answers at an agency's address must be that agency. */
  @Test
  void dialler_anotherAgencyAnswers_refusesInHandshake() throws Exception {
    PeerChannels channels = edge.dialler(DE, edge.gateway("de.customs"));
    StreamAnswers<ExchangeResponse> answers = exchange(dial(channels, new AgencyName("sg.police")));
    assertRefused(answers);
  }

  /** Threat 30. */
  @Test
  void recheck_revokedPeer_losesItsOpenStreamAndGetsNoOther() throws Exception {
    TlsHolder de = edge.gateway("de.customs");
    ManagedChannel channel = edge.channel(server.address(), de);
    StreamAnswers<ExchangeResponse> open = exchange(channel);
    StreamAnswers<ExchangeResponse> other = exchangeAs(edge.gateway("sg.police"));
    open.next();
    other.next();
    assertEquals(0, server.recheck());
    edge.revoke("de.customs", de.chain().get(0));
    assertEquals(1, server.recheck());
    assertEquals(Status.Code.UNAUTHENTICATED, open.code());
    assertEquals(Status.Code.UNAUTHENTICATED, exchange(channel).code());
    assertEquals(Status.Code.UNAVAILABLE, exchangeAs(de).code());
    StreamAnswers.until(() -> server.openCalls() == 1);
    assertFalse(other.hasEnded());
  }

  /** Attack: the thief of a revoked key keeps its connections, and refused calls cost nothing. */
  @Test
  void recheck_revokedPeer_losesItsConnectionAtTheNextRound_andOthersKeepTheirs() throws Exception {
    TlsHolder de = edge.gateway("de.customs");
    ManagedChannel channel = edge.channel(server.address(), de);
    exchange(channel).next();
    StreamAnswers<ExchangeResponse> other = exchangeAs(edge.gateway("sg.police"));
    other.next();
    edge.revoke("de.customs", de.chain().get(0));
    server.recheck();
    assertEquals(Status.Code.UNAUTHENTICATED, exchange(channel).code(), "it reads why");
    assertEquals(2, server.openConnections());
    server.recheck();
    StreamAnswers.until(() -> server.openConnections() == 1);
    assertEquals(Status.Code.UNAVAILABLE, exchange(channel).code());
    server.recheck();
    assertFalse(other.hasEnded());
  }

  /** Attack: as many calls as fit into the minute between two rounds. */
  @Test
  void refusedCalls_endTheirConnection_andOthersKeepTheirs() throws Exception {
    TlsHolder de = edge.gateway("de.customs");
    ManagedChannel channel = edge.channel(server.address(), de);
    exchange(channel).next();
    StreamAnswers<ExchangeResponse> other = exchangeAs(edge.gateway("sg.police"));
    other.next();
    edge.revoke("de.customs", de.chain().get(0));
    server.recheck();
    for (int i = 0; i < 8; i++) {
      assertEquals(Status.Code.UNAUTHENTICATED, exchange(channel).code(), "it reads why");
    }
    assertEquals(2, server.openConnections());
    var unused = exchange(channel).code();
    StreamAnswers.until(() -> server.openConnections() == 1);
    assertFalse(other.hasEnded());
  }

  /** Threat 30, seen from the side that dialled. */
  @Test
  void recheck_revokedPeerThatWasDialled_losesItsOpenStream() throws Exception {
    PeerChannels channels = edge.dialler(DE, edge.gateway("de.customs"));
    StreamAnswers<ExchangeResponse> open = exchange(dial(channels, FR));
    open.next();
    assertEquals(0, channels.recheck());
    edge.revoke("fr.customs", edge.own().chain().get(0));
    assertEquals(1, channels.recheck());
    assertEquals(Status.Code.CANCELLED, open.code());
    assertEquals(0, channels.recheck());
  }
}
