package org.entente.gateway.feature.operation;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import io.grpc.BindableService;
import io.grpc.Context;
import io.grpc.ServerServiceDefinition;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.entente.gateway.identity.Identified;
import org.entente.gateway.identity.Scope;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.OperationId;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.gateway.rpc.server.CallCost;
import org.entente.gateway.rpc.server.CallFailureMapper;
import org.entente.gateway.rpc.server.Caller;
import org.entente.gateway.rpc.server.DiskUse;
import org.entente.gateway.rpc.server.LongSearches;
import org.entente.gateway.rpc.server.RequestFields;
import org.entente.gateway.rpc.server.ServiceMethods;
import org.entente.gateway.rpc.server.StatusMapper;
import org.entente.gateway.seal.statement.RosterMember;
import org.entente.gateway.seal.statement.RosterRole;
import org.entente.proto.v1.ChangeOperationRequest;
import org.entente.proto.v1.ChangeOperationResponse;
import org.entente.proto.v1.CloseOperationRequest;
import org.entente.proto.v1.CloseOperationResponse;
import org.entente.proto.v1.CreateOperationRequest;
import org.entente.proto.v1.CreateOperationResponse;
import org.entente.proto.v1.OperationMember;
import org.entente.proto.v1.OperationsGrpc;
import org.entente.proto.v1.ShowOperationRequest;
import org.entente.proto.v1.ShowOperationResponse;

/** The Operations service over {@link OperationLead} and {@link OperationView}. */
final class OperationsService implements BindableService {
  private final OperationLead convening;
  private final OperationView view;
  private final InstantSource clock;
  private final LongSearches searches = new LongSearches();

  OperationsService(OperationLead convening, OperationView view, InstantSource clock) {
    this.convening = convening;
    this.view = view;
    this.clock = clock;
  }

  @Override
  public ServerServiceDefinition bindService() {
    return new ServiceMethods(OperationsGrpc.getServiceDescriptor())
        .unary(
            OperationsGrpc.getCreateOperationMethod(),
            Scope.OPERATE_JOINTLY,
            CallCost.CHANGE,
            DiskUse.DEFERRABLE,
            this::createOperation)
        .unary(
            OperationsGrpc.getChangeOperationMethod(),
            Scope.OPERATE_JOINTLY,
            CallCost.CHANGE,
            DiskUse.MIXED,
            this::changeOperation)
        .unary(
            OperationsGrpc.getCloseOperationMethod(),
            Scope.OPERATE_JOINTLY,
            CallCost.CHANGE,
            DiskUse.NECESSARY,
            this::closeOperation)
        .unary(
            OperationsGrpc.getListOperationsMethod(),
            Scope.OPERATE_JOINTLY,
            CallCost.SEARCH,
            DiskUse.NONE,
            (caller, request) -> view.list())
        .unary(
            OperationsGrpc.getShowOperationMethod(),
            Scope.OPERATE_JOINTLY,
            CallCost.SEARCH,
            DiskUse.DEFERRABLE,
            this::showOperation)
        .build();
  }

  private CreateOperationResponse createOperation(
      Identified caller, CreateOperationRequest request) {
    List<RosterMember> members = members(request.getMembersList());
    Instant starts =
        request.hasStartsAt() ? instant("starts_at", request.getStartsAt()) : clock.instant();
    Instant ends = instant("ends_at", request.getEndsAt());
    OperationLead.Signed signed =
        signed(
            () ->
                convening.create(
                    caller.name(),
                    request.getName(),
                    members,
                    starts,
                    ends,
                    request.getExercise(),
                    request.getOnBehalfOf()));
    return CreateOperationResponse.newBuilder()
        .setOperation(OperationView.operation(signed.roster()))
        .setMessageId(ByteString.copyFrom(signed.message().bytes()))
        .build();
  }

  private ChangeOperationResponse changeOperation(
      Identified caller, ChangeOperationRequest request) {
    OperationId id = id(request.getOperationId());
    if (request.getMembersCount() == 0) {
      throw invalid("members", "are required: all members from then on");
    }
    OperationLead.Change change =
        new OperationLead.Change(
            members(request.getMembersList()),
            request.hasEndsAt()
                ? Optional.of(instant("ends_at", request.getEndsAt()))
                : Optional.empty(),
            request.getSeenNumber(),
            false,
            request.getUnconfirmed());
    OperationLead.Signed signed =
        signed(() -> convening.change(caller.name(), id, change, request.getOnBehalfOf()));
    return ChangeOperationResponse.newBuilder()
        .setOperation(OperationView.operation(signed.roster()))
        .setMessageId(ByteString.copyFrom(signed.message().bytes()))
        .build();
  }

  private CloseOperationResponse closeOperation(Identified caller, CloseOperationRequest request) {
    OperationId id = id(request.getOperationId());
    OperationLead.Signed signed =
        signed(
            () ->
                convening.change(
                    caller.name(),
                    id,
                    OperationLead.Change.closing(request.getUnconfirmed()),
                    request.getOnBehalfOf()));
    return CloseOperationResponse.newBuilder()
        .setOperation(OperationView.operation(signed.roster()))
        .setMessageId(ByteString.copyFrom(signed.message().bytes()))
        .build();
  }

  private ShowOperationResponse showOperation(Identified caller, ShowOperationRequest request) {
    OperationId id = id(request.getOperationId());
    MessageId after = RequestFields.after(request.getAfter());
    return StatusMapper.value(
        searches.run(
            caller.name(),
            Caller.account(),
            Context.current()::isCancelled,
            further -> view.show(caller.name(), id, after, request.getOnBehalfOf(), further)));
  }

  /** The outcome of a call that waits for the disk. */
  private static OperationLead.Signed signed(Supplier<Result<OperationLead.Signed>> call) {
    try {
      return StatusMapper.value(call.get());
    } catch (CompletionException e) {
      throw StatusMapper.exception(CallFailureMapper.problem(e));
    }
  }

  private static List<RosterMember> members(List<OperationMember> members) {
    List<RosterMember> out = new ArrayList<>();
    for (int i = 0; i < members.size(); i++) {
      OperationMember member = members.get(i);
      String field = "members[" + i + "]";
      RosterRole role =
          switch (member.getRole()) {
            case OPERATION_ROLE_LEAD -> RosterRole.LEAD;
            case OPERATION_ROLE_PARTICIPANT -> RosterRole.PARTICIPANT;
            case OPERATION_ROLE_OBSERVER -> RosterRole.OBSERVER;
            case OPERATION_ROLE_UNSPECIFIED, UNRECOGNIZED ->
                throw invalid(field + ".role", "is required; one of LEAD, PARTICIPANT, OBSERVER");
          };
      try {
        out.add(new RosterMember(new AgencyName(member.getAgency()), role));
      } catch (InvalidValue e) {
        throw invalid(field + ".agency", String.valueOf(e.getMessage()));
      }
    }
    return out;
  }

  private static OperationId id(ByteString bytes) {
    try {
      return OperationId.of(bytes.toByteArray());
    } catch (InvalidValue e) {
      throw invalid("operation_id", String.valueOf(e.getMessage()));
    }
  }

  private static Instant instant(String field, Timestamp at) {
    if (!Timestamps.isValid(at) || at.getSeconds() <= 0) {
      throw invalid(field, "is required; a time after 1970");
    }
    return Instant.ofEpochMilli(Timestamps.toMillis(at));
  }

  private static RuntimeException invalid(String field, String message) {
    return StatusMapper.exception(new Problem(Code.INVALID_FIELD, field, message));
  }
}
