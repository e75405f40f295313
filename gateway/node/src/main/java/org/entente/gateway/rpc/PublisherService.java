package org.entente.gateway.rpc;

import io.grpc.BindableService;
import io.grpc.Context;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.entente.gateway.account.Account;
import org.entente.gateway.account.Work;
import org.entente.gateway.identity.Identified;
import org.entente.gateway.identity.Scope;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.gateway.policy.decide.Explanation;
import org.entente.gateway.policy.subject.SubjectTerms;
import org.entente.gateway.rpc.server.CallCost;
import org.entente.gateway.rpc.server.CallFailureMapper;
import org.entente.gateway.rpc.server.Caller;
import org.entente.gateway.rpc.server.DiskUse;
import org.entente.gateway.rpc.server.DraftsRequest;
import org.entente.gateway.rpc.server.ServiceMethods;
import org.entente.gateway.rpc.server.StatusMapper;
import org.entente.gateway.rpc.server.StreamCredit;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.ExplainRequest;
import org.entente.proto.v1.ExplainResponse;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.PublishRequest;
import org.entente.proto.v1.PublishResponse;
import org.entente.proto.v1.PublishStreamResponse;
import org.entente.proto.v1.PublisherGrpc;

/** The Publisher service. */
public final class PublisherService implements BindableService {
  private static final MethodDescriptor<DraftsRequest, PublishStreamResponse> STREAM =
      PublisherGrpc.getPublishStreamMethod().toBuilder(
              DraftsRequest.MARSHALLER,
              PublisherGrpc.getPublishStreamMethod().getResponseMarshaller())
          .build();

  /** Most drafts of one stream without an outcome; flow control holds back further ones. */
  static final int STREAM_WINDOW = 1_024;

  /**
   * Most bytes of such drafts; a requested message that has not arrived counts as the largest
   * recent one.
   */
  static final int STREAM_BYTES = 4 << 20;

  /** Most drafts in a request, and outcomes in a response. */
  static final int TOGETHER = DraftsRequest.TOGETHER;

  private final BiFunction<Identified, List<Draft>, List<CompletableFuture<Outcome>>> intake;
  private final BiFunction<Identified, ExplainRequest, Result<Explanation>> explaining;
  private final UnparsedListener unparsed;
  private final Executor executor;

  /** Is told of drafts that were not parsed. */
  public interface UnparsedListener {
    void draft(Identified client, MethodDescriptor<?, ?> method, Problem problem);
  }

  /**
   * Creates the service.
   *
   * @param explaining explains the policy decision on a draft
   * @param unparsed told of drafts that were not parsed
   * @param executor sends the outcomes of streams
   */
  PublisherService(
      BiFunction<Identified, List<Draft>, List<CompletableFuture<Outcome>>> intake,
      BiFunction<Identified, ExplainRequest, Result<Explanation>> explaining,
      UnparsedListener unparsed,
      Executor executor) {
    this.intake = (caller, drafts) -> outside(() -> intake.apply(caller, drafts));
    this.explaining = explaining;
    this.unparsed = unparsed;
    this.executor = executor;
  }

  /**
   * Without gRPC's context: this thread may commit what others wait for, and what they do then must
   * not end with this call.
   */
  private static <T> T outside(Supplier<T> work) {
    Context before = Context.ROOT.attach();
    try {
      return work.get();
    } finally {
      Context.ROOT.detach(before);
    }
  }

  /** As generated, except that the stream parses each draft separately. */
  @Override
  public ServerServiceDefinition bindService() {
    ServiceDescriptor service =
        ServiceDescriptor.newBuilder(PublisherGrpc.SERVICE_NAME)
            .setSchemaDescriptor(PublisherGrpc.getServiceDescriptor().getSchemaDescriptor())
            .addMethod(PublisherGrpc.getPublishMethod())
            .addMethod(STREAM)
            .addMethod(PublisherGrpc.getExplainMethod())
            .build();
    return new ServiceMethods(service)
        .later(
            PublisherGrpc.getPublishMethod(),
            Scope.PUBLISH,
            CallCost.CHANGE,
            DiskUse.MIXED,
            this::publish)
        .exchange(STREAM, Scope.PUBLISH, CallCost.LOOKUP, DiskUse.MIXED, PublishStream::new)
        .unary(
            PublisherGrpc.getExplainMethod(),
            Scope.PUBLISH,
            CallCost.READ,
            DiskUse.NONE,
            this::explain)
        .build();
  }

  private CompletableFuture<PublishResponse> publish(Identified caller, PublishRequest request) {
    Account account = Caller.account();
    charge(account, Work.CALL_COST, List.of(request.getDraft()));
    return intake
        .apply(caller, List.of(traced(request.getDraft())))
        .get(0)
        .thenApply(
            outcome -> {
              charge(account, Work.CALL_COST, outcome);
              return PublishResponse.newBuilder().setOutcome(StatusMapper.valid(outcome)).build();
            });
  }

  /** Charges subjects of drafts: records of the ledger, hundreds of one draft if it likes. */
  private static void charge(Account account, Work what, List<Draft> drafts) {
    int subjects = drafts.stream().mapToInt(draft -> SubjectTerms.cost(draft.getBody())).sum();
    long unused = account.charge(what, subjects);
  }

  /** Charges refused recipients, each of which is on record. */
  private static void charge(Account account, Work what, Outcome outcome) {
    int refused =
        outcome.getRefused().getRefusalsCount() + outcome.getAccepted().getRefusalsCount();
    long unused = account.charge(what, refused);
  }

  /**
   * A stream's metadata would be of all its drafts, so they count for a single draft only. Too long
   * ones count as none: a library may have written them.
   */
  private static Draft traced(Draft draft) {
    String traceparent = Caller.traceparent();
    return traceparent.isEmpty()
            || traceparent.length() > LabelCheck.MAX_TRACEPARENT
            || !draft.getTraceparent().isEmpty()
        ? draft
        : draft.toBuilder().setTraceparent(traceparent).build();
  }

  private ExplainResponse explain(Identified caller, ExplainRequest request) {
    return ExplanationMapper.message(StatusMapper.value(explaining.apply(caller, request)));
  }

  /**
   * One stream: accepts drafts while its {@link StreamCredit} allows it and the client reads its
   * outcomes, so its memory is bounded whatever the client does. Outcomes that arrive while others
   * are being sent are sent together.
   */
  private final class PublishStream implements StreamObserver<DraftsRequest> {
    private final Identified caller;
    private final Account account = Caller.account();
    private final ServerCallStreamObserver<PublishStreamResponse> answers;
    private final Deque<Outcome> outcomes = new ArrayDeque<>();
    private final StreamCredit credit = new StreamCredit(STREAM_WINDOW, STREAM_BYTES);
    private boolean telling;
    private boolean halfClosed;
    private boolean ended;

    PublishStream(Identified caller, ServerCallStreamObserver<PublishStreamResponse> answers) {
      this.caller = caller;
      this.answers = answers;
      answers.disableAutoRequest();
      answers.setOnReadyHandler(this::askForMore);
      answers.setOnCancelHandler(this::cancelled);
    }

    @Override
    public void onNext(DraftsRequest request) {
      List<DraftsRequest.Entry> entries = request.entries();
      synchronized (this) {
        credit.arrived(
            entries.size(), entries.stream().mapToLong(DraftsRequest.Entry::bytes).sum());
      }
      // The request itself was charged as one.
      long unused = account.charge(Work.REQUESTS, Math.max(0, entries.size() - 1));
      charge(account, Work.REQUESTS, entries.stream().map(DraftsRequest.Entry::draft).toList());
      List<DraftsRequest.Entry> parsed = new ArrayList<>(entries.size());
      for (DraftsRequest.Entry entry : entries) {
        Problem problem = entry.unparsed();
        if (problem == null) {
          parsed.add(entry);
        } else {
          unparsed.draft(caller, STREAM, problem);
          answer(invalid(entry.draft(), problem), entry.bytes());
        }
      }
      publishAndTell(parsed);
    }

    /** Outcomes that are known when a lone draft is published are told on this thread. */
    private void publishAndTell(List<DraftsRequest.Entry> entries) {
      boolean here = entries.size() == 1;
      if (here) {
        synchronized (this) {
          telling = true;
        }
      }
      try {
        publish(entries);
      } finally {
        if (here) {
          tell();
        }
      }
      askForMore();
    }

    @SuppressWarnings("FutureReturnValueIgnored") // what completes them answers
    private void publish(List<DraftsRequest.Entry> entries) {
      List<Draft> drafts = entries.stream().map(DraftsRequest.Entry::draft).toList();
      List<CompletableFuture<Outcome>> outcomes = intake.apply(caller, drafts);
      for (int i = 0; i < outcomes.size(); i++) {
        DraftsRequest.Entry entry = entries.get(i);
        outcomes
            .get(i)
            .whenComplete(
                (outcome, failure) ->
                    answer(
                        outcome != null && failure == null
                            ? outcome
                            : invalid(entry.draft(), CallFailureMapper.problem(failure)),
                        entry.bytes()));
      }
    }

    private static Outcome invalid(Draft draft, Problem problem) {
      return Outcome.newBuilder()
          .setIdempotencyKey(draft.getIdempotencyKey())
          .setInvalid(problem.toProto())
          .build();
    }

    /** Called on the thread that completes commits, so it leaves sending to the executor. */
    private void answer(Outcome outcome, int draftBytes) {
      charge(account, Work.REQUESTS, outcome);
      synchronized (this) {
        credit.answered(draftBytes);
        outcomes.add(outcome);
        if (telling) {
          return;
        }
        telling = true;
      }
      try {
        executor.execute(this::tell);
      } catch (RejectedExecutionException e) {
        // The gateway is stopping; this is one of its last outcomes.
        tell();
      }
    }

    private void tell() {
      synchronized (this) {
        telling = false;
        while (!ended && !outcomes.isEmpty()) {
          PublishStreamResponse.Builder response = PublishStreamResponse.newBuilder();
          while (!outcomes.isEmpty() && response.getOutcomesCount() < TOGETHER) {
            response.addOutcomes(outcomes.poll());
          }
          credit.told(response.getOutcomesCount());
          answers.onNext(response.build());
        }
        completeIfDone();
      }
      askForMore();
    }

    private synchronized void askForMore() {
      if (ended || halfClosed || !answers.isReady()) {
        return;
      }
      int more = credit.take();
      if (more > 0) {
        answers.request(more);
      }
    }

    private synchronized void cancelled() {
      ended = true;
      outcomes.clear();
    }

    @Override
    public synchronized void onError(Throwable t) {
      cancelled();
    }

    @Override
    public synchronized void onCompleted() {
      halfClosed = true;
      completeIfDone();
    }

    private void completeIfDone() {
      if (halfClosed && credit.isIdle() && !ended) {
        ended = true;
        answers.onCompleted();
      }
    }
  }
}
