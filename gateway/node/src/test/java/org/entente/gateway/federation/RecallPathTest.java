package org.entente.gateway.federation;

import static org.entente.gateway.federation.RunningFederation.DE;
import static org.entente.gateway.federation.RunningFederation.FR;
import static org.entente.gateway.federation.RunningFederation.HUB;
import static org.entente.gateway.federation.RunningFederation.SG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Timestamps;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.entente.gateway.model.MessageId;
import org.entente.proto.v1.EvidenceGrpc;
import org.entente.proto.v1.EvidenceKind;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.Progress;
import org.entente.proto.v1.RecallRequest;
import org.entente.proto.v1.RecallResponse;
import org.entente.proto.v1.RecipientProgress;
import org.entente.proto.v1.RetentionGrpc;
import org.entente.proto.v1.TrackRequest;
import org.entente.proto.v1.TrackResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Over real gateways: what the originator is shown of a recall, one recipient being away for days.
 */
class RecallPathTest {
  private static final Duration LONG = Duration.ofDays(4);
  private static final OnBehalfOf PERSON = OnBehalfOf.newBuilder().setOfficer("FR-3").build();

  @RegisterExtension final RunningFederation federation = new RunningFederation();

  private RecallResponse recall(MessageId message, OnBehalfOf person) {
    return RetentionGrpc.newBlockingStub(federation.channel(FR))
        .withDeadlineAfter(90, TimeUnit.SECONDS)
        .recall(
            RecallRequest.newBuilder()
                .setMessageId(ByteString.copyFrom(message.bytes()))
                .setReason("the goods were genuine")
                .setOnBehalfOf(person)
                .build());
  }

  private TrackResponse track(MessageId message) {
    return EvidenceGrpc.newBlockingStub(federation.channel(FR))
        .withDeadlineAfter(90, TimeUnit.SECONDS)
        .track(
            TrackRequest.newBuilder().setMessageId(ByteString.copyFrom(message.bytes())).build());
  }

  private RecipientProgress at(MessageId message, String recipient) {
    return track(message).getRecipientsList().stream()
        .filter(one -> one.getAgency().equals(recipient))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void recall_isShown_executedAtOne_andNotTakenByAnother_untilThatReturns() {
    federation.start(FR, DE, HUB);
    MessageId message = federation.send(FR, "a container", LONG, DE, SG);
    federation.receive(DE, 1);
    federation.awaitEvidence(FR, message, EvidenceKind.EVIDENCE_KIND_RETRIEVAL, DE);
    assertFalse(track(message).hasTakenBack());
    assertEquals(Progress.PROGRESS_UNSPECIFIED, at(message, DE).getRecall());

    Instant recalled = federation.clock.instant();
    ByteString first = recall(message, PERSON).getRecallId();
    federation.awaitEvidence(FR, message, EvidenceKind.EVIDENCE_KIND_ERASURE, DE);
    federation.pass(Duration.ofDays(2), Duration.ofHours(4));

    TrackResponse known = track(message);
    assertEquals(first, known.getTakenBack().getRecallId());
    assertEquals(Timestamps.fromMillis(recalled.toEpochMilli()), known.getTakenBack().getAt());
    assertEquals(Progress.PROGRESS_ERASED, at(message, DE).getProgress());
    Progress away = at(message, SG).getRecall();
    assertTrue(
        away == Progress.PROGRESS_ACCEPTED || away == Progress.PROGRESS_RELAYED, away.toString());

    // A further recall goes where none waits, and is the one that is shown; the time stays that of
    // the first.
    federation.await(
        "it is known that the first is there",
        () -> at(message, DE).getRecall() != Progress.PROGRESS_ACCEPTED);
    RecallResponse second = recall(message, PERSON);
    assertEquals(List.of(DE), second.getRecipientsList());
    federation.stop(FR);
    federation.start(FR);
    assertEquals(second.getRecallId(), track(message).getTakenBack().getRecallId());
    assertEquals(known.getTakenBack().getAt(), track(message).getTakenBack().getAt());

    federation.start(SG);
    federation.awaitEvidence(FR, message, EvidenceKind.EVIDENCE_KIND_ERASURE, SG);
    federation.await(
        "the recall is taken there",
        () -> at(message, SG).getRecall() == Progress.PROGRESS_DELIVERED);
  }

  @Test
  void recallOfWhatWasNotSent_leavesNothing_andNobodyIsTold() {
    federation.start(FR, DE);
    MessageId theirs = federation.send(DE, "theirs", LONG, FR);
    federation.receive(FR, 1);
    StatusRuntimeException refused =
        assertThrows(StatusRuntimeException.class, () -> recall(theirs, PERSON));
    assertEquals(Status.Code.NOT_FOUND, refused.getStatus().getCode());
    assertThrows(StatusRuntimeException.class, () -> track(theirs));
  }

  @Test
  void recall_whereTheAgreementAsksForAPerson_isRefusedWithoutAJustification() throws IOException {
    Path agreement = federation.folder().resolve("agreements").resolve("warnings.yaml");
    Files.writeString(
        agreement,
        Files.readString(agreement)
            .replace("  four_eyes: false\n", "  four_eyes: false\n  person_required: true\n"));
    federation.start(FR, DE);
    MessageId message =
        federation.send(
            FR,
            "a container",
            LONG,
            draft -> {
              draft.getToBuilder().addAgencies(DE);
              draft.getOnBehalfOfBuilder().setOfficer("FR-3").setJustification("case 4/26");
            });

    StatusRuntimeException refused =
        assertThrows(StatusRuntimeException.class, () -> recall(message, PERSON));
    assertEquals(Status.Code.PERMISSION_DENIED, refused.getStatus().getCode());
    assertTrue(String.valueOf(refused.getStatus().getDescription()).contains("warnings"));
    assertFalse(track(message).hasTakenBack());

    recall(message, PERSON.toBuilder().setJustification("laboratory report 7/26").build());
    federation.awaitEvidence(FR, message, EvidenceKind.EVIDENCE_KIND_ERASURE, DE);
    assertTrue(track(message).hasTakenBack());
  }
}
