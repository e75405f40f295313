package org.entente.gateway.federation;

import static org.entente.gateway.federation.RunningFederation.FR;
import static org.entente.gateway.federation.RunningFederation.RING;
import static org.entente.gateway.federation.RunningFederation.SG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.entente.gateway.model.MessageId;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Threat 13 over three real transits: each takes the next for the way to a recipient, and the last,
 * which believes another bundle, takes the first.
 */
final class RoutingLoopTest {
  private static final Duration SOON = Duration.ofHours(2);
  private static final Duration LATE = Duration.ofDays(30);
  private static final Duration STEP = Duration.ofMinutes(10);
  private static final String REFUSED =
      "entente_refused_total{side=\"peer\",code=\"ROUTING_LOOP\",}";

  @RegisterExtension
  final RunningFederation federation = RunningFederation.of(FederationFiles::ring);

  @Test
  void message_inARingOfTransits_goesRoundOnceForEachSending_andItsOriginIsTold()
      throws IOException {
    RING.forEach(federation::start);
    federation.start(SG, FR);
    MessageId straight = federation.send(FR, "straight", LATE, SG);
    federation.awaitEvidence(FR, straight, EvidenceKind.EVIDENCE_KIND_DELIVERY, SG);
    federation.stop(SG);
    leadTheFirstToTheSecond();

    MessageId lost = federation.send(FR, "in circles", SOON, SG);
    federation.await("refused as a loop", () -> refused(RING.get(0)) > 0 && isQuiet());
    assertEquals(List.of(1.0, 1.0, 1.0), relayed(), "went round once");

    MessageId waiting = federation.send(FR, "until there is a way", LATE, SG);
    passQuietly(SOON.plus(STEP));
    EvidenceItem told =
        federation.awaitEvidence(FR, lost, EvidenceKind.EVIDENCE_KIND_RELAY_FAILURE, SG);
    assertEquals("EXPIRED", told.getCode(), told::toString);
    federation.awaitEvidence(FR, lost, EvidenceKind.EVIDENCE_KIND_NON_DELIVERY, SG);
    // Each sending of the origin is a way round, and no way round makes another.
    assertTrue(refused(RING.get(0)) > 1, "sent again");
    assertEquals(List.of(0.0, 0.0), List.of(refused(RING.get(1)), refused(RING.get(2))));

    federation.stop(RING.get(0));
    federation.files().restoreLinks(RING.get(0));
    federation.start(RING.get(0), SG);
    federation.clock.move(Duration.ofHours(2));
    federation.awaitEvidence(FR, waiting, EvidenceKind.EVIDENCE_KIND_DELIVERY, SG);
    assertFalse(
        federation.kinds(FR, waiting, SG).contains(EvidenceKind.EVIDENCE_KIND_NON_DELIVERY));
    assertEquals(
        List.of("straight", "until there is a way"),
        RunningFederation.headlines(federation.receive(SG, 2)));
  }

  private void leadTheFirstToTheSecond() throws IOException {
    federation.stop(RING.get(0));
    federation.files().removeLink(RING.get(0), SG);
    federation.start(RING.get(0));
  }

  /** Nothing is on its way round when time passes: it could expire there, and none refuse it. */
  private void passQuietly(Duration time) {
    for (Duration passed = Duration.ZERO; passed.compareTo(time) < 0; passed = passed.plus(STEP)) {
      federation.pass(STEP, STEP);
      federation.await("what went round was refused", this::isQuiet);
    }
  }

  /** Whether all that was handed on has gone round, and has been refused where it came from. */
  private boolean isQuiet() {
    boolean handedOn =
        backlog(FR, RING.get(0))
                + backlog(RING.get(0), RING.get(1))
                + backlog(RING.get(1), RING.get(2))
                + backlog(RING.get(2), RING.get(0))
            == 0;
    return handedOn && Set.copyOf(relayed()).equals(Set.of(refused(RING.get(0))));
  }

  private double backlog(String agency, String peer) {
    return sample(
        agency, "entente_link_backlog_envelopes{peer=\"" + peer + "\",lane=\"ROUTINE\",}");
  }

  private double refused(String transit) {
    return sample(transit, REFUSED);
  }

  /** How many envelopes each transit handed to the next. */
  private List<Double> relayed() {
    return List.of(
        relayed(RING.get(0), RING.get(1)),
        relayed(RING.get(1), RING.get(2)),
        relayed(RING.get(2), RING.get(0)));
  }

  private double relayed(String transit, String next) {
    return sample(transit, "entente_relayed_total{peer=\"" + next + "\",}");
  }

  /** Zero where nothing was counted yet. */
  private double sample(String agency, String sample) {
    return federation
        .scrape(agency, "metrics")
        .lines()
        .filter(line -> line.startsWith(sample + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(sample.length() + 1)))
        .sum();
  }
}
