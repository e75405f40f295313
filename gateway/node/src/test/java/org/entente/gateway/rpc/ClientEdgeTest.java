package org.entente.gateway.rpc;

import static org.entente.gateway.testkit.Agencies.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLHandshakeException;
import org.entente.gateway.client.ConnectionErrorText;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.identity.ClientGrant;
import org.entente.gateway.identity.ClientRegistry;
import org.entente.gateway.identity.Scope;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.testkit.TestFederation;
import org.entente.gateway.testkit.TlsHolder;
import org.entente.proto.v1.AuditGrpc;
import org.entente.proto.v1.EvidenceGrpc;
import org.entente.proto.v1.ExplainRequest;
import org.entente.proto.v1.PublishRequest;
import org.entente.proto.v1.PublishStreamRequest;
import org.entente.proto.v1.PublishStreamResponse;
import org.entente.proto.v1.PublisherGrpc;
import org.entente.proto.v1.ReadRecordRequest;
import org.entente.proto.v1.ReadTileRequest;
import org.entente.proto.v1.SubscribeRequest;
import org.entente.proto.v1.SubscribeResponse;
import org.entente.proto.v1.SubscriberGrpc;
import org.entente.proto.v1.TrackRequest;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Who gets through to the clients' port and what each may call: threats 30, 32 and 58. */
class ClientEdgeTest {
  private static final NodeConfig.Limits TWO_CALLS =
      new NodeConfig.Limits(
          0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, null, null);

  @AutoClose private final Edge edge = new Edge();

  private static HealthCheckResponse check(ManagedChannel channel) {
    return HealthGrpc.newBlockingStub(channel)
        .withDeadlineAfter(StreamAnswers.PATIENCE_SECONDS, TimeUnit.SECONDS)
        .check(HealthCheckRequest.getDefaultInstance());
  }

  private static void assertRefusedInHandshake(ManagedChannel channel) {
    StatusRuntimeException refused =
        assertThrows(StatusRuntimeException.class, () -> check(channel));
    assertEquals(Status.Code.UNAVAILABLE, refused.getStatus().getCode(), "" + refused);
  }

  private static void assertScopeMissing(Executable call) {
    Refusals.Details details = Refusals.of(assertThrows(StatusRuntimeException.class, call));
    assertEquals(Status.Code.PERMISSION_DENIED, details.status());
    assertEquals("SCOPE_MISSING", details.reason());
    assertEquals("entente", details.domain());
    assertEquals("OPERATOR", details.whoMustAct());
    assertFalse(details.retry());
  }

  @Test
  void client_configured_getsThroughWithEitherGroup() throws Exception {
    ClientServer server = edge.startClients();
    server.serving(true);
    for (String group : new String[] {"X25519MLKEM768", "X25519", "P-256"}) {
      ManagedChannel channel = edge.channel(server.address(), edge.client("all"), group);
      assertEquals(ServingStatus.SERVING, check(channel).getStatus());
    }
  }

  @Test
  void health_untilServing_saysNotServing() throws Exception {
    ClientServer server = edge.startClients();
    ManagedChannel channel = edge.channel(server.address(), edge.client("publisher"));
    assertEquals(ServingStatus.NOT_SERVING, check(channel).getStatus());
    server.serving(true);
    assertEquals(ServingStatus.SERVING, check(channel).getStatus());
    server.serving(false);
    assertEquals(ServingStatus.NOT_SERVING, check(channel).getStatus());
  }

  @Test
  void tls_version12_refused() throws Exception {
    ClientServer server = edge.startClients();
    TlsHolder all = edge.client("all");
    assertThrows(
        SSLHandshakeException.class, () -> RawClient.connect(server.address(), all, "TLSv1.2"));
    try (RawClient raw = RawClient.connect(server.address(), all, "TLSv1.3")) {
      raw.begin();
      raw.await(RawClient.SETTINGS);
      assertEquals("TLSv1.3", raw.version());
    }
  }

  /** Threat 30: a resumed session would ask nobody whether the certificate still holds. */
  @Test
  void connection_ofARevokedClient_isNotResumed() throws Exception {
    ClientServer server = edge.startClients();
    TlsHolder all = edge.client("all");
    try (RawClient first = RawClient.connect(server.address(), all, "TLSv1.3")) {
      first.begin();
      // A ticket would have come before it.
      first.await(RawClient.SETTINGS);
      edge.revoke("fr.customs", all.chain().get(0));
      assertThrows(IOException.class, () -> reach(first));
    }
  }

  private static void reach(RawClient first) throws IOException {
    try (RawClient again = first.again()) {
      again.begin();
      again.await(RawClient.SETTINGS);
    }
  }

  @Test
  void client_withoutCertificate_failsInHandshake() throws Exception {
    ClientServer server = edge.startClients();
    assertRefusedInHandshake(edge.channel(server.address(), null));
  }

  /** Threat 32. */
  @Test
  void client_certifiedByAnotherAgency_failsInHandshake() throws Exception {
    ClientServer server = edge.startClients();
    // The right name from the wrong CA, another agency's own client, and a gateway.
    assertRefusedInHandshake(
        edge.channel(server.address(), edge.holder("de.customs", "fr.customs/client/all")));
    assertRefusedInHandshake(
        edge.channel(server.address(), edge.holder("de.customs", "de.customs/client/all")));
    assertRefusedInHandshake(edge.channel(server.address(), edge.gateway("fr.customs")));
  }

  @Test
  void client_notConfigured_failsInHandshake() throws Exception {
    assertRefusedInHandshake(edge.calling("stranger"));
    Problem told = edge.refusedClients.get(0);
    assertEquals(Code.UNKNOWN_CLIENT, told.code());
    assertTrue(told.message().contains("stranger"), told::message);
  }

  /** Threat 58. */
  @Test
  void client_withoutScope_isDeniedWithDetails() throws Exception {
    ClientServer server = edge.startClients();
    ManagedChannel channel = edge.channel(server.address(), edge.client("publisher"));
    PublisherGrpc.newBlockingStub(channel).publish(PublishRequest.getDefaultInstance());
    assertScopeMissing(
        () -> EvidenceGrpc.newBlockingStub(channel).track(TrackRequest.getDefaultInstance()));
    assertScopeMissing(
        () -> AuditGrpc.newBlockingStub(channel).readTile(ReadTileRequest.getDefaultInstance()));
    assertScopeMissing(
        () ->
            AuditGrpc.newBlockingStub(channel).readRecord(ReadRecordRequest.getDefaultInstance()));
    ManagedChannel other = edge.channel(server.address(), edge.client("holder"));
    assertScopeMissing(
        () -> PublisherGrpc.newBlockingStub(other).explain(ExplainRequest.getDefaultInstance()));
    StreamAnswers<SubscribeResponse> subscribed = new StreamAnswers<>();
    SubscriberGrpc.newStub(channel)
        .subscribe(subscribed)
        .onNext(SubscribeRequest.getDefaultInstance());
    Throwable end = subscribed.end();
    assertScopeMissing(
        () -> {
          throw end;
        });
    assertTrue(
        edge.meters.text().contains("SCOPE_MISSING"), "refusals are counted by side and code");
    StreamAnswers.until(() -> server.openCalls() == 0);
  }

  @Test
  void reflection_whereConfigured_listsTheServices() throws Exception {
    ManagedChannel channel = edge.calling("publisher");
    assertTrue(reflect(channel).next().toString().contains("entente.v1.Publisher"));
  }

  @Test
  void reflection_whereNotConfigured_isUnimplemented() throws Exception {
    ClientServer server = edge.startClients(NodeConfig.Limits.DEFAULT, false);
    ManagedChannel channel = edge.channel(server.address(), edge.client("publisher"));
    assertEquals(Status.Code.UNIMPLEMENTED, reflect(channel).code());
  }

  private static StreamAnswers<ServerReflectionResponse> reflect(ManagedChannel channel) {
    StreamAnswers<ServerReflectionResponse> answers = new StreamAnswers<>();
    ServerReflectionGrpc.newStub(channel)
        .serverReflectionInfo(answers)
        .onNext(ServerReflectionRequest.newBuilder().setListServices("").build());
    return answers;
  }

  /** Threat 30. */
  @Test
  void recheck_revokedClient_losesItsOpenStreamAndGetsNoOther() throws Exception {
    ClientServer server = edge.startClients();
    TlsHolder all = edge.client("all");
    ManagedChannel channel = edge.channel(server.address(), all);
    ManagedChannel other = edge.channel(server.address(), edge.client("publisher"));
    StreamAnswers<PublishStreamResponse> open = stream(channel);
    StreamAnswers<PublishStreamResponse> kept = stream(other);
    assertEquals(0, server.recheck());
    edge.revoke("fr.customs", all.chain().get(0));
    assertEquals(1, server.recheck());
    Refusals.Details details = Refusals.of(open.end());
    assertEquals(Status.Code.UNAUTHENTICATED, details.status());
    assertEquals(Code.CERTIFICATE_REVOKED.name(), details.reason());
    // Its connection ends too.
    StreamAnswers.until(() -> server.openConnections() == 1);
    assertRefusedInHandshake(channel);
    assertRefusedInHandshake(edge.channel(server.address(), all));
    assertFalse(kept.hasEnded());
    check(other);
  }

  /** Threat 30: also where the clients changed, not the trust bundle. */
  @Test
  void recheck_clientThatLeft_losesItsConnections_andAnotherClientKeepsItsStream()
      throws Exception {
    ClientServer server = edge.startClients();
    ManagedChannel channel = edge.channel(server.address(), edge.client("second"));
    check(channel);
    StreamAnswers<PublishStreamResponse> open = stream(channel);
    StreamAnswers<PublishStreamResponse> kept =
        stream(edge.channel(server.address(), edge.client("publisher")));
    edge.registered =
        ClientRegistry.of(
            FR,
            List.of(new ClientGrant(new NodeName("publisher"), Set.of(Scope.PUBLISH))),
            Map.of(new NodeName("second"), Instant.EPOCH));
    assertEquals(1, server.recheck());
    assertEquals(Code.CERTIFICATE_REVOKED.name(), Refusals.of(open.end()).reason());
    StreamAnswers.until(() -> server.openConnections() == 1);
    assertFalse(kept.hasEnded());
  }

  /** The alerts of RFC 8446, section 6.2: nothing but the handshake can tell the client why. */
  @Test
  void client_whoseCertificateEnded_orWasRevoked_isToldWhich() throws Exception {
    ClientServer server = edge.startClients();
    TlsHolder ended =
        TlsHolder.issue(
            edge.federation.authority("fr.customs"),
            "spiffe://" + TestFederation.NAME + "/agency/fr.customs/client/all",
            edge.federation.start(),
            edge.federation.start().plusSeconds(60));
    assertTold("because it has expired", edge.channel(server.address(), ended));
    TlsHolder revoked = edge.client("all");
    edge.revoke("fr.customs", revoked.chain().get(0));
    assertTold("because the client was revoked", edge.channel(server.address(), revoked));
    TlsHolder forged =
        TlsHolder.issue(
            edge.federation.authority("de.customs"),
            "spiffe://" + TestFederation.NAME + "/agency/fr.customs/client/all",
            edge.federation.start(),
            edge.federation.start().plusSeconds(60));
    String told = told(edge.channel(server.address(), forged));
    assertFalse(told.contains("expired;") || told.contains("because"), told);
  }

  private static void assertTold(String why, ManagedChannel channel) {
    String told = told(channel);
    assertTrue(told.contains(why), told);
  }

  private static String told(ManagedChannel channel) {
    StatusRuntimeException failed =
        assertThrows(StatusRuntimeException.class, () -> check(channel));
    assertEquals(Status.Code.UNAVAILABLE, failed.getStatus().getCode());
    return ConnectionErrorText.words(Objects.requireNonNull(failed.getStatus().getCause()));
  }

  /** A stream on which one draft was answered. */
  private static StreamAnswers<PublishStreamResponse> stream(ManagedChannel channel)
      throws InterruptedException {
    StreamAnswers<PublishStreamResponse> answers = new StreamAnswers<>();
    StreamObserver<PublishStreamRequest> drafts =
        PublisherGrpc.newStub(channel).publishStream(answers);
    drafts.onNext(PublisherServiceTest.request(""));
    answers.next();
    return answers;
  }

  @Test
  void client_withItsShareOfCalls_isToldToSlowDownOnAnyConnection() throws Exception {
    ClientServer server = edge.startClients(TWO_CALLS, true);
    TlsHolder few = edge.client("second");
    stream(edge.channel(server.address(), few));
    stream(edge.channel(server.address(), few));
    ManagedChannel third = edge.channel(server.address(), few);
    Refusals.Details details =
        Refusals.of(assertThrows(StatusRuntimeException.class, () -> check(third)));
    assertEquals(Status.Code.RESOURCE_EXHAUSTED, details.status());
    assertEquals("OVERLOADED", details.reason());
    assertTrue(details.retry());
    check(edge.channel(server.address(), edge.client("all")));
  }

  @Test
  void close_withOpenStream_tellsToComeAgain() throws Exception {
    ClientServer server = edge.startClients();
    StreamAnswers<PublishStreamResponse> open =
        stream(edge.channel(server.address(), edge.client("all")));
    server.close();
    Refusals.Details details = Refusals.of(open.end());
    assertEquals(Status.Code.UNAVAILABLE, details.status());
    assertEquals("NOT_READY", details.reason());
    assertTrue(details.retry());
    StreamAnswers.until(() -> server.openCalls() == 0);
  }
}
