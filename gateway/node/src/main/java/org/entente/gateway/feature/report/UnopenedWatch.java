package org.entente.gateway.feature.report;

import com.google.protobuf.util.Timestamps;
import io.grpc.stub.ServerCallStreamObserver;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.entente.gateway.account.Account;
import org.entente.gateway.account.Work;
import org.entente.gateway.ledger.table.AwaitedEvidenceTable;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.rpc.ServiceContext;
import org.entente.gateway.rpc.StreamTurns;
import org.entente.gateway.rpc.server.CallCost;
import org.entente.gateway.rpc.server.CallFailureMapper;
import org.entente.gateway.rpc.server.StatusMapper;
import org.entente.proto.store.v1.UnopenedRecord;
import org.entente.proto.v1.Progress;
import org.entente.proto.v1.RecipientProgress;
import org.entente.proto.v1.WatchUnopenedResponse;
import org.jspecify.annotations.Nullable;

/**
 * One client's stream of unopened messages: the present ones, by pages as it reads, and optionally
 * later ones. A turn sends one page, and the client pays for the next. Keeps only a number for the
 * client. Safe for many threads.
 */
final class UnopenedWatch {
  private static final int PAGE = 100;

  private final MessageTracker tracking;
  private final boolean follow;
  private final Account account;
  private final ServerCallStreamObserver<WatchUnopenedResponse> out;
  private final StreamTurns turns;
  private MessageTracker.@Nullable ListenerRegistration listening;
  private long last;
  private volatile boolean ended;

  UnopenedWatch(
      MessageTracker tracking,
      boolean follow,
      ServiceContext context,
      Account account,
      ServerCallStreamObserver<WatchUnopenedResponse> out) {
    this.tracking = tracking;
    this.follow = follow;
    this.account = account;
    this.out = out;
    turns = new StreamTurns(context, this::turn, this::failed);
  }

  /** Sends the present messages and continues; called once, before the call's handler returns. */
  void begin() {
    out.setOnReadyHandler(turns::wake);
    out.setOnCancelHandler(this::end);
    if (follow) {
      synchronized (this) {
        listening = tracking.onUnopened(turns::wake);
      }
    }
    turns.wake();
  }

  private Optional<Duration> turn() {
    if (ended || !out.isReady() || !sendPage()) {
      return Optional.empty();
    }
    // Also where the client took less than was read: it would have it read again for nothing.
    long wait = account.pace(Work.CALL_COST, CallCost.SEARCH.units());
    return Optional.of(Duration.ofNanos(wait));
  }

  /** Sends a page at most; whether there may be more. */
  private boolean sendPage() {
    List<AwaitedEvidenceTable.UnopenedMessage> page = tracking.unopened(last, PAGE);
    // Many messages have several recipients, whose progress one look-up finds.
    Map<MessageId, List<RecipientProgress>> known = new HashMap<>();
    for (AwaitedEvidenceTable.UnopenedMessage one : page) {
      if (!out.isReady()) {
        return true;
      }
      MessageId id = MessageId.of(one.record().getMessageId().toByteArray());
      out.onNext(response(one.record(), known.computeIfAbsent(id, tracking::recipients)));
      last = one.number();
    }
    if (page.size() < PAGE) {
      finish();
      return false;
    }
    return true;
  }

  private void finish() {
    if (!follow && !ended) {
      ended = true;
      out.onCompleted();
    }
  }

  private static WatchUnopenedResponse response(
      UnopenedRecord record, List<RecipientProgress> known) {
    Progress progress =
        known.stream()
            .filter(one -> one.getAgency().equals(record.getRecipient()))
            .map(RecipientProgress::getProgress)
            .findFirst()
            .orElse(Progress.PROGRESS_UNSPECIFIED);
    return WatchUnopenedResponse.newBuilder()
        .setMessageId(record.getMessageId())
        .setRecipient(record.getRecipient())
        .setLaneValue(record.getLane())
        .setOpenBy(Timestamps.fromMillis(record.getOpenByMs()))
        .setExercise(record.getExercise())
        .setProgress(progress)
        .build();
  }

  private void failed(RuntimeException failure) {
    end();
    if (!out.isCancelled()) {
      out.onError(StatusMapper.exception(CallFailureMapper.problem(failure)));
    }
  }

  private synchronized void end() {
    ended = true;
    MessageTracker.ListenerRegistration listens = listening;
    if (listens != null) {
      listens.close();
    }
  }
}
