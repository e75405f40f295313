package org.entente.gateway.operator;

import com.google.protobuf.util.Timestamps;
import io.grpc.stub.StreamObserver;
import org.entente.gateway.identity.Identified;
import org.entente.gateway.identity.Scope;
import org.entente.gateway.operator.CursorBacklog;
import org.entente.gateway.operator.Cursors;
import org.entente.gateway.rpc.server.Caller;
import org.entente.gateway.rpc.server.StatusMapper;
import org.entente.proto.v1.CursorState;
import org.entente.proto.v1.CursorsGrpc;
import org.entente.proto.v1.ForgetCursorRequest;
import org.entente.proto.v1.ForgetCursorResponse;
import org.entente.proto.v1.ListCursorsRequest;
import org.entente.proto.v1.ListCursorsResponse;

/** The Cursors service over {@link Cursors}. */
final class CursorsService extends CursorsGrpc.CursorsImplBase {
  private final Cursors cursors;

  CursorsService(Cursors cursors) {
    this.cursors = cursors;
  }

  @Override
  public void listCursors(
      ListCursorsRequest request, StreamObserver<ListCursorsResponse> observer) {
    Caller.require(Scope.OPERATOR);
    Cursors.Answer answer = cursors.list(request.getClient());
    if (answer instanceof Cursors.Answer.Refused refused) {
      throw StatusMapper.exception(refused.problem());
    }
    Cursors.Answer.Listed listed = (Cursors.Answer.Listed) answer;
    ListCursorsResponse.Builder response =
        ListCursorsResponse.newBuilder()
            .setLastPosition(listed.lastPosition())
            .setMore(listed.more());
    for (Cursors.Cursor one : listed.cursors()) {
      response.addCursors(state(one));
    }
    observer.onNext(response.build());
    observer.onCompleted();
  }

  private static CursorState state(Cursors.Cursor cursor) {
    CursorBacklog backlog = cursor.backlog();
    CursorState.Builder state =
        CursorState.newBuilder()
            .setClient(cursor.client())
            .setCursor(cursor.name())
            .setOpen(cursor.open())
            .setNextPosition(backlog.nextPosition())
            .setMessagesBehind(backlog.messages())
            .setMoreBehind(backlog.more());
    if (backlog.sinceMillis() > 0) {
      state.setOldestReceivedAt(Timestamps.fromMillis(backlog.sinceMillis()));
    }
    return state.build();
  }

  @Override
  public void forgetCursor(
      ForgetCursorRequest request, StreamObserver<ForgetCursorResponse> observer) {
    Identified caller = Caller.require(Scope.OPERATOR);
    Cursors.Answer answer =
        cursors.forget(
            caller.name(), request.getClient(), request.getCursor(), request.getOnBehalfOf());
    if (answer instanceof Cursors.Answer.Refused refused) {
      throw StatusMapper.exception(refused.problem());
    }
    observer.onNext(
        ForgetCursorResponse.newBuilder()
            .setNextPosition(((Cursors.Answer.Forgotten) answer).nextPosition())
            .build());
    observer.onCompleted();
  }
}
