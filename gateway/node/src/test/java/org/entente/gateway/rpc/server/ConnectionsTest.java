package org.entente.gateway.rpc.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.ManagedChannel;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.StreamObserver;
import io.netty.handler.ssl.SslContext;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.entente.gateway.account.Account;
import org.entente.gateway.account.Holding;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.rpc.ClientServer;
import org.entente.gateway.rpc.Edge;
import org.entente.gateway.rpc.PeerServer;
import org.entente.gateway.rpc.StreamAnswers;
import org.entente.proto.link.v1.ExchangeRequest;
import org.entente.proto.link.v1.ExchangeResponse;
import org.entente.proto.link.v1.Frame;
import org.entente.proto.link.v1.Hello;
import org.entente.proto.link.v1.LinkServiceGrpc;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Threat 90: one caller, known by its certificate, opens as many connections as it can. */
class ConnectionsTest {
  private static final int LIMIT = 3;
  private static final int EXCESS = 60;
  private static final String[] HYBRID = {"X25519MLKEM768"};

  /** 20 connections at a port, of them 4 in their handshake, which may take a minute. */
  private static final NodeConfig.Limits FEW =
      new NodeConfig.Limits(
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          60,
          4,
          20,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          new NodeConfig.PerClient(LIMIT, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
          new NodeConfig.PerAgency(LIMIT, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));

  @AutoClose private final Edge edge = new Edge();

  private interface OtherCaller {
    void call() throws Exception;
  }

  /** The first are kept, the others closed although none is answered; another caller comes in. */
  private void assertExcessIsClosed(
      String caller, MuteConnections mute, IntSupplier open, OtherCaller other) throws Exception {
    List<MuteConnections.Connection> kept = new ArrayList<>();
    for (int i = 0; i < LIMIT; i++) {
      kept.add(mute.open());
    }
    // Each of them is admitted, not only accepted, before the next could take its place.
    Account account = edge.accounts().of(caller);
    StreamAnswers.until(() -> account.held(Holding.CONNECTIONS) == LIMIT);
    List<MuteConnections.Connection> excess = new ArrayList<>();
    for (int i = 0; i < EXCESS; i++) {
      excess.add(mute.open());
    }
    other.call();
    List<String> told = new ArrayList<>();
    for (MuteConnections.Connection connection : excess) {
      told.add(connection.receivedUntilClosed());
    }
    assertEquals(
        List.of(), told.stream().filter(it -> !it.contains(" has 3 connections")).toList());
    assertTrue(kept.stream().allMatch(MuteConnections.Connection::isOpen));
    // The other caller's connection is there too. The server forgets others after the client.
    StreamAnswers.until(() -> open.getAsInt() == LIMIT + 1);
  }

  private void callAsPublisher(ClientServer server) throws Exception {
    ManagedChannel channel = edge.channel(server.address(), edge.client("publisher"));
    HealthGrpc.newBlockingStub(channel)
        .withDeadlineAfter(StreamAnswers.PATIENCE_SECONDS, TimeUnit.SECONDS)
        .check(HealthCheckRequest.getDefaultInstance());
  }

  @Test
  void connections_ofAClientBeyondItsLimit_areClosedAtOnce_andAnotherClientIsServed()
      throws Exception {
    ClientServer server = edge.startClients(FEW, false);
    SslContext tls = edge.callerTls(edge.client("all"));
    try (MuteConnections mute = new MuteConnections(server.address(), tls, true)) {
      assertExcessIsClosed("all", mute, server::openConnections, () -> callAsPublisher(server));
    }
    String closed = "entente_connections_closed_total{side=\"client\",limit=\"caller\",} 60.0";
    assertTrue(edge.meters.text().contains(closed), edge.meters::text);
  }

  @Test
  void connections_ofAClientThatNeverBeginsHttp2_areItsOwn_andAnotherClientIsServed()
      throws Exception {
    ClientServer server = edge.startClients(FEW, false);
    SslContext tls = edge.callerTls(edge.client("all"));
    try (MuteConnections mute = new MuteConnections(server.address(), tls, false)) {
      assertExcessIsClosed("all", mute, server::openConnections, () -> callAsPublisher(server));
    }
  }

  @Test
  void connections_ofAPeersGatewayBeyondItsLimit_areClosedAtOnce_andAnotherPeerIsServed()
      throws Exception {
    PeerServer server = edge.startPeers(FEW);
    SslContext tls = edge.callerTls(edge.gateway("de.customs"), HYBRID);
    try (MuteConnections mute = new MuteConnections(server.address(), tls, true)) {
      assertExcessIsClosed(
          "de.customs", mute, server::openConnections, () -> callAsAnotherPeer(server));
    }
  }

  /** Threat 23 after the handshake. */
  @Test
  void connections_ofAPeerThatNeverBeginsHttp2_areItsOwn_andAnotherPeerIsServed() throws Exception {
    PeerServer server = edge.startPeers(FEW);
    SslContext tls = edge.callerTls(edge.gateway("de.customs"), HYBRID);
    try (MuteConnections mute = new MuteConnections(server.address(), tls, false)) {
      assertExcessIsClosed(
          "de.customs", mute, server::openConnections, () -> callAsAnotherPeer(server));
    }
  }

  private void callAsAnotherPeer(PeerServer server) throws Exception {
    ManagedChannel channel = edge.channel(server.address(), edge.gateway("x.hub"), HYBRID);
    StreamAnswers<ExchangeResponse> answers = new StreamAnswers<>();
    StreamObserver<ExchangeRequest> requests = LinkServiceGrpc.newStub(channel).exchange(answers);
    requests.onNext(
        ExchangeRequest.newBuilder()
            .setFrame(Frame.newBuilder().setHello(Hello.getDefaultInstance()))
            .build());
    answers.next();
  }
}
