package org.entente.loadtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.loadtests.federation.AuditResult;
import org.entente.loadtests.federation.ConfigurationHome;
import org.entente.loadtests.federation.Federation;
import org.entente.loadtests.testkit.Child;
import org.entente.loadtests.testkit.Metrics;
import org.entente.loadtests.testkit.Publications;
import org.entente.loadtests.traffic.Clients;
import org.entente.loadtests.traffic.Publication;
import org.entente.loadtests.traffic.Tally;
import org.entente.loadtests.traffic.Watcher;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Copies of a running gateway's ledger, and what becomes of its mail when one is restored. */
@Tag("extended")
@Tag("recovery")
final class BackupIT {
  private static final String FR = "fr.customs";
  private static final String DE = "de.customs";
  private static final List<String> BOTH = List.of(FR, DE);
  private static final int EACH_WAY = 150;
  private static final int PER_SECOND = 100;
  private static final long QUIET_SECONDS = 60;
  private static final String LOST = "entente_origin_lost_envelopes_total{agency=\"de.customs\"";

  @TempDir private Path folder;
  @AutoClose private Federation federation;

  @BeforeEach
  void start() {
    federation = Federation.mint(ConfigurationHome.find(), folder);
    federation.start(BOTH);
  }

  private static List<Publication> publications(String round) {
    List<Publication> all = new ArrayList<>();
    for (int i = 0; i < EACH_WAY; i++) {
      for (String publisher : BOTH) {
        String key = round + "-" + publisher + "-" + i;
        String recipient = publisher.equals(FR) ? DE : FR;
        all.add(Publication.of(key, publisher, key, Publications.draft(recipient, key)));
      }
    }
    return all;
  }

  /** Publishes both ways; all of it is acknowledged and comes where it belongs. */
  private void exchange(String round, Runnable meanwhile) throws InterruptedException {
    Tally tally = new Tally();
    List<Publication> publications = publications(round);
    try (Clients clients = new Clients(federation, tally, Watcher.NONE)) {
      clients.subscribe(BOTH);
      clients.publish(publications, PER_SECOND);
      assertTrue(tally.awaitAnswered(publications.size() / 3, QUIET_SECONDS), "no answers");
      meanwhile.run();
      boolean complete = tally.awaitComplete(publications.size(), QUIET_SECONDS);
      assertTrue(complete, () -> tally.answered() + " answered, missing " + tally.missing());
    }
    assertEquals(Map.of(), tally.failures());
    for (String agency : BOTH) {
      assertEquals(0, tally.count(agency).duplicates(), "shown twice at " + agency);
    }
  }

  private void create() {
    Child made =
        Child.of(
            federation,
            FR,
            "operator",
            "backup",
            "create",
            "--officer=FR-3",
            "--justification=under load");
    assertEquals(0, made.code(), made.err());
  }

  private Child backup(String... command) {
    List<String> all = new ArrayList<>(List.of("backup"));
    all.addAll(List.of(command));
    all.addAll(List.of("--config", federation.plan(FR).config().toString()));
    return Child.here(all.toArray(String[]::new));
  }

  private Child restore(String... more) {
    List<String> all =
        new ArrayList<>(List.of("restore", "--officer=FR-1", "--justification=the disk is lost"));
    all.addAll(List.of(more));
    return backup(all.toArray(String[]::new));
  }

  private static void remove(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private void verifies(String agency) {
    AuditResult audit = AuditResult.verify(federation.plan(agency));
    assertTrue(audit.verified(), audit.said());
    assertEquals(0, audit.inboxDuplicates(), "twice in the ledger of " + agency);
  }

  /** As if its disk were not mounted. */
  private void assertStartRefused(Path data) {
    String config = federation.plan(FR).config().toString();
    Child check = Child.here("config", "check", "--config", config);
    String missing = "data: " + data + " does not exist, but this node had a ledger";
    assertTrue(check.err().contains(missing), check.out() + check.err());
    CommandFailure start = assertThrows(CommandFailure.class, () -> federation.start(List.of(FR)));
    assertTrue(String.valueOf(start.getMessage()).contains(missing), start.getMessage());
    assertFalse(Files.exists(data), "nothing began in its place");
  }

  @Test
  void ledgerLost_restoredFromACopyMadeUnderLoad_goesOnWithItsPeers() throws Exception {
    exchange("first", this::create);
    // However fast the first was: something comes after the copy.
    exchange("later", () -> {});
    assertTrue(backup("list").out().contains("\n1  "), backup("list").out());
    Child good = backup("verify");
    assertEquals("good", good.out().strip(), good.err());
    Child runs = restore("--replace");
    assertEquals(1, runs.code(), "a gateway that runs keeps its ledger: " + runs.out());
    Path data = federation.plan(FR).folder().resolve("data");
    // Only what was signed after the copy was made ends the log.
    Metrics before = Metrics.of(federation.plan(FR));
    before.awaitAbove("entente_audit_checkpoint_leaves", before.value("entente_audit_leaves") - 1);

    federation.kill(FR);
    remove(data);
    assertStartRefused(data);
    Child restored = restore();
    assertEquals(0, restored.code(), restored.err());
    assertTrue(restored.out().contains("gateway-1/2 is open"), restored.out());
    federation.start(List.of(FR));

    // What came after the copy is lost, and the peer says so.
    Metrics metrics = Metrics.of(federation.plan(FR));
    metrics.awaitAbove(LOST, 0);
    exchange("second", () -> {});
    metrics.await("entente_audit_log_number", 2);
    assertEquals(List.of(), federation.stop());
    verifies(FR);
    verifies(DE);

    Child occupied = restore();
    assertEquals(1, occupied.code());
    assertTrue(occupied.err().contains("--replace"), occupied.err());
    Child again = restore("--replace", "--number=1");
    assertEquals(0, again.code(), again.err());
    assertTrue(again.out().contains("moved to"), again.out());
    assertTrue(again.out().contains("gateway-1/3 is open"), again.out());
    federation.start(BOTH);
    exchange("third", () -> {});
    assertFalse(Files.exists(data.resolveSibling("data.restoring")), "remains of a restore");
  }
}
