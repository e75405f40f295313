package org.entente.loadtests.traffic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.entente.loadtests.federation.AuditResult;
import org.entente.loadtests.federation.ConfigurationHome;
import org.entente.loadtests.federation.Federation;
import org.entente.loadtests.federation.GatewayCluster;
import org.entente.loadtests.federation.NodePlan;
import org.entente.loadtests.testkit.Publications;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Three processes run one gateway, and are killed and stopped under load both ways. */
@Tag("extended")
@Tag("cluster")
final class ClusterIT {
  private static final Logger LOG = LoggerFactory.getLogger(ClusterIT.class);
  private static final String FR = "fr.customs";
  private static final String DE = "de.customs";
  private static final int MESSAGES = 600;
  private static final int PER_SECOND = 100;
  private static final long QUIET_SECONDS = 120;

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

  @TempDir private Path folder;

  @Test
  void leader_killedUnderLoad_isFollowed_andNothingIsLostOrDoubled() throws InterruptedException {
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
      stopAndCheck(federation, cluster, tally, MESSAGES, MESSAGES);
    }
  }

  @Test
  void machines_thatFailUnderLoadAgainAndAgain_loseAndDoubleNothing() throws InterruptedException {
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
      stopAndCheck(federation, cluster, tally, load.given(FR), load.given(DE));
    }
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
      Federation federation, GatewayCluster cluster, Tally tally, int forCluster, int forOther)
      throws InterruptedException {
    cluster.start();
    NodePlan last = cluster.stop();
    assertEquals(List.of(), federation.stop(), "did not stop when asked");
    assertEquals(Map.of(), tally.failures());
    check(tally, AuditResult.verify(last), forCluster);
    check(tally, AuditResult.verify(federation.plan(DE)), forOther);
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
