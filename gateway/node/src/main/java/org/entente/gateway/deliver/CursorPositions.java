package org.entente.gateway.deliver;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.entente.gateway.deliver.DeliveryLeaves.Advance;
import org.entente.gateway.ledger.table.InboxTable;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.Problem;
import org.entente.proto.store.v1.CursorRecord;

/** The positions of a stream that holds its subscription alone: one cursor in each lane. */
final class CursorPositions implements StreamPositions {
  private final Object lock = new Object();
  private final Map<Lane, LaneCursor> places;
  private final int window;

  /**
   * Creates the positions of a stream.
   *
   * @param places one for every lane
   * @param window deliveries of one lane that may be unacknowledged
   */
  CursorPositions(Map<Lane, LaneCursor> places, int window) {
    this.places = new EnumMap<>(places);
    this.window = window;
  }

  @Override
  public Object lock() {
    return lock;
  }

  @Override
  public int room(Lane lane) {
    return window - place(lane).unacknowledged();
  }

  @Override
  public boolean isShared() {
    return false;
  }

  @Override
  public List<InboxTable.PlacedRecord> candidates(InboxTable inbox, Lane lane, int most) {
    return inbox.read(lane, next(lane), most);
  }

  @Override
  public long next(Lane lane) {
    return place(lane).next();
  }

  @Override
  public boolean isRedelivery(Lane lane, long position) {
    return place(lane).isRedelivery(position);
  }

  @Override
  public void passed(Lane lane, long position) {
    place(lane).passed(position);
  }

  @Override
  public void sent(Lane lane, long position, LaneCursor.SentMessage message) {
    place(lane).sent(position, message);
  }

  @Override
  public Optional<Acknowledged> acknowledge(long position) {
    for (Lane lane : Lane.all()) {
      LaneCursor place = place(lane);
      if (place.awaits(position)) {
        List<LaneCursor.SentMessage> done = place.acknowledge(position);
        Advance advance = new Advance(lane, place.advance(), done.size());
        return Optional.of(new Acknowledged(record(), advance, done));
      }
    }
    return Optional.empty();
  }

  @Override
  public Optional<Problem> unawaited(long position) {
    return Optional.of(
        new Problem(
            Code.INVALID_FIELD,
            "ack.position",
            "position " + position + " does not await acknowledgement on this stream"));
  }

  @Override
  public Optional<Problem> giveBack(long position) {
    return Optional.of(
        new Problem(
            Code.INVALID_FIELD,
            "give_back",
            "the subscription is exclusive; valid on a shared one, which CreateSubscription"
                + " creates"));
  }

  @Override
  public Map<Lane, Long> durablePlaces() {
    Map<Lane, Long> out = new EnumMap<>(Lane.class);
    places.forEach((lane, place) -> out.put(lane, place.durablePlace()));
    return out;
  }

  @Override
  public List<Advance> unanswered() {
    List<Advance> out = new ArrayList<>();
    places.forEach(
        (lane, place) ->
            place
                .unanswered()
                .ifPresent(range -> out.add(new Advance(lane, range, place.unacknowledged()))));
    return out;
  }

  @Override
  public CursorRecord record() {
    CursorRecord.Builder record = CursorRecord.newBuilder();
    for (Lane lane : Lane.all()) {
      LaneCursor place = place(lane);
      record
          .addNextPosition(place.durablePlace())
          .addSentPosition(place.sentPosition())
          .addToldPosition(place.told());
    }
    return record.build();
  }

  /** The next stream reads the cursor from the ledger. */
  @Override
  public void failed(Problem problem) {}

  @Override
  public CompletableFuture<?> ended() {
    // The cursor stays where it is.
    return CompletableFuture.completedFuture(null);
  }

  @SuppressWarnings("NullAway") // Subscriptions fills every lane
  private LaneCursor place(Lane lane) {
    return places.get(lane);
  }
}
