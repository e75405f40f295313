package org.entente.loadtests.scenario.cooperation;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.google.protobuf.util.Timestamps;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.entente.loadtests.scenario.action.CallActor;
import org.entente.loadtests.scenario.action.CallResult;
import org.entente.loadtests.scenario.action.ClientRef;
import org.entente.loadtests.scenario.action.NamedObject;
import org.entente.loadtests.scenario.action.ScenarioAction;
import org.entente.loadtests.scenario.action.ScenarioCheck;
import org.entente.loadtests.scenario.action.ScenarioFederation;
import org.entente.loadtests.scenario.action.StepFindings;
import org.entente.proto.v1.AskConsentRequest;
import org.entente.proto.v1.AskConsentResponse;
import org.entente.proto.v1.ConsentGrpc;
import org.jspecify.annotations.Nullable;

/**
 * An agency requests the originator's consent to pass received messages on.
 *
 * @param by the calling client
 * @param as name in later steps for the consent
 * @param messages names of received messages of one originator
 * @param to agencies to which they may be passed on
 * @param days duration in days
 * @param lasts duration, if it is not a number of days
 * @param reason told to the originator
 * @param officer the requesting officer
 * @param justification reason for the own record
 * @param asks the originator
 * @param error expected error code instead
 */
public record AskConsentStep(
    @JsonProperty(required = true) ClientRef by,
    @JsonProperty(required = true) String as,
    @JsonProperty(required = true) List<String> messages,
    @JsonProperty(required = true) List<String> to,
    @Nullable Integer days,
    @Nullable Duration lasts,
    @JsonProperty(required = true) String reason,
    @JsonProperty(required = true) String officer,
    @JsonProperty(required = true) String justification,
    @Nullable String asks,
    @Nullable String error)
    implements ScenarioAction {
  public AskConsentStep {
    messages = List.copyOf(messages);
    to = List.copyOf(to);
  }

  @Override
  public String word() {
    return "ask_consent";
  }

  @Override
  public void check(ScenarioCheck checking, String field) {
    checking.client(field + ".by", by);
    checking.messages(field + ".messages", messages);
    for (int i = 0; i < to.size(); i++) {
      checking.agency(field + ".to[" + i + "]", to.get(i));
    }
    checking.require(
        (days == null) != (lasts == null),
        field,
        "has no end, or two",
        "either days or lasts, a duration such as PT10S");
    checking.require(
        days == null || (days > 0 && days <= 365), field + ".days", "is " + days, "1 to 365");
    checking.require(
        lasts == null || lasts.toMillis() > 0,
        field + ".lasts",
        "is " + lasts,
        "more than nothing");
    checking.either(field, "asks", asks != null, error);
    if (asks != null) {
      checking.agency(field + ".asks", asks);
    }
    checking.names(field + ".as", NamedObject.CONSENT, as);
  }

  @Override
  public void perform(ScenarioFederation stage, StepFindings findings) {
    Duration time = lasts == null ? Duration.ofDays(days == null ? 0 : days) : lasts;
    AskConsentRequest.Builder request =
        AskConsentRequest.newBuilder()
            .addAllAgencies(to)
            .setUntil(Timestamps.fromMillis(Instant.now().plus(time).toEpochMilli()))
            .setReason(reason)
            .setOnBehalfOf(CallActor.person(officer, justification));
    messages.forEach(message -> request.addMessageIds(stage.id(message)));
    ConsentGrpc.ConsentBlockingStub consent = ConsentGrpc.newBlockingStub(stage.channel(by));
    CallResult<AskConsentResponse> answer =
        CallResult.to(() -> stage.patient(consent).askConsent(request.build()));
    if (answer instanceof CallResult.Given<AskConsentResponse> given) {
      stage.things().name(NamedObject.CONSENT, as, given.value().getConsentId());
      stage.made(by.agency(), given.value().getConsentId(), List.of(given.value().getOriginator()));
      stage.asks(by.agency(), given.value().getOriginator());
    }
    findings.same(
        CallResult.expected(error, "asks " + asks),
        answer.words(it -> "asks " + it.getOriginator()));
  }
}
