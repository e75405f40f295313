package org.entente.gateway.link;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.entente.gateway.account.Account;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.Problem;
import org.entente.proto.link.v1.Frame;
import org.entente.proto.link.v1.Hello;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The place of one stream: a lane, or the control stream, of one peer. Holds at most one
 * established stream, and opens one when there is none and the peer can be dialled.
 *
 * <p>Design. Either side may dial, so two streams can cross. A stream is established once this side
 * has the peer's Hello on it. A newer stream replaces it, since the older may be dead without
 * either end knowing. With that rule alone, crossing streams would end each other. So for one
 * handshake timeout after it is established, a stream dialled by the agency whose name sorts first
 * is not replaced by one from the other agency: both ends decide alike. Terms come before all that:
 * a stream of a later leader of the same gateway ends those of an earlier one ({@link
 * LeaderTerms}).
 *
 * <p>Thread-safe: everything happens on one serial executor.
 */
final class StreamSlot implements FrameStream.Listener {
  /** Largest message of a control stream: more than the largest notice needs. */
  private static final int MOST_CONTROL_BYTES = 1 << 20;

  private static final Logger LOG = LoggerFactory.getLogger(StreamSlot.class);

  /** The user of the stream; called on the slot's executor. */
  interface Traffic {
    /** The Hello that starts a stream. */
    Hello.Builder hello();

    /** A stream is established: both sides have sent their Hello. */
    void connected(FrameStream stream, PeerName peer, Hello said, Hello heard);

    /** A frame arrived. */
    void received(Frame frame);

    /**
     * Whether to handle a frame takes microseconds: it changes memory alone, waits for nothing and
     * computes nothing. Called on any thread.
     */
    default boolean isQuick(Frame frame) {
      return false;
    }

    /** The stream can send again. */
    void ready();

    /** The stream has ended. */
    void disconnected();

    /** The reason that no stream is allowed, if any. */
    Optional<Code> stopped();
  }

  private record Attempt(FrameStream stream, PeerName peer, Hello said) {}

  private record OpenStream(FrameStream stream, long sinceNanos) {}

  private final LinkEnvironment environment;
  private final AgencyName agency;
  private final int number;

  /** What the slot carries, for the log. */
  private final String name;

  private final SerialExecutor executor;
  private final Backoff backoff;
  private final Traffic traffic;
  private final LeaderTerms terms;
  private final Consumer<PeerName> stood;
  private final Account account;
  private @Nullable Dialler dialler;
  private @Nullable Attempt attempt;
  private @Nullable OpenStream standing;
  private boolean pausing;

  /** Attempts that failed since the last stream or pause. */
  private int failures;

  private String lastFailure = "";

  /**
   * @param number of the lane, 0 for the control stream
   * @param traffic made for this slot
   * @param terms of all streams of the peer
   * @param stood told the gateway at the other end when a stream is established
   */
  StreamSlot(
      LinkEnvironment environment,
      AgencyName agency,
      int number,
      Function<StreamSlot, Traffic> traffic,
      LeaderTerms terms,
      Consumer<PeerName> stood) {
    this.environment = environment;
    this.agency = agency;
    this.number = number;
    this.name = number == LinkHello.CONTROL ? "control" : Lane.of(number).name();
    this.executor = new SerialExecutor(environment.workers(), this::broke);
    this.backoff = new Backoff(environment.settings().backoff(), environment.random());
    this.traffic = traffic.apply(this);
    this.terms = terms;
    this.stood = stood;
    this.account = environment.ports().account(agency);
  }

  /** The executor of this slot and its traffic. */
  Executor executor() {
    return executor;
  }

  /** Runs one task on this thread, if none runs or waits. */
  void executeOneHere(Runnable task) {
    executor.executeOneHere(task);
  }

  /** Opens streams with this dialler whenever there is none. */
  void dialWith(Dialler by) {
    executor.execute(
        () -> {
          dialler = by;
          dial();
        });
  }

  /** Accepts a stream that the peer opened and whose Hello has been checked. */
  void accept(IncomingStream stream, PeerName peer, Hello heard) {
    charged(
        Frame.newBuilder().setHello(heard).build(),
        executor,
        () -> {
          Optional<Code> stopped = traffic.stopped();
          if (stopped.isPresent()) {
            stream.end(stopped.get(), "stopped until an operator resumes it");
          } else if (terms.isStale(peer, heard.getTerm())) {
            environment.ports().onRefusal(agency, Code.STALE_TERM);
            stream.end(Code.STALE_TERM, "a later leader of this gateway has a stream");
          } else if (!mayStand(stream, peer, heard)) {
            stream.end(Code.NOT_READY, "another stream has just been opened");
          } else {
            stream.listen(this);
            Hello said = hello();
            stream.send(Frame.newBuilder().setHello(said).build());
            stand(stream, peer, said, heard);
          }
        });
  }

  /** Ends the established stream and any attempt, and stops dialling until told to. */
  void close(Code code, String why) {
    executor.execute(
        () -> {
          dialler = null;
          if (attempt != null) {
            attempt.stream().end(code, why);
            attempt = null;
          }
          drop(code, why);
        });
  }

  /** Ends the established stream; another one may follow. On the executor. */
  void drop(Code code, String why) {
    if (standing != null) {
      tellEnd("dropped stream", ", " + code + ": " + why);
      environment.ports().onRefusal(agency, code);
      standing.stream().end(code, why);
      fall(standing);
      redial();
    }
  }

  /** Dials at once if there is no stream. On the executor. */
  void dial() {
    Dialler by = dialler;
    if (by == null || standing != null || attempt != null || traffic.stopped().isPresent()) {
      return;
    }
    FrameStream stream;
    try {
      stream = by.open(this).orElse(null);
    } catch (RejectedExecutionException e) {
      // The gateway is stopping.
      return;
    } catch (RuntimeException e) {
      LOG.warn("{} {}: cannot dial", agency, name, e);
      redial();
      return;
    }
    if (stream == null) {
      return;
    }
    Attempt opened = new Attempt(stream, by.peer(), hello());
    attempt = opened;
    stream.send(Frame.newBuilder().setHello(opened.said()).build());
    environment.after(
        environment.settings().handshakeTimeout(), executor, () -> giveUp(opened, "no Hello"));
  }

  private void giveUp(Attempt opened, String why) {
    if (attempt != null && attempt.stream() == opened.stream()) {
      if (!why.equals(lastFailure)) {
        // Logged once, as an absent peer is tried again every few seconds.
        lastFailure = why;
        LOG.info("{} {}: attempt failed: {}", agency, name, why);
      }
      opened.stream().end(Code.NOT_READY, why);
      attempt = null;
      failedAt(opened);
    }
  }

  /** Tries the peer's next address at once, and after all of them pauses. */
  private void failedAt(Attempt opened) {
    Dialler by = dialler;
    if (by == null) {
      return;
    }
    by.failed(opened.stream());
    failures++;
    if (failures < by.addresses()) {
      dial();
    } else {
      redial();
    }
  }

  private void redial() {
    failures = 0;
    if (dialler != null && !pausing) {
      pausing = true;
      environment.after(
          backoff.next(),
          executor,
          () -> {
            pausing = false;
            dial();
          });
    }
  }

  /** Cuts short the pause before the next attempt, because the peer is back. */
  void hasten() {
    executor.execute(
        () -> {
          if (pausing) {
            dial();
          }
        });
  }

  /** Ends the stream if another one of the peer shows that its gateway has a later leader. */
  void dropIfStale(PeerName gateway) {
    executor.execute(
        () -> {
          if (terms.isOutdated(number, gateway)) {
            drop(Code.STALE_TERM, "the gateway has a later leader");
          }
        });
  }

  private Hello hello() {
    PeerName self = environment.self();
    return traffic
        .hello()
        .setProtocol(LinkHello.PROTOCOL)
        .setAgency(self.agency().value())
        .setGateway(self.node().value())
        .setLane(number)
        .setBundleVersion(environment.ports().bundleVersion())
        .setTerm(environment.ports().term())
        .build();
  }

  @Override
  public void received(FrameStream stream, Frame frame) {
    charged(
        frame,
        isQuickHere(stream, frame) ? executor::executeOneHere : worker(stream),
        () -> {
          if (attempt != null && attempt.stream() == stream) {
            answered(attempt, frame);
          } else if (stands(stream)) {
            traffic.received(frame);
            stream.requestNext();
          }
        });
  }

  private boolean isQuickHere(FrameStream stream, Frame frame) {
    return stream.isOnNetworkThread() && traffic.isQuick(frame);
  }

  /** Runs a task on this thread if it is a worker that handles the stream's events. */
  private Executor worker(FrameStream stream) {
    return stream.isOnNetworkThread() ? executor : executor::executeHere;
  }

  /**
   * Charges the peer's agency for a frame and handles it, at once if the agency is within its
   * rates. Beyond them the frame waits, and with it all that the peer sends later on this stream:
   * nothing was requested yet. Each stream has one frame that waits, so none keeps another out.
   */
  private void charged(Frame frame, Executor now, Runnable handling) {
    long wait = FrameCost.of(frame, environment.self().agency()).charge(account);
    if (wait == 0) {
      now.execute(handling);
    } else {
      environment.after(Duration.ofNanos(wait), executor, handling);
    }
  }

  /** The first frame on a stream that this side opened. */
  private void answered(Attempt opened, Frame frame) {
    Optional<Problem> problem = problem(opened, frame);
    if (problem.isPresent()) {
      LOG.warn("{} {}: refused: {}", agency, name, problem.get());
      environment.ports().onRefusal(agency, problem.get().code());
      giveUp(opened, problem.get().message());
      return;
    }
    attempt = null;
    if (mayStand(opened.stream(), opened.peer(), frame.getHello())) {
      stand(opened.stream(), opened.peer(), opened.said(), frame.getHello());
    } else {
      opened.stream().end(Code.NOT_READY, "another stream has just been opened");
    }
  }

  private Optional<Problem> problem(Attempt opened, Frame frame) {
    Hello hello = frame.getHello();
    if (!frame.hasHello() || hello.getLane() != number) {
      return Optional.of(
          new Problem(Code.MALFORMED, "hello", "the first frame must be a Hello for this lane"));
    }
    return LinkHello.problem(hello, environment, opened.peer())
        .or(
            () ->
                terms.isStale(opened.peer(), hello.getTerm())
                    ? Optional.of(
                        new Problem(
                            Code.STALE_TERM,
                            "hello.term",
                            "a later leader of this gateway has a stream"))
                    : Optional.empty());
  }

  private boolean mayStand(FrameStream candidate, PeerName peer, Hello heard) {
    if (standing == null || isPreferred(candidate) || !isPreferred(standing.stream())) {
      return true;
    }
    if (terms.isOlder(number, peer, heard.getTerm())) {
      return true;
    }
    return environment.hasPassed(environment.settings().handshakeTimeout(), standing.sinceNanos());
  }

  private boolean isPreferred(FrameStream stream) {
    return stream.isDialled() == (environment.self().agency().compareTo(agency) < 0);
  }

  private void stand(FrameStream stream, PeerName peer, Hello said, Hello heard) {
    if (standing != null) {
      standing.stream().end(Code.NOT_READY, "replaced by a newer stream");
      fall(standing);
    }
    lastFailure = "";
    failures = 0;
    standing = new OpenStream(stream, environment.nanos());
    terms.opened(number, peer, heard.getTerm());
    traffic.connected(stream, peer, said, heard);
    stood.accept(peer);
    stream.allow(number == LinkHello.CONTROL ? MOST_CONTROL_BYTES : Integer.MAX_VALUE);
    // Harmless if the traffic has already ended the stream.
    stream.requestNext();
  }

  private void fall(OpenStream fallen) {
    standing = null;
    terms.ended(number);
    if (environment.hasPassed(environment.settings().backoff().longest(), fallen.sinceNanos())) {
      backoff.reset();
    }
    traffic.disconnected();
  }

  @Override
  public void ready(FrameStream stream) {
    worker(stream)
        .execute(
            () -> {
              if (stands(stream)) {
                traffic.ready();
              }
            });
  }

  @Override
  public void ended(FrameStream stream, String why) {
    executor.execute(
        () -> {
          if (attempt != null && attempt.stream() == stream) {
            giveUp(attempt, why);
          } else if (standing != null && standing.stream() == stream) {
            tellEnd("ended stream", ": " + why);
            fall(standing);
            redial();
          }
        });
  }

  /** Logs the end, which a peer can cause as fast as it opens streams. */
  private void tellEnd(String kind, String why) {
    environment
        .line(agency, kind, agency + " " + name + ": stream ended" + why)
        .ifPresent(LOG::info);
  }

  private boolean stands(FrameStream stream) {
    return standing != null && standing.stream() == stream;
  }

  /** Handles a defect on this lane, or a disk that fails: only its own stream ends. */
  private void broke(RuntimeException defect) {
    if (defect instanceof HopQueue.Unavailable why) {
      drop(Code.NOT_READY, String.valueOf(why.getMessage()));
      return;
    }
    LOG.error("{} {}: defect", agency, name, defect);
    drop(Code.INTERNAL, "internal error in this gateway");
  }
}
