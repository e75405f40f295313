package org.entente.loadtests.scenario.step;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.google.protobuf.util.Timestamps;
import java.util.ArrayList;
import java.util.List;
import org.entente.loadtests.scenario.action.AnswerPoller;
import org.entente.loadtests.scenario.action.CallActor;
import org.entente.loadtests.scenario.action.ClientRef;
import org.entente.loadtests.scenario.action.ScenarioAction;
import org.entente.loadtests.scenario.action.ScenarioCheck;
import org.entente.loadtests.scenario.action.ScenarioFederation;
import org.entente.loadtests.scenario.action.StepFindings;
import org.entente.proto.v1.Addressed;
import org.entente.proto.v1.Filter;
import org.entente.proto.v1.FoundMessage;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.SearchGrpc;
import org.entente.proto.v1.SearchRequest;
import org.entente.proto.v1.SearchResponse;
import org.jspecify.annotations.Nullable;

/**
 * A person lists the received messages of a case, in the order of writing.
 *
 * @param by the calling client
 * @param caseRef the originators' case reference
 * @param officer the officer
 * @param justification the reason
 * @param shows exactly these messages, in this order
 * @param error expected error code instead
 */
public record ThreadStep(
    @JsonProperty(required = true) ClientRef by,
    @JsonProperty(required = true) String caseRef,
    @JsonProperty(required = true) String officer,
    @JsonProperty(required = true) String justification,
    @Nullable List<Entry> shows,
    @Nullable String error)
    implements ScenarioAction {
  /**
   * One message of a case.
   *
   * @param message its name
   * @param answers name of the message that it answers; none if absent
   * @param forInformation whether this agency received it for information; false if absent
   */
  record Entry(
      @JsonProperty(required = true) String message,
      @Nullable String answers,
      @Nullable Boolean forInformation) {
    private String words() {
      return words(
          message, answers == null ? "" : answers, forInformation != null && forInformation);
    }

    private static String words(String message, String answers, boolean forInformation) {
      return message
          + (answers.isEmpty() ? "" : " answers " + answers)
          + (forInformation ? " for information" : "");
    }
  }

  @Override
  public String word() {
    return "thread";
  }

  private List<Entry> wanted() {
    return shows == null ? List.of() : List.copyOf(shows);
  }

  @Override
  public void check(ScenarioCheck checking, String field) {
    checking.client(field + ".by", by);
    checking.either(field, "shows", shows != null, error);
    for (int i = 0; i < wanted().size(); i++) {
      Entry entry = wanted().get(i);
      checking.message(field + ".shows[" + i + "].message", entry.message());
      if (entry.answers() != null) {
        checking.message(field + ".shows[" + i + "].answers", entry.answers());
      }
    }
  }

  @Override
  public void perform(ScenarioFederation stage, StepFindings findings) throws InterruptedException {
    SearchRequest request =
        SearchRequest.newBuilder()
            .setFilter(Filter.newBuilder().setExercise(stage.exercise()))
            .setCaseRef(caseRef)
            .setPageSize(100)
            .setOnBehalfOf(CallActor.person(officer, justification))
            .build();
    SearchGrpc.SearchBlockingStub search = SearchGrpc.newBlockingStub(stage.channel(by));
    AnswerPoller.await(
        findings,
        error,
        "shows " + wanted().stream().map(Entry::words).toList(),
        () -> stage.patient(search).search(request),
        it -> shown(stage, it));
  }

  private static String shown(ScenarioFederation stage, SearchResponse response) {
    List<FoundMessage> messages = new ArrayList<>(response.getMessagesList());
    messages.sort(
        (one, other) ->
            Timestamps.compare(one.getLabel().getCreatedAt(), other.getLabel().getCreatedAt()));
    List<String> words = new ArrayList<>();
    for (FoundMessage message : messages) {
      Label label = message.getLabel();
      words.add(
          Entry.words(
              stage.name(message.getMessageId()),
              label.getInReplyTo().isEmpty() ? "" : stage.name(label.getInReplyTo()),
              label.getAddressed() == Addressed.ADDRESSED_INFORMATION));
    }
    return "shows " + words;
  }
}
