package org.entente.loadtests.scenario.cooperation;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;
import org.entente.loadtests.scenario.action.AnswerPoller;
import org.entente.loadtests.scenario.action.ClientRef;
import org.entente.loadtests.scenario.action.ScenarioAction;
import org.entente.loadtests.scenario.action.ScenarioCheck;
import org.entente.loadtests.scenario.action.ScenarioFederation;
import org.entente.loadtests.scenario.action.StepFindings;
import org.entente.proto.v1.FollowRemindersRequest;
import org.entente.proto.v1.FollowRemindersResponse;
import org.entente.proto.v1.ListedRequest;
import org.entente.proto.v1.RequestsGrpc;
import org.jspecify.annotations.Nullable;

/**
 * The requests of which an agency was reminded, and which wait for its answer, become these.
 *
 * @param by the calling client
 * @param lists exactly these requests, by name and agency that asked
 * @param error expected error code instead
 */
public record RemindersStep(
    @JsonProperty(required = true) ClientRef by,
    @Nullable Map<String, Map<String, ReminderEntry>> lists,
    @Nullable String error)
    implements ScenarioAction {
  /**
   * Reminders of one request.
   *
   * @param percent part of the time that was over at the own gateway's latest reminder, 100 after
   *     the deadline; none if absent
   * @param asked number of reminders by the requesting agency; none if absent
   */
  record ReminderEntry(@Nullable Integer percent, @Nullable Integer asked) {
    private String words() {
      return words(percent == null ? 0 : percent, asked == null ? 0 : asked);
    }

    private static String words(int percent, int asked) {
      return "at " + percent + " percent, asked again " + asked + " times";
    }
  }

  @Override
  public String word() {
    return "reminders";
  }

  private Map<String, Map<String, ReminderEntry>> wanted() {
    return lists == null ? Map.of() : new TreeMap<>(lists);
  }

  @Override
  public void check(ScenarioCheck checking, String field) {
    checking.client(field + ".by", by);
    checking.either(field, "lists", lists != null, error);
    wanted()
        .forEach(
            (request, agencies) -> {
              String place = field + ".lists." + request;
              checking.message(place, request);
              checking.agencies(place, agencies.keySet());
              agencies.forEach(
                  (agency, it) ->
                      checking.require(
                          it.percent() != null || it.asked() != null,
                          place + "." + agency,
                          "says of no reminder",
                          "percent, asked or both"));
            });
  }

  @Override
  public void perform(ScenarioFederation stage, StepFindings findings) throws InterruptedException {
    Map<String, Map<String, String>> words = new TreeMap<>();
    wanted()
        .forEach(
            (name, each) -> {
              Map<String, String> said = new TreeMap<>();
              each.forEach((agency, it) -> said.put(agency, it.words()));
              words.put(name, said);
            });
    AnswerPoller.await(findings, error, "reminded of " + words, () -> standing(stage), it -> it);
  }

  private String standing(ScenarioFederation stage) {
    Iterator<FollowRemindersResponse> standing =
        stage
            .patient(RequestsGrpc.newBlockingStub(stage.channel(by)))
            .followReminders(
                FollowRemindersRequest.newBuilder().setExercise(stage.exercise()).build());
    Map<String, Map<String, String>> words = new TreeMap<>();
    while (standing.hasNext()) {
      ListedRequest it = standing.next().getRequest();
      words
          .computeIfAbsent(stage.name(it.getRequestId()), name -> new TreeMap<>())
          .put(it.getAgency(), ReminderEntry.words(it.getNoticedPercent(), it.getReminders()));
    }
    return "reminded of " + words;
  }
}
