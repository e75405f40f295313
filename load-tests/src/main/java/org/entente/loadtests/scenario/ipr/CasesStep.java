package org.entente.loadtests.scenario.ipr;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Map;
import java.util.TreeMap;
import org.entente.loadtests.scenario.action.Act;
import org.entente.loadtests.scenario.action.Answer;
import org.entente.loadtests.scenario.action.Checking;
import org.entente.loadtests.scenario.action.ClientRef;
import org.entente.loadtests.scenario.action.Findings;
import org.entente.loadtests.scenario.action.Stage;
import org.entente.loadtests.scenario.action.Thing;
import org.entente.proto.v1.IprCase;
import org.entente.proto.v1.IprProcedureGrpc;
import org.entente.proto.v1.ListIprCasesRequest;
import org.entente.proto.v1.ListIprCasesResponse;
import org.jspecify.annotations.Nullable;

/**
 * The cases of intellectual property that an authority has.
 *
 * @param by whose client
 * @param lists where each stands, by name: exactly these, closed ones too
 * @param error the code with which it is refused instead
 */
public record CasesStep(
    @JsonProperty(required = true) ClientRef by,
    @Nullable Map<String, String> lists,
    @Nullable String error)
    implements Act {
  @Override
  public String word() {
    return "cases";
  }

  private Map<String, String> wanted() {
    return lists == null ? Map.of() : new TreeMap<>(lists);
  }

  @Override
  public void check(Checking checking, String field) {
    checking.client(field + ".by", by);
    checking.either(field, "lists", lists != null, error);
    wanted()
        .forEach(
            (name, stage) -> {
              checking.named(field + ".lists." + name, Thing.CASE, name);
              IprStages.word(checking, field + ".lists." + name, stage);
            });
  }

  @Override
  public void perform(Stage stage, Findings findings) {
    ListIprCasesRequest request =
        ListIprCasesRequest.newBuilder().setPageSize(200).setClosedToo(true).build();
    IprProcedureGrpc.IprProcedureBlockingStub ipr =
        IprProcedureGrpc.newBlockingStub(stage.channel(by));
    findings.same(
        Answer.expected(error, "lists " + wanted()),
        Answer.to(() -> stage.patient(ipr).listIprCases(request)).words(it -> listed(stage, it)));
  }

  private static String listed(Stage stage, ListIprCasesResponse response) {
    Map<String, String> stages = new TreeMap<>();
    for (IprCase it : response.getCasesList()) {
      stages.put(
          stage.things().name(Thing.CASE, it.getCaseId()),
          IprStages.of(it.getStage(), it.getOutcome()));
    }
    return "lists " + stages;
  }
}
