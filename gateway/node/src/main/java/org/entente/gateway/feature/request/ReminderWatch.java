package org.entente.gateway.feature.request;

import io.grpc.stub.ServerCallStreamObserver;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Consumer;
import org.entente.gateway.account.Account;
import org.entente.gateway.account.Work;
import org.entente.gateway.feature.request.RequestTable.Name;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.rpc.ServiceContext;
import org.entente.gateway.rpc.StreamTurns;
import org.entente.gateway.rpc.server.CallCost;
import org.entente.gateway.rpc.server.CallFailureMapper;
import org.entente.gateway.rpc.server.StatusMapper;
import org.entente.proto.v1.FollowRemindersResponse;
import org.entente.proto.v1.ListedRequest;
import org.jspecify.annotations.Nullable;

/**
 * One client's stream of reminders of answers that this agency owes: the present ones, by pages as
 * it reads, and optionally later ones. A turn looks at {@link #PAGE} requests at most, and the
 * client pays for them before the next. At most {@link #MOST} names wait for a client that does not
 * read; then its call ends, and a new call starts with the present ones. Safe for many threads.
 */
final class ReminderWatch {
  /** Most reminders waiting for a client that does not read. */
  static final int MOST = 10_000;

  static final int PAGE = 200;

  /** Requests looked at for one unit of the cost of calls. */
  static final int PER_UNIT = PAGE / CallCost.SEARCH.units();

  private final RequestList list;
  private final NodeName client;
  private final boolean follow;
  private final boolean exercise;
  private final Account account;
  private final ServerCallStreamObserver<FollowRemindersResponse> out;
  private final StreamTurns turns;
  private final Consumer<Name> listener;

  /** Guards itself; all else that changes belongs to the turns. */
  private final Deque<Name> coming = new ArrayDeque<>();

  private final Deque<ListedRequest> found = new ArrayDeque<>();
  private @Nullable Name last;
  private boolean allStanding;
  private volatile boolean ended;

  ReminderWatch(
      RequestList list,
      NodeName client,
      boolean follow,
      boolean exercise,
      ServiceContext context,
      Account account,
      ServerCallStreamObserver<FollowRemindersResponse> out) {
    this.list = list;
    this.client = client;
    this.follow = follow;
    this.exercise = exercise;
    this.account = account;
    this.out = out;
    turns = new StreamTurns(context, this::turn, this::failed);
    listener = this::reminded;
  }

  /** Sends the present reminders and continues; called once, before the call's handler returns. */
  void begin() {
    out.setOnReadyHandler(turns::wake);
    out.setOnCancelHandler(this::end);
    if (follow) {
      list.listen(listener);
    }
    turns.wake();
  }

  /** The commit that reports a reminder must not wait for reading and sending. */
  private void reminded(Name name) {
    synchronized (coming) {
      // One more than may wait ends the call.
      if (coming.size() <= MOST) {
        coming.add(name);
      }
    }
    turns.wake();
  }

  private Optional<Duration> turn() {
    if (ended || endedForTooMany() || !out.isReady()) {
      return Optional.empty();
    }
    int looked = look();
    boolean sent = send();
    if (looked > 0) {
      long wait = account.pace(Work.CALL_COST, (looked + PER_UNIT - 1) / PER_UNIT);
      return Optional.of(Duration.ofNanos(wait));
    }
    if (!sent) {
      finish();
    }
    return sent && found.isEmpty() ? Optional.of(Duration.ZERO) : Optional.empty();
  }

  /** Looks at further requests if all found are sent; returns their number. */
  private int look() {
    if (!found.isEmpty()) {
      return 0;
    }
    if (!allStanding) {
      RequestList.ReminderPage page = list.reminded(client, exercise, last, PAGE);
      found.addAll(page.requests());
      last = page.last();
      allStanding = last == null;
      return page.looked();
    }
    int looked = 0;
    for (Name name = next(); name != null; name = ++looked < PAGE ? next() : null) {
      list.reminded(client, exercise, name).ifPresent(found::add);
    }
    return looked;
  }

  private @Nullable Name next() {
    synchronized (coming) {
      return coming.poll();
    }
  }

  /** Sends what the client has room for; whether there was something to send. */
  private boolean send() {
    boolean some = !found.isEmpty();
    while (!found.isEmpty() && !ended && out.isReady()) {
      out.onNext(FollowRemindersResponse.newBuilder().setRequest(found.remove()).build());
    }
    return some;
  }

  private boolean endedForTooMany() {
    synchronized (coming) {
      if (coming.size() <= MOST) {
        return false;
      }
    }
    failed(
        new Problem(
            Code.OVERLOADED,
            "",
            "the client did not read its reminders in time; call again to get all of them"));
    return true;
  }

  private void finish() {
    if (!follow) {
      ended = true;
      out.onCompleted();
    }
  }

  private void failed(RuntimeException failure) {
    failed(CallFailureMapper.problem(failure));
  }

  private void failed(Problem problem) {
    end();
    if (!out.isCancelled()) {
      out.onError(StatusMapper.exception(problem));
    }
  }

  private void end() {
    ended = true;
    if (follow) {
      list.unlisten(listener);
    }
  }
}
