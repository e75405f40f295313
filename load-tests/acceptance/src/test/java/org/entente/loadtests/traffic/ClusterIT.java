package org.entente.loadtests.traffic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.entente.loadtests.federation.AuditResult;
import org.entente.loadtests.federation.ConfigurationHome;
import org.entente.loadtests.federation.Federation;
import org.entente.loadtests.federation.GatewayCluster;
import org.entente.loadtests.federation.NodePlan;
import org.entente.loadtests.testkit.Publications;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Three processes run one gateway; the one that leads is killed under load both ways. */
@Tag("extended")
final class ClusterIT {
  private static final Logger LOG = LoggerFactory.getLogger(ClusterIT.class);
  private static final String FR = "fr.customs";
  private static final String DE = "de.customs";
  private static final int MESSAGES = 600;
  private static final int PER_SECOND = 100;
  private static final long QUIET_SECONDS = 120;

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
        String second = cluster.awaitLeader();
        LOG.info("take-over in {} ms", Duration.ofNanos(System.nanoTime() - killed).toMillis());
        assertNotEquals(first, second);
        boolean complete = tally.awaitComplete(2 * MESSAGES, QUIET_SECONDS);
        assertTrue(complete, () -> tally.answered() + " answered, missing " + tally.missing());
      }
      cluster.start();
      NodePlan last = cluster.stop();
      assertEquals(List.of(), federation.stop(), "did not stop when asked");
      assertEquals(Map.of(), tally.failures());
      check(tally, AuditResult.verify(federation.plan(DE)));
      check(tally, AuditResult.verify(last));
    }
  }

  private static List<Publication> both() {
    List<Publication> both = new ArrayList<>(Publications.of(MESSAGES, FR, DE));
    for (int i = 0; i < MESSAGES; i++) {
      both.add(
          Publication.of("back-" + i, DE, "test:back-" + i, Publications.draft(FR, "Back " + i)));
    }
    return both;
  }

  private static void check(Tally tally, AuditResult audit) {
    AgencyCount count = tally.count(audit.agency());
    assertTrue(audit.verified(), audit.said());
    assertEquals(MESSAGES, count.delivered(), "delivered at " + audit.agency());
    assertEquals(MESSAGES, audit.inboxMessages(), "in the ledger of " + audit.agency());
    assertEquals(0, audit.inboxDuplicates(), "twice in the ledger of " + audit.agency());
    assertEquals(0, count.duplicates(), "shown twice at " + audit.agency());
    assertEquals(0, count.misrouted(), "misrouted at " + audit.agency());
  }
}
