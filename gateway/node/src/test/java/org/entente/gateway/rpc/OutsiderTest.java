package org.entente.gateway.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.entente.gateway.testkit.TlsHolder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/**
 * What callers from outside the agency learn from gRPC's health and reflection services: nothing.
 */
class OutsiderTest {
  private static final String HYBRID = "X25519MLKEM768";

  @AutoClose private final Edge edge = new Edge();

  private void assertBothAre(Status.Code code, InetSocketAddress port, @Nullable TlsHolder caller)
      throws Exception {
    assertEquals(code, health(channel(port, caller)).code());
    assertEquals(code, reflection(channel(port, caller)).code());
  }

  private ManagedChannel channel(InetSocketAddress port, @Nullable TlsHolder caller)
      throws IOException {
    return edge.channel(port, caller, HYBRID);
  }

  private static StreamAnswers<HealthCheckResponse> health(ManagedChannel channel) {
    StreamAnswers<HealthCheckResponse> answers = new StreamAnswers<>();
    HealthGrpc.newStub(channel).check(HealthCheckRequest.getDefaultInstance(), answers);
    return answers;
  }

  private static StreamAnswers<ServerReflectionResponse> reflection(ManagedChannel channel) {
    StreamAnswers<ServerReflectionResponse> answers = new StreamAnswers<>();
    ServerReflectionGrpc.newStub(channel)
        .serverReflectionInfo(answers)
        .onNext(ServerReflectionRequest.newBuilder().setListServices("").build());
    return answers;
  }

  @Test
  void clientPort_answersNobodyWithoutTheCertificateOfAConfiguredClient() throws Exception {
    InetSocketAddress port = edge.startClients().address();
    assertBothAre(Status.Code.UNAVAILABLE, port, null);
    assertBothAre(Status.Code.UNAVAILABLE, port, edge.gateway("de.customs"));
    assertBothAre(
        Status.Code.UNAVAILABLE, port, edge.holder("de.customs", "de.customs/client/all"));
    assertEquals(Status.Code.OK, health(channel(port, edge.client("all"))).code());
  }

  @Test
  void peerPort_hasNeither() throws Exception {
    InetSocketAddress port = edge.startPeers().address();
    assertBothAre(Status.Code.UNAVAILABLE, port, null);
    assertBothAre(Status.Code.UNAVAILABLE, port, edge.client("all"));
    assertBothAre(Status.Code.UNIMPLEMENTED, port, edge.gateway("de.customs"));
  }
}
