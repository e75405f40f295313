package org.entente.gateway.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.entente.gateway.deliver.Sink;
import org.entente.gateway.deliver.Subscription;
import org.entente.gateway.deliver.Subscriptions;
import org.entente.gateway.ledger.table.InboxTable;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Problem;
import org.entente.proto.store.v1.CursorRecord;
import org.entente.proto.store.v1.InboxRecord;
import org.entente.proto.v1.Acknowledge;
import org.entente.proto.v1.Filter;
import org.entente.proto.v1.OpenCursor;
import org.entente.proto.v1.SubscribeRequest;
import org.entente.proto.v1.SubscribeResponse;
import org.entente.proto.v1.SubscriberGrpc;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SubscriberServiceTest {
  @AutoClose private final Edge edge = new Edge();
  private ClientServer server;
  private ManagedChannel channel;

  @BeforeEach
  void start() throws IOException {
    server = edge.startClients();
    channel = edge.channel(server.address(), edge.client("all"));
  }

  private static SubscribeRequest open(String cursor) {
    return SubscribeRequest.newBuilder().setOpen(OpenCursor.newBuilder().setCursor(cursor)).build();
  }

  private StreamObserver<SubscribeRequest> subscribe(StreamAnswers<SubscribeResponse> answers) {
    return SubscriberGrpc.newStub(channel).subscribe(answers);
  }

  private StreamAnswers<SubscribeResponse> opened(String cursor) throws InterruptedException {
    StreamAnswers<SubscribeResponse> answers = new StreamAnswers<>();
    subscribe(answers).onNext(open(cursor));
    assertTrue(answers.next().hasOpened());
    assertTrue(answers.next().hasCaughtUp());
    return answers;
  }

  /** Messages that no filter wants, as their time is over. */
  static void receive(ServerBackend behind, int messages) {
    InboxTable inbox = behind.ledger.inbox();
    MessageId id = MessageId.of(new byte[16]);
    InboxRecord record =
        InboxRecord.newBuilder()
            .setMessageId(ByteString.copyFrom(id.bytes()))
            .setOrigin("fr.customs")
            .build();
    behind.ledger.commit(
        Lane.ROUTINE,
        tx -> {
          for (int i = 0; i < messages; i++) {
            var unused = inbox.append(tx, Lane.ROUTINE, id, record, new byte[1]);
          }
          return record;
        });
  }

  /** Counts turns, which the test runs. */
  private static final class TurnSink implements Sink {
    private final Queue<Runnable> turns = new ArrayDeque<>();
    private final List<Integer> paid = new ArrayList<>();
    private boolean caughtUp;
    private int room = Integer.MAX_VALUE;

    @Override
    public boolean ready() {
      return room-- > 0;
    }

    @Override
    public void send(SubscribeResponse response) {
      caughtUp |= response.hasCaughtUp();
    }

    @Override
    public void schedule(Runnable turn, int passed) {
      turns.add(turn);
      paid.add(passed);
    }

    @Override
    public void end(Problem problem) {
      throw new AssertionError(problem.message());
    }
  }

  /** Nothing fills the sink, so nothing else would end the turn. */
  @Test
  void filterThatWantsNothing_ofALargeInbox_letsOthersGoBetween_andPays() {
    receive(edge.behind, 600);
    TurnSink sink = new TurnSink();
    Subscriptions.OpenResult opened =
        edge.behind.subscriptions.open("all", open("desk").getOpen(), sink);
    Subscription subscription = ((Subscriptions.OpenResult.Held) opened).subscription();
    subscription.wake();
    for (int turn = 1; turn <= 3; turn++) {
      assertFalse(sink.caughtUp, "before turn " + turn);
      assertEquals(1, sink.turns.size());
      subscription.wake();
      assertEquals(1, sink.turns.size(), "a turn that waits is not begun a second time");
      sink.turns.remove().run();
    }
    assertTrue(sink.caughtUp);
    assertEquals(List.of(), List.copyOf(sink.turns));
    assertEquals(List.of(0, 256, 256), sink.paid);

    receive(edge.behind, 1);
    subscription.wake();
    sink.turns.remove().run();
    assertEquals(List.of(0, 256, 256, 0), sink.paid, "what has just come costs nothing");

    receive(edge.behind, 100);
    subscription.wake();
    sink.room = 70;
    sink.turns.remove().run();
    sink.room = Integer.MAX_VALUE;
    subscription.wake();
    assertTrue(sink.paid.get(5) > 0, "a short turn is not free");
  }

  private static void assertEnd(
      Status.Code status, String reason, String field, StreamAnswers<SubscribeResponse> answers)
      throws Exception {
    Refusals.Details details = Refusals.of(answers.end());
    assertEquals(status, details.status());
    assertEquals(reason, details.reason());
    assertEquals(field, details.field());
  }

  @Test
  void open_emptyInbox_isCaughtUpAndStaysOpen() throws Exception {
    assertFalse(opened("desk").hasEnded());
    assertEquals(1, edge.behind.subscriptions.count());
  }

  @Test
  void open_sameCursorAgain_takesItOver() throws Exception {
    StreamAnswers<SubscribeResponse> first = opened("desk");
    StreamAnswers<SubscribeResponse> second = opened("desk");
    assertEnd(Status.Code.ABORTED, "CURSOR_TAKEN_OVER", "", first);
    assertFalse(second.hasEnded());
    assertEquals(1, edge.behind.subscriptions.count());
  }

  private StreamAnswers<SubscribeResponse> refused(String cursor, int window) {
    StreamAnswers<SubscribeResponse> answers = new StreamAnswers<>();
    OpenCursor open = OpenCursor.newBuilder().setCursor(cursor).setWindow(window).build();
    subscribe(answers).onNext(SubscribeRequest.newBuilder().setOpen(open).build());
    return answers;
  }

  /** A client that opens ever new cursors ends at its own limit. */
  @Test
  void open_moreCursorsThanAClientMay_isRefusedForItAlone() throws Exception {
    for (String cursor : List.of("a", "b", "c")) {
      opened(cursor);
    }
    assertEnd(Status.Code.RESOURCE_EXHAUSTED, "LIMIT_REACHED", "open.cursor", refused("d", 0));
    assertFalse(opened("c").hasEnded(), "one that it has may be opened again");
    channel = edge.channel(server.address(), edge.client("second"));
    assertFalse(opened("d").hasEnded());
  }

  /** A filter that nothing can match would look like a quiet day. */
  @Test
  void open_filterThatNothingCanMatch_isRefused_andLeavesTheCursorAsItWas() throws Exception {
    StreamAnswers<SubscribeResponse> answers = new StreamAnswers<>();
    OpenCursor open =
        OpenCursor.newBuilder()
            .setCursor("desk")
            .setFilter(Filter.newBuilder().addOrigins("France"))
            .build();
    subscribe(answers).onNext(SubscribeRequest.newBuilder().setOpen(open).build());
    assertEnd(Status.Code.INVALID_ARGUMENT, "INVALID_FIELD", "open.filter.origins", answers);
    assertEquals(0, edge.behind.subscriptions.count());
    assertFalse(opened("desk").hasEnded());
  }

  @Test
  void open_widerWindowsThanAClientMay_isRefusedForItAlone() throws Exception {
    opened("a");
    assertEnd(Status.Code.RESOURCE_EXHAUSTED, "LIMIT_REACHED", "open.window", refused("b", 4_001));
    channel = edge.channel(server.address(), edge.client("second"));
    StreamAnswers<SubscribeResponse> other = refused("b", 4_001);
    assertTrue(other.next().hasOpened());
  }

  @Test
  void cursorsThatAreDurable_countWhenTheyAreClosed() throws Exception {
    for (String cursor : List.of("a", "b", "c")) {
      edge.behind
          .ledger
          .write(
              Lane.ROUTINE,
              tx -> {
                edge.behind
                    .ledger
                    .cursors()
                    .write(tx, "all", cursor, CursorRecord.getDefaultInstance());
                return cursor;
              })
          .join();
    }
    assertEnd(Status.Code.RESOURCE_EXHAUSTED, "LIMIT_REACHED", "open.cursor", refused("d", 0));
    assertFalse(opened("b").hasEnded());
  }

  /** Threat 12: the ledger was set back behind what the client remembers. */
  @Test
  void open_fromAPositionAheadOfTheLedger_isRefusedAndNothingIsSkipped() throws Exception {
    StreamAnswers<SubscribeResponse> answers = new StreamAnswers<>();
    OpenCursor open = OpenCursor.newBuilder().setCursor("desk").setFromPosition(2).build();
    subscribe(answers).onNext(SubscribeRequest.newBuilder().setOpen(open).build());
    assertEnd(Status.Code.FAILED_PRECONDITION, "CURSOR_AHEAD", "open.from_position", answers);
    StreamAnswers<SubscribeResponse> next = new StreamAnswers<>();
    subscribe(next)
        .onNext(SubscribeRequest.newBuilder().setOpen(open.toBuilder().setFromPosition(1)).build());
    assertEquals(1, next.next().getOpened().getFromPosition());
  }

  /** Threat 12: a durable place beyond the end waits for the next message and not for a later. */
  @Test
  void open_cursorWhosePlaceIsAheadOfTheLedger_startsAtItsEnd() throws Exception {
    CursorRecord ahead =
        CursorRecord.newBuilder()
            .addAllNextPosition(List.of(7L, 7L, 7L, 7L))
            .addAllSentPosition(List.of(6L, 6L, 6L, 6L))
            .build();
    edge.behind
        .ledger
        .write(
            Lane.ROUTINE,
            tx -> {
              edge.behind.ledger.cursors().write(tx, "all", "desk", ahead);
              return ahead;
            })
        .join();
    StreamAnswers<SubscribeResponse> answers = new StreamAnswers<>();
    subscribe(answers).onNext(open("desk"));
    assertEquals(1, answers.next().getOpened().getFromPosition());
  }

  @Test
  void open_fromAPositionThatSkipsWhatIsStored_isInvalid() throws Exception {
    StreamAnswers<SubscribeResponse> answers = new StreamAnswers<>();
    OpenCursor open =
        OpenCursor.newBuilder().setCursor("desk").setFromPosition(1).setSkipStored(true).build();
    subscribe(answers).onNext(SubscribeRequest.newBuilder().setOpen(open).build());
    assertEnd(Status.Code.INVALID_ARGUMENT, "INVALID_FIELD", "open.skip_stored", answers);
  }

  @Test
  void open_largerBatchThanThereMayBe_isInvalid() throws Exception {
    StreamAnswers<SubscribeResponse> answers = new StreamAnswers<>();
    OpenCursor open = OpenCursor.newBuilder().setCursor("desk").setBatch(257).build();
    subscribe(answers).onNext(SubscribeRequest.newBuilder().setOpen(open).build());
    assertEnd(Status.Code.INVALID_ARGUMENT, "INVALID_FIELD", "open.batch", answers);
  }

  @Test
  void open_badName_isInvalid() throws Exception {
    StreamAnswers<SubscribeResponse> answers = new StreamAnswers<>();
    subscribe(answers).onNext(open("../desk"));
    assertEnd(Status.Code.INVALID_ARGUMENT, "INVALID_FIELD", "open.cursor", answers);
  }

  @Test
  void requests_outOfOrder_areInvalid() throws Exception {
    StreamAnswers<SubscribeResponse> acknowledged = new StreamAnswers<>();
    subscribe(acknowledged)
        .onNext(SubscribeRequest.newBuilder().setAck(Acknowledge.getDefaultInstance()).build());
    assertEnd(Status.Code.INVALID_ARGUMENT, "INVALID_FIELD", "ack", acknowledged);
    StreamAnswers<SubscribeResponse> empty = new StreamAnswers<>();
    subscribe(empty).onNext(SubscribeRequest.getDefaultInstance());
    assertEnd(Status.Code.INVALID_ARGUMENT, "INVALID_FIELD", "request", empty);
    StreamAnswers<SubscribeResponse> twice = new StreamAnswers<>();
    StreamObserver<SubscribeRequest> requests = subscribe(twice);
    requests.onNext(open("desk"));
    requests.onNext(open("desk"));
    assertEnd(Status.Code.INVALID_ARGUMENT, "INVALID_FIELD", "open", twice);
    assertEquals(0, edge.behind.subscriptions.count());
  }

  @Test
  void client_finished_releasesItsCursor() throws Exception {
    StreamAnswers<SubscribeResponse> answers = new StreamAnswers<>();
    StreamObserver<SubscribeRequest> requests = subscribe(answers);
    requests.onNext(open("desk"));
    answers.next();
    requests.onCompleted();
    assertEquals(Status.Code.OK, answers.code());
    assertEquals(0, edge.behind.subscriptions.count());
  }

  /** A stream that the edge ends must not keep its cursor. */
  @Test
  void server_closed_releasesCursors() throws Exception {
    StreamAnswers<SubscribeResponse> answers = opened("desk");
    server.close();
    assertEnd(Status.Code.UNAVAILABLE, "NOT_READY", "", answers);
    StreamAnswers.until(() -> edge.behind.subscriptions.count() == 0);
  }
}
