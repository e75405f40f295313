package org.entente.gateway.federation;

import static org.entente.gateway.federation.RunningFederation.DE;
import static org.entente.gateway.federation.RunningFederation.FR;
import static org.entente.gateway.federation.RunningFederation.HUB;
import static org.entente.gateway.federation.RunningFederation.SG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.security.SecureRandom;
import java.time.Duration;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.EnvelopeId;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.seal.format.EnvelopeFacts;
import org.entente.gateway.seal.format.EnvelopeHeader;
import org.entente.proto.link.v1.Deliveries;
import org.entente.proto.link.v1.Delivery;
import org.entente.proto.link.v1.Frame;
import org.entente.proto.link.v1.Notice;
import org.entente.proto.link.v1.Stanza;
import org.entente.proto.v1.EvidenceKind;
import org.entente.proto.v1.Lane;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Threats 74, 76, 77, 91 and 93 against running gateways: {@code de.customs}, with its own
 * certificate and a program of its own in the place of a gateway. {@code fr.customs} and {@code
 * sg.police} exchange mail meanwhile.
 */
final class HostileMemberTest {
  private static final Duration DEADLINE = Duration.ofDays(1);
  private static final int NOTICES = 40_000;

  /** Deliveries in a frame, and frames: four operations each are more than come at once. */
  private static final int A_FRAME = 64;

  private static final int FRAMES = 60;

  /** Frames through a transit: the first is more than the recipient grants the transit at once. */
  private static final int CARRIED_FRAMES = 4;

  @RegisterExtension final RunningFederation direct = new RunningFederation();

  @RegisterExtension
  final RunningFederation behindTransit = RunningFederation.of(FederationFiles::coRecipient);

  private static Frame.Builder notice(String from) {
    return Frame.newBuilder()
        .setNotice(
            Notice.newBuilder()
                .setFrom(from)
                .setTo(FR)
                .setSignedNotice(ByteString.copyFromUtf8("made up")));
  }

  private static void exchanged(RunningFederation federation, String headline) {
    MessageId there = federation.send(FR, headline, Lane.LANE_FLASH, DEADLINE, SG);
    federation.awaitEvidence(FR, there, EvidenceKind.EVIDENCE_KIND_DELIVERY, SG);
    MessageId back = federation.send(SG, headline, Lane.LANE_ROUTINE, DEADLINE, FR);
    federation.awaitEvidence(SG, back, EvidenceKind.EVIDENCE_KIND_DELIVERY, FR);
  }

  @Test
  void noticesInAFlood_andInTheNamesOfOthers_areRefused_andMailGoesOn() throws Exception {
    direct.start(HUB, SG, FR);
    exchanged(direct, "before");
    try (HostileStream hostile = new HostileStream(direct)) {
      hostile.greet();
      for (int i = 0; i < NOTICES; i++) {
        hostile.say(notice(i % 2 == 0 ? DE : SG));
        if (i % (NOTICES / 4) == 0) {
          exchanged(direct, "during " + i);
        }
      }
      exchanged(direct, "after");
      assertFalse(hostile.isEnded(), "the stream may carry other traffic");
    }
    String metrics = direct.scrape(FR, "metrics");
    assertTrue(refused(metrics, "OVERLOADED") > 0, metrics);
    assertTrue(refused(metrics, "IDENTITY_MISMATCH") > 0, metrics);
  }

  /** Each delivery announces another session to the gateway, which cannot know that it is none. */
  private static Frame.Builder announcements(int from) {
    Deliveries.Builder all = Deliveries.newBuilder();
    for (int i = 0; i < A_FRAME; i++) {
      all.addDeliveries(
          Delivery.newBuilder()
              .setHopEpoch(1)
              .setHopSequence(from + i)
              // One message, as a header says it in its fifth and sixth byte.
              .setHeader(ByteString.copyFromUtf8("made\0\1 up " + (from + i)))
              .addStanzas(
                  Stanza.newBuilder()
                      .setRecipient(FR)
                      .setAnnouncement(ByteString.copyFromUtf8("made up"))));
    }
    return Frame.newBuilder().setDeliveries(all);
  }

  @Test
  void announcementsInAFlood_waitForTheRateOfTheirAgency_andMailGoesOn() throws Exception {
    direct.start(HUB, SG, FR);
    exchanged(direct, "before");
    try (HostileStream hostile = new HostileStream(direct)) {
      hostile.greet(Lane.LANE_ROUTINE_VALUE);
      for (int frame = 0; frame < FRAMES; frame++) {
        hostile.say(announcements(1 + frame * A_FRAME));
        hostile.awaitAnswers((frame - 4) * A_FRAME);
      }
      exchanged(direct, "during");
      hostile.awaitAnswers(FRAMES * A_FRAME);
      exchanged(direct, "after");
      assertFalse(hostile.isEnded(), "what waits is not lost");
    }
    String metrics = direct.scrape(FR, "metrics");
    assertTrue(limited(metrics, DE, "verifications") > 0, metrics);
    for (String what : new String[] {"verifications", "commits", "deliveries", "notices"}) {
      assertEquals(0, limited(metrics, HUB, what), what);
    }
  }

  /** Sealed junk to {@code sg.police}: each envelope says that it holds the most messages. */
  private Frame.Builder junk(int from) {
    Deliveries.Builder all = Deliveries.newBuilder();
    byte[] content = {1};
    for (int i = 0; i < A_FRAME; i++) {
      EnvelopeFacts facts =
          new EnvelopeFacts(
              new AgencyName(RunningFederation.JP),
              new NodeName("gateway-1"),
              EnvelopeId.fresh(behindTransit.clock.millis(), new SecureRandom()),
              org.entente.gateway.model.Lane.ROUTINE,
              false,
              behindTransit.clock.millis(),
              behindTransit.clock.instant().plus(DEADLINE).toEpochMilli());
      all.addDeliveries(
          Delivery.newBuilder()
              .setHopEpoch(1)
              .setHopSequence(from + i)
              .setHeader(
                  ByteString.copyFrom(
                      EnvelopeHeader.over(facts, EnvelopeHeader.MAX_COUNT, content, content)
                          .encoded()))
              .setSignature(ByteString.copyFrom(new byte[64]))
              .setLabels(ByteString.copyFrom(content))
              .setBodies(ByteString.copyFrom(content))
              .addStanzas(
                  Stanza.newBuilder()
                      .setRecipient(SG)
                      .setStanza(ByteString.copyFromUtf8("made up")))
              .addPath(RunningFederation.JP));
    }
    return Frame.newBuilder().setDeliveries(all);
  }

  /** Threat 93, behind a transit: without shares, all that the transit carries waits. */
  @Test
  void floodThroughATransit_usesUpItsOwnShareAlone_andMailOfOthersThroughItGoesOn()
      throws Exception {
    behindTransit.start(HUB, SG, FR);
    exchanged(behindTransit, "before");
    try (HostileStream hostile = new HostileStream(behindTransit, RunningFederation.JP, HUB)) {
      hostile.greet(Lane.LANE_ROUTINE_VALUE);
      for (int frame = 0; frame < CARRIED_FRAMES; frame++) {
        hostile.say(junk(1 + frame * A_FRAME));
      }
      hostile.awaitAnswers(CARRIED_FRAMES * A_FRAME);
      MessageId behind = behindTransit.send(FR, "behind", Lane.LANE_ROUTINE, DEADLINE, SG);
      behindTransit.awaitEvidence(FR, behind, EvidenceKind.EVIDENCE_KIND_DELIVERY, SG);
      exchanged(behindTransit, "after");
      assertFalse(hostile.isEnded());
    }
    String metrics = behindTransit.scrape(SG, "metrics");
    assertTrue(limited(metrics, HUB, "messages") > 0, metrics);
    // Time stands still, so the account has no more than what comes at once.
    assertTrue(account(metrics, "used", HUB, "messages") < 120_000, metrics);
  }

  private static int limited(String metrics, String agency, String what) {
    return account(metrics, "limited", agency, what);
  }

  private static int account(String metrics, String counter, String agency, String what) {
    String name =
        "entente_account_%s_total{side=\"peer\",name=\"%s\",what=\"%s\",} "
            .formatted(counter, agency, what);
    return sum(metrics, name);
  }

  private static int refused(String metrics, String code) {
    String name = "entente_refused_total{side=\"peer\",code=\"" + code + "\",} ";
    return sum(metrics, name);
  }

  private static int sum(String metrics, String name) {
    return metrics
        .lines()
        .filter(line -> line.startsWith(name))
        .mapToInt(line -> (int) Double.parseDouble(line.substring(name.length())))
        .sum();
  }
}
