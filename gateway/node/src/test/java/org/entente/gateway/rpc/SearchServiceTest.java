package org.entente.gateway.rpc;

import static org.entente.gateway.rpc.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import java.util.List;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.model.MessageId;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.OpenRequest;
import org.entente.proto.v1.RelatedRequest;
import org.entente.proto.v1.SearchGrpc;
import org.entente.proto.v1.SearchRequest;
import org.entente.proto.v1.SearchResponse;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who may search, and what a client is told that may not; what is found is MessageSearchTest's. */
class SearchServiceTest {
  private static final OnBehalfOf PERSON =
      OnBehalfOf.newBuilder().setOfficer("FR-7").setJustification("case 12/26").build();

  @AutoClose private final Edge edge = new Edge();
  private final SearchGrpc.SearchBlockingStub calls =
      SearchGrpc.newBlockingStub(edge.calling("all"));
  private final SearchGrpc.SearchBlockingStub stranger =
      SearchGrpc.newBlockingStub(edge.calling("publisher"));

  @BeforeEach
  void start() {
    edge.behind.run("search index");
  }

  private static OpenRequest open(OnBehalfOf person) {
    return OpenRequest.newBuilder()
        .setMessageId(ByteString.copyFrom(new byte[MessageId.SIZE]))
        .setOnBehalfOf(person)
        .build();
  }

  private static RelatedRequest related(OnBehalfOf person) {
    return RelatedRequest.newBuilder()
        .setMessageId(ByteString.copyFrom(new byte[MessageId.SIZE]))
        .setOnBehalfOf(person)
        .build();
  }

  @Test
  void search_ofAnEmptyLedger_isComplete_andOnRecord() {
    SearchResponse response =
        calls.search(SearchRequest.newBuilder().setOnBehalfOf(PERSON).build());
    assertEquals(List.of(), response.getMessagesList());
    assertTrue(response.getComplete());
    AuditRecord leaf = edge.behind.recorded.get(edge.behind.recorded.size() - 1);
    assertEquals(AuditType.SEARCHED, leaf.type());
    assertEquals("by no criteria: 0 shown", leaf.outcome().detail());
  }

  @Test
  void call_withoutAReason_isRefusedByField() {
    OnBehalfOf noReason = PERSON.toBuilder().clearJustification().build();
    assertRefused(
        Status.Code.INVALID_ARGUMENT,
        "INVALID_FIELD",
        "on_behalf_of.justification",
        () -> calls.search(SearchRequest.newBuilder().setOnBehalfOf(noReason).build()));
    assertRefused(
        Status.Code.INVALID_ARGUMENT,
        "INVALID_FIELD",
        "on_behalf_of.justification",
        () -> calls.open(open(noReason)));
    assertRefused(
        Status.Code.INVALID_ARGUMENT,
        "INVALID_FIELD",
        "page_size",
        () ->
            calls.search(
                SearchRequest.newBuilder().setPageSize(101).setOnBehalfOf(PERSON).build()));
    assertEquals(List.of(), edge.behind.recorded);
  }

  @Test
  void open_ofWhatIsNotThere_isNotFound_andOfNoId_isInvalid() {
    assertRefused(Status.Code.NOT_FOUND, "NOT_FOUND", "message_id", () -> calls.open(open(PERSON)));
    assertRefused(
        Status.Code.NOT_FOUND, "NOT_FOUND", "message_id", () -> calls.related(related(PERSON)));
    assertRefused(
        Status.Code.INVALID_ARGUMENT,
        "INVALID_FIELD",
        "message_id",
        () -> calls.open(OpenRequest.newBuilder().setOnBehalfOf(PERSON).build()));
  }

  /** Threat 58. */
  @Test
  void client_withoutTheScope_isDeniedEveryCall_andLeavesNoTrace() {
    assertRefused(
        Status.Code.PERMISSION_DENIED,
        "SCOPE_MISSING",
        "",
        () -> stranger.search(SearchRequest.newBuilder().setOnBehalfOf(PERSON).build()));
    assertRefused(
        Status.Code.PERMISSION_DENIED, "SCOPE_MISSING", "", () -> stranger.open(open(PERSON)));
    assertRefused(
        Status.Code.PERMISSION_DENIED,
        "SCOPE_MISSING",
        "",
        () -> stranger.related(related(PERSON)));
    assertEquals(List.of(), edge.behind.recorded);
  }
}
