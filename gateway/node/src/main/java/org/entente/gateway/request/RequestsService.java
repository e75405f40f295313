package org.entente.gateway.request;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.Executor;
import org.entente.gateway.identity.Identified;
import org.entente.gateway.identity.Scope;
import org.entente.gateway.ledger.table.RequestTable.Side;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.request.RequestDesk;
import org.entente.gateway.request.RequestList;
import org.entente.gateway.request.RequestPorts;
import org.entente.gateway.request.RequestReminders;
import org.entente.gateway.rpc.server.CallFailureMapper;
import org.entente.gateway.rpc.server.Caller;
import org.entente.gateway.rpc.server.KnownNames;
import org.entente.gateway.rpc.server.StatusMapper;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.DiscoverRequest;
import org.entente.proto.v1.DiscoverResponse;
import org.entente.proto.v1.FollowRemindersRequest;
import org.entente.proto.v1.FollowRemindersResponse;
import org.entente.proto.v1.ListRequestsRequest;
import org.entente.proto.v1.ListRequestsResponse;
import org.entente.proto.v1.ListRespondersRequest;
import org.entente.proto.v1.ListRespondersResponse;
import org.entente.proto.v1.RegisterResponderRequest;
import org.entente.proto.v1.RegisterResponderResponse;
import org.entente.proto.v1.RemindRequest;
import org.entente.proto.v1.RemindResponse;
import org.entente.proto.v1.RequestsGrpc;
import org.entente.proto.v1.WithdrawResponderRequest;
import org.entente.proto.v1.WithdrawResponderResponse;

/** The Requests service over {@link RequestPorts}. */
final class RequestsService extends RequestsGrpc.RequestsImplBase {
  private static final int MOST_CATEGORIES = 64;

  private final RequestDesk desk;
  private final RequestReminders reminding;
  private final Executor workers;
  private final KnownNames names;

  RequestsService(RequestPorts ports, KnownNames names) {
    this.names = names;
    this.desk = ports.desk();
    this.reminding = ports.reminding();
    this.workers = ports.workers();
  }

  @Override
  public void listRequests(
      ListRequestsRequest request, StreamObserver<ListRequestsResponse> observer) {
    // Which of the two, the request says; who has neither learns nothing of what it must say.
    Caller.requireAny(Scope.PUBLISH, Scope.RESPOND);
    Side side = side(request);
    NodeName client = Caller.require(scope(side)).name();
    StatusMapper.refuse(names.agency("agency", request.getAgency()));
    RequestList.Answer answer = desk.list().page(client, side, request);
    if (answer instanceof RequestList.Answer.Wrong wrong) {
      throw StatusMapper.exception(wrong.problem());
    }
    answer(((RequestList.Answer.Page) answer).response(), observer);
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

  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // what completes it answers the call
  public void remind(RemindRequest request, StreamObserver<RemindResponse> observer) {
    Identified caller = Caller.require(Scope.PUBLISH);
    reminding
        .remind(caller.name(), request)
        .whenComplete(
            (answer, failure) -> {
              if (failure != null) {
                observer.onError(StatusMapper.exception(CallFailureMapper.problem(failure)));
              } else if (answer instanceof RequestReminders.Answer.Refused refused) {
                observer.onError(StatusMapper.exception(refused.problem()));
              } else if (answer instanceof RequestReminders.Answer.Sent sent) {
                answer(
                    RemindResponse.newBuilder().addAllOutcomes(sent.outcomes()).build(), observer);
              }
            });
  }

  @Override
  public void followReminders(
      FollowRemindersRequest request, StreamObserver<FollowRemindersResponse> observer) {
    Identified caller = Caller.require(Scope.RESPOND);
    new ReminderWatch(
            desk.list(),
            caller.name(),
            request.getFollow(),
            request.getExercise(),
            (ServerCallStreamObserver<FollowRemindersResponse>) observer,
            workers)
        .begin();
  }

  @Override
  public void registerResponder(
      RegisterResponderRequest request, StreamObserver<RegisterResponderResponse> observer) {
    Identified caller = Caller.require(Scope.RESPOND);
    StatusMapper.refuse(
        desk.responders().register(caller.name(), request.getResponder(), request.getOnBehalfOf()));
    answer(RegisterResponderResponse.getDefaultInstance(), observer);
  }

  @Override
  public void withdrawResponder(
      WithdrawResponderRequest request, StreamObserver<WithdrawResponderResponse> observer) {
    Identified caller = Caller.require(Scope.RESPOND);
    StatusMapper.refuse(
        desk.responders().withdraw(caller.name(), request.getName(), request.getOnBehalfOf()));
    answer(WithdrawResponderResponse.getDefaultInstance(), observer);
  }

  @Override
  public void listResponders(
      ListRespondersRequest request, StreamObserver<ListRespondersResponse> observer) {
    Caller.require(Scope.RESPOND);
    answer(
        ListRespondersResponse.newBuilder().addAllResponders(desk.responders().list()).build(),
        observer);
  }

  @Override
  public void discover(DiscoverRequest request, StreamObserver<DiscoverResponse> observer) {
    Caller.require(Scope.PUBLISH);
    if (request.getCategoriesCount() > MOST_CATEGORIES) {
      throw StatusMapper.exception(
          new Problem(Code.INVALID_FIELD, "categories", "must be at most " + MOST_CATEGORIES));
    }
    if (request.getCategoriesList().stream().anyMatch(RequestsService::isUnknown)) {
      throw StatusMapper.exception(
          new Problem(
              Code.INVALID_FIELD, "categories", "has a value that this gateway does not know"));
    }
    StatusMapper.refuse(names.agency("agency", request.getAgency()));
    answer(
        DiscoverResponse.newBuilder().addAllResponders(desk.discovery().find(request)).build(),
        observer);
  }

  private static boolean isUnknown(Category category) {
    return category == Category.UNRECOGNIZED || category == Category.CATEGORY_UNSPECIFIED;
  }

  private static <T> void answer(T response, StreamObserver<T> observer) {
    observer.onNext(response);
    observer.onCompleted();
  }
}
