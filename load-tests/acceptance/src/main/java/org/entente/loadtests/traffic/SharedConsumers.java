package org.entente.loadtests.traffic;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.entente.proto.v1.Delivery;
import org.entente.proto.v1.OpenCursor;

/**
 * Consumers that compete for the messages of one shared subscription, each over a connection of its
 * own. Until {@link #resume}, each keeps the one message that its credit allows. Thread-safe.
 */
public final class SharedConsumers implements AutoCloseable {
  private final List<Consumer> consumers = new ArrayList<>();
  private final Map<ByteString, Integer> acknowledged = new LinkedHashMap<>();
  private final CountDownLatch ended;
  private boolean working;

  /** One consumer. */
  private final class Consumer {
    private final ManagedChannel channel;
    private final CursorStream stream;
    private final List<Delivery> held = new ArrayList<>();

    Consumer(String subscription, ManagedChannel channel) {
      this.channel = channel;
      this.stream =
          new CursorStream(
              OpenCursor.newBuilder().setCursor(subscription).setWindow(1),
              new CountDownLatch(1),
              (unused, delivery) -> received(this, delivery),
              failure -> ended.countDown());
    }
  }

  /**
   * Opens the streams.
   *
   * @param channels opens a connection
   */
  public SharedConsumers(String subscription, int count, Supplier<ManagedChannel> channels) {
    ended = new CountDownLatch(count);
    for (int i = 0; i < count; i++) {
      consumers.add(new Consumer(subscription, channels.get()));
    }
    consumers.forEach(one -> one.stream.open(one.channel));
  }

  private synchronized void received(Consumer consumer, Delivery delivery) {
    consumer.held.add(delivery);
    if (working) {
      finish(consumer);
    }
    notifyAll();
  }

  private void finish(Consumer consumer) {
    for (Delivery one : consumer.held) {
      acknowledged.merge(one.getLabel().getMessageId(), 1, Integer::sum);
      consumer.stream.acknowledge(one.getPosition());
    }
    consumer.held.clear();
  }

  /** Waits until each has a message; how many have. */
  public synchronized long awaitBusy(Duration patience) throws InterruptedException {
    await(() -> busy() == consumers.size(), patience);
    return busy();
  }

  private long busy() {
    return consumers.stream().filter(one -> !one.held.isEmpty()).count();
  }

  /**
   * Cuts the connections of the first consumers, as if their processes were killed, with what they
   * have; the others work on.
   *
   * @return ids of the messages that the dead ones had
   */
  public synchronized List<ByteString> resume(int dead) {
    List<ByteString> lost = new ArrayList<>();
    for (Consumer one : consumers.subList(0, dead)) {
      one.channel.shutdownNow();
      one.held.forEach(delivery -> lost.add(delivery.getLabel().getMessageId()));
    }
    consumers.subList(0, dead).clear();
    working = true;
    consumers.forEach(this::finish);
    return lost;
  }

  /** Waits until a number of messages is acknowledged; returns how often each was. */
  public synchronized Map<ByteString, Integer> awaitAcknowledged(int count, Duration patience)
      throws InterruptedException {
    await(() -> acknowledged.size() >= count, patience);
    return new LinkedHashMap<>(acknowledged);
  }

  private void await(BooleanSupplier condition, Duration patience) throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    long left = patience.toNanos();
    while (!condition.getAsBoolean() && left > 0) {
      TimeUnit.NANOSECONDS.timedWait(this, left);
      left = deadline - System.nanoTime();
    }
  }

  /** Ends the streams in order, after which acknowledgements are durable; whether all ended. */
  public boolean complete(Duration patience) throws InterruptedException {
    synchronized (this) {
      consumers.forEach(one -> one.stream.complete());
    }
    return ended.await(patience.toNanos(), TimeUnit.NANOSECONDS);
  }

  @Override
  public synchronized void close() {
    consumers.forEach(one -> one.channel.shutdownNow());
  }
}
