package org.entente.loadtests.scenario.ipr;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.google.protobuf.util.Timestamps;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.entente.loadtests.scenario.action.CallActor;
import org.entente.loadtests.scenario.action.CallResult;
import org.entente.loadtests.scenario.action.ClientRef;
import org.entente.loadtests.scenario.action.NamedObject;
import org.entente.loadtests.scenario.action.ProtoFields;
import org.entente.loadtests.scenario.action.ScenarioAction;
import org.entente.loadtests.scenario.action.ScenarioCheck;
import org.entente.loadtests.scenario.action.ScenarioEnums;
import org.entente.loadtests.scenario.action.ScenarioFederation;
import org.entente.loadtests.scenario.action.StepFindings;
import org.entente.proto.v1.DecideRecordationRequest;
import org.entente.proto.v1.DecideRecordationResponse;
import org.entente.proto.v1.IprProcedureGrpc;
import org.entente.proto.v1.RecordRightRequest;
import org.entente.proto.v1.RecordRightResponse;
import org.entente.proto.v1.RecordationContent;
import org.entente.proto.v1.RecordationDecision;
import org.entente.proto.v1.RecordationState;
import org.jspecify.annotations.Nullable;

/**
 * A customs authority records an application to protect a right, or decides on it.
 *
 * @param by the calling client
 * @param right its name in the scenario, which the step with {@code content} gives
 * @param content the fields of {@code RecordationContent} of an application
 * @param decision GRANT, REFUSE or REVOKE, of an application that was recorded
 * @param days for how long it is granted
 * @param officer the officer
 * @param justification the reason
 * @param stands state of the recordation after it
 * @param error expected error code instead
 */
public record RightStep(
    @JsonProperty(required = true) ClientRef by,
    @JsonProperty(required = true) String right,
    @Nullable Map<String, Object> content,
    @Nullable String decision,
    @Nullable Integer days,
    @JsonProperty(required = true) String officer,
    @JsonProperty(required = true) String justification,
    @Nullable String stands,
    @Nullable String error)
    implements ScenarioAction {
  private static final String GRANT = "GRANT";

  @Override
  public String word() {
    return "right";
  }

  private Map<String, Object> fields() {
    return content == null ? Map.of() : new LinkedHashMap<>(content);
  }

  @Override
  public void check(ScenarioCheck checking, String field) {
    checking.client(field + ".by", by);
    checking.require(
        (content == null) != (decision == null),
        field,
        "does nothing, or two things",
        "either content or decision");
    checking.require(
        GRANT.equals(decision) == (days != null),
        field + ".days",
        days == null ? "is missing" : "without GRANT",
        "a number with GRANT, and with it only");
    ProtoFields.check(checking, field + ".content", RecordationContent.newBuilder(), fields());
    if (decision != null) {
      checking.constant(field + ".decision", RecordationDecision.getDescriptor(), decision);
      checking.named(field + ".right", NamedObject.RIGHT, right);
    } else {
      checking.names(field + ".right", NamedObject.RIGHT, right);
    }
    checking.either(field, "stands", stands != null, error);
    if (stands != null) {
      checking.constant(field + ".stands", RecordationState.getDescriptor(), stands);
    }
  }

  @Override
  public void perform(ScenarioFederation stage, StepFindings findings) {
    IprProcedureGrpc.IprProcedureBlockingStub ipr =
        IprProcedureGrpc.newBlockingStub(stage.channel(by));
    String seen = decision == null ? record(stage, ipr) : decide(stage, ipr, decision);
    findings.same(CallResult.expected(error, "stands at " + stands), seen);
  }

  private String record(ScenarioFederation stage, IprProcedureGrpc.IprProcedureBlockingStub ipr) {
    RecordRightRequest request =
        RecordRightRequest.newBuilder()
            .setContent(ProtoFields.fill(RecordationContent.newBuilder(), fields()))
            .setOnBehalfOf(CallActor.person(officer, justification))
            .build();
    CallResult<RecordRightResponse> answer =
        CallResult.to(() -> stage.patient(ipr).recordRight(request));
    if (answer instanceof CallResult.Given<RecordRightResponse> given) {
      stage
          .things()
          .name(NamedObject.RIGHT, right, given.value().getRecordation().getRecordationId());
    }
    return answer.words(it -> words(it.getRecordation().getState()));
  }

  private String decide(
      ScenarioFederation stage, IprProcedureGrpc.IprProcedureBlockingStub ipr, String decided) {
    DecideRecordationRequest.Builder request =
        DecideRecordationRequest.newBuilder()
            .setRecordationId(stage.things().id(NamedObject.RIGHT, right))
            .setDecision(
                RecordationDecision.valueOf(
                    ScenarioEnums.value(RecordationDecision.getDescriptor(), decided)))
            .setOnBehalfOf(CallActor.person(officer, justification));
    if (days != null) {
      Instant end = Instant.now().plus(Duration.ofDays(days));
      request.setValidTo(Timestamps.fromMillis(end.toEpochMilli()));
    }
    CallResult<DecideRecordationResponse> answer =
        CallResult.to(() -> stage.patient(ipr).decideRecordation(request.build()));
    return answer.words(it -> words(it.getRecordation().getState()));
  }

  private static String words(RecordationState state) {
    return "stands at " + ScenarioEnums.of(state.getValueDescriptor());
  }
}
