package org.entente.gateway.link;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Problem;
import org.entente.proto.link.v1.Frame;
import org.entente.proto.link.v1.Hello;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The place of one stream: a lane, or the control stream, of one peer. Holds at most one stream
 * that stands, and opens one when there is none and the peer can be dialled.
 *
 * <p>Design. Either side may dial, so two streams can cross. A stream stands once this side has the
 * peer's Hello on it; a newer stream replaces the one that stands, since the older may be dead
 * without either end knowing. If both sides did only that, crossing streams would end each other.
 * So for the time of a handshake after it began to stand, a stream dialled by the agency whose name
 * sorts first is not replaced by one that the other dialled: both ends decide alike.
 *
 * <p>Thread-safe: everything happens on one serial executor.
 */
final class StreamSlot implements FrameStream.Listener {
  private static final Logger LOG = LoggerFactory.getLogger(StreamSlot.class);

  /** What goes over the stream; called on the slot's executor. */
  interface Traffic {
    /** The Hello to begin a stream with. */
    Hello.Builder hello();

    /** A stream stands, on which both sides have greeted. */
    void connected(FrameStream stream, PeerName peer, Hello said, Hello heard);

    /** A frame came on it. */
    void received(Frame frame);

    /** It takes frames again. */
    void ready();

    /** It stands no longer. */
    void disconnected();

    /** Why no stream may stand, if so. */
    Optional<Code> stopped();
  }

  private record Attempt(FrameStream stream, PeerName peer, Hello said) {}

  private record OpenStream(FrameStream stream, long sinceNanos) {}

  private final LinkEnvironment environment;
  private final AgencyName agency;
  private final int number;
  private final SerialExecutor executor;
  private final Backoff backoff;
  private final Traffic traffic;
  private final Runnable stood;
  private final TokenBucket rate;
  private @Nullable Dialler dialler;
  private @Nullable Attempt attempt;
  private @Nullable OpenStream standing;
  private boolean pausing;
  private String lastFailure = "";
  private String lastEnd = "";
  private long lastEndTold;

  /**
   * @param number of the lane, 0 for the control stream
   * @param traffic made for this slot
   * @param stood told when a stream stands
   */
  StreamSlot(
      LinkEnvironment environment,
      AgencyName agency,
      int number,
      Function<StreamSlot, Traffic> traffic,
      Runnable stood) {
    this.environment = environment;
    this.agency = agency;
    this.number = number;
    this.executor = new SerialExecutor(environment.workers(), this::broke);
    this.backoff = new Backoff(environment.settings().backoff(), environment.random());
    this.traffic = traffic.apply(this);
    this.stood = stood;
    int perSecond = environment.settings().perSecond();
    this.rate = new TokenBucket(perSecond, 2L * perSecond, environment.nanos());
  }

  /** Where everything of this slot and its traffic runs. */
  Executor executor() {
    return executor;
  }

  /** Opens streams by a dialler whenever none stands. */
  void dialWith(Dialler by) {
    executor.execute(
        () -> {
          dialler = by;
          dial();
        });
  }

  /** Takes a stream that the peer opened, and whose Hello has been checked. */
  void accept(IncomingStream stream, PeerName peer, Hello heard) {
    executor.execute(
        () -> {
          Optional<Code> stopped = traffic.stopped();
          if (stopped.isPresent()) {
            stream.end(stopped.get(), "stopped until an operator resumes it");
          } else if (!mayStand(stream)) {
            stream.end(Code.NOT_READY, "another stream has just been opened");
          } else {
            stream.listen(this);
            Hello said = hello();
            stream.send(Frame.newBuilder().setHello(said).build());
            stand(stream, peer, said, heard);
          }
        });
  }

  /** Ends what stands and is being opened, and dials no more until told to. */
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

  /** Ends the stream that stands; another one may follow. On the executor. */
  void drop(Code code, String why) {
    if (standing != null) {
      LOG.info("{} lane {}: stream ended, {}: {}", agency, number, code, why);
      environment.ports().onRefusal(agency, code);
      standing.stream().end(code, why);
      fall(standing);
      redial();
    }
  }

  /** Dials at once if nothing stands. On the executor. */
  void dial() {
    Dialler by = dialler;
    if (by == null || standing != null || attempt != null || traffic.stopped().isPresent()) {
      return;
    }
    FrameStream stream;
    try {
      stream = by.open(this).orElse(null);
    } catch (RuntimeException e) {
      LOG.warn("{} lane {}: cannot dial", agency, number, e);
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
        // Told of once: a peer that is away is tried again every few seconds.
        lastFailure = why;
        LOG.info("{} lane {}: attempt failed: {}", agency, number, why);
      }
      opened.stream().end(Code.NOT_READY, why);
      attempt = null;
      redial();
    }
  }

  private void redial() {
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

  /** The peer is there again: what pauses before its next attempt need not. */
  void hasten() {
    executor.execute(
        () -> {
          if (pausing) {
            dial();
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
        .build();
  }

  @Override
  public void received(FrameStream stream, Frame frame) {
    executor.execute(
        () -> {
          if (attempt != null && attempt.stream() == stream) {
            answered(attempt, frame);
          } else if (stands(stream)) {
            traffic.received(frame);
            readOn(stream, frame);
          }
        });
  }

  /**
   * Reads on as soon as what the peer has sent is within its rate. Each frame and each delivery
   * costs work here, a signature's verification and a commit among it, and this stream alone waits.
   */
  private void readOn(FrameStream stream, Frame frame) {
    int cost =
        1 + frame.getDeliveries().getDeliveriesCount() + frame.getReceipts().getReceiptsCount();
    long wait = rate.takeAndWait(cost, environment.nanos());
    if (wait == 0) {
      stream.requestNext();
    } else {
      environment.after(Duration.ofNanos(wait), executor, stream::requestNext);
    }
  }

  /** The first frame on a stream that this side opened. */
  private void answered(Attempt opened, Frame frame) {
    Optional<Problem> problem = problem(opened, frame);
    if (problem.isPresent()) {
      LOG.warn("{} lane {}: refused: {}", agency, number, problem.get());
      environment.ports().onRefusal(agency, problem.get().code());
      giveUp(opened, problem.get().message());
      return;
    }
    attempt = null;
    if (mayStand(opened.stream())) {
      stand(opened.stream(), opened.peer(), opened.said(), frame.getHello());
    } else {
      opened.stream().end(Code.NOT_READY, "another stream has just been opened");
    }
  }

  private Optional<Problem> problem(Attempt opened, Frame frame) {
    Hello hello = frame.getHello();
    if (!frame.hasHello() || hello.getLane() != number) {
      return Optional.of(new Problem(Code.MALFORMED, "hello", "a Hello for the lane comes first"));
    }
    return LinkHello.problem(hello, environment, opened.peer());
  }

  private boolean mayStand(FrameStream candidate) {
    if (standing == null || isPreferred(candidate) || !isPreferred(standing.stream())) {
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
    standing = new OpenStream(stream, environment.nanos());
    traffic.connected(stream, peer, said, heard);
    stood.run();
    // Also when the traffic has ended it at once: asking for more is harmless then.
    stream.requestNext();
  }

  private void fall(OpenStream fallen) {
    standing = null;
    if (environment.hasPassed(environment.settings().backoff().longest(), fallen.sinceNanos())) {
      backoff.reset();
    }
    traffic.disconnected();
  }

  @Override
  public void ready(FrameStream stream) {
    executor.execute(
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
            tellEnd(why);
            fall(standing);
            redial();
          }
        });
  }

  /** Told of once in the longest pause: a peer can end streams as fast as it opens them. */
  private void tellEnd(String why) {
    if (!why.equals(lastEnd)
        || environment.hasPassed(environment.settings().backoff().longest(), lastEndTold)) {
      lastEnd = why;
      lastEndTold = environment.nanos();
      LOG.info("{} lane {}: stream ended: {}", agency, number, why);
    }
  }

  private boolean stands(FrameStream stream) {
    return standing != null && standing.stream() == stream;
  }

  /** A defect on this lane ends its stream and nobody else's. */
  private void broke(RuntimeException defect) {
    LOG.error("{} lane {}: defect", agency, number, defect);
    drop(Code.INTERNAL, "a defect of this gateway");
  }
}
