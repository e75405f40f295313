package org.entente.gateway.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.StreamObserver;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.entente.gateway.account.Account;
import org.entente.gateway.account.Work;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.rpc.server.CallCost;
import org.entente.gateway.testkit.HandTimers;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.OpenCursor;
import org.entente.proto.v1.PublishStreamRequest;
import org.entente.proto.v1.PublishStreamResponse;
import org.entente.proto.v1.PublisherGrpc;
import org.entente.proto.v1.SearchGrpc;
import org.entente.proto.v1.SearchRequest;
import org.entente.proto.v1.SubscribeRequest;
import org.entente.proto.v1.SubscribeResponse;
import org.entente.proto.v1.SubscriberGrpc;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Threat 93: what a client's calls cost in a time, whatever number of them is open. */
class CallRateTest {
  private static final int A_SECOND = 100;

  /** Two seconds' worth may come at once. */
  private static final int AT_ONCE = 2 * A_SECOND;

  private final HandTimers timers = new HandTimers();
  @AutoClose private final Edge edge = new Edge();

  private InetSocketAddress start(NodeConfig.PerClient each) throws Exception {
    edge.timers = timers;
    return edge.startClients(Edge.limits(each), false).address();
  }

  private static void check(ManagedChannel channel) {
    var unused = HealthGrpc.newBlockingStub(channel).check(HealthCheckRequest.getDefaultInstance());
  }

  private static String search(ManagedChannel channel) {
    StatusRuntimeException refused =
        assertThrows(
            StatusRuntimeException.class,
            () -> SearchGrpc.newBlockingStub(channel).search(SearchRequest.getDefaultInstance()));
    return Refusals.of(refused).reason();
  }

  @Test
  void calls_costMoreThanTheRateAllows_areRefused_andStreamsAndOthersGoOn() throws Exception {
    InetSocketAddress address =
        start(new NodeConfig.PerClient(0, 0, 0, 0, 0, 0, 0, 0, A_SECOND, 0, 0, 0));
    ManagedChannel channel = edge.channel(address, edge.client("all"));
    StreamAnswers<PublishStreamResponse> answers = new StreamAnswers<>();
    StreamObserver<PublishStreamRequest> open =
        PublisherGrpc.newStub(channel).publishStream(answers);
    open.onNext(PublisherServiceTest.request(""));
    answers.next();

    int searches = AT_ONCE / CallCost.SEARCH.units() - 1;
    for (int i = 0; i < searches; i++) {
      assertEquals("INVALID_FIELD", search(channel));
    }
    int left = AT_ONCE - searches * CallCost.SEARCH.units() - CallCost.LOOKUP.units();
    for (int i = 0; i < left; i++) {
      check(channel);
    }
    assertEquals(AT_ONCE, edge.accounts().of("all").used(Work.CALL_COST));
    Refusals.Details details =
        Refusals.of(assertThrows(StatusRuntimeException.class, () -> check(channel)));
    assertEquals(Status.Code.RESOURCE_EXHAUSTED, details.status());
    assertEquals("OVERLOADED", details.reason());
    assertTrue(details.retry() && details.message().contains("per_client.call_cost"));

    open.onNext(PublisherServiceTest.request(""));
    answers.next();
    assertFalse(answers.hasEnded());
    check(edge.channel(address, edge.client("second")));
    timers.pass(Duration.ofMillis(500));
    assertEquals("INVALID_FIELD", search(channel));
    assertEquals("OVERLOADED", search(channel));
  }

  /** Who has no right to a call pays for its refusal as for the call. */
  @Test
  void callsWithoutTheirScope_costAsOthers() throws Exception {
    InetSocketAddress address =
        start(new NodeConfig.PerClient(0, 0, 0, 0, 0, 0, 0, 0, A_SECOND, 0, 0, 0));
    ManagedChannel channel = edge.channel(address, edge.client("publisher"));
    for (int i = 0; i < AT_ONCE / CallCost.SEARCH.units(); i++) {
      assertEquals("SCOPE_MISSING", search(channel));
    }
    assertEquals("OVERLOADED", search(channel));
  }

  private static PublishStreamRequest drafts(int count) {
    PublishStreamRequest.Builder request = PublishStreamRequest.newBuilder();
    for (int i = 0; i < count; i++) {
      request.addDrafts(Draft.getDefaultInstance());
    }
    return request.build();
  }

  @Test
  void draftsBeyondTheRate_waitAtTheClient_andNoStreamEnds() throws Exception {
    InetSocketAddress address =
        start(new NodeConfig.PerClient(0, 0, 0, 0, 0, 0, 0, 0, 0, A_SECOND, 0, 0));
    ManagedChannel channel = edge.channel(address, edge.client("all"));
    StreamAnswers<PublishStreamResponse> answers = new StreamAnswers<>();
    StreamObserver<PublishStreamRequest> flood =
        PublisherGrpc.newStub(channel).publishStream(answers);
    int requests = 20;
    int each = 150;
    for (int i = 0; i < requests; i++) {
      flood.onNext(drafts(each));
    }
    flood.onCompleted();
    Account account = edge.accounts().of("all");
    StreamAnswers.until(
        () -> {
          if (timers.waiting() > 0) {
            timers.pass(Duration.ofMillis(100));
          }
          return answers.hasEnded();
        });
    assertEquals(Status.Code.OK, answers.code());
    int total = requests * each;
    assertEquals(total, account.used(Work.REQUESTS));
    // All but what came at once, and what the stream had requested when its credit was used up.
    int leastSeconds = (total - AT_ONCE - PublisherService.STREAM_WINDOW) / A_SECOND;
    assertTrue(
        timers.nanos() >= Duration.ofSeconds(leastSeconds).toNanos(),
        () -> Duration.ofNanos(timers.nanos()) + " passed, at least " + leastSeconds + " s should");
  }

  private static StreamAnswers<SubscribeResponse> subscribed(ManagedChannel channel) {
    StreamAnswers<SubscribeResponse> answers = new StreamAnswers<>();
    OpenCursor desk = OpenCursor.newBuilder().setCursor("desk").build();
    SubscriberGrpc.newStub(channel)
        .subscribe(answers)
        .onNext(SubscribeRequest.newBuilder().setOpen(desk).build());
    return answers;
  }

  @Test
  void messagesThatAStreamPassesOver_beyondTheRate_makeItWait_andItGoesOn() throws Exception {
    InetSocketAddress address =
        start(new NodeConfig.PerClient(0, 0, 0, 0, 0, 0, 0, 0, 0, A_SECOND, 0, 0));
    int turns = 8;
    int each = 256 / SubscriberService.PASSED_A_REQUEST;
    SubscriberServiceTest.receive(edge.behind, turns * 256);
    StreamAnswers<SubscribeResponse> flood = subscribed(edge.channel(address, edge.client("all")));
    assertTrue(flood.next().hasOpened());
    StreamAnswers.until(() -> timers.waiting() > 0);
    Account account = edge.accounts().of("all");
    long before = account.used(Work.REQUESTS);
    assertTrue(before > AT_ONCE && before < (long) turns * each, () -> before + " requests");

    StreamAnswers.until(
        () -> {
          if (timers.waiting() > 0) {
            timers.pass(Duration.ofSeconds(1));
          }
          return flood.hasNext();
        });
    assertTrue(flood.next().hasCaughtUp());
    assertEquals(turns * each + 1, account.used(Work.REQUESTS), "and one for the opening");
    assertFalse(flood.hasEnded());
  }

  @Test
  void requestsOfReflection_countAsAHundred_andWaitAtTheClient() throws Exception {
    edge.timers = timers;
    NodeConfig.Limits limits =
        Edge.limits(new NodeConfig.PerClient(0, 0, 0, 0, 0, 0, 0, 0, 0, A_SECOND, 0, 0));
    InetSocketAddress address = edge.startClients(limits, true).address();
    StreamAnswers<ServerReflectionResponse> answers = new StreamAnswers<>();
    StreamObserver<ServerReflectionRequest> flood =
        ServerReflectionGrpc.newStub(edge.channel(address, edge.client("holder")))
            .serverReflectionInfo(answers);
    for (int i = 0; i < 5; i++) {
      flood.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());
    }
    flood.onCompleted();
    StreamAnswers.until(() -> timers.waiting() > 0);
    Account account = edge.accounts().of("holder");
    assertEquals(3 * 100, account.used(Work.REQUESTS), "two seconds' worth, and one on credit");
    StreamAnswers.until(
        () -> {
          if (timers.waiting() > 0) {
            timers.pass(Duration.ofSeconds(1));
          }
          return answers.hasEnded();
        });
    assertEquals(Status.Code.OK, answers.code());
    assertEquals(5 * 100, account.used(Work.REQUESTS));
  }

  @Test
  void streamsOfOneClient_shareItsDebt_andAnotherClientHasNone() throws Exception {
    InetSocketAddress address =
        start(new NodeConfig.PerClient(0, 0, 0, 0, 0, 0, 0, 0, 0, A_SECOND, 0, 0));
    ManagedChannel channel = edge.channel(address, edge.client("all"));
    StreamAnswers<PublishStreamResponse> first = new StreamAnswers<>();
    StreamObserver<PublishStreamRequest> flood =
        PublisherGrpc.newStub(channel).publishStream(first);
    flood.onNext(drafts(256));
    first.next();
    StreamAnswers.until(() -> timers.waiting() > 0);
    int waiting = timers.waiting();
    StreamAnswers<PublishStreamResponse> second = new StreamAnswers<>();
    StreamObserver<PublishStreamRequest> evasion =
        PublisherGrpc.newStub(channel).publishStream(second);
    evasion.onNext(drafts(1));
    StreamAnswers.until(() -> timers.waiting() > waiting);
    ManagedChannel other = edge.channel(address, edge.client("second"));
    StreamAnswers<PublishStreamResponse> others = new StreamAnswers<>();
    PublisherGrpc.newStub(other).publishStream(others).onNext(drafts(1));
    others.next();
    timers.pass(Duration.ofSeconds(1));
    second.next();
    assertFalse(first.hasEnded() || second.hasEnded());
  }
}
