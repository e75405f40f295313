package org.entente.gateway.cluster;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.ratis.metrics.MetricRegistries;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.GroupManagementRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftClientReplyProto;
import org.apache.ratis.proto.grpc.AdminProtocolServiceGrpc;
import org.apache.ratis.proto.grpc.RaftClientProtocolServiceGrpc;
import org.apache.ratis.thirdparty.io.grpc.CallOptions;
import org.apache.ratis.thirdparty.io.grpc.ManagedChannel;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.apache.ratis.thirdparty.io.grpc.StatusRuntimeException;
import org.apache.ratis.thirdparty.io.grpc.stub.BlockingClientCall;
import org.apache.ratis.thirdparty.io.grpc.stub.ClientCalls;
import org.apache.ratis.thirdparty.io.grpc.stub.StreamObserver;
import org.apache.ratis.util.CodeInjectionForTesting;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Problem;
import org.entente.gateway.seal.keys.KeyEntry;
import org.entente.gateway.seal.keys.KeyKind;
import org.entente.gateway.store.Batch;
import org.entente.gateway.store.Durability;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.LogPosition;
import org.entente.gateway.store.StoreFailure;
import org.entente.gateway.store.StoreState;
import org.entente.gateway.store.Table;
import org.entente.gateway.testkit.LoopbackPort;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three nodes: take-over, a node that missed the log, a node without a majority. */
class ClusterNodeTest {
  private static final int VALUE = 100_000;

  /** Where Ratis lets tests into its handling of what a leader sends. */
  private static final String APPENDS = "RaftServerImpl.appendEntries";

  @TempDir private Path dir;

  @Test
  void leader_thatStops_isFollowedByOneWithEverythingAcknowledged() {
    try (TestCluster cluster = new TestCluster(dir, 3, 64 << 20).startAll()) {
      TestCluster.Lead first = cluster.awaitLead();
      commit(first, 1, 20);
      KeyEntry key = outboxKey();
      cluster.keystore(first.node()).put(key);
      TestCluster.awaitTrue(first.store()::isCurrent);

      cluster.stop(first.node());
      assertFalse(first.store().isCurrent());
      TestCluster.Lead second = cluster.awaitLead();

      assertNotEquals(first.node(), second.node());
      assertTrue(second.store().term() > first.store().term());
      assertHolds(second, 20);
      assertEquals(
          Optional.of(key), cluster.keystore(second.node()).get(key.kind(), key.id()), "rule F");
      assertThrows(StoreFailure.class, () -> commit(first, 21, 21));
      assertEquals(StoreState.Status.FAILED, first.store().state().status());
      commit(second, 21, 30);
      assertHolds(second, 30);
    }
  }

  /** Each entry of the log is synced by every node. */
  @Test
  void commit_isOneEntryOfTheLog() {
    try (TestCluster cluster = new TestCluster(dir, 1, 64 << 20).startAll()) {
      TestCluster.Lead lead = cluster.awaitLead();
      commit(lead, 1, 1);
      long first = cluster.node(lead.node()).position().index();

      commit(lead, 2, 11);

      assertEquals(first + 10, cluster.node(lead.node()).position().index());
    }
  }

  /** A time-out that no machine outlasts by chance: Ratis counts those that end. */
  @Test
  @Tag("extended")
  @Tag("cluster")
  void leader_whoseProcessEnds_isFollowedWithoutATimeOut() {
    try (TestCluster cluster =
        new TestCluster(dir, 3, 64 << 20).withElectionTimeout(Duration.ofSeconds(8)).startAll()) {
      TestCluster.Lead first = cluster.awaitLead();
      commit(first, 1, 3);
      long before = electionTimeouts(first.node());

      cluster.stop(first.node());
      TestCluster.Lead second = cluster.awaitLead();

      assertNotEquals(first.node(), second.node());
      assertHolds(second, 3);
      assertEquals(before, electionTimeouts(first.node()));
    }
  }

  /** It would be refused, and begin a term in which only time-outs decide. */
  @Test
  @Tag("extended")
  @Tag("cluster")
  void firstByName_thatLacksEntries_leavesTheLeadToTheOneThatHasThem() {
    try (TestCluster cluster =
        new TestCluster(dir, 3, 64 << 20).withElectionTimeout(Duration.ofSeconds(8)).startAll()) {
      TestCluster.Lead first = cluster.awaitLead();
      commit(first, 1, 3);
      String lagging = cluster.others(first.node()).get(0);
      String further = cluster.others(first.node()).get(1);
      TestCluster.awaitTrue(() -> cluster.node(lagging).position().commits() >= 3);
      long before = electionTimeouts(first.node());
      CodeInjectionForTesting.put(APPENDS, losesEntriesOf(first.node(), lagging));
      try {
        commit(first, 4, 6);

        cluster.stop(first.node());
        TestCluster.Lead second = cluster.awaitLead();

        assertEquals(further, second.node());
        assertHolds(second, 6);
        assertEquals(before, electionTimeouts(first.node()));
      } finally {
        CodeInjectionForTesting.remove(APPENDS);
      }
    }
  }

  /** Heartbeats arrive, so that the node follows on. */
  private static CodeInjectionForTesting.Code losesEntriesOf(String leader, String follower) {
    return (local, remote, args) -> {
      if (local.toString().equals(follower)
          && remote.toString().equals(leader)
          && ((AppendEntriesRequestProto) args[1]).getEntriesCount() > 0) {
        throw new IllegalStateException("lost");
      }
      return false;
    };
  }

  /** Of all nodes in this process but one. */
  private static long electionTimeouts(String but) {
    MetricRegistries all = MetricRegistries.global();
    return all.getMetricRegistryInfos().stream()
        .filter(info -> info.getMetricsComponentName().equals("leader_election"))
        .filter(info -> !info.getPrefix().startsWith(but + "@"))
        .flatMap(info -> all.get(info).stream())
        .mapToLong(registry -> registry.counter("timeoutCount").getCount())
        .sum();
  }

  /** Nothing is committed, so that Ratis would ask nobody. */
  @Test
  void leader_whoseFollowersAreGone_isNotConfirmed() throws Exception {
    try (TestCluster cluster = new TestCluster(dir, 3, 64 << 20).startAll()) {
      TestCluster.Lead lead = cluster.awaitLead();
      commit(lead, 1, 3);
      ClusterNode leader = cluster.node(lead.node());
      long term = lead.store().term();
      TestCluster.awaitTrue(lead.store()::isCurrent);
      TestCluster.awaitTrue(() -> leader.confirmLead(term).join());
      assertFalse(leader.confirmLead(term + 1).join(), "its own term counts, too");
      ManagedChannel channel = cluster.channelTo(cluster.others(lead.node()).get(0));
      try {
        Duration patience = Duration.ofSeconds(30);
        assertTrue(LeadCalls.isIn(channel, term, patience).join());
        assertFalse(LeadCalls.isIn(channel, term - 1, patience).join());
        TestCluster.awaitTrue(
            () -> LeadCalls.lastEntry(channel, patience).join().equals(leader.lastEntry()));
        assertEquals(term, leader.lastEntry().getTerm());
      } finally {
        channel.shutdownNow();
      }

      cluster.others(lead.node()).forEach(cluster::stop);

      assertFalse(leader.confirmLead(term).join());
      TestCluster.awaitTrue(() -> !lead.store().isCurrent());
    }
  }

  @Test
  void leader_beforeAPlannedStop_passesTheLead_toTheNodeThatHasEverything() {
    try (TestCluster cluster = new TestCluster(dir, 3, 64 << 20).startAll()) {
      TestCluster.Lead first = cluster.awaitLead();
      String gone = cluster.others(first.node()).get(0);
      String next = cluster.others(first.node()).get(1);
      assertFalse(cluster.node(next).passLead(), "it does not lead");
      ClusterStatus follower = cluster.node(next).status().orElseThrow();
      assertEquals(ClusterStatus.Role.FOLLOWER, follower.role());
      assertEquals(Optional.of(first.node()), follower.leader());
      assertEquals(first.store().term(), follower.term());
      assertTrue(machine(follower, first.node()).silence().isPresent(), "it hears its leader");
      assertEquals(Optional.empty(), machine(follower, gone).silence(), "and nobody else");
      assertEquals(Optional.empty(), machine(follower, gone).hasKeys());
      TestCluster.awaitTrue(() -> hasKeys(cluster.node(first.node()), gone));
      ClusterNode closed = cluster.node(gone);
      cluster.stop(gone);
      assertDoesNotThrow(closed::status);
      commit(first, 1, 20);
      cluster
          .keystore(first.node())
          .put(
              new KeyEntry(
                  KeyKind.OUTBOX,
                  "outbox-2026-03-02",
                  Instant.now(),
                  KeyEntry.NEVER,
                  SecretBytes.random(new SecureRandom(), KeyEntry.LEAST_SECRET_BYTES)));

      ClusterStatus leader = cluster.node(first.node()).status().orElseThrow();
      assertEquals(ClusterStatus.Role.LEADER, leader.role());
      assertEquals(3, leader.machines().size());
      assertTrue(machine(leader, gone).behind() >= 20, leader::toString);
      assertFalse(hasKeys(cluster.node(first.node()), gone), "it lacks the last one");
      assertTrue(cluster.node(first.node()).passLead());

      assertEquals(Optional.of(next), cluster.node(next).leader(), "when the call returns");
      assertEquals(Optional.of(next), cluster.node(first.node()).leader());
      TestCluster.Lead second = cluster.awaitLead();
      assertEquals(next, second.node());
      assertEquals(first.store().term() + 1, second.store().term(), "one election");
      assertHolds(second, 20);
      assertThrows(StoreFailure.class, () -> commit(first, 21, 21));
    }
  }

  @Test
  void leader_thatPassesTheLeadToANodeThatFails_goesOn() {
    try (TestCluster cluster = new TestCluster(dir, 3, 64 << 20).startAll()) {
      TestCluster.Lead lead = cluster.awaitLead();
      String gone = cluster.others(lead.node()).get(0);
      cluster.stop(gone);
      CompletableFuture<Boolean> passed =
          CompletableFuture.supplyAsync(() -> cluster.node(lead.node()).passLeadTo(gone));
      int count = 0;
      while (!passed.isDone()) {
        count++;
        commit(lead, count, count);
      }

      assertFalse(passed.join());
      commit(lead, count + 1, count + 1);
      assertHolds(lead, count + 1);
    }
  }

  /** The third machine is gone for good, with its disks. */
  @Test
  void node_inThePlaceOfALostOne_hasEverything_andServesWhenAnotherIsLost() throws IOException {
    try (TestCluster cluster = new TestCluster(dir, 3, 1_000_000).startAll()) {
      TestCluster.Lead first = cluster.awaitLead();
      String lost = cluster.others(first.node()).get(0);
      String stays = cluster.others(first.node()).get(1);
      commit(first, 1, 30);
      cluster.stop(lost);
      commit(first, 31, 60);
      KeyEntry key = outboxKey();
      cluster.keystore(first.node()).put(key);

      cluster.erasures(first.node()).append(new byte[] {1});

      String address = cluster.startNext("n4", lost);
      // It must not acknowledge in the name of the lost one.
      commit(first, 61, 65);
      assertEquals(LogPosition.START, cluster.node("n4").position());
      assertFalse(cluster.node("n4").isMember());
      ClusterNode leader = cluster.node(first.node());
      assertThrows(IOException.class, () -> leader.requireAnswer(lost, address));
      leader.requireAnswer("n4", address);
      name(first, lost, FormerMachines.Step.LEAVES);
      name(first, "n4", FormerMachines.Step.JOINS);
      assertEquals(
          List.of(lost, "n4"),
          cluster.keystore(first.node()).unconfirmed(),
          "the one is down, the other may get keys");
      leader.replace(lost, "n4", address);

      cluster.node(first.node()).sendErasures(List.of(ByteString.copyFrom(new byte[] {2})));

      assertEquals(
          List.of(ByteString.copyFrom(new byte[] {1}), ByteString.copyFrom(new byte[] {2})),
          cluster.erasures("n4").records,
          "what was erased before, and since");
      Set<String> machines = Set.of(first.node(), stays, "n4");
      for (String node : machines) {
        TestCluster.awaitTrue(() -> cluster.node(node).machines().keySet().equals(machines));
      }
      TestCluster.awaitTrue(cluster.node("n4")::isMember);
      commit(first, 66, 70);
      assertEquals(List.of(lost), cluster.keystore(first.node()).unconfirmed(), "rule A");
      cluster.stop(first.node());
      TestCluster.Lead second = cluster.awaitLead();
      assertHolds(second, 70);
      assertEquals(
          Optional.of(key), cluster.keystore(second.node()).get(key.kind(), key.id()), "rule F");
      commit(second, 71, 75);

      // The file of each machine still names the first three.
      cluster.stop(second.node());
      cluster.start(first.node());
      cluster.start(second.node());
      assertHolds(cluster.awaitLead(), 75);
      assertEquals(machines, cluster.node(first.node()).machines().keySet());
    }
  }

  /** Once after the new one has keys, once after it has a part of the ledger. */
  @Test
  @Tag("extended")
  @Tag("cluster")
  void replacement_whoseLeaderPassesTheLeadOrStops_canBeRepeated() {
    try (TestCluster cluster = new TestCluster(dir, 3, 1_000_000).startAll()) {
      TestCluster.Lead first = cluster.awaitLead();
      String lost = cluster.others(first.node()).get(0);
      String stays = cluster.others(first.node()).get(1);
      commit(first, 1, 20);
      cluster.stop(lost);
      cluster.startNext("n4", lost);
      CompletableFuture<Boolean> passed = replacing(cluster, first.node(), lost, "n4");
      TestCluster.awaitTrue(() -> !cluster.keystore("n4").list(KeyKind.AGENCY_PAIR).isEmpty());
      cluster.node(first.node()).passLeadTo(stays);
      passed.join();
      TestCluster.awaitTrue(() -> isReplaced(cluster, lost, "n4"));
      TestCluster.Lead second = cluster.currentLead(first);
      commit(second, 21, 40);

      String next =
          Stream.of(first.node(), stays)
              .filter(it -> !it.equals(second.node()))
              .findAny()
              .orElse("");
      cluster.stop(next);
      cluster.startNext("n5", next);
      CompletableFuture<Boolean> stopped = replacing(cluster, second.node(), next, "n5");
      TestCluster.awaitTrue(
          () -> stopped.isDone() || !cluster.node("n5").position().equals(LogPosition.START));
      cluster.stop(second.node());
      stopped.join();
      cluster.start(second.node());
      TestCluster.awaitTrue(() -> isReplaced(cluster, next, "n5"));

      TestCluster.Lead third = cluster.currentLead(second);
      commit(third, 41, 45);
      assertHolds(third, 45);
    }
  }

  /** Whether it has taken its place. */
  private static CompletableFuture<Boolean> replacing(
      TestCluster cluster, String leader, String old, String name) {
    ClusterNode node = cluster.node(leader);
    String address = "127.0.0.1:" + cluster.port(name);
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            node.requireAnswer(name, address);
            node.replace(old, name, address);
            return true;
          } catch (IOException | RuntimeException e) {
            return false;
          }
        });
  }

  /** Tries once, where there is a leader; whether it was done before. */
  private static boolean isReplaced(TestCluster cluster, String old, String name) {
    return cluster.running().stream()
        .filter(node -> leads(cluster.node(node)))
        .anyMatch(
            node ->
                cluster.node(node).machines().containsKey(name)
                    || replacing(cluster, node, old, name).join());
  }

  private static boolean leads(ClusterNode node) {
    return node.status().filter(it -> it.role() == ClusterStatus.Role.LEADER).isPresent();
  }

  private static void name(TestCluster.Lead lead, String node, FormerMachines.Step step) {
    lead.store()
        .commit(
            new Batch().put(Table.META, FormerMachines.key(node), FormerMachines.value(step)),
            Durability.SYNCED);
  }

  @Test
  void node_thatDoesNotAnswer_takesNoPlace() throws IOException {
    try (TestCluster cluster = new TestCluster(dir, 3, 64 << 20).startAll()) {
      TestCluster.Lead lead = cluster.awaitLead();
      String other = cluster.others(lead.node()).get(0);
      String nobody = "127.0.0.1:" + LoopbackPort.next();
      ClusterNode node = cluster.node(lead.node());
      Set<String> before = node.machines().keySet();
      assertThrows(IOException.class, () -> node.requireAnswer("n4", nobody));
      IOException why = assertThrows(IOException.class, () -> node.replace(other, "n4", nobody));

      assertTrue(String.valueOf(why.getMessage()).contains("n4"), why::toString);
      assertEquals(before, node.machines().keySet());
      cluster.keystore(lead.node()).put(outboxKey());
      assertEquals(List.of(), cluster.keystore(lead.node()).unconfirmed());
      commit(lead, 1, 3);
    }
  }

  private static ClusterStatus.Machine machine(ClusterStatus status, String name) {
    return status.machine(name).orElseThrow();
  }

  private static boolean hasKeys(ClusterNode leader, String other) {
    return machine(leader.status().orElseThrow(), other).hasKeys().orElse(false);
  }

  /** The log that it missed is gone from the leader, which sends its copy. */
  @Test
  @Tag("extended")
  @Tag("cluster")
  void node_thatMissedTheLog_fetchesACopyAndCanLead() throws IOException {
    try (TestCluster cluster = new TestCluster(dir, 3, 1_000_000).startAll()) {
      TestCluster.Lead first = cluster.awaitLead();
      commit(first, 1, 5);
      String late = cluster.others(first.node()).get(0);
      String other = cluster.others(first.node()).get(1);
      cluster.stop(late);
      Object before = folderOf(late);
      commit(first, 6, 400);

      cluster.start(late);
      long reached = cluster.node(first.node()).position().commits();
      TestCluster.awaitTrue(() -> cluster.node(late).position().commits() >= reached);
      assertNotEquals(before, folderOf(late), "another copy took its place");
      cluster.stop(other);
      commit(first, 401, 410);
      cluster.stop(first.node());
      cluster.start(other);

      TestCluster.Lead last = cluster.awaitLead();
      assertEquals(late, last.node());
      assertHolds(last, 410);
    }
  }

  /** Otherwise it would be out of date when it arrives, and so would each further one. */
  @Test
  @Tag("extended")
  @Tag("cluster")
  void logBehindACopyThatIsSent_isKept() throws Exception {
    try (TestCluster cluster = new TestCluster(dir, 3, 1_000_000).startAll()) {
      TestCluster.Lead lead = cluster.awaitLead();
      commit(lead, 1, 5);
      ManagedChannel channel = cluster.channelTo(lead.node());
      BlockingClientCall<byte[], byte[]> copy =
          ClientCalls.blockingV2ServerStreamingCall(
              channel, CopyTransfer.FETCH, CallOptions.DEFAULT, new byte[0]);
      assertNotNull(copy.read());

      commit(lead, 6, 600);

      String other = cluster.others(lead.node()).get(0);
      TestCluster.awaitTrue(() -> !isWhole(other));
      assertTrue(isWhole(lead.node()));
      channel.shutdownNow();
    }
  }

  /** A new term begins another file of the log; the one before goes with the next flush. */
  @Test
  void node_whoseNextEntryIsTheFirstOfTheLog_getsIt() {
    try (TestCluster cluster = new TestCluster(dir, 3, 1_000_000).startAll()) {
      TestCluster.Lead first = cluster.awaitLead();
      String late = cluster.others(first.node()).get(0);
      String next = cluster.others(first.node()).get(1);
      commit(first, 1, 5);
      TestCluster.awaitTrue(() -> isLevel(cluster.node(first.node())));
      cluster.stop(late);
      // On a slow machine it may fail, or the lead may change without it: any new term will do.
      TestCluster.awaitTrue(
          () ->
              cluster.node(first.node()).passLeadTo(next)
                  || cluster.node(next).term() > first.store().term());
      TestCluster.Lead second = cluster.awaitLead();
      commit(second, 6, 30);
      TestCluster.awaitTrue(() -> !isWhole(second.node()));

      cluster.start(late);

      // Not the end of the log: a follower need not apply Ratis's own last entry.
      long reached = cluster.node(second.node()).position().commits();
      TestCluster.awaitTrue(() -> cluster.node(late).position().commits() >= reached);
    }
  }

  /** Whether its log still begins with the first entry. */
  private boolean isWhole(String node) {
    try {
      return String.valueOf(segment(node).getFileName()).matches("log_(inprogress_)?0(-.*)?");
    } catch (IOException | UncheckedIOException e) {
      // Ratis removed a file while they were listed.
      return true;
    }
  }

  /** All followers know of all commits that the leader knows. */
  private static boolean isLevel(ClusterNode leader) {
    ClusterStatus status = leader.status().orElseThrow();
    return status.machines().stream().allMatch(one -> one.behind() == 0);
  }

  @Test
  @Tag("extended")
  @Tag("cluster")
  void leader_withoutAMajority_takesNoCommit() {
    try (TestCluster cluster = new TestCluster(dir, 3, 64 << 20).startAll()) {
      TestCluster.Lead lead = cluster.awaitLead();
      commit(lead, 1, 3);
      cluster.others(lead.node()).forEach(cluster::stop);

      assertThrows(StoreFailure.class, () -> commit(lead, 4, 4));
      StoreFailure why = Objects.requireNonNull(lead.store().state().failure());
      assertEquals(StoreFailure.Kind.NOT_LEADER, why.kind());
    }
  }

  /** Over these another node could write entries or change the group. */
  @Test
  void node_isAskedAsAClientOrAdministrator_refuses() {
    try (TestCluster cluster = new TestCluster(dir, 1, 64 << 20).startAll()) {
      cluster.awaitLead();
      ManagedChannel channel = cluster.channelTo("n1");
      CompletableFuture<Status.Code> answer = new CompletableFuture<>();
      RaftClientProtocolServiceGrpc.newStub(channel).unordered(new Outcome(answer));
      StatusRuntimeException administrator =
          assertThrows(
              StatusRuntimeException.class,
              () ->
                  AdminProtocolServiceGrpc.newBlockingStub(channel)
                      .groupManagement(GroupManagementRequestProto.getDefaultInstance()));
      // Before the end of the channel, which would answer too.
      Status.Code client = answer.orTimeout(1, TimeUnit.MINUTES).join();
      channel.shutdownNow();

      assertEquals(Status.Code.PERMISSION_DENIED, administrator.getStatus().getCode());
      assertEquals(Status.Code.PERMISSION_DENIED, client);
    }
  }

  /** The others meet again, and go on. */
  @Test
  void node_whoseCertificateIsRevoked_isRefusedOnTheConnectionThatItHas() throws IOException {
    try (TestCluster cluster = new TestCluster(dir, 3, 64 << 20).startAll()) {
      TestCluster.Lead lead = cluster.awaitLead();
      commit(lead, 1, 3);
      ClusterSettings.Tls stolen = cluster.certificates().of(NodeCertificates.OWN);
      ManagedChannel channel = cluster.channelTo(lead.node(), stolen);
      KeyNode keys = new KeyCalls(() -> channel, Duration.ofMinutes(1));
      assertFalse(keys.state(lead.store().term()).keys().isEmpty());

      cluster.certificates().revoke(stolen);
      cluster.others("").forEach(node -> cluster.node(node).trustChanged());

      IOException why = assertThrows(IOException.class, () -> keys.state(lead.store().term()));
      channel.shutdownNow();
      assertTrue(String.valueOf(why.getMessage()).contains("PERMISSION_DENIED"), why::toString);
      commit(lead, 4, 6);
      cluster.keystore(lead.node()).put(outboxKey());
    }
  }

  private record Outcome(CompletableFuture<Status.Code> answer)
      implements StreamObserver<RaftClientReplyProto> {
    @Override
    public void onNext(RaftClientReplyProto reply) {
      answer.complete(Status.Code.OK);
    }

    @Override
    public void onError(Throwable failure) {
      answer.complete(Status.fromThrowable(failure).getCode());
    }

    @Override
    public void onCompleted() {
      answer.complete(Status.Code.OK);
    }
  }

  /** Which folder on the disk the copy of a node is. */
  private Object folderOf(String node) throws IOException {
    Path data = dir.resolve(node).resolve("data/copy");
    return Objects.requireNonNull(Files.readAttributes(data, BasicFileAttributes.class).fileKey());
  }

  /** It had voted, and flushed nothing yet. */
  @Test
  void node_thatLostItsLogBeforeAFlush_doesNotStart() throws IOException {
    try (TestCluster cluster = new TestCluster(dir, 3, 64 << 20)) {
      cluster.start("n1");
      cluster.stop("n1");
      cluster.start("n1");
      cluster.stop("n1");
      Files.move(dir.resolve("n1/log"), dir.resolve("lost"));

      StoreFailure why = assertThrows(StoreFailure.class, () -> cluster.start("n1"));
      assertTrue(String.valueOf(why.getMessage()).contains("its log is missing"), why::toString);
    }
  }

  /** What it had opened must not be in its own way. */
  @Test
  void node_whosePortIsTaken_doesNotStart_andDoesOnceItIsFree() throws IOException {
    try (TestCluster cluster = new TestCluster(dir, 1, 64 << 20)) {
      int port = cluster.port("n1");
      try (ServerSocket taken = new ServerSocket()) {
        taken.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        StoreFailure why = assertThrows(StoreFailure.class, () -> cluster.start("n1"));
        assertTrue(
            why.getMessage().contains("cluster.nodes: n1 cannot listen on 127.0.0.1:" + port),
            why::toString);
      }

      cluster.start("n1");
      commit(cluster.awaitLead(), 1, 3);
    }
  }

  /** Such as where the machine allows no further thread. */
  @Test
  void leader_thatFailsWithAnError_saysThatItStopped() {
    Error why = new OutOfMemoryError("unable to create native thread");
    try (TestCluster cluster = new TestCluster(dir, 1, 64 << 20).failing(why).startAll()) {
      assertEquals(why, cluster.awaitStop());
    }
  }

  @Test
  void leader_thatWaitsForKeys_saysForWhose() {
    try (TestCluster cluster = new TestCluster(dir, 3, 64 << 20)) {
      cluster.start("n1");
      cluster.start("n2");
      TestCluster.awaitTrue(
          () ->
              cluster.node("n1").awaitedKeys().equals(List.of("n3"))
                  || cluster.node("n2").awaitedKeys().equals(List.of("n3")));

      cluster.start("n3");
      TestCluster.Lead lead = cluster.awaitLead();
      assertEquals(List.of(), cluster.node(lead.node()).awaitedKeys());
    }
  }

  @Test
  void nodes_withDifferentFiles_tellEachOther() {
    try (TestCluster cluster = new TestCluster(dir, 3, 64 << 20).startAll()) {
      Map<String, String> most = Map.of("policy", "0a", "client_list", "0b");
      byte[] bundle = {1};
      byte[] newer = {2};
      cluster.node("n3").exchange(Map.of("policy", "0c", "client_list", "0b"), newer);
      cluster.node("n2").exchange(most, bundle);
      ClusterNode asking = cluster.node("n1");

      // A node asks regularly: its first connection may come too late for one question.
      Map<String, List<String>> differing = Map.of("n3", List.of("policy"));
      TestCluster.awaitTrue(
          () -> {
            asking.exchange(most, bundle);
            return asking.differingFiles().equals(differing) && !asking.otherBundles().isEmpty();
          });
      assertArrayEquals(newer, asking.otherBundles().get(0));

      cluster.node("n3").exchange(most, bundle);
      TestCluster.awaitTrue(
          () -> {
            asking.exchange(most, bundle);
            return asking.differingFiles().isEmpty() && asking.otherBundles().isEmpty();
          });
    }
  }

  @Test
  void node_whoseLogIsDamaged_saysSo_andStartsWithAWholeOne() throws IOException {
    try (TestCluster cluster = new TestCluster(dir, 1, 64 << 20)) {
      cluster.start("n1");
      commit(cluster.awaitLead(), 1, 3);
      cluster.stop("n1");
      Path segment = segment("n1");
      byte[] whole = Files.readAllBytes(segment);
      Files.writeString(segment, "damaged, from its first byte");

      StoreFailure why = assertThrows(StoreFailure.class, () -> cluster.start("n1"));
      assertTrue(why.getMessage().contains(segment.toString()), why::toString);

      Files.write(segment, whole);
      cluster.start("n1");
      assertHolds(cluster.awaitLead(), 3);
    }
  }

  /** The first file of a node's log. */
  private Path segment(String node) throws IOException {
    try (var files = Files.walk(dir.resolve(node).resolve("log"))) {
      return files
          .filter(file -> String.valueOf(file.getFileName()).startsWith("log_"))
          .sorted()
          .findFirst()
          .orElseThrow();
    }
  }

  /** Two hold the majority; the third would be a node but for its certificate. */
  @Test
  void stranger_withTheCertificateOfAnotherAgency_isRefusedAndGetsNothing() {
    String identity = "de.customs/gateway/gateway-1";
    try (TestCluster cluster = new TestCluster(dir, 3, 64 << 20).withKeysOfALeader()) {
      cluster.startAs("n3", identity);
      cluster.start("n1");
      cluster.start("n2");
      TestCluster.Lead lead = cluster.awaitLead();
      commit(lead, 1, 3);
      TestCluster.awaitTrue(() -> cluster.refused().size() > 3);

      assertNotEquals("n3", lead.node());
      assertEquals(LogPosition.START, cluster.node("n3").position());
      for (Problem problem : cluster.refused()) {
        assertEquals(Code.IDENTITY_MISMATCH, problem.code());
        assertTrue(problem.message().contains(identity), problem.message());
      }
    }
  }

  private static KeyEntry outboxKey() {
    return new KeyEntry(
        KeyKind.OUTBOX,
        "outbox-2026-03-01",
        Instant.now(),
        KeyEntry.NEVER,
        SecretBytes.random(new SecureRandom(), KeyEntry.LEAST_SECRET_BYTES));
  }

  private static void commit(TestCluster.Lead lead, int from, int to) {
    for (int number = from; number <= to; number++) {
      byte[] key = KeyBuilder.key().u32(number).done();
      lead.store().commit(new Batch().put(Table.INBOX, key, value(number)), Durability.SYNCED);
    }
  }

  private static void assertHolds(TestCluster.Lead lead, int count) {
    for (int number = 1; number <= count; number++) {
      byte[] key = KeyBuilder.key().u32(number).done();
      assertArrayEquals(value(number), lead.store().get(Table.INBOX, key), "commit " + number);
    }
  }

  private static byte[] value(int number) {
    return KeyBuilder.key(VALUE).u32(number).bytes(new byte[VALUE - 4]).done();
  }
}
