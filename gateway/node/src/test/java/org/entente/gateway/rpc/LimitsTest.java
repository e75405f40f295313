package org.entente.gateway.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.entente.gateway.account.Account;
import org.entente.gateway.account.Holding;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.rpc.server.GuardedServer;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Document;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.PublishRequest;
import org.entente.proto.v1.PublishResponse;
import org.entente.proto.v1.PublishStreamRequest;
import org.entente.proto.v1.PublishStreamResponse;
import org.entente.proto.v1.PublisherGrpc;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** What a caller may ask of a connection: threats 23, 25, 26, 27 and 28. */
class LimitsTest {
  private static final NodeConfig.Limits SMALL =
      new NodeConfig.Limits(
          1_024, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 2_048, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, null, null);
  private static final NodeConfig.Limits FEW_CONNECTIONS =
      new NodeConfig.Limits(
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          60,
          4,
          20,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          new NodeConfig.PerClient(3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
          null);

  /** The methods to which clients send streams. */
  private static final List<String> STREAMS =
      List.of(
          "/entente.v1.Publisher/PublishStream",
          "/entente.v1.Subscriber/Subscribe",
          "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo");

  /** What a client sees of a connection that ends with ENHANCE_YOUR_CALM. */
  private static final Set<Status.Code> CLOSED =
      Set.of(Status.Code.RESOURCE_EXHAUSTED, Status.Code.UNAVAILABLE);

  @AutoClose private final Edge edge = new Edge();

  private static HealthCheckResponse check(HealthGrpc.HealthBlockingStub stub) {
    return stub.withDeadlineAfter(StreamAnswers.PATIENCE_SECONDS, TimeUnit.SECONDS)
        .check(HealthCheckRequest.getDefaultInstance());
  }

  private static Status.Code refused(org.junit.jupiter.api.function.Executable call) {
    return assertThrows(StatusRuntimeException.class, call).getStatus().getCode();
  }

  private static PublishRequest ofBytes(int size) {
    Document document =
        Document.newBuilder().setContent(ByteString.copyFrom(new byte[size])).build();
    return PublishRequest.newBuilder()
        .setDraft(Draft.newBuilder().setBody(Body.newBuilder().setDocument(document)))
        .build();
  }

  /** Threat 27. */
  @Test
  void message_overTheLimit_isRefusedAndOtherCallsGoOn() throws Exception {
    ClientServer server = edge.startClients(SMALL, false);
    ManagedChannel channel = edge.channel(server.address(), edge.client("all"));
    StreamAnswers<PublishStreamResponse> answers = new StreamAnswers<>();
    StreamObserver<PublishStreamRequest> open =
        PublisherGrpc.newStub(channel).publishStream(answers);
    open.onNext(PublisherServiceTest.request(""));
    answers.next();
    PublisherGrpc.PublisherBlockingStub stub = PublisherGrpc.newBlockingStub(channel);
    assertEquals(
        Status.Code.RESOURCE_EXHAUSTED,
        refused(() -> stub.publish(ofBytes(1_024 + GuardedServer.OVERHEAD))));
    stub.publish(ofBytes(GuardedServer.OVERHEAD));
    open.onNext(PublisherServiceTest.request(""));
    answers.next();
    assertFalse(answers.hasEnded());
  }

  /** Threat 92: bytes of requests count as they arrive, until their calls end. */
  @Test
  void requestsInProgress_ofOneClient_endAtItsShare_andStreamsAndOthersGoOn() throws Exception {
    Queue<CompletableFuture<Outcome>> held = new ConcurrentLinkedQueue<>();
    edge.behind.intake =
        (caller, draft) -> {
          if (draft.getBody().getDocument().getContent().isEmpty()) {
            return CompletableFuture.completedFuture(ServerBackend.accepted(draft));
          }
          CompletableFuture<Outcome> outcome = new CompletableFuture<>();
          held.add(outcome);
          return outcome;
        };
    ClientServer server =
        edge.startClients(
            Edge.limits(new NodeConfig.PerClient(0, 0, 0, 0, 0, 0, 0, 20 << 20, 0, 0, 0, 0)),
            false);
    ManagedChannel channel = edge.channel(server.address(), edge.client("all"));
    StreamAnswers<PublishStreamResponse> answers = new StreamAnswers<>();
    StreamObserver<PublishStreamRequest> open =
        PublisherGrpc.newStub(channel).publishStream(answers);
    open.onNext(PublisherServiceTest.request(""));
    answers.next();
    PublishRequest large = ofBytes(1 << 20);
    for (int i = 0; i < 19; i++) {
      PublisherGrpc.newStub(channel).publish(large, new StreamAnswers<>());
    }
    StreamAnswers.until(() -> held.size() == 19);
    PublisherGrpc.PublisherBlockingStub stub = PublisherGrpc.newBlockingStub(channel);
    assertEquals(
        "OVERLOADED",
        Refusals.of(assertThrows(StatusRuntimeException.class, () -> stub.publish(large)))
            .reason());
    open.onNext(PublishStreamRequest.newBuilder().addDrafts(large.getDraft()).build());
    open.onNext(PublisherServiceTest.request(""));
    answers.next();
    StreamAnswers.until(() -> held.size() == 20);
    PublisherGrpc.newStub(edge.channel(server.address(), edge.client("publisher")))
        .publish(large, new StreamAnswers<>());
    StreamAnswers.until(() -> held.size() == 21);
    held.forEach(one -> one.complete(ServerBackend.accepted(Draft.getDefaultInstance())));
    Account account = edge.accounts().of("all");
    StreamAnswers.until(() -> account.held(Holding.BUFFERED_BYTES) == 0);
    stub.publish(ofBytes(0));
  }

  /** Attack: a client that asks for much and takes none of it. */
  @Test
  void longAnswers_thatOneClientDoesNotTake_endAtItsShare_andOthersGoOn() throws Exception {
    String text = "x".repeat(1 << 20);
    edge.behind.intake =
        (caller, draft) ->
            CompletableFuture.completedFuture(
                ServerBackend.accepted(draft).toBuilder().setIdempotencyKey(text).build());
    ClientServer server =
        edge.startClients(
            Edge.limits(new NodeConfig.PerClient(0, 0, 0, 0, 0, 0, 0, 20 << 20, 0, 0, 0, 0)),
            false);
    ManagedChannel channel = edge.reluctantChannel(server.address(), edge.client("all"));
    List<UntakenCall<?, ?>> untaken = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      untaken.add(new UntakenCall<>(channel, PublisherGrpc.getPublishMethod(), ofBytes(0)));
    }
    assertEquals("OVERLOADED", Refusals.of(firstEnd(untaken)).reason());
    Account account = edge.accounts().of("all");
    assertTrue(account.held(Holding.BUFFERED_BYTES) <= 20 << 20);
    PublisherGrpc.newBlockingStub(edge.channel(server.address(), edge.client("publisher")))
        .publish(ofBytes(0));
    untaken.forEach(UntakenCall::leave);
    StreamAnswers.until(() -> account.held(Holding.BUFFERED_BYTES) == 0);
    PublisherGrpc.newBlockingStub(edge.channel(server.address(), edge.client("all")))
        .publish(ofBytes(0));
  }

  /** Attack: the same on streams, each of which holds an answer that nobody takes. */
  @Test
  void longAnswersOnStreams_thatOneClientDoesNotTake_endAtItsShare_andTakenOnesGoOn()
      throws Exception {
    String text = "x".repeat(1 << 20);
    edge.behind.intake =
        (caller, draft) ->
            CompletableFuture.completedFuture(
                ServerBackend.accepted(draft).toBuilder().setIdempotencyKey(text).build());
    ClientServer server =
        edge.startClients(
            Edge.limits(new NodeConfig.PerClient(0, 0, 0, 0, 0, 0, 0, 20 << 20, 0, 0, 0, 0)),
            false);
    Account account = edge.accounts().of("all");
    StreamAnswers<PublishStreamResponse> answers = new StreamAnswers<>();
    StreamObserver<PublishStreamRequest> open =
        PublisherGrpc.newStub(edge.channel(server.address(), edge.client("all")))
            .publishStream(answers);
    for (int i = 0; i < 30; i++) {
      open.onNext(PublisherServiceTest.request(""));
      answers.next();
    }
    StreamAnswers.until(() -> account.held(Holding.BUFFERED_BYTES) == 0);
    assertFalse(answers.hasEnded(), "it took more than its share, one after another");

    ManagedChannel channel = edge.reluctantChannel(server.address(), edge.client("all"));
    List<UntakenCall<?, ?>> untaken = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      untaken.add(
          new UntakenCall<>(
              channel, PublisherGrpc.getPublishStreamMethod(), PublisherServiceTest.request("")));
    }
    assertEquals("OVERLOADED", Refusals.of(firstEnd(untaken)).reason());
    assertTrue(account.held(Holding.BUFFERED_BYTES) <= 20 << 20);
    untaken.forEach(UntakenCall::leave);
    StreamAnswers.until(() -> account.held(Holding.BUFFERED_BYTES) == 0);
    open.onNext(PublisherServiceTest.request(""));
    answers.next();
  }

  private static Throwable firstEnd(List<UntakenCall<?, ?>> calls) throws Exception {
    CompletableFuture<Object> first =
        CompletableFuture.anyOf(
            calls.stream().map(call -> call.end).toArray(CompletableFuture[]::new));
    return (Throwable) first.get(StreamAnswers.PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  /** A call whose client never asks for an answer. */
  private static final class UntakenCall<Q, A> extends ClientCall.Listener<A> {
    private final CompletableFuture<Throwable> end = new CompletableFuture<>();
    private final ClientCall<Q, A> call;

    UntakenCall(ManagedChannel channel, MethodDescriptor<Q, A> method, Q request) {
      call = channel.newCall(method, CallOptions.DEFAULT);
      call.start(this, new Metadata());
      call.sendMessage(request);
      if (method.getType().clientSendsOneMessage()) {
        call.halfClose();
      }
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      end.complete(status.asRuntimeException(trailers));
    }

    void leave() {
      call.cancel("took nothing", null);
    }
  }

  /** Attack: calls that wait for something, as many as there are threads. */
  @Test
  void callsOfOneClient_thatWait_leaveThreadsForThoseOfOthers() throws Exception {
    int threads = NodeConfig.Limits.DEFAULT.workerThreads();
    AtomicInteger most = new AtomicInteger();
    CountDownLatch go = new CountDownLatch(1);
    edge.behind.intake =
        (caller, draft) -> {
          if (caller.name().value().equals("all")) {
            most.incrementAndGet();
            try {
              assertTrue(go.await(30, TimeUnit.SECONDS));
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          }
          return CompletableFuture.completedFuture(ServerBackend.accepted(draft));
        };
    ClientServer server = edge.startClients();
    List<StreamAnswers<PublishResponse>> waiting = new ArrayList<>();
    ManagedChannel channel = edge.channel(server.address(), edge.client("all"));
    for (int i = 0; i < threads; i++) {
      StreamAnswers<PublishResponse> answers = new StreamAnswers<>();
      PublisherGrpc.newStub(channel).publish(ofBytes(0), answers);
      waiting.add(answers);
    }
    StreamAnswers.until(() -> most.get() >= threads / 2);
    PublisherGrpc.newBlockingStub(edge.channel(server.address(), edge.client("publisher")))
        .publish(ofBytes(0));
    assertEquals(threads / 2, most.get());
    go.countDown();
    for (StreamAnswers<PublishResponse> one : waiting) {
      one.next();
    }
    assertEquals(threads, most.get(), "the others had their turn then");
  }

  /** Threat 74: gRPC gives credit for more while a message is incomplete. */
  @Test
  void halfMessages_onStreamsOfOneClient_endAtItsShare_andAnotherClientIsServed() throws Exception {
    ClientServer server =
        edge.startClients(
            Edge.limits(new NodeConfig.PerClient(0, 0, 0, 0, 0, 0, 0, 20 << 20, 0, 0, 0, 0)), true);
    Account account = edge.accounts().of("all");
    SslContext tls = edge.callerTls(edge.client("all"));
    try (RawPeerClient hostile = RawPeerClient.begin(server.address(), tls)) {
      hostile.acknowledgeSettings();
      for (int i = 0; i < 24; i++) {
        hostile.call(2 * i + 1, STREAMS.get(i % STREAMS.size()));
        hostile.beginMessageWithinWindow(2 * i + 1, 1 << 20, i < 20 ? (1 << 20) - 16 : 1_000);
      }
      // Calls are counted when they begin, before their bytes arrive.
      StreamAnswers.until(
          () -> server.openCalls() == 20 && account.held(Holding.INCOMPLETE_BYTES) > 19 << 20);
      assertTrue(hostile.isOpen());
      StreamAnswers<PublishStreamResponse> answers = new StreamAnswers<>();
      PublisherGrpc.newStub(edge.channel(server.address(), edge.client("publisher")))
          .publishStream(answers)
          .onNext(PublishStreamRequest.newBuilder().addDrafts(ofBytes(1 << 20).getDraft()).build());
      answers.next();
    }
    StreamAnswers.until(() -> account.held(Holding.INCOMPLETE_BYTES) == 0);
  }

  @Test
  void metadata_overTheLimit_isRefusedAndOtherCallsGoOn() throws Exception {
    ClientServer server = edge.startClients(SMALL, false);
    HealthGrpc.HealthBlockingStub stub =
        HealthGrpc.newBlockingStub(edge.channel(server.address(), edge.client("all")));
    assertEquals(Status.Code.INTERNAL, refused(() -> check(stub.withInterceptors(header(3_000)))));
    check(stub.withInterceptors(header(1_000)));
  }

  private static io.grpc.ClientInterceptor header(int length) {
    Metadata headers = new Metadata();
    headers.put(Metadata.Key.of("x-filler", Metadata.ASCII_STRING_MARSHALLER), "x".repeat(length));
    return MetadataUtils.newAttachHeadersInterceptor(headers);
  }

  /** Threat 26. */
  @Test
  void message_compressed_isNotTaken() throws Exception {
    PublisherGrpc.PublisherBlockingStub stub = PublisherGrpc.newBlockingStub(edge.calling("all"));
    assertEquals(
        Status.Code.UNIMPLEMENTED,
        refused(() -> stub.withCompression("gzip").publish(ofBytes(1 << 20))));
    stub.publish(ofBytes(1));
  }

  @Test
  void calls_overTheConnectionsLimit_wait() throws Exception {
    ClientServer server = edge.startClients(SMALL, false);
    ManagedChannel channel = edge.channel(server.address(), edge.client("all"));
    StreamAnswers<PublishStreamResponse> answers = new StreamAnswers<>();
    StreamObserver<PublishStreamRequest> first =
        PublisherGrpc.newStub(channel).publishStream(answers);
    first.onNext(PublisherServiceTest.request(""));
    answers.next();
    StreamAnswers<PublishStreamResponse> more = new StreamAnswers<>();
    PublisherGrpc.newStub(channel).publishStream(more).onNext(PublisherServiceTest.request(""));
    more.next();
    StreamAnswers<PublishStreamResponse> waiting = new StreamAnswers<>();
    PublisherGrpc.newStub(channel).publishStream(waiting).onNext(PublisherServiceTest.request(""));
    first.onNext(PublisherServiceTest.request(""));
    answers.next();
    assertEquals(2, server.openCalls());
    first.onCompleted();
    waiting.next();
  }

  /** Threat 23. */
  @Test
  void connection_thatNeverHandshakes_isClosed() throws Exception {
    ClientServer server = edge.startClients(SMALL, false);
    try (Socket socket = new Socket(server.address().getAddress(), server.address().getPort())) {
      socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(StreamAnswers.PATIENCE_SECONDS));
      assertEquals(-1, socket.getInputStream().read());
    }
  }

  /** Threat 23: one address opens connections and says nothing; who handshakes comes in. */
  @Test
  void connections_thatNeverHandshake_endEachOtherAndNobodyElse() throws Exception {
    ClientServer server = edge.startClients(FEW_CONNECTIONS, false);
    ManagedChannel kept = edge.channel(server.address(), edge.client("publisher"));
    StreamAnswers<HealthCheckResponse> watching = watch(kept);
    List<Socket> silent = new ArrayList<>();
    try {
      for (int i = 0; i < 50; i++) {
        silent.add(new Socket(server.address().getAddress(), server.address().getPort()));
      }
      for (Socket oldest : silent.subList(0, 46)) {
        assertEnded(oldest);
      }
      assertTrue(server.openConnections() <= 5, "" + server.openConnections());
      assertTrue(edge.meters.text().contains("limit=\"handshakes\",} 46.0"), edge.meters::text);
      check(HealthGrpc.newBlockingStub(edge.channel(server.address(), edge.client("all"))));
      assertFalse(watching.hasEnded());
      check(HealthGrpc.newBlockingStub(kept));
    } finally {
      for (Socket socket : silent) {
        socket.close();
      }
    }
  }

  private static void assertEnded(Socket socket) throws IOException {
    socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(StreamAnswers.PATIENCE_SECONDS));
    try {
      assertEquals(-1, socket.getInputStream().read());
    } catch (SocketException reset) {
      // Ended as well, and not in order.
      assertFalse(socket.isClosed(), reset::toString);
    }
  }

  @Test
  void connections_ofOneClientOverItsLimit_areRefusedAndThoseOfOthersAreNot() throws Exception {
    ClientServer server = edge.startClients(FEW_CONNECTIONS, false);
    List<StreamAnswers<HealthCheckResponse>> kept = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      kept.add(watch(edge.channel(server.address(), edge.client("all"))));
    }
    for (int i = 0; i < 8; i++) {
      ManagedChannel more = edge.channel(server.address(), edge.client("all"));
      Status.Code code = refused(() -> check(HealthGrpc.newBlockingStub(more)));
      // By what the client read last: the reason, or the end of the connection.
      assertTrue(CLOSED.contains(code), code::toString);
    }
    check(HealthGrpc.newBlockingStub(edge.channel(server.address(), edge.client("publisher"))));
    kept.forEach(answers -> assertFalse(answers.hasEnded()));
    assertEquals(4, server.openConnections());
  }

  @Test
  void connections_ofAClientThatHasClosedSome_areTakenAgain() throws Exception {
    ClientServer server = edge.startClients(FEW_CONNECTIONS, false);
    for (int i = 0; i < 12; i++) {
      ManagedChannel channel = edge.channel(server.address(), edge.client("all"));
      check(HealthGrpc.newBlockingStub(channel));
      channel.shutdownNow();
      StreamAnswers.until(() -> server.openConnections() == 0);
    }
  }

  private static void assertCalmed(RawClient raw) throws IOException {
    byte[] goAway = raw.await(RawClient.GOAWAY).payload();
    assertEquals(RawClient.ENHANCE_YOUR_CALM, ByteBuffer.wrap(goAway).getInt(4));
  }

  /** Threat 28. */
  @Test
  void pings_inAFlood_endTheConnection() throws Exception {
    ClientServer server = edge.startClients();
    try (RawClient raw = RawClient.connect(server.address(), edge.client("all"), "TLSv1.3")) {
      raw.begin();
      for (int i = 0; i < 10; i++) {
        raw.send(RawClient.PING, 0, 0, new byte[8]);
      }
      assertCalmed(raw);
    }
  }

  /** Threat 91. */
  @Test
  void framesThatCarryNothing_endTheirConnection_andNoOther() throws Exception {
    ClientServer server = edge.startClients();
    StreamAnswers<HealthCheckResponse> kept =
        watch(edge.channel(server.address(), edge.client("publisher")));
    try (RawClient raw = RawClient.connect(server.address(), edge.client("all"), "TLSv1.3")) {
      raw.begin();
      for (int i = 0; i < 20_000; i++) {
        try {
          raw.send(RawClient.SETTINGS, 1, 0, new byte[0]);
        } catch (IOException closed) {
          break;
        }
      }
      // By what the client reads last: the farewell or the end of the connection.
      assertThrows(
          IOException.class,
          () -> {
            assertCalmed(raw);
            raw.await(RawClient.HEADERS);
          });
    }
    assertTrue(
        edge.meters.text().contains("{side=\"client\",limit=\"frames\",} 1.0"), edge.meters::text);
    assertFalse(kept.hasEnded());
  }

  /** Threat 91: what an honest client sends beside many calls is no flood. */
  @Test
  void calls_inALargeNumber_areNoFlood() throws Exception {
    HealthGrpc.HealthBlockingStub stub = HealthGrpc.newBlockingStub(edge.calling("all"));
    for (int i = 0; i < 3_000; i++) {
      check(stub);
    }
    assertFalse(edge.meters.text().contains("limit=\"frames\",} 1.0"), edge.meters::text);
  }

  /** Threat 25: header blocks that never end. */
  @Test
  void continuations_inAFlood_endTheConnection() throws Exception {
    ClientServer server = edge.startClients();
    try (RawClient raw = RawClient.connect(server.address(), edge.client("all"), "TLSv1.3")) {
      raw.begin();
      raw.send(RawClient.HEADERS, 0, 1, new byte[] {(byte) 0x83});
      IOException ended =
          assertThrows(
              IOException.class,
              () -> {
                for (int i = 0; i < 10_000; i++) {
                  raw.send(RawClient.CONTINUATION, 0, 1, new byte[] {(byte) 0x83});
                }
                assertCalmed(raw);
                raw.await(RawClient.HEADERS);
              });
      assertFalse(ended instanceof java.net.SocketTimeoutException, "" + ended);
    }
    check(HealthGrpc.newBlockingStub(edge.channel(server.address(), edge.client("all"))));
  }

  /** Threat 25: streams opened and reset as fast as they go. */
  @Test
  void resets_inAFlood_endTheConnectionAndNoOther() throws Exception {
    ManagedChannel flooding = edge.calling("all");
    ManagedChannel other = edge.calling("all");
    StreamAnswers<HealthCheckResponse> doomed = watch(flooding);
    StreamAnswers<HealthCheckResponse> kept = watch(other);
    for (int i = 0; i < 2_000 && !doomed.hasEnded(); i++) {
      ClientCall<HealthCheckRequest, HealthCheckResponse> call =
          flooding.newCall(HealthGrpc.getWatchMethod(), io.grpc.CallOptions.DEFAULT);
      call.start(new ClientCall.Listener<>() {}, new Metadata());
      call.cancel("flood", null);
    }
    // By what the client read last: the farewell or the end of the connection.
    assertTrue(CLOSED.contains(doomed.code()), doomed.code()::toString);
    assertFalse(kept.hasEnded());
    check(HealthGrpc.newBlockingStub(other));
  }

  private static StreamAnswers<HealthCheckResponse> watch(ManagedChannel channel)
      throws InterruptedException {
    StreamAnswers<HealthCheckResponse> answers = new StreamAnswers<>();
    HealthGrpc.newStub(channel).watch(HealthCheckRequest.getDefaultInstance(), answers);
    answers.next();
    return answers;
  }
}
