package org.entente.gateway.deliver;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.meter.Meters;
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
    Subscriber taking = new Subscriber();
    OpenCursor open = OpenCursor.newBuilder().setCursor(cursor).setWindow(10_000).build();
    taking.subscription =
        ((Subscriptions.OpenResult.Held) subscriptions.open("desk", open, taking)).subscription();
    taking.subscription.wake();
    return taking;
  }

  /** Works on the thread that wakes it. */
  static final class Subscriber implements Sink {
    final List<Delivery> given = new ArrayList<>();
    final List<Problem> ended = new ArrayList<>();
    Subscription subscription;
    private boolean full;

    void isFull(boolean now) {
      full = now;
      subscription.wake();
    }

    List<MessageId> ids() {
      return given.stream()
          .map(one -> MessageId.of(one.getLabel().getMessageId().toByteArray()))
          .toList();
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
    }

    @Override
    public void schedule(Runnable turn, int passed) {
      turn.run();
    }

    @Override
    public void end(Problem problem) {
      ended.add(problem);
      var unused = subscription.close();
    }
  }
}
