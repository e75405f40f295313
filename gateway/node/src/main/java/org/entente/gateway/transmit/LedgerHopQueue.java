package org.entente.gateway.transmit;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.record.ProcessingFailure;
import org.entente.gateway.ledger.table.HopQueueTable;
import org.entente.gateway.link.HopQueue;
import org.entente.gateway.link.QueuedEnvelope;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.trace.MessageTracer;
import org.entente.proto.link.v1.Receipt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The ledger's hop queue of one peer's lane, as the link uses it. */
public final class LedgerHopQueue implements HopQueue {
  private static final Logger LOG = LoggerFactory.getLogger(LedgerHopQueue.class);

  private final Ledger ledger;
  private final DeliverySettlement settlement;
  private final Transmission transmission;
  private final AgencyName peer;
  private final Lane lane;
  private final MessageTracer tracer;
  private final AtomicLong first;

  /** The queue of a peer's lane. */
  public LedgerHopQueue(
      Ledger ledger,
      DeliverySettlement settlement,
      Transmission transmission,
      AgencyName peer,
      Lane lane,
      MessageTracer tracer) {
    this.ledger = ledger;
    this.settlement = settlement;
    this.transmission = transmission;
    this.peer = peer;
    this.lane = lane;
    this.tracer = tracer;
    this.first = new AtomicLong(ledger.hops().first(peer, lane));
  }

  @Override
  public long epoch() {
    return ledger.hops().head(peer, lane).epoch();
  }

  @Override
  public long first() {
    return first.get();
  }

  @Override
  public long next() {
    return ledger.hops().head(peer, lane).next();
  }

  @Override
  public List<QueuedEnvelope> read(long from, int maxEnvelopes, long maxBytes) {
    HopQueueTable.Head head = ledger.hops().head(peer, lane);
    if (from >= head.next()) {
      return List.of();
    }
    List<QueuedEnvelope> out = new ArrayList<>();
    for (HopQueueTable.NumberedEntry one :
        ledger.hops().read(peer, lane, from, maxEnvelopes, maxBytes)) {
      QueuedEnvelope prepared = prepared(head.epoch(), one);
      if (!prepared.isVoid()) {
        tracer.sent(peer, prepared.headerHash());
      }
      out.add(prepared);
    }
    return out;
  }

  private QueuedEnvelope prepared(long epoch, HopQueueTable.NumberedEntry one) {
    try {
      return transmission.prepare(peer, lane, epoch, one);
    } catch (RuntimeException e) {
      throw ProcessingFailure.isOfTheMachine(e) ? new HopQueue.Unavailable(e) : e;
    }
  }

  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // a failure is logged here, and the ledger stops
  public void released(List<Receipt> receipts) {
    for (int i = 0; i < receipts.size(); i++) {
      tracer.acknowledged(peer, receipts.get(i));
    }
    long last = receipts.get(receipts.size() - 1).getHopSequence();
    settlement
        .released(peer, lane, receipts)
        .whenComplete(
            (count, failure) -> {
              if (failure == null) {
                // Only after the commit: otherwise a peer that lost its state would begin at a
                // number still owed.
                first.accumulateAndGet(last + 1, Math::max);
              } else {
                // Sent again after the restart; the peer answers them as duplicates.
                LOG.warn("cannot make receipts of {} on {} durable", peer, lane, failure);
              }
            });
  }

  @Override
  public CompletionStage<Void> openEpoch(long epoch) {
    return ledger
        .write(
            lane,
            tx -> {
              ledger.hops().openEpoch(tx, peer, lane, epoch);
              return epoch;
            })
        .thenAccept(opened -> {});
  }
}
