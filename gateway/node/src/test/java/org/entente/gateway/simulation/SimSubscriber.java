package org.entente.gateway.simulation;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import org.entente.gateway.deliver.Sink;
import org.entente.gateway.deliver.Subscription;
import org.entente.gateway.deliver.Subscriptions;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Problem;
import org.entente.proto.v1.Delivery;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.OpenCursor;
import org.entente.proto.v1.SubscribeResponse;
import org.jspecify.annotations.Nullable;

/**
 * A client of one node that takes everything, acknowledges it after a while, and keeps a journal.
 * It opens its cursor again whenever the node has started. Now and then it dies with what it was
 * given and had not taken yet, and is started again: that has to come once more.
 */
final class SimSubscriber {
  private static final String CLIENT = "desk";
  private static final int AT_A_TIME = 4;

  /** One delivery of so many is the client's last before it dies. */
  private static final int DEATHS = 12;

  private final SimNode node;
  private final Random random;
  private final Violations violations;
  private final Map<String, MessageId> taken = new HashMap<>();
  private Predicate<String> forgotten = key -> false;

  SimSubscriber(SimNode node, Random random, Violations violations) {
    this.node = node;
    this.random = random;
    this.violations = violations;
  }

  /** What a ledger has forgotten is not held against the gateway. */
  void forgiving(RestoreLosses loss) {
    forgotten = loss::sent;
  }

  /** Opens the cursor at the process that has begun. */
  void open() {
    SimNode.Run process = node.process();
    if (process != null) {
      process.post(random.nextInt(50_000_000), () -> new Stream(process).open());
    }
  }

  /** Message ids by the key that the publisher gave them. */
  Map<String, MessageId> taken() {
    return taken;
  }

  private void take(Delivery delivery) {
    if (delivery.getLabel().getKind() == Kind.KIND_RECALL) {
      return;
    }
    String key = delivery.getLabel().getCaseRef();
    MessageId id = MessageId.of(delivery.getLabel().getMessageId().toByteArray());
    if (!delivery.getBody().getAlert().getTexts(0).getHeadline().equals(key)) {
      violations.add("a body that is not that of its label: " + key, null);
    }
    MessageId before = taken.putIfAbsent(key, id);
    if (before != null && !before.equals(id) && !forgotten.test(key)) {
      violations.add(node.name() + " holds " + key + " twice: " + before + " and " + id, null);
    }
  }

  private final class Stream implements Sink {
    private final SimNode.Run process;
    private @Nullable Subscription subscription;
    private final Deque<Delivery> unread = new ArrayDeque<>();
    private boolean dead;

    Stream(SimNode.Run process) {
      this.process = process;
    }

    void open() {
      OpenCursor request = OpenCursor.newBuilder().setCursor("main").setWindow(8).build();
      Subscriptions.OpenResult opened = process.core().subscriptions().open(CLIENT, request, this);
      if (opened instanceof Subscriptions.OpenResult.Held held) {
        subscription = held.subscription();
        held.subscription().wake();
      } else {
        violations.add("the cursor cannot be opened: " + opened, null);
      }
    }

    @Override
    public boolean ready() {
      return unread.size() < AT_A_TIME;
    }

    @Override
    public void send(SubscribeResponse response) {
      if (response.hasDelivery()) {
        // One after the other: an acknowledgement speaks for all before it.
        unread.add(response.getDelivery());
        process.post(random.nextInt(200_000_000), () -> read(unread.remove()));
      }
    }

    private void read(Delivery delivery) {
      Subscription to = subscription;
      if (dead || to == null) {
        return;
      }
      if (random.nextInt(DEATHS) == 0) {
        dead = true;
        var unused = to.close();
        SimSubscriber.this.open();
        return;
      }
      take(delivery);
      to.wake();
      process.post(random.nextInt(200_000_000), () -> acknowledge(to, delivery));
    }

    private void acknowledge(Subscription to, Delivery delivery) {
      if (!dead) {
        // What was acknowledged with a later one is refused, and done.
        var unused = to.acknowledge(delivery.getPosition());
      }
    }

    @Override
    public void schedule(Runnable turn, int passed) {
      process.workers().execute(turn);
    }

    @Override
    public void end(Problem problem) {
      // A ledger whose disk failed takes no acknowledgement; the next process opens the cursor
      // again.
      if (process.core().ledger().failure() == null) {
        violations.add(node.name() + " ended its subscriber: " + problem, null);
      }
      dead = true;
    }
  }
}
