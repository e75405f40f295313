package org.entente.gateway.federation;

import static org.entente.gateway.federation.RunningFederation.DE;
import static org.entente.gateway.federation.RunningFederation.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.entente.gateway.audit.AuditVerifier;
import org.entente.gateway.ceremony.PrivateFiles;
import org.entente.gateway.client.Channels;
import org.entente.gateway.client.Credentials;
import org.entente.gateway.model.StartProblem;
import org.entente.gateway.node.assembly.ClusterOfOne;
import org.entente.gateway.node.assembly.Gateway;
import org.entente.gateway.node.offline.LedgerInspection;
import org.entente.gateway.rpc.Refusals;
import org.entente.gateway.testkit.LoopbackPort;
import org.entente.proto.v1.ChangeMachinesRequest;
import org.entente.proto.v1.ClusterGrpc;
import org.entente.proto.v1.ClusterState;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.OpenCursor;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.PublishRequest;
import org.entente.proto.v1.PublisherGrpc;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.function.Executable;

/** A gateway with a ledger on one machine, which becomes a cluster and one machine again. */
class ClusterOfOneTest {
  private static final Duration DEADLINE = Duration.ofHours(1);
  private static final OnBehalfOf PERSON =
      OnBehalfOf.newBuilder().setOfficer("FR-3").setJustification("ticket 12").build();
  private static final long PATIENCE_SECONDS = 60;

  @RegisterExtension final RunningFederation federation = new RunningFederation(DE);

  private final Map<String, Integer> ports = new TreeMap<>();
  private final Map<String, Gateway> running = new TreeMap<>();
  private final HttpClient http = HttpClient.newHttpClient();

  @AfterEach
  void stopAll() {
    List.copyOf(running.keySet()).forEach(this::stop);
  }

  private Path config(String node) {
    return federation.folder().resolve(node + ".yaml");
  }

  /** With folders of its own; those of {@code n1} are the gateway's first ones. */
  private void configure(String node, String cluster) throws IOException {
    String alone = Files.readString(federation.config(FR));
    if (!node.equals("n1")) {
      alone =
          alone
              .replaceFirst("keystore: .*", "keystore: " + node + "/keystore")
              .replaceFirst("data: .*", "data: " + node + "/data")
              .replaceFirst("audit: .*", "audit: " + node + "/audit");
    }
    Files.writeString(
        config(node),
        alone.replaceFirst("clients: 127.0.0.1:0", "clients: 127.0.0.1:" + LoopbackPort.next())
            + cluster);
  }

  /** The section of a machine that knows of those that were there before. */
  private String section(String node, String more) throws IOException {
    if (!ports.containsKey(node)) {
      ports.put(node, LoopbackPort.next());
    }
    StringBuilder nodes = new StringBuilder();
    for (String name : ports.keySet()) {
      nodes.append("    - {name: %s, address: \"%s\"}\n".formatted(name, address(name)));
    }
    return "cluster:\n  node: %s\n  nodes:\n%s  log: %s/log\n  mark: %s/mark\n%s"
        .formatted(node, nodes, node, node, more);
  }

  private String address(String node) {
    return "127.0.0.1:" + ports.get(node);
  }

  private void start(String node) {
    running.put(node, Gateway.start(config(node), federation.clock, federation.clock::nanos));
  }

  private void stop(String node) {
    Gateway gateway = running.remove(node);
    if (gateway != null) {
      gateway.close();
      LoopbackPort.awaitFree(gateway.clientAddress().getPort());
    }
  }

  private ClusterOfOne machine(String node) {
    return new ClusterOfOne(config(node), federation.clock);
  }

  private static void assertProblem(String says, Executable task) {
    String said = String.valueOf(assertThrows(StartProblem.class, task).getMessage());
    assertTrue(said.contains(says), said);
  }

  private static void assertRefused(String code, String says, Executable call) {
    Refusals.Details refusal = Refusals.of(assertThrows(StatusRuntimeException.class, call));
    assertEquals(code, refusal.reason());
    assertTrue(refusal.toString().contains(says), refusal::toString);
  }

  @Test
  void ledgerOfAMachineAlone_goesOnInACluster_andOnOneMachineAgain() throws IOException {
    configure("n1", "");
    start("n1");
    Draft draft = federation.draft("first", DEADLINE, DE);
    Outcome accepted = publish("n1", draft);
    assertEquals(List.of("first"), RunningFederation.headlines(federation.receive(DE, 1)));
    assertReceives("n1", "back");
    stop("n1");
    long leaves = sound("n1");

    configure("n1", section("n1", ""));
    assertProblem("`entente cluster init`", () -> start("n1"));
    String id = machine("n1").begin();
    assertTrue(sound("n1") >= leaves, "the same audit log");
    configure("n1", "");
    assertProblem("the copy of a cluster's ledger", () -> start("n1"));
    configure("n1", section("n1", ""));
    start("n1");
    assertEquals("n1", leader());
    assertGoesOn("n1", draft, accepted, "in a cluster of one");

    grow("n2", id);
    assertTrue(await(() -> ready("n1").contains("the loss of either stops it")), () -> ready("n1"));
    grow("n3", id);
    assertTrue(await(() -> !ready("n1").contains("the loss of either")), () -> ready("n1"));
    stop("n1");
    String second = leader();
    assertGoesOn(second, draft, accepted, "in a cluster of three");
    stop(second);
    assertProblem("only the last one ends it", () -> machine(second).end());
    start(second);

    String last = shrink();
    assertGoesOn(last, draft, accepted, "in a cluster of one again");
    stop(last);
    assertTrue(sound(last) > leaves, "the same audit log");
    machine(last).end();
    configure(last, "");
    start(last);
    assertGoesOn(last, draft, accepted, "on one machine again");
    String former = last.equals("n1") ? "n2" : "n1";
    assertTrue(ready(last).contains(former + " may have keys"), () -> ready(last));
    stop(last);
    assertTrue(sound(last) > leaves, "the same audit log");
  }

  private void grow(String node, String id) throws IOException {
    configure(node, section(node, "  join: true\n"));
    start(node);
    assertRefused("NOT_READY", "cluster.id: " + id, () -> change("n1", "", node));
    stop(node);
    PrivateFiles.clear(federation.folder().resolve(node));
    configure(node, section(node, "  join: true\n  id: " + id + "\n"));
    start(node);
    assertFalse(change("n1", "", node));
    assertTrue(await(() -> hearsAll("n1", ports.size())), () -> get("n1", "/cluster"));
    assertTrue(change("n1", "", node), "it is done");
  }

  /** Leaves the leader. */
  private String shrink() {
    start("n1");
    String last = leader();
    assertTrue(await(() -> hearsAll(last, 3)), () -> get(last, "/cluster"));
    assertRefused("NOT_READY", "pass the lead", () -> change(last, last, ""));
    assertRefused("INVALID_FIELD", "names no machine", () -> change(last, "", ""));
    for (String other : List.copyOf(ports.keySet())) {
      if (!other.equals(last)) {
        assertFalse(change(last, other, ""));
        assertTrue(await(() -> hasLeft(last, other)), () -> get(last, "/cluster"));
        stop(other);
      }
    }
    return last;
  }

  private boolean hasLeft(String leader, String other) {
    try {
      return change(leader, other, "");
    } catch (StatusRuntimeException e) {
      return false;
    }
  }

  /** Adds or removes a machine; whether that was done before. */
  private boolean change(String leader, String leaves, String joins) {
    ManagedChannel channel = channel(leader);
    try {
      return ClusterGrpc.newBlockingStub(channel)
          .withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS)
          .changeMachines(
              ChangeMachinesRequest.newBuilder()
                  .setLeaves(leaves)
                  .setJoins(joins)
                  .setAddress(joins.isEmpty() ? "" : address(joins))
                  .setOnBehalfOf(PERSON)
                  .build())
          .getBefore();
    } finally {
      channel.shutdownNow();
    }
  }

  /** The same draft is the same message, and the cursor of the recipient stands where it stood. */
  private void assertGoesOn(String node, Draft draft, Outcome accepted, String where) {
    assertEquals(accepted, publish(node, draft), where);
    Outcome next = publish(node, federation.draft(where, DEADLINE, DE));
    assertTrue(next.hasAccepted(), next::toString);
    assertEquals(List.of(where), RunningFederation.headlines(federation.receive(DE, 1)));
    assertReceives(node, "back " + where);
  }

  private void assertReceives(String node, String headline) {
    federation.send(DE, headline, DEADLINE, FR);
    ManagedChannel channel = channel(node);
    try {
      assertEquals(
          List.of(headline),
          RunningFederation.headlines(
              federation.receive(
                  channel, FR, 1, OpenCursor.newBuilder().setCursor("desk").build())));
    } finally {
      channel.shutdownNow();
    }
  }

  private Outcome publish(String node, Draft draft) {
    ManagedChannel channel = channel(node);
    try {
      return PublisherGrpc.newBlockingStub(channel)
          .withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS)
          .publish(PublishRequest.newBuilder().setDraft(draft).build())
          .getOutcome();
    } finally {
      channel.shutdownNow();
    }
  }

  private ManagedChannel channel(String node) {
    return Channels.open(
        "127.0.0.1:" + gateway(node).clientAddress().getPort(),
        Credentials.in(federation.credentials(FR)));
  }

  private Gateway gateway(String node) {
    return Optional.ofNullable(running.get(node)).orElseThrow();
  }

  /** How many leaves its audit log has, once all is verified. */
  private long sound(String node) {
    LedgerInspection found =
        LedgerInspection.read(config(node), federation.clock, AuditVerifier.LeafProgress.NONE);
    assertTrue(found.sound(), found::toString);
    return found.audit().size();
  }

  /** The node that serves, once one does. */
  private String leader() {
    assertTrue(
        await(() -> running.keySet().stream().anyMatch(this::serves)),
        () -> running.keySet().stream().map(this::ready).toList().toString());
    return running.keySet().stream().filter(this::serves).findFirst().orElseThrow();
  }

  private boolean serves(String node) {
    return answer(node, "/readyz").statusCode() == 200;
  }

  private String ready(String node) {
    return get(node, "/readyz");
  }

  private String get(String node, String path) {
    return answer(node, path).body();
  }

  private HttpResponse<String> answer(String node, String path) {
    int port = gateway(node).adminAddress().getPort();
    try {
      return http.send(
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d%s".formatted(port, path))).build(),
          HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private boolean hearsAll(String leader, int machines) {
    ClusterState.Builder state = ClusterState.newBuilder();
    try {
      JsonFormat.parser().merge(get(leader, "/cluster"), state);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
    return state.getMachinesCount() == machines
        && state.getNotesList().stream().noneMatch(note -> note.contains("joins the cluster"))
        && state.getMachinesList().stream()
            .allMatch(
                one ->
                    one.getKeysConfirmed()
                        && one.getBehind() == 0
                        && (one.getNode().equals(leader) || one.getSilentMs() < 500));
  }

  private static boolean await(BooleanSupplier condition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        return false;
      }
      // A thread that asks without a pause takes a core of a small machine from the gateways.
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
    return true;
  }
}
