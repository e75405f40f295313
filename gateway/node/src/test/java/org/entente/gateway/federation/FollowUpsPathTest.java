package org.entente.gateway.federation;

import static org.entente.gateway.federation.RunningFederation.DE;
import static org.entente.gateway.federation.RunningFederation.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.entente.gateway.model.MessageId;
import org.entente.proto.v1.Delivery;
import org.entente.proto.v1.EvidenceKind;
import org.entente.proto.v1.Filter;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Lane;
import org.entente.proto.v1.MessageType;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.OpenCursor;
import org.entente.proto.v1.RecallRequest;
import org.entente.proto.v1.RetentionGrpc;
import org.entente.proto.v1.Severity;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A system that takes some of what comes, by a filter, hears what its origin says of that later,
 * though the later message would not pass the filter by itself; and of what it did not take it
 * hears no content.
 */
class FollowUpsPathTest {
  private static final Duration LONG = Duration.ofDays(3);

  @RegisterExtension final RunningFederation federation = new RunningFederation(FR, DE);

  private MessageId send(String headline, Severity severity, Lane lane) {
    return send(headline, severity, lane, MessageType.MESSAGE_TYPE_ALERT, ByteString.EMPTY);
  }

  private MessageId changes(MessageId target, String headline, MessageType type) {
    return send(
        headline,
        Severity.SEVERITY_MINOR,
        Lane.LANE_PRIORITY,
        type,
        ByteString.copyFrom(target.bytes()));
  }

  private MessageId send(
      String headline, Severity severity, Lane lane, MessageType type, ByteString target) {
    federation.clock.move(Duration.ofSeconds(1));
    MessageId id =
        federation.send(
            FR,
            headline,
            LONG,
            draft -> {
              draft
                  .getLabelBuilder()
                  .setSeverity(severity)
                  .setLane(lane)
                  .setMessageType(type)
                  .setReferences(target);
              draft.getToBuilder().addAgencies(DE);
            });
    federation.awaitEvidence(FR, id, EvidenceKind.EVIDENCE_KIND_DELIVERY, DE);
    return id;
  }

  private void recall(MessageId message) {
    RetentionGrpc.newBlockingStub(federation.channel(FR))
        .recall(
            RecallRequest.newBuilder()
                .setMessageId(ByteString.copyFrom(message.bytes()))
                .setReason("the goods were genuine")
                .setOnBehalfOf(OnBehalfOf.newBuilder().setOfficer("FR-3"))
                .build());
    federation.awaitEvidence(FR, message, EvidenceKind.EVIDENCE_KIND_ERASURE, DE);
  }

  private List<Delivery> receive(String cursor, Filter.Builder filter, int count) {
    return federation.receive(
        federation.channel(DE),
        DE,
        count,
        OpenCursor.newBuilder().setCursor(cursor).setFromPosition(1).setFilter(filter).build());
  }

  private static String words(Delivery delivery) {
    return delivery.getBody().hasRecall()
        ? "recall of " + MessageId.of(delivery.getBody().getRecall().getMessageId().toByteArray())
        : delivery.getBody().getAlert().getTexts(0).getHeadline();
  }

  private static Set<String> words(List<Delivery> deliveries) {
    return deliveries.stream()
        .map(FollowUpsPathTest::words)
        .collect(TreeSet::new, TreeSet::add, TreeSet::addAll);
  }

  @Test
  void filteredSubscriber_hearsWhatIsSaidLaterOfWhatItWasGiven_inWhicheverLaneAndSeverity() {
    MessageId taken = send("taken", Severity.SEVERITY_EXTREME, Lane.LANE_ROUTINE);
    MessageId left = send("left", Severity.SEVERITY_MINOR, Lane.LANE_ROUTINE);
    MessageId update = changes(taken, "its update", MessageType.MESSAGE_TYPE_UPDATE);
    changes(update, "what rectifies that", MessageType.MESSAGE_TYPE_RECTIFICATION);
    changes(left, "of the other", MessageType.MESSAGE_TYPE_CANCEL);
    send("last", Severity.SEVERITY_EXTREME, Lane.LANE_ROUTINE);
    Set<String> expected =
        new TreeSet<>(List.of("taken", "its update", "what rectifies that", "last"));
    assertEquals(expected, words(receive("severe", severe(), expected.size())));
    assertEquals(expected, words(receive("routine", severe().addLanes(Lane.LANE_ROUTINE), 4)));
    assertEquals(
        new TreeSet<>(List.of("its update", "what rectifies that", "of the other")),
        words(receive("priority", Filter.newBuilder().addLanes(Lane.LANE_PRIORITY), 3)));

    recall(taken);
    String recalled = "recall of " + taken;
    assertEquals(new TreeSet<>(List.of(recalled)), words(receiveMore("severe", severe())));
    assertEquals(
        new TreeSet<>(List.of(recalled)),
        words(receiveMore("routine", severe().addLanes(Lane.LANE_ROUTINE))));
    assertEquals(
        new TreeSet<>(List.of(recalled)),
        words(receiveMore("priority", Filter.newBuilder().addLanes(Lane.LANE_PRIORITY))));
  }

  private static Filter.Builder severe() {
    return Filter.newBuilder()
        .addKinds(Kind.KIND_ALERT)
        .setMinimumSeverity(Severity.SEVERITY_SEVERE);
  }

  private List<Delivery> receiveMore(String cursor, Filter.Builder filter) {
    return federation.receive(
        federation.channel(DE),
        DE,
        1,
        OpenCursor.newBuilder().setCursor(cursor).setFilter(filter).build());
  }
}
