package org.entente.gateway.rpc;

import static org.entente.gateway.rpc.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import java.util.List;
import org.entente.proto.v1.FollowRemindersRequest;
import org.entente.proto.v1.ListRequestsRequest;
import org.entente.proto.v1.RemindRequest;
import org.entente.proto.v1.RequestSide;
import org.entente.proto.v1.RequestStatus;
import org.entente.proto.v1.RequestsGrpc;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Who may see which requests, and what a client is told that may not. */
class RequestsServiceTest {
  @AutoClose private final Edge edge = new Edge();
  private final RequestsGrpc.RequestsBlockingStub calls =
      RequestsGrpc.newBlockingStub(edge.calling("all"));
  private final RequestsGrpc.RequestsBlockingStub publisher =
      RequestsGrpc.newBlockingStub(edge.calling("publisher"));

  private static ListRequestsRequest.Builder of(RequestSide side) {
    return ListRequestsRequest.newBuilder().setSide(side);
  }

  /** Threat 58. */
  @Test
  void client_thatOnlyPublishes_seesWhatWasAsked_andNotWhatIsOwed() {
    assertEquals(
        List.of(),
        publisher.listRequests(of(RequestSide.REQUEST_SIDE_ASKED).build()).getRequestsList());
    assertRefused(
        Status.Code.PERMISSION_DENIED,
        "SCOPE_MISSING",
        "",
        () -> publisher.listRequests(of(RequestSide.REQUEST_SIDE_OWED).build()));
    assertEquals(
        List.of(), calls.listRequests(of(RequestSide.REQUEST_SIDE_OWED).build()).getRequestsList());
  }

  /** Threat 58. */
  @Test
  void client_thatOnlyPublishes_isNotToldWhatIsReminded() {
    assertRefused(
        Status.Code.PERMISSION_DENIED,
        "SCOPE_MISSING",
        "",
        () -> publisher.followReminders(FollowRemindersRequest.getDefaultInstance()).hasNext());
    assertFalse(calls.followReminders(FollowRemindersRequest.getDefaultInstance()).hasNext());
    assertRefused(
        Status.Code.INVALID_ARGUMENT,
        "INVALID_FIELD",
        "request_id",
        () -> publisher.remind(RemindRequest.getDefaultInstance()));
  }

  @Test
  void listing_thatIsAskedForWrongly_isRefusedByField() {
    invalid("side", ListRequestsRequest.newBuilder());
    invalid("page_size", of(RequestSide.REQUEST_SIDE_OWED).setPageSize(101));
    invalid(
        "request_id",
        of(RequestSide.REQUEST_SIDE_OWED).setRequestId(ByteString.copyFromUtf8("short")));
    invalid("page_token", of(RequestSide.REQUEST_SIDE_OWED).setPageToken("no such page"));
    invalid(
        "statuses",
        of(RequestSide.REQUEST_SIDE_OWED).addStatuses(RequestStatus.REQUEST_STATUS_UNSPECIFIED));
    ListRequestsRequest.Builder many = of(RequestSide.REQUEST_SIDE_OWED);
    for (int i = 0; i < 17; i++) {
      many.addStatuses(RequestStatus.REQUEST_STATUS_OPEN);
    }
    invalid("statuses", many);
  }

  private void invalid(String field, ListRequestsRequest.Builder request) {
    assertRefused(
        Status.Code.INVALID_ARGUMENT,
        "INVALID_FIELD",
        field,
        () -> calls.listRequests(request.build()));
  }
}
