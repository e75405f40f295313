package org.entente.gateway.rpc;

import static org.entente.gateway.rpc.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import java.util.List;
import org.entente.proto.v1.FollowScoresRequest;
import org.entente.proto.v1.ListScoresRequest;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.RiskGrpc;
import org.entente.proto.v1.ScoreMessageRequest;
import org.entente.proto.v1.ShowScoresRequest;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Who may score and look, and what a client is told that may not; the rest is ScoreDeskTest's. */
class RiskServiceTest {
  private static final OnBehalfOf PERSON =
      OnBehalfOf.newBuilder().setOfficer("FR-7").setJustification("case 12/26").build();

  private static final ScoreMessageRequest SCORE =
      ScoreMessageRequest.newBuilder()
          .setMessageId(ByteString.copyFrom(new byte[16]))
          .setPerMille(500)
          .setModel("ports")
          .setModelVersion("1.0")
          .setAutomated(true)
          .build();

  private static final ShowScoresRequest SHOW =
      ShowScoresRequest.newBuilder()
          .setMessageId(SCORE.getMessageId())
          .setOnBehalfOf(PERSON)
          .build();

  @AutoClose private final Edge edge = new Edge();
  private final RiskGrpc.RiskBlockingStub calls = RiskGrpc.newBlockingStub(edge.calling("all"));
  private final RiskGrpc.RiskBlockingStub stranger =
      RiskGrpc.newBlockingStub(edge.calling("publisher"));
  private final RiskGrpc.RiskBlockingStub engine = RiskGrpc.newBlockingStub(edge.calling("engine"));

  private static List<Executable> looking(RiskGrpc.RiskBlockingStub client) {
    return List.of(
        () -> client.showScores(SHOW),
        () -> client.listScores(ListScoresRequest.newBuilder().setOnBehalfOf(PERSON).build()),
        () ->
            client
                .followScores(FollowScoresRequest.newBuilder().setOnBehalfOf(PERSON).build())
                .next());
  }

  @Test
  void messageThatIsNotHere_isNotFound_andNothingIsKept() {
    assertRefused(Status.Code.NOT_FOUND, "NOT_FOUND", () -> calls.scoreMessage(SCORE));
    assertRefused(Status.Code.NOT_FOUND, "NOT_FOUND", () -> calls.showScores(SHOW));
    assertEquals(
        0,
        calls
            .listScores(ListScoresRequest.newBuilder().setOnBehalfOf(PERSON).build())
            .getScoresCount());
    assertEquals(List.of(), edge.behind.recorded);
  }

  @Test
  void numberThatIsNone_endsTheStreamWithAReason() {
    assertRefused(
        Status.Code.FAILED_PRECONDITION,
        "CURSOR_AHEAD",
        () ->
            calls
                .followScores(
                    FollowScoresRequest.newBuilder().setAfter(1).setOnBehalfOf(PERSON).build())
                .next());
  }

  @Test
  void scoreOutOfRange_isRefusedByField() {
    assertRefused(
        Status.Code.INVALID_ARGUMENT,
        "INVALID_FIELD",
        () -> calls.scoreMessage(SCORE.toBuilder().setPerMille(1_001).build()));
  }

  /** Threat 58. */
  @Test
  void client_withoutTheScope_isDeniedEveryCall_andLeavesNoTrace() {
    assertRefused(
        Status.Code.PERMISSION_DENIED, "SCOPE_MISSING", () -> stranger.scoreMessage(SCORE));
    for (Executable call : looking(stranger)) {
      assertRefused(Status.Code.PERMISSION_DENIED, "SCOPE_MISSING", call);
    }
    assertEquals(List.of(), edge.behind.recorded);
  }

  /** Who scores sees no scores of others, nor which messages have any. */
  @Test
  void client_thatOnlyScores_isDeniedToLook() {
    assertRefused(Status.Code.NOT_FOUND, "NOT_FOUND", () -> engine.scoreMessage(SCORE));
    for (Executable call : looking(engine)) {
      assertRefused(Status.Code.PERMISSION_DENIED, "SCOPE_MISSING", call);
    }
  }
}
