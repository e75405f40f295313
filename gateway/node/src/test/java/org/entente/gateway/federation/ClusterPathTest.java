package org.entente.gateway.federation;

import static org.entente.gateway.federation.RunningFederation.DE;
import static org.entente.gateway.federation.RunningFederation.FR;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.entente.gateway.audit.AuditVerifier;
import org.entente.gateway.audit.LogSuccession.Finding;
import org.entente.gateway.audit.record.AuditPerson;
import org.entente.gateway.client.Channels;
import org.entente.gateway.client.Credentials;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.StartProblem;
import org.entente.gateway.node.assembly.Gateway;
import org.entente.gateway.node.offline.LedgerInspection;
import org.entente.gateway.node.offline.LedgerRestore;
import org.entente.gateway.rpc.Refusals;
import org.entente.gateway.testkit.FolderCopy;
import org.entente.gateway.testkit.LoopbackPort;
import org.entente.proto.store.v1.AuditRecord;
import org.entente.proto.v1.Attachment;
import org.entente.proto.v1.AttachmentsGrpc;
import org.entente.proto.v1.AttestDestroyedRequest;
import org.entente.proto.v1.AuditGrpc;
import org.entente.proto.v1.BackupsGrpc;
import org.entente.proto.v1.BeginUploadRequest;
import org.entente.proto.v1.ChangeMachinesRequest;
import org.entente.proto.v1.ClusterGrpc;
import org.entente.proto.v1.ClusterState;
import org.entente.proto.v1.CreateBackupRequest;
import org.entente.proto.v1.Delivery;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.EraseRequest;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;
import org.entente.proto.v1.ExportRequest;
import org.entente.proto.v1.ExportedLeaf;
import org.entente.proto.v1.ListBackupsRequest;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.OpenAttachmentRequest;
import org.entente.proto.v1.OpenCursor;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.PublishRequest;
import org.entente.proto.v1.PublisherGrpc;
import org.entente.proto.v1.ReadAttachmentRequest;
import org.entente.proto.v1.RecallRequest;
import org.entente.proto.v1.RetentionGrpc;
import org.entente.proto.v1.ShowUploadRequest;
import org.entente.proto.v1.ShowUploadResponse;
import org.entente.proto.v1.TransferLeadRequest;
import org.entente.proto.v1.WriteUploadRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.function.Executable;

/** One gateway on three nodes, with another agency's gateway: the lead passes on. */
class ClusterPathTest {
  private static final Duration DEADLINE = Duration.ofHours(1);
  private static final OnBehalfOf PERSON =
      OnBehalfOf.newBuilder().setOfficer("FR-3").setJustification("ticket 12").build();
  private static final long PATIENCE_SECONDS = 60;
  private static final int SEGMENT = 128 << 10;
  private static final List<String> NODES = List.of("n1", "n2", "n3");

  @RegisterExtension final RunningFederation federation = new RunningFederation();

  private final Map<String, Integer> ports = new TreeMap<>();
  private final Map<String, Gateway> running = new TreeMap<>();
  private final CountDownLatch goesOn = new CountDownLatch(1);
  private final CountDownLatch reloadHangs = new CountDownLatch(1);
  private volatile String hanging = "";
  private volatile String unread = "";
  private final HttpClient http = HttpClient.newHttpClient();

  @BeforeEach
  void startAll() throws IOException {
    for (String node : NODES) {
      ports.put(node, LoopbackPort.next());
    }
    for (String node : NODES) {
      Files.writeString(config(node), configuration(node));
      start(node);
    }
    Files.writeString(
        federation.config(DE),
        "\nattachments:\n  folder: de-attachments\n",
        StandardOpenOption.APPEND);
    federation.start(DE);
  }

  @AfterEach
  void stopAll() {
    goesOn.countDown();
    List.copyOf(running.keySet()).forEach(this::stop);
  }

  private Path config(String node) {
    return federation.folder().resolve(node + ".yaml");
  }

  private Path configured(String node, String file) throws IOException {
    Matcher found =
        Pattern.compile("\\b" + file + ": ([^,}\\s]+)").matcher(Files.readString(config(node)));
    assertTrue(found.find());
    return federation.folder().resolve(found.group(1));
  }

  /** That of the only node, with folders, keys and ports of its own; the keys are the first's. */
  private String configuration(String node) throws IOException {
    StringBuilder nodes = new StringBuilder();
    ports.forEach(
        (name, port) ->
            nodes.append("    - {name: %s, address: \"127.0.0.1:%d\"}\n".formatted(name, port)));
    String alone = Files.readString(federation.config(FR));
    String keys = node.equals("n1") ? "$0" : "keystore: " + node + "/keystore";
    return alone
            .replaceFirst("keystore: .*", keys)
            .replace("retention]", "retention, audit]")
            .replaceFirst("data: .*", "data: " + node + "/data")
            .replaceFirst("audit: .*", "audit: " + node + "/audit")
            .replaceFirst("clients: 127.0.0.1:0", "clients: 127.0.0.1:" + LoopbackPort.next())
        + """
        release:
          same_client: allowed
        attachments:
          folder: %s/attachments
        backup:
          folder: %s/backup
        cluster:
          node: %s
          nodes:
        %s  log: %s/log
          mark: %s/mark
        """
            .formatted(node, node, node, nodes, node, node);
  }

  private void start(String node) {
    running.put(node, Gateway.start(config(node), clock(node), federation.clock::nanos));
  }

  /**
   * Hangs, like a disk, the writer of the ledger of {@link #hanging}, and what follows the files of
   * the configuration of {@link #unread}.
   */
  private InstantSource clock(String node) {
    return () -> {
      if (node.equals(hanging) && isIn("GroupCommit", "")) {
        awaitUninterruptibly(goesOn);
      }
      if (node.equals(unread) && isIn("ClusterMembership", "reload")) {
        reloadHangs.countDown();
        awaitUninterruptibly(goesOn);
      }
      return federation.clock.instant();
    };
  }

  private static boolean isIn(String type, String method) {
    return StackWalker.getInstance()
        .walk(
            frames ->
                frames.anyMatch(
                    one ->
                        one.getClassName().endsWith("." + type)
                            && one.getMethodName().startsWith(method)));
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    boolean interrupted = false;
    while (latch.getCount() > 0) {
      try {
        latch.await();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void stop(String node) {
    Gateway gateway = running.remove(node);
    if (gateway != null) {
      gateway.close();
      LoopbackPort.awaitFree(gateway.clientAddress().getPort());
    }
  }

  private HttpResponse<String> ready(String node) {
    return get(node, "/readyz");
  }

  private HttpResponse<String> get(String node, String path) {
    Gateway gateway = running.get(node);
    if (gateway == null) {
      throw new IllegalStateException(node + " does not run");
    }
    try {
      return http.send(
          HttpRequest.newBuilder(
                  URI.create(
                      "http://127.0.0.1:%d%s".formatted(gateway.adminAddress().getPort(), path)))
              .build(),
          HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** The node that serves, once one does. */
  private String leader() {
    if (!await(() -> running.keySet().stream().anyMatch(this::serves))) {
      List<String> why = new ArrayList<>();
      running.keySet().forEach(node -> why.add(node + ": " + ready(node).body()));
      throw new AssertionError("no node serves: " + why);
    }
    return running.keySet().stream().filter(this::serves).findFirst().orElseThrow();
  }

  private boolean serves(String node) {
    return ready(node).statusCode() == 200;
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

  private ManagedChannel channel(String node) {
    Gateway gateway = running.get(node);
    if (gateway == null) {
      throw new IllegalStateException(node + " does not run");
    }
    return Channels.open(
        "127.0.0.1:" + gateway.clientAddress().getPort(),
        Credentials.in(federation.credentials(FR)));
  }

  private static Outcome publish(ManagedChannel channel, Draft draft) {
    return PublisherGrpc.newBlockingStub(channel)
        .withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS)
        .publish(PublishRequest.newBuilder().setDraft(draft).build())
        .getOutcome();
  }

  private List<String> receive(ManagedChannel channel, int count) {
    return headlines(
        federation.receive(channel, FR, count, OpenCursor.newBuilder().setCursor("desk").build()));
  }

  private static List<String> headlines(List<Delivery> deliveries) {
    return deliveries.stream()
        .map(it -> it.getBody().getAlert().getTexts(0).getHeadline())
        .toList();
  }

  /** It has no room either, and so stays away. */
  @Test
  void leader_thatCannotOpenItsGateway_leavesTheLeadToAnother() throws IOException {
    String first = leader();
    int clients = Optional.ofNullable(running.get(first)).orElseThrow().clientAddress().getPort();
    // Its log is the longest then, so that it can win the next election.
    NODES.stream().filter(node -> !node.equals(first)).forEach(this::stop);
    stop(first);
    for (String node : NODES) {
      int timeout = node.equals(first) ? 500 : 5_000;
      Files.writeString(
          config(node), "  election_timeout_millis: " + timeout + "\n", StandardOpenOption.APPEND);
    }
    Files.writeString(
        config(first),
        "disk: {refuse_below_mib: 1000000, slow_below_mib: 1048576}\n",
        StandardOpenOption.APPEND);
    try (ServerSocket taken = new ServerSocket()) {
      taken.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), clients));
      NODES.forEach(this::start);

      assertTrue(await(() -> ready(first).body().contains("cannot open its gateway")));
      assertNotEquals(first, leader());
      assertTrue(
          ready(first).body().contains("it has left the cluster"), () -> ready(first).body());
    }
  }

  /** The others would wait four seconds for one that is gone, longer than it needs to stop. */
  @Test
  void leader_thatStopsInOrder_hasASuccessorBeforeItIsGone() throws IOException {
    List.copyOf(running.keySet()).forEach(this::stop);
    for (String node : NODES) {
      Files.writeString(
          config(node), "  election_timeout_millis: 4000\n", StandardOpenOption.APPEND);
      start(node);
    }
    String leader = leader();
    long term = term(leader);
    stop(leader);

    String next =
        running.keySet().stream().filter(this::leads).findFirst().orElse("none of the others");
    assertEquals(term + 1, term(next), "one election");
    assertEquals(next, leader());
  }

  @Test
  void operator_namesTheNextLeader_andEachMachineSaysWhoLeads() throws IOException {
    String leader = leader();
    List<String> others = NODES.stream().filter(node -> !node.equals(leader)).toList();
    String next = others.get(0);
    String gone = others.get(1);
    ManagedChannel channel = channel(leader);
    assertTrue(transfer(channel, leader), "it leads already");
    assertRefused("INVALID_FIELD", "known are ", () -> transfer(channel, "n9"));
    stop(gone);
    String warning = "warning: cluster: " + gone + " (127.0.0.1:" + ports.get(gone) + ") has not";
    assertTrue(await(() -> ready(leader).body().contains(warning)), () -> ready(leader).body());
    assertRefused("NOT_READY", "start it", () -> transfer(channel, gone));
    start(gone);
    assertTrue(await(() -> state(leader).equals("LEADER " + leader)), () -> state(leader));
    assertTrue(await(() -> hearsAll(leader)), () -> get(leader, "/cluster").body());
    assertEquals(names("(?m)^\\| `(entente_cluster_\\w+)", page()), metrics(leader));

    assertFalse(transfer(channel, next));

    assertTrue(await(() -> state(next).equals("LEADER " + next)), () -> state(next));
    assertEquals(next, leader());
    for (String other : List.of(leader, gone)) {
      assertTrue(await(() -> state(other).equals("FOLLOWER " + next)), () -> state(other));
    }
    channel.shutdownNow();
    ManagedChannel second = channel(next);
    assertEquals(List.of("passes the lead of the cluster to " + next), actions(second, "cluster"));
    second.shutdownNow();
  }

  /** Nothing fails there, and heartbeats need no disk. The certificate lies on that disk, too. */
  @Test
  void leader_whoseDiskHangs_isFollowedByAnother_andReturnsWhenItAnswers() throws IOException {
    String leader = leader();
    ManagedChannel channel = channel(leader);
    unread = leader;
    Files.setLastModifiedTime(configured(leader, "certificate"), FileTime.fromMillis(0));
    awaitUninterruptibly(reloadHangs);
    hanging = leader;
    var unanswered =
        PublisherGrpc.newFutureStub(channel)
            .publish(
                PublishRequest.newBuilder()
                    .setDraft(federation.draft("hangs", DEADLINE, DE))
                    .build());
    List<String> others = NODES.stream().filter(node -> !node.equals(leader)).toList();

    assertTrue(await(() -> others.stream().anyMatch(this::serves)), () -> ready(leader).body());

    String next = leader();
    assertNotEquals(leader, next);
    assertTrue(
        ready(leader).body().contains("the disk of `data` does not answer"),
        () -> ready(leader).body());
    assertThrows(ExecutionException.class, unanswered::get);
    channel.shutdownNow();
    ManagedChannel second = channel(next);
    assertTrue(publish(second, federation.draft("after", DEADLINE, DE)).hasAccepted());
    second.shutdownNow();
    assertEquals(List.of("after"), headlines(federation.receive(DE, 1)));

    goesOn.countDown();
    String told = "the leader is " + next;
    assertTrue(await(() -> ready(leader).body().contains(told)), () -> ready(leader).body());
  }

  /** As if their disk were not mounted. */
  @Test
  void machine_whoseAttachmentsAreAway_saysSo() throws IOException {
    String leader = leader();
    String follower = NODES.stream().filter(node -> !node.equals(leader)).findFirst().orElseThrow();
    String told =
        "cluster: attachments.folder: mount its disk; found no file entente-attachments in ";
    assertFalse(ready(leader).body().contains(told), () -> ready(leader).body());

    for (String node : List.of(leader, follower)) {
      Files.delete(folder(node).resolve("attachments/entente-attachments"));
      assertTrue(get(node, "/cluster").body().contains(told), () -> get(node, "/cluster").body());
    }
    assertTrue(ready(leader).body().contains("warning: " + told), () -> ready(leader).body());
  }

  /** Its disk is lost: the new machine begins with nothing. */
  @Test
  void machine_thatIsLost_isReplacedByANewOne_whichServesWhenAnotherIsLost() throws IOException {
    String leader = leader();
    ManagedChannel channel = channel(leader);
    String lost = NODES.stream().filter(node -> !node.equals(leader)).findFirst().orElseThrow();
    String stays =
        NODES.stream().filter(node -> !List.of(leader, lost).contains(node)).findFirst().orElse("");
    int port = LoopbackPort.next();
    String address = "127.0.0.1:" + port;
    assertTrue(await(() -> hearsAll(leader)), () -> get(leader, "/cluster").body());
    assertRefused("NOT_READY", "stop it first", () -> replace(channel, lost, "n4", address));
    stop(lost);
    assertTrue(await(() -> notes(leader).contains("has not answered")), () -> notes(leader));
    assertRefused("INVALID_FIELD", "known are ", () -> replace(channel, "n9", "n4", address));
    assertRefused("INVALID_FIELD", "name of its own", () -> replace(channel, lost, stays, address));
    assertRefused("INVALID_FIELD", "host:port", () -> replace(channel, lost, "n4", "nowhere"));
    assertRefused(
        "INVALID_FIELD",
        "another machine",
        () -> replace(channel, lost, "n4", "127.0.0.1:" + ports.get(stays)));
    assertRefused("NOT_READY", "pass the lead", () -> replace(channel, leader, "n4", address));
    assertRefused("NOT_READY", "cluster.join", () -> replace(channel, lost, "n4", address));

    ports.remove(lost);
    ports.put("n4", port);
    startEmpty("n4");
    assertTrue(ready("n4").body().contains("is not a machine of the cluster"));
    assertTrue(publish(channel, federation.draft("before", DEADLINE, DE)).hasAccepted());
    assertFalse(replace(channel, lost, "n4", address));

    assertTrue(await(() -> isOneOf(leader, "n4") && hearsAll(leader)), () -> notes(leader));
    assertTrue(await(() -> !notes(leader).contains("takes the place")), () -> notes(leader));
    assertTrue(notes(leader).contains("cluster.nodes of this machine differs"), notes(leader));
    assertTrue(replace(channel, lost, "n4", address), "it is done");
    stop(stays);
    assertTrue(await(() -> notes(leader).contains("has not answered")), () -> notes(leader));
    ports.remove(stays);
    String again = startEmpty(lost);
    assertRefused(
        "INVALID_FIELD", "of this cluster before", () -> replace(channel, stays, lost, again));
    start(stays);
    assertTrue(await(() -> hearsAll(leader)), () -> get(leader, "/cluster").body());
    assertEquals(
        List.of("replaces machine %s of the cluster by n4 (%s)".formatted(lost, address)),
        actions(channel, "of the cluster by"));
    channel.shutdownNow();
    stop(leader);
    ManagedChannel second = channel(leader());
    assertTrue(publish(second, federation.draft("after", DEADLINE, DE)).hasAccepted());
    second.shutdownNow();
  }

  /** Nobody can ask a machine that left. */
  @Test
  void erasure_waitsForAMachineThatLeft_untilTwoOfficersAttestThatItsKeysAreGone()
      throws IOException {
    String leader = leader();
    MessageId message = federation.send(DE, "a container", DEADLINE, FR);
    ManagedChannel channel = channel(leader);
    assertEquals(List.of("a container"), receive(channel, 1));
    String lost = NODES.stream().filter(node -> !node.equals(leader)).findFirst().orElseThrow();
    assertTrue(await(() -> hearsAll(leader)), () -> get(leader, "/cluster").body());
    assertRefused("INVALID_FIELD", "of the cluster", () -> attest(channel, lost, "FR-3"));
    stop(lost);
    assertTrue(await(() -> notes(leader).contains("has not answered")), () -> notes(leader));
    ports.remove(lost);
    String address = startEmpty("n4");
    assertFalse(replace(channel, lost, "n4", address));
    assertTrue(await(() -> isOneOf(leader, "n4") && hearsAll(leader)), () -> notes(leader));
    assertTrue(await(() -> !notes(leader).contains("takes the place")), () -> notes(leader));
    assertTrue(notes(leader).contains(lost + " may have keys"), () -> notes(leader));

    recall(message);
    assertTrue(await(() -> notes(leader).contains("theirs: " + lost)), () -> notes(leader));
    assertRefused("NOT_READY", "theirs: " + lost, () -> erase(channel, message));
    assertFalse(attest(channel, lost, "FR-3"));
    assertRefused("SECOND_PERSON_REQUIRED", "officer", () -> attest(channel, lost, "fr 3"));
    assertTrue(attest(channel, lost, "FR-9"));

    EvidenceItem erased =
        federation.awaitEvidence(DE, message, EvidenceKind.EVIDENCE_KIND_ERASURE, FR);
    assertEquals(1, erased.getAttestedMachines());
    erase(channel, message);
    assertFalse(notes(leader).contains(lost), () -> notes(leader));
    assertRefused("INVALID_FIELD", "destroyed already", () -> attest(channel, lost, "FR-3"));
    assertEquals(2, actions(channel, "keystore of machine " + lost).size());
    channel.shutdownNow();
  }

  private static boolean attest(ManagedChannel channel, String node, String officer) {
    return ClusterGrpc.newBlockingStub(channel)
        .attestDestroyed(
            AttestDestroyedRequest.newBuilder()
                .setNode(node)
                .setOnBehalfOf(PERSON.toBuilder().setOfficer(officer))
                .build())
        .getAttested();
  }

  private static void erase(ManagedChannel channel, MessageId message) {
    var unused =
        RetentionGrpc.newBlockingStub(channel)
            .withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS)
            .erase(
                EraseRequest.newBuilder()
                    .setMessageId(ByteString.copyFrom(message.bytes()))
                    .setOnBehalfOf(PERSON)
                    .build());
  }

  /** By its origin. */
  private void recall(MessageId message) {
    var unused =
        RetentionGrpc.newBlockingStub(federation.channel(DE))
            .withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS)
            .recall(
                RecallRequest.newBuilder()
                    .setMessageId(ByteString.copyFrom(message.bytes()))
                    .setReason("the goods were genuine")
                    .setOnBehalfOf(PERSON)
                    .build());
  }

  /** A machine that waits to be put into the place of another one; where it listens for others. */
  private String startEmpty(String node) throws IOException {
    ports.putIfAbsent(node, LoopbackPort.next());
    Files.writeString(
        config(node),
        configuration(node + "-new").replace("node: " + node + "-new", "node: " + node)
            + "  join: true\n");
    start(node);
    return "127.0.0.1:" + ports.get(node);
  }

  private static boolean replace(ManagedChannel channel, String old, String next, String address) {
    return ClusterGrpc.newBlockingStub(channel)
        .changeMachines(
            ChangeMachinesRequest.newBuilder()
                .setLeaves(old)
                .setJoins(next)
                .setAddress(address)
                .setOnBehalfOf(PERSON)
                .build())
        .getBefore();
  }

  private boolean isOneOf(String node, String machine) {
    return cluster(node).getMachinesList().stream().anyMatch(one -> one.getNode().equals(machine));
  }

  private String notes(String node) {
    return String.join("; ", cluster(node).getNotesList());
  }

  private static boolean transfer(ManagedChannel channel, String node) {
    return ClusterGrpc.newBlockingStub(channel)
        .transferLead(TransferLeadRequest.newBuilder().setNode(node).setOnBehalfOf(PERSON).build())
        .getBefore();
  }

  private static void assertRefused(String code, String says, Executable call) {
    Refusals.Details refusal = Refusals.of(assertThrows(StatusRuntimeException.class, call));
    assertEquals(code, refusal.reason());
    assertTrue(refusal.toString().contains(says), refusal::toString);
  }

  private ClusterState cluster(String node) {
    ClusterState.Builder state = ClusterState.newBuilder();
    try {
      JsonFormat.parser().merge(get(node, "/cluster").body(), state);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
    return state.build();
  }

  /** What a machine does, and whom it follows. */
  private String state(String node) {
    ClusterState state = cluster(node);
    assertEquals(node, state.getNode());
    return state.getRole().name().substring("CLUSTER_ROLE_".length()) + " " + state.getLeader();
  }

  private boolean hearsAll(String leader) {
    return cluster(leader).getMachinesList().stream()
        .allMatch(
            one ->
                one.getKeysConfirmed()
                    && one.getBehind() == 0
                    && (one.getNode().equals(leader) || one.getSilentMs() < 500));
  }

  private static String page() throws IOException {
    return Files.readString(Path.of("..", "..", "docs", "operate", "cluster.md"));
  }

  private Set<String> metrics(String node) {
    return names("(?m)^# TYPE (entente_cluster_\\w+) gauge$", get(node, "/metrics").body());
  }

  private static Set<String> names(String pattern, String text) {
    return Pattern.compile(pattern)
        .matcher(text)
        .results()
        .map(found -> found.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** What operators did, as the audit log says. */
  private static List<String> actions(ManagedChannel channel, String about) {
    return AuditGrpc.newBlockingStub(channel)
        .export(
            ExportRequest.newBuilder().setEvent("OPERATOR_ACTION").setOnBehalfOf(PERSON).build())
        .getLeavesList()
        .stream()
        .map(ClusterPathTest::detail)
        .filter(detail -> detail.contains(about))
        .toList();
  }

  private static String detail(ExportedLeaf leaf) {
    try {
      return AuditRecord.parseFrom(leaf.getRecord()).getDetail();
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  /** Also one that does not serve yet. */
  private boolean leads(String node) {
    return serves(node) || ready(node).body().contains("the leader is " + node);
  }

  private long term(String node) {
    return get(node, "/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith("entente_cluster_term{"))
        .map(line -> line.substring(line.indexOf(' ') + 1))
        .mapToLong(term -> (long) Double.parseDouble(term))
        .findFirst()
        .orElseThrow();
  }

  /** Each may lead, and judges by its own files then. A bundle shows by itself that it is newer. */
  @Test
  void machine_withOtherFiles_isNamed_andTakesANewerBundle() throws IOException {
    // The first leader needs all.
    leader();
    stop("n3");
    leader();
    Path bundle = federation.folder().resolve("trust-bundle.note");
    Files.copy(bundle, federation.folder().resolve("n3/bundle.note"));
    Path other = federation.folder().resolve("n3/agreements");
    FolderCopy.of(federation.folder().resolve("agreements"), other);
    Files.writeString(other.resolve("warnings.yaml"), "\n# another\n", StandardOpenOption.APPEND);
    Files.writeString(
        config("n3"),
        Files.readString(config("n3"))
            .replaceFirst("agreements: agreements", "agreements: n3/agreements")
            .replaceFirst("bundle: trust-bundle.note", "bundle: n3/bundle.note"));
    start("n3");

    // Whichever leads.
    assertTrue(
        await(
            () -> {
              doChores();
              return NODES.stream()
                  .anyMatch(node -> ready(node).body().contains("cluster: policy of this"));
            }));

    federation.files().publishBundle(member -> member);
    byte[] newer = Files.readAllBytes(bundle);
    Path accepted = federation.folder().resolve("n3/audit/accepted-bundle");
    assertTrue(
        await(
            () -> {
              doChores();
              return holds(accepted, newer);
            }));
  }

  /** Every machine reads its files again and asks the others for theirs. */
  private void doChores() {
    running.values().forEach(Gateway::doChores);
  }

  private static boolean holds(Path file, byte[] content) {
    try {
      return Arrays.equals(content, Files.readAllBytes(file));
    } catch (NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void nextLeader_hasAllThatWasAcknowledged_andServesOn() {
    Draft first = federation.draft("first", DEADLINE, DE);
    String leader = leader();
    ManagedChannel channel = channel(leader);
    Outcome accepted = publish(channel, first);
    assertTrue(accepted.hasAccepted(), accepted.toString());
    assertEquals(List.of("first"), headlines(federation.receive(DE, 1)));
    federation.send(DE, "back", DEADLINE, FR);
    assertEquals(List.of("back"), receive(channel, 1));
    channel.shutdownNow();
    stop(leader);

    String next = leader();
    assertNotEquals(leader, next);
    ManagedChannel second = channel(next);
    assertEquals(accepted, publish(second, first), "the same draft again");
    assertTrue(publish(second, federation.draft("second", DEADLINE, DE)).hasAccepted());
    assertEquals(List.of("second"), headlines(federation.receive(DE, 1)), "the first not again");
    federation.send(DE, "back again", DEADLINE, FR);
    assertEquals(List.of("back again"), receive(second, 1), "with the cursor of before");
    second.shutdownNow();

    start(leader);
    assertEquals(next, leader(), "the one that returns follows");
    String told = "the leader is " + next + " (127.0.0.1:" + ports.get(next) + ")";
    assertTrue(await(() -> ready(leader).body().contains(told)), () -> ready(leader).body());
    assertEquals(503, ready(leader).statusCode());
    assertEquals(1, metric(next, "leads"));
    assertEquals(0, metric(leader, "leads"));
    assertEquals(metric(next, "term"), metric(leader, "term"));
    assertTrue(await(() -> metric(leader, "commits") > 0));
  }

  /** Each machine answers for what is on its disk, whether it ever signed or not. */
  @Test
  void backupOfTheLeader_becomesTheLedgerOfAMachineAlone() throws IOException {
    String leader = leader();
    String gone = NODES.stream().filter(node -> !node.equals(leader)).findFirst().orElseThrow();
    stop(gone);
    ManagedChannel channel = channel(leader);
    Draft first = federation.draft("first", DEADLINE, DE);
    Outcome accepted = publish(channel, first);
    assertTrue(accepted.hasAccepted(), accepted.toString());
    assertEquals(List.of("first"), headlines(federation.receive(DE, 1)));
    MessageId erased = federation.send(DE, "a container", DEADLINE, FR);
    assertEquals(List.of("a container"), receive(channel, 1));
    assertRefused("NOT_READY", gone, () -> erase(channel, erased));
    BackupsGrpc.newBlockingStub(channel)
        .createBackup(CreateBackupRequest.newBuilder().setOnBehalfOf(PERSON).build());
    assertEquals(
        1,
        BackupsGrpc.newBlockingStub(channel)
            .listBackups(ListBackupsRequest.getDefaultInstance())
            .getBackupsCount());
    channel.shutdownNow();
    List<String> both = List.copyOf(running.keySet());
    assertTrue(await(() -> metric(both.get(0), "commits") == metric(both.get(1), "commits")));
    both.forEach(this::stop);
    for (String node : both) {
      LedgerInspection found = inspection(node);
      assertTrue(found.sound(), () -> node + ": " + found);
    }
    Files.createDirectories(folder(gone).resolve("audit"));
    Files.copy(
        folder(leader).resolve("audit/checkpoint"),
        folder(gone).resolve("audit/checkpoint"),
        StandardCopyOption.REPLACE_EXISTING);
    assertProblem("Stop this machine in order, or verify another", () -> inspection(gone));

    assertProblem("remove the section cluster", () -> restore(leader));
    // A replacement since the backup, of which its keystore knows.
    Files.writeString(
        configured(leader, "keystore").resolve("cluster-keystores"),
        "000000000000000b n4\n",
        StandardOpenOption.APPEND);
    String together = Files.readString(config(leader));
    Files.writeString(config(leader), together.substring(0, together.indexOf("cluster:\n")));
    assertInstanceOf(Finding.Ended.class, restore(leader), "another may have signed more");
    start(leader);

    ManagedChannel alone = channel(leader);
    assertEquals(accepted, publish(alone, first), "the same draft again");
    assertTrue(publish(alone, federation.draft("second", DEADLINE, DE)).hasAccepted());
    assertEquals(List.of("second"), headlines(federation.receive(DE, 1)));
    federation.send(DE, "back", DEADLINE, FR);
    assertEquals(List.of("back"), receive(alone, 1));
    assertErasedOnceOthersAreAttested(alone, leader, erased);
    alone.shutdownNow();
  }

  private void assertErasedOnceOthersAreAttested(
      ManagedChannel alone, String self, MessageId message) {
    recall(message);
    List<String> others = new ArrayList<>(NODES);
    others.remove(self);
    others.add("n4");
    String all = "theirs: " + String.join(", ", others) + ";";
    assertTrue(await(() -> ready(self).body().contains(all)), () -> ready(self).body());
    assertTrue(ready(self).body().contains("n4 may have keys"), () -> ready(self).body());
    for (String node : others) {
      assertRefused("NOT_READY", node, () -> erase(alone, message));
      assertFalse(attest(alone, node, "FR-3"));
      assertTrue(attest(alone, node, "FR-9"));
    }
    assertRefused("INVALID_FIELD", "no other keystore", () -> attest(alone, self, "FR-3"));
    EvidenceItem erased =
        federation.awaitEvidence(DE, message, EvidenceKind.EVIDENCE_KIND_ERASURE, FR);
    assertEquals(3, erased.getAttestedMachines());
  }

  @Test
  void erasure_isInTheJournalOfEachMachine_whenItIsStated() throws IOException {
    leader();
    MessageId message = federation.send(DE, "a container", DEADLINE, FR);
    ManagedChannel channel = channel(leader());
    assertEquals(List.of("a container"), receive(channel, 1));
    channel.shutdownNow();
    recall(message);
    federation.awaitEvidence(DE, message, EvidenceKind.EVIDENCE_KIND_ERASURE, FR);

    String id = new String(message.bytes(), StandardCharsets.ISO_8859_1);
    for (String node : NODES) {
      String journal =
          Files.readString(folder(node).resolve("audit/erasures"), StandardCharsets.ISO_8859_1);
      assertTrue(journal.contains(id), node);
    }
  }

  private Path folder(String node) {
    return federation.folder().resolve(node);
  }

  private LedgerInspection inspection(String node) {
    return LedgerInspection.read(config(node), federation.clock, AuditVerifier.LeafProgress.NONE);
  }

  private Finding restore(String node) {
    LedgerRestore restore = new LedgerRestore(config(node), federation.clock);
    assertEquals(Optional.empty(), restore.verify(0, AuditVerifier.LeafProgress.NONE));
    return restore
        .restore(0, true, Optional.empty(), new AuditPerson("FR-3", "", "all machines are lost"))
        .finding();
  }

  private static void assertProblem(String says, Executable task) {
    String said = String.valueOf(assertThrows(StartProblem.class, task).getMessage());
    assertTrue(said.contains(says), said);
  }

  /** As cluster.md describes them. */
  private double metric(String node, String name) {
    String sample = "entente_cluster_" + name + "{gateway=\"fr.customs/gateway-1\",} ";
    return get(node, "/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith(sample))
        .mapToDouble(line -> Double.parseDouble(line.substring(sample.length())))
        .findFirst()
        .orElse(-1);
  }

  private static AttachmentsGrpc.AttachmentsBlockingStub attachments(ManagedChannel channel) {
    return AttachmentsGrpc.newBlockingStub(channel)
        .withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  private static boolean write(ManagedChannel channel, ByteString id, byte[] content, int from) {
    return attachments(channel)
        .writeUpload(
            WriteUploadRequest.newBuilder()
                .setUploadId(id)
                .setOffset(from)
                .setData(
                    ByteString.copyFrom(content, from, Math.min(SEGMENT, content.length - from)))
                .build())
        .getComplete();
  }

  private byte[] fetched(ByteString message, long size) {
    ByteString reading =
        attachments(federation.channel(DE))
            .openAttachment(
                OpenAttachmentRequest.newBuilder()
                    .setMessageId(message)
                    .setOnBehalfOf(
                        OnBehalfOf.newBuilder().setOfficer("DE-9").setJustification("case 7/26"))
                    .build())
            .getReadingId();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    federation.await(
        "the attachment is here",
        () -> {
          ReadAttachmentRequest next =
              ReadAttachmentRequest.newBuilder()
                  .setReadingId(reading)
                  .setOffset(out.size())
                  .build();
          out.writeBytes(
              attachments(federation.channel(DE)).readAttachment(next).getData().toByteArray());
          return out.size() == size;
        });
    return out.toByteArray();
  }

  /** Each step has another leader, and what the last one had is not there. */
  @Test
  void attachment_thatWasBegunAtOneLeader_isSentByTheNext_andGivenByAThird() {
    byte[] content = new byte[2 * SEGMENT + 4_711];
    new Random(26).nextBytes(content);
    String first = leader();
    ManagedChannel channel = channel(first);
    ByteString id =
        attachments(channel)
            .beginUpload(
                BeginUploadRequest.newBuilder()
                    .setName("scan.jpg")
                    .setMediaType("image/jpeg")
                    .setSize(content.length)
                    .build())
            .getUploadId();
    assertFalse(write(channel, id, content, 0));
    channel.shutdownNow();
    stop(first);

    String second = leader();
    ManagedChannel next = channel(second);
    ShowUploadResponse shown =
        attachments(next).showUpload(ShowUploadRequest.newBuilder().setUploadId(id).build());
    assertEquals(SEGMENT, shown.getCommitted());
    assertFalse(write(next, id, content, SEGMENT));
    assertTrue(write(next, id, content, 2 * SEGMENT));
    Draft.Builder draft = federation.draft("a scan", DEADLINE, DE).toBuilder();
    draft.getLabelBuilder().addAttachments(Attachment.newBuilder().setId(id));
    Outcome accepted = publish(next, draft.build());
    assertTrue(accepted.hasAccepted(), accepted.toString());
    assertEquals(List.of("a scan"), headlines(federation.receive(DE, 1)));
    next.shutdownNow();

    start(first);
    assertTrue(await(() -> ready(first).body().contains("the leader is " + second)));
    stop(second);
    leader();
    assertArrayEquals(content, fetched(accepted.getMessageId(), content.length));
  }
}
