package org.entente.loadtests.scenario.ipr;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.entente.loadtests.scenario.action.CallResult;
import org.entente.loadtests.scenario.action.ClientRef;
import org.entente.loadtests.scenario.action.NamedObject;
import org.entente.loadtests.scenario.action.ScenarioAction;
import org.entente.loadtests.scenario.action.ScenarioCheck;
import org.entente.loadtests.scenario.action.ScenarioEnums;
import org.entente.loadtests.scenario.action.ScenarioFederation;
import org.entente.loadtests.scenario.action.StepFindings;
import org.entente.proto.v1.IprProcedureGrpc;
import org.entente.proto.v1.ListOwnRecordationsRequest;
import org.entente.proto.v1.ListRecordationsRequest;
import org.entente.proto.v1.Recordation;
import org.entente.proto.v1.RecordationState;
import org.jspecify.annotations.Nullable;

/**
 * The recordations that an authority has, or that a rights holder has there.
 *
 * @param by the calling client
 * @param own whether a rights holder asks for its own; an officer for all if absent
 * @param lists state of each, by name: exactly these
 * @param error expected error code instead
 */
public record RightsStep(
    @JsonProperty(required = true) ClientRef by,
    @Nullable Boolean own,
    @Nullable Map<String, String> lists,
    @Nullable String error)
    implements ScenarioAction {
  private static final int MOST = 200;

  @Override
  public String word() {
    return "rights";
  }

  private boolean ofHolder() {
    return own != null && own;
  }

  private Map<String, String> wanted() {
    return lists == null ? Map.of() : new TreeMap<>(lists);
  }

  @Override
  public void check(ScenarioCheck checking, String field) {
    checking.client(field + ".by", by);
    checking.either(field, "lists", lists != null, error);
    wanted()
        .forEach(
            (name, state) -> {
              checking.named(field + ".lists." + name, NamedObject.RIGHT, name);
              checking.constant(field + ".lists." + name, RecordationState.getDescriptor(), state);
            });
  }

  @Override
  public void perform(ScenarioFederation stage, StepFindings findings) {
    IprProcedureGrpc.IprProcedureBlockingStub ipr =
        IprProcedureGrpc.newBlockingStub(stage.channel(by));
    CallResult<List<Recordation>> answer =
        CallResult.to(() -> ofHolder() ? own(stage, ipr) : all(stage, ipr));
    findings.same(
        CallResult.expected(error, "lists " + wanted()), answer.words(it -> listed(stage, it)));
  }

  private static List<Recordation> own(
      ScenarioFederation stage, IprProcedureGrpc.IprProcedureBlockingStub ipr) {
    return stage
        .patient(ipr)
        .listOwnRecordations(ListOwnRecordationsRequest.getDefaultInstance())
        .getRecordationsList();
  }

  private static List<Recordation> all(
      ScenarioFederation stage, IprProcedureGrpc.IprProcedureBlockingStub ipr) {
    return stage
        .patient(ipr)
        .listRecordations(ListRecordationsRequest.newBuilder().setPageSize(MOST).build())
        .getRecordationsList();
  }

  private static String listed(ScenarioFederation stage, List<Recordation> recordations) {
    Map<String, String> states = new TreeMap<>();
    for (Recordation it : recordations) {
      states.put(
          stage.things().name(NamedObject.RIGHT, it.getRecordationId()),
          ScenarioEnums.of(it.getState().getValueDescriptor()));
    }
    return "lists " + states;
  }
}
