package org.entente.loadtests.scenario.step;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.entente.loadtests.scenario.action.AnswerPoller;
import org.entente.loadtests.scenario.action.CallActor;
import org.entente.loadtests.scenario.action.ClientRef;
import org.entente.loadtests.scenario.action.ScenarioAction;
import org.entente.loadtests.scenario.action.ScenarioCheck;
import org.entente.loadtests.scenario.action.ScenarioFederation;
import org.entente.loadtests.scenario.action.StepFindings;
import org.entente.proto.v1.RelatedMessage;
import org.entente.proto.v1.RelatedRequest;
import org.entente.proto.v1.RelatedResponse;
import org.entente.proto.v1.SearchGrpc;
import org.jspecify.annotations.Nullable;

/**
 * A person lists messages that share an identifier with a message.
 *
 * @param by the calling client
 * @param message its name
 * @param officer the officer
 * @param justification the reason
 * @param finds the normalised identifiers that each message shares with it; exactly these messages
 * @param error expected error code instead
 */
public record RelatedStep(
    @JsonProperty(required = true) ClientRef by,
    @JsonProperty(required = true) String message,
    @JsonProperty(required = true) String officer,
    @JsonProperty(required = true) String justification,
    @Nullable Map<String, List<String>> finds,
    @Nullable String error)
    implements ScenarioAction {
  @Override
  public String word() {
    return "related";
  }

  private Map<String, List<String>> wanted() {
    return finds == null ? Map.of() : new TreeMap<>(finds);
  }

  @Override
  public void check(ScenarioCheck checking, String field) {
    checking.client(field + ".by", by);
    checking.message(field + ".message", message);
    checking.either(field, "finds", finds != null, error);
    wanted().keySet().forEach(name -> checking.message(field + ".finds." + name, name));
  }

  @Override
  public void perform(ScenarioFederation stage, StepFindings findings) throws InterruptedException {
    RelatedRequest request =
        RelatedRequest.newBuilder()
            .setMessageId(stage.id(message))
            .setExercise(stage.exercise())
            .setPageSize(100)
            .setOnBehalfOf(CallActor.person(officer, justification))
            .build();
    SearchGrpc.SearchBlockingStub search = SearchGrpc.newBlockingStub(stage.channel(by));
    Map<String, TreeSet<String>> shared = new TreeMap<>();
    wanted().forEach((name, identifiers) -> shared.put(name, new TreeSet<>(identifiers)));
    AnswerPoller.await(
        findings,
        error,
        "finds " + shared,
        () -> stage.patient(search).related(request),
        it -> found(stage, it));
  }

  private static String found(ScenarioFederation stage, RelatedResponse response) {
    Map<String, TreeSet<String>> shared = new TreeMap<>();
    for (RelatedMessage it : response.getRelatedList()) {
      shared.put(
          stage.name(it.getMessage().getMessageId()), new TreeSet<>(it.getIdentifiersList()));
    }
    return "finds " + shared;
  }
}
