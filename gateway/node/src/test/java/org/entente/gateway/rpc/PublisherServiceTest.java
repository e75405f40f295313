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
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.entente.gateway.account.Account;
import org.entente.gateway.account.Work;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Problem;
import org.entente.proto.v1.Alert;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.Person;
import org.entente.proto.v1.PublishRequest;
import org.entente.proto.v1.PublishStreamRequest;
import org.entente.proto.v1.PublishStreamResponse;
import org.entente.proto.v1.PublisherGrpc;
import org.entente.proto.v1.Refusal;
import org.entente.proto.v1.Refused;
import org.entente.proto.v1.Subject;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

public class PublisherServiceTest {
  private static final Problem PROBLEM =
      new Problem(Code.INVALID_FIELD, "label.purpose", "must be set");

  private static final Outcome ANY = ServerBackend.accepted(Draft.getDefaultInstance());

  @AutoClose private final Edge edge = new Edge();
  private ClientServer server;
  private ManagedChannel channel;

  @BeforeEach
  void start() throws IOException {
    server = edge.startClients();
    channel = edge.channel(server.address(), edge.client("publisher"));
  }

  private static Draft draft(String key) {
    return Draft.newBuilder().setIdempotencyKey(key).build();
  }

  private static Outcome invalid(Draft draft) {
    return Outcome.newBuilder()
        .setIdempotencyKey(draft.getIdempotencyKey())
        .setInvalid(PROBLEM.toProto())
        .build();
  }

  private Outcome publish(String key) {
    return PublisherGrpc.newBlockingStub(channel)
        .withDeadlineAfter(StreamAnswers.PATIENCE_SECONDS, TimeUnit.SECONDS)
        .publish(PublishRequest.newBuilder().setDraft(draft(key)).build())
        .getOutcome();
  }

  @Test
  void publish_outcome_isAnsweredForTheCallerInTheCertificate() {
    BlockingQueue<String> callers = new LinkedBlockingQueue<>();
    edge.behind.intake =
        (caller, draft) -> {
          callers.add(caller.name().value());
          return CompletableFuture.completedFuture(ServerBackend.accepted(draft));
        };
    assertEquals(ServerBackend.accepted(draft("k1")), publish("k1"));
    assertEquals("publisher", callers.remove());
  }

  /** Each is a record of the ledger, for 400 days. */
  @Test
  void draftsOfManySubjects_costTheirClientMore() throws Exception {
    edge.behind.intake =
        (caller, draft) -> CompletableFuture.completedFuture(ServerBackend.accepted(draft));
    Subject person = Subject.newBuilder().setPerson(Person.newBuilder().setFamilyName("F")).build();
    Draft many =
        draft("k1").toBuilder()
            .setBody(
                Body.newBuilder()
                    .setAlert(Alert.newBuilder().addAllSubjects(Collections.nCopies(256, person))))
            .build();
    Account account = edge.accounts().of("publisher");
    var unused =
        PublisherGrpc.newBlockingStub(channel)
            .publish(PublishRequest.newBuilder().setDraft(many).build());
    assertTrue(account.used(Work.CALL_COST) >= 128, "" + account.used(Work.CALL_COST));
    StreamAnswers<PublishStreamResponse> answers = new StreamAnswers<>();
    stream(answers).onNext(PublishStreamRequest.newBuilder().addDrafts(many).build());
    answers.next();
    assertTrue(account.used(Work.REQUESTS) >= 128, "" + account.used(Work.REQUESTS));
  }

  /** Each is on record, in evidence, for 400 days. */
  @Test
  void refusedRecipients_costTheirClientMore() throws Exception {
    Refusal one = Refusal.newBuilder().setAgency("us.cbp").setCode("NO_AGREEMENT").build();
    edge.behind.intake =
        (caller, draft) ->
            CompletableFuture.completedFuture(
                Outcome.newBuilder()
                    .setIdempotencyKey(draft.getIdempotencyKey())
                    .setRefused(Refused.newBuilder().addAllRefusals(Collections.nCopies(200, one)))
                    .build());
    Account account = edge.accounts().of("publisher");
    assertEquals(200, publish("k1").getRefused().getRefusalsCount());
    assertTrue(account.used(Work.CALL_COST) >= 200, "" + account.used(Work.CALL_COST));
    StreamAnswers<PublishStreamResponse> answers = new StreamAnswers<>();
    stream(answers).onNext(PublishStreamRequest.newBuilder().addDrafts(draft("k2")).build());
    answers.next();
    assertTrue(account.used(Work.REQUESTS) >= 200, "" + account.used(Work.REQUESTS));
  }

  @Test
  void publish_invalidDraft_isAnErrorThatNamesTheField() {
    edge.behind.intake = (caller, draft) -> CompletableFuture.completedFuture(invalid(draft));
    Refusals.Details details =
        Refusals.of(assertThrows(StatusRuntimeException.class, () -> publish("k1")));
    assertEquals(Status.Code.INVALID_ARGUMENT, details.status());
    assertEquals("INVALID_FIELD", details.reason());
    assertEquals("label.purpose", details.field());
    assertEquals("CLIENT", details.whoMustAct());
  }

  @Test
  void publish_defectBehindTheCall_isInternalWithoutItsText() {
    edge.behind.intake =
        (caller, draft) -> CompletableFuture.failedFuture(new IllegalStateException("inner"));
    assertInternal();
    edge.behind.intake =
        (caller, draft) -> {
          throw new IllegalStateException("inner");
        };
    assertInternal();
  }

  private void assertInternal() {
    Refusals.Details details =
        Refusals.of(assertThrows(StatusRuntimeException.class, () -> publish("k1")));
    assertEquals(Status.Code.INTERNAL, details.status());
    assertEquals("INTERNAL", details.reason());
    assertFalse(details.message().contains("inner"), details.message());
  }

  @Test
  void stream_badDraftsAmongGood_areAnsweredEachAndEndNothing() throws Exception {
    edge.behind.intake =
        (caller, draft) ->
            switch (draft.getIdempotencyKey()) {
              case "bad" -> CompletableFuture.completedFuture(invalid(draft));
              case "broken" -> CompletableFuture.failedFuture(new IllegalStateException());
              default -> CompletableFuture.completedFuture(ServerBackend.accepted(draft));
            };
    StreamAnswers<PublishStreamResponse> answers = new StreamAnswers<>();
    StreamObserver<PublishStreamRequest> drafts = stream(answers);
    send(drafts, "bad");
    assertEquals("INVALID_FIELD", answers.next().getOutcomes(0).getInvalid().getCode());
    send(drafts, "broken");
    assertEquals("INTERNAL", answers.next().getOutcomes(0).getInvalid().getCode());
    send(drafts, "good");
    assertTrue(answers.next().getOutcomes(0).hasAccepted());
    drafts.onCompleted();
    assertEquals(Status.Code.OK, answers.code());
  }

  @Test
  void stream_halfClosedWithDraftsOnTheirWay_answersThemFirst() throws Exception {
    Map<String, CompletableFuture<Outcome>> waiting = new ConcurrentHashMap<>();
    BlockingQueue<Draft> taken = new LinkedBlockingQueue<>();
    edge.behind.intake =
        (caller, draft) -> {
          CompletableFuture<Outcome> outcome = new CompletableFuture<>();
          waiting.put(draft.getIdempotencyKey(), outcome);
          taken.add(draft);
          return outcome;
        };
    StreamAnswers<PublishStreamResponse> answers = new StreamAnswers<>();
    StreamObserver<PublishStreamRequest> drafts = stream(answers);
    for (int i = 0; i < 3; i++) {
      send(drafts, "k" + i);
    }
    drafts.onCompleted();
    TreeSet<String> answered = new TreeSet<>();
    for (int i = 0; i < 3; i++) {
      Draft draft =
          Objects.requireNonNull(taken.poll(StreamAnswers.PATIENCE_SECONDS, TimeUnit.SECONDS));
      Objects.requireNonNull(waiting.remove(draft.getIdempotencyKey()))
          .complete(ServerBackend.accepted(draft));
      answered.add(answers.next().getOutcomes(0).getIdempotencyKey());
    }
    assertEquals("[k0, k1, k2]", answered.toString());
    assertEquals(Status.Code.OK, answers.code());
  }

  /** Threat 24: what a stream holds is bounded while nothing is answered. */
  @Test
  void stream_withoutOutcomes_isHeldBackAtItsWindow() throws Exception {
    BlockingQueue<CompletableFuture<Outcome>> taken = new LinkedBlockingQueue<>();
    edge.behind.intake =
        (caller, draft) -> {
          CompletableFuture<Outcome> outcome = new CompletableFuture<>();
          taken.add(outcome);
          return outcome;
        };
    StreamAnswers<PublishStreamResponse> answers = new StreamAnswers<>();
    StreamObserver<PublishStreamRequest> drafts = stream(answers);
    int sent = PublisherService.STREAM_WINDOW + 500;
    for (int i = 0; i < sent; i++) {
      send(drafts, "k" + i);
    }
    drafts.onCompleted();
    List<CompletableFuture<Outcome>> window = new ArrayList<>();
    for (int i = 0; i < PublisherService.STREAM_WINDOW; i++) {
      window.add(taken.poll(StreamAnswers.PATIENCE_SECONDS, TimeUnit.SECONDS));
    }
    // A call on the same connection, behind all drafts, has come through: no more will come.
    check();
    assertTrue(taken.isEmpty());
    window.forEach(outcome -> outcome.complete(ANY));
    for (int i = PublisherService.STREAM_WINDOW; i < sent; i++) {
      taken.poll(StreamAnswers.PATIENCE_SECONDS, TimeUnit.SECONDS).complete(ANY);
    }
    outcomes(answers, sent);
    assertEquals(Status.Code.OK, answers.code());
  }

  /** Large drafts count by their size: what is held back is not in the gateway's memory. */
  @Test
  void stream_ofLargeDrafts_isHeldBackByTheirSize() throws Exception {
    int size = 512 << 10;
    BlockingQueue<CompletableFuture<Outcome>> taken = new LinkedBlockingQueue<>();
    edge.behind.intake =
        (caller, draft) -> {
          CompletableFuture<Outcome> outcome = new CompletableFuture<>();
          taken.add(outcome);
          return outcome;
        };
    StreamAnswers<PublishStreamResponse> answers = new StreamAnswers<>();
    StreamObserver<PublishStreamRequest> drafts = stream(answers);
    for (int i = 0; i < 40; i++) {
      send(drafts, "k" + i + "x".repeat(size));
    }
    int window = PublisherService.STREAM_BYTES / size - 1;
    List<CompletableFuture<Outcome>> first = new ArrayList<>();
    for (int i = 0; i < window; i++) {
      first.add(taken.poll(StreamAnswers.PATIENCE_SECONDS, TimeUnit.SECONDS));
    }
    check();
    assertTrue(taken.size() <= 1, "" + taken.size());
    first.forEach(outcome -> outcome.complete(ANY));
    for (int i = window; i < 40; i++) {
      taken.poll(StreamAnswers.PATIENCE_SECONDS, TimeUnit.SECONDS).complete(ANY);
    }
    drafts.onCompleted();
    outcomes(answers, 40);
    assertEquals(Status.Code.OK, answers.code());
  }

  /** So many outcomes, however many come together. */
  private static List<Outcome> outcomes(StreamAnswers<PublishStreamResponse> answers, int count)
      throws InterruptedException {
    List<Outcome> outcomes = new ArrayList<>();
    while (outcomes.size() < count) {
      outcomes.addAll(answers.next().getOutcomesList());
    }
    assertEquals(count, outcomes.size());
    return outcomes;
  }

  /** Each stands for itself, as if it came alone. */
  @Test
  void stream_draftsInOneRequest_areEachAnswered() throws Exception {
    edge.behind.intake =
        (caller, draft) ->
            CompletableFuture.completedFuture(
                draft.getIdempotencyKey().equals("k3")
                    ? invalid(draft)
                    : ServerBackend.accepted(draft));
    StreamAnswers<PublishStreamResponse> answers = new StreamAnswers<>();
    StreamObserver<PublishStreamRequest> drafts = stream(answers);
    drafts.onNext(together(0, PublisherService.TOGETHER));
    List<Outcome> outcomes = outcomes(answers, PublisherService.TOGETHER);
    for (int i = 0; i < outcomes.size(); i++) {
      assertEquals(
          i == 3 ? invalid(draft("k3")) : ServerBackend.accepted(draft("k" + i)), outcomes.get(i));
    }
    drafts.onCompleted();
    assertEquals(Status.Code.OK, answers.code());
  }

  @Test
  void stream_moreDraftsInARequestThanItMayHave_areRefusedAndTheStreamGoesOn() throws Exception {
    AtomicInteger taken = new AtomicInteger();
    edge.behind.intake =
        (caller, draft) -> {
          taken.incrementAndGet();
          return CompletableFuture.completedFuture(ServerBackend.accepted(draft));
        };
    StreamAnswers<PublishStreamResponse> answers = new StreamAnswers<>();
    StreamObserver<PublishStreamRequest> drafts = stream(answers);
    drafts.onNext(together(0, PublisherService.TOGETHER + 1));
    Outcome refused = outcomes(answers, 1).get(0);
    assertEquals("", refused.getIdempotencyKey());
    assertEquals("LIMIT_REACHED", refused.getInvalid().getCode());
    assertEquals("drafts", refused.getInvalid().getField());
    assertEquals(0, taken.get());
    drafts.onNext(together(0, 2));
    outcomes(answers, 2).forEach(outcome -> assertTrue(outcome.hasAccepted()));
    assertEquals(2, taken.get());
  }

  /** Threat 24: drafts that come together are held back as those that come alone. */
  @Test
  void stream_ofFullRequests_isHeldBackAtItsWindow() throws Exception {
    BlockingQueue<CompletableFuture<Outcome>> taken = new LinkedBlockingQueue<>();
    edge.behind.intake =
        (caller, draft) -> {
          CompletableFuture<Outcome> outcome = new CompletableFuture<>();
          taken.add(outcome);
          return outcome;
        };
    StreamAnswers<PublishStreamResponse> answers = new StreamAnswers<>();
    StreamObserver<PublishStreamRequest> drafts = stream(answers);
    int requests = 20;
    for (int i = 0; i < requests; i++) {
      drafts.onNext(together(i * PublisherService.TOGETHER, PublisherService.TOGETHER));
    }
    drafts.onCompleted();
    List<CompletableFuture<Outcome>> window = new ArrayList<>();
    for (int i = 0; i < PublisherService.STREAM_WINDOW; i++) {
      window.add(taken.poll(StreamAnswers.PATIENCE_SECONDS, TimeUnit.SECONDS));
    }
    check();
    assertTrue(taken.isEmpty(), "" + taken.size());
    window.forEach(outcome -> outcome.complete(ANY));
    int sent = requests * PublisherService.TOGETHER;
    for (int i = PublisherService.STREAM_WINDOW; i < sent; i++) {
      taken.poll(StreamAnswers.PATIENCE_SECONDS, TimeUnit.SECONDS).complete(ANY);
    }
    outcomes(answers, sent);
    assertEquals(Status.Code.OK, answers.code());
  }

  private static PublishStreamRequest together(int first, int count) {
    PublishStreamRequest.Builder request = PublishStreamRequest.newBuilder();
    for (int i = first; i < first + count; i++) {
      request.addDrafts(draft("k" + i));
    }
    return request.build();
  }

  private void check() {
    HealthGrpc.newBlockingStub(channel)
        .withDeadlineAfter(StreamAnswers.PATIENCE_SECONDS, TimeUnit.SECONDS)
        .check(HealthCheckRequest.getDefaultInstance());
  }

  private StreamObserver<PublishStreamRequest> stream(
      StreamAnswers<PublishStreamResponse> answers) {
    return PublisherGrpc.newStub(channel).publishStream(answers);
  }

  /** A request with one draft of a key. */
  public static PublishStreamRequest request(String key) {
    return PublishStreamRequest.newBuilder().addDrafts(draft(key)).build();
  }

  private static void send(StreamObserver<PublishStreamRequest> drafts, String key) {
    drafts.onNext(request(key));
  }
}
