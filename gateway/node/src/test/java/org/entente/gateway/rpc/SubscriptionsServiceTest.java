package org.entente.gateway.rpc;

import static java.util.Objects.requireNonNull;
import static org.entente.gateway.rpc.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Timestamps;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.identity.Scope;
import org.entente.gateway.ledger.table.InboxTable;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.proto.store.v1.CursorRecord;
import org.entente.proto.store.v1.ErasureRecord;
import org.entente.proto.store.v1.InboxRecord;
import org.entente.proto.v1.CreateSubscriptionRequest;
import org.entente.proto.v1.CreateSubscriptionResponse;
import org.entente.proto.v1.DeleteSubscriptionRequest;
import org.entente.proto.v1.Filter;
import org.entente.proto.v1.ListDeadLettersRequest;
import org.entente.proto.v1.ListErasedRequest;
import org.entente.proto.v1.ListErasedResponse;
import org.entente.proto.v1.ListSubscriptionsRequest;
import org.entente.proto.v1.ListSubscriptionsResponse;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.OpenCursor;
import org.entente.proto.v1.SettleDeadLettersRequest;
import org.entente.proto.v1.SubscribeRequest;
import org.entente.proto.v1.SubscribeResponse;
import org.entente.proto.v1.SubscriberGrpc;
import org.entente.proto.v1.SubscriptionKind;
import org.entente.proto.v1.SubscriptionSettings;
import org.entente.proto.v1.SubscriptionState;
import org.entente.proto.v1.SubscriptionsGrpc;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Operators see where subscribers stand, and forget places that nobody uses any more. */
class SubscriptionsServiceTest {
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
    ListSubscriptionsResponse response =
        SubscriptionsGrpc.newBlockingStub(channel)
            .listSubscriptions(ListSubscriptionsRequest.newBuilder().setClient(client).build());
    assertFalse(response.getMore());
    return response.getSubscriptionsList().stream().map(SubscriptionsServiceTest::words).toList();
  }

  private static String words(SubscriptionState one) {
    String since =
        one.hasOldestReceivedAt() ? " since " + one.getOldestReceivedAt().getSeconds() : "";
    return "%s/%s %s %d, behind %d%s"
        .formatted(
            one.getClient(),
            one.getName(),
            one.getStreams() > 0 ? "open" : "closed",
            one.getNextPosition(),
            one.getMessagesBehind(),
            since);
  }

  private long forget(String client, String cursor, OnBehalfOf person) {
    return SubscriptionsGrpc.newBlockingStub(channel)
        .deleteSubscription(
            DeleteSubscriptionRequest.newBuilder()
                .setClient(client)
                .setName(cursor)
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

  /** As if a person had erased them, each at a time of its number. */
  private List<ByteString> erased(int count) {
    List<ByteString> ids = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      byte[] id = new byte[MessageId.SIZE];
      id[0] = (byte) -i;
      ids.add(ByteString.copyFrom(id));
      ErasureRecord done =
          ErasureRecord.newBuilder()
              .setMessageId(ByteString.copyFrom(id))
              .setOrigin("fr.customs")
              .setBucketDay(Integer.MAX_VALUE)
              .setArrival(i)
              .setDoneAtMs(i)
              .build();
      edge.behind.ledger.commit(
          Lane.ROUTINE,
          tx -> {
            edge.behind.ledger.retention().end(tx, done);
            return done;
          });
    }
    return ids;
  }

  @Test
  void erased_areListedInTheirOrder_pageByPage() {
    SubscriptionsGrpc.SubscriptionsBlockingStub calls = SubscriptionsGrpc.newBlockingStub(channel);
    assertEquals(
        ListErasedResponse.getDefaultInstance(),
        calls.listErased(ListErasedRequest.getDefaultInstance()));
    List<ByteString> ids = erased(5);
    List<ByteString> found = new ArrayList<>();
    ListErasedRequest.Builder next = ListErasedRequest.newBuilder().setPageSize(2);
    boolean more = true;
    while (more) {
      ListErasedResponse page = calls.listErased(next.build());
      found.addAll(page.getMessageIdsList());
      next.setAfter(page.getLast());
      more = page.getMore();
    }
    assertEquals(ids, found);
    assertEquals(next.getAfter(), calls.listErased(next.build()).getLast());
    assertRefused(
        "INVALID_FIELD",
        "after",
        () -> calls.listErased(next.clone().setAfter(ByteString.copyFrom(new byte[3])).build()));
    assertRefused(
        "INVALID_FIELD", "page_size", () -> calls.listErased(next.setPageSize(1_001).build()));
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
    assertTrue(leaf.toString().contains("deletes subscription desk of client all"), leaf::toString);
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
    assertRefused("CURSOR_OPEN", "name", () -> forget("all", "night", PERSON));
    stream.onCompleted();
    answers.code();
    assertEquals(9, forget("all", "night", PERSON));
    assertRefused("NOT_FOUND", "name", () -> forget("all", "night", PERSON));
  }

  @Test
  void forget_withoutAPersonOrACursor_isRefused_andChangesNothing() {
    assertRefused(
        "INVALID_FIELD",
        "on_behalf_of.officer",
        () -> forget("all", "desk", OnBehalfOf.getDefaultInstance()));
    assertRefused("NOT_FOUND", "name", () -> forget("all", "des", PERSON));
    assertRefused("NOT_FOUND", "client", () -> forget("bureau-ferm\u00e9", "desk", PERSON));
    assertRefused("NOT_FOUND", "client", () -> forget("publisher", "desk", PERSON));
    assertEquals(3, listed("").size());
    assertEquals(List.of(), edge.behind.recorded);
  }

  @Test
  void client_withoutTheScope_isDeniedEveryCall_andChangesNothing() {
    SubscriptionsGrpc.SubscriptionsBlockingStub calls = SubscriptionsGrpc.newBlockingStub(stranger);
    assertRefused(
        "SCOPE_MISSING",
        "",
        () -> calls.listSubscriptions(ListSubscriptionsRequest.getDefaultInstance()));
    assertRefused(
        "SCOPE_MISSING",
        "",
        () ->
            calls.deleteSubscription(
                DeleteSubscriptionRequest.newBuilder()
                    .setClient("all")
                    .setName("desk")
                    .setOnBehalfOf(PERSON)
                    .build()));
    assertEquals(3, listed("").size());
  }

  private CreateSubscriptionResponse create(CreateSubscriptionRequest.Builder request) {
    return SubscriptionsGrpc.newBlockingStub(channel).createSubscription(request.build());
  }

  private static CreateSubscriptionRequest.Builder shared(String name) {
    return CreateSubscriptionRequest.newBuilder()
        .setName(name)
        .setSettings(
            SubscriptionSettings.newBuilder()
                .setKind(SubscriptionKind.SUBSCRIPTION_KIND_SHARED)
                .setLeaseSeconds(30));
  }

  private static CreateSubscriptionRequest.Builder exclusive(String name) {
    return CreateSubscriptionRequest.newBuilder().setName(name);
  }

  @Test
  void create_isDurable_startsWhereItSays_andIsTheSameIfRepeated() {
    CreateSubscriptionResponse first = create(shared("team"));
    assertTrue(first.getCreated());
    assertEquals(1, first.getNextPosition());
    assertFalse(create(shared("team").setFromNow(true)).getCreated());
    assertTrue(listed("all").contains("all/team closed 9, behind 0"), listed("all")::toString);
    assertEquals(6, create(shared("team").setFromPosition(6)).getNextPosition());
    assertTrue(
        listed("all").contains("all/team closed 6, behind 3 since 6"), listed("all")::toString);
    assertRefused("CURSOR_AHEAD", "from_position", () -> create(shared("t").setFromPosition(10)));
    assertRefused("INVALID_FIELD", "from_position", () -> create(shared("t").setFromPosition(0)));
    assertRefused("INVALID_FIELD", "from_now", () -> create(shared("t").setFromNow(false)));
  }

  /** Messages were received at as many seconds as their position; 3 and 7 in the lane FLASH. */
  @Test
  void create_fromATime_startsEachLaneAtTheFirstMessageReceivedThen() {
    create(exclusive("desk").setFromTime(Timestamps.fromMillis(5_000)));
    assertTrue(
        listed("all").contains("all/desk closed 5, behind 4 since 5"), listed("all")::toString);
    create(exclusive("desk").setFromTime(Timestamps.fromMillis(6_500)));
    assertTrue(
        listed("all").contains("all/desk closed 7, behind 2 since 7"), listed("all")::toString);
    create(exclusive("desk").setFromTime(Timestamps.fromMillis(9_000)));
    assertTrue(listed("all").contains("all/desk closed 9, behind 0"), listed("all")::toString);
  }

  /** One that moved to the tail has the time of its first arrival there. */
  @Test
  void create_fromATime_skipsNothing_becauseAnOldMessageMovedToTheTail() {
    InboxTable inbox = edge.behind.ledger.inbox();
    for (int position : List.of(1, 2, 4)) {
      edge.behind.ledger.commit(
          Lane.ROUTINE,
          tx -> inbox.moveToEnd(tx, requireNonNull(inbox.place(tx, Lane.ROUTINE, position))));
    }
    create(exclusive("desk").setFromTime(Timestamps.fromMillis(6_000)));
    assertTrue(
        listed("all").contains("all/desk closed 6, behind 6 since 6"), listed("all")::toString);
  }

  @Test
  void create_withACondition_thatIsWrongOrDear_namesThePlaceAndWhatIsValid() {
    assertCondition("label.categry == Category.CATEGORY_IPR", "line 1, column 6", "category");
    assertCondition("origin == 'fr.custom'", "line 1, column 11", "fr.customs");
    assertCondition("label.category", "bool", "");
    assertCondition("label.redacted.exists(a, label.redacted.exists(b, a == b))", "steps", "1000");
  }

  private void assertCondition(String condition, String place, String valid) {
    CreateSubscriptionRequest.Builder request = shared("team");
    request.getSettingsBuilder().setCondition(condition);
    Refusals.Details refusal =
        Refusals.of(assertThrows(StatusRuntimeException.class, () -> create(request)));
    assertEquals("settings.condition", refusal.field());
    assertTrue(refusal.message().contains(place), refusal::message);
    assertTrue(refusal.message().contains(valid), refusal::message);
  }

  @Test
  void create_ofWhatCannotBe_isRefused_byItsField() {
    assertRefused("INVALID_FIELD", "name", () -> create(shared("Night Shift")));
    CreateSubscriptionRequest.Builder leased = exclusive("x");
    leased.getSettingsBuilder().setLeaseSeconds(5);
    assertRefused("INVALID_FIELD", "settings.lease_seconds", () -> create(leased));
    CreateSubscriptionRequest.Builder often = shared("x");
    often.getSettingsBuilder().setMaxDeliveries(101);
    assertRefused("INVALID_FIELD", "settings.max_deliveries", () -> create(often));
    CreateSubscriptionRequest.Builder origin = shared("x");
    origin.getSettingsBuilder().getFilterBuilder().addOrigins("fr.custom");
    assertRefused("INVALID_FIELD", "settings.filter.origins", () -> create(origin));
    assertRefused("INVALID_FIELD", "settings.kind", () -> create(shared("desk")));
    create(shared("third"));
    assertRefused("LIMIT_REACHED", "name", () -> create(shared("fourth")));
    assertEquals(4, listed("").size());
  }

  @Test
  void streamsOfASharedOne_areBothOpen_andItCannotChangeMeanwhile() throws Exception {
    create(shared("team"));
    StreamAnswers<SubscribeResponse> one = new StreamAnswers<>();
    StreamAnswers<SubscribeResponse> two = new StreamAnswers<>();
    StreamObserver<SubscribeRequest> first = subscribe("team", one);
    assertTrue(one.next().hasOpened());
    StreamObserver<SubscribeRequest> second = subscribe("team", two);
    assertTrue(two.next().hasOpened());
    assertEquals(2, state("team").getStreams());
    assertRefused("CURSOR_OPEN", "name", () -> create(shared("team")));
    assertRefused("CURSOR_OPEN", "name", () -> deleteOwn(channel, "team"));
    first.onCompleted();
    second.onCompleted();
    one.code();
    two.code();
    deleteOwn(channel, "team");
  }

  private SubscriptionState state(String name) {
    return SubscriptionsGrpc.newBlockingStub(channel)
        .listSubscriptions(ListSubscriptionsRequest.getDefaultInstance())
        .getSubscriptionsList()
        .stream()
        .filter(one -> one.getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static long deleteOwn(ManagedChannel client, String name) {
    return SubscriptionsGrpc.newBlockingStub(client)
        .deleteSubscription(DeleteSubscriptionRequest.newBuilder().setName(name).build())
        .getNextPosition();
  }

  @Test
  void subscriber_seesAndDeletesItsOwnAlone() throws Exception {
    create(shared("team"));
    ManagedChannel other = edge.calling(Edge.only(Scope.SUBSCRIBE));
    SubscriptionsGrpc.SubscriptionsBlockingStub calls = SubscriptionsGrpc.newBlockingStub(other);
    assertEquals(
        0,
        calls
            .listSubscriptions(ListSubscriptionsRequest.getDefaultInstance())
            .getSubscriptionsCount());
    ListSubscriptionsRequest ofAll = ListSubscriptionsRequest.newBuilder().setClient("all").build();
    assertRefused("SCOPE_MISSING", "", () -> calls.listSubscriptions(ofAll));
    assertRefused("NOT_FOUND", "client", () -> deleteOwn(other, "team"));
    DeleteSubscriptionRequest named =
        DeleteSubscriptionRequest.newBuilder()
            .setClient("all")
            .setName("team")
            .setOnBehalfOf(PERSON)
            .build();
    assertRefused("SCOPE_MISSING", "", () -> calls.deleteSubscription(named));
    ListDeadLettersRequest letters = ListDeadLettersRequest.newBuilder().setName("team").build();
    assertRefused("NOT_FOUND", "name", () -> calls.listDeadLetters(letters));
    assertEquals(1, deleteOwn(channel, "team"));
  }

  /** What a desk looks for is not for those who operate the gateway. */
  @Test
  void operator_seesKindAndLag_andNoFilter() throws Exception {
    CreateSubscriptionRequest.Builder request = shared("team");
    request
        .getSettingsBuilder()
        .setCondition("label.case_ref == 'secret'")
        .getFilterBuilder()
        .setExercise(true);
    create(request);
    assertEquals(request.getSettings(), state("team").getSettings());
    channel = edge.calling(Edge.only(Scope.OPERATOR));
    assertEquals(shared("team").getSettings(), state("team").getSettings());
  }

  @Test
  void deadLetters_ofNone_areRefusedByName_andThoseOfNoPositionToo() {
    create(shared("team"));
    SubscriptionsGrpc.SubscriptionsBlockingStub calls = SubscriptionsGrpc.newBlockingStub(channel);
    ListDeadLettersRequest typo = ListDeadLettersRequest.newBuilder().setName("tem").build();
    assertRefused("NOT_FOUND", "name", () -> calls.listDeadLetters(typo));
    ListDeadLettersRequest exclusive = typo.toBuilder().setName("desk").build();
    assertRefused("INVALID_FIELD", "name", () -> calls.listDeadLetters(exclusive));
    SettleDeadLettersRequest none =
        SettleDeadLettersRequest.newBuilder().setName("team").addPositions(7).build();
    assertRefused("NOT_FOUND", "positions", () -> calls.settleDeadLetters(none));
    assertEquals(
        0, calls.settleDeadLetters(none.toBuilder().clearPositions().build()).getSettled());
  }

  private StreamObserver<SubscribeRequest> subscribe(
      String cursor, StreamAnswers<SubscribeResponse> answers) {
    StreamObserver<SubscribeRequest> stream = SubscriberGrpc.newStub(channel).subscribe(answers);
    stream.onNext(
        SubscribeRequest.newBuilder().setOpen(OpenCursor.newBuilder().setCursor(cursor)).build());
    return stream;
  }
}
