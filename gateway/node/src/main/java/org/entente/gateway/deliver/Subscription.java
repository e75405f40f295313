package org.entente.gateway.deliver;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.util.Timestamps;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.entente.gateway.deliver.DeliveryLeaves.Cursor;
import org.entente.gateway.ledger.commit.LedgerFailure;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.ledger.table.InboxTable;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.receive.InboxOpener;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.CaughtUp;
import org.entente.proto.v1.Deliveries;
import org.entente.proto.v1.Delivery;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.LeaseLost;
import org.entente.proto.v1.SubscribeResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One open stream of a subscription.
 *
 * <p>Work happens in {@code pump}, which never runs twice at a time: it chooses the highest lane
 * with messages and room in its window, opens messages, and sends them while the sink is ready. It
 * works in turns, so that others go between. Each lane has its own position and window, so FLASH
 * overtakes bulk that awaits acknowledgement. Safe for many threads.
 */
public final class Subscription {
  private static final Logger LOG = LoggerFactory.getLogger(Subscription.class);
  private static final int CHUNK = 64;

  /** Messages examined in one turn. A filter may want none of the inbox, which fills no sink. */
  private static final int TURN = 4 * CHUNK;

  // Less the few bytes of the surrounding response.
  private static final int BATCH_BYTES = (1 << 20) - 16;

  private final SubscriptionPorts ports;
  private final Cursor name;
  private final MessageFilter match;
  private final FollowUps laterWords;
  private final Sink sink;
  private final AtomicInteger work = new AtomicInteger();

  private final Object lock;
  private final StreamPositions positions;
  private final long lastAtOpen;
  private final int batch;
  private final int window;
  private final Deliveries.Builder packed = Deliveries.newBuilder();
  private int packedBytes;
  private int examined;
  private int passed;

  /** What the last turn passed over, if it ended because the client took no more. */
  private int owed;

  /** Whether the latest turn ended because nothing more could be sent; set under the lock. */
  private boolean full;

  private boolean caughtUp;
  private boolean closed;
  private boolean ended;

  /** Acknowledged messages that are not durable yet. */
  private final AtomicInteger pending = new AtomicInteger();

  private volatile boolean waitsForDisk;

  /** Why an acknowledgement could not be stored; later positions would pass over what it covers. */
  private volatile @Nullable Problem failed;

  private CompletableFuture<?> acknowledged = CompletableFuture.completedFuture(null);

  Subscription(
      SubscriptionPorts ports,
      OpenRequest request,
      StreamPositions positions,
      long lastAtOpen,
      Sink sink) {
    this.ports = ports;
    this.name = new Cursor(request.client(), request.cursor());
    this.match = request.match();
    this.laterWords = new FollowUps(ports, match);
    this.window = request.window();
    this.batch = request.batch();
    this.sink = sink;
    this.lastAtOpen = lastAtOpen;
    this.positions = positions;
    this.lock = positions.lock();
  }

  /** Looks for messages to send; called when one arrived or the sink is ready again. */
  public void wake() {
    if (work.getAndIncrement() == 0) {
      sink.schedule(this::pump, owed);
    }
  }

  /** The same, on this thread unless another sends to this subscriber; see {@link #wake}. */
  void wakeHere() {
    if (work.getAndIncrement() == 0) {
      if (owed == 0) {
        pump();
      } else {
        sink.schedule(this::pump, owed);
      }
    }
  }

  /**
   * Acknowledges all messages of a position's lane up to it; on a shared subscription that position
   * alone. Refuses a position that was not sent on this stream; on a shared subscription it tells
   * the client instead. Once the stream has ended, it changes nothing: another may have the cursor.
   */
  public Optional<Problem> acknowledge(long position) {
    boolean blocked;
    synchronized (lock) {
      Problem problem = failed;
      if (problem != null || closed) {
        return Optional.ofNullable(problem);
      }
      Optional<StreamPositions.Acknowledged> done = positions.acknowledge(position);
      if (done.isEmpty()) {
        return unawaited(position);
      }
      StreamPositions.Acknowledged it = done.get();
      int messages = it.messages().size();
      pending.addAndGet(messages);
      // Under the lock, as positions must be committed in their order.
      acknowledged =
          ports.acknowledging().acknowledged(name, it.positions(), it.advance(), it.messages());
      var unused = acknowledged.whenComplete((ok, failure) -> written(messages, failure));
      blocked = full || positions.isShared();
    }
    if (blocked) {
      wake();
    }
    return Optional.empty();
  }

  private Optional<Problem> unawaited(long position) {
    Optional<Problem> problem = positions.unawaited(position);
    if (problem.isEmpty() && sink.ready()) {
      sink.send(
          SubscribeResponse.newBuilder()
              .setLeaseLost(LeaseLost.newBuilder().setPosition(position))
              .build());
    }
    return problem;
  }

  /** Gives a delivery of a shared subscription back; the problem if that is not possible. */
  public Optional<Problem> giveBack(long position) {
    synchronized (lock) {
      return positions.giveBack(position);
    }
  }

  /** On the writer's thread, which must not wait for the lock. */
  private void written(int messages, @Nullable Throwable failure) {
    pending.addAndGet(-messages);
    if (failure != null) {
      Problem problem = notStored(failure);
      positions.failed(problem);
      fail(problem);
    } else if (waitsForDisk) {
      wake();
    }
  }

  /** Ends the stream soon; accepts no further acknowledgement. Does not wait for the lock. */
  void fail(Problem problem) {
    failed = problem;
    wake();
  }

  static Problem notStored(Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return new Problem(
        cause instanceof LedgerFailure why ? why.code() : Code.INTERNAL,
        "ack",
        "an acknowledgement could not be stored; open the cursor again, which delivers what it"
            + " covers again");
  }

  /**
   * Whether as many acknowledged messages as a window, but not fewer than the default, await the
   * disk. Without this bound a client could have any number of them in memory.
   */
  private boolean waitsForDisk() {
    waitsForDisk = true;
    waitsForDisk = pending.get() >= Math.max(window, OpenCursorCheck.DEFAULT_WINDOW);
    return waitsForDisk;
  }

  /** Makes the positions of a new cursor durable, before anything is delivered. */
  CompletableFuture<?> start() {
    synchronized (lock) {
      acknowledged = ports.acknowledging().started(name, positions.record());
      return acknowledged;
    }
  }

  /** First position of each lane that is not acknowledged or not examined. */
  Map<Lane, Long> durablePlaces() {
    synchronized (lock) {
      return positions.durablePlaces();
    }
  }

  /** Deliveries of one lane that may be unacknowledged. */
  int window() {
    return window;
  }

  /**
   * Ends the subscription; nothing is sent afterwards. The cursor stays. The first call records the
   * deliveries in the audit log. Completes when that, all acknowledgements and new dead letters are
   * durable, as the ledger commits them in order. Fails if the last one could not be made durable.
   */
  public CompletableFuture<?> close() {
    synchronized (lock) {
      closed = true;
      if (!ended) {
        ended = true;
        CompletableFuture<?> told =
            ports.acknowledging().ended(name, acknowledged, positions.unanswered());
        acknowledged = CompletableFuture.allOf(told, positions.ended());
      }
      return acknowledged;
    }
  }

  void takenOver() {
    synchronized (lock) {
      if (!closed) {
        closed = true;
        sink.end(
            new Problem(Code.CURSOR_TAKEN_OVER, "", "another stream opened cursor " + name.name()));
        var unused = close();
      }
    }
  }

  private void pump() {
    examined = 0;
    passed = 0;
    owed = 0;
    int seen;
    do {
      seen = work.get();
      full = false;
      try {
        // until nothing is left or the sink is full
        while (step()) {
          if (examined >= TURN) {
            sink.schedule(this::pump, passed);
            return;
          }
        }
      } catch (RuntimeException | StackOverflowError e) {
        // The edge of a pool thread: the failure is logged and the subscriber reconnects.
        LOG.error("delivery to cursor {} of client {} failed", name.name(), name.client(), e);
        synchronized (lock) {
          if (!closed) {
            closed = true;
            sink.end(new Problem(Code.INTERNAL, "", "delivery failed; open the cursor again"));
          }
        }
      }
      owed = full ? passed : 0;
    } while (work.addAndGet(-seen) != 0);
  }

  /** Sends from the highest lane that allows it; false when there is nothing to do now. */
  private boolean step() {
    synchronized (lock) {
      Problem problem = failed;
      if (problem != null && !closed) {
        closed = true;
        sink.end(problem);
      }
      for (Lane lane : Lane.all()) {
        if (closed || !sink.ready() || waitsForDisk() || !ports.isCurrent()) {
          full = true;
          return false;
        }
        if (sendFrom(lane)) {
          return true;
        }
      }
      announceCaughtUp();
      return false;
    }
  }

  private boolean sendFrom(Lane lane) {
    int room = positions.room(lane);
    if (room <= 0) {
      full = true;
      return false;
    }
    List<InboxTable.PlacedRecord> found =
        positions.candidates(ports.inbox(), lane, Math.min(CHUNK, room));
    boolean more = !found.isEmpty();
    for (InboxTable.PlacedRecord placed : found) {
      if (!sink.ready()) {
        more = false;
        break;
      }
      consider(placed);
    }
    sendPacked();
    return more;
  }

  private void consider(InboxTable.PlacedRecord placed) {
    examined++;
    Optional<Delivery> delivery =
        ports.undeliverable().holds(placed.position()) ? Optional.empty() : openOrSetAside(placed);
    if (delivery.isPresent()) {
      send(placed, delivery.get());
    } else {
      passed++;
      positions.passed(placed.lane(), placed.position());
    }
  }

  /**
   * Opens a message, or quarantines it: one that does not open, or cannot be put into a delivery,
   * does not block later ones.
   */
  private Optional<Delivery> openOrSetAside(InboxTable.PlacedRecord placed) {
    while (true) {
      try {
        return open(placed);
      } catch (RuntimeException | StackOverflowError e) {
        UndeliverableMessages.NextAction next = ports.undeliverable().failed(placed, e);
        if (next == UndeliverableMessages.NextAction.STOP) {
          throw e;
        }
        if (next == UndeliverableMessages.NextAction.PASS) {
          return Optional.empty();
        }
      }
    }
  }

  /** Opens a message; empty if the subscription does not want it or may no longer get it. */
  private Optional<Delivery> open(InboxTable.PlacedRecord placed) {
    // A restricted message is redelivered at the tail when the restriction ends.
    boolean wanted =
        placed.isDamaged()
            || (match.mayDeliver(placed, ports.undeliverable()::holds, ports.ending().millis())
                && (match.wantsLaneOf(placed) || laterWords.mayBe(placed)));
    if (!wanted) {
      return Optional.empty();
    }
    InboxOpener.Message message = whole(placed);
    if (message == null) {
      return Optional.empty();
    }
    Body body = message.body();
    return body == null
        ? Optional.empty()
        : Optional.of(
            delivery(
                placed,
                message.label(),
                body,
                positions.isRedelivery(placed.lane(), placed.position())));
  }

  /**
   * The opened message; null if it was erased. One that exists with its key but does not open is
   * damaged.
   */
  private InboxOpener.@Nullable Message whole(InboxTable.PlacedRecord placed) {
    Optional<InboxOpener.Message> opened =
        placed.isDamaged()
            ? Optional.empty()
            : ports
                .opening()
                .message(placed, label -> match.matches(label) || laterWords.is(placed, label));
    if (opened.isEmpty() && ports.opening().isDamaged(placed)) {
      throw new CorruptRecord("INBOX", null);
    }
    return opened.orElse(null);
  }

  private Delivery delivery(
      InboxTable.PlacedRecord placed, Label label, Body body, boolean redelivery) {
    Delivery.Builder delivery =
        Delivery.newBuilder()
            .setPosition(placed.position())
            .setLabel(label)
            .setBody(body)
            .addAllConsents(GivenConsents.of(body))
            .setReceivedAt(Timestamps.fromMillis(placed.record().getReceivedAtMs()))
            .setRedelivery(redelivery);
    if (placed.record().getChanged()) {
      delivery.setStanding(ports.chains().standing(origin(placed), id(placed)));
    }
    ports.equivalent(label).ifPresent(delivery::setEquivalent);
    if (!redelivery && !label.getTraceparent().isEmpty()) {
      delivery.setTraceparent(traced(placed, label));
    }
    return delivery.build();
  }

  private static MessageId id(InboxTable.PlacedRecord placed) {
    return MessageId.of(placed.record().getMessageId().toByteArray());
  }

  private static AgencyName origin(InboxTable.PlacedRecord placed) {
    return new AgencyName(placed.record().getOrigin());
  }

  private void send(InboxTable.PlacedRecord placed, Delivery delivery) {
    send(delivery);
    positions.sent(
        placed.lane(),
        placed.position(),
        new LaneCursor.SentMessage(id(placed), origin(placed), placed.retrieval()));
    ports.delivered(delivery.getRedelivery(), placed.record().getExercise());
  }

  private String traced(InboxTable.PlacedRecord placed, Label label) {
    return ports
        .tracer()
        .delivered(label, new NodeName(name.client()), placed.record().getReceivedAtMs());
  }

  private void send(Delivery delivery) {
    if (batch <= 1) {
      sink.send(SubscribeResponse.newBuilder().setDelivery(delivery).build());
      return;
    }
    int bytes = CodedOutputStream.computeMessageSize(Deliveries.DELIVERIES_FIELD_NUMBER, delivery);
    if (packed.getDeliveriesCount() == batch || packedBytes + bytes > BATCH_BYTES) {
      sendPacked();
    }
    packed.addDeliveries(delivery);
    packedBytes += bytes;
  }

  private void sendPacked() {
    if (packed.getDeliveriesCount() > 0) {
      sink.send(SubscribeResponse.newBuilder().setDeliveries(packed).build());
      packed.clear();
      packedBytes = 0;
    }
  }

  private void announceCaughtUp() {
    if (caughtUp) {
      return;
    }
    boolean done =
        Lane.all().stream()
            .allMatch(
                lane -> {
                  List<InboxTable.PlacedRecord> rest =
                      ports.inbox().read(lane, positions.next(lane), 1);
                  return rest.isEmpty() || rest.get(0).position() > lastAtOpen;
                });
    if (done) {
      caughtUp = true;
      sink.send(
          SubscribeResponse.newBuilder()
              .setCaughtUp(CaughtUp.newBuilder().setPosition(lastAtOpen))
              .build());
    }
  }
}
