package org.entente.loadtests.scenario.ipr;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.entente.loadtests.scenario.action.Act;
import org.entente.loadtests.scenario.action.Answer;
import org.entente.loadtests.scenario.action.Checking;
import org.entente.loadtests.scenario.action.ClientRef;
import org.entente.loadtests.scenario.action.Findings;
import org.entente.loadtests.scenario.action.Stage;
import org.entente.loadtests.scenario.action.Thing;
import org.entente.loadtests.scenario.action.Withheld;
import org.entente.proto.v1.IprNotice;
import org.entente.proto.v1.IprProcedureGrpc;
import org.entente.proto.v1.ListIprNoticesRequest;
import org.entente.proto.v1.ListIprNoticesResponse;
import org.jspecify.annotations.Nullable;

/**
 * The notices of cases under its own recordations that a rights holder has, closed ones too.
 *
 * @param by whose client, which is the holder's
 * @param lists where each case stands, by name: exactly these
 * @param withheld texts none of which stands anywhere in the list
 * @param error the code with which it is refused instead
 */
public record NoticesStep(
    @JsonProperty(required = true) ClientRef by,
    @Nullable Map<String, String> lists,
    @Nullable List<String> withheld,
    @Nullable String error)
    implements Act {
  @Override
  public String word() {
    return "notices";
  }

  private Map<String, String> wanted() {
    return lists == null ? Map.of() : new TreeMap<>(lists);
  }

  @Override
  public void check(Checking checking, String field) {
    checking.client(field + ".by", by);
    checking.either(field, "lists", lists != null, error);
    checking.require(
        withheld == null || lists != null, field + ".withheld", "beside error", "beside lists");
    wanted()
        .forEach(
            (name, stage) -> {
              checking.named(field + ".lists." + name, Thing.CASE, name);
              IprStages.word(checking, field + ".lists." + name, stage);
            });
  }

  @Override
  public void perform(Stage stage, Findings findings) {
    ListIprNoticesRequest request = ListIprNoticesRequest.newBuilder().setClosedToo(true).build();
    IprProcedureGrpc.IprProcedureBlockingStub ipr =
        IprProcedureGrpc.newBlockingStub(stage.channel(by));
    Answer<ListIprNoticesResponse> answer =
        Answer.to(() -> stage.patient(ipr).listIprNotices(request));
    findings.same(
        Answer.expected(error, "lists " + wanted()), answer.words(it -> listed(stage, it)));
    if (withheld != null && answer instanceof Answer.Given<ListIprNoticesResponse> given) {
      Withheld.none(given.value(), withheld, findings);
    }
  }

  private static String listed(Stage stage, ListIprNoticesResponse response) {
    Map<String, String> stages = new TreeMap<>();
    for (IprNotice it : response.getNoticesList()) {
      stages.put(
          stage.things().name(Thing.CASE, it.getCaseId()),
          IprStages.of(it.getStage(), it.getOutcome()));
    }
    return "lists " + stages;
  }
}
