package org.entente.gateway.link;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.Problem;
import org.entente.proto.link.v1.Credit;
import org.entente.proto.link.v1.Delivery;
import org.entente.proto.link.v1.Frame;
import org.entente.proto.link.v1.Hello;
import org.entente.proto.link.v1.Receipt;
import org.entente.proto.link.v1.Result;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deliveries to and from one peer on one lane: carries out the decisions of {@link HopSender} and
 * {@link HopReceiver}. Every method except {@link #wake}, {@link #status}, {@link #pause}, {@link
 * #unpause}, {@link #windowChanged} and {@link #resume} runs on the slot's executor.
 */
final class LaneTraffic implements StreamSlot.Traffic {
  private static final Logger LOG = LoggerFactory.getLogger(LaneTraffic.class);

  /** Messages sent before the worker turns to other lanes. */
  private static final int MESSAGES_A_TURN = 16;

  private final LinkEnvironment environment;
  private final AgencyName peer;
  private final Lane lane;
  private final StreamSlot slot;
  private final HopQueue queue;
  private final HopIntake intake;
  private final HopSender sender;
  private final HopReceiver receiver;
  private final Supplier<Optional<Problem>> withheld;

  /** Answers waiting to be sent, bounded by what the peer may cause. */
  private final Queue<Frame> replies = new ArrayDeque<>();

  /** Batches that the intake has not reported durable, oldest first. */
  private final Deque<CompletableFuture<List<Receipt>>> storing = new ArrayDeque<>();

  private final AtomicBoolean waking = new AtomicBoolean();
  private final LaneGauges gauges = new LaneGauges();
  private @Nullable FrameStream stream;
  private @Nullable PeerName with;
  private long progressNanos;

  /** Whether the latest attempt to send found the queue empty: what comes later wakes the lane. */
  private boolean drained;

  private boolean paused;
  private @Nullable Code stopped;
  private boolean numbersInConflict;
  private boolean hashesInConflict;

  /**
   * @param withheld the reason for refusing deliveries from all peers now, if any
   */
  LaneTraffic(
      LinkEnvironment environment,
      AgencyName peer,
      Lane lane,
      StreamSlot slot,
      Supplier<Optional<Problem>> withheld) {
    this.environment = environment;
    this.peer = peer;
    this.lane = lane;
    this.slot = slot;
    this.withheld = withheld;
    this.queue = environment.ports().queue(peer, lane);
    this.intake = environment.ports().intake(peer, lane);
    this.sender = new HopSender(environment.settings());
    this.receiver =
        new HopReceiver(
            environment.settings(), intake::committedHash, intake.epoch(), intake.next());
    holdAsBefore(environment.ports());
  }

  /** Restores a pause or alarm that was in force before the process started. */
  private void holdAsBefore(LinkPorts ports) {
    ports
        .alarm(peer, lane)
        .ifPresent(
            alarm -> {
              stopped = alarm.code();
              numbersInConflict = alarm.bySender();
              hashesInConflict = !alarm.bySender();
            });
    paused = ports.paused(peer).isPresent();
    sender.pause(paused);
    publish();
  }

  /** Sends what has been queued. */
  void wake() {
    wake(slot.executor());
  }

  /** The same, on this thread if nothing else happens on the lane. */
  void sendHere() {
    wake(slot::executeOneHere);
  }

  private void wake(Executor by) {
    if (waking.compareAndSet(false, true)) {
      by.execute(
          () -> {
            waking.set(false);
            ready();
          });
    }
  }

  /** Stops new sending in both directions. */
  void pause() {
    slot.executor().execute(() -> hold(true));
  }

  /** Continues after {@link #pause}. */
  void unpause() {
    slot.executor().execute(() -> hold(false));
  }

  /** Continues after an alarm, in a new epoch; a paused lane stays paused. */
  void resume() {
    slot.executor()
        .execute(
            () -> {
              stopped = null;
              if (numbersInConflict) {
                numbersInConflict = false;
                perform(sender.renew(HopFacts.of(queue)));
              }
              if (hashesInConflict) {
                hashesInConflict = false;
                perform(receiver.renew());
              }
              ready();
              slot.dial();
            });
  }

  private void hold(boolean held) {
    paused = held;
    sender.pause(held);
    reply(Frame.newBuilder().setCredit(window()).build());
    ready();
  }

  private Credit window() {
    return paused || withheld.get().isPresent() ? Credit.getDefaultInstance() : receiver.window();
  }

  /** Applies a change of the withheld window. */
  void windowChanged() {
    slot.executor()
        .execute(
            () -> {
              reply(Frame.newBuilder().setCredit(window()).build());
              ready();
            });
  }

  boolean carries() {
    return gauges.carries(environment.nanos(), environment.settings().stallTimeout());
  }

  LaneStatus status() {
    return gauges.status(lane);
  }

  @Override
  public Hello.Builder hello() {
    return hello(HopFacts.of(queue));
  }

  private Hello.Builder hello(HopFacts facts) {
    return Hello.newBuilder()
        .setSendEpoch(facts.epoch())
        .setSendFirst(facts.first())
        .setSendNext(facts.next())
        .setReceiveEpoch(receiver.epoch())
        .setReceiveNext(receiver.next())
        .setCredit(window());
  }

  @Override
  public void connected(FrameStream opened, PeerName gateway, Hello said, Hello heard) {
    stream = opened;
    with = gateway;
    progressNanos = environment.nanos();
    gauges.contact(environment.clock().instant());
    HopFacts facts = new HopFacts(said.getSendEpoch(), said.getSendFirst(), said.getSendNext());
    perform(receiver.greeted(heard));
    if (stream == opened) {
      creditAgain(said.getCredit());
      perform(sender.connected(facts, HopFacts.of(queue), heard));
      watch(opened);
      ready();
    }
  }

  /**
   * A pause or a full disk may have begun or ended since the Hello, when no stream could say so.
   */
  private void creditAgain(Credit said) {
    Credit now = window();
    if (!now.equals(said)) {
      reply(Frame.newBuilder().setCredit(now).build());
    }
  }

  /** Drops the stream, so that another is opened, if its deliveries stay unanswered. */
  private void watch(FrameStream watched) {
    environment.after(
        environment.settings().stallTimeout(),
        slot.executor(),
        () -> {
          if (stream != watched) {
            return;
          }
          boolean due = environment.hasPassed(environment.settings().stallTimeout(), progressNanos);
          if (sender.envelopesInFlight() > 0 && due) {
            slot.drop(Code.NOT_READY, "deliveries stay unanswered");
          } else {
            watch(watched);
          }
        });
  }

  @Override
  public void disconnected() {
    stream = null;
    replies.clear();
    sender.disconnected();
    publish();
  }

  @Override
  public Optional<Code> stopped() {
    return Optional.ofNullable(stopped);
  }

  /** Receipts of what the peer took release it with a later commit. */
  @Override
  public boolean isQuick(Frame frame) {
    return frame.hasReceipts() && isTaken(frame.getReceipts().getReceiptsList());
  }

  private static boolean isTaken(List<Receipt> receipts) {
    for (Receipt one : receipts) {
      if (one.getResult() != Result.RESULT_COMMITTED || one.getRefusedCount() > 0) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void received(Frame frame) {
    gauges.contact(environment.clock().instant());
    switch (frame.getFrameCase()) {
      case DELIVERIES -> deliveries(frame.getDeliveries().getDeliveriesList());
      case RECEIPTS -> {
        receipts(frame.getReceipts().getReceiptsList());
        // This may be a network thread, which sends nothing.
        if (!drained) {
          wake();
        }
        return;
      }
      case GAP -> perform(sender.gap(frame.getGap(), HopFacts.of(queue)));
      case CREDIT -> sender.credited(frame.getCredit());
      case HELLO -> greetedAgain(frame.getHello());
      case NOTICE,
          BUNDLE_IN_FORCE,
          BUNDLE_REQUEST,
          BUNDLE_PART,
          FRESHNESS,
          LINK_PAUSE,
          ATTACHMENT_REQUEST,
          ATTACHMENT_PART ->
          slot.drop(Code.MALFORMED, "notices go over the control stream");
      // A kind of frame that only newer peers know.
      case FRAME_NOT_SET -> {}
    }
    ready();
  }

  /**
   * Handles deliveries. Those that arrive while the window is withheld are refused and sent again
   * later.
   */
  private void deliveries(List<Delivery> deliveries) {
    Optional<Problem> reason = withheld.get();
    if (reason.isPresent()) {
      slot.drop(reason.get().code(), reason.get().message());
    } else {
      perform(receiver.deliveries(deliveries));
      // What this thread has committed is answered before the next frame is requested, so that the
      // network thread wakes once for both.
      collect();
    }
  }

  private void greetedAgain(Hello hello) {
    if (LinkHello.factsAreSound(hello)) {
      perform(receiver.greeted(hello));
    } else {
      slot.drop(Code.MALFORMED, "epochs and numbers must be below 2^62 and in order");
    }
  }

  private void receipts(List<Receipt> receipts) {
    gauges.answered(receipts, environment.nanos());
    perform(sender.receipts(receipts));
  }

  private void perform(List<HopAction> actions) {
    actions.forEach(this::perform);
    publish();
  }

  private void perform(HopAction action) {
    if (action instanceof HopAction.Say say) {
      reply(say.frame());
    } else if (action instanceof HopAction.Greet greet) {
      reply(Frame.newBuilder().setHello(hello(greet.facts())).build());
    } else if (action instanceof HopAction.OpenEpoch open) {
      openEpoch(open.epoch());
    } else if (action instanceof HopAction.Release release) {
      progressNanos = environment.nanos();
      gauges.released();
      if (isTaken(release.receipts())) {
        queue.released(release.receipts());
      } else {
        // By a worker: the disk is read.
        slot.executor().execute(() -> queue.released(release.receipts()));
      }
    } else if (action instanceof HopAction.Receive receive) {
      store(receive.deliveries());
    } else if (action instanceof HopAction.Adopt adopt) {
      String text = "hop epoch " + adopt.epoch() + " from " + adopt.next();
      environment.line(peer, "hop epoch", about(text)).ifPresent(LOG::info);
      intake.adopt(adopt.epoch(), adopt.next());
    } else if (action instanceof HopAction.Close close) {
      slot.drop(close.code(), close.text());
    } else if (action instanceof HopAction.Stop stop) {
      stop(stop);
    }
  }

  private String about(String text) {
    return peer + " " + lane + ": " + text;
  }

  private void reply(Frame frame) {
    if (stream == null) {
      return;
    }
    // An honest peer has at most a window unanswered, and causes little else.
    if (replies.size() > 2 * environment.settings().windowEnvelopes() + 64) {
      slot.drop(Code.OVERLOADED, "the peer does not read the answers it causes");
    } else {
      replies.add(frame);
    }
  }

  private void openEpoch(long epoch) {
    environment
        .line(peer, "opened epoch", about("opening hop epoch " + epoch))
        .ifPresent(LOG::info);
    // On the executor by execute, not by an async stage, which would swallow a defect.
    queue
        .openEpoch(epoch)
        .whenComplete((done, failure) -> slot.executor().execute(() -> epochOpened(failure)));
  }

  private void epochOpened(@Nullable Throwable failure) {
    if (failure == null) {
      perform(sender.epochOpened(HopFacts.of(queue)));
    } else {
      LOG.warn("{} {}: cannot open a new hop epoch", peer, lane, failure);
      perform(sender.epochFailed("cannot store now"));
    }
    ready();
  }

  private void store(List<Delivery> deliveries) {
    PeerName from = with;
    if (from == null) {
      throw new IllegalStateException("deliveries without a stream");
    }
    CompletableFuture<List<Receipt>> stored = receive(deliveries, from).toCompletableFuture();
    storing.add(stored);
    if (!stored.isDone()) {
      var unused =
          stored.whenComplete((receipts, failure) -> slot.executor().execute(this::collected));
    }
  }

  /**
   * Stores deliveries. Anything thrown counts as a failure to store, as the receiver waits for
   * every batch it handed over.
   */
  private CompletionStage<List<Receipt>> receive(List<Delivery> deliveries, PeerName from) {
    try {
      return intake.receive(deliveries, from);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private void collected() {
    collect();
    ready();
  }

  /**
   * Reports the outcome of batches to the receiver, in the order in which they were handed over.
   */
  private void collect() {
    for (CompletableFuture<List<Receipt>> oldest = storing.peek();
        oldest != null && oldest.isDone();
        oldest = storing.peek()) {
      storing.remove();
      perform(outcome(oldest));
    }
  }

  private List<HopAction> outcome(CompletableFuture<List<Receipt>> done) {
    List<Receipt> receipts;
    try {
      receipts = done.join();
    } catch (CompletionException | CancellationException e) {
      LOG.warn("{} {}: cannot store received deliveries", peer, lane, e);
      return receiver.failed(Code.NOT_READY, "cannot store now");
    }
    if (receipts.stream().anyMatch(one -> one.getResult() == Result.RESULT_COMMITTED)) {
      // Not what is refused: it would slow attachments for nothing.
      environment.pace().message();
    }
    return receiver.committed(receipts);
  }

  /** Stops the lane until an operator resumes it, because numbers and contents disagree. */
  private void stop(HopAction.Stop stop) {
    boolean bySender = stop.side() == HopAction.Side.SENDER;
    numbersInConflict |= bySender;
    hashesInConflict |= !bySender;
    stopped = stop.code();
    // Tell the peer what was found, so that it stops as well.
    FrameStream to = stream;
    while (to != null && !replies.isEmpty()) {
      to.send(replies.remove());
    }
    slot.drop(stop.code(), stop.text());
    publish();
    LOG.error("{} {}: stopped, {}: {}", peer, lane, stop.code(), stop.text());
    environment.ports().onAlarm(peer, lane, new LaneAlarm(stop.code(), stop.text(), bySender));
  }

  /** Sends answers, then deliveries, while the stream is ready. */
  @Override
  public void ready() {
    drained = false;
    for (int i = 0; i < MESSAGES_A_TURN; i++) {
      FrameStream to = stream;
      if (to == null || !to.isReady()) {
        return;
      }
      Frame reply = replies.poll();
      if (reply != null) {
        to.send(reply);
      } else if (!transmit(to)) {
        return;
      }
    }
    wake();
  }

  private boolean transmit(FrameStream to) {
    HopSender.ReadWindow read = sender.pull().orElse(null);
    if (read == null) {
      return false;
    }
    List<QueuedEnvelope> outgoing = queue.read(read.from(), read.maxEnvelopes(), read.maxBytes());
    drained = outgoing.isEmpty();
    if (drained) {
      return false;
    }
    environment.pace().message();
    long now = environment.nanos();
    if (sender.envelopesInFlight() == 0) {
      progressNanos = now;
    }
    Frame frame = sender.sending(outgoing);
    if (LOG.isDebugEnabled()) {
      LOG.debug(
          "{} {}: sent envelopes {}",
          peer,
          lane,
          outgoing.stream()
              .map(one -> HexFormat.of().formatHex(one.headerHash().toByteArray()))
              .toList());
    }
    gauges.sent(frame.getDeliveries(), now);
    to.send(frame);
    publish();
    return true;
  }

  private void publish() {
    gauges.publish(stream != null, paused, stopped, sender);
  }
}
