package org.entente.loadtests.scenario.step;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Map;
import java.util.TreeMap;
import org.entente.loadtests.scenario.action.AnswerPoller;
import org.entente.loadtests.scenario.action.ClientRef;
import org.entente.loadtests.scenario.action.ScenarioAction;
import org.entente.loadtests.scenario.action.ScenarioCheck;
import org.entente.loadtests.scenario.action.ScenarioFederation;
import org.entente.loadtests.scenario.action.StepFindings;
import org.entente.proto.v1.ListHeldRequest;
import org.entente.proto.v1.ListHeldResponse;
import org.entente.proto.v1.ReleaseGrpc;
import org.jspecify.annotations.Nullable;

/**
 * The messages held for a second person become these.
 *
 * @param by the calling client
 * @param lists author of each, by message: exactly these
 * @param error expected error code instead
 */
public record HeldStep(
    @JsonProperty(required = true) ClientRef by,
    @Nullable Map<String, String> lists,
    @Nullable String error)
    implements ScenarioAction {
  @Override
  public String word() {
    return "held";
  }

  private Map<String, String> wanted() {
    return lists == null ? Map.of() : new TreeMap<>(lists);
  }

  @Override
  public void check(ScenarioCheck checking, String field) {
    checking.client(field + ".by", by);
    checking.either(field, "lists", lists != null, error);
    wanted().keySet().forEach(name -> checking.message(field + ".lists." + name, name));
  }

  @Override
  public void perform(ScenarioFederation stage, StepFindings findings) throws InterruptedException {
    ListHeldRequest request = ListHeldRequest.newBuilder().setPageSize(500).build();
    ReleaseGrpc.ReleaseBlockingStub release = ReleaseGrpc.newBlockingStub(stage.channel(by));
    AnswerPoller.await(
        findings,
        error,
        "lists " + wanted(),
        () -> stage.patient(release).listHeld(request),
        it -> listed(stage, it));
  }

  private static String listed(ScenarioFederation stage, ListHeldResponse response) {
    Map<String, String> waiting = new TreeMap<>();
    response
        .getMessagesList()
        .forEach(it -> waiting.put(stage.name(it.getMessageId()), it.getOnBehalfOf().getOfficer()));
    return "lists " + waiting;
  }
}
