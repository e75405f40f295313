package org.entente.loadtests.scenario.step;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.entente.loadtests.scenario.action.CallResult;
import org.entente.loadtests.scenario.action.ClientRef;
import org.entente.loadtests.scenario.action.ScenarioAction;
import org.entente.loadtests.scenario.action.ScenarioCheck;
import org.entente.loadtests.scenario.action.ScenarioEnums;
import org.entente.loadtests.scenario.action.ScenarioFederation;
import org.entente.loadtests.scenario.action.StepFindings;
import org.entente.proto.v1.ChargeStep;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.TakeChargeRequest;
import org.entente.proto.v1.TakeChargeResponse;
import org.entente.proto.v1.TaskingGrpc;
import org.jspecify.annotations.Nullable;

/**
 * An officer takes a received message in charge, or gives it back.
 *
 * @param by the calling client
 * @param message its name
 * @param step TAKEN or GIVEN_BACK
 * @param officer the officer, told to the originator
 * @param unit told to the originator
 * @param note told to the originator
 * @param justification reason for the own record
 * @param tells the originator
 * @param error expected error code instead
 */
public record TakeChargeStep(
    @JsonProperty(required = true) ClientRef by,
    @JsonProperty(required = true) String message,
    @JsonProperty(required = true) String step,
    @JsonProperty(required = true) String officer,
    @Nullable String unit,
    @Nullable String note,
    @Nullable String justification,
    @Nullable String tells,
    @Nullable String error)
    implements ScenarioAction {
  @Override
  public String word() {
    return "charge";
  }

  @Override
  public void check(ScenarioCheck checking, String field) {
    checking.client(field + ".by", by);
    checking.message(field + ".message", message);
    checking.constant(field + ".step", ChargeStep.getDescriptor(), step);
    checking.either(field, "tells", tells != null, error);
    if (tells != null) {
      checking.agency(field + ".tells", tells);
    }
  }

  @Override
  public void perform(ScenarioFederation stage, StepFindings findings) {
    TakeChargeRequest request =
        TakeChargeRequest.newBuilder()
            .setMessageId(stage.id(message))
            .setStep(ChargeStep.valueOf(ScenarioEnums.value(ChargeStep.getDescriptor(), step)))
            .setNote(note == null ? "" : note)
            .setOnBehalfOf(
                OnBehalfOf.newBuilder()
                    .setOfficer(officer)
                    .setUnit(unit == null ? "" : unit)
                    .setJustification(justification == null ? "" : justification))
            .build();
    TaskingGrpc.TaskingBlockingStub tasking = TaskingGrpc.newBlockingStub(stage.channel(by));
    CallResult<TakeChargeResponse> answer =
        CallResult.to(() -> stage.patient(tasking).takeCharge(request));
    if (answer instanceof CallResult.Given<TakeChargeResponse> given) {
      stage.made(by.agency(), given.value().getChargeId(), List.of(given.value().getOriginator()));
      stage.reactions().note(stage.id(message), officer + " of " + by.agency(), step);
    }
    findings.same(
        CallResult.expected(error, "tells " + tells),
        answer.words(it -> "tells " + it.getOriginator()));
  }
}
