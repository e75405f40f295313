package org.entente.gateway.federation;

import static org.entente.gateway.federation.RunningFederation.DE;
import static org.entente.gateway.federation.RunningFederation.FR;
import static org.entente.gateway.federation.RunningFederation.HUB;
import static org.entente.gateway.federation.RunningFederation.SG;
import static org.entente.gateway.federation.RunningFederation.headlines;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Timestamps;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.store.RocksOptions;
import org.entente.gateway.store.RocksStore;
import org.entente.gateway.testkit.QuietLedger;
import org.entente.proto.v1.Delivery;
import org.entente.proto.v1.EvidenceGrpc;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.OpenRequest;
import org.entente.proto.v1.Progress;
import org.entente.proto.v1.RecallRequest;
import org.entente.proto.v1.RecallResponse;
import org.entente.proto.v1.RetentionGrpc;
import org.entente.proto.v1.SearchGrpc;
import org.entente.proto.v1.TrackRequest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A message is recalled while a recipient is away for days: on its return nobody there is given it
 * any more, its gateway says under its own signature what it did, and the originator reads it
 * beside what the others said at once.
 */
@Tag("extended")
@Tag("absence")
class RecallAbsenceTest {
  private static final Duration STEP = Duration.ofHours(6);
  private static final Duration LONG = Duration.ofDays(50);
  private static final Duration WEEK = Duration.ofDays(7);
  private static final Duration WEEKEND = Duration.ofDays(3);
  private static final OnBehalfOf OFFICER =
      OnBehalfOf.newBuilder().setOfficer("FR-118").setJustification("case 12/26").build();

  @RegisterExtension
  final RunningFederation federation = RunningFederation.keeping(Duration.ofDays(20));

  private void recall(MessageId message, String... from) {
    RecallResponse recall =
        RetentionGrpc.newBlockingStub(federation.channel(FR))
            .recall(
                RecallRequest.newBuilder()
                    .setMessageId(ByteString.copyFrom(message.bytes()))
                    .setReason("the goods were genuine")
                    .setOnBehalfOf(OFFICER)
                    .build());
    assertEquals(List.of(from), recall.getRecipientsList());
  }

  /** The table that the originator is shown. */
  private Map<String, Progress> table(MessageId message) {
    Map<String, Progress> table = new TreeMap<>();
    EvidenceGrpc.newBlockingStub(federation.channel(FR))
        .track(TrackRequest.newBuilder().setMessageId(bytes(message)).build())
        .getRecipientsList()
        .forEach(one -> table.put(one.getAgency(), one.getProgress()));
    return table;
  }

  private static ByteString bytes(MessageId message) {
    return ByteString.copyFrom(message.bytes());
  }

  private String openingFails(String agency, MessageId message) {
    StatusRuntimeException refused =
        assertThrows(
            StatusRuntimeException.class,
            () ->
                SearchGrpc.newBlockingStub(federation.channel(agency))
                    .open(
                        OpenRequest.newBuilder()
                            .setMessageId(bytes(message))
                            .setOnBehalfOf(OFFICER)
                            .build()));
    return refused.getStatus().getCode().name();
  }

  /** What a subscriber reads that comes back, and one that begins anew: recalls, and no content. */
  private void assertGivenOnly(String agency, Set<MessageId> recalls, MessageId after) {
    List<Delivery> given = federation.receive(agency, recalls.size() + 1);
    assertEquals(
        recalls.stream().map(RecallAbsenceTest::bytes).collect(Collectors.toSet()),
        given.stream()
            .filter(it -> it.getBody().hasRecall())
            .map(it -> it.getBody().getRecall().getMessageId())
            .collect(Collectors.toSet()));
    assertEquals(
        List.of(bytes(after)),
        given.stream()
            .filter(it -> !it.getBody().hasRecall())
            .map(it -> it.getLabel().getMessageId())
            .toList());
  }

  @Test
  void messageSentToWhoIsAway_andRecalledMeanwhile_isNeverGivenToAnybody() {
    federation.start(FR, HUB, DE, SG);
    MessageId before = federation.send(FR, "before", LONG, DE, SG);
    assertEquals(List.of("before"), headlines(federation.receive(DE, 1)));
    assertEquals(List.of("before"), headlines(federation.receive(SG, 1)));
    federation.awaitEvidence(FR, before, EvidenceKind.EVIDENCE_KIND_RETRIEVAL, DE);
    federation.awaitEvidence(FR, before, EvidenceKind.EVIDENCE_KIND_RETRIEVAL, SG);
    federation.stop(DE);
    federation.stop(SG);

    MessageId message = federation.send(FR, "taken back", LONG, DE, SG);
    federation.pass(WEEKEND, STEP);
    recall(message, DE, SG);
    federation.pass(WEEK, STEP);
    // Who asks meanwhile reads that nobody has said anything yet.
    federation.awaitEvidence(FR, message, EvidenceKind.EVIDENCE_KIND_RELAY_ACCEPTANCE, HUB);
    assertEquals(
        Map.of(DE, Progress.PROGRESS_ACCEPTED, SG, Progress.PROGRESS_RELAYED), table(message));

    federation.start(DE, SG);
    MessageId after = federation.send(FR, "after", LONG, DE, SG);
    for (String recipient : List.of(DE, SG)) {
      Progress ended = answered(message, recipient);
      assertGivenOnly(recipient, Set.of(message), after);
      assertEquals("NOT_FOUND", openingFails(recipient, message));
      assertEquals(ended, table(message).get(recipient));
      assertFalse(
          federation.kinds(FR, message, recipient).contains(EvidenceKind.EVIDENCE_KIND_RETRIEVAL));
    }
  }

  private EvidenceItem assertWithdrawn(MessageId message, String recipient) {
    EvidenceItem withdrawn =
        federation.awaitEvidence(FR, message, EvidenceKind.EVIDENCE_KIND_NON_DELIVERY, recipient);
    assertEquals("RECALLED", withdrawn.getCode(), withdrawn::toString);
    assertFalse(withdrawn.getTimeOut());
    return withdrawn;
  }

  /** It was to be opened soon, too: nobody is called at night for what was taken back. */
  @Test
  void messageThatNeverLeft_isWithdrawn_andTheNumbersBehindItArriveWithoutAGap() {
    federation.start(FR, DE);
    MessageId before = federation.send(FR, "before", LONG, DE);
    assertEquals(List.of("before"), headlines(federation.receive(DE, 1)));
    federation.awaitEvidence(FR, before, EvidenceKind.EVIDENCE_KIND_RETRIEVAL, DE);
    federation.stop(DE);
    MessageId message =
        federation.send(
            FR,
            "taken back",
            LONG,
            draft -> {
              draft.getToBuilder().addAgencies(DE);
              draft.setOpenWithinMinutes(10);
            });
    MessageId after = federation.send(FR, "after", LONG, DE);
    recall(message, DE);
    federation.stop(FR);
    federation.start(FR);
    federation.pass(WEEKEND, STEP);
    assertEquals(List.of(), federation.unopened(FR));

    federation.start(DE);
    assertEquals(FR, assertWithdrawn(message, DE).getAgency(), "the origin's own word");
    assertGivenOnly(DE, Set.of(message), after);
    EvidenceItem answer =
        federation.awaitEvidence(FR, message, EvidenceKind.EVIDENCE_KIND_ERASURE, DE);
    assertEquals("NOT_FOUND", answer.getCode(), answer::toString);
    assertEquals("", answer.getRetrievedBy());
    // Its gateway never had it to refuse it, and lacks no number.
    assertEquals(
        Set.of(EvidenceKind.EVIDENCE_KIND_NON_DELIVERY, EvidenceKind.EVIDENCE_KIND_ERASURE),
        federation.kinds(FR, message, DE));
    assertEquals(
        1,
        federation.track(FR, message).stream()
            .filter(it -> it.getKind() == EvidenceKind.EVIDENCE_KIND_NON_DELIVERY)
            .count());
    assertFalse(federation.scrape(DE, "metrics").contains("RECALLED"));
    federation.await("nothing is owed to it any more", () -> nothingIsOwed(FR, DE));
  }

  private boolean nothingIsOwed(String from, String to) {
    federation.stop(from);
    try (RocksStore store =
        RocksStore.open(
            federation.folder().resolve(from).resolve("data"), RocksOptions.defaults())) {
      return QuietLedger.over(store, federation.clock).outbox().isEmpty(new AgencyName(to));
    } finally {
      federation.start(from);
    }
  }

  /**
   * How it ended. The recall goes by another lane, and mostly overtakes its target, which is then
   * withdrawn, or refused there; where it does not, the target is erased.
   */
  private Progress answered(MessageId message, String recipient) {
    EvidenceItem answer =
        federation.awaitEvidence(FR, message, EvidenceKind.EVIDENCE_KIND_ERASURE, recipient);
    assertEquals(recipient, answer.getAgency());
    assertEquals("", answer.getRetrievedBy());
    if (answer.getCode().isEmpty()) {
      return Progress.PROGRESS_ERASED;
    }
    assertEquals("NOT_FOUND", answer.getCode(), answer::toString);
    assertWithdrawn(message, recipient);
    return Progress.PROGRESS_NOT_DELIVERED;
  }

  @Test
  void messageReceivedBeforeGoingAway_isErasedOnReturn_andSaidWhoHadReadItBefore() {
    federation.start(FR, HUB, DE, SG);
    MessageId read = federation.send(FR, "read", LONG, DE, SG);
    assertEquals(List.of("read"), headlines(federation.receive(DE, 1)));
    assertEquals(List.of("read"), headlines(federation.receive(SG, 1)));
    federation.awaitEvidence(FR, read, EvidenceKind.EVIDENCE_KIND_RETRIEVAL, DE);
    federation.awaitEvidence(FR, read, EvidenceKind.EVIDENCE_KIND_RETRIEVAL, SG);
    MessageId unread = federation.send(FR, "unread", LONG, DE, SG);
    federation.awaitEvidence(FR, unread, EvidenceKind.EVIDENCE_KIND_DELIVERY, DE);
    federation.awaitEvidence(FR, unread, EvidenceKind.EVIDENCE_KIND_DELIVERY, SG);
    federation.stop(DE);

    recall(read, DE, SG);
    recall(unread, DE, SG);
    for (MessageId message : List.of(read, unread)) {
      federation.awaitEvidence(FR, message, EvidenceKind.EVIDENCE_KIND_ERASURE, SG);
    }
    Instant left = federation.clock.instant();
    federation.pass(WEEK, STEP);
    // Those that were there have answered; who is away stands where it stood.
    assertEquals(
        Map.of(DE, Progress.PROGRESS_RETRIEVED, SG, Progress.PROGRESS_ERASED), table(read));
    assertEquals(
        Map.of(DE, Progress.PROGRESS_DELIVERED, SG, Progress.PROGRESS_ERASED), table(unread));

    federation.start(DE);
    EvidenceItem had = federation.awaitEvidence(FR, read, EvidenceKind.EVIDENCE_KIND_ERASURE, DE);
    EvidenceItem unopened =
        federation.awaitEvidence(FR, unread, EvidenceKind.EVIDENCE_KIND_ERASURE, DE);
    assertEquals("", had.getCode(), had::toString);
    assertEquals("desk", had.getRetrievedBy());
    assertTrue(at(had).isAfter(left), "when it was erased, not when it was recalled");
    assertTrue(
        Instant.ofEpochMilli(Timestamps.toMillis(had.getRetrievedAt())).isBefore(at(had)),
        had::toString);
    assertEquals("", unopened.getCode(), unopened::toString);
    assertEquals("", unopened.getRetrievedBy());
    Map<String, Progress> erased =
        Map.of(DE, Progress.PROGRESS_ERASED, SG, Progress.PROGRESS_ERASED);
    assertEquals(erased, table(read));
    assertEquals(erased, table(unread));

    MessageId after = federation.send(FR, "after", LONG, DE);
    assertGivenOnly(DE, Set.of(read, unread), after);
    assertEquals("NOT_FOUND", openingFails(DE, read));
    assertEquals("NOT_FOUND", openingFails(DE, unread));
    // Nor does a subscriber that begins from the oldest get them.
    assertEquals(
        List.of("after"),
        headlines(
            federation.replay(DE, 3).stream().filter(it -> it.getBody().hasAlert()).toList()));
  }

  private static Instant at(EvidenceItem item) {
    return Instant.ofEpochMilli(Timestamps.toMillis(item.getAt()));
  }

  /** Both wait in the origin's ledger and in the transit's custody, which lose their power. */
  @Test
  void recallThatWaits_survivesRestartsOfOriginAndTransit_andIsAnsweredOnce() {
    federation.start(FR, HUB, SG);
    MessageId unread = federation.send(FR, "unread", LONG, SG);
    federation.awaitEvidence(FR, unread, EvidenceKind.EVIDENCE_KIND_DELIVERY, SG);
    federation.stop(SG);
    federation.stop(HUB);
    recall(unread, SG);
    federation.stop(FR);
    federation.start(FR, HUB);
    federation.pass(WEEKEND, STEP);
    federation.stop(HUB);
    federation.stop(FR);
    federation.start(FR, HUB);
    federation.pass(WEEK, STEP);
    federation.start(SG);
    federation.awaitEvidence(FR, unread, EvidenceKind.EVIDENCE_KIND_ERASURE, SG);
    assertEquals(Map.of(SG, Progress.PROGRESS_ERASED), table(unread));
    MessageId after = federation.send(FR, "after", LONG, SG);
    assertGivenOnly(SG, Set.of(unread), after);
    federation.awaitEvidence(FR, after, EvidenceKind.EVIDENCE_KIND_RETRIEVAL, SG);
    assertEquals(
        1,
        federation.track(FR, unread).stream()
            .filter(item -> item.getKind() == EvidenceKind.EVIDENCE_KIND_ERASURE)
            .count());
  }
}
