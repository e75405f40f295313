package org.entente.gateway.feature.report;

import io.grpc.stub.ServerCallStreamObserver;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.account.Account;
import org.entente.gateway.account.Work;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Problem;
import org.entente.gateway.rpc.ServiceContext;
import org.entente.gateway.rpc.StreamTurns;
import org.entente.gateway.rpc.server.CallCost;
import org.entente.gateway.rpc.server.CallFailureMapper;
import org.entente.gateway.rpc.server.StatusMapper;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.FollowResponse;
import org.entente.proto.v1.HeldMessage;
import org.entente.proto.v1.Settled;
import org.entente.proto.v1.TakenBack;

/**
 * One client's stream of evidence about one message. The evidence sent is a prefix of that in the
 * ledger, so a slow client needs no buffer. Each turn reads all of it; the client pays for what it
 * was sent before, and the turn waits for that. Evidence that comes meanwhile is read with it. Safe
 * for many threads.
 */
final class MessageFollower {
  /** Items that are read again at the price of a look-up. */
  static final int ITEMS_A_LOOKUP = 10;

  private final MessageTracker tracking;
  private final MessageId id;
  private final Account account;
  private final ServerCallStreamObserver<FollowResponse> out;
  private final StreamTurns turns;
  private final Runnable wake;
  private int sent;
  private boolean heldTold;
  // The call itself paid for the first.
  private boolean paid = true;
  private boolean ended;

  MessageFollower(
      MessageTracker tracking,
      MessageId id,
      ServiceContext context,
      Account account,
      ServerCallStreamObserver<FollowResponse> out) {
    this.tracking = tracking;
    this.id = id;
    this.account = account;
    this.out = out;
    turns = new StreamTurns(context, this::turn, this::failed);
    wake = turns::wake;
  }

  /** Sends the known evidence and continues; called once, before the call's handler returns. */
  void begin() {
    if (!tracking.follow(id, wake)) {
      throw StatusMapper.exception(
          new Problem(
              Code.OVERLOADED,
              "message_id",
              "too many messages are being followed; end another call or try again later"));
    }
    out.setOnReadyHandler(wake);
    out.setOnCancelHandler(this::end);
    turns.wake();
  }

  private synchronized Optional<Duration> turn() {
    if (ended || !out.isReady()) {
      return Optional.empty();
    }
    long debt = paid ? 0 : pay(CallCost.LOOKUP.units() + sent / ITEMS_A_LOOKUP);
    if (debt > 0) {
      return Optional.of(Duration.ofNanos(debt));
    }
    paid = false;
    Optional<MessageTracker.TrackedMessage> known = tracking.track(id);
    known.ifPresent(this::tell);
    if (known.isEmpty() || ended || out.isReady()) {
      return Optional.empty();
    }
    // It took less than was read: it pays more, and the next turn waits for that.
    return Optional.of(Duration.ofNanos(pay(CallCost.SEARCH.units())));
  }

  /** Pays for the next turn; nanoseconds to wait until then. */
  private long pay(int units) {
    paid = true;
    return account.pace(Work.CALL_COST, units);
  }

  private void failed(RuntimeException failure) {
    end();
    if (!out.isCancelled()) {
      out.onError(StatusMapper.exception(CallFailureMapper.problem(failure)));
    }
  }

  private void tell(MessageTracker.TrackedMessage known) {
    tellHeld(known.held());
    List<EvidenceItem> items = known.items();
    while (sent < items.size() && out.isReady()) {
      out.onNext(FollowResponse.newBuilder().setItem(items.get(sent)).build());
      sent++;
    }
    if (sent == items.size() && known.settled() && out.isReady()) {
      out.onNext(FollowResponse.newBuilder().setSettled(settled(known)).build());
      end();
      out.onCompleted();
    }
  }

  private static Settled settled(MessageTracker.TrackedMessage known) {
    Settled.Builder settled = Settled.newBuilder().addAllRecipients(known.recipients());
    TakenBack takenBack = known.takenBack();
    if (takenBack != null) {
      settled.setTakenBack(takenBack);
    }
    return settled.build();
  }

  private void tellHeld(@org.jspecify.annotations.Nullable HeldMessage held) {
    if (held != null && !heldTold && out.isReady()) {
      out.onNext(FollowResponse.newBuilder().setHeld(held.getHeld()).build());
      heldTold = true;
    }
  }

  private synchronized void end() {
    if (!ended) {
      ended = true;
      tracking.unfollow(id, wake);
    }
  }
}
