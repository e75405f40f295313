package org.entente.gateway.federation;

import static org.entente.gateway.federation.RunningFederation.DE;
import static org.entente.gateway.federation.RunningFederation.FR;
import static org.entente.gateway.federation.RunningFederation.HUB;
import static org.entente.gateway.federation.RunningFederation.RING;
import static org.entente.gateway.federation.RunningFederation.SG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.entente.gateway.model.MessageId;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Threat 78: a transit refuses what it is handed for a recipient. Here it has no link to it; what a
 * hostile transit answers looks the same to the origin.
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

  private static void assertNotWithdrawn(RunningFederation federation, MessageId sent) {
    assertFalse(
        federation.kinds(FR, sent, SG).contains(EvidenceKind.EVIDENCE_KIND_NON_DELIVERY),
        () -> String.valueOf(federation.track(FR, sent)));
  }
}
