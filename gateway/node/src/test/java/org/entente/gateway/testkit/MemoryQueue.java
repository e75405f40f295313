package org.entente.gateway.testkit;

import com.google.protobuf.ByteString;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.entente.gateway.link.HopQueue;
import org.entente.gateway.link.QueuedEnvelope;
import org.entente.proto.link.v1.Delivery;
import org.entente.proto.link.v1.Receipt;

/** A hop queue in memory, which outlives the links that use it. Thread-safe. */
public final class MemoryQueue implements HopQueue {
  private final TreeMap<Long, ByteString> headers = new TreeMap<>();
  private final int bodyBytes;
  private long epoch = 1;
  private long first = 1;
  private long next = 1;
  private long epochsOpened;

  /**
   * @param bodyBytes size of the body of every delivery
   */
  public MemoryQueue(int bodyBytes) {
    this.bodyBytes = bodyBytes;
  }

  /** Queues an envelope with this text as its header. */
  public synchronized void add(String header) {
    headers.put(next++, ByteString.copyFromUtf8(header));
  }

  /** Forgets everything, as a disk that was restored from an empty backup. */
  public synchronized void forget() {
    headers.clear();
    epoch = 1;
    first = 1;
    next = 1;
  }

  /** Numbers not released. */
  public synchronized long backlog() {
    return next - first;
  }

  public synchronized long epochsOpened() {
    return epochsOpened;
  }

  @Override
  public synchronized long epoch() {
    return epoch;
  }

  @Override
  public synchronized long first() {
    return first;
  }

  @Override
  public synchronized long next() {
    return next;
  }

  @Override
  public synchronized List<QueuedEnvelope> read(long from, int maxEnvelopes, long maxBytes) {
    List<QueuedEnvelope> read = new ArrayList<>();
    long bytes = 0;
    for (long n = Math.max(from, first); n < next && read.size() < maxEnvelopes; n++) {
      QueuedEnvelope outgoing = outgoing(n);
      bytes += outgoing.delivery().getSerializedSize();
      if (bytes > maxBytes && !read.isEmpty()) {
        break;
      }
      read.add(outgoing);
    }
    return read;
  }

  private QueuedEnvelope outgoing(long number) {
    ByteString header = headers.get(number);
    if (header == null) {
      throw new IllegalStateException("no number " + number);
    }
    Delivery delivery =
        Delivery.newBuilder()
            .setHopEpoch(epoch)
            .setHopSequence(number)
            .setHeader(header)
            .setBodies(ByteString.copyFrom(new byte[bodyBytes]))
            .build();
    return new QueuedEnvelope(number, hash(header), delivery);
  }

  @Override
  public synchronized void released(List<Receipt> receipts) {
    for (Receipt receipt : receipts) {
      if (receipt.getHopSequence() > first) {
        throw new IllegalStateException(receipt.getHopSequence() + " is released before " + first);
      }
      if (receipt.getHopSequence() == first) {
        headers.remove(first++);
      }
    }
  }

  @Override
  public synchronized CompletionStage<Void> openEpoch(long higher) {
    if (higher > epoch) {
      epoch = higher;
      epochsOpened++;
    }
    return CompletableFuture.completedFuture(null);
  }

  static ByteString hash(ByteString header) {
    try {
      return ByteString.copyFrom(MessageDigest.getInstance("SHA-256").digest(header.toByteArray()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
