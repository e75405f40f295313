package org.entente.gateway.feature.request;

import io.grpc.stub.ServerCallStreamObserver;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.entente.gateway.feature.request.RequestTable.Name;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.rpc.server.StatusMapper;
import org.entente.proto.v1.FollowRemindersResponse;
import org.entente.proto.v1.ListedRequest;
import org.jspecify.annotations.Nullable;

/**
 * One client's stream of reminders of answers that this agency owes: the present ones, by pages as
 * it reads, and optionally later ones. At most {@link #MOST} names wait for a client that does not
 * read; then its call ends, and a new call starts with the present ones. Safe for many threads.
 */
final class ReminderWatch {
  /** Most reminders waiting for a client that does not read. */
  static final int MOST = 10_000;

  private static final int PAGE = 200;

  private final RequestList list;
  private final NodeName client;
  private final boolean follow;
  private final boolean exercise;
  private final ServerCallStreamObserver<FollowRemindersResponse> out;
  private final Consumer<Name> listener;
  private final Deque<ListedRequest> standing = new ArrayDeque<>();
  private final Deque<Name> coming = new ArrayDeque<>();
  private @Nullable Name last;
  private boolean allStanding;
  private boolean ended;

  ReminderWatch(
      RequestList list,
      NodeName client,
      boolean follow,
      boolean exercise,
      ServerCallStreamObserver<FollowRemindersResponse> out,
      Executor workers) {
    this.list = list;
    this.client = client;
    this.follow = follow;
    this.exercise = exercise;
    this.out = out;
    // The commit that reports a reminder must not wait for reading and sending here.
    this.listener = name -> workers.execute(() -> reminded(name));
  }

  /** Sends the present reminders and continues; called once, before the call's handler returns. */
  void begin() {
    out.setOnReadyHandler(this::wake);
    out.setOnCancelHandler(this::end);
    if (follow) {
      list.listen(listener);
    }
    wake();
  }

  private synchronized void reminded(Name name) {
    if (ended) {
      return;
    }
    if (coming.size() == MOST) {
      end();
      out.onError(
          StatusMapper.exception(
              new Problem(
                  Code.OVERLOADED,
                  "",
                  "the client did not read its reminders in time; call again to get all of them")));
      return;
    }
    coming.add(name);
    wake();
  }

  private synchronized void wake() {
    while (!ended && out.isReady()) {
      ListedRequest next = next();
      if (next == null) {
        finish();
        return;
      }
      out.onNext(FollowRemindersResponse.newBuilder().setRequest(next).build());
    }
  }

  private @Nullable ListedRequest next() {
    while (standing.isEmpty() && !allStanding) {
      RequestList.ReminderPage page = list.reminded(client, exercise, last, PAGE);
      standing.addAll(page.requests());
      last = page.last();
      allStanding = last == null;
    }
    ListedRequest next = standing.poll();
    while (next == null && !coming.isEmpty()) {
      Optional<ListedRequest> one = list.reminded(client, exercise, coming.remove());
      next = one.orElse(null);
    }
    return next;
  }

  private void finish() {
    if (!follow) {
      ended = true;
      out.onCompleted();
    }
  }

  private synchronized void end() {
    ended = true;
    if (follow) {
      list.unlisten(listener);
    }
  }
}
