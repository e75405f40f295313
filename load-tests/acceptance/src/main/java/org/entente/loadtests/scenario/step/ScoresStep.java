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
import org.entente.proto.v1.Filter;
import org.entente.proto.v1.ListScoresRequest;
import org.entente.proto.v1.ListScoresResponse;
import org.entente.proto.v1.RiskGrpc;
import org.entente.proto.v1.RiskIndicator;
import org.entente.proto.v1.Score;
import org.entente.proto.v1.ScoreTerms;
import org.entente.proto.v1.ScoredMessage;
import org.jspecify.annotations.Nullable;

/**
 * The latest scores of received messages become these, each with its author.
 *
 * @param by the calling client
 * @param officer the officer
 * @param justification the reason
 * @param minimumPerMille lowest score to list; all if absent
 * @param lists exactly these, by name of the message
 * @param error expected error code instead
 */
public record ScoresStep(
    @JsonProperty(required = true) ClientRef by,
    @JsonProperty(required = true) String officer,
    @JsonProperty(required = true) String justification,
    @Nullable Integer minimumPerMille,
    @Nullable Map<String, List<RatedMessage>> lists,
    @Nullable String error)
    implements ScenarioAction {
  private static final int PAGE = 100;
  private static final int WHOLE = 1000;

  /**
   * A score and its origin.
   *
   * @param perMille the score
   * @param client its author, by certificate
   * @param model its model
   * @param modelVersion version of the model
   * @param indicators codes of its indicators
   * @param officer the responsible officer; absent if no person took part
   */
  record RatedMessage(
      @JsonProperty(required = true) int perMille,
      @JsonProperty(required = true) String client,
      @JsonProperty(required = true) String model,
      @JsonProperty(required = true) String modelVersion,
      @Nullable List<String> indicators,
      @Nullable String officer) {
    private String words() {
      return words(
          perMille,
          client,
          model + " " + modelVersion,
          indicators == null ? List.of() : indicators,
          officer == null ? "" : officer);
    }

    private static String words(Score it) {
      return words(
          it.getPerMille(),
          it.getClient(),
          it.getModel() + " " + it.getModelVersion(),
          it.getIndicatorsList().stream().map(RiskIndicator::getCode).toList(),
          it.getAutomated() ? "" : it.getOnBehalfOf().getOfficer());
    }

    private static String words(
        int perMille, String client, String model, List<String> indicators, String officer) {
      return "%d by %s with %s for %s, %s"
          .formatted(
              perMille,
              client,
              model,
              new TreeSet<>(indicators),
              officer.isEmpty() ? "automated" : "answered for by " + officer);
    }
  }

  @Override
  public String word() {
    return "scores";
  }

  private int minimum() {
    return minimumPerMille == null ? 0 : minimumPerMille;
  }

  private Map<String, List<RatedMessage>> wanted() {
    return lists == null ? Map.of() : new TreeMap<>(lists);
  }

  @Override
  public void check(ScenarioCheck checking, String field) {
    checking.client(field + ".by", by);
    checking.require(
        minimum() >= 0 && minimum() <= WHOLE,
        field + ".minimum_per_mille",
        "is " + minimum(),
        "0 to " + WHOLE);
    checking.either(field, "lists", lists != null, error);
    wanted().keySet().forEach(name -> checking.message(field + ".lists." + name, name));
  }

  @Override
  public void perform(ScenarioFederation stage, StepFindings findings) throws InterruptedException {
    ListScoresRequest request =
        ListScoresRequest.newBuilder()
            .setTerms(
                ScoreTerms.newBuilder()
                    .setMinimumPerMille(minimum())
                    .setFilter(Filter.newBuilder().setExercise(stage.exercise())))
            .setPageSize(PAGE)
            .setOnBehalfOf(CallActor.person(officer, justification))
            .build();
    RiskGrpc.RiskBlockingStub risk = RiskGrpc.newBlockingStub(stage.channel(by));
    Map<String, TreeSet<String>> words = new TreeMap<>();
    wanted()
        .forEach(
            (name, each) -> {
              TreeSet<String> said = new TreeSet<>();
              each.forEach(it -> said.add(it.words()));
              words.put(name, said);
            });
    AnswerPoller.await(
        findings,
        error,
        "scored " + words,
        () -> stage.patient(risk).listScores(request),
        it -> listed(stage, it));
  }

  private static String listed(ScenarioFederation stage, ListScoresResponse response) {
    Map<String, TreeSet<String>> words = new TreeMap<>();
    for (ScoredMessage it : response.getScoresList()) {
      words
          .computeIfAbsent(stage.name(it.getScore().getMessageId()), name -> new TreeSet<>())
          .add(RatedMessage.words(it.getScore()));
    }
    return "scored " + words;
  }
}
