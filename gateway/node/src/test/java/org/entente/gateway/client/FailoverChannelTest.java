package org.entente.gateway.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.ServerInterceptors;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.entente.gateway.rpc.server.CurrentAnswers;
import org.entente.gateway.testkit.LoopbackPort;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A client before the nodes of one gateway, which are servers on loopback without TLS. */
class FailoverChannelTest {
  private final List<Server> servers = new ArrayList<>();
  private final List<ManagedChannel> channels = new ArrayList<>();

  @AfterEach
  void close() {
    channels.forEach(ManagedChannel::shutdownNow);
    servers.forEach(Server::shutdownNow);
  }

  private static NettyServerBuilder at(int port) {
    return NettyServerBuilder.forAddress(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
        InsecureServerCredentials.create());
  }

  private String started(NettyServerBuilder server) throws IOException {
    Server running = server.build().start();
    servers.add(running);
    return "127.0.0.1:" + running.getPort();
  }

  private String leads(int port, ServingStatus status) throws IOException {
    HealthStatusManager health = new HealthStatusManager();
    health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, status);
    return started(at(port).addService(health.getHealthService()));
  }

  private String led() throws IOException {
    return started(
        at(0)
            .addService(
                ServerInterceptors.intercept(
                    new HealthStatusManager().getHealthService(),
                    new CurrentAnswers(() -> false))));
  }

  private static String off() throws IOException {
    return "127.0.0.1:" + LoopbackPort.next();
  }

  private FailoverChannel before(String... addresses) {
    FailoverChannel channel =
        new FailoverChannel(
            List.of(addresses).stream()
                .map(
                    address ->
                        NettyChannelBuilder.forTarget("dns:///" + address).usePlaintext().build())
                .toList());
    channels.add(channel);
    return channel;
  }

  private static ServingStatus call(ManagedChannel channel) {
    return HealthGrpc.newBlockingStub(channel)
        .check(HealthCheckRequest.getDefaultInstance())
        .getStatus();
  }

  private static String failure(ManagedChannel channel) {
    StatusRuntimeException failed = assertThrows(StatusRuntimeException.class, () -> call(channel));
    return ErrorDetails.of(failed).map(info -> info.getReason()).orElse("no connection");
  }

  @Test
  void look_usesTheAddressWhereTheGatewayServes() throws Exception {
    String serves = leads(0, ServingStatus.SERVING);
    FailoverChannel channel = before(off(), led(), leads(0, ServingStatus.NOT_SERVING), serves);
    assertEquals(serves, channel.look().authority());
    assertEquals(ServingStatus.SERVING, call(channel));
  }

  /** So that the first call says why. */
  @Test
  void look_whereNoneServes_usesOneThatAnswers_orElseTheFirst() throws Exception {
    assertEquals("NOT_LEADER", failure(before(off(), led(), off()).look()));
    String first = off();
    FailoverChannel none = before(first, off());
    assertEquals(first, none.look().authority());
    assertEquals("no connection", failure(none));
  }

  @Test
  void call_thatTheLeaderDoesNotAnswer_fails_andLaterOnesGoToTheNextLeader() throws Exception {
    int second = LoopbackPort.next();
    String first = leads(0, ServingStatus.SERVING);
    FailoverChannel channel = before(first, "127.0.0.1:" + second).look();
    assertEquals(first, channel.authority());
    servers.get(0).shutdownNow().awaitTermination();
    leads(second, ServingStatus.SERVING);
    assertEquals("no connection", failure(channel));
    channel.resetConnectBackoff();
    assertEquals(ServingStatus.SERVING, call(channel));
    assertEquals("127.0.0.1:" + second, channel.authority());
  }

  @Test
  void refusalOfAFormerLeader_sendsTheNextCallToTheNextAddress() throws Exception {
    String leads = leads(0, ServingStatus.SERVING);
    FailoverChannel channel = before(led(), leads);
    assertEquals("NOT_LEADER", failure(channel));
    assertEquals(leads, channel.authority());
    assertEquals(ServingStatus.SERVING, call(channel));
  }

  @Test
  void close_closesTheChannelOfEachAddress() throws Exception {
    FailoverChannel channel = before(off(), off());
    assertTrue(!channel.isShutdown() && !channel.isTerminated());
    assertTrue(channel.shutdownNow().isShutdown());
  }
}
