package org.entente.gateway.link;

import java.util.List;
import java.util.concurrent.CompletionStage;
import org.entente.proto.link.v1.Receipt;

/**
 * The send queue of one lane to one peer: durable, numbered without gaps, kept until the peer's
 * receipt.
 *
 * <p>Implemented on the ledger. Thread-safe. The link calls {@link #read}, {@link #released} and
 * {@link #openEpoch} from one thread at a time, on a worker that may wait for the disk, except for
 * receipts of what the peer took. Code that queues an envelope calls {@link PeerLinks#wake} after
 * its commit.
 */
public interface HopQueue {
  /** What is to be sent cannot be said now, as the disk of this gateway takes no change. */
  final class Unavailable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public Unavailable(Throwable cause) {
      super("this gateway's ledger takes no change now", cause);
    }
  }

  /** The epoch in which numbers are transmitted, from 1. */
  long epoch();

  /**
   * The lowest number that is not durably released, from 1; equals {@link #next} when the queue is
   * empty. Never falls: a receiver that lost its state starts at this number.
   */
  long first();

  /** The number that the next queued envelope will get. */
  long next();

  /**
   * What can be sent from a number on (from {@link #first} if that is higher by now), without gaps.
   *
   * <p>Each delivery bears the current epoch and its number. Where the content cannot be sent (no
   * valid recipient key) the delivery is a void. A number once returned as a void stays one,
   * durably, even if a key arrives later: two contents under one number stop the lane.
   *
   * @param maxEnvelopes at least 1
   * @param maxBytes of serialised deliveries; the first one is returned even if it is larger
   * @return empty when nothing can be sent now; {@link PeerLinks#wake} follows when that changes
   * @throws Unavailable if something must be durable before it can be sent, and the disk fails
   */
  List<QueuedEnvelope> read(long from, int maxEnvelopes, long maxBytes);

  /**
   * The peer has answered these numbers, which follow each other without gaps.
   *
   * <p>Header hashes have been compared: each receipt bears the hash of what was queued, or that of
   * the empty header where a void was sent. Where a void was sent but the receipt bears the hash of
   * the content, the peer had it from an earlier transmission. The ledger handles what {@code
   * REWRAP} and {@code REFUSED} mean end to end. A {@code DUPLICATE} may hide a lost receipt: only
   * the recipient's watermark proves that it holds an envelope.
   *
   * <p>May become durable later. Until then the numbers may still be read; after a crash they are
   * sent and released again, and the queue must accept that.
   *
   * <p>If the peer took all of them ({@code COMMITTED}, and refused for no recipient), this waits
   * for nothing and reads no disk: it may be called on a network thread.
   */
  void released(List<Receipt> receipts);

  /**
   * Opens a higher epoch, in which queued envelopes keep their numbers and are transmitted again.
   * Opening the current epoch again or a lower one changes nothing.
   *
   * @return completes when durable
   */
  CompletionStage<Void> openEpoch(long epoch);
}
