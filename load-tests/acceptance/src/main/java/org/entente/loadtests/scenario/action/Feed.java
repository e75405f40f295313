package org.entente.loadtests.scenario.action;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.entente.loadtests.traffic.Watcher;
import org.entente.proto.v1.Delivery;

/** The messages that one subscriber received. Thread-safe. */
public final class Feed implements Watcher {
  private final Map<ByteString, Delivery> received = new LinkedHashMap<>();
  private final Map<ByteString, Delivery> anew = new HashMap<>();
  private final ClientRef client;
  private final Reactions reactions;

  Feed(ClientRef client, Reactions reactions) {
    this.client = client;
    this.reactions = reactions;
  }

  @Override
  public void received(String agency, Delivery delivery, boolean again) {
    ByteString id = delivery.getLabel().getMessageId();
    if (first(id, delivery)) {
      reactions.note(id, client.toString(), "received");
    }
  }

  private synchronized boolean first(ByteString id, Delivery delivery) {
    Delivery before = received.putIfAbsent(id, delivery);
    if (before != null && before.getPosition() != delivery.getPosition()) {
      anew.put(id, delivery);
    }
    notifyAll();
    return before == null;
  }

  public synchronized boolean has(ByteString id) {
    return received.containsKey(id);
  }

  /** All received messages, each as first delivered. */
  synchronized List<Delivery> all() {
    return List.copyOf(received.values());
  }

  /** Waits for a message; empty if it does not arrive in time. */
  public synchronized Optional<Delivery> await(ByteString id, Duration patience)
      throws InterruptedException {
    return await(received, id, patience);
  }

  /** Waits for the redelivery of a message at the tail; empty if there is none in time. */
  public synchronized Optional<Delivery> awaitAnew(ByteString id, Duration patience)
      throws InterruptedException {
    return await(anew, id, patience);
  }

  private synchronized Optional<Delivery> await(
      Map<ByteString, Delivery> from, ByteString id, Duration patience)
      throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (!from.containsKey(id)) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        return Optional.empty();
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    return Optional.ofNullable(from.get(id));
  }
}
