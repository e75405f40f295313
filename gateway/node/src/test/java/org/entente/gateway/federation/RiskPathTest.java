package org.entente.gateway.federation;

import static org.entente.gateway.federation.RunningFederation.DE;
import static org.entente.gateway.federation.RunningFederation.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.entente.gateway.model.MessageId;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.FollowScoresRequest;
import org.entente.proto.v1.FollowScoresResponse;
import org.entente.proto.v1.ListScoresRequest;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.RecallRequest;
import org.entente.proto.v1.RetentionGrpc;
import org.entente.proto.v1.RiskGrpc;
import org.entente.proto.v1.Score;
import org.entente.proto.v1.ScoreMessageRequest;
import org.entente.proto.v1.ScoreTerms;
import org.entente.proto.v1.ScoredMessage;
import org.entente.proto.v1.ShowScoresRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Over real gateways: scores of what was received, until its origin takes it back. */
class RiskPathTest {
  private static final Duration LONG = Duration.ofDays(3);
  private static final OnBehalfOf PERSON =
      OnBehalfOf.newBuilder().setOfficer("DE-7").setJustification("targeting 4/26").build();

  @RegisterExtension final RunningFederation federation = new RunningFederation(FR, DE);

  private RiskGrpc.RiskBlockingStub calls(String agency) {
    return RiskGrpc.newBlockingStub(federation.channel(agency))
        .withDeadlineAfter(90, TimeUnit.SECONDS);
  }

  private static ByteString bytes(MessageId id) {
    return ByteString.copyFrom(id.bytes());
  }

  private Score score(MessageId id, int perMille) {
    return calls(DE)
        .scoreMessage(
            ScoreMessageRequest.newBuilder()
                .setMessageId(bytes(id))
                .setPerMille(perMille)
                .setModel("ports")
                .setModelVersion("3.1")
                .setAutomated(true)
                .build())
        .getScore();
  }

  private List<ScoredMessage> list() {
    return calls(DE)
        .listScores(ListScoresRequest.newBuilder().setOnBehalfOf(PERSON).build())
        .getScoresList();
  }

  private void assertShowsNothing(String agency, MessageId id) {
    StatusRuntimeException refused =
        assertThrows(
            StatusRuntimeException.class,
            () ->
                calls(agency)
                    .showScores(
                        ShowScoresRequest.newBuilder()
                            .setMessageId(bytes(id))
                            .setOnBehalfOf(PERSON)
                            .build()));
    assertEquals(Status.Code.NOT_FOUND, refused.getStatus().getCode());
  }

  @Test
  void scores_reachWhoFollows_stayInTheAgency_andGoWithTheMessageForGood() {
    MessageId id = federation.send(FR, "a container", LONG, DE);
    MessageId other = federation.send(FR, "a lorry", LONG, DE);
    federation.receive(DE, 2);
    List<EvidenceItem> before = federation.track(FR, id);
    score(other, 100);
    Iterator<FollowScoresResponse> following =
        calls(DE)
            .followScores(
                FollowScoresRequest.newBuilder()
                    .setTerms(ScoreTerms.newBuilder().setMinimumPerMille(700))
                    .setAfter(0)
                    .setOnBehalfOf(PERSON)
                    .build());
    assertEquals(0, following.next().getScoresCount(), "where it begins comes first");
    Score high = score(id, 900);
    ScoredMessage first = following.next().getScores(0);
    assertEquals(high, first.getScore());
    assertEquals(FR, first.getMessage().getLabel().getOrigin());

    // The origin is told nothing of it, and knows no more of its message than it did.
    assertShowsNothing(FR, id);
    assertTrue(federation.track(FR, id).containsAll(before));
    assertEquals(2, list().size());

    RetentionGrpc.newBlockingStub(federation.channel(FR))
        .recall(
            RecallRequest.newBuilder()
                .setMessageId(bytes(id))
                .setReason("the goods were genuine")
                .setOnBehalfOf(OnBehalfOf.newBuilder().setOfficer("FR-3"))
                .build());
    federation.await("the recall", () -> list().size() == 1);
    assertEquals(bytes(other), list().get(0).getMessage().getMessageId());
    federation.stop(DE);
    federation.start(DE);
    assertEquals(1, list().size());
    assertShowsNothing(DE, id);
    assertEquals(2, score(other, 101).getVersion());
  }
}
