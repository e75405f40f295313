package org.entente.gateway.feature.request;

import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.concurrent.CompletableFuture;
import org.entente.gateway.feature.request.RequestTable.Side;
import org.entente.gateway.identity.Identified;
import org.entente.gateway.identity.Scope;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.rpc.ServiceContext;
import org.entente.gateway.rpc.server.CallCost;
import org.entente.gateway.rpc.server.Caller;
import org.entente.gateway.rpc.server.DiskUse;
import org.entente.gateway.rpc.server.RequestFields;
import org.entente.gateway.rpc.server.ServiceMethods;
import org.entente.gateway.rpc.server.StatusMapper;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.DiscoverRequest;
import org.entente.proto.v1.DiscoverResponse;
import org.entente.proto.v1.FollowRemindersRequest;
import org.entente.proto.v1.FollowRemindersResponse;
import org.entente.proto.v1.ListRequestsRequest;
import org.entente.proto.v1.ListRequestsResponse;
import org.entente.proto.v1.ListRespondersResponse;
import org.entente.proto.v1.RegisterResponderRequest;
import org.entente.proto.v1.RegisterResponderResponse;
import org.entente.proto.v1.RemindRequest;
import org.entente.proto.v1.RemindResponse;
import org.entente.proto.v1.RequestsGrpc;
import org.entente.proto.v1.WithdrawResponderRequest;
import org.entente.proto.v1.WithdrawResponderResponse;

/** The Requests service over {@link RequestDesk} and {@link RequestReminders}. */
final class RequestsService implements BindableService {
  private static final int MOST_CATEGORIES = 64;

  private final RequestDesk desk;
  private final RequestReminders reminding;
  private final ServiceContext context;

  RequestsService(RequestDesk desk, RequestReminders reminding, ServiceContext context) {
    this.desk = desk;
    this.reminding = reminding;
    this.context = context;
  }

  @Override
  public ServerServiceDefinition bindService() {
    return new ServiceMethods(RequestsGrpc.getServiceDescriptor())
        // The request says which of the two it needs; a caller with neither learns no more.
        .unary(
            RequestsGrpc.getListRequestsMethod(),
            () -> Caller.requireAny(Scope.PUBLISH, Scope.RESPOND),
            CallCost.SEARCH,
            DiskUse.NONE,
            (caller, request) -> listRequests(request))
        .later(
            RequestsGrpc.getRemindMethod(),
            Scope.PUBLISH,
            CallCost.CHANGE,
            DiskUse.DEFERRABLE,
            this::remind)
        .serverStream(
            RequestsGrpc.getFollowRemindersMethod(),
            Scope.RESPOND,
            CallCost.READ,
            DiskUse.NONE,
            this::followReminders)
        .unary(
            RequestsGrpc.getRegisterResponderMethod(),
            Scope.RESPOND,
            CallCost.CHANGE,
            DiskUse.DEFERRABLE,
            this::registerResponder)
        .unary(
            RequestsGrpc.getWithdrawResponderMethod(),
            Scope.RESPOND,
            CallCost.CHANGE,
            DiskUse.NECESSARY,
            this::withdrawResponder)
        .unary(
            RequestsGrpc.getListRespondersMethod(),
            Scope.RESPOND,
            CallCost.READ,
            DiskUse.NONE,
            (caller, request) -> listResponders())
        .unary(
            RequestsGrpc.getDiscoverMethod(),
            Scope.PUBLISH,
            CallCost.READ,
            DiskUse.NONE,
            (caller, request) -> discover(request))
        .build();
  }

  private ListRequestsResponse listRequests(ListRequestsRequest request) {
    Side side = side(request);
    NodeName client = Caller.require(scope(side)).name();
    StatusMapper.refuse(context.names().agency("agency", request.getAgency()));
    if (!request.getRequestId().isEmpty()) {
      RequestFields.id("request_id", request.getRequestId());
    }
    return StatusMapper.value(desk.list().page(client, side, request));
  }

  /**
   * The scope for a side: a requester sees the requests it sent, a responder the answers it owes.
   */
  private static Scope scope(Side side) {
    return side == Side.ASKED ? Scope.PUBLISH : Scope.RESPOND;
  }

  private static Side side(ListRequestsRequest request) {
    return switch (request.getSide()) {
      case REQUEST_SIDE_ASKED -> Side.ASKED;
      case REQUEST_SIDE_OWED -> Side.OWED;
      case REQUEST_SIDE_UNSPECIFIED, UNRECOGNIZED ->
          throw StatusMapper.exception(
              new Problem(
                  Code.INVALID_FIELD, "side", "must be REQUEST_SIDE_ASKED or REQUEST_SIDE_OWED"));
    };
  }

  private CompletableFuture<RemindResponse> remind(Identified caller, RemindRequest request) {
    return reminding
        .remind(caller.name(), request)
        .thenApply(StatusMapper::value)
        .thenApply(outcomes -> RemindResponse.newBuilder().addAllOutcomes(outcomes).build());
  }

  private void followReminders(
      Identified caller,
      FollowRemindersRequest request,
      ServerCallStreamObserver<FollowRemindersResponse> out) {
    new ReminderWatch(
            desk.list(),
            caller.name(),
            request.getFollow(),
            request.getExercise(),
            context,
            Caller.account(),
            out)
        .begin();
  }

  private RegisterResponderResponse registerResponder(
      Identified caller, RegisterResponderRequest request) {
    StatusMapper.refuse(
        desk.responders().register(caller.name(), request.getResponder(), request.getOnBehalfOf()));
    return RegisterResponderResponse.getDefaultInstance();
  }

  private WithdrawResponderResponse withdrawResponder(
      Identified caller, WithdrawResponderRequest request) {
    StatusMapper.refuse(
        desk.responders().withdraw(caller.name(), request.getName(), request.getOnBehalfOf()));
    return WithdrawResponderResponse.getDefaultInstance();
  }

  private ListRespondersResponse listResponders() {
    return ListRespondersResponse.newBuilder().addAllResponders(desk.responders().list()).build();
  }

  private DiscoverResponse discover(DiscoverRequest request) {
    if (request.getCategoriesCount() > MOST_CATEGORIES) {
      throw StatusMapper.exception(
          new Problem(Code.INVALID_FIELD, "categories", "must be at most " + MOST_CATEGORIES));
    }
    if (request.getCategoriesList().stream().anyMatch(RequestsService::isUnknown)) {
      throw StatusMapper.exception(
          new Problem(
              Code.INVALID_FIELD, "categories", "has a value that this gateway does not know"));
    }
    StatusMapper.refuse(context.names().agency("agency", request.getAgency()));
    return DiscoverResponse.newBuilder().addAllResponders(desk.discovery().find(request)).build();
  }

  private static boolean isUnknown(Category category) {
    return category == Category.UNRECOGNIZED || category == Category.CATEGORY_UNSPECIFIED;
  }
}
