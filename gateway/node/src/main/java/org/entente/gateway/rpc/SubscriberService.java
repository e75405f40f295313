package org.entente.gateway.rpc;

import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Optional;
import org.entente.gateway.account.Account;
import org.entente.gateway.account.Work;
import org.entente.gateway.deliver.Sink;
import org.entente.gateway.deliver.Subscription;
import org.entente.gateway.deliver.Subscriptions;
import org.entente.gateway.identity.Scope;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Problem;
import org.entente.gateway.rpc.server.CallCost;
import org.entente.gateway.rpc.server.CallFailureMapper;
import org.entente.gateway.rpc.server.Caller;
import org.entente.gateway.rpc.server.DiskUse;
import org.entente.gateway.rpc.server.ServiceMethods;
import org.entente.gateway.rpc.server.StatusMapper;
import org.entente.proto.v1.CursorOpened;
import org.entente.proto.v1.OpenCursor;
import org.entente.proto.v1.SubscribeRequest;
import org.entente.proto.v1.SubscribeResponse;
import org.entente.proto.v1.SubscriberGrpc;
import org.jspecify.annotations.Nullable;

/** The Subscriber service over {@link Subscriptions}. */
final class SubscriberService implements BindableService {
  /** Messages that a stream passes over at the price of a request: about what a draft takes. */
  static final int PASSED_A_REQUEST = 4;

  private final Subscriptions subscriptions;
  private final ServiceContext context;

  SubscriberService(Subscriptions subscriptions, ServiceContext context) {
    this.subscriptions = subscriptions;
    this.context = context;
  }

  @Override
  public ServerServiceDefinition bindService() {
    return new ServiceMethods(SubscriberGrpc.getServiceDescriptor())
        .exchange(
            SubscriberGrpc.getSubscribeMethod(),
            Scope.SUBSCRIBE,
            CallCost.CHANGE,
            DiskUse.NECESSARY,
            (caller, out) ->
                new Stream(subscriptions, context, caller.name().value(), Caller.account(), out))
        .build();
  }

  private static final class Stream implements StreamObserver<SubscribeRequest>, Sink {
    private final Subscriptions subscriptions;
    private final ServiceContext context;
    private final String client;
    private final Account account;
    private final ServerCallStreamObserver<SubscribeResponse> out;
    private @Nullable Subscription subscription;
    private String cursor = "";
    private boolean begun;
    private int unpaid;
    private boolean ended;

    Stream(
        Subscriptions subscriptions,
        ServiceContext context,
        String client,
        Account account,
        ServerCallStreamObserver<SubscribeResponse> out) {
      this.subscriptions = subscriptions;
      this.context = context;
      this.client = client;
      this.account = account;
      this.out = out;
      out.setOnReadyHandler(this::wake);
      out.setOnCancelHandler(this::release);
    }

    private void wake() {
      Subscription held = held();
      if (held != null) {
        held.wake();
      }
    }

    @Override
    public void onNext(SubscribeRequest request) {
      switch (request.getRequestCase()) {
        case OPEN -> open(request.getOpen());
        case ACK -> acknowledge(request.getAck().getPosition());
        case GIVE_BACK -> giveBack(request.getGiveBack().getPosition());
        case REQUEST_NOT_SET ->
            end(new Problem(Code.INVALID_FIELD, "request", "must be open, ack or give_back"));
      }
    }

    private void open(OpenCursor request) {
      if (held() != null) {
        end(new Problem(Code.INVALID_FIELD, "open", "only the first request may be open"));
        return;
      }
      Optional<Problem> unknown = context.names().filter("open.filter", request.getFilter());
      if (unknown.isPresent()) {
        end(unknown.get());
        return;
      }
      Subscriptions.OpenResult opened = subscriptions.open(client, request, this);
      if (opened instanceof Subscriptions.OpenResult.Held held) {
        hold(request.getCursor(), held);
      } else if (opened instanceof Subscriptions.OpenResult.Invalid invalid) {
        end(invalid.problem());
      }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // what completes it begins or ends the stream
    private void hold(String name, Subscriptions.OpenResult.Held held) {
      synchronized (this) {
        cursor = name;
        subscription = held.subscription();
      }
      held.started()
          .whenComplete(
              (done, failure) -> {
                if (failure == null) {
                  begin(held);
                } else {
                  end(CallFailureMapper.problem(failure));
                }
              });
    }

    private void begin(Subscriptions.OpenResult.Held held) {
      send(
          SubscribeResponse.newBuilder()
              .setOpened(
                  CursorOpened.newBuilder()
                      .setFromPosition(held.fromPosition())
                      .setLastPosition(held.lastPosition()))
              .build());
      synchronized (this) {
        begun = true;
      }
      held.subscription().wake();
    }

    private void acknowledge(long position) {
      Subscription held = held();
      Optional<Problem> problem =
          held == null
              ? Optional.of(
                  new Problem(Code.INVALID_FIELD, "ack", "the first request must be open"))
              : held.acknowledge(position);
      problem.ifPresent(this::end);
    }

    private void giveBack(long position) {
      Subscription held = held();
      Optional<Problem> problem =
          held == null
              ? Optional.of(
                  new Problem(Code.INVALID_FIELD, "give_back", "the first request must be open"))
              : held.giveBack(position);
      problem.ifPresent(this::end);
    }

    private synchronized @Nullable Subscription held() {
      return subscription;
    }

    @Override
    public synchronized boolean ready() {
      return begun && !ended && out.isReady();
    }

    @Override
    public synchronized void send(SubscribeResponse response) {
      if (!ended) {
        out.onNext(response);
      }
    }

    @Override
    public void schedule(Runnable turn, int passed) {
      int requests;
      synchronized (this) {
        unpaid += passed;
        requests = unpaid / PASSED_A_REQUEST;
        unpaid %= PASSED_A_REQUEST;
      }
      long wait = requests == 0 ? 0 : account.charge(Work.REQUESTS, requests);
      context.run(Duration.ofNanos(wait), turn);
    }

    @Override
    public void end(Problem problem) {
      synchronized (this) {
        if (ended) {
          return;
        }
        ended = true;
      }
      // First, so that the cursor is free when the client opens it again.
      release();
      synchronized (this) {
        out.onError(StatusMapper.exception(problem));
      }
    }

    @Override
    public void onError(Throwable t) {
      release();
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // what completes it ends the stream
    public void onCompleted() {
      Subscription subscribed = held();
      if (subscribed == null) {
        complete();
        return;
      }
      subscriptions
          .closed(client, cursor, subscribed)
          .whenComplete(
              (done, failure) -> {
                if (failure == null) {
                  complete();
                } else {
                  end(
                      new Problem(
                          Code.INTERNAL, "ack", "the last acknowledgements could not be stored"));
                }
              });
    }

    private synchronized void complete() {
      if (!ended) {
        ended = true;
        out.onCompleted();
      }
    }

    private void release() {
      Subscription held = held();
      if (held != null) {
        // Acknowledgements are durable in any case; the end of the stream need not be awaited.
        var unused = subscriptions.closed(client, cursor, held);
      }
    }
  }
}
