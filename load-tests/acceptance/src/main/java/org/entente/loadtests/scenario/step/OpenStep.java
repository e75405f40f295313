package org.entente.loadtests.scenario.step;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.entente.loadtests.scenario.action.AnswerPoller;
import org.entente.loadtests.scenario.action.CallResult;
import org.entente.loadtests.scenario.action.ClientRef;
import org.entente.loadtests.scenario.action.FileBytes;
import org.entente.loadtests.scenario.action.FollowUpStatus;
import org.entente.loadtests.scenario.action.GivenEntry;
import org.entente.loadtests.scenario.action.ScenarioAction;
import org.entente.loadtests.scenario.action.ScenarioCheck;
import org.entente.loadtests.scenario.action.ScenarioFederation;
import org.entente.loadtests.scenario.action.StepFindings;
import org.entente.loadtests.traffic.Headline;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.OpenRequest;
import org.entente.proto.v1.OpenResponse;
import org.entente.proto.v1.SearchGrpc;
import org.jspecify.annotations.Nullable;

/**
 * A person opens a received message.
 *
 * @param by the calling client
 * @param message its name
 * @param officer the officer
 * @param justification the reason
 * @param headline what the person reads
 * @param document a file in the scenario's folder whose exact bytes the person receives
 * @param standing later changes by its originator: SUPERSEDED, CANCELLED, RECTIFIED; none if empty
 * @param consents by name the consents under which it was passed on to this agency; exactly these
 * @param error expected error code instead
 */
public record OpenStep(
    @JsonProperty(required = true) ClientRef by,
    @JsonProperty(required = true) String message,
    @JsonProperty(required = true) String officer,
    @JsonProperty(required = true) String justification,
    @Nullable String headline,
    @Nullable String document,
    @Nullable List<FollowUpStatus> standing,
    @Nullable Map<String, GivenEntry> consents,
    @Nullable String error)
    implements ScenarioAction {
  @Override
  public String word() {
    return "open";
  }

  @Override
  public void check(ScenarioCheck checking, String field) {
    checking.client(field + ".by", by);
    checking.message(field + ".message", message);
    checking.require(
        (headline == null) != (error == null),
        field,
        "expects nothing, or things that exclude each other",
        "either headline or error");
    if (document != null) {
      checking.require(
          headline != null, field + ".document", "beside error", "beside headline only");
      FileBytes.check(checking, field + ".document", document);
    }
    GivenEntry.check(checking, field + ".consents", consents);
  }

  private String stands() {
    return (standing == null ? "" : ", which is " + new TreeSet<>(standing))
        + (consents == null ? "" : ", " + GivenEntry.words(consents));
  }

  @Override
  public void perform(ScenarioFederation stage, StepFindings findings) throws InterruptedException {
    OpenRequest request =
        OpenRequest.newBuilder()
            .setMessageId(stage.id(message))
            .setExercise(stage.exercise())
            .setOnBehalfOf(
                OnBehalfOf.newBuilder().setOfficer(officer).setJustification(justification))
            .build();
    SearchGrpc.SearchBlockingStub search = SearchGrpc.newBlockingStub(stage.channel(by));
    String expected = CallResult.expected(error, reads(headline) + stands());
    CallResult<OpenResponse> answer =
        AnswerPoller.until(
            it -> expected.equals(seen(stage, it)),
            () -> CallResult.to(() -> stage.patient(search).open(request)));
    String seen = seen(stage, answer);
    if (error == null && expected.equals(seen)) {
      stage.reactions().note(stage.id(message), officer + " of " + by.agency(), "opened");
    }
    findings.same(expected, seen);
    if (document != null && answer instanceof CallResult.Given<OpenResponse> given) {
      FileBytes.same(officer, stage.file(document), given.value().getBody(), findings);
    }
  }

  private String seen(ScenarioFederation stage, CallResult<OpenResponse> answer) {
    return answer.words(
        it ->
            reads(Headline.of(it.getBody()))
                + (standing == null
                    ? ""
                    : ", which is " + FollowUpStatus.of(it.getMessage().getStanding()))
                + (consents == null ? "" : ", " + GivenEntry.words(stage, it.getConsentsList())));
  }

  private String reads(@Nullable String text) {
    return officer + " reads \"" + text + "\"";
  }
}
