package org.entente.gateway.federation;

import static org.entente.gateway.federation.RunningFederation.DE;
import static org.entente.gateway.federation.RunningFederation.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.seal.keys.Keystore;
import org.entente.proto.store.v1.AuditRecord;
import org.entente.proto.store.v1.AuditType;
import org.entente.proto.v1.AddWatchRequest;
import org.entente.proto.v1.AuditGrpc;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;
import org.entente.proto.v1.ExportRequest;
import org.entente.proto.v1.ExportResponse;
import org.entente.proto.v1.ExportedLeaf;
import org.entente.proto.v1.ListHitsRequest;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.OpenRequest;
import org.entente.proto.v1.OpenResponse;
import org.entente.proto.v1.RecallRequest;
import org.entente.proto.v1.RelatedRequest;
import org.entente.proto.v1.RetentionGrpc;
import org.entente.proto.v1.RiskGrpc;
import org.entente.proto.v1.ScoreMessageRequest;
import org.entente.proto.v1.SearchGrpc;
import org.entente.proto.v1.SearchRequest;
import org.entente.proto.v1.Subject;
import org.entente.proto.v1.WatchGrpc;
import org.entente.proto.v1.WatchTerms;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Over real gateways whose clock is moved: what was to be delivered within a day, and is kept for
 * five. Beyond the day no subscriber is given it; a person finds it until the five are over.
 */
class RetentionPathTest {
  private static final Duration SHORT = Duration.ofDays(1);
  private static final Duration LONG = Duration.ofDays(50);
  private static final Duration STEP = Duration.ofHours(6);
  private static final String CONTAINER = "CSQU3054383";
  private static final OnBehalfOf PERSON =
      OnBehalfOf.newBuilder().setOfficer("DE-7").setJustification("case 12/26").build();

  @RegisterExtension final RunningFederation federation = new RunningFederation();

  @BeforeEach
  void mint() throws IOException {
    federation.seat(DE, "narcotics");
    federation.start(FR, DE);
  }

  private static ByteString bytes(MessageId id) {
    return ByteString.copyFrom(id.bytes());
  }

  /** Sends a warning about the container. */
  private MessageId send(String headline, Duration deadline) {
    return federation.send(
        FR,
        headline,
        deadline,
        draft -> {
          draft.getToBuilder().addAgencies(DE);
          draft
              .getBodyBuilder()
              .getAlertBuilder()
              .addSubjects(Subject.newBuilder().setContainer(CONTAINER));
        });
  }

  private SearchGrpc.SearchBlockingStub search() {
    return SearchGrpc.newBlockingStub(federation.channel(DE))
        .withDeadlineAfter(90, TimeUnit.SECONDS);
  }

  private List<ByteString> found() {
    return search()
        .search(
            SearchRequest.newBuilder()
                .setSubject("container:" + CONTAINER)
                .setOnBehalfOf(PERSON)
                .build())
        .getMessagesList()
        .stream()
        .map(found -> found.getMessageId())
        .toList();
  }

  private OpenResponse open(MessageId id) {
    return search()
        .open(OpenRequest.newBuilder().setMessageId(bytes(id)).setOnBehalfOf(PERSON).build());
  }

  private void assertNotOpened(MessageId id) {
    StatusRuntimeException refused = assertThrows(StatusRuntimeException.class, () -> open(id));
    assertEquals(Status.Code.NOT_FOUND, refused.getStatus().getCode());
  }

  private List<ByteString> related(MessageId id) {
    return search()
        .related(RelatedRequest.newBuilder().setMessageId(bytes(id)).setOnBehalfOf(PERSON).build())
        .getRelatedList()
        .stream()
        .map(it -> it.getMessage().getMessageId())
        .toList();
  }

  private <T> T watching(Function<WatchGrpc.WatchBlockingStub, T> call) {
    ManagedChannel channel = federation.open(DE, "narcotics");
    try {
      return call.apply(WatchGrpc.newBlockingStub(channel).withDeadlineAfter(90, TimeUnit.SECONDS));
    } finally {
      channel.shutdownNow();
    }
  }

  private List<ByteString> hits() {
    return watching(
            calls -> calls.listHits(ListHitsRequest.newBuilder().setOnBehalfOf(PERSON).build()))
        .getHitsList()
        .stream()
        .map(hit -> hit.getMessage().getMessageId())
        .toList();
  }

  private void score(MessageId id) {
    var unused =
        RiskGrpc.newBlockingStub(federation.channel(DE))
            .withDeadlineAfter(90, TimeUnit.SECONDS)
            .scoreMessage(
                ScoreMessageRequest.newBuilder()
                    .setMessageId(bytes(id))
                    .setPerMille(900)
                    .setModel("ports")
                    .setModelVersion("3.1")
                    .setAutomated(true)
                    .build());
  }

  /** What an agency itself has said of a message. */
  private List<EvidenceKind> said(String agency, MessageId id) {
    return federation.track(FR, id).stream()
        .filter(item -> item.getAgency().equals(agency))
        .map(EvidenceItem::getKind)
        .toList();
  }

  @Test
  void pastItsDeliveryTime_noSubscriberIsGivenIt_andAPersonFindsIt_untilItsRetentionEnds() {
    watching(
        calls ->
            calls.addWatch(
                AddWatchRequest.newBuilder()
                    .setTerms(WatchTerms.newBuilder().addSubjects("container:" + CONTAINER))
                    .setOnBehalfOf(PERSON)
                    .build()));
    MessageId read = send("read", SHORT);
    assertEquals(List.of("read"), RunningFederation.headlines(federation.receive(DE, 1)));
    MessageId unread = send("unread", SHORT);
    federation.awaitEvidence(FR, unread, EvidenceKind.EVIDENCE_KIND_DELIVERY, DE);
    federation.pass(SHORT.plusDays(1), STEP);
    federation.awaitEvidence(FR, unread, EvidenceKind.EVIDENCE_KIND_NON_RETRIEVAL, FR);

    MessageId recent = send("recent", LONG);
    assertEquals(List.of("recent"), RunningFederation.headlines(federation.replay(DE, 1)));
    assertEquals(List.of(bytes(recent), bytes(unread), bytes(read)), found());
    assertEquals(List.of(bytes(recent), bytes(unread)), related(read));
    federation.await("the watch's hits", () -> hits().size() == 3);
    score(unread);

    // The origin said that nobody opened it in time; it hears all the same who opened it.
    assertEquals("unread", open(unread).getBody().getAlert().getTexts(0).getHeadline());
    federation.awaitEvidence(FR, unread, EvidenceKind.EVIDENCE_KIND_RETRIEVAL, DE);

    federation.stop(DE);
    federation.start(DE);
    federation.await("the index", () -> found().size() == 3);
    federation.pass(FederationFiles.RETENTION.plusDays(2), STEP);
    federation.await("the end of all retentions", () -> found().isEmpty());
    assertNotOpened(read);
    assertNotOpened(unread);
    assertEquals(List.of(), hits());
    StatusRuntimeException unscored =
        assertThrows(StatusRuntimeException.class, () -> score(unread));
    assertEquals(Status.Code.NOT_FOUND, unscored.getStatus().getCode());
    assertTrue(
        said(DE, unread).stream().noneMatch(EvidenceKind.EVIDENCE_KIND_NON_RETRIEVAL::equals),
        "somebody did open it");
  }

  /** As after a crash, or a restore, between the end of a storage key and its leaf. */
  @Test
  void storageKey_thatWasDestroyedWithoutItsLeaf_hasItAfterTheNextStart() throws IOException {
    MessageId kept = send("kept", SHORT);
    federation.awaitEvidence(FR, kept, EvidenceKind.EVIDENCE_KIND_DELIVERY, DE);
    LocalDate lastDay =
        LocalDate.ofInstant(
            federation.clock.instant().plus(FederationFiles.RETENTION), ZoneOffset.UTC);
    String leaf =
        "the keystore lacks the storage key of messages kept until "
            + lastDay
            + ", which ended: it was destroyed before a stop, or lost";
    Instant end = lastDay.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant();
    Instant last = end.minus(Duration.ofMinutes(30));
    Duration step = Duration.between(federation.clock.instant(), last).dividedBy(20);
    federation.pass(step.multipliedBy(20), step);
    federation.stop(DE);
    Path config = federation.config(DE);
    Files.writeString(
        config, Files.readString(config).replace("score, recall", "score, recall, audit"));
    federation.clock.move(Duration.ofMinutes(45));
    try (Keystore keystore =
        Keystore.open(federation.files().keystore(DE), federation.clock, new SecureRandom())) {
      var unused = keystore.expire(federation.clock.instant());
    }
    federation.start(DE);
    federation.pass(Duration.ofHours(2), Duration.ofHours(1));
    federation.await("the leaf", () -> erasures().contains(leaf));
    federation.pass(Duration.ofHours(2), Duration.ofHours(1));
    assertEquals(1, erasures().stream().filter(leaf::equals).count(), "once");
  }

  /** The leaves about erasures at the recipient. */
  private List<String> erasures() {
    List<String> out = new ArrayList<>();
    ExportRequest.Builder request = ExportRequest.newBuilder().setOnBehalfOf(PERSON);
    ExportResponse page;
    do {
      page = AuditGrpc.newBlockingStub(federation.channel(DE)).export(request.build());
      page.getLeavesList().stream()
          .map(RetentionPathTest::record)
          .filter(record -> record.getType() == AuditType.AUDIT_TYPE_ERASED)
          .forEach(record -> out.add(record.getDetail()));
      request.setAfter(page.getNext());
    } while (!page.getNext().isEmpty());
    return out;
  }

  private static AuditRecord record(ExportedLeaf leaf) {
    try {
      return AuditRecord.parseFrom(leaf.getRecord());
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  /** Whoever sent it can take it back as long as it is read. */
  @Test
  void takenBackPastItsDeliveryTime_isFoundByNobody() {
    MessageId id = send("taken back", SHORT);
    federation.receive(DE, 1);
    federation.pass(SHORT.plusDays(1), STEP);
    assertEquals(List.of(bytes(id)), found());
    var unused =
        RetentionGrpc.newBlockingStub(federation.channel(FR))
            .withDeadlineAfter(90, TimeUnit.SECONDS)
            .recall(
                RecallRequest.newBuilder()
                    .setMessageId(bytes(id))
                    .setReason("the goods were genuine")
                    .setOnBehalfOf(PERSON)
                    .build());
    federation.awaitEvidence(FR, id, EvidenceKind.EVIDENCE_KIND_ERASURE, DE);
    assertEquals(List.of(), found());
    assertNotOpened(id);
  }
}
