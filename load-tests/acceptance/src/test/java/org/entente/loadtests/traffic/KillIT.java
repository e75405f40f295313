package org.entente.loadtests.traffic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.entente.loadtests.federation.AuditResult;
import org.entente.loadtests.federation.ConfigurationHome;
import org.entente.loadtests.federation.Federation;
import org.entente.loadtests.testkit.Publications;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real gateway processes, killed with SIGKILL under load. */
final class KillIT {
  private static final List<String> BOTH = List.of("fr.customs", "de.customs");
  private static final int MESSAGES = 600;
  private static final int PER_SECOND = 200;
  private static final long QUIET_SECONDS = 120;

  @TempDir private Path folder;

  @Test
  void sender_killedUnderLoad_losesAndDoublesNothingAcknowledged() throws InterruptedException {
    killUnderLoad("fr.customs");
  }

  @Test
  void receiver_killedUnderLoad_losesAndDoublesNothingAcknowledged() throws InterruptedException {
    killUnderLoad("de.customs");
  }

  private void killUnderLoad(String killed) throws InterruptedException {
    Tally tally = new Tally();
    try (Federation federation = Federation.mint(ConfigurationHome.find(), folder)) {
      federation.start(BOTH);
      try (Clients clients = new Clients(federation, tally, Watcher.NONE)) {
        clients.subscribe(BOTH);
        clients.publish(Publications.of(MESSAGES, "fr.customs", "de.customs"), PER_SECOND);
        assertTrue(tally.awaitAnswered(MESSAGES / 4, QUIET_SECONDS), "no answers");
        federation.kill(killed);
        federation.start(Set.of(killed));
        boolean complete = tally.awaitComplete(MESSAGES, QUIET_SECONDS);
        assertTrue(complete, () -> tally.answered() + " answered, missing " + tally.missing());
      }
      assertEquals(List.of(), federation.crashed(), "ended although nobody ended them");
      assertEquals(List.of(), federation.stop(), "did not stop when asked");
      check(tally, AuditResult.verify(federation.plan("fr.customs")), 0);
      check(tally, AuditResult.verify(federation.plan("de.customs")), MESSAGES);
    }
  }

  private static void check(Tally tally, AuditResult audit, int delivered) {
    AgencyCount count = tally.count(audit.agency());
    assertEquals(Map.of(), tally.failures());
    assertTrue(audit.verified(), audit.said());
    assertEquals(delivered, count.delivered(), "delivered at " + audit.agency());
    assertEquals(delivered, audit.inboxMessages(), "in the ledger of " + audit.agency());
    assertEquals(0, audit.inboxDuplicates(), "twice in the ledger of " + audit.agency());
    assertEquals(0, count.duplicates(), "shown twice at " + audit.agency());
    assertEquals(0, count.misrouted(), "misrouted at " + audit.agency());
  }
}
