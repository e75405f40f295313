package org.entente.loadtests.scenario.step;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.entente.loadtests.scenario.action.AnswerPoller;
import org.entente.loadtests.scenario.action.CallActor;
import org.entente.loadtests.scenario.action.ClientRef;
import org.entente.loadtests.scenario.action.NamedObject;
import org.entente.loadtests.scenario.action.ScenarioAction;
import org.entente.loadtests.scenario.action.ScenarioCheck;
import org.entente.loadtests.scenario.action.ScenarioFederation;
import org.entente.loadtests.scenario.action.StepFindings;
import org.entente.proto.v1.Hit;
import org.entente.proto.v1.ListHitsRequest;
import org.entente.proto.v1.ListHitsResponse;
import org.entente.proto.v1.WatchGrpc;
import org.jspecify.annotations.Nullable;

/**
 * The hits of a client's watches become these.
 *
 * @param by the calling client
 * @param officer the officer
 * @param justification the reason
 * @param lists names of messages by name of the watch, exactly these; none if it is empty
 * @param error expected error code instead
 */
public record HitsStep(
    @JsonProperty(required = true) ClientRef by,
    @JsonProperty(required = true) String officer,
    @JsonProperty(required = true) String justification,
    @Nullable Map<String, List<String>> lists,
    @Nullable String error)
    implements ScenarioAction {
  @Override
  public String word() {
    return "hits";
  }

  private Map<String, List<String>> wanted() {
    return lists == null ? Map.of() : new TreeMap<>(lists);
  }

  @Override
  public void check(ScenarioCheck checking, String field) {
    checking.client(field + ".by", by);
    checking.either(field, "lists", lists != null, error);
    wanted()
        .forEach(
            (watch, messages) -> {
              checking.named(field + ".lists." + watch, NamedObject.WATCH, watch);
              checking.messages(field + ".lists." + watch, messages);
            });
  }

  @Override
  public void perform(ScenarioFederation stage, StepFindings findings) throws InterruptedException {
    ListHitsRequest request =
        ListHitsRequest.newBuilder()
            .setPageSize(100)
            .setOnBehalfOf(CallActor.person(officer, justification))
            .build();
    WatchGrpc.WatchBlockingStub watch = WatchGrpc.newBlockingStub(stage.channel(by));
    Map<String, TreeSet<String>> hits = new TreeMap<>();
    wanted().forEach((name, messages) -> hits.put(name, new TreeSet<>(messages)));
    AnswerPoller.await(
        findings,
        error,
        "hits " + hits,
        () -> stage.patient(watch).listHits(request),
        it -> listed(stage, it));
  }

  private String listed(ScenarioFederation stage, ListHitsResponse response) {
    Map<String, TreeSet<String>> hits = new TreeMap<>();
    for (Hit hit : response.getHitsList()) {
      hits.computeIfAbsent(
              stage.things().name(NamedObject.WATCH, WatchStep.id(by, hit.getWatch())),
              name -> new TreeSet<>())
          .add(stage.name(hit.getMessage().getMessageId()));
    }
    return "hits " + hits;
  }
}
