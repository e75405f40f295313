package org.entente.loadtests.scenario.step;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.TreeSet;
import org.entente.loadtests.scenario.action.CallResult;
import org.entente.loadtests.scenario.action.ClientRef;
import org.entente.loadtests.scenario.action.ScenarioAction;
import org.entente.loadtests.scenario.action.ScenarioCheck;
import org.entente.loadtests.scenario.action.ScenarioFederation;
import org.entente.loadtests.scenario.action.StepFindings;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.RecallRequest;
import org.entente.proto.v1.RecallResponse;
import org.entente.proto.v1.RetentionGrpc;
import org.jspecify.annotations.Nullable;

/**
 * An agency recalls one of its messages.
 *
 * @param by the calling client
 * @param message its name
 * @param as name in later steps for the recall, which is a message itself
 * @param officer the deciding officer
 * @param justification reason for the agency's own record; required if an agreement demands it
 * @param reason why, as the recipients read it
 * @param to recipients to whom the recall goes
 * @param error expected error code instead
 */
public record RecallStep(
    @JsonProperty(required = true) ClientRef by,
    @JsonProperty(required = true) String message,
    @Nullable String as,
    @JsonProperty(required = true) String officer,
    @Nullable String justification,
    @JsonProperty(required = true) String reason,
    @Nullable List<String> to,
    @Nullable String error)
    implements ScenarioAction {
  @Override
  public String word() {
    return "recall";
  }

  private List<String> recipients() {
    return to == null ? List.of() : List.copyOf(to);
  }

  @Override
  public void check(ScenarioCheck checking, String field) {
    checking.client(field + ".by", by);
    checking.message(field + ".message", message);
    checking.require(
        recipients().isEmpty() == (error != null),
        field,
        "expects nothing, or things that exclude each other",
        "either to or error");
    for (int i = 0; i < recipients().size(); i++) {
      checking.agency(field + ".to[" + i + "]", recipients().get(i));
    }
    if (as != null) {
      checking.names(field + ".as", as);
    }
  }

  @Override
  public void perform(ScenarioFederation stage, StepFindings findings) {
    long begun = System.nanoTime();
    RecallRequest request =
        RecallRequest.newBuilder()
            .setMessageId(stage.id(message))
            .setReason(reason)
            .setOnBehalfOf(
                OnBehalfOf.newBuilder()
                    .setOfficer(officer)
                    .setJustification(justification == null ? "" : justification))
            .build();
    RetentionGrpc.RetentionBlockingStub retention =
        RetentionGrpc.newBlockingStub(stage.channel(by));
    CallResult<RecallResponse> answer =
        CallResult.to(() -> stage.patient(retention).recall(request));
    if (answer instanceof CallResult.Given<RecallResponse> given) {
      stage.recalled(as == null ? "recall of " + message : as, by.agency(), given.value(), begun);
      findings.same(
          error == null ? "goes to " + new TreeSet<>(recipients()) : "error " + error,
          "goes to " + new TreeSet<>(given.value().getRecipientsList()));
    } else if (answer instanceof CallResult.Failed<RecallResponse> failed) {
      findings.same(
          error == null ? "goes to " + new TreeSet<>(recipients()) : "error " + error,
          "error " + failed.code());
    }
  }
}
