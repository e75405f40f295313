package org.entente.loadtests.scenario.cooperation;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.google.protobuf.ByteString;
import java.util.List;
import org.entente.loadtests.scenario.action.AnswerPoller;
import org.entente.loadtests.scenario.action.CallActor;
import org.entente.loadtests.scenario.action.ClientRef;
import org.entente.loadtests.scenario.action.NamedObject;
import org.entente.loadtests.scenario.action.ScenarioAction;
import org.entente.loadtests.scenario.action.ScenarioCheck;
import org.entente.loadtests.scenario.action.ScenarioFederation;
import org.entente.loadtests.scenario.action.StepFindings;
import org.entente.proto.v1.ConsentGrpc;
import org.entente.proto.v1.DenyConsentRequest;
import org.entente.proto.v1.GrantConsentRequest;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.RevokeConsentRequest;
import org.jspecify.annotations.Nullable;

/**
 * The originator grants, denies or revokes.
 *
 * @param by the calling client
 * @param consent its name
 * @param does what is decided
 * @param to only these of the requested agencies; with GRANT only
 * @param reason reason sent to the requester; required with DENY and REVOKE, and only valid with
 *     them
 * @param officer the deciding officer
 * @param justification reason for the own record
 * @param error expected error code
 */
public record DecideConsentStep(
    @JsonProperty(required = true) ClientRef by,
    @JsonProperty(required = true) String consent,
    @JsonProperty(required = true) Decision does,
    @Nullable List<String> to,
    @Nullable String reason,
    @JsonProperty(required = true) String officer,
    @JsonProperty(required = true) String justification,
    @Nullable String error)
    implements ScenarioAction {
  /** What an originator decides. */
  enum Decision {
    GRANT("granted"),
    DENY("denied"),
    REVOKE("revoked");

    private final String done;

    Decision(String done) {
      this.done = done;
    }
  }

  @Override
  public String word() {
    return "decide_consent";
  }

  private List<String> only() {
    return to == null ? List.of() : List.copyOf(to);
  }

  @Override
  public void check(ScenarioCheck checking, String field) {
    checking.client(field + ".by", by);
    checking.named(field + ".consent", NamedObject.CONSENT, consent);
    for (int i = 0; i < only().size(); i++) {
      checking.agency(field + ".to[" + i + "]", only().get(i));
    }
    checking.require(
        to == null || does == Decision.GRANT, field + ".to", "beside " + does, "with GRANT only");
    checking.require(
        (reason != null) == (does != Decision.GRANT),
        field + ".reason",
        reason == null ? "is missing" : "beside GRANT",
        "a line with DENY and REVOKE, and with them only");
  }

  @Override
  public void perform(ScenarioFederation stage, StepFindings findings) throws InterruptedException {
    ByteString id = stage.things().id(NamedObject.CONSENT, consent);
    AnswerPoller.await(findings, error, does.done, () -> decide(stage, id), it -> does.done);
  }

  private Object decide(ScenarioFederation stage, ByteString id) {
    ConsentGrpc.ConsentBlockingStub service =
        stage.patient(ConsentGrpc.newBlockingStub(stage.channel(by)));
    OnBehalfOf person = CallActor.person(officer, justification);
    String said = reason == null ? "" : reason;
    return switch (does) {
      case GRANT ->
          service.grantConsent(
              GrantConsentRequest.newBuilder()
                  .setConsentId(id)
                  .addAllAgencies(only())
                  .setOnBehalfOf(person)
                  .build());
      case DENY ->
          service.denyConsent(
              DenyConsentRequest.newBuilder()
                  .setConsentId(id)
                  .setReason(said)
                  .setOnBehalfOf(person)
                  .build());
      case REVOKE ->
          service.revokeConsent(
              RevokeConsentRequest.newBuilder()
                  .setConsentId(id)
                  .setReason(said)
                  .setOnBehalfOf(person)
                  .build());
    };
  }
}
