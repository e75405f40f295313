package org.entente.gateway.feature.report;

import io.grpc.stub.ServerCallStreamObserver;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Problem;
import org.entente.gateway.rpc.server.StatusMapper;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.FollowResponse;
import org.entente.proto.v1.HeldMessage;
import org.entente.proto.v1.Settled;
import org.entente.proto.v1.TakenBack;

/**
 * One client's stream of evidence about one message. The evidence sent is a prefix of that in the
 * ledger, so a slow client needs no buffer. Safe for many threads.
 */
final class MessageFollower {
  private final MessageTracker tracking;
  private final MessageId id;
  private final ServerCallStreamObserver<FollowResponse> out;
  private final Runnable wake = this::wake;
  private int sent;
  private boolean heldTold;
  private boolean ended;

  MessageFollower(
      MessageTracker tracking, MessageId id, ServerCallStreamObserver<FollowResponse> out) {
    this.tracking = tracking;
    this.id = id;
    this.out = out;
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
    wake();
  }

  private synchronized void wake() {
    Optional<MessageTracker.TrackedMessage> known = ended ? Optional.empty() : tracking.track(id);
    if (known.isEmpty()) {
      return;
    }
    tellHeld(known.get().held());
    List<EvidenceItem> items = known.get().items();
    while (sent < items.size() && out.isReady()) {
      out.onNext(FollowResponse.newBuilder().setItem(items.get(sent)).build());
      sent++;
    }
    if (sent == items.size() && known.get().settled() && out.isReady()) {
      out.onNext(FollowResponse.newBuilder().setSettled(settled(known.get())).build());
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
