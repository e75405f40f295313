package org.entente.loadtests.bench;

import io.grpc.ManagedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.loadtests.measure.MeasuredContent;
import org.entente.loadtests.measure.MeasurementFailure;
import org.entente.loadtests.traffic.CursorStream;
import org.entente.proto.v1.Delivery;
import org.entente.proto.v1.Filter;
import org.entente.proto.v1.OpenCursor;
import org.jspecify.annotations.Nullable;

/**
 * Many subscribers of one agency, each with its own cursor, that acknowledge every delivery. Their
 * streams share a few connections, as the limits of a client require.
 */
final class Audience {
  private static final long PATIENCE_SECONDS = 60;
  private static final int WINDOW = 16;

  private final String name;
  private final Filter filter;
  private final List<CursorStream> streams = new ArrayList<>();
  private final AtomicReference<@Nullable String> problem = new AtomicReference<>();
  private final CompletableFuture<Integer> messageBytes = new CompletableFuture<>();
  private int listeners;
  private volatile CountDownLatch ended = new CountDownLatch(0);
  private volatile AwaitedMessage expected = new AwaitedMessage(-1, new CountDownLatch(0));

  private record AwaitedMessage(long number, CountDownLatch missing) {}

  /** Subscribers of all messages. */
  Audience() {
    this("audience", Filter.getDefaultInstance());
  }

  /**
   * Subscribers of what a filter lets through.
   *
   * @param name what the names of their cursors begin with
   */
  Audience(String name, Filter filter) {
    this.name = name;
    this.filter = filter;
  }

  /**
   * Adds subscribers up to this number, over the channels in turn; all cursors are open on return.
   */
  void grow(int to, List<ManagedChannel> channels) throws InterruptedException {
    CountDownLatch opened = new CountDownLatch(Math.max(0, to - listeners));
    for (; listeners < to; listeners++) {
      CursorStream stream =
          new CursorStream(
              OpenCursor.newBuilder()
                  .setCursor(name + "-" + listeners)
                  .setFilter(filter)
                  .setWindow(WINDOW),
              opened,
              this::take,
              this::ended);
      streams.add(stream);
      stream.open(channels.get(listeners % channels.size()));
    }
    if (!opened.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      check();
      throw new CommandFailure("a subscriber's cursor is not open after 60 s");
    }
    check();
  }

  private void ended(Throwable failure) {
    ended.countDown();
    problem.compareAndSet(null, "a subscriber's stream ended: " + failure);
  }

  /** Ends all streams of subscribers that have received nothing; none is open on return. */
  void dismiss() throws InterruptedException {
    check();
    if (messageBytes.isDone()) {
      throw new MeasurementFailure("a filter lets through what it must not");
    }
    ended = new CountDownLatch(streams.size());
    leave();
    streams.forEach(CursorStream::complete);
    if (!ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new MeasurementFailure(ended.getCount() + " streams of subscribers do not end");
    }
    streams.clear();
    listeners = 0;
    problem.set(null);
  }

  /** Starts to count the subscribers that have the message with this number. */
  void expect(long number) {
    expected = new AwaitedMessage(number, new CountDownLatch(listeners));
  }

  /**
   * Waits until every subscriber has the message.
   *
   * @throws MeasurementFailure if a subscriber does not receive it or a stream ended
   */
  void await() throws InterruptedException {
    if (!expected.missing.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      check();
      throw new MeasurementFailure(
          expected.missing.getCount() + " of " + listeners + " subscribers got no message");
    }
    check();
  }

  /** Bytes of label and body of the first message that a subscriber received; waits for it. */
  int messageBytes() throws InterruptedException {
    try {
      return messageBytes.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      check();
      throw new MeasurementFailure("no message arrived at a further subscriber", e);
    }
  }

  /** Permits the streams to end from now on. */
  void leave() {
    problem.set("the subscribers have left");
  }

  private void check() {
    String wrong = problem.get();
    if (wrong != null) {
      throw new MeasurementFailure(wrong);
    }
  }

  private void take(CursorStream stream, Delivery delivery) {
    messageBytes.complete(
        delivery.getLabel().getSerializedSize() + delivery.getBody().getSerializedSize());
    AwaitedMessage now = expected;
    if (MeasuredContent.number(delivery.getBody().getDocument().getContent().asReadOnlyByteBuffer())
        == now.number) {
      now.missing.countDown();
    }
    stream.acknowledge(delivery.getPosition());
  }
}
