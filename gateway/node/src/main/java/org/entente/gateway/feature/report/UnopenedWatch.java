package org.entente.gateway.feature.report;

import com.google.protobuf.util.Timestamps;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.List;
import org.entente.gateway.ledger.table.AwaitedEvidenceTable;
import org.entente.gateway.model.MessageId;
import org.entente.proto.store.v1.UnopenedRecord;
import org.entente.proto.v1.WatchUnopenedResponse;
import org.jspecify.annotations.Nullable;

/**
 * One client's stream of unopened messages: the present ones, by pages as it reads, and optionally
 * later ones. Keeps only a number for the client. Safe for many threads.
 */
final class UnopenedWatch {
  private static final int PAGE = 100;

  private final MessageTracker tracking;
  private final boolean follow;
  private final ServerCallStreamObserver<WatchUnopenedResponse> out;
  private MessageTracker.@Nullable ListenerRegistration listening;
  private long last;
  private boolean ended;

  UnopenedWatch(
      MessageTracker tracking,
      boolean follow,
      ServerCallStreamObserver<WatchUnopenedResponse> out) {
    this.tracking = tracking;
    this.follow = follow;
    this.out = out;
  }

  /** Sends the present messages and continues; called once, before the call's handler returns. */
  void begin() {
    out.setOnReadyHandler(this::wake);
    out.setOnCancelHandler(this::end);
    if (follow) {
      synchronized (this) {
        listening = tracking.onUnopened(this::wake);
      }
    }
    wake();
  }

  private synchronized void wake() {
    while (!ended && out.isReady()) {
      List<AwaitedEvidenceTable.UnopenedMessage> page = tracking.unopened(last, PAGE);
      if (page.isEmpty()) {
        finish();
        return;
      }
      for (AwaitedEvidenceTable.UnopenedMessage one : page) {
        if (!out.isReady()) {
          return;
        }
        out.onNext(response(one.record()));
        last = one.number();
      }
    }
  }

  private void finish() {
    if (!follow) {
      ended = true;
      out.onCompleted();
    }
  }

  private WatchUnopenedResponse response(UnopenedRecord record) {
    MessageId id = MessageId.of(record.getMessageId().toByteArray());
    return WatchUnopenedResponse.newBuilder()
        .setMessageId(record.getMessageId())
        .setRecipient(record.getRecipient())
        .setLaneValue(record.getLane())
        .setOpenBy(Timestamps.fromMillis(record.getOpenByMs()))
        .setExercise(record.getExercise())
        .setProgress(tracking.progress(id, record.getRecipient()))
        .build();
  }

  private synchronized void end() {
    ended = true;
    MessageTracker.ListenerRegistration listens = listening;
    if (listens != null) {
      listens.close();
    }
  }
}
