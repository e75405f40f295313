package org.entente.gateway.testkit;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.entente.gateway.link.HopIntake;
import org.entente.gateway.link.PeerName;
import org.entente.proto.link.v1.Delivery;
import org.entente.proto.link.v1.Receipt;
import org.entente.proto.link.v1.Result;

/**
 * A hop intake in memory, which outlives the links that use it. Commits on an executor, so that a
 * test can hold its commits back. Thread-safe.
 */
public final class MemoryIntake implements HopIntake {
  private record HopNumber(long epoch, long sequence) {}

  private final Executor disk;
  private final Runnable onCommit;
  private final List<String> ledger = new ArrayList<>();
  private final Map<HopNumber, ByteString> hashes = new HashMap<>();
  private long epoch;
  private long next = 1;
  private long handedOver;
  private long committed;
  private long mostPending;
  private int defects;
  private Result answer = Result.RESULT_COMMITTED;

  /**
   * @param disk runs one commit after the other
   * @param onCommit told after each commit
   */
  public MemoryIntake(Executor disk, Runnable onCommit) {
    this.disk = disk;
    this.onCommit = onCommit;
  }

  /** Headers of what was committed, in order. */
  public synchronized List<String> ledger() {
    return List.copyOf(ledger);
  }

  public synchronized int size() {
    return ledger.size();
  }

  /** Most deliveries that were handed over and not committed at any time. */
  public synchronized long mostPending() {
    return mostPending;
  }

  @Override
  public synchronized long epoch() {
    return epoch;
  }

  @Override
  public synchronized long next() {
    return next;
  }

  @Override
  public synchronized Optional<ByteString> committedHash(long ofEpoch, long sequence) {
    return Optional.ofNullable(hashes.get(new HopNumber(ofEpoch, sequence)));
  }

  /** Throws over the next so many batches, as a defect does. */
  public synchronized void throwOver(int batches) {
    defects = batches;
  }

  /** Answers what is new like this from now on. */
  public synchronized void answer(Result result) {
    answer = result;
  }

  @Override
  public CompletionStage<List<Receipt>> receive(List<Delivery> deliveries, PeerName from) {
    synchronized (this) {
      if (defects > 0) {
        defects--;
        throw new IllegalStateException("a defect");
      }
      handedOver += deliveries.size();
      mostPending = Math.max(mostPending, handedOver - committed);
    }
    CompletableFuture<List<Receipt>> done = new CompletableFuture<>();
    disk.execute(() -> commit(deliveries, done));
    return done;
  }

  private void commit(List<Delivery> deliveries, CompletableFuture<List<Receipt>> done) {
    List<Receipt> receipts = new ArrayList<>();
    boolean follows;
    synchronized (this) {
      committed += deliveries.size();
      follows = deliveries.get(0).getHopSequence() <= next;
      if (follows) {
        deliveries.forEach(delivery -> receipts.add(take(delivery)));
      }
    }
    if (follows) {
      done.complete(receipts);
    } else {
      done.completeExceptionally(new IllegalStateException("does not follow"));
    }
    onCommit.run();
  }

  private Receipt take(Delivery delivery) {
    HopNumber number = new HopNumber(delivery.getHopEpoch(), delivery.getHopSequence());
    Result result = Result.RESULT_DUPLICATE;
    if (delivery.getHopSequence() == next) {
      next++;
      ledger.add(delivery.getHeader().toStringUtf8());
      hashes.put(number, MemoryQueue.hash(delivery.getHeader()));
      result = answer;
    }
    return Receipt.newBuilder()
        .setHopEpoch(number.epoch())
        .setHopSequence(number.sequence())
        .setHeaderHash(hashes.getOrDefault(number, ByteString.EMPTY))
        .setResult(result)
        .build();
  }

  @Override
  public synchronized void adopt(long higherEpoch, long from) {
    epoch = higherEpoch;
    next = from;
  }
}
