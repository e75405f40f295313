package org.entente.gateway.feature.operator;

import com.google.protobuf.util.Timestamps;
import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import org.entente.gateway.identity.Identified;
import org.entente.gateway.identity.Scope;
import org.entente.gateway.rpc.server.CallCost;
import org.entente.gateway.rpc.server.ServiceMethods;
import org.entente.gateway.rpc.server.StatusMapper;
import org.entente.proto.v1.CursorState;
import org.entente.proto.v1.CursorsGrpc;
import org.entente.proto.v1.ForgetCursorRequest;
import org.entente.proto.v1.ForgetCursorResponse;
import org.entente.proto.v1.ListCursorsRequest;
import org.entente.proto.v1.ListCursorsResponse;

/** The Cursors service over {@link Cursors}. */
final class CursorsService implements BindableService {
  private final Cursors cursors;

  CursorsService(Cursors cursors) {
    this.cursors = cursors;
  }

  @Override
  public ServerServiceDefinition bindService() {
    return new ServiceMethods(CursorsGrpc.getServiceDescriptor())
        .unary(
            CursorsGrpc.getListCursorsMethod(),
            Scope.OPERATOR,
            CallCost.SEARCH,
            (caller, request) -> listCursors(request))
        .unary(
            CursorsGrpc.getForgetCursorMethod(),
            Scope.OPERATOR,
            CallCost.CHANGE,
            this::forgetCursor)
        .build();
  }

  private ListCursorsResponse listCursors(ListCursorsRequest request) {
    Cursors.CursorList listed = StatusMapper.value(cursors.list(request.getClient()));
    ListCursorsResponse.Builder response =
        ListCursorsResponse.newBuilder()
            .setLastPosition(listed.lastPosition())
            .setMore(listed.more());
    for (Cursors.Cursor one : listed.cursors()) {
      response.addCursors(state(one));
    }
    return response.build();
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

  private ForgetCursorResponse forgetCursor(Identified caller, ForgetCursorRequest request) {
    long next =
        StatusMapper.value(
            cursors.forget(
                caller.name(), request.getClient(), request.getCursor(), request.getOnBehalfOf()));
    return ForgetCursorResponse.newBuilder().setNextPosition(next).build();
  }
}
