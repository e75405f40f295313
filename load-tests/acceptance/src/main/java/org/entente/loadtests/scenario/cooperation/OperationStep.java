package org.entente.loadtests.scenario.cooperation;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.loadtests.scenario.action.CallActor;
import org.entente.loadtests.scenario.action.CallResult;
import org.entente.loadtests.scenario.action.ClientRef;
import org.entente.loadtests.scenario.action.NamedObject;
import org.entente.loadtests.scenario.action.ScenarioAction;
import org.entente.loadtests.scenario.action.ScenarioCheck;
import org.entente.loadtests.scenario.action.ScenarioFederation;
import org.entente.loadtests.scenario.action.StepFindings;
import org.entente.proto.v1.ChangeOperationRequest;
import org.entente.proto.v1.ChangeOperationResponse;
import org.entente.proto.v1.CloseOperationRequest;
import org.entente.proto.v1.CloseOperationResponse;
import org.entente.proto.v1.CreateOperationRequest;
import org.entente.proto.v1.CreateOperationResponse;
import org.entente.proto.v1.ListOperationsRequest;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.Operation;
import org.entente.proto.v1.OperationMember;
import org.entente.proto.v1.OperationRole;
import org.entente.proto.v1.OperationsGrpc;
import org.jspecify.annotations.Nullable;

/**
 * The lead of a joint operation founds it, changes its members, or closes it.
 *
 * @param by the calling client, whose agency leads
 * @param does the lead's action
 * @param operation its name in the scenario, which CREATE gives
 * @param cover name that all members see; CREATE alone
 * @param participants members that publish and receive, besides the lead; CREATE and CHANGE
 * @param observers members that only receive; CREATE and CHANGE
 * @param lead the new lead; CHANGE only, otherwise the agency of {@code by} remains
 * @param days its duration from now; CREATE, and CHANGE if its end moves
 * @param officer the deciding officer
 * @param justification the reason
 * @param roster the number of the resulting roster
 * @param error expected error code instead
 */
public record OperationStep(
    @JsonProperty(required = true) ClientRef by,
    @JsonProperty(required = true) LeadAction does,
    @JsonProperty(required = true) String operation,
    @Nullable String cover,
    @Nullable List<String> participants,
    @Nullable List<String> observers,
    @Nullable String lead,
    @Nullable Integer days,
    @JsonProperty(required = true) String officer,
    @JsonProperty(required = true) String justification,
    @Nullable Integer roster,
    @Nullable String error)
    implements ScenarioAction {
  /** Actions of a lead. */
  enum LeadAction {
    CREATE,
    CHANGE,
    CLOSE
  }

  /** The resulting roster and the message that carries it. */
  private record SignedRoster(Operation operation, ByteString messageId) {}

  @Override
  public String word() {
    return "operation";
  }

  private List<String> publishing() {
    return participants == null ? List.of() : List.copyOf(participants);
  }

  private List<String> watching() {
    return observers == null ? List.of() : List.copyOf(observers);
  }

  @Override
  public void check(ScenarioCheck checking, String field) {
    checking.client(field + ".by", by);
    for (int i = 0; i < publishing().size(); i++) {
      checking.agency(field + ".participants[" + i + "]", publishing().get(i));
    }
    for (int i = 0; i < watching().size(); i++) {
      checking.agency(field + ".observers[" + i + "]", watching().get(i));
    }
    boolean members = !publishing().isEmpty() || !watching().isEmpty();
    checking.require(
        members == (does != LeadAction.CLOSE),
        field,
        (members ? "members beside " : "no members with ") + does,
        "participants or observers with CREATE and CHANGE, and with them only");
    checking.require(
        (does == LeadAction.CREATE) == (cover != null)
            && (does != LeadAction.CREATE || days != null),
        field,
        "cover with another deed than CREATE, or CREATE without cover or days",
        "both with CREATE, and cover with it only");
    checking.require(
        does != LeadAction.CLOSE || days == null,
        field + ".days",
        "with CLOSE",
        "with CREATE or CHANGE");
    handsOver(checking, field);
    checking.either(field, "roster", roster != null, error);
    if (does == LeadAction.CREATE) {
      checking.names(field + ".operation", NamedObject.OPERATION, operation);
    } else {
      checking.named(field + ".operation", NamedObject.OPERATION, operation);
    }
  }

  private void handsOver(ScenarioCheck checking, String field) {
    if (lead == null) {
      return;
    }
    checking.agency(field + ".lead", lead);
    checking.require(
        does == LeadAction.CHANGE
            && !lead.equals(by.agency())
            && (publishing().contains(by.agency()) || watching().contains(by.agency())),
        field + ".lead",
        "beside " + does + ", itself, or with a former lead that leaves",
        "with CHANGE another agency, and " + by.agency() + " in participants or observers");
  }

  @Override
  public void perform(ScenarioFederation stage, StepFindings findings) {
    OperationsGrpc.OperationsBlockingStub service =
        OperationsGrpc.newBlockingStub(stage.channel(by));
    Set<String> concerned = new TreeSet<>(publishing());
    concerned.addAll(watching());
    if (lead != null) {
      concerned.add(lead);
    }
    CallResult<SignedRoster> answer;
    if (does == LeadAction.CREATE) {
      answer = CallResult.to(() -> create(stage.patient(service)));
    } else {
      Operation before = before(stage, service);
      before.getMembersList().forEach(member -> concerned.add(member.getAgency()));
      answer =
          CallResult.to(
              () ->
                  does == LeadAction.CHANGE
                      ? change(stage.patient(service), before)
                      : close(stage.patient(service), before));
    }
    if (answer instanceof CallResult.Given<SignedRoster> given) {
      concerned.remove(by.agency());
      SignedRoster signed = given.value();
      stage.things().name(NamedObject.OPERATION, operation, signed.operation().getOperationId());
      stage.made(by.agency(), signed.messageId(), concerned);
    }
    findings.same(
        CallResult.expected(error, "roster " + roster + " is signed"),
        answer.words(it -> "roster " + it.operation().getNumber() + " is signed"));
  }

  private Operation before(
      ScenarioFederation stage, OperationsGrpc.OperationsBlockingStub service) {
    ByteString id = stage.things().id(NamedObject.OPERATION, operation);
    return stage
        .patient(service)
        .listOperations(ListOperationsRequest.getDefaultInstance())
        .getOperationsList()
        .stream()
        .filter(it -> it.getOperationId().equals(id))
        .findFirst()
        .orElseThrow(() -> new CommandFailure(by.agency() + " holds no roster of " + operation));
  }

  private static Timestamp end(int days) {
    return Timestamps.fromMillis(Instant.now().plus(Duration.ofDays(days)).toEpochMilli());
  }

  private OnBehalfOf person() {
    return CallActor.person(officer, justification);
  }

  private SignedRoster create(OperationsGrpc.OperationsBlockingStub service) {
    CreateOperationResponse response =
        service.createOperation(
            CreateOperationRequest.newBuilder()
                .setName(cover == null ? "" : cover)
                .addAllMembers(others())
                .setEndsAt(end(days == null ? 0 : days))
                .setOnBehalfOf(person())
                .build());
    return new SignedRoster(response.getOperation(), response.getMessageId());
  }

  private SignedRoster change(OperationsGrpc.OperationsBlockingStub service, Operation before) {
    ChangeOperationRequest.Builder request =
        ChangeOperationRequest.newBuilder()
            .setOperationId(before.getOperationId())
            .addMembers(
                member(lead == null ? by.agency() : lead, OperationRole.OPERATION_ROLE_LEAD))
            .addAllMembers(others())
            .setSeenNumber(before.getNumber())
            .setOnBehalfOf(person());
    if (days != null) {
      request.setEndsAt(end(days));
    }
    ChangeOperationResponse response = service.changeOperation(request.build());
    return new SignedRoster(response.getOperation(), response.getMessageId());
  }

  private SignedRoster close(OperationsGrpc.OperationsBlockingStub service, Operation before) {
    CloseOperationResponse response =
        service.closeOperation(
            CloseOperationRequest.newBuilder()
                .setOperationId(before.getOperationId())
                .setOnBehalfOf(person())
                .build());
    return new SignedRoster(response.getOperation(), response.getMessageId());
  }

  private List<OperationMember> others() {
    List<OperationMember> members = new ArrayList<>();
    publishing().forEach(it -> members.add(member(it, OperationRole.OPERATION_ROLE_PARTICIPANT)));
    watching().forEach(it -> members.add(member(it, OperationRole.OPERATION_ROLE_OBSERVER)));
    return members;
  }

  private static OperationMember member(String agency, OperationRole role) {
    return OperationMember.newBuilder().setAgency(agency).setRole(role).build();
  }
}
