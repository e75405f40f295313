package org.entente.loadtests.scenario.step;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.TreeSet;
import org.entente.loadtests.scenario.action.AnswerPoller;
import org.entente.loadtests.scenario.action.ClientRef;
import org.entente.loadtests.scenario.action.ScenarioAction;
import org.entente.loadtests.scenario.action.ScenarioCheck;
import org.entente.loadtests.scenario.action.ScenarioEnums;
import org.entente.loadtests.scenario.action.ScenarioFederation;
import org.entente.loadtests.scenario.action.StepFindings;
import org.entente.proto.v1.FulfilmentState;
import org.entente.proto.v1.KeysGrpc;
import org.entente.proto.v1.Obligation;
import org.entente.proto.v1.ShowKeysRequest;
import org.entente.proto.v1.ShowKeysResponse;
import org.jspecify.annotations.Nullable;

/**
 * A gateway learns which obligations an agency states that it fulfils.
 *
 * @param by the calling client
 * @param agency the agency
 * @param fulfils exactly these obligations of labels
 * @param error expected error code instead
 */
public record FulfilsStep(
    @JsonProperty(required = true) ClientRef by,
    @JsonProperty(required = true) String agency,
    @Nullable List<String> fulfils,
    @Nullable String error)
    implements ScenarioAction {
  @Override
  public String word() {
    return "fulfils";
  }

  private List<String> wanted() {
    return fulfils == null ? List.of() : List.copyOf(fulfils);
  }

  @Override
  public void check(ScenarioCheck checking, String field) {
    checking.client(field + ".by", by);
    checking.agency(field + ".agency", agency);
    checking.either(field, "fulfils", fulfils != null, error);
    for (int i = 0; i < wanted().size(); i++) {
      checking.constant(field + ".fulfils[" + i + "]", Obligation.getDescriptor(), wanted().get(i));
    }
  }

  @Override
  public void perform(ScenarioFederation stage, StepFindings findings) throws InterruptedException {
    KeysGrpc.KeysBlockingStub keys = KeysGrpc.newBlockingStub(stage.channel(by));
    AnswerPoller.await(
        findings,
        error,
        agency + " says " + new TreeSet<>(wanted()),
        () -> stage.patient(keys).showKeys(ShowKeysRequest.getDefaultInstance()),
        this::known);
  }

  private String known(ShowKeysResponse response) {
    for (FulfilmentState state : response.getAgenciesList()) {
      if (state.getAgency().equals(agency) && state.getStated()) {
        TreeSet<String> words = new TreeSet<>();
        state.getFulfilsList().forEach(it -> words.add(ScenarioEnums.of(it.getValueDescriptor())));
        return agency + " says " + words;
      }
    }
    return agency + " says nothing";
  }
}
