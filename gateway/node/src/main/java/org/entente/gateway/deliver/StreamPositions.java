package org.entente.gateway.deliver;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.entente.gateway.deliver.DeliveryLeaves.Advance;
import org.entente.gateway.ledger.table.InboxTable;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.Problem;
import org.entente.proto.store.v1.CursorRecord;

/**
 * What one stream was sent and may be sent next, in each lane. Its methods are called under its
 * lock, which the streams of a shared subscription have in common.
 */
interface StreamPositions {
  /** The lock for all methods. */
  Object lock();

  /** Deliveries of a lane that may still be sent now; its window is full if not positive. */
  int room(Lane lane);

  /** Whether other streams share the room of the subscription. */
  boolean isShared();

  /** Messages of a lane to examine next, in order, at most {@code most}. */
  List<InboxTable.PlacedRecord> candidates(InboxTable inbox, Lane lane, int most);

  /** First position of a lane that was never examined. */
  long next(Lane lane);

  /** Whether the message at a position was sent before. */
  boolean isRedelivery(Lane lane, long position);

  /** Skips a candidate that the subscription does not want or may not have. */
  void passed(Lane lane, long position);

  /** A candidate was sent. */
  void sent(Lane lane, long position, LaneCursor.SentMessage message);

  /** What an acknowledgement changed, with the positions to store. */
  record Acknowledged(
      CursorRecord positions, Advance advance, List<LaneCursor.SentMessage> messages) {}

  /** Acknowledges a position; empty if it does not await that. */
  Optional<Acknowledged> acknowledge(long position);

  /** The problem with an acknowledgement that was not awaited; empty if the stream goes on. */
  Optional<Problem> unawaited(long position);

  /**
   * Gives a delivery back.
   *
   * @return the problem with that, if any
   */
  Optional<Problem> giveBack(long position);

  /** First position of each lane that is not acknowledged or not examined. */
  Map<Lane, Long> durablePlaces();

  /** The unacknowledged deliveries of this stream, by lane. */
  List<Advance> unanswered();

  /** The positions to store. */
  CursorRecord record();

  /**
   * An acknowledgement could not be stored, and the stream ends. On the writer's thread, which must
   * not wait for the lock.
   */
  void failed(Problem problem);

  /** The stream ended; completes when what that changes is durable. */
  CompletableFuture<?> ended();
}
