package org.entente.loadtests.isolation;

import com.google.protobuf.ByteString;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.loadtests.federation.Federation;
import org.entente.loadtests.traffic.CursorStream;
import org.entente.proto.v1.Addressing;
import org.entente.proto.v1.Alert;
import org.entente.proto.v1.AlertText;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Classification;
import org.entente.proto.v1.Delivery;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.OpenCursor;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.PublishStreamRequest;
import org.entente.proto.v1.PublishStreamResponse;
import org.entente.proto.v1.PublisherGrpc;
import org.entente.proto.v1.Purpose;
import org.jspecify.annotations.Nullable;

/**
 * A stream of warnings from one agency's publisher to recipients, with a bounded number of
 * unanswered drafts, and a subscriber if the recipient's gateway runs.
 */
public final class WarningStream {
  private static final int WINDOW = 500;
  private static final int CURSOR_WINDOW = 10_000;
  private static final long QUIET_SECONDS = 120;
  private static final int TEXT_LENGTH = 700;

  private final Federation federation;
  private final String from;
  private final List<String> to;
  private final String name;
  private final String text;
  private final Semaphore room;
  private final AtomicLong sent = new AtomicLong();
  private final AtomicLong accepted = new AtomicLong();
  private final AtomicLong arrived = new AtomicLong();
  private final AtomicLong repeated = new AtomicLong();
  private final Set<ByteString> ids = ConcurrentHashMap.newKeySet();
  private final AtomicReference<@Nullable String> problem = new AtomicReference<>();
  private final StreamObserver<PublishStreamRequest> drafts;

  /**
   * Opens the publisher's stream. Its gateway must run.
   *
   * @param name prefix of the idempotency keys
   */
  public WarningStream(Federation federation, String from, String to, String name) {
    this(federation, from, List.of(to), name, TEXT_LENGTH, WINDOW);
  }

  /**
   * The same with messages of another length to several recipients, the first of which may have a
   * subscriber.
   *
   * @param length of the text, in ASCII characters
   * @param window most unanswered messages
   */
  public WarningStream(
      Federation federation, String from, List<String> to, String name, int length, int window) {
    this.federation = federation;
    this.from = from;
    this.to = List.copyOf(to);
    this.name = name;
    this.text = "w".repeat(length);
    this.room = new Semaphore(window);
    String client = federation.plan(from).clientWith("publish").orElseThrow();
    drafts = PublisherGrpc.newStub(federation.channel(from, client)).publishStream(new Outcomes());
  }

  /** Opens the recipient's cursor; returns when it is open. The recipient's gateway must run. */
  public void subscribe() throws InterruptedException {
    String recipient = to.get(0);
    String client = federation.plan(recipient).clientWith("subscribe").orElseThrow();
    CountDownLatch opened = new CountDownLatch(1);
    new CursorStream(
            OpenCursor.newBuilder().setCursor("isolation").setWindow(CURSOR_WINDOW),
            opened,
            this::take,
            failure ->
                problem.compareAndSet(
                    null, "the subscriber's stream at " + to + " ended: " + failure))
        .open(federation.channel(recipient, client));
    if (!opened.await(QUIET_SECONDS, TimeUnit.SECONDS)) {
      throw new CommandFailure("the cursor at " + recipient + " is not open");
    }
  }

  /** Publishes one message when fewer than a window are unanswered. */
  public void send() throws InterruptedException {
    if (!room.tryAcquire(QUIET_SECONDS, TimeUnit.SECONDS)) {
      throw new CommandFailure(
          from + " accepted nothing for " + to + " in " + QUIET_SECONDS + " s");
    }
    drafts.onNext(
        PublishStreamRequest.newBuilder().addDrafts(draft(sent.incrementAndGet())).build());
  }

  /** Waits until this total was accepted. */
  public void awaitAccepted(long count) throws InterruptedException {
    await(accepted, count, from + " accepted");
  }

  /** Waits until this total has arrived. */
  public void awaitArrived(long count) throws InterruptedException {
    await(arrived, count, to + " received");
  }

  private void await(AtomicLong counter, long count, String what) throws InterruptedException {
    long last = -1;
    long since = System.nanoTime();
    synchronized (counter) {
      while (counter.get() < count) {
        if (counter.get() != last) {
          last = counter.get();
          since = System.nanoTime();
        } else if (System.nanoTime() - since > TimeUnit.SECONDS.toNanos(QUIET_SECONDS)) {
          throw new CommandFailure(what + " " + last + " of " + count + " and then no more");
        }
        check();
        TimeUnit.MILLISECONDS.timedWait(counter, 200);
      }
    }
    check();
  }

  /** Fails if a stream ended or a draft was not accepted. */
  public void check() {
    String wrong = problem.get();
    if (wrong != null) {
      throw new CommandFailure(wrong);
    }
  }

  public long sent() {
    return sent.get();
  }

  public long arrived() {
    return arrived.get();
  }

  /** Number of repeated deliveries. */
  public long repeated() {
    return repeated.get();
  }

  private Draft draft(long number) {
    return draft(name, number, text, to);
  }

  /**
   * A draft as these streams publish it.
   *
   * @param name prefix of the idempotency key
   * @param length of the text, in ASCII characters
   */
  public static Draft draft(String name, long number, int length, List<String> to) {
    return draft(name, number, "w".repeat(length), to);
  }

  private static Draft draft(String name, long number, String text, List<String> to) {
    return Draft.newBuilder()
        .setIdempotencyKey(name + "-" + number)
        .setLabel(
            Label.newBuilder()
                .setKind(Kind.KIND_ALERT)
                .setCategory(Category.CATEGORY_PUBLIC_WARNING)
                .setPurpose(Purpose.PURPOSE_PUBLIC_SAFETY)
                .setClassification(Classification.CLASSIFICATION_UNCLASSIFIED))
        .setBody(
            Body.newBuilder()
                .setAlert(
                    Alert.newBuilder()
                        .addTexts(
                            AlertText.newBuilder()
                                .setLanguage("en")
                                .setHeadline(name)
                                .setDescription(text))))
        .setTo(Addressing.newBuilder().addAllAgencies(to))
        .build();
  }

  private static void count(AtomicLong counter) {
    synchronized (counter) {
      counter.incrementAndGet();
      counter.notifyAll();
    }
  }

  private final class Outcomes implements StreamObserver<PublishStreamResponse> {
    @Override
    public void onNext(PublishStreamResponse response) {
      for (Outcome outcome : response.getOutcomesList()) {
        room.release();
        if (outcome.hasAccepted()) {
          count(accepted);
        } else {
          problem.compareAndSet(null, "not accepted: " + outcome);
        }
      }
    }

    @Override
    public void onError(Throwable failure) {
      problem.compareAndSet(null, "the publisher's stream at " + from + " ended: " + failure);
    }

    @Override
    public void onCompleted() {}
  }

  private void take(CursorStream stream, Delivery delivery) {
    if (delivery.getBody().getAlert().getTexts(0).getHeadline().equals(name)) {
      if (ids.add(delivery.getLabel().getMessageId())) {
        count(arrived);
      } else {
        repeated.incrementAndGet();
      }
    }
    stream.acknowledge(delivery.getPosition());
  }
}
