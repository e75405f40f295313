package org.entente.gateway.federation;

import static org.entente.gateway.federation.RunningFederation.FR;
import static org.entente.gateway.federation.RunningFederation.HUB;
import static org.entente.gateway.federation.RunningFederation.SG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.entente.gateway.model.MessageId;
import org.entente.proto.v1.Delivery;
import org.entente.proto.v1.EvidenceKind;
import org.entente.proto.v1.Lane;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An alert overtakes what waits before it: at the origin, in the transit, at the recipient. */
final class FlashTest {
  private static final Duration DEADLINE = Duration.ofDays(1);
  private static final int BULK = 800;

  @RegisterExtension final RunningFederation federation = new RunningFederation(SG, HUB, FR);

  /** Publishes one after the other; the last of the bulk, which is on one lane and in order. */
  private MessageId bulkThenFlash() {
    for (int i = 1; i < BULK; i++) {
      federation.send(FR, "bulk " + i, Lane.LANE_ROUTINE, DEADLINE, SG);
    }
    MessageId last = federation.send(FR, "last", Lane.LANE_ROUTINE, DEADLINE, SG);
    federation.send(FR, "flash", Lane.LANE_FLASH, DEADLINE, SG);
    return last;
  }

  /** Not at its place in the order of sending, which is the last. */
  private static void overtook(List<Delivery> delivered) {
    assertEquals(BULK + 1, delivered.size());
    assertEquals("flash", RunningFederation.headlines(delivered).get(0), "to the subscriber");
    long flash = delivered.get(0).getPosition();
    long earlier = delivered.stream().filter(one -> one.getPosition() < flash).count();
    assertTrue(earlier < BULK, "all came into the ledger before it");
  }

  @Test
  void flash_behindBulkAtItsOrigin_overtakesIt() throws IOException {
    federation.awaitEvidence(
        FR,
        federation.send(FR, "first", Lane.LANE_ROUTINE, DEADLINE, SG),
        EvidenceKind.EVIDENCE_KIND_DELIVERY,
        SG);
    assertEquals(List.of("first"), RunningFederation.headlines(federation.receive(SG, 1)));
    federation.stop(HUB);
    MessageId last = bulkThenFlash();

    federation.start(HUB);
    overtook(awaited(last));
  }

  @Test
  void flash_behindBulkInTheTransit_overtakesIt() throws IOException {
    federation.awaitEvidence(
        FR,
        federation.send(FR, "first", Lane.LANE_ROUTINE, DEADLINE, SG),
        EvidenceKind.EVIDENCE_KIND_DELIVERY,
        SG);
    assertEquals(List.of("first"), RunningFederation.headlines(federation.receive(SG, 1)));
    federation.stop(SG);
    MessageId last = bulkThenFlash();
    federation.await(
        "in custody",
        () ->
            !federation
                .scrape(HUB, "metrics")
                .contains(
                    "entente_link_backlog_envelopes{peer=\"sg.police\",lane=\"FLASH\",} 0.0"));

    federation.start(SG);
    overtook(awaited(last));
  }

  /** Only when all of it has come, so that the subscriber could be given anything first. */
  private List<Delivery> awaited(MessageId last) {
    federation.awaitEvidence(FR, last, EvidenceKind.EVIDENCE_KIND_DELIVERY, SG);
    return federation.receive(SG, BULK + 1);
  }
}
