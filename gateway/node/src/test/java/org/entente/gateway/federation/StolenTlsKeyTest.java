package org.entente.gateway.federation;

import static org.entente.gateway.federation.RunningFederation.DE;
import static org.entente.gateway.federation.RunningFederation.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.time.Duration;
import java.util.List;
import org.entente.gateway.model.MessageId;
import org.entente.proto.v1.EvidenceKind;
import org.entente.proto.v1.Lane;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Threat 97: a thief has the TLS key and certificate of {@code de.customs}'s gateway and its place
 * on the network. It takes the mail of {@code fr.customs} over a link of its own and acknowledges
 * or refuses it as the recipient, or asks for it again. It has no key that signs statements.
 */
final class StolenTlsKeyTest {
  private static final Duration DEADLINE = Duration.ofDays(1);
  private static final String UNCONFIRMED =
      "entente_origin_unconfirmed_envelopes_total{agency=\"" + DE + "\",lane=\"ROUTINE\",} ";

  @RegisterExtension final RunningFederation federation = new RunningFederation(DE, FR);

  private MessageId send(String headline) {
    return federation.send(FR, headline, Lane.LANE_ROUTINE, DEADLINE, DE);
  }

  /** Only what was counted has a line. */
  private static boolean isAlarm(String line) {
    return line.startsWith(UNCONFIRMED);
  }

  /** A member's program in the place of a gateway begins to answer mail. */
  private interface Greeting {
    void by(HostileStream thief, int lane) throws InterruptedException;
  }

  @Test
  void mail_thatAThiefAcknowledges_staysOwed_isAnAlarm_andReachesTheGenuineGateway()
      throws Exception {
    assertEquals(List.of(), evidenceOfTheft(HostileStream::greetAndTake));
  }

  @Test
  void mail_thatAThiefRefuses_staysOwed_isAnAlarm_andReachesTheGenuineGateway() throws Exception {
    assertEquals(
        List.of(EvidenceKind.EVIDENCE_KIND_RELAY_REJECTION),
        evidenceOfTheft(HostileStream::greetAndRefuse));
  }

  @Test
  void mail_thatAThiefAsksForAgain_staysOwed_isAnAlarm_andReachesTheGenuineGateway()
      throws Exception {
    assertEquals(List.of(), evidenceOfTheft(HostileStream::greetAndAskAgain));
  }

  /** Lets a thief answer, then the genuine gateway; returns the evidence before it returned. */
  private List<EvidenceKind> evidenceOfTheft(Greeting greeting) throws Exception {
    MessageId before = send("before");
    federation.awaitEvidence(FR, before, EvidenceKind.EVIDENCE_KIND_DELIVERY, DE);
    federation.stop(DE);
    MessageId stolen;
    try (HostileStream thief = new HostileStream(federation)) {
      greeting.by(thief, Lane.LANE_ROUTINE_VALUE);
      stolen = send("stolen");
      federation.await("the thief to have it", () -> thief.taken() >= 1);
      // The origin repeats it after 10 and after 20 seconds. The second repetition is an alarm. A
      // thief that asks for it again is an alarm after some minutes.
      federation.await(
          "an alarm",
          () -> {
            federation.clock.move(Duration.ofSeconds(1));
            return federation.scrape(FR, "metrics").lines().anyMatch(StolenTlsKeyTest::isAlarm);
          });
      // The alarm is of the sending, which reaches the thief a moment later.
      federation.await("it to be sent again", () -> thief.taken() >= 2);
      assertFalse(thief.isEnded());
    }
    List<EvidenceKind> told = federation.kinds(FR, stolen, DE).stream().distinct().toList();
    federation.start(DE);
    federation.await(
        "its delivery",
        () -> {
          federation.clock.move(Duration.ofSeconds(1));
          return federation.kinds(FR, stolen, DE).contains(EvidenceKind.EVIDENCE_KIND_DELIVERY);
        });
    assertEquals(
        List.of("before", "stolen"), RunningFederation.headlines(federation.receive(DE, 2)));
    assertFalse(federation.kinds(FR, stolen, DE).contains(EvidenceKind.EVIDENCE_KIND_NON_DELIVERY));
    return told;
  }
}
