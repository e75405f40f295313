package org.entente.loadtests.scenario.step;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Map;
import java.util.TreeMap;
import org.entente.loadtests.scenario.action.CallResult;
import org.entente.loadtests.scenario.action.ClientRef;
import org.entente.loadtests.scenario.action.ScenarioAction;
import org.entente.loadtests.scenario.action.ScenarioCheck;
import org.entente.loadtests.scenario.action.ScenarioFederation;
import org.entente.loadtests.scenario.action.StepFindings;
import org.entente.proto.v1.CodeEntry;
import org.entente.proto.v1.ListCodesRequest;
import org.entente.proto.v1.ListCodesResponse;
import org.entente.proto.v1.PolicyToolsGrpc;
import org.jspecify.annotations.Nullable;

/**
 * A client reads the meanings of label values in its own language.
 *
 * @param by the calling client
 * @param list which list, such as {@code category}
 * @param says text by value and language; these at least
 * @param error expected error code instead
 */
public record CodesStep(
    @JsonProperty(required = true) ClientRef by,
    @JsonProperty(required = true) String list,
    @Nullable Map<String, Map<String, String>> says,
    @Nullable String error)
    implements ScenarioAction {
  @Override
  public String word() {
    return "codes";
  }

  private Map<String, Map<String, String>> wanted() {
    Map<String, Map<String, String>> wanted = new TreeMap<>();
    if (says != null) {
      says.forEach((code, texts) -> wanted.put(code, new TreeMap<>(texts)));
    }
    return wanted;
  }

  @Override
  public void check(ScenarioCheck checking, String field) {
    checking.client(field + ".by", by);
    checking.either(field, "says", says != null, error);
    checking.require(
        says == null || (!says.isEmpty() && says.values().stream().noneMatch(Map::isEmpty)),
        field + ".says",
        "says nothing, or nothing of a value",
        "one value or more with a text or more each");
  }

  @Override
  public void perform(ScenarioFederation stage, StepFindings findings) {
    PolicyToolsGrpc.PolicyToolsBlockingStub tools =
        PolicyToolsGrpc.newBlockingStub(stage.channel(by));
    ListCodesRequest request = ListCodesRequest.newBuilder().setList(list).build();
    findings.same(
        CallResult.expected(error, list + " says " + wanted()),
        CallResult.to(() -> stage.patient(tools).listCodes(request)).words(this::read));
  }

  private String read(ListCodesResponse response) {
    Map<String, Map<String, String>> wanted = wanted();
    Map<String, Map<String, String>> seen = new TreeMap<>();
    for (CodeEntry entry : response.getCodesList()) {
      Map<String, String> texts = wanted.get(entry.getCode());
      if (texts != null && entry.getList().equals(list)) {
        Map<String, String> own = new TreeMap<>(entry.getTextMap());
        own.keySet().retainAll(texts.keySet());
        seen.put(entry.getCode(), own);
      }
    }
    return list + " says " + seen;
  }
}
