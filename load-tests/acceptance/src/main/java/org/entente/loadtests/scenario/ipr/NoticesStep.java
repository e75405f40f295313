package org.entente.loadtests.scenario.ipr;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.entente.loadtests.scenario.action.CallResult;
import org.entente.loadtests.scenario.action.ClientRef;
import org.entente.loadtests.scenario.action.NamedObject;
import org.entente.loadtests.scenario.action.ScenarioAction;
import org.entente.loadtests.scenario.action.ScenarioCheck;
import org.entente.loadtests.scenario.action.ScenarioFederation;
import org.entente.loadtests.scenario.action.StepFindings;
import org.entente.loadtests.scenario.action.WithheldTexts;
import org.entente.proto.v1.IprNotice;
import org.entente.proto.v1.IprProcedureGrpc;
import org.entente.proto.v1.ListIprNoticesRequest;
import org.entente.proto.v1.ListIprNoticesResponse;
import org.jspecify.annotations.Nullable;

/**
 * The notices of cases under its own recordations that a rights holder has, closed ones too.
 *
 * @param by the calling client of the rights holder
 * @param lists state of each case, by name: exactly these
 * @param withheld texts that must not occur in the list
 * @param error expected error code instead
 */
public record NoticesStep(
    @JsonProperty(required = true) ClientRef by,
    @Nullable Map<String, String> lists,
    @Nullable List<String> withheld,
    @Nullable String error)
    implements ScenarioAction {
  @Override
  public String word() {
    return "notices";
  }

  private Map<String, String> wanted() {
    return lists == null ? Map.of() : new TreeMap<>(lists);
  }

  @Override
  public void check(ScenarioCheck checking, String field) {
    checking.client(field + ".by", by);
    checking.either(field, "lists", lists != null, error);
    checking.require(
        withheld == null || lists != null, field + ".withheld", "beside error", "beside lists");
    wanted()
        .forEach(
            (name, stage) -> {
              checking.named(field + ".lists." + name, NamedObject.CASE, name);
              IprStages.word(checking, field + ".lists." + name, stage);
            });
  }

  @Override
  public void perform(ScenarioFederation stage, StepFindings findings) {
    ListIprNoticesRequest request = ListIprNoticesRequest.newBuilder().setClosedToo(true).build();
    IprProcedureGrpc.IprProcedureBlockingStub ipr =
        IprProcedureGrpc.newBlockingStub(stage.channel(by));
    CallResult<ListIprNoticesResponse> answer =
        CallResult.to(() -> stage.patient(ipr).listIprNotices(request));
    findings.same(
        CallResult.expected(error, "lists " + wanted()), answer.words(it -> listed(stage, it)));
    if (withheld != null && answer instanceof CallResult.Given<ListIprNoticesResponse> given) {
      WithheldTexts.none(given.value(), withheld, findings);
    }
  }

  private static String listed(ScenarioFederation stage, ListIprNoticesResponse response) {
    Map<String, String> stages = new TreeMap<>();
    for (IprNotice it : response.getNoticesList()) {
      stages.put(
          stage.things().name(NamedObject.CASE, it.getCaseId()),
          IprStages.of(it.getStage(), it.getOutcome()));
    }
    return "lists " + stages;
  }
}
