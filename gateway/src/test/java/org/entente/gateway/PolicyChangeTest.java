package org.entente.gateway;

import static org.entente.gateway.RunningFederation.DE;
import static org.entente.gateway.RunningFederation.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.testkit.SettableClock;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An agreement that ends while mail waits under it: what waits is not sent any more. */
final class PolicyChangeTest {
  private static final Duration LASTING = Duration.ofDays(60);
  private static final Duration DEADLINE = Duration.ofDays(30);

  @TempDir private Path folder;

  @Test
  void agreement_thatEndsWhileMailIsQueued_withdrawsItWithEvidence() throws IOException {
    SettableClock clock = new SettableClock(Instant.now().truncatedTo(ChronoUnit.SECONDS));
    try (RunningFederation federation = new RunningFederation(folder, clock, LASTING)) {
      federation.start(DE);
      federation.start(FR);
      MessageId before = federation.send(FR, "before", DEADLINE, DE);
      federation.awaitEvidence(FR, before, EvidenceKind.EVIDENCE_KIND_DELIVERY, DE);
      federation.stop(DE);
      MessageId queued = federation.send(FR, "queued", DEADLINE, DE);

      Path agreement = folder.resolve("agreements").resolve("warnings.yaml");
      Files.writeString(
          agreement,
          Files.readString(agreement)
              .replace("  from: 2025-01-01\n", "  from: 2025-01-01\n  until: 2025-12-31\n"));
      federation.doChores();
      federation.start(DE);

      EvidenceItem told =
          federation.awaitEvidence(FR, queued, EvidenceKind.EVIDENCE_KIND_NON_DELIVERY, DE);
      assertEquals("AGREEMENT_ENDED", told.getCode(), told::toString);
      assertEquals(List.of("before"), RunningFederation.headlines(federation.receive(DE, 1)));
    }
  }

  @Test
  void files_thatAreWrong_leaveTheRulesInForce_andWarnUntilTheyAreMended() throws IOException {
    SettableClock clock = new SettableClock(Instant.now().truncatedTo(ChronoUnit.SECONDS));
    try (RunningFederation federation = new RunningFederation(folder, clock, LASTING)) {
      federation.start(FR, DE);
      assertRefused(federation, false);
      Path agreement = folder.resolve("agreements").resolve("warnings.yaml");
      String good = Files.readString(agreement);

      Files.writeString(agreement, good.replace("retention_days", "retention_weeks"));
      federation.doChores();

      assertRefused(federation, true);
      federation.send(FR, "under the rules of before", DEADLINE, DE);
      assertEquals(1, federation.receive(DE, 1).size());

      Files.writeString(agreement, good + "\n");
      federation.doChores();

      assertRefused(federation, false);

      Path away = folder.resolve("agreements-away");
      Files.move(folder.resolve("agreements"), away);
      federation.doChores();

      assertRefused(federation, true);

      Files.move(away, folder.resolve("agreements"));
      federation.doChores();

      assertRefused(federation, false);
    }
  }

  private static void assertRefused(RunningFederation federation, boolean refused)
      throws IOException {
    String ready = federation.scrape(FR, "readyz");
    assertEquals(refused, ready.contains("warning: policy: "), ready);
    String metric = "entente_policy_files_refused " + (refused ? "1.0" : "0.0");
    String metrics = federation.scrape(FR, "metrics");
    assertTrue(metrics.contains("\n" + metric + "\n"), metric);
  }
}
