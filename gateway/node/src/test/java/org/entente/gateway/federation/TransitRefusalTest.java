package org.entente.gateway.federation;

import static org.entente.gateway.federation.RunningFederation.DE;
import static org.entente.gateway.federation.RunningFederation.FR;
import static org.entente.gateway.federation.RunningFederation.HUB;
import static org.entente.gateway.federation.RunningFederation.RING;
import static org.entente.gateway.federation.RunningFederation.SG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
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

/**
 * Threat 78: a transit refuses what it is handed for a recipient. Here it has no link to it; what a
 * hostile transit answers looks the same to the origin.
 */
final class TransitRefusalTest {
  private static final Duration LASTING = Duration.ofDays(60);
  private static final Duration LATE = Duration.ofDays(30);

  @TempDir private Path folder;
  private final SettableClock clock =
      new SettableClock(Instant.now().truncatedTo(ChronoUnit.SECONDS));

  @Test
  void onlyTransit_thatRefuses_withdrawsNothing_andOthersGoOn() throws IOException {
    try (RunningFederation federation = new RunningFederation(folder, clock, LASTING)) {
      federation.start(DE, HUB, FR, SG);
      MessageId straight = federation.send(FR, "straight", LATE, SG);
      federation.awaitEvidence(FR, straight, EvidenceKind.EVIDENCE_KIND_DELIVERY, SG);
      federation.stop(HUB);
      federation.removeLink(HUB, SG);
      federation.start(HUB);

      MessageId refused = federation.send(FR, "refused", LATE, SG, DE);
      EvidenceItem told =
          federation.awaitEvidence(FR, refused, EvidenceKind.EVIDENCE_KIND_RELAY_REJECTION, SG);
      assertEquals("NO_ROUTE", told.getCode(), told::toString);
      federation.awaitEvidence(FR, refused, EvidenceKind.EVIDENCE_KIND_DELIVERY, DE);
      assertNotWithdrawn(federation, refused);

      federation.stop(HUB);
      federation.restoreLinks(HUB);
      federation.start(HUB);
      clock.move(Duration.ofHours(1));
      federation.awaitEvidence(FR, refused, EvidenceKind.EVIDENCE_KIND_DELIVERY, SG);
      assertNotWithdrawn(federation, refused);
      assertEquals(
          List.of("straight", "refused"), RunningFederation.headlines(federation.receive(SG, 2)));
    }
  }

  @Test
  void firstTransit_thatRefuses_losesItToTheSecondAtOnce() throws IOException {
    try (RunningFederation federation = RunningFederation.withTwoTransits(folder, clock, LASTING)) {
      federation.removeLink(RING.get(0), SG);
      federation.start(RING.get(0), RING.get(1), FR, SG);
      MessageId sent = federation.send(FR, "by the second", LATE, SG);
      EvidenceItem told =
          federation.awaitEvidence(FR, sent, EvidenceKind.EVIDENCE_KIND_RELAY_REJECTION, SG);
      assertEquals(RING.get(0), told.getAgency());
      federation.awaitEvidence(FR, sent, EvidenceKind.EVIDENCE_KIND_DELIVERY, SG);
      assertNotWithdrawn(federation, sent);
    }
  }

  private static void assertNotWithdrawn(RunningFederation federation, MessageId sent) {
    assertFalse(
        federation.kinds(FR, sent, SG).contains(EvidenceKind.EVIDENCE_KIND_NON_DELIVERY),
        () -> String.valueOf(federation.track(FR, sent)));
  }
}
