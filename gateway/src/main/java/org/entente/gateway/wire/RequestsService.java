package org.entente.gateway.wire;

import io.grpc.stub.StreamObserver;
import org.entente.gateway.identity.Scope;
import org.entente.gateway.ledger.RequestBook.Side;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Problem;
import org.entente.gateway.request.RequestList;
import org.entente.proto.v1.ListRequestsRequest;
import org.entente.proto.v1.ListRequestsResponse;
import org.entente.proto.v1.RequestsGrpc;

/** The Requests service over {@link RequestList}. */
final class RequestsService extends RequestsGrpc.RequestsImplBase {
  private final RequestList list;

  RequestsService(RequestList list) {
    this.list = list;
  }

  @Override
  public void listRequests(
      ListRequestsRequest request, StreamObserver<ListRequestsResponse> observer) {
    RequestList.Answer answer = list.page(side(request), request);
    if (answer instanceof RequestList.Answer.Wrong wrong) {
      throw Statuses.exception(wrong.problem());
    }
    observer.onNext(((RequestList.Answer.Page) answer).response());
    observer.onCompleted();
  }

  /** Who asks sees what it asked; who answers, what it owes. */
  private static Side side(ListRequestsRequest request) {
    return switch (request.getSide()) {
      case REQUEST_SIDE_ASKED -> {
        Caller.require(Scope.PUBLISH);
        yield Side.ASKED;
      }
      case REQUEST_SIDE_OWED -> {
        Caller.require(Scope.RESPOND);
        yield Side.OWED;
      }
      case REQUEST_SIDE_UNSPECIFIED, UNRECOGNIZED ->
          throw Statuses.exception(
              new Problem(
                  Code.INVALID_FIELD, "side", "must be REQUEST_SIDE_ASKED or REQUEST_SIDE_OWED"));
    };
  }
}
