package org.entente.loadtests.scenario.ipr;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Map;
import java.util.TreeMap;
import org.entente.loadtests.scenario.action.CallResult;
import org.entente.loadtests.scenario.action.ClientRef;
import org.entente.loadtests.scenario.action.NamedObject;
import org.entente.loadtests.scenario.action.ScenarioAction;
import org.entente.loadtests.scenario.action.ScenarioCheck;
import org.entente.loadtests.scenario.action.ScenarioFederation;
import org.entente.loadtests.scenario.action.StepFindings;
import org.entente.proto.v1.IprCase;
import org.entente.proto.v1.IprProcedureGrpc;
import org.entente.proto.v1.ListIprCasesRequest;
import org.entente.proto.v1.ListIprCasesResponse;
import org.jspecify.annotations.Nullable;

/**
 * The cases of intellectual property that an authority has.
 *
 * @param by the calling client
 * @param lists state of each, by name, including closed ones: exactly these
 * @param error expected error code instead
 */
public record CasesStep(
    @JsonProperty(required = true) ClientRef by,
    @Nullable Map<String, String> lists,
    @Nullable String error)
    implements ScenarioAction {
  @Override
  public String word() {
    return "cases";
  }

  private Map<String, String> wanted() {
    return lists == null ? Map.of() : new TreeMap<>(lists);
  }

  @Override
  public void check(ScenarioCheck checking, String field) {
    checking.client(field + ".by", by);
    checking.either(field, "lists", lists != null, error);
    wanted()
        .forEach(
            (name, stage) -> {
              checking.named(field + ".lists." + name, NamedObject.CASE, name);
              IprStages.word(checking, field + ".lists." + name, stage);
            });
  }

  @Override
  public void perform(ScenarioFederation stage, StepFindings findings) {
    ListIprCasesRequest request =
        ListIprCasesRequest.newBuilder().setPageSize(200).setClosedToo(true).build();
    IprProcedureGrpc.IprProcedureBlockingStub ipr =
        IprProcedureGrpc.newBlockingStub(stage.channel(by));
    findings.same(
        CallResult.expected(error, "lists " + wanted()),
        CallResult.to(() -> stage.patient(ipr).listIprCases(request))
            .words(it -> listed(stage, it)));
  }

  private static String listed(ScenarioFederation stage, ListIprCasesResponse response) {
    Map<String, String> stages = new TreeMap<>();
    for (IprCase it : response.getCasesList()) {
      stages.put(
          stage.things().name(NamedObject.CASE, it.getCaseId()),
          IprStages.of(it.getStage(), it.getOutcome()));
    }
    return "lists " + stages;
  }
}
