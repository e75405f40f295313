package org.entente.gateway.federation;

import static org.entente.gateway.federation.RunningFederation.DE;
import static org.entente.gateway.federation.RunningFederation.FR;
import static org.entente.gateway.federation.RunningFederation.HUB;
import static org.entente.gateway.federation.RunningFederation.SG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.entente.gateway.model.MessageId;
import org.entente.proto.v1.EvidenceGrpc;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;
import org.entente.proto.v1.FollowResponse;
import org.entente.proto.v1.Lane;
import org.entente.proto.v1.Precedence;
import org.entente.proto.v1.Progress;
import org.entente.proto.v1.TrackRequest;
import org.entente.proto.v1.TrackResponse;
import org.entente.proto.v1.WatchUnopenedResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A publisher follows its message to whoever opens it, and hears when nobody does. */
class EvidencePathTest {
  private static final Duration STEP = Duration.ofMinutes(5);
  private static final Duration LONG = Duration.ofDays(3);
  private static final Duration SOON = Duration.ofMinutes(10);

  @RegisterExtension final RunningFederation federation = new RunningFederation();

  private static String words(EvidenceItem item) {
    return item.getKind().name().replace("EVIDENCE_KIND_", "")
        + (" by " + item.getAgency())
        + (item.getRetrievedBy().isEmpty() ? "" : " client " + item.getRetrievedBy())
        + (item.getTimeOut() ? " by time-out" : "");
  }

  private List<String> known(MessageId message) {
    return federation.track(FR, message).stream().map(EvidencePathTest::words).toList();
  }

  @Test
  void message_acrossATransit_isFollowedToTheClientThatOpensIt() {
    federation.start(FR, HUB, SG);
    MessageId message = federation.send(FR, "on its way", LONG, SG);
    Iterator<FollowResponse> steps = federation.follow(FR, message);
    List<String> path = new ArrayList<>();
    // The transit's answer and the recipient's come each by its own way.
    while (!path.containsAll(List.of("RELAY_ACCEPTANCE by x.hub", "DELIVERY by sg.police"))) {
      path.add(words(steps.next().getItem()));
    }
    federation.receive(SG, 1);
    FollowResponse step = steps.next();
    while (step.hasItem()) {
      path.add(words(step.getItem()));
      step = steps.next();
    }
    assertEquals("SUBMISSION_ACCEPTANCE by fr.customs", path.get(0));
    assertEquals("RETRIEVAL by sg.police client desk", path.get(path.size() - 1));
    assertEquals(path, known(message), "as track tells it");
    assertEquals(Progress.PROGRESS_RETRIEVED, step.getSettled().getRecipients(0).getProgress());
    assertFalse(steps.hasNext());
  }

  @Test
  void
      message_thatNobodyOpensInTime_isToldOf_alsoWhenItsOriginRestarts_andLateOpeningStandsBeside() {
    federation.start(FR, DE);
    MessageId message = federation.send(FR, "urgent", LONG, SOON, DE);
    MessageId opened = federation.send(FR, "not so", LONG, DE);
    federation.awaitEvidence(FR, message, EvidenceKind.EVIDENCE_KIND_DELIVERY, DE);
    federation.awaitEvidence(FR, opened, EvidenceKind.EVIDENCE_KIND_DELIVERY, DE);
    assertEquals(List.of(), federation.unopened(FR));
    federation.stop(FR);
    federation.start(FR);
    federation.pass(SOON, STEP);
    EvidenceItem item =
        federation.awaitEvidence(FR, message, EvidenceKind.EVIDENCE_KIND_NON_RETRIEVAL, DE);
    assertEquals("UNOPENED", item.getCode());
    assertTrue(item.getTimeOut());
    assertEquals(FR, item.getAgency());
    WatchUnopenedResponse listed = federation.unopened(FR).get(0);
    assertEquals(ByteString.copyFrom(message.bytes()), listed.getMessageId());
    assertEquals(Progress.PROGRESS_DELIVERED, listed.getProgress());
    assertEquals(1.0, unopenedMetric());
    federation.stop(FR);
    federation.start(FR);
    assertEquals(List.of(listed), federation.unopened(FR));
    assertEquals(1.0, unopenedMetric());

    federation.receive(DE, 2);
    federation.awaitEvidence(FR, message, EvidenceKind.EVIDENCE_KIND_RETRIEVAL, DE);
    assertEquals(
        List.of(
            "SUBMISSION_ACCEPTANCE by fr.customs",
            "DELIVERY by de.customs",
            "NON_RETRIEVAL by fr.customs by time-out",
            "RETRIEVAL by de.customs client desk"),
        known(message));
    federation.await("it to be listed no more", () -> federation.unopened(FR).isEmpty());
    assertEquals(0.0, unopenedMetric());
  }

  /** What military and civil protection systems call precedence is given back as it was said. */
  @Test
  void track_saysWithWhichSpeedItWasSent() {
    federation.start(FR, DE);
    MessageId message =
        federation.send(
            FR,
            "override",
            LONG,
            draft -> {
              draft.getToBuilder().addAgencies(DE);
              draft.getLabelBuilder().clearLane().setPrecedence(Precedence.PRECEDENCE_OVERRIDE);
            });
    TrackResponse known =
        EvidenceGrpc.newBlockingStub(federation.channel(FR))
            .track(
                TrackRequest.newBuilder()
                    .setMessageId(ByteString.copyFrom(message.bytes()))
                    .build());
    assertEquals(Lane.LANE_FLASH, known.getLane());
    assertEquals(Precedence.PRECEDENCE_OVERRIDE, known.getPrecedence());
  }

  private double unopenedMetric() {
    String name = "entente_unopened_messages{recipient=\"de.customs\",lane=\"ROUTINE\",}";
    return federation.metric(FR, name);
  }

  @Test
  void message_thatNoRecipientBehindATransitTakes_isGivenUpByTimeOut_andListedBefore() {
    federation.start(FR, HUB, SG);
    MessageId before = federation.send(FR, "before", LONG, SG);
    federation.receive(SG, 1);
    federation.awaitEvidence(FR, before, EvidenceKind.EVIDENCE_KIND_RETRIEVAL, SG);
    federation.stop(SG);
    MessageId message = federation.send(FR, "in vain", Duration.ofHours(2), SOON, SG);
    federation.awaitEvidence(FR, message, EvidenceKind.EVIDENCE_KIND_RELAY_ACCEPTANCE, HUB);
    federation.pass(SOON, STEP);
    federation.awaitEvidence(FR, message, EvidenceKind.EVIDENCE_KIND_NON_RETRIEVAL, SG);
    assertEquals(Progress.PROGRESS_RELAYED, federation.unopened(FR).get(0).getProgress());
    federation.pass(Duration.ofHours(3), STEP);
    // Two tasks state these at the same deadline.
    federation.awaitEvidence(FR, message, EvidenceKind.EVIDENCE_KIND_NON_DELIVERY, SG);
    federation.awaitEvidence(FR, message, EvidenceKind.EVIDENCE_KIND_RELAY_FAILURE, SG);
    // The transit accepted it; that it gave it up may be known by now or not.
    List<String> once = known(message).stream().filter(w -> !w.endsWith("by x.hub")).toList();
    assertEquals(
        List.of("SUBMISSION_ACCEPTANCE by fr.customs", "NON_RETRIEVAL by fr.customs by time-out"),
        once.subList(0, 2));
    assertEquals(
        List.of(
            "NON_DELIVERY by fr.customs by time-out", "RELAY_FAILURE by fr.customs by time-out"),
        once.subList(2, once.size()).stream().sorted().toList());
    assertEquals(Progress.PROGRESS_NOT_DELIVERED, federation.unopened(FR).get(0).getProgress());
    assertEquals(
        Progress.PROGRESS_NOT_DELIVERED, last(federation.follow(FR, message)).getProgress());
  }

  private static org.entente.proto.v1.RecipientProgress last(Iterator<FollowResponse> steps) {
    FollowResponse last = steps.next();
    while (steps.hasNext()) {
      last = steps.next();
    }
    return last.getSettled().getRecipients(0);
  }

  /** The alert names the metric that the exporter has, by the lanes that it has. */
  @Test
  void alertRule_namesTheMetricOfUnopenedMessages() throws IOException {
    federation.start(FR);
    String rules = Files.readString(Path.of("..", "..", "config", "prometheus", "alerts.yaml"));
    assertTrue(rules.contains("entente_unopened_messages{lane=~\"FLASH|IMMEDIATE\"} > 0"));
    for (String lane : List.of("FLASH", "IMMEDIATE", "PRIORITY", "ROUTINE")) {
      String sample = "entente_unopened_messages{recipient=\"sg.police\",lane=\"" + lane + "\",}";
      assertTrue(federation.scrape(FR, "metrics").contains(sample), lane);
    }
  }
}
