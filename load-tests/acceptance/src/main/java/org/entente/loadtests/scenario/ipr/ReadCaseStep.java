package org.entente.loadtests.scenario.ipr;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.entente.loadtests.scenario.action.CallActor;
import org.entente.loadtests.scenario.action.CallResult;
import org.entente.loadtests.scenario.action.ClientRef;
import org.entente.loadtests.scenario.action.MessageTexts;
import org.entente.loadtests.scenario.action.NamedObject;
import org.entente.loadtests.scenario.action.ScenarioAction;
import org.entente.loadtests.scenario.action.ScenarioCheck;
import org.entente.loadtests.scenario.action.ScenarioFederation;
import org.entente.loadtests.scenario.action.StepFindings;
import org.entente.proto.v1.IprCase;
import org.entente.proto.v1.IprProcedureGrpc;
import org.entente.proto.v1.ReadIprCaseRequest;
import org.entente.proto.v1.ReadIprCaseResponse;
import org.jspecify.annotations.Nullable;

/**
 * An officer reads a case of intellectual property whole.
 *
 * @param by the calling client
 * @param suspension name of the case
 * @param officer the officer
 * @param justification the reason
 * @param stage stage of the case, or outcome of a closed case
 * @param shows texts that must occur in it
 * @param error expected error code instead
 */
public record ReadCaseStep(
    @JsonProperty(required = true) ClientRef by,
    @JsonProperty(required = true) String suspension,
    @JsonProperty(required = true) String officer,
    @JsonProperty(required = true) String justification,
    @Nullable String stage,
    @Nullable List<String> shows,
    @Nullable String error)
    implements ScenarioAction {
  @Override
  public String word() {
    return "read_case";
  }

  @Override
  public void check(ScenarioCheck checking, String field) {
    checking.client(field + ".by", by);
    checking.named(field + ".suspension", NamedObject.CASE, suspension);
    IprStages.check(checking, field, stage, error);
    checking.require(
        shows == null || stage != null, field + ".shows", "beside error", "beside stage");
  }

  @Override
  public void perform(ScenarioFederation on, StepFindings findings) {
    ReadIprCaseRequest request =
        ReadIprCaseRequest.newBuilder()
            .setCaseId(on.things().id(NamedObject.CASE, suspension))
            .setOnBehalfOf(CallActor.person(officer, justification))
            .build();
    IprProcedureGrpc.IprProcedureBlockingStub ipr =
        IprProcedureGrpc.newBlockingStub(on.channel(by));
    CallResult<ReadIprCaseResponse> answer =
        CallResult.to(() -> on.patient(ipr).readIprCase(request));
    findings.same(
        CallResult.expected(error, "stands at " + stage),
        answer.words(
            it -> IprStages.words(it.getIprCase().getStage(), it.getIprCase().getOutcome())));
    if (shows != null && answer instanceof CallResult.Given<ReadIprCaseResponse> given) {
      IprCase read = given.value().getIprCase();
      String whole = MessageTexts.of(read).toString();
      for (String one : shows) {
        findings.add(
            "reads \"" + one + "\"",
            (whole.contains(one) ? "reads \"" : "does not read \"") + one + "\"",
            whole.contains(one));
      }
    }
  }
}
