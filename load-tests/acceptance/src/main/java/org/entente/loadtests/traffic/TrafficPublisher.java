package org.entente.loadtests.traffic;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.PublishRequest;
import org.entente.proto.v1.PublishResponse;
import org.entente.proto.v1.PublisherGrpc;
import org.jspecify.annotations.Nullable;

/**
 * Publisher for the agencies' clients, at a steady rate, with a bounded number of calls in flight
 * for each agency. A call without an answer is repeated with the same idempotency key until it is
 * answered, so that each publication has exactly one answer. Thread-safe.
 */
public final class TrafficPublisher {
  private static final int IN_FLIGHT = 16;

  /** Number of retries of one publication after the gateway itself failed on it. */
  private static final int DEFECTS = 5;

  private static final long DEADLINE_SECONDS = 10;

  private final Function<String, ManagedChannel> channels;
  private final ScheduledExecutorService timer;
  private final Tally tally;
  private final Watcher watcher;
  private final Map<String, Desk> desks = new ConcurrentHashMap<>();

  /**
   * A publisher that has not begun.
   *
   * @param channels opens a publisher's channel to an agency's gateway; called once per agency
   * @param timer schedules publications and retries; the caller shuts it down
   */
  public TrafficPublisher(
      Function<String, ManagedChannel> channels,
      ScheduledExecutorService timer,
      Tally tally,
      Watcher watcher) {
    this.channels = channels;
    this.timer = timer;
    this.tally = tally;
    this.watcher = watcher;
  }

  /** Source of publications; called by one thread at a time. */
  public interface Source {
    /** The next publication, or null at the end. */
    @Nullable Publication next();
  }

  /**
   * Begins to publish in this order, at a rate per second; the tally tells when all are answered.
   */
  public void begin(List<Publication> publications, int perSecond) {
    Set<String> publishers = new TreeSet<>();
    publications.forEach(publication -> publishers.add(publication.publisher()));
    AtomicInteger next = new AtomicInteger();
    begin(
        publishers,
        () -> {
          int index = next.getAndIncrement();
          return index < publications.size() ? publications.get(index) : null;
        },
        perSecond);
  }

  /**
   * Begins to publish from a source at a rate per second, until the source ends.
   *
   * @param publishers every publishing agency
   */
  public void begin(Collection<String> publishers, Source source, int perSecond) {
    publishers.forEach(agency -> desks.computeIfAbsent(agency, Desk::new));
    AtomicReference<ScheduledFuture<?>> ticking = new AtomicReference<>();
    Runnable tick =
        () -> {
          Publication publication = source.next();
          if (publication != null) {
            desk(publication.publisher()).add(publication);
          } else {
            ScheduledFuture<?> self = ticking.get();
            if (self != null) {
              self.cancel(false);
            }
          }
        };
    long period = Math.max(1, TimeUnit.SECONDS.toMicros(1) / perSecond);
    ticking.set(timer.scheduleAtFixedRate(tick, 0, period, TimeUnit.MICROSECONDS));
  }

  private Desk desk(String agency) {
    Desk desk = desks.get(agency);
    if (desk == null) {
      throw new IllegalStateException("no desk for " + agency);
    }
    return desk;
  }

  /** One agency's publisher. */
  private final class Desk {
    private final String agency;
    private final ManagedChannel channel;
    private final Deque<Publication> waiting = new ArrayDeque<>();
    private int inFlight;

    Desk(String agency) {
      this.agency = agency;
      this.channel = channels.apply(agency);
    }

    void add(Publication publication) {
      synchronized (waiting) {
        waiting.add(publication);
      }
      pump();
    }

    private void pump() {
      for (Publication next = take(); next != null; next = take()) {
        tally.started(next);
        call(next);
      }
    }

    private @Nullable Publication take() {
      synchronized (waiting) {
        Publication next = inFlight < IN_FLIGHT ? waiting.poll() : null;
        inFlight += next == null ? 0 : 1;
        return next;
      }
    }

    private void done() {
      synchronized (waiting) {
        inFlight--;
      }
      pump();
    }

    private void call(Publication publication) {
      PublisherGrpc.newStub(channel)
          .withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS)
          .publish(
              PublishRequest.newBuilder().setDraft(publication.draft()).build(),
              new Answer(this, publication));
    }

    private void again(Publication publication, String why) {
      watcher.retrying(agency, "publisher: " + why);
      new Retries(timer)
          .later(
              () -> {
                // Otherwise the channel's own pauses before it dials again would grow.
                channel.resetConnectBackoff();
                call(publication);
              });
    }
  }

  private final class Answer implements StreamObserver<PublishResponse> {
    private final Desk desk;
    private final Publication publication;
    private boolean settled;

    Answer(Desk desk, Publication publication) {
      this.desk = desk;
      this.publication = publication;
    }

    @Override
    public void onNext(PublishResponse response) {
      settled = true;
      Outcome outcome = response.getOutcome();
      if (outcome.hasInvalid() && outcome.getInvalid().getRetry()) {
        desk.again(publication, outcome.getInvalid().getCode());
      } else if (outcome.hasInvalid()) {
        fail(
            outcome.getInvalid().getCode()
                + " "
                + outcome.getInvalid().getField()
                + ": "
                + outcome.getInvalid().getMessage());
      } else {
        tally.answered(publication, outcome);
        watcher.answered(publication, outcome);
        desk.done();
      }
    }

    @Override
    public void onError(Throwable failure) {
      if (settled) {
        return;
      }
      Status status = Status.fromThrowable(failure);
      if (status.getCause() instanceof IOException) {
        // The connection was lost; gRPC calls that UNKNOWN if it was lost just before the call.
        desk.again(publication, String.valueOf(Status.Code.UNAVAILABLE));
        return;
      }
      switch (status.getCode()) {
        case UNAVAILABLE, DEADLINE_EXCEEDED, CANCELLED, RESOURCE_EXHAUSTED, ABORTED ->
            desk.again(publication, String.valueOf(status.getCode()));
        case INTERNAL, UNKNOWN, DATA_LOSS -> defect(status);
        default -> fail(status.getCode() + ": " + status.getDescription());
      }
    }

    /** Retries: if the gateway has already accepted the draft, it reports that for the same key. */
    private void defect(Status status) {
      if (tally.defect(publication) < DEFECTS) {
        desk.again(publication, String.valueOf(status.getCode()));
      } else {
        fail(status.getCode() + ": " + status.getDescription());
      }
    }

    private void fail(String why) {
      tally.failed(publication, why);
      watcher.failed(publication, why);
      desk.done();
    }

    @Override
    public void onCompleted() {}
  }
}
