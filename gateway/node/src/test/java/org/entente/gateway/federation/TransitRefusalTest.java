package org.entente.gateway.federation;

import static org.entente.gateway.federation.RunningFederation.DE;
import static org.entente.gateway.federation.RunningFederation.FR;
import static org.entente.gateway.federation.RunningFederation.HUB;
import static org.entente.gateway.federation.RunningFederation.RING;
import static org.entente.gateway.federation.RunningFederation.SG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.entente.gateway.model.MessageId;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;
import org.entente.proto.v1.Lane;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Threat 78: a transit refuses what it is handed for a recipient. Here it has no link to it; what a
 * hostile transit answers looks the same to the origin. Threat 98: it withholds what it was handed.
 */
final class TransitRefusalTest {
  private static final Duration LATE = Duration.ofDays(30);

  @RegisterExtension final RunningFederation direct = new RunningFederation();

  @RegisterExtension
  final RunningFederation twoTransits = RunningFederation.of(FederationFiles::twoTransits);

  @Test
  void onlyTransit_thatRefuses_withdrawsNothing_andOthersGoOn() throws IOException {
    direct.start(DE, HUB, FR, SG);
    MessageId straight = direct.send(FR, "straight", LATE, SG);
    direct.awaitEvidence(FR, straight, EvidenceKind.EVIDENCE_KIND_DELIVERY, SG);
    direct.stop(HUB);
    direct.files().removeLink(HUB, SG);
    direct.start(HUB);

    MessageId refused = direct.send(FR, "refused", LATE, SG, DE);
    EvidenceItem told =
        direct.awaitEvidence(FR, refused, EvidenceKind.EVIDENCE_KIND_RELAY_REJECTION, SG);
    assertEquals("NO_ROUTE", told.getCode(), told::toString);
    direct.awaitEvidence(FR, refused, EvidenceKind.EVIDENCE_KIND_DELIVERY, DE);
    assertNotWithdrawn(direct, refused);

    direct.stop(HUB);
    direct.files().restoreLinks(HUB);
    direct.start(HUB);
    direct.clock.move(Duration.ofHours(1));
    direct.awaitEvidence(FR, refused, EvidenceKind.EVIDENCE_KIND_DELIVERY, SG);
    assertNotWithdrawn(direct, refused);
    assertEquals(
        List.of("straight", "refused"), RunningFederation.headlines(direct.receive(SG, 2)));
  }

  @Test
  void firstTransit_thatRefuses_losesItToTheSecondAtOnce() throws IOException {
    twoTransits.files().removeLink(RING.get(0), SG);
    twoTransits.start(RING.get(0), RING.get(1), FR, SG);
    MessageId sent = twoTransits.send(FR, "by the second", LATE, SG);
    EvidenceItem told =
        twoTransits.awaitEvidence(FR, sent, EvidenceKind.EVIDENCE_KIND_RELAY_REJECTION, SG);
    assertEquals(RING.get(0), told.getAgency());
    twoTransits.awaitEvidence(FR, sent, EvidenceKind.EVIDENCE_KIND_DELIVERY, SG);
    assertNotWithdrawn(twoTransits, sent);
  }

  /** A program of a member in the place of its gateway begins to answer mail. */
  private interface Greeting {
    void by(HostileStream transit, int lane) throws InterruptedException;
  }

  /** Threat 98: it acknowledges all, and hands on nothing. */
  @Test
  void firstTransit_thatTakesAllAndDropsIt_losesItToTheSecond_andThenAllMail() throws Exception {
    assertBroughtBySecond(HostileStream::greetAndTake, Duration.ofSeconds(11));
    assertTrue(
        twoTransits.scrape(FR, "metrics").lines().anyMatch(TransitRefusalTest::isCounted),
        "the metric names it");
  }

  private static boolean isCounted(String line) {
    return line.startsWith("entente_transit_bypassed_total{transit=\"" + RING.get(0) + "\",} ");
  }

  /** Threat 98: it asks for another stanza of all, again and again. */
  @Test
  void firstTransit_thatAsksForStanzasWithoutEnd_losesItToTheSecondAtOnce() throws Exception {
    assertBroughtBySecond(HostileStream::greetAndAskAgain, Duration.ZERO);
  }

  /** Threat 98: it lets the streams stand, and nothing be sent. */
  @Test
  void firstTransit_thatGrantsNothing_isOfferedNothing() throws Exception {
    assertBroughtBySecond((transit, lane) -> transit.greet(lane), Duration.ZERO);
  }

  private void assertBroughtBySecond(Greeting greeting, Duration after) throws Exception {
    twoTransits.start(RING.get(1), FR, SG);
    MessageId before = twoTransits.send(FR, "before", Lane.LANE_ROUTINE, LATE, SG);
    twoTransits.awaitEvidence(FR, before, EvidenceKind.EVIDENCE_KIND_DELIVERY, SG);
    try (HostileStream control = new HostileStream(twoTransits, RING.get(0), FR);
        HostileStream lane = new HostileStream(twoTransits, RING.get(0), FR)) {
      control.greet();
      greeting.by(lane, Lane.LANE_ROUTINE_VALUE);
      MessageId held = twoTransits.send(FR, "held", Lane.LANE_ROUTINE, LATE, SG);
      if (!after.isZero()) {
        twoTransits.awaitEvidence(FR, held, EvidenceKind.EVIDENCE_KIND_RELAY_ACCEPTANCE, SG);
        twoTransits.clock.move(after);
      }
      twoTransits.awaitEvidence(FR, held, EvidenceKind.EVIDENCE_KIND_DELIVERY, SG);
      MessageId next = twoTransits.send(FR, "next", Lane.LANE_ROUTINE, LATE, SG);
      twoTransits.awaitEvidence(FR, next, EvidenceKind.EVIDENCE_KIND_DELIVERY, SG);
      assertNotWithdrawn(twoTransits, held);
    }
    assertEquals(
        List.of("before", "held", "next"), RunningFederation.headlines(twoTransits.receive(SG, 3)));
  }

  private static void assertNotWithdrawn(RunningFederation federation, MessageId sent) {
    assertFalse(
        federation.kinds(FR, sent, SG).contains(EvidenceKind.EVIDENCE_KIND_NON_DELIVERY),
        () -> String.valueOf(federation.track(FR, sent)));
  }
}
