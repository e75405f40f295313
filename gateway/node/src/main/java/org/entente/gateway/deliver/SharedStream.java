package org.entente.gateway.deliver;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.entente.gateway.deliver.DeliveryLeaves.Advance;
import org.entente.gateway.ledger.table.InboxTable;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.Problem;
import org.entente.proto.store.v1.CursorRecord;

/** One of the streams that compete for the messages of a shared subscription. */
final class SharedStream implements StreamPositions, LeasedLane.LeaseHolder {
  private final SharedSubscription shared;
  private final int window;
  private final Map<Lane, Integer> leased = new EnumMap<>(Lane.class);

  SharedStream(SharedSubscription shared, int window) {
    this.shared = shared;
    this.window = window;
  }

  @Override
  public Object lock() {
    return shared.lock();
  }

  @Override
  public int room(Lane lane) {
    if (shared.waitsForDisk()) {
      return 0;
    }
    LeasedLane all = shared.lane(lane);
    int own = window - leased.getOrDefault(lane, 0);
    return all.hasReturned() ? own : Math.min(own, OpenCursorCheck.MAX_WINDOW - all.leased());
  }

  @Override
  public boolean isShared() {
    return true;
  }

  @Override
  public List<InboxTable.PlacedRecord> candidates(InboxTable inbox, Lane lane, int most) {
    return shared.lane(lane).candidates(inbox, lane, most);
  }

  @Override
  public long next(Lane lane) {
    return shared.lane(lane).next();
  }

  @Override
  public boolean isRedelivery(Lane lane, long position) {
    return shared.lane(lane).isRedelivery(position);
  }

  @Override
  public void passed(Lane lane, long position) {
    shared.lane(lane).passed(position);
  }

  @Override
  public void sent(Lane lane, long position, LaneCursor.SentMessage message) {
    shared.lane(lane).sent(position, this, shared.nowMillis(), message);
    leased.merge(lane, 1, Integer::sum);
  }

  @Override
  public void released(Lane lane) {
    leased.merge(lane, -1, Integer::sum);
  }

  @Override
  public Optional<Acknowledged> acknowledge(long position) {
    for (Lane lane : Lane.all()) {
      LaneCursor.SentMessage message = shared.lane(lane).acknowledge(position, this);
      if (message != null) {
        released(lane);
        Advance advance = new Advance(lane, new LaneCursor.Range(position, position), 1);
        return Optional.of(new Acknowledged(record(), advance, List.of(message)));
      }
    }
    return Optional.empty();
  }

  /** The stream goes on: its lease may have ended while the client worked. */
  @Override
  public Optional<Problem> unawaited(long position) {
    return Optional.empty();
  }

  @Override
  public Optional<Problem> giveBack(long position) {
    for (Lane lane : Lane.all()) {
      LeasedLane.Lease lease = shared.lane(lane).take(position, this);
      if (lease != null) {
        var unused = shared.back(Map.of(lane, Map.of(position, lease)));
        shared.wake();
      }
    }
    return Optional.empty();
  }

  @Override
  public Map<Lane, Long> durablePlaces() {
    return shared.durablePlaces();
  }

  /** Its subscription records them when it takes them back. */
  @Override
  public List<Advance> unanswered() {
    return List.of();
  }

  @Override
  public CursorRecord record() {
    return shared.record();
  }

  @Override
  public void failed(Problem problem) {
    shared.failed(problem);
  }

  @Override
  public CompletableFuture<?> ended() {
    Map<Lane, Map<Long, LeasedLane.Lease>> back = new EnumMap<>(Lane.class);
    for (Lane lane : Lane.all()) {
      NavigableMap<Long, LeasedLane.Lease> own = shared.lane(lane).of(this);
      own.keySet().forEach(position -> shared.lane(lane).take(position, this));
      back.put(lane, own);
    }
    return shared.back(back);
  }
}
