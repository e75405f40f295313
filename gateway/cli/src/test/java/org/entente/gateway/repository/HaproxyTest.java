package org.entente.gateway.repository;

import static org.entente.gateway.federation.RunningFederation.DE;
import static org.entente.gateway.federation.RunningFederation.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.entente.gateway.admin.AdminServer;
import org.entente.gateway.admin.Readiness;
import org.entente.gateway.client.Channels;
import org.entente.gateway.client.Credentials;
import org.entente.gateway.federation.RunningFederation;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.testkit.LoopbackPort;
import org.entente.gateway.testkit.TestRequirement;
import org.entente.proto.v1.Delivery;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.PublishRequest;
import org.entente.proto.v1.PublisherGrpc;
import org.entente.proto.v1.RecallRequest;
import org.entente.proto.v1.RetentionGrpc;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * The sample configuration of HAProxy, as HAProxy reads and runs it. One gateway moves from node to
 * node with its ledger; the other nodes only say that they are not ready.
 */
class HaproxyTest {
  private static final Path SAMPLE =
      LinkedPagesTest.REPOSITORY.resolve("config").resolve("haproxy").resolve("haproxy.cfg");
  private static final Duration DAY = Duration.ofDays(1);

  @RegisterExtension final RunningFederation federation = new RunningFederation();
  private final Map<Integer, AdminServer> followers = new HashMap<>();
  private final Node front = new Node();
  private final List<Node> nodes = List.of(new Node(), new Node(), new Node());

  @TempDir private Path folder;

  /** Where one node listens, or HAProxy. */
  private record Node(int clients, int peers, int admin) {
    Node() throws IOException {
      this(LoopbackPort.next(), LoopbackPort.next(), LoopbackPort.next());
    }
  }

  HaproxyTest() throws IOException {}

  @AfterEach
  void end() {
    followers.values().forEach(AdminServer::close);
  }

  private static String program() {
    String found =
        Stream.of("/usr/sbin/haproxy", "/usr/local/sbin/haproxy", "/usr/bin/haproxy")
            .filter(path -> Files.isExecutable(Path.of(path)))
            .findFirst()
            .orElse("");
    TestRequirement.present(!found.isEmpty(), "haproxy");
    return found;
  }

  private Process haproxy(String... arguments) throws IOException {
    return new ProcessBuilder(Stream.concat(Stream.of(program()), Stream.of(arguments)).toList())
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("out").toFile())
        .start();
  }

  @Test
  void sample_isValid() throws Exception {
    Process check = haproxy("-c", "-f", SAMPLE.toString());
    try {
      assertTrue(check.waitFor(60, TimeUnit.SECONDS));
      assertEquals(0, check.exitValue(), Files.readString(folder.resolve("out")));
    } finally {
      check.destroyForcibly();
    }
  }

  @Test
  void clientsAndPeers_reachTheNodeThatLeads_andTheNextOneAfterATakeOver() throws Exception {
    write(federation.config(FR), "(?<=dial: )127\\.0\\.0\\.1:\\d+", "127.0.0.1:" + front.peers());
    follow(0);
    follow(1);
    lead(2);
    Process proxy = haproxy("-f", configuration().toString());
    ManagedChannel client =
        Channels.open("127.0.0.1:" + front.clients(), Credentials.in(federation.credentials(DE)));
    try {
      federation.start(FR);
      exchange(client, "before");
      federation.stop(DE);
      follow(2);
      lead(0);
      exchange(client, "after");
      assertTrue(proxy.isAlive(), Files.readString(folder.resolve("out")));
    } finally {
      client.shutdownNow();
      proxy.destroyForcibly().waitFor();
    }
  }

  /** What frees the disk needs the sessions: recalls that arrive, acknowledgements, erasure. */
  @Test
  void leaderWhoseDiskIsFull_isReached_andTakesARecall() throws Exception {
    lead(0);
    federation.start(FR);
    MessageId sent = federation.send(DE, "wrong", DAY, FR);
    federation.stop(DE);
    write(
        federation.config(DE),
        "\\z",
        "\ndisk: {refuse_below_mib: 1000000, slow_below_mib: 1048576}\n");
    lead(1);
    Process proxy = haproxy("-f", configuration().toString());
    ManagedChannel client =
        Channels.open("127.0.0.1:" + front.clients(), Credentials.in(federation.credentials(DE)));
    try {
      federation.await("HAProxy leads to the leader", () -> answers(client));
      String full =
          String.valueOf(
              assertThrows(StatusRuntimeException.class, () -> publish(client, "full"))
                  .getMessage());
      assertTrue(full.contains("STORAGE_FULL"), full);
      assertFalse(
          RetentionGrpc.newBlockingStub(client)
              .withDeadlineAfter(60, TimeUnit.SECONDS)
              .recall(
                  RecallRequest.newBuilder()
                      .setMessageId(ByteString.copyFrom(sent.bytes()))
                      .setReason("the goods were genuine")
                      .setOnBehalfOf(OnBehalfOf.newBuilder().setOfficer("DE-1"))
                      .build())
              .getRecallId()
              .isEmpty());
      assertTrue(proxy.isAlive(), Files.readString(folder.resolve("out")));
    } finally {
      client.shutdownNow();
      proxy.destroyForcibly().waitFor();
    }
  }

  /** The node cannot tell callers behind the proxy apart before their handshake. */
  @Test
  void oneSource_hasItsShareOfConnections_andKeepsNoOtherOut() throws Exception {
    lead(0);
    Process proxy = haproxy("-f", configuration().toString());
    ManagedChannel client =
        Channels.open("127.0.0.1:" + front.clients(), Credentials.in(federation.credentials(DE)));
    List<Socket> flood = new ArrayList<>();
    try {
      federation.await("HAProxy leads to the leader", () -> answers(client));
      for (int i = 0; i < 300; i++) {
        flood.add(connectFrom(2));
      }
      assertTrue(isClosed(flood.get(flood.size() - 1)), "by the proxy");
      flood.get(0).setSoTimeout(1);
      assertThrows(SocketTimeoutException.class, () -> flood.get(0).getInputStream().read());
      try (Socket other = connectFrom(3)) {
        other.setSoTimeout(1);
        assertThrows(SocketTimeoutException.class, () -> other.getInputStream().read());
      }
      assertTrue(answers(client));
    } finally {
      for (Socket one : flood) {
        one.close();
      }
      client.shutdownNow();
      proxy.destroyForcibly().waitFor();
    }
  }

  private static boolean isClosed(Socket socket) throws IOException {
    socket.setSoTimeout(60_000);
    try {
      return socket.getInputStream().read() < 0;
    } catch (SocketException e) {
      return true;
    }
  }

  /** Connects from 127.0.0.x. */
  private Socket connectFrom(int last) throws IOException {
    Socket socket = new Socket();
    InetAddress own = InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) last});
    socket.bind(new InetSocketAddress(own, 0));
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), front.clients()));
    return socket;
  }

  /** Mail goes both ways, and what DE sends comes from a client behind HAProxy. */
  private void exchange(ManagedChannel client, String headline) {
    federation.await("HAProxy leads to the leader", () -> serves(client));
    federation.send(FR, headline, DAY, DE);
    assertEquals(List.of(headline), headlines(federation.receive(DE, 1)));
    assertTrue(publish(client, headline).hasAccepted());
    assertEquals(List.of(headline), headlines(federation.receive(FR, 1)));
  }

  private Outcome publish(ManagedChannel client, String headline) {
    return PublisherGrpc.newBlockingStub(client)
        .withDeadlineAfter(60, TimeUnit.SECONDS)
        .publish(PublishRequest.newBuilder().setDraft(federation.draft(headline, DAY, FR)).build())
        .getOutcome();
  }

  private static List<String> headlines(List<Delivery> deliveries) {
    return deliveries.stream()
        .map(one -> one.getBody().getAlert().getTexts(0).getHeadline())
        .toList();
  }

  private static boolean serves(ManagedChannel client) {
    return health(client) == ServingStatus.SERVING;
  }

  /** Whether a gateway is reached, whatever it says of itself. */
  private static boolean answers(ManagedChannel client) {
    return health(client) != ServingStatus.UNKNOWN;
  }

  private static ServingStatus health(ManagedChannel client) {
    client.resetConnectBackoff();
    try {
      return HealthGrpc.newBlockingStub(client)
          .withDeadlineAfter(5, TimeUnit.SECONDS)
          .check(HealthCheckRequest.getDefaultInstance())
          .getStatus();
    } catch (StatusRuntimeException e) {
      return ServingStatus.UNKNOWN;
    }
  }

  /** The sample with the ports of this test. */
  private Path configuration() throws IOException {
    String text =
        Files.readString(SAMPLE)
            .replace("192.0.2.10:7441", "127.0.0.1:" + front.clients())
            .replace("192.0.2.10:7443", "127.0.0.1:" + front.peers());
    for (int i = 0; i < nodes.size(); i++) {
      Node node = nodes.get(i);
      String address = "192.0.2.1" + (i + 1);
      text =
          text.replace(
                  address + ":7441 port 9441",
                  "127.0.0.1:%d port %d".formatted(node.clients(), node.admin()))
              .replace(
                  address + ":7443 port 9441",
                  "127.0.0.1:%d port %d".formatted(node.peers(), node.admin()));
    }
    assertFalse(text.lines().anyMatch(line -> !line.startsWith("#") && line.contains("192.0.2")));
    return Files.writeString(folder.resolve("haproxy.cfg"), text);
  }

  /** This node says that it is not ready, and listens for nobody else. */
  private void follow(int node) throws IOException {
    InetSocketAddress at =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), nodes.get(node).admin());
    followers.put(node, AdminServer.start(at, new Meters(), new Follower()));
  }

  private static final class Follower implements Readiness {
    @Override
    public List<String> obstacles() {
      return List.of("cluster: this node does not serve");
    }

    @Override
    public boolean leads() {
      return false;
    }

    @Override
    public List<String> warnings() {
      return List.of();
    }
  }

  /** The gateway of DE runs on this node. */
  private void lead(int node) throws IOException {
    AdminServer follower = followers.remove(node);
    if (follower != null) {
      follower.close();
    }
    Node at = nodes.get(node);
    Path file = federation.config(DE);
    write(file, "(?<=clients: )127\\.0\\.0\\.1:\\d+", "127.0.0.1:" + at.clients());
    write(file, "(?<=peers: )127\\.0\\.0\\.1:\\d+", "127.0.0.1:" + at.peers());
    write(file, "(?<=admin: )127\\.0\\.0\\.1:\\d+", "127.0.0.1:" + at.admin());
    federation.start(DE);
  }

  private static void write(Path file, String pattern, String replacement) throws IOException {
    String before = Files.readString(file);
    String after = Pattern.compile(pattern).matcher(before).replaceFirst(replacement);
    assertFalse(after.equals(before), pattern);
    Files.writeString(file, after);
  }
}
