package org.entente.gateway.deliver;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.entente.gateway.deliver.DeliveryLeaves.Advance;
import org.entente.gateway.deliver.DeliveryLeaves.Cursor;
import org.entente.gateway.ledger.table.CursorTable;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.Problem;
import org.entente.proto.store.v1.CursorRecord;
import org.entente.proto.store.v1.DeadPosition;
import org.entente.proto.store.v1.PassedRange;
import org.entente.proto.v1.SubscriptionSettings;

/**
 * A shared subscription: its streams compete for messages, which are leased to one of them.
 *
 * <p>Durable are acknowledgements (the lowest {@value #KEPT_RANGES} ranges of a lane above the
 * oldest unacknowledged message), dead letters, and skipped messages, with the next
 * acknowledgement. Leases and counts of deliveries are in memory: after a restart of the gateway
 * unacknowledged messages are delivered at once and counted from 0. It stays in memory without
 * streams, so that a message that ends each stream that receives it becomes a dead letter. A change
 * that cannot be stored ends all streams, and the next one reads the subscription from the ledger
 * again. Safe for many threads.
 */
final class SharedSubscription {
  /** Ranges of one lane that are stored. */
  static final int KEPT_RANGES = 256;

  /**
   * How often dead letters whose messages are gone make room: that looks all of them up, and any
   * number of leases may end at once.
   */
  private static final long FORGET_MILLIS = 1_000;

  private static final int LEASE_SECONDS = 60;
  private static final int MAX_DELIVERIES = 5;

  private final Object lock = new Object();
  private final SubscriptionPorts ports;
  private final Cursor name;
  private final long leaseMillis;
  private final int maxDeliveries;
  private final int mostDead;
  private final Map<Lane, LeasedLane> lanes = new EnumMap<>(Lane.class);
  private final TreeMap<Long, DeadPosition> dead = new TreeMap<>();
  private final Map<Subscription, Integer> streams = new ConcurrentHashMap<>();

  /** Records of deliveries that came back, and that are not durable yet. */
  private final AtomicInteger telling = new AtomicInteger();

  private long forgotMillis;
  private boolean removed;
  private volatile boolean failed;

  /**
   * Loads a subscription.
   *
   * @param end position after the last message; a position beyond it would skip the next ones
   * @param mostDead most dead letters
   */
  SharedSubscription(
      SubscriptionPorts ports,
      CursorTable.NamedCursor stored,
      SubscriptionSettings settings,
      long end,
      int mostDead) {
    this.ports = ports;
    this.name = new Cursor(stored.client(), stored.cursor());
    this.leaseMillis =
        1_000L * (settings.getLeaseSeconds() == 0 ? LEASE_SECONDS : settings.getLeaseSeconds());
    this.maxDeliveries =
        settings.getMaxDeliveries() == 0 ? MAX_DELIVERIES : settings.getMaxDeliveries();
    this.mostDead = mostDead;
    for (Lane lane : Lane.all()) {
      lanes.put(lane, loaded(stored.record(), lane, end));
    }
    stored.record().getDeadList().forEach(one -> dead.put(one.getPosition(), one));
  }

  private static LeasedLane loaded(CursorRecord record, Lane lane, long end) {
    PassedPositions passed =
        new PassedPositions(Math.min(DeliveryLeaves.nextPosition(record, lane), end));
    record.getPassedList().stream()
        .filter(range -> range.getLane() == lane.number())
        .forEach(range -> passed.add(range.getFirst(), Math.min(range.getLast(), end - 1)));
    int index = lane.number() - 1;
    long sent = index < record.getSentPositionCount() ? record.getSentPosition(index) : 0;
    return new LeasedLane(passed, Math.min(sent, end - 1));
  }

  Object lock() {
    return lock;
  }

  @SuppressWarnings("NullAway") // the constructor fills every lane
  LeasedLane lane(Lane lane) {
    return lanes.get(lane);
  }

  long nowMillis() {
    return ports.ending().millis();
  }

  void joined(Subscription stream, int window) {
    streams.put(stream, window);
  }

  /** A stream ended; the others receive what it held. */
  void left(Subscription stream) {
    streams.remove(stream);
    wake();
  }

  void wake() {
    streams.keySet().forEach(Subscription::wake);
  }

  int streams() {
    return streams.size();
  }

  /** Deliveries of one lane that its streams may have unacknowledged, together. */
  long windows() {
    return streams.values().stream().mapToLong(Integer::longValue).sum();
  }

  /** Ends the leases that are over. */
  void expire() {
    Map<Lane, Map<Long, LeasedLane.Lease>> over = new EnumMap<>(Lane.class);
    synchronized (lock) {
      lanes.forEach((lane, all) -> over.put(lane, all.takeOver(nowMillis(), leaseMillis)));
      var unused = back(over);
    }
    if (over.values().stream().anyMatch(lane -> !lane.isEmpty())) {
      wake();
    }
  }

  /**
   * Messages whose lease ended without acknowledgement: for other streams, or dead letters.
   * Completes when their audit records and new dead letters are durable.
   */
  CompletableFuture<?> back(Map<Lane, ? extends Map<Long, LeasedLane.Lease>> leases) {
    CompletableFuture<?> told = tell(leases);
    boolean buried = false;
    for (Map.Entry<Lane, ? extends Map<Long, LeasedLane.Lease>> lane : leases.entrySet()) {
      for (Map.Entry<Long, LeasedLane.Lease> ended : lane.getValue().entrySet()) {
        buried |= back(lane.getKey(), ended.getKey(), ended.getValue());
      }
    }
    return buried ? CompletableFuture.allOf(told, store()) : told;
  }

  /** Whether the message became a dead letter. */
  private boolean back(Lane lane, long position, LeasedLane.Lease lease) {
    lease.holder().released(lane);
    boolean buried = lease.deliveries() >= maxDeliveries && bury(lane, position, lease);
    if (!buried) {
      lane(lane).offer(position, lease.deliveries());
    }
    return buried;
  }

  /** Records in the audit log that these were delivered and not acknowledged. */
  private CompletableFuture<?> tell(Map<Lane, ? extends Map<Long, LeasedLane.Lease>> leases) {
    List<Advance> given = new ArrayList<>();
    leases.forEach(
        (lane, ended) -> {
          if (!ended.isEmpty()) {
            long first = ended.keySet().stream().mapToLong(Long::longValue).min().orElse(0);
            long last = ended.keySet().stream().mapToLong(Long::longValue).max().orElse(0);
            given.add(new Advance(lane, new LaneCursor.Range(first, last), ended.size()));
          }
        });
    telling.incrementAndGet();
    return ports
        .acknowledging()
        .ended(name, CompletableFuture.completedFuture(null), given)
        .whenComplete((done, failure) -> told());
  }

  /** On the writer's thread, which must not wait for the lock. */
  private void told() {
    if (telling.getAndDecrement() == OpenCursorCheck.DEFAULT_WINDOW) {
      wake();
    }
  }

  /**
   * Whether so many records of deliveries that came back await the disk that nothing is delivered:
   * a client that only gives back would fill the memory with them.
   */
  boolean waitsForDisk() {
    return telling.get() >= OpenCursorCheck.DEFAULT_WINDOW;
  }

  /** Makes a message a dead letter, unless there are too many: then it is delivered on. */
  private boolean bury(Lane lane, long position, LeasedLane.Lease lease) {
    if (dead.size() >= mostDead && Math.abs(nowMillis() - forgotMillis) >= FORGET_MILLIS) {
      forgotMillis = nowMillis();
      dead.values().removeIf(one -> !isKept(one));
    }
    if (dead.size() >= mostDead) {
      return false;
    }
    lane(lane).passed(position);
    dead.put(
        position,
        DeadPosition.newBuilder()
            .setLane(lane.number())
            .setPosition(position)
            .setDeliveries(lease.deliveries())
            .setSinceMs(nowMillis())
            .build());
    return true;
  }

  /** Whether the message is still at its position. */
  private boolean isKept(DeadPosition one) {
    return ports.inbox().place(Lane.of(one.getLane()), one.getPosition()) != null;
  }

  /** The dead letters whose messages are still here, by position. */
  List<DeadPosition> dead() {
    synchronized (lock) {
      dead.values().removeIf(one -> !isKept(one));
      return List.copyOf(dead.values());
    }
  }

  /** Redrives or discards dead letters; completes when that is durable. */
  CompletableFuture<?> settle(Collection<Long> positions, boolean discard) {
    CompletableFuture<?> stored;
    synchronized (lock) {
      for (long position : positions) {
        DeadPosition one = dead.remove(position);
        if (one != null && !discard) {
          lane(Lane.of(one.getLane())).offer(position, 0);
        }
      }
      stored = store();
    }
    wake();
    return stored;
  }

  /** Stores nothing any more: the subscription is changed or deleted. */
  void removed() {
    synchronized (lock) {
      removed = true;
    }
  }

  private CompletableFuture<?> store() {
    return removed || failed
        ? CompletableFuture.completedFuture(null)
        : ports
            .acknowledging()
            .moved(name, record())
            .whenComplete(
                (stored, failure) -> {
                  if (failure != null) {
                    failed(Subscription.notStored(failure));
                  }
                });
  }

  /**
   * What is in memory is ahead of the ledger: nothing of it is stored any more. Does not wait for
   * the lock, as it may run on the writer's thread.
   */
  void failed(Problem problem) {
    failed = true;
    streams.keySet().forEach(stream -> stream.fail(problem));
  }

  /** Whether it is ahead of the ledger. */
  boolean hasFailed() {
    return failed;
  }

  Map<Lane, Long> durablePlaces() {
    synchronized (lock) {
      Map<Lane, Long> out = new EnumMap<>(Lane.class);
      lanes.forEach((lane, all) -> out.put(lane, all.passed().floor()));
      return out;
    }
  }

  CursorRecord record() {
    List<PassedRange> ranges = new ArrayList<>();
    CursorRecord.Builder record = CursorRecord.newBuilder().addAllDead(dead.values());
    for (Lane lane : Lane.all()) {
      LeasedLane all = lane(lane);
      record.addNextPosition(all.passed().floor()).addSentPosition(all.sentPosition());
      for (LaneCursor.Range range : all.passed().ranges(KEPT_RANGES)) {
        ranges.add(
            PassedRange.newBuilder()
                .setLane(lane.number())
                .setFirst(range.first())
                .setLast(range.last())
                .build());
      }
    }
    return record.addAllPassed(ranges).build();
  }
}
