package org.entente.loadtests.scenario.ipr;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.LinkedHashMap;
import java.util.Map;
import org.entente.loadtests.scenario.action.CallActor;
import org.entente.loadtests.scenario.action.CallResult;
import org.entente.loadtests.scenario.action.ClientRef;
import org.entente.loadtests.scenario.action.NamedObject;
import org.entente.loadtests.scenario.action.ProtoFields;
import org.entente.loadtests.scenario.action.ScenarioAction;
import org.entente.loadtests.scenario.action.ScenarioCheck;
import org.entente.loadtests.scenario.action.ScenarioFederation;
import org.entente.loadtests.scenario.action.StepFindings;
import org.entente.proto.v1.ActOnIprCaseRequest;
import org.entente.proto.v1.ActOnIprCaseRequest.ActCase;
import org.entente.proto.v1.IprProcedureGrpc;
import org.jspecify.annotations.Nullable;

/**
 * A customs authority acts in a case of intellectual property.
 *
 * @param by the calling client
 * @param suspension name of the case
 * @param act one act of {@code ActOnIprCaseRequest}: notify, declaration, disclose, conclude, …
 * @param right name of the recordation, with the act attach
 * @param officer the officer
 * @param justification the reason
 * @param stage stage of the case after it, or outcome of a closed case
 * @param error expected error code instead
 */
public record CaseStep(
    @JsonProperty(required = true) ClientRef by,
    @JsonProperty(required = true) String suspension,
    @JsonProperty(required = true) Map<String, Object> act,
    @Nullable String right,
    @JsonProperty(required = true) String officer,
    @JsonProperty(required = true) String justification,
    @Nullable String stage,
    @Nullable String error)
    implements ScenarioAction {
  public CaseStep {
    act = new LinkedHashMap<>(act);
  }

  @Override
  public String word() {
    return "case";
  }

  @Override
  public void check(ScenarioCheck checking, String field) {
    checking.client(field + ".by", by);
    checking.named(field + ".suspension", NamedObject.CASE, suspension);
    ActOnIprCaseRequest.Builder written = ActOnIprCaseRequest.newBuilder();
    ProtoFields.check(checking, field + ".act", written, act);
    checking.require(
        written.getActCase() != ActCase.ACT_NOT_SET
            && !written.hasOnBehalfOf()
            && written.getCaseId().isEmpty(),
        field + ".act",
        "is no act, or more than one",
        "one of notify, letter, declaration, extend, disclose, attach, conclude");
    checking.require(
        (right != null) == (written.getActCase() == ActCase.ATTACH),
        field + ".right",
        right == null ? "is missing" : "beside another act",
        "the name of a recordation with attach, and with it only");
    if (right != null) {
      checking.named(field + ".right", NamedObject.RIGHT, right);
    }
    IprStages.check(checking, field, stage, error);
  }

  @Override
  public void perform(ScenarioFederation on, StepFindings findings) {
    ActOnIprCaseRequest.Builder request =
        ProtoFields.fill(ActOnIprCaseRequest.newBuilder(), act)
            .setCaseId(on.things().id(NamedObject.CASE, suspension))
            .setOnBehalfOf(CallActor.person(officer, justification));
    if (right != null) {
      request.getAttachBuilder().setRecordationId(on.things().id(NamedObject.RIGHT, right));
    }
    IprProcedureGrpc.IprProcedureBlockingStub ipr =
        IprProcedureGrpc.newBlockingStub(on.channel(by));
    findings.same(
        CallResult.expected(error, "stands at " + stage),
        CallResult.to(() -> on.patient(ipr).actOnIprCase(request.build()))
            .words(
                it -> IprStages.words(it.getIprCase().getStage(), it.getIprCase().getOutcome())));
  }
}
