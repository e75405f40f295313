package org.entente.loadtests.scenario.ipr;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.google.protobuf.util.Timestamps;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
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
import org.entente.proto.v1.IprCaseKind;
import org.entente.proto.v1.IprDetail;
import org.entente.proto.v1.IprGoods;
import org.entente.proto.v1.IprParticular;
import org.entente.proto.v1.IprProcedureGrpc;
import org.entente.proto.v1.SuspendGoodsRequest;
import org.entente.proto.v1.SuspendGoodsResponse;
import org.jspecify.annotations.Nullable;

/**
 * Goods that are suspected to infringe a right are suspended: a case begins.
 *
 * @param by the calling client
 * @param as name in later steps for the case
 * @param kind which rules it follows
 * @param right name of the recordation; none with EX_OFFICIO
 * @param goods the fields of {@code IprGoods}
 * @param particulars names, addresses and the like, by what they are
 * @param suspendedAt when it happened, if not now
 * @param officer the deciding officer
 * @param justification the reason
 * @param stage stage of the case after it
 * @param error expected error code instead
 */
public record SuspendStep(
    @JsonProperty(required = true) ClientRef by,
    @JsonProperty(required = true) String as,
    @JsonProperty(required = true) String kind,
    @Nullable String right,
    @JsonProperty(required = true) Map<String, Object> goods,
    @Nullable Map<String, String> particulars,
    @Nullable Instant suspendedAt,
    @JsonProperty(required = true) String officer,
    @JsonProperty(required = true) String justification,
    @Nullable String stage,
    @Nullable String error)
    implements ScenarioAction {
  public SuspendStep {
    goods = new LinkedHashMap<>(goods);
  }

  @Override
  public String word() {
    return "suspend";
  }

  private Map<String, String> details() {
    return particulars == null ? Map.of() : new TreeMap<>(particulars);
  }

  @Override
  public void check(ScenarioCheck checking, String field) {
    checking.client(field + ".by", by);
    checking.constant(field + ".kind", IprCaseKind.getDescriptor(), kind);
    if (right != null) {
      checking.named(field + ".right", NamedObject.RIGHT, right);
    }
    ProtoFields.check(checking, field + ".goods", IprGoods.newBuilder(), goods);
    details()
        .keySet()
        .forEach(
            detail ->
                checking.constant(
                    field + ".particulars." + detail, IprDetail.getDescriptor(), detail));
    IprStages.check(checking, field, stage, error);
    checking.names(field + ".as", NamedObject.CASE, as);
  }

  @Override
  public void perform(ScenarioFederation on, StepFindings findings) {
    SuspendGoodsRequest.Builder request =
        SuspendGoodsRequest.newBuilder()
            .setKind(IprCaseKind.valueOf(ScenarioEnums.value(IprCaseKind.getDescriptor(), kind)))
            .setGoods(ProtoFields.fill(IprGoods.newBuilder(), goods))
            .setOnBehalfOf(CallActor.person(officer, justification));
    if (right != null) {
      request.setRecordationId(on.things().id(NamedObject.RIGHT, right));
    }
    if (suspendedAt != null) {
      request.setSuspendedAt(Timestamps.fromMillis(suspendedAt.toEpochMilli()));
    }
    details()
        .forEach(
            (detail, text) ->
                request.addParticulars(
                    IprParticular.newBuilder()
                        .setDetail(
                            IprDetail.valueOf(
                                ScenarioEnums.value(IprDetail.getDescriptor(), detail)))
                        .setText(text)));
    IprProcedureGrpc.IprProcedureBlockingStub ipr =
        IprProcedureGrpc.newBlockingStub(on.channel(by));
    CallResult<SuspendGoodsResponse> answer =
        CallResult.to(() -> on.patient(ipr).suspendGoods(request.build()));
    if (answer instanceof CallResult.Given<SuspendGoodsResponse> given) {
      on.things().name(NamedObject.CASE, as, given.value().getIprCase().getCaseId());
    }
    findings.same(
        CallResult.expected(error, "stands at " + stage),
        answer.words(
            it -> IprStages.words(it.getIprCase().getStage(), it.getIprCase().getOutcome())));
  }
}
