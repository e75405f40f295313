package org.entente.loadtests.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.loadtests.federation.ConfigurationHome;
import org.entente.loadtests.federation.Federation;
import org.entente.loadtests.testkit.Metrics;
import org.entente.loadtests.traffic.Clients;
import org.entente.loadtests.traffic.Tally;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Threats 17, 18 and 21 over processes: a gateway under load whose disk stops answering in the
 * middle of a sync is killed, and its write-ahead log is left as a power cut or a failing disk
 * leaves it. Clients and peers had nothing acknowledged beyond the last sync that returned, so all
 * of that must be there in the end, once; or the gateway says which file is not what it wrote, and
 * starts when it has it back.
 */
@Tag("extended")
@Tag("power-loss")
final class WalIT {
  private static final String STRUCK = "de.customs";
  private static final List<String> BOTH = List.of(STRUCK, "fr.customs");
  private static final int PER_SECOND = 60;
  private static final long QUIET_SECONDS = 60;
  private static final long HELD_SECONDS = 5;

  /** An end of the log that cannot be had by chance: parts of at least one record. */
  private static final int LEAST_TAIL = 32;

  @TempDir private Path folder;
  private final ClientJournal journal = new ClientJournal();

  /** What becomes of the log while its gateway is down; the gateway starts afterwards. */
  private interface Damage {
    void strike(Federation federation, SyncedLogs logs) throws IOException;
  }

  @Test
  void logCutBackToItsLastSync_hasEverythingAcknowledgedOnce() throws Exception {
    killInASync(
        (federation, logs) -> {
          long synced = logs.synced();
          assertTrue(Files.size(logs.newest()) > synced, "nothing to lose");
          SyncedLogs.cut(logs.newest(), synced);
        });
  }

  @Test
  void logTornInTheRecordBeingSynced_hasEverythingAcknowledgedOnce() throws Exception {
    killInASync(
        (federation, logs) -> {
          long synced = logs.synced();
          long tail = Files.size(logs.newest()) - synced;
          assertTrue(tail > LEAST_TAIL, tail + " bytes beyond the last sync");
          SyncedLogs.cut(logs.newest(), synced + tail / 2);
        });
  }

  @Test
  void logWithAFlippedBit_isRefusedByName_andChangedByNothing_untilItIsBack() throws Exception {
    killInASync(
        (federation, logs) -> {
          Path log = logs.newest();
          List<Long> lengths = logs.syncedLengths();
          long synced = logs.synced();
          long last = lengths.get(lengths.lastIndexOf(before(lengths, synced)));
          SplittableRandom random = new SplittableRandom();
          requireRefused(federation, log, random.nextLong(8 * last), "an early record");
          requireRefused(federation, log, 8 * last + random.nextLong(8 * (synced - last)), "last");
          // Nothing follows it: its length alone tells it from what a crash cut short.
          SyncedLogs.cut(log, synced);
          long length = SyncedLogs.recordAfter(last) + 4;
          requireRefused(federation, log, 8 * length + random.nextLong(16), "its length");
        });
  }

  /** The length before the last that differs from it. */
  private static long before(List<Long> lengths, long last) {
    return lengths.stream().filter(length -> length < last).reduce(0L, (one, next) -> next);
  }

  /** What was acknowledged is gone without a trace in the log itself; the checkpoint knows. */
  @Test
  void logCutBackBehindWhatWasSigned_isNoticed_andNothingIsServed() throws Exception {
    try (Federation federation = Federation.mint(ConfigurationHome.find(), folder)) {
      SyncedLogs logs = launch(federation);
      try (Clients clients = new Clients(federation, new Tally(), journal)) {
        Load load = new Load(new SplittableRandom(22), BOTH);
        clients.subscribe(BOTH);
        clients.publish(BOTH, load, PER_SECOND);
        assertTrue(journal.awaitAnswers(30, QUIET_SECONDS), journal::progress);
        long early = logs.synced();
        Metrics metrics = Metrics.of(federation.plan(STRUCK));
        double then = metrics.value("entente_audit_leaves");
        metrics.awaitAbove("entente_audit_checkpoint_leaves ", then);
        federation.kill(STRUCK);
        SyncedLogs.cut(logs.newest(), early);
        federation.launch(STRUCK);
        CommandFailure refused =
            assertThrows(CommandFailure.class, () -> federation.awaitReady(Set.of(STRUCK)));
        assertTrue(String.valueOf(refused.getMessage()).contains("checkpoint"), refused::toString);
        load.end();
      }
    }
  }

  private SyncedLogs launch(Federation federation) throws IOException, InterruptedException {
    Path place = Files.createDirectory(folder.resolve("syncs"));
    SyncedLogs logs = SyncedLogs.of(federation.plan(STRUCK).folder().resolve("data"), place);
    federation.launchIn(STRUCK, logs.environment());
    federation.launch(BOTH.get(1));
    federation.awaitReady(BOTH);
    return logs;
  }

  private void killInASync(Damage damage) throws Exception {
    try (Federation federation = Federation.mint(ConfigurationHome.find(), folder)) {
      SyncedLogs logs = launch(federation);
      try (Clients clients = new Clients(federation, new Tally(), journal)) {
        Load load = new Load(new SplittableRandom(17), BOTH);
        clients.subscribe(BOTH);
        clients.publish(BOTH, load, PER_SECOND);
        assertTrue(journal.awaitAnswers(150, QUIET_SECONDS), journal::progress);
        holdASync(logs);
        federation.kill(STRUCK);
        damage.strike(federation, logs);
        federation.start(Set.of(STRUCK));
        assertTrue(journal.awaitAnswers(journal.answers() + 30, QUIET_SECONDS), journal::progress);
        int made = load.end();
        assertTrue(journal.awaitDrained(made, QUIET_SECONDS), journal::progress);
      }
      assertEquals(List.of(), federation.crashed());
      assertEquals(List.of(), federation.stop(), "did not stop when asked");
      JournalAssertions.assertNothingLost(journal, 150, federation, BOTH);
    }
  }

  /**
   * Holds syncs once something was written that none has returned for. Where a held one has nothing
   * new to bring onto the disk, the writer stands behind it: it is let go until something more is
   * acknowledged, and another is held.
   */
  private void holdASync(SyncedLogs logs) throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(QUIET_SECONDS);
    logs.holdSyncs();
    while (!isUnsynced(logs)) {
      assertTrue(System.nanoTime() < end, "nothing waits for its sync");
      int answers = journal.answers();
      logs.letSyncsGo();
      assertTrue(journal.awaitAnswers(answers + 1, QUIET_SECONDS), journal::progress);
      logs.holdSyncs();
    }
  }

  /** Whether, within a while, a sync waits with something written that none has returned for. */
  private static boolean isUnsynced(SyncedLogs logs) throws IOException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(HELD_SECONDS);
    boolean unsynced = false;
    while (!unsynced && System.nanoTime() < end) {
      unsynced = logs.waiting() > logs.synced() + LEAST_TAIL;
    }
    return unsynced;
  }

  /** The gateway does not start with that bit flipped, says which file it is, and changes none. */
  private static void requireRefused(Federation federation, Path log, long bit, String what)
      throws IOException {
    SyncedLogs.flip(log, bit);
    Path data = federation.plan(STRUCK).folder().resolve("data");
    Map<String, Long> before = sizes(data);
    federation.launch(STRUCK);
    CommandFailure refused =
        assertThrows(CommandFailure.class, () -> federation.awaitReady(Set.of(STRUCK)), what);
    String said = String.valueOf(refused.getMessage());
    assertTrue(said.contains(log.getFileName().toString()), what + ", bit " + bit + ": " + said);
    assertTrue(said.contains("docs/operate/operating.md"), said);
    assertEquals(before, sizes(data), what);
    federation.kill(STRUCK);
    SyncedLogs.flip(log, bit);
  }

  /** Sizes of logs, manifests and sorted files. */
  private static Map<String, Long> sizes(Path data) throws IOException {
    Map<String, Long> sizes = new TreeMap<>();
    try (Stream<Path> files = Files.list(data)) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        if (name.matches("[0-9]+\\.(log|sst)|MANIFEST-.*|CURRENT")) {
          sizes.put(name, Files.size(file));
        }
      }
    }
    return sizes;
  }
}
