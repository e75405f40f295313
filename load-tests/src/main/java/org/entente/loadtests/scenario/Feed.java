package org.entente.loadtests.scenario;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.entente.loadtests.traffic.Watcher;
import org.entente.proto.v1.Delivery;

/** What one subscriber has received. Safe for many threads. */
final class Feed implements Watcher {
  private final Map<ByteString, Delivery> received = new HashMap<>();
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
    boolean first = received.putIfAbsent(id, delivery) == null;
    notifyAll();
    return first;
  }

  synchronized boolean has(ByteString id) {
    return received.containsKey(id);
  }

  /** Waits for a message; empty if it does not come in time. */
  synchronized Optional<Delivery> await(ByteString id, Duration patience)
      throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (!received.containsKey(id)) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        return Optional.empty();
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    return Optional.ofNullable(received.get(id));
  }
}
