package org.entente.loadtests.scenario.step;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.entente.loadtests.scenario.action.CallResult;
import org.entente.loadtests.scenario.action.ClientRef;
import org.entente.loadtests.scenario.action.OutcomeEntry;
import org.entente.loadtests.scenario.action.ScenarioAction;
import org.entente.loadtests.scenario.action.ScenarioCheck;
import org.entente.loadtests.scenario.action.ScenarioFederation;
import org.entente.loadtests.scenario.action.StepFindings;
import org.entente.loadtests.traffic.Headline;
import org.entente.proto.v1.DecideRequest;
import org.entente.proto.v1.DecideResponse;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.ReadHeldRequest;
import org.entente.proto.v1.ReadHeldResponse;
import org.entente.proto.v1.ReleaseGrpc;
import org.entente.proto.v1.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * A second person reads a held message and decides on it.
 *
 * @param by the calling client
 * @param message its name
 * @param verdict what the person decides
 * @param officer the deciding officer
 * @param justification reason; every gateway requires it
 * @param reads the headline that the person reads before
 * @param expect the expected outcome
 */
public record ReleaseStep(
    @JsonProperty(required = true) ClientRef by,
    @JsonProperty(required = true) String message,
    @JsonProperty(required = true) Decision verdict,
    @JsonProperty(required = true) String officer,
    @Nullable String justification,
    @Nullable String reads,
    @JsonProperty(required = true) OutcomeEntry expect)
    implements ScenarioAction {
  /** What a second person decides. */
  enum Decision {
    RELEASE(Verdict.VERDICT_RELEASE),
    DENY(Verdict.VERDICT_DENY);

    private final Verdict verdict;

    Decision(Verdict verdict) {
      this.verdict = verdict;
    }
  }

  @Override
  public String word() {
    return "release";
  }

  @Override
  public void check(ScenarioCheck checking, String field) {
    checking.client(field + ".by", by);
    checking.message(field + ".message", message);
    expect.check(checking, field + ".expect");
  }

  @Override
  public void perform(ScenarioFederation stage, StepFindings findings) {
    ReleaseGrpc.ReleaseBlockingStub release = ReleaseGrpc.newBlockingStub(stage.channel(by));
    OnBehalfOf person =
        OnBehalfOf.newBuilder()
            .setOfficer(officer)
            .setJustification(justification == null ? "" : justification)
            .build();
    if (reads != null) {
      read(stage, release, person, reads, findings);
    }
    DecideRequest request =
        DecideRequest.newBuilder()
            .setMessageId(stage.id(message))
            .setVerdict(verdict.verdict)
            .setOnBehalfOf(person)
            .build();
    CallResult<DecideResponse> answer = CallResult.to(() -> stage.patient(release).decide(request));
    if (answer instanceof CallResult.Given<DecideResponse> given) {
      Outcome outcome = given.value().getOutcome();
      stage.decided(message, by.agency(), outcome);
      stage.reactions().note(stage.id(message), officer + " of " + by.agency(), verdict.name());
      expect.compare(new CallResult.Given<>(outcome), findings);
    } else if (answer instanceof CallResult.Failed<DecideResponse> failed) {
      expect.compare(new CallResult.Failed<>(failed.code(), failed.reason()), findings);
    }
  }

  private void read(
      ScenarioFederation stage,
      ReleaseGrpc.ReleaseBlockingStub release,
      OnBehalfOf person,
      String headline,
      StepFindings findings) {
    ReadHeldRequest request =
        ReadHeldRequest.newBuilder().setMessageId(stage.id(message)).setOnBehalfOf(person).build();
    CallResult<ReadHeldResponse> answer =
        CallResult.to(() -> stage.patient(release).readHeld(request));
    findings.same(
        officer + " reads \"" + headline + "\"",
        answer instanceof CallResult.Given<ReadHeldResponse> given
            ? officer + " reads \"" + Headline.of(given.value().getDraft().getBody()) + "\""
            : "error " + ((CallResult.Failed<ReadHeldResponse>) answer).code());
  }
}
