package org.entente.loadtests.scenario.cooperation;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.entente.loadtests.scenario.action.CallActor;
import org.entente.loadtests.scenario.action.CallResult;
import org.entente.loadtests.scenario.action.ClientRef;
import org.entente.loadtests.scenario.action.OutcomeEntry;
import org.entente.loadtests.scenario.action.ScenarioAction;
import org.entente.loadtests.scenario.action.ScenarioCheck;
import org.entente.loadtests.scenario.action.ScenarioFederation;
import org.entente.loadtests.scenario.action.StepFindings;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.RemindRequest;
import org.entente.proto.v1.RemindResponse;
import org.entente.proto.v1.Request;
import org.entente.proto.v1.RequestsGrpc;
import org.jspecify.annotations.Nullable;

/**
 * A client reminds agencies of a request sent under one agreement.
 *
 * @param by the calling client
 * @param as name in later steps for the reminder
 * @param request name of the request
 * @param to only these recipients of the request; all that owe an answer if absent
 * @param text text of the reminder, in English
 * @param officer the officer
 * @param justification the reason
 * @param expect the expected outcome
 */
public record RemindStep(
    @JsonProperty(required = true) ClientRef by,
    @JsonProperty(required = true) String as,
    @JsonProperty(required = true) String request,
    @Nullable List<String> to,
    @JsonProperty(required = true) String text,
    @JsonProperty(required = true) String officer,
    @JsonProperty(required = true) String justification,
    @JsonProperty(required = true) OutcomeEntry expect)
    implements ScenarioAction {
  private static final String ENGLISH = "en";

  @Override
  public String word() {
    return "remind";
  }

  private List<String> agencies() {
    return to == null ? List.of() : List.copyOf(to);
  }

  @Override
  public void check(ScenarioCheck checking, String field) {
    checking.client(field + ".by", by);
    checking.message(field + ".request", request);
    for (int i = 0; i < agencies().size(); i++) {
      checking.agency(field + ".to[" + i + "]", agencies().get(i));
    }
    checking.require(!text.isBlank(), field + ".text", "blank", "what is said with the reminder");
    expect.check(checking, field + ".expect");
    checking.names(field + ".as", as);
  }

  @Override
  public void perform(ScenarioFederation stage, StepFindings findings) {
    RemindRequest reminding =
        RemindRequest.newBuilder()
            .setRequestId(stage.id(request))
            .addAllAgencies(agencies())
            .setText(text)
            .setLanguage(ENGLISH)
            .setOnBehalfOf(CallActor.person(officer, justification))
            .build();
    RequestsGrpc.RequestsBlockingStub requests = RequestsGrpc.newBlockingStub(stage.channel(by));
    long begun = System.nanoTime();
    CallResult<RemindResponse> answer =
        CallResult.to(() -> stage.patient(requests).remind(reminding));
    if (answer instanceof CallResult.Failed<RemindResponse> failed) {
      expect.compare(new CallResult.Failed<>(failed.code(), failed.reason()), findings);
      return;
    }
    List<Outcome> outcomes = ((CallResult.Given<RemindResponse>) answer).value().getOutcomesList();
    findings.same(
        "1 reminder", outcomes.size() + (outcomes.size() == 1 ? " reminder" : " reminders"));
    for (Outcome outcome : outcomes) {
      stage.content(said());
      stage.published(as, by.agency(), said(), outcome, begun);
      expect.compare(new CallResult.Given<>(outcome), findings);
    }
  }

  private Draft said() {
    return Draft.newBuilder()
        .setBody(Body.newBuilder().setRequest(Request.newBuilder().setQuestion(text)))
        .build();
  }
}
