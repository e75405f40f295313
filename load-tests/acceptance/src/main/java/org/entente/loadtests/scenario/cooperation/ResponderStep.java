package org.entente.loadtests.scenario.cooperation;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.LinkedHashMap;
import java.util.Map;
import org.entente.loadtests.scenario.action.CallActor;
import org.entente.loadtests.scenario.action.CallResult;
import org.entente.loadtests.scenario.action.ClientRef;
import org.entente.loadtests.scenario.action.ProtoFields;
import org.entente.loadtests.scenario.action.ScenarioAction;
import org.entente.loadtests.scenario.action.ScenarioCheck;
import org.entente.loadtests.scenario.action.ScenarioFederation;
import org.entente.loadtests.scenario.action.StepFindings;
import org.entente.proto.v1.RegisterResponderRequest;
import org.entente.proto.v1.RequestsGrpc;
import org.entente.proto.v1.Responder;
import org.entente.proto.v1.WithdrawResponderRequest;
import org.jspecify.annotations.Nullable;

/**
 * A client registers or withdraws a responder.
 *
 * @param by the calling client
 * @param register the fields of {@code Responder}
 * @param withdraw the name of one that is registered
 * @param officer the deciding officer
 * @param justification the reason
 * @param error expected error code
 */
public record ResponderStep(
    @JsonProperty(required = true) ClientRef by,
    @Nullable Map<String, Object> register,
    @Nullable String withdraw,
    @JsonProperty(required = true) String officer,
    @JsonProperty(required = true) String justification,
    @Nullable String error)
    implements ScenarioAction {
  @Override
  public String word() {
    return "responder";
  }

  private Map<String, Object> fields() {
    return register == null ? Map.of() : new LinkedHashMap<>(register);
  }

  @Override
  public void check(ScenarioCheck checking, String field) {
    checking.client(field + ".by", by);
    checking.require(
        (register == null) != (withdraw == null),
        field,
        "does nothing, or two things",
        "either register or withdraw");
    ProtoFields.check(checking, field + ".register", Responder.newBuilder(), fields());
  }

  @Override
  public void perform(ScenarioFederation stage, StepFindings findings) {
    RequestsGrpc.RequestsBlockingStub requests = RequestsGrpc.newBlockingStub(stage.channel(by));
    String seen;
    if (withdraw == null) {
      RegisterResponderRequest request =
          RegisterResponderRequest.newBuilder()
              .setResponder(ProtoFields.fill(Responder.newBuilder(), fields()))
              .setOnBehalfOf(CallActor.person(officer, justification))
              .build();
      seen =
          CallResult.to(() -> stage.patient(requests).registerResponder(request))
              .words(it -> "registered");
    } else {
      WithdrawResponderRequest request =
          WithdrawResponderRequest.newBuilder()
              .setName(withdraw)
              .setOnBehalfOf(CallActor.person(officer, justification))
              .build();
      seen =
          CallResult.to(() -> stage.patient(requests).withdrawResponder(request))
              .words(it -> "withdrawn");
    }
    findings.same(CallResult.expected(error, withdraw == null ? "registered" : "withdrawn"), seen);
  }
}
