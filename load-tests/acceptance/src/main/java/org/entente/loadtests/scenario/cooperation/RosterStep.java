package org.entente.loadtests.scenario.cooperation;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.google.protobuf.ByteString;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.entente.loadtests.scenario.action.AnswerPoller;
import org.entente.loadtests.scenario.action.CallResult;
import org.entente.loadtests.scenario.action.ClientRef;
import org.entente.loadtests.scenario.action.NamedObject;
import org.entente.loadtests.scenario.action.ScenarioAction;
import org.entente.loadtests.scenario.action.ScenarioCheck;
import org.entente.loadtests.scenario.action.ScenarioEnums;
import org.entente.loadtests.scenario.action.ScenarioFederation;
import org.entente.loadtests.scenario.action.StepFindings;
import org.entente.proto.v1.ListOperationsRequest;
import org.entente.proto.v1.ListOperationsResponse;
import org.entente.proto.v1.Operation;
import org.entente.proto.v1.OperationMember;
import org.entente.proto.v1.OperationRole;
import org.entente.proto.v1.OperationState;
import org.entente.proto.v1.OperationsGrpc;

/**
 * Agencies hold the same roster of a joint operation, as its hash shows, and know no member that
 * has not confirmed it.
 *
 * @param operation its name
 * @param at clients whose rosters are compared, two or more
 * @param roster its number
 * @param state OPEN or CLOSED
 * @param members the role of each agency that takes part
 */
public record RosterStep(
    @JsonProperty(required = true) String operation,
    @JsonProperty(required = true) List<ClientRef> at,
    @JsonProperty(required = true) int roster,
    @JsonProperty(required = true) String state,
    @JsonProperty(required = true) Map<String, String> members)
    implements ScenarioAction {
  public RosterStep {
    at = List.copyOf(at);
    members = new TreeMap<>(members);
  }

  @Override
  public String word() {
    return "roster";
  }

  @Override
  public void check(ScenarioCheck checking, String field) {
    checking.named(field + ".operation", NamedObject.OPERATION, operation);
    checking.require(at.size() > 1, field + ".at", at.size() + " clients", "two or more");
    for (int i = 0; i < at.size(); i++) {
      checking.client(field + ".at[" + i + "]", at.get(i));
    }
    checking.constant(field + ".state", OperationState.getDescriptor(), state);
    members.forEach(
        (agency, role) -> {
          checking.agency(field + ".members." + agency, agency);
          checking.constant(field + ".members." + agency, OperationRole.getDescriptor(), role);
        });
  }

  @Override
  public void perform(ScenarioFederation stage, StepFindings findings) throws InterruptedException {
    ByteString id = stage.things().id(NamedObject.OPERATION, operation);
    String expected = "roster " + roster + ", " + state + ", of " + new TreeMap<>(members);
    TreeSet<String> hashes = new TreeSet<>();
    for (ClientRef client : at) {
      OperationsGrpc.OperationsBlockingStub service =
          OperationsGrpc.newBlockingStub(stage.channel(client));
      CallResult<ListOperationsResponse> answer =
          AnswerPoller.until(
              it -> it.words(list -> words(list, id)).equals(expected),
              () ->
                  CallResult.to(
                      () ->
                          stage
                              .patient(service)
                              .listOperations(ListOperationsRequest.getDefaultInstance())));
      findings.same(
          client + " has " + expected, client + " has " + answer.words(it -> words(it, id)));
      hashes.add(answer.words(it -> hash(it, id)));
    }
    findings.add("one hash at all of them", "the hashes " + hashes, hashes.size() == 1);
  }

  private static String words(ListOperationsResponse list, ByteString id) {
    for (Operation it : list.getOperationsList()) {
      if (it.getOperationId().equals(id)) {
        Map<String, String> roles = new TreeMap<>();
        for (OperationMember member : it.getMembersList()) {
          roles.put(member.getAgency(), ScenarioEnums.of(member.getRole().getValueDescriptor()));
        }
        String stands = ScenarioEnums.of(it.getState().getValueDescriptor());
        String unconfirmed =
            it.getUnconfirmedByCount() == 0
                ? ""
                : ", not confirmed by " + new TreeSet<>(it.getUnconfirmedByList());
        return "roster " + it.getNumber() + ", " + stands + ", of " + roles + unconfirmed;
      }
    }
    return "none";
  }

  private static String hash(ListOperationsResponse list, ByteString id) {
    return list.getOperationsList().stream()
        .filter(it -> it.getOperationId().equals(id))
        .map(it -> HexFormat.of().formatHex(it.getRosterHash().toByteArray()))
        .findFirst()
        .orElse("none");
  }
}
