package org.entente.loadtests.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.entente.loadtests.federation.ConfigurationHome;
import org.entente.loadtests.federation.Federation;
import org.entente.loadtests.testkit.Metrics;
import org.entente.loadtests.testkit.TmpfsDisk;
import org.entente.loadtests.traffic.Clients;
import org.entente.loadtests.traffic.Publication;
import org.entente.loadtests.traffic.Tally;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.PublishRequest;
import org.entente.proto.v1.PublisherGrpc;
import org.entente.proto.v1.RemindRequest;
import org.entente.proto.v1.RequestsGrpc;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/**
 * Threat 16 over processes: the disk of one gateway's ledger, a tmpfs, fills under load and is
 * freed again. Nobody restarts anything; journals of publishers and subscribers must agree in the
 * end.
 */
@Tag("extended")
@Tag("full-disk")
final class FullDiskIT {
  private static final String FULL = "de.customs";
  private static final String OTHER = "fr.customs";
  private static final List<String> BOTH = List.of(FULL, OTHER);
  private static final long QUIET_SECONDS = 90;
  private static final String OPENED = "entente_ledger_reopened_total{result=\"opened\",}";

  @TempDir private Path folder;
  private final ClientJournal journal = new ClientJournal();

  /** What the test does while messages come and go. */
  private interface TrafficAction {
    void run(Federation federation, TmpfsDisk disk, Load load) throws Exception;
  }

  @Test
  void diskThatFills_refusesWithACode_andTakesInAgainByItself() throws Exception {
    underLoad(
        96,
        48,
        new Load(new SplittableRandom(16), BOTH),
        40,
        (federation, disk, load) -> {
          Metrics metrics = Metrics.of(federation.plan(FULL));
          disk.occupyAllBut(80);
          metrics.awaitReadiness("publishers are slowed");
          assertTrue(journal.awaitAnswers(journal.answers() + 40, QUIET_SECONDS), "slowed to none");
          disk.occupyAllBut(30);
          metrics.awaitReadiness("messages are refused below 48");
          assertRefused(federation);
          String held = "entente_link_backlog_envelopes{peer=\"" + FULL + "\",lane=\"ROUTINE\",}";
          awaitSome(Metrics.of(federation.plan(OTHER)), held);
          disk.free();
          metrics.awaitReadiness("ready");
          assertEquals(0, metrics.value("entente_ledger_failed"));
        });
  }

  @Test
  void diskThatIsFull_stopsTheLedger_whichOpensAgainInItsProcessWhenThereIsRoom() throws Exception {
    underLoad(
        2,
        1,
        new Load(new SplittableRandom(17), BOTH, 1),
        300,
        (federation, disk, load) -> {
          Metrics metrics = Metrics.of(federation.plan(FULL));
          // So little that it is gone before the gateway looks again and refuses drafts.
          disk.occupyAllBut(0);
          metrics.await("entente_ledger_failed", 1);
          disk.free();
          metrics.awaitReadiness("ready");
          metrics.await("entente_ledger_failed", 0);
          assertTrue(metrics.value(OPENED) >= 1);
          assertTrue(journal.awaitAnswers(journal.answers() + 100, QUIET_SECONDS));
        });
  }

  private void underLoad(int slow, int refuse, Load load, int perSecond, TrafficAction meanwhile)
      throws Exception {
    try (Federation federation = Federation.mint(ConfigurationHome.find(), folder);
        TmpfsDisk disk = TmpfsDisk.mount(federation.plan(FULL).folder().resolve("data"), 160)) {
      set(federation.plan(FULL).config(), "slow_below_mib: 2048", "slow_below_mib: " + slow);
      set(federation.plan(FULL).config(), "refuse_below_mib: 512", "refuse_below_mib: " + refuse);
      federation.start(BOTH);
      long pid = federation.pid(FULL);
      try (Clients clients = new Clients(federation, new Tally(), journal)) {
        clients.subscribe(BOTH);
        clients.publish(BOTH, load, perSecond);
        assertTrue(journal.awaitAnswers(40, QUIET_SECONDS), journal::progress);
        meanwhile.run(federation, disk, load);
        int made = load.end();
        assertTrue(journal.awaitDrained(made, QUIET_SECONDS), journal::progress);
      }
      assertEquals(pid, federation.pid(FULL));
      assertEquals(List.of(), federation.crashed());
      assertEquals(List.of(), federation.stop(), "did not stop when asked");
      JournalAssertions.assertNothingLost(journal, 80, federation, BOTH);
    }
  }

  private static void set(Path config, String from, String to) throws IOException {
    String yaml = Files.readString(config);
    assertTrue(yaml.contains(from), yaml);
    Files.writeString(config, yaml.replace(from, to));
  }

  /** A publisher is told by the stable code, and that its own retrying is right. */
  private static void assertRefused(Federation federation) {
    ManagedChannel channel =
        federation.channel(FULL, federation.plan(FULL).clientWith("publish").orElseThrow());
    Draft draft = probe();
    assertFull(
        () ->
            PublisherGrpc.newBlockingStub(channel)
                .withDeadlineAfter(30, TimeUnit.SECONDS)
                .publish(PublishRequest.newBuilder().setDraft(draft).build()));
    // All that can wait is refused before it is read.
    assertFull(
        () ->
            RequestsGrpc.newBlockingStub(channel)
                .withDeadlineAfter(30, TimeUnit.SECONDS)
                .remind(RemindRequest.getDefaultInstance()));
  }

  private static void assertFull(Executable call) {
    StatusRuntimeException refused = assertThrows(StatusRuntimeException.class, call);
    assertEquals(Status.Code.RESOURCE_EXHAUSTED, refused.getStatus().getCode());
    String description = String.valueOf(refused.getStatus().getDescription());
    assertTrue(description.startsWith("STORAGE_FULL: "), description);
    assertFalse(description.contains("restart"), description);
  }

  private static Draft probe() {
    Load load = new Load(new SplittableRandom(18), BOTH);
    Publication publication = Objects.requireNonNull(load.next());
    while (!publication.publisher().equals(FULL)) {
      publication = Objects.requireNonNull(load.next());
    }
    return publication.draft().toBuilder().setIdempotencyKey("probe").build();
  }

  private static void awaitSome(Metrics metrics, String sample)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(QUIET_SECONDS);
    while (metrics.value(sample) == 0) {
      assertTrue(System.nanoTime() < end, () -> "nothing waits in " + sample);
    }
  }
}
