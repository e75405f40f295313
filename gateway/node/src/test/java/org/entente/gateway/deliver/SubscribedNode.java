package org.entente.gateway.deliver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Problem;
import org.entente.gateway.testkit.DeskClients;
import org.entente.gateway.testkit.ReceiveKit;
import org.entente.gateway.testkit.ReceivingNode;
import org.entente.gateway.trace.MessageTracer;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Delivery;
import org.entente.proto.v1.OpenCursor;
import org.entente.proto.v1.SubscribeResponse;

/** A recipient with subscribers, which work on the thread that wakes them. */
@SuppressWarnings("NullAway.Init") // set by opened()
class SubscribedNode extends ReceivingNode {
  Subscriptions subscriptions;
  private final CursorLimits limits;

  SubscribedNode(Path folder) throws IOException {
    this(folder, CursorLimits.DEFAULT);
  }

  SubscribedNode(Path folder, CursorLimits limits) throws IOException {
    super(folder);
    this.limits = limits;
    opened();
  }

  @Override
  protected final void opened() {
    subscriptions =
        new Subscriptions(
            ledger,
            opening(),
            new UndeliverableMessages(
                ReceiveKit.SELF,
                ledger,
                opening(),
                kit.evidence(),
                kit.setting(),
                new Meters(),
                () -> {}),
            kit.evidence(),
            new DeliveryLeaves(ReceiveKit.SELF, Duration.ofSeconds(10), 10_000),
            new Subscriptions.Environment(
                () -> now,
                new Meters(),
                DeskClients.none(keys)::sight,
                label -> Optional.empty(),
                (tx, origin, id) -> Optional.empty(),
                MessageTracer.OFF),
            limits);
  }

  MessageId message(Lane lane) {
    MessageId id = received(lane, Body.getDefaultInstance(), label -> {});
    subscriptions.arrived();
    return id;
  }

  Subscriber subscriber(String cursor) {
    return open(OpenCursor.newBuilder().setCursor(cursor).setWindow(10_000).build());
  }

  Subscriber open(OpenCursor request) {
    Subscriber taking = new Subscriber(request.getCursor());
    taking.subscription =
        assertInstanceOf(
                Subscriptions.OpenResult.Held.class, subscriptions.open("desk", request, taking))
            .subscription();
    taking.subscription.wake();
    return taking;
  }

  /** Waits until what was written before is durable. */
  void settle() {
    ledger.commit(Lane.ROUTINE, tx -> true);
  }

  void later(Duration time) {
    now = now.plus(time);
    subscriptions.round();
  }

  /** The ledger's writer works on something until it is let go. */
  CountDownLatch busy() {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    var unused =
        ledger.write(
            Lane.FLASH,
            tx -> {
              begun.countDown();
              return isDone(go);
            });
    assertTrue(isDone(begun));
    return go;
  }

  static boolean isDone(CountDownLatch latch) {
    try {
      return latch.await(30, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Works on the thread that wakes it. */
  final class Subscriber implements Sink {
    final List<Delivery> given = new ArrayList<>();
    final List<Long> lost = new ArrayList<>();
    final List<Code> ended = new ArrayList<>();
    private final String cursor;
    Subscription subscription;

    /** Turns of a worker that it was given. */
    int turns;

    /** Whether it takes nothing. */
    boolean full;

    /** Whether the gateway may end the stream. */
    boolean mayEnd;

    Subscriber(String cursor) {
      this.cursor = cursor;
    }

    void isFull(boolean now) {
      full = now;
      subscription.wake();
    }

    List<MessageId> ids() {
      return given.stream()
          .map(one -> MessageId.of(one.getLabel().getMessageId().toByteArray()))
          .toList();
    }

    List<Long> positions() {
      return given.stream().map(Delivery::getPosition).toList();
    }

    void acknowledge(long... positions) {
      LongStream.of(positions)
          .forEach(at -> assertEquals(Optional.empty(), subscription.acknowledge(at)));
    }

    /** Ends the stream; all is durable on return, also what was refused at first. */
    void end() {
      subscriptions.closed("desk", cursor, subscription).orTimeout(30, TimeUnit.SECONDS).join();
    }

    @Override
    public boolean ready() {
      return !full;
    }

    @Override
    public void send(SubscribeResponse response) {
      if (response.hasDelivery()) {
        given.add(response.getDelivery());
      }
      if (response.hasLeaseLost()) {
        lost.add(response.getLeaseLost().getPosition());
      }
    }

    @Override
    public void schedule(Runnable turn, int passed) {
      turns++;
      turn.run();
    }

    @Override
    public void end(Problem problem) {
      if (!mayEnd) {
        throw new AssertionError(problem.toString());
      }
      ended.add(problem.code());
    }
  }
}
