package org.entente.loadtests.scenario.step;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.LinkedHashMap;
import java.util.Map;
import org.entente.loadtests.scenario.action.CallResult;
import org.entente.loadtests.scenario.action.ClientRef;
import org.entente.loadtests.scenario.action.ProtoFields;
import org.entente.loadtests.scenario.action.ScenarioAction;
import org.entente.loadtests.scenario.action.ScenarioCheck;
import org.entente.loadtests.scenario.action.ScenarioFederation;
import org.entente.loadtests.scenario.action.StepFindings;
import org.entente.proto.v1.RiskGrpc;
import org.entente.proto.v1.ScoreMessageRequest;
import org.entente.proto.v1.ScoreMessageResponse;
import org.jspecify.annotations.Nullable;

/**
 * A model, or a person, rates a received message.
 *
 * @param by the calling client
 * @param message its name
 * @param score the fields of {@code ScoreMessageRequest}, except those that identify the message
 * @param version number of scores of it that the client and model have made by then
 * @param error expected error code instead
 */
public record ScoreStep(
    @JsonProperty(required = true) ClientRef by,
    @JsonProperty(required = true) String message,
    @JsonProperty(required = true) Map<String, Object> score,
    @Nullable Integer version,
    @Nullable String error)
    implements ScenarioAction {
  private static final String MESSAGE = "message_id";
  private static final String EXERCISE = "exercise";

  public ScoreStep {
    score = new LinkedHashMap<>(score);
  }

  @Override
  public String word() {
    return "score";
  }

  @Override
  public void check(ScenarioCheck checking, String field) {
    checking.client(field + ".by", by);
    checking.message(field + ".message", message);
    checking.require(
        !score.containsKey(MESSAGE) && !score.containsKey(EXERCISE),
        field + ".score",
        "says which message it is of",
        "neither " + MESSAGE + " nor " + EXERCISE + ": `message` names it");
    ProtoFields.check(checking, field + ".score", ScoreMessageRequest.newBuilder(), score);
    checking.either(field, "version", version != null, error);
  }

  @Override
  public void perform(ScenarioFederation stage, StepFindings findings) {
    ScoreMessageRequest request =
        ProtoFields.fill(ScoreMessageRequest.newBuilder(), score)
            .setMessageId(stage.id(message))
            .setExercise(stage.exercise())
            .build();
    RiskGrpc.RiskBlockingStub risk = RiskGrpc.newBlockingStub(stage.channel(by));
    CallResult<ScoreMessageResponse> answer =
        CallResult.again(() -> stage.patient(risk).scoreMessage(request));
    findings.same(
        CallResult.expected(error, "kept as version " + version),
        answer.words(it -> "kept as version " + it.getScore().getVersion()));
  }
}
