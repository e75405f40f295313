package org.entente.loadtests.traffic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.entente.loadtests.federation.AuditResult;
import org.entente.loadtests.federation.ConfigurationHome;
import org.entente.loadtests.federation.Federation;
import org.entente.loadtests.federation.GatewayCluster;
import org.entente.loadtests.federation.NodePlan;
import org.entente.loadtests.testkit.Metrics;
import org.entente.loadtests.testkit.NetworkHosts;
import org.entente.loadtests.testkit.Publications;
import org.entente.proto.v1.ChangeMachinesRequest;
import org.entente.proto.v1.ClusterGrpc;
import org.entente.proto.v1.OnBehalfOf;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Three processes run one gateway; they are killed, stopped and parted under load both ways. */
@Tag("extended")
@Tag("cluster")
final class ClusterIT {
  private static final Logger LOG = LoggerFactory.getLogger(ClusterIT.class);
  private static final String FR = "fr.customs";
  private static final String DE = "de.customs";
  private static final int MESSAGES = 600;
  private static final int PER_SECOND = 100;
  private static final long QUIET_SECONDS = 120;
  private static final long PAUSE_NANOS = 100_000_000;

  /** How many times machines fail; each kind of failure comes in turn. */
  private static final int FAILURES = Integer.getInteger("entente.cluster.failures", 6);

  /** Answers between one failure and the next, at most. */
  private static final int ANSWERS = 200;

  private enum Failure {
    LEADER_KILLED,
    FOLLOWER_KILLED,
    LEADER_FROZEN,
    ALL_KILLED
  }

  /** How many times machines are parted; each way comes in turn, from one by chance on. */
  private static final int PARTITIONS = Integer.getInteger("entente.cluster.partitions", 1);

  private enum Partition {
    /** The others do not hear the leader. */
    LEADER_UNHEARD,
    /** The leader does not hear the others. */
    LEADER_DEAF,
    LEADER_APART,
    /** One follower hears the other one only. */
    LINK_CUT,
    FOLLOWER_APART
  }

  @TempDir private Path folder;

  @Test
  void leader_killedUnderLoad_isFollowed_andNothingIsLostOrDoubled()
      throws IOException, InterruptedException {
    Tally tally = new Tally();
    try (Federation federation = Federation.mint(ConfigurationHome.find(), folder);
        GatewayCluster cluster = new GatewayCluster(federation.plan(FR))) {
      federation.start(List.of(DE));
      cluster.start();
      String first = cluster.awaitLeader();
      try (Clients clients = new Clients(federation, tally, Watcher.NONE)) {
        clients.subscribe(List.of(FR, DE));
        clients.publish(both(), PER_SECOND);
        assertTrue(tally.awaitAnswered(MESSAGES / 4, QUIET_SECONDS), "no answers");
        cluster.kill(first);
        long killed = System.nanoTime();
        String second = cluster.awaitLeaderOtherThan(first);
        LOG.info("take-over by {} in {} ms", second, millisSince(killed));
        boolean complete = tally.awaitComplete(2 * MESSAGES, QUIET_SECONDS);
        assertTrue(complete, () -> tally.answered() + " answered, missing " + tally.missing());
      }
      stopAndCheck(federation, cluster, tally, DE, MESSAGES, MESSAGES);
    }
  }

  @Test
  void machines_thatFailUnderLoadAgainAndAgain_loseAndDoubleNothing()
      throws IOException, InterruptedException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    Tally tally = new Tally();
    try (Federation federation = Federation.mint(ConfigurationHome.find(), folder);
        GatewayCluster cluster = new GatewayCluster(federation.plan(FR))) {
      federation.start(List.of(DE));
      cluster.start();
      Load load = new Load();
      try (Clients clients = new Clients(federation, tally, Watcher.NONE)) {
        clients.subscribe(List.of(FR, DE));
        clients.publish(List.of(FR, DE), load, PER_SECOND);
        for (int i = 0; i < FAILURES; i++) {
          int more = tally.answered() + 1 + random.nextInt(ANSWERS);
          assertTrue(tally.awaitAnswered(more, QUIET_SECONDS), "no answers, seed " + seed);
          fail(cluster, Failure.values()[i % Failure.values().length], random);
          assertEquals(List.of(), cluster.crashed(), "seed " + seed);
        }
        boolean complete = tally.awaitComplete(load.end(), QUIET_SECONDS);
        assertTrue(complete, () -> tally.answered() + " answered, missing " + tally.missing());
      }
      LOG.info("{} messages, {} failures, seed {}", load.end(), FAILURES, seed);
      stopAndCheck(federation, cluster, tally, FR, load);
    }
  }

  /** French customs dials the cluster, whose hosts reach nothing but each other. */
  @Test
  void machines_thatDoNotHearEachOther_loseAndDoubleNothing() throws Exception {
    Tally tally = new Tally();
    try (Federation federation = Federation.mint(ConfigurationHome.find(), folder);
        NetworkHosts hosts = NetworkHosts.of(GatewayCluster.NODES);
        GatewayCluster cluster = new GatewayCluster(federation.plan(DE), hosts)) {
      federation.start(List.of(FR));
      cluster.start();
      Load load = new Load();
      int first = new Random().nextInt(Partition.values().length);
      try (Clients clients = new Clients(federation, tally, Watcher.NONE)) {
        clients.subscribe(List.of(FR, DE));
        clients.publish(List.of(FR, DE), load, PER_SECOND);
        for (int i = first; i < first + PARTITIONS; i++) {
          assertTrue(tally.awaitAnswered(tally.answered() + ANSWERS, QUIET_SECONDS), "no answers");
          Partition partition = Partition.values()[i % Partition.values().length];
          part(cluster, hosts, partition);
          assertTrue(
              tally.awaitAnswered(tally.answered() + ANSWERS, QUIET_SECONDS),
              () -> "no answers while parted: " + partition);
          for (String node : GatewayCluster.NODES) {
            hosts.heal(node);
          }
          assertEquals(List.of(), cluster.crashed(), partition.name());
        }
        boolean complete = tally.awaitComplete(load.end(), QUIET_SECONDS);
        assertTrue(complete, () -> tally.answered() + " answered, missing " + tally.missing());
      }
      LOG.info("{} messages, {} partitions", load.end(), PARTITIONS);
      stopAndCheck(federation, cluster, tally, DE, load);
    }
  }

  /** Returns when a machine serves that reaches another one. */
  private static void part(GatewayCluster cluster, NetworkHosts hosts, Partition partition)
      throws IOException, InterruptedException {
    String leader = cluster.awaitLeader();
    List<String> followers = new ArrayList<>(GatewayCluster.NODES);
    followers.remove(leader);
    long began = System.nanoTime();
    for (String follower : followers) {
      if (partition == Partition.LEADER_UNHEARD || partition == Partition.LEADER_APART) {
        hosts.cut(leader, follower);
      }
      if (partition == Partition.LEADER_DEAF || partition == Partition.LEADER_APART) {
        hosts.cut(follower, leader);
      }
    }
    switch (partition) {
      case LINK_CUT -> hosts.part(leader, followers.get(0));
      case FOLLOWER_APART -> {
        hosts.part(leader, followers.get(0));
        hosts.part(followers.get(1), followers.get(0));
      }
      default -> {
        String next = cluster.awaitLeaderOtherThan(leader);
        LOG.info("{}: {} leads after {} ms", partition, next, millisSince(began));
      }
    }
  }

  /** Then another one is lost: only with the new one the rest is a majority. */
  @Test
  void machine_lostWithItsDisk_isReplacedUnderLoad_andNothingIsLostOrDoubled()
      throws IOException, InterruptedException {
    Tally tally = new Tally();
    try (Federation federation = Federation.mint(ConfigurationHome.find(), folder);
        GatewayCluster cluster = new GatewayCluster(federation.plan(FR))) {
      federation.start(List.of(DE));
      cluster.start();
      String leader = cluster.awaitLeader();
      Load load = new Load();
      try (Clients clients = new Clients(federation, tally, Watcher.NONE)) {
        clients.subscribe(List.of(FR, DE));
        clients.publish(List.of(FR, DE), load, PER_SECOND);
        assertTrue(tally.awaitAnswered(MESSAGES / 4, QUIET_SECONDS), "no answers");
        List<String> followers = new ArrayList<>(cluster.running());
        followers.remove(leader);
        String address = cluster.loseForGood(followers.get(0), "n4");
        long began = System.nanoTime();
        replace(federation, followers.get(0), "n4", address);
        LOG.info("n4 has taken its place after {} ms", millisSince(began));
        cluster.kill(cluster.awaitLeader());
        cluster.awaitLeader();
        assertTrue(
            tally.awaitAnswered(tally.answered() + MESSAGES / 4, QUIET_SECONDS), "no answers");
        assertEquals(List.of(), cluster.crashed());
        boolean complete = tally.awaitComplete(load.end(), QUIET_SECONDS);
        assertTrue(complete, () -> tally.answered() + " answered, missing " + tally.missing());
      }
      stopAndCheck(federation, cluster, tally, FR, load);
    }
  }

  /** Repeats it, as an operator does, until it is done. */
  private static void replace(Federation federation, String lost, String next, String address) {
    ChangeMachinesRequest request =
        ChangeMachinesRequest.newBuilder()
            .setLeaves(lost)
            .setJoins(next)
            .setAddress(address)
            .setOnBehalfOf(OnBehalfOf.newBuilder().setOfficer("FR-3").setJustification("ticket 13"))
            .build();
    ManagedChannel channel = federation.channel(FR, "operator");
    long end = System.nanoTime() + Duration.ofSeconds(QUIET_SECONDS).toNanos();
    boolean done = false;
    String last = "none";
    while (!done && System.nanoTime() < end) {
      try {
        done = ClusterGrpc.newBlockingStub(channel).changeMachines(request).getBefore();
      } catch (StatusRuntimeException e) {
        last = e.toString();
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
    channel.shutdownNow();
    assertTrue(done, "the last refusal: " + last);
  }

  /** Returns when all three take part again, and one serves. */
  private static void fail(GatewayCluster cluster, Failure failure, Random random)
      throws InterruptedException {
    String leader = cluster.awaitLeader();
    long began = System.nanoTime();
    switch (failure) {
      case LEADER_KILLED -> cluster.kill(leader);
      case FOLLOWER_KILLED -> {
        List<String> followers = new ArrayList<>(cluster.running());
        followers.remove(leader);
        cluster.kill(followers.get(random.nextInt(followers.size())));
      }
      case LEADER_FROZEN -> cluster.freeze(leader);
      case ALL_KILLED -> cluster.running().forEach(cluster::kill);
    }
    boolean another = failure == Failure.LEADER_KILLED || failure == Failure.LEADER_FROZEN;
    if (another) {
      String next = cluster.awaitLeaderOtherThan(leader);
      LOG.info("{}: {} leads after {} ms", failure, next, millisSince(began));
    }
    if (failure == Failure.LEADER_FROZEN) {
      cluster.thaw(leader);
    }
    cluster.start();
    cluster.awaitLeader();
    LOG.info("{}: mended after {} ms", failure, millisSince(began));
  }

  private static long millisSince(long began) {
    return Duration.ofNanos(System.nanoTime() - began).toMillis();
  }

  /** Warnings from one agency to the other and back, until it is ended. */
  private static final class Load implements TrafficPublisher.Source {
    private int made;
    private boolean ended;

    @Override
    public synchronized @Nullable Publication next() {
      if (ended) {
        return null;
      }
      int number = made++;
      String from = number % 2 == 0 ? FR : DE;
      String to = number % 2 == 0 ? DE : FR;
      String key = "failures-" + number;
      return Publication.of(key, from, "test:" + key, Publications.draft(to, "Product " + number));
    }

    /** Ends it; how many it gave. */
    synchronized int end() {
      ended = true;
      return made;
    }

    /** How many it gave for a recipient. */
    synchronized int given(String recipient) {
      return recipient.equals(DE) ? (made + 1) / 2 : made / 2;
    }
  }

  private static void stopAndCheck(
      Federation federation, GatewayCluster cluster, Tally tally, String clustered, Load load)
      throws IOException, InterruptedException {
    String other = clustered.equals(FR) ? DE : FR;
    stopAndCheck(federation, cluster, tally, other, load.given(clustered), load.given(other));
  }

  private static void stopAndCheck(
      Federation federation,
      GatewayCluster cluster,
      Tally tally,
      String other,
      int forCluster,
      int forOther)
      throws IOException, InterruptedException {
    cluster.start();
    // One that took over just now, and has signed nothing yet, has nothing to verify its log by.
    Metrics.of(cluster.plan(cluster.awaitLeader()))
        .awaitAbove("entente_audit_checkpoint_timestamp_seconds", 0);
    NodePlan last = cluster.stop();
    assertEquals(List.of(), federation.stop(), "did not stop when asked");
    assertEquals(Map.of(), tally.failures());
    check(tally, AuditResult.verify(last), forCluster);
    check(tally, AuditResult.verify(federation.plan(other)), forOther);
  }

  private static List<Publication> both() {
    List<Publication> both = new ArrayList<>(Publications.of(MESSAGES, FR, DE));
    for (int i = 0; i < MESSAGES; i++) {
      both.add(
          Publication.of("back-" + i, DE, "test:back-" + i, Publications.draft(FR, "Back " + i)));
    }
    return both;
  }

  private static void check(Tally tally, AuditResult audit, int messages) {
    AgencyCount count = tally.count(audit.agency());
    assertTrue(audit.verified(), audit.said());
    assertEquals(messages, count.delivered(), "delivered at " + audit.agency());
    assertEquals(messages, audit.inboxMessages(), "in the ledger of " + audit.agency());
    assertEquals(0, audit.inboxDuplicates(), "twice in the ledger of " + audit.agency());
    assertEquals(0, count.duplicates(), "shown twice at " + audit.agency());
    assertEquals(0, count.misrouted(), "misrouted at " + audit.agency());
  }
}
