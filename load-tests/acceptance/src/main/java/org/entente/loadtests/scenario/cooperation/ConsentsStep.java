package org.entente.loadtests.scenario.cooperation;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Map;
import java.util.TreeMap;
import org.entente.loadtests.scenario.action.AnswerPoller;
import org.entente.loadtests.scenario.action.ClientRef;
import org.entente.loadtests.scenario.action.NamedObject;
import org.entente.loadtests.scenario.action.ScenarioAction;
import org.entente.loadtests.scenario.action.ScenarioCheck;
import org.entente.loadtests.scenario.action.ScenarioEnums;
import org.entente.loadtests.scenario.action.ScenarioFederation;
import org.entente.loadtests.scenario.action.StepFindings;
import org.entente.proto.v1.ConsentEntry;
import org.entente.proto.v1.ConsentGrpc;
import org.entente.proto.v1.ConsentSide;
import org.entente.proto.v1.ConsentState;
import org.entente.proto.v1.ListConsentsRequest;
import org.entente.proto.v1.ListConsentsResponse;
import org.jspecify.annotations.Nullable;

/**
 * The consents that one side knows become these.
 *
 * @param by the calling client
 * @param side ORIGINATOR or ASKER
 * @param lists state of each, by name: exactly these
 * @param error expected error code instead
 */
public record ConsentsStep(
    @JsonProperty(required = true) ClientRef by,
    @JsonProperty(required = true) String side,
    @Nullable Map<String, String> lists,
    @Nullable String error)
    implements ScenarioAction {
  @Override
  public String word() {
    return "consents";
  }

  private Map<String, String> wanted() {
    return lists == null ? Map.of() : new TreeMap<>(lists);
  }

  @Override
  public void check(ScenarioCheck checking, String field) {
    checking.client(field + ".by", by);
    checking.constant(field + ".side", ConsentSide.getDescriptor(), side);
    checking.either(field, "lists", lists != null, error);
    wanted()
        .forEach(
            (consent, state) -> {
              checking.named(field + ".lists." + consent, NamedObject.CONSENT, consent);
              checking.constant(field + ".lists." + consent, ConsentState.getDescriptor(), state);
            });
  }

  @Override
  public void perform(ScenarioFederation stage, StepFindings findings) throws InterruptedException {
    ListConsentsRequest request =
        ListConsentsRequest.newBuilder()
            .setSide(ConsentSide.valueOf(ScenarioEnums.value(ConsentSide.getDescriptor(), side)))
            .setEndedToo(true)
            .setPageSize(500)
            .build();
    ConsentGrpc.ConsentBlockingStub consent = ConsentGrpc.newBlockingStub(stage.channel(by));
    AnswerPoller.await(
        findings,
        error,
        "lists " + wanted(),
        () -> stage.patient(consent).listConsents(request),
        it -> listed(stage, it));
  }

  private static String listed(ScenarioFederation stage, ListConsentsResponse response) {
    Map<String, String> states = new TreeMap<>();
    for (ConsentEntry it : response.getConsentsList()) {
      states.put(
          stage.things().name(NamedObject.CONSENT, it.getConsentId()),
          ScenarioEnums.of(it.getState().getValueDescriptor()));
    }
    return "lists " + states;
  }
}
