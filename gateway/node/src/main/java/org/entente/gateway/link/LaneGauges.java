package org.entente.gateway.link;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.proto.link.v1.Deliveries;
import org.entente.proto.link.v1.Delivery;
import org.entente.proto.link.v1.Receipt;
import org.jspecify.annotations.Nullable;

/** The measurements of one lane: written on its executor, read from any thread. */
final class LaneGauges {
  /** Weight of the latest round trip in the smoothed one: one in this many. */
  private static final int SMOOTHING = 8;

  private volatile boolean connected;
  private volatile boolean paused;
  private volatile @Nullable Code stopped;
  private volatile int inFlight;
  private volatile long inFlightBytes;
  private volatile @Nullable Instant lastContact;
  private volatile @Nullable Duration roundTrip;
  private volatile boolean granted;

  /** When deliveries were first sent since the last were released; over streams. */
  private volatile @Nullable Long unansweredNanos;

  /** The number whose round trip is being measured, 0 if none, and when it was sent. */
  private long probe;

  private long probeSentNanos;

  void publish(boolean isConnected, boolean isPaused, @Nullable Code isStopped, HopSender sender) {
    connected = isConnected;
    paused = isPaused;
    stopped = isStopped;
    inFlight = sender.envelopesInFlight();
    inFlightBytes = sender.bytesInFlight();
    granted = sender.isGranted();
    if (!isConnected) {
      probe = 0;
    }
  }

  void contact(Instant now) {
    lastContact = now;
  }

  void released() {
    unansweredNanos = null;
  }

  /**
   * Whether mail that is queued now goes out: the peer is connected, grants room or has deliveries
   * to answer, and has left none of these unanswered for longer than this.
   */
  boolean carries(long nowNanos, Duration patience) {
    Long since = unansweredNanos;
    return connected
        && !paused
        && stopped == null
        && (granted || inFlight > 0)
        && (since == null || inFlight == 0 || nowNanos - since <= patience.toNanos());
  }

  void sent(Deliveries deliveries, long nowNanos) {
    if (unansweredNanos == null) {
      unansweredNanos = nowNanos;
    }
    if (probe == 0) {
      Delivery last = deliveries.getDeliveries(deliveries.getDeliveriesCount() - 1);
      probe = last.getHopSequence();
      probeSentNanos = nowNanos;
    }
  }

  void answered(List<Receipt> receipts, long nowNanos) {
    if (probe == 0 || receipts.stream().noneMatch(r -> r.getHopSequence() == probe)) {
      return;
    }
    probe = 0;
    Duration latest = Duration.ofNanos(nowNanos - probeSentNanos);
    Duration before = roundTrip;
    roundTrip = before == null ? latest : before.plus(latest.minus(before).dividedBy(SMOOTHING));
  }

  LaneStatus status(Lane lane) {
    return new LaneStatus(
        lane,
        connected,
        paused,
        Optional.ofNullable(stopped),
        inFlight,
        inFlightBytes,
        Optional.ofNullable(lastContact),
        Optional.ofNullable(roundTrip));
  }
}
