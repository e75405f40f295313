package org.entente.gateway.rpc;

import static java.util.Objects.requireNonNull;
import static org.entente.gateway.rpc.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.List;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.ledger.table.InboxTable;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.proto.store.v1.CursorRecord;
import org.entente.proto.store.v1.InboxRecord;
import org.entente.proto.v1.CursorState;
import org.entente.proto.v1.CursorsGrpc;
import org.entente.proto.v1.Filter;
import org.entente.proto.v1.ForgetCursorRequest;
import org.entente.proto.v1.ListCursorsRequest;
import org.entente.proto.v1.ListCursorsResponse;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.OpenCursor;
import org.entente.proto.v1.SubscribeRequest;
import org.entente.proto.v1.SubscribeResponse;
import org.entente.proto.v1.SubscriberGrpc;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Operators see where subscribers stand, and forget places that nobody uses any more. */
class CursorsServiceTest {
  private static final OnBehalfOf PERSON =
      OnBehalfOf.newBuilder().setOfficer("DE-3").setJustification("that desk is closed").build();

  private static final String DESK = "all/desk closed 4, behind 5 since 4";
  private static final String NIGHT = "all/night closed 9, behind 0";
  private static final String CLOSED_OFFICE = "closed-office/desk closed 2, behind 7 since 2";

  @AutoClose private final Edge edge = new Edge();
  private ManagedChannel channel;
  private ManagedChannel stranger;

  @BeforeEach
  void start() throws IOException {
    channel = edge.calling("all");
    stranger = edge.calling("publisher");
    for (int position = 1; position <= 8; position++) {
      receive(position == 3 || position == 7 ? Lane.FLASH : Lane.ROUTINE);
    }
    place("all", "desk", 7, 3);
    place("all", "night", 9, 9);
    place("closed-office", "desk", 2, 2);
  }

  /** At a time of as many seconds since 1970 as its position. */
  private void receive(Lane lane) {
    edge.behind.ledger.commit(
        Lane.ROUTINE,
        tx -> {
          InboxTable inbox = edge.behind.ledger.inbox();
          MessageId id = MessageId.of(new byte[16]);
          InboxRecord record =
              InboxRecord.newBuilder()
                  .setMessageId(ByteString.copyFrom(id.bytes()))
                  .setOrigin("fr.customs")
                  .setReceivedAtMs((inbox.lastPosition() + 1) * 1_000)
                  .build();
          return inbox.append(tx, lane, id, record, new byte[1]);
        });
  }

  private void place(String client, String cursor, long flash, long routine) {
    // No message ever came in the lanes between them.
    List<Long> places = List.of(flash, 1L, 1L, routine);
    CursorRecord record =
        CursorRecord.newBuilder().addAllNextPosition(places).addAllSentPosition(places).build();
    edge.behind.ledger.commit(
        Lane.ROUTINE,
        tx -> {
          edge.behind.ledger.cursors().write(tx, client, cursor, record);
          return record;
        });
  }

  private List<String> listed(String client) {
    ListCursorsResponse response =
        CursorsGrpc.newBlockingStub(channel)
            .listCursors(ListCursorsRequest.newBuilder().setClient(client).build());
    assertFalse(response.getMore());
    return response.getCursorsList().stream().map(CursorsServiceTest::words).toList();
  }

  private static String words(CursorState one) {
    String since =
        one.hasOldestReceivedAt() ? " since " + one.getOldestReceivedAt().getSeconds() : "";
    return "%s/%s %s %d, behind %d%s"
        .formatted(
            one.getClient(),
            one.getCursor(),
            one.getOpen() ? "open" : "closed",
            one.getNextPosition(),
            one.getMessagesBehind(),
            since);
  }

  private long forget(String client, String cursor, OnBehalfOf person) {
    return CursorsGrpc.newBlockingStub(channel)
        .forgetCursor(
            ForgetCursorRequest.newBuilder()
                .setClient(client)
                .setCursor(cursor)
                .setOnBehalfOf(person)
                .build())
        .getNextPosition();
  }

  @Test
  void list_showsThoseOfEveryClient_orOfOne_withTheOldestMessageThatEachHasNotPassed() {
    assertEquals(List.of(DESK, NIGHT, CLOSED_OFFICE), listed(""));
    assertEquals(List.of(CLOSED_OFFICE), listed("closed-office"));
    assertEquals(List.of(), listed("publisher"), "configured, and without cursors");
    assertRefused("INVALID_FIELD", "client", () -> listed("closed-offic"));
    assertRefused("INVALID_FIELD", "client", () -> listed("bureau-ferm\u00e9"));
    assertRefused("INVALID_FIELD", "client", () -> listed("a".repeat(65_536)));
  }

  /** What a stream has looked at and its client does not want is not what it is behind. */
  @Test
  void list_ofAnOpenCursorWhoseFilterLeavesAllOut_isNotBehind() throws Exception {
    StreamAnswers<SubscribeResponse> answers = new StreamAnswers<>();
    SubscribeRequest open =
        SubscribeRequest.newBuilder()
            .setOpen(
                OpenCursor.newBuilder()
                    .setCursor("desk")
                    .setFilter(Filter.newBuilder().setExercise(true)))
            .build();
    SubscriberGrpc.newStub(channel).subscribe(answers).onNext(open);
    assertTrue(answers.next().hasOpened());
    assertTrue(answers.next().hasCaughtUp());
    assertEquals(List.of("all/desk open 9, behind 0", NIGHT), listed("all"));
  }

  @Test
  void forget_takesOneAndNoOther_onRecord_andMakesRoomForANewName() throws Exception {
    place("all", "third", 1, 1);
    StreamAnswers<SubscribeResponse> before = new StreamAnswers<>();
    subscribe("fourth", before);
    assertEquals("LIMIT_REACHED", Refusals.of(before.end()).reason());

    assertEquals(4, forget("all", "desk", PERSON));

    assertEquals(List.of(NIGHT, "all/third closed 1, behind 8 since 1", CLOSED_OFFICE), listed(""));
    AuditRecord leaf = edge.behind.recorded.get(edge.behind.recorded.size() - 1);
    assertEquals(AuditType.OPERATOR_ACTION, leaf.type());
    assertTrue(leaf.toString().contains("removes cursor desk of client all"), leaf::toString);
    assertEquals("that desk is closed", requireNonNull(leaf.actor().onBehalfOf()).justification());
    StreamAnswers<SubscribeResponse> after = new StreamAnswers<>();
    subscribe("fourth", after);
    assertTrue(after.next().hasOpened());
  }

  @Test
  void forget_ofOneThatAStreamHolds_isRefused_untilItEnds() throws Exception {
    StreamAnswers<SubscribeResponse> answers = new StreamAnswers<>();
    StreamObserver<SubscribeRequest> stream = subscribe("night", answers);
    assertTrue(answers.next().hasOpened());
    assertTrue(listed("all").contains("all/night open 9, behind 0"), listed("all")::toString);
    assertRefused("CURSOR_OPEN", "cursor", () -> forget("all", "night", PERSON));
    stream.onCompleted();
    answers.code();
    assertEquals(9, forget("all", "night", PERSON));
    assertRefused("NOT_FOUND", "cursor", () -> forget("all", "night", PERSON));
  }

  @Test
  void forget_withoutAPersonOrACursor_isRefused_andChangesNothing() {
    assertRefused(
        "INVALID_FIELD",
        "on_behalf_of.officer",
        () -> forget("all", "desk", OnBehalfOf.getDefaultInstance()));
    assertRefused("NOT_FOUND", "cursor", () -> forget("all", "des", PERSON));
    assertRefused("NOT_FOUND", "client", () -> forget("", "desk", PERSON));
    assertRefused("NOT_FOUND", "client", () -> forget("bureau-ferm\u00e9", "desk", PERSON));
    assertRefused("NOT_FOUND", "client", () -> forget("publisher", "desk", PERSON));
    assertEquals(3, listed("").size());
    assertEquals(List.of(), edge.behind.recorded);
  }

  @Test
  void client_withoutTheScope_isDeniedEveryCall_andChangesNothing() {
    CursorsGrpc.CursorsBlockingStub calls = CursorsGrpc.newBlockingStub(stranger);
    assertRefused(
        "SCOPE_MISSING", "", () -> calls.listCursors(ListCursorsRequest.getDefaultInstance()));
    assertRefused(
        "SCOPE_MISSING",
        "",
        () ->
            calls.forgetCursor(
                ForgetCursorRequest.newBuilder()
                    .setClient("all")
                    .setCursor("desk")
                    .setOnBehalfOf(PERSON)
                    .build()));
    assertEquals(3, listed("").size());
  }

  private StreamObserver<SubscribeRequest> subscribe(
      String cursor, StreamAnswers<SubscribeResponse> answers) {
    StreamObserver<SubscribeRequest> stream = SubscriberGrpc.newStub(channel).subscribe(answers);
    stream.onNext(
        SubscribeRequest.newBuilder().setOpen(OpenCursor.newBuilder().setCursor(cursor)).build());
    return stream;
  }
}
