package org.entente.loadtests.scenario.cooperation;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Map;
import java.util.TreeMap;
import org.entente.loadtests.scenario.action.AnswerPoller;
import org.entente.loadtests.scenario.action.ClientRef;
import org.entente.loadtests.scenario.action.ScenarioAction;
import org.entente.loadtests.scenario.action.ScenarioCheck;
import org.entente.loadtests.scenario.action.ScenarioEnums;
import org.entente.loadtests.scenario.action.ScenarioFederation;
import org.entente.loadtests.scenario.action.StepFindings;
import org.entente.proto.v1.ListRequestsRequest;
import org.entente.proto.v1.ListRequestsResponse;
import org.entente.proto.v1.ListedRequest;
import org.entente.proto.v1.RequestSide;
import org.entente.proto.v1.RequestStatus;
import org.entente.proto.v1.RequestsGrpc;
import org.jspecify.annotations.Nullable;

/**
 * The states and deadlines of requests become these.
 *
 * @param by the calling client
 * @param side ASKED or OWED
 * @param overdue only open requests past their deadline
 * @param lists exactly these requests, by name and agency
 * @param error expected error code instead
 */
public record RequestsStep(
    @JsonProperty(required = true) ClientRef by,
    @JsonProperty(required = true) String side,
    @Nullable Boolean overdue,
    @Nullable Map<String, Map<String, Clock>> lists,
    @Nullable String error)
    implements ScenarioAction {
  /**
   * State of a request at one agency.
   *
   * @param status a {@code RequestStatus} without its prefix
   * @param answer name of the latest answer; none if absent
   * @param overdue whether there was no answer in time; false if absent
   */
  record Clock(
      @JsonProperty(required = true) String status,
      @Nullable String answer,
      @Nullable Boolean overdue) {
    private String words() {
      return words(status, answer == null ? "" : answer, overdue != null && overdue);
    }

    private static String words(String status, String answer, boolean overdue) {
      return status + (answer.isEmpty() ? "" : " by " + answer) + (overdue ? ", was overdue" : "");
    }
  }

  @Override
  public String word() {
    return "requests";
  }

  private Map<String, Map<String, Clock>> wanted() {
    return lists == null ? Map.of() : new TreeMap<>(lists);
  }

  private boolean onlyOverdue() {
    return overdue != null && overdue;
  }

  @Override
  public void check(ScenarioCheck checking, String field) {
    checking.client(field + ".by", by);
    checking.constant(field + ".side", RequestSide.getDescriptor(), side);
    checking.either(field, "lists", lists != null, error);
    wanted()
        .forEach(
            (request, clocks) -> {
              String place = field + ".lists." + request;
              checking.message(place, request);
              checking.agencies(place, clocks.keySet());
              clocks.forEach(
                  (agency, clock) -> {
                    checking.constant(
                        place + "." + agency + ".status",
                        RequestStatus.getDescriptor(),
                        clock.status());
                    if (clock.answer() != null) {
                      checking.message(place + "." + agency + ".answer", clock.answer());
                    }
                  });
            });
  }

  @Override
  public void perform(ScenarioFederation stage, StepFindings findings) throws InterruptedException {
    ListRequestsRequest request =
        ListRequestsRequest.newBuilder()
            .setSide(RequestSide.valueOf(ScenarioEnums.value(RequestSide.getDescriptor(), side)))
            .setOverdue(onlyOverdue())
            .setExercise(stage.exercise())
            .setPageSize(100)
            .build();
    RequestsGrpc.RequestsBlockingStub requests = RequestsGrpc.newBlockingStub(stage.channel(by));
    Map<String, Map<String, String>> clocks = new TreeMap<>();
    wanted()
        .forEach(
            (name, each) -> {
              Map<String, String> words = new TreeMap<>();
              each.forEach((agency, clock) -> words.put(agency, clock.words()));
              clocks.put(name, words);
            });
    AnswerPoller.await(
        findings,
        error,
        "lists " + clocks,
        () -> stage.patient(requests).listRequests(request),
        it -> listed(stage, it));
  }

  private static String listed(ScenarioFederation stage, ListRequestsResponse response) {
    Map<String, Map<String, String>> clocks = new TreeMap<>();
    for (ListedRequest it : response.getRequestsList()) {
      String answer = it.getAnswerId().isEmpty() ? "" : stage.name(it.getAnswerId());
      clocks
          .computeIfAbsent(stage.name(it.getRequestId()), name -> new TreeMap<>())
          .put(
              it.getAgency(),
              Clock.words(
                  ScenarioEnums.of(it.getStatus().getValueDescriptor()), answer, it.getOverdue()));
    }
    return "lists " + clocks;
  }
}
