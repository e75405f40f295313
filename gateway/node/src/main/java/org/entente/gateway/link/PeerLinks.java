package org.entente.gateway.link;

import io.grpc.BindableService;
import io.grpc.ManagedChannel;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.Problem;
import org.entente.gateway.trust.TrustMessage;
import org.entente.proto.link.v1.Hello;
import org.entente.proto.link.v1.Notice;

/**
 * All links of this gateway: per peer one control stream and one stream per lane.
 *
 * <p>Either side may dial; a broken stream is opened anew after a short pause, for as long as it
 * takes, and goes on where it was. What is queued is sent in order, at most a window at a time; a
 * peer that is slow, dead or hostile costs its own window and holds back nobody else. Nothing is
 * durable here: see {@link LinkPorts}.
 *
 * <p>Thread-safe. Does not wait for peers.
 */
public final class PeerLinks implements AutoCloseable {
  private final LinkEnvironment environment;
  private final ConcurrentMap<AgencyName, PeerSlots> peers = new ConcurrentHashMap<>();
  private final Object lifecycle = new Object();
  private volatile Optional<Problem> withheld = Optional.empty();
  private boolean closed;

  /**
   * @param self this gateway
   * @param timers for pauses and time-outs; nothing runs on them
   * @param workers for everything else, ports included, which may wait for the disk; more than one
   *     thread, or a lane that waits holds back the others
   * @param random for the pauses, thread-safe
   */
  public PeerLinks(
      PeerName self,
      LinkPorts ports,
      LinkSettings settings,
      Timers timers,
      Executor workers,
      InstantSource clock,
      RandomGenerator random) {
    environment = new LinkEnvironment(self, ports, settings, timers, workers, clock, random);
  }

  /**
   * The service of the peer port. Every call needs {@link LinkContext#PEER}. The port's server has
   * to accept messages of the largest envelope and {@link LinkSettings#packBytes}.
   */
  public BindableService service() {
    return new LinkServer(environment, this::accept);
  }

  /**
   * Keeps streams to a gateway open from now on, over one channel that the supplier makes when it
   * is needed. The channel accepts messages as large as the server of {@link #service} does, proves
   * that it leads to that gateway, and is closed by {@link #closePeer}, by {@link #close}, and by
   * another call for the same agency, which replaces it.
   */
  public void dial(PeerName gateway, Supplier<ManagedChannel> channels) {
    dial(new PeerDialler(gateway, channels));
  }

  /** The same over another transport than gRPC. */
  public void dial(Dialler dialler) {
    synchronized (lifecycle) {
      if (!closed) {
        peer(dialler.peer().agency()).dialWith(dialler);
      }
    }
  }

  /** Something was queued for a peer on a lane, or can be sent now. Cheap. */
  public void wake(AgencyName peer, Lane lane) {
    known(peer).ifPresent(slots -> slots.lane(lane).wake());
  }

  /**
   * Sends a notice to a peer.
   *
   * @return false if there is no control stream or too much waits for it; true is no promise that
   *     it arrives
   */
  public boolean send(AgencyName peer, Notice notice) {
    return known(peer).map(slots -> slots.control().send(notice)).orElse(false);
  }

  /** Says something about trust bundles to a neighbour; as {@link #send(AgencyName, Notice)}. */
  public boolean send(AgencyName peer, TrustMessage word) {
    return known(peer).map(slots -> slots.control().send(TrustFrames.frame(word))).orElse(false);
  }

  /**
   * Ends all streams to a peer at once and dials it no more. It may dial in again for as long as
   * {@link LinkPorts#admits} says so.
   */
  public void closePeer(AgencyName peer) {
    known(peer).ifPresent(slots -> slots.close(Code.UNKNOWN_PEER, "no longer admitted"));
  }

  /** Sends nothing new on a lane and lets the peer send nothing new; the stream stays. */
  public void pause(AgencyName peer, Lane lane) {
    peer(peer).lane(lane).pause();
  }

  /** Goes on with a lane that was paused. */
  public void unpause(AgencyName peer, Lane lane) {
    peer(peer).lane(lane).unpause();
  }

  /** Pauses all lanes of a link and tells the peer; {@link LinkPorts#paused} says so already. */
  public void pause(AgencyName peer) {
    peer(peer).eachLane(LaneTraffic::pause);
    peer(peer).control().sayPause();
  }

  /** Goes on with all lanes of a link and tells the peer. */
  public void unpause(AgencyName peer) {
    peer(peer).eachLane(LaneTraffic::unpause);
    peer(peer).control().sayPause();
  }

  /** Goes on with a lane that an alarm has stopped, unless it is paused. */
  public void resume(AgencyName peer, Lane lane) {
    peer(peer).lane(lane).resume();
  }

  /**
   * Takes nothing from any peer for as long as there is a reason: peers are granted no credit, and
   * deliveries that come all the same end their stream with the reason's code. Sending goes on.
   */
  public void withhold(Optional<Problem> reason) {
    withheld = reason;
    peers.values().forEach(slots -> slots.eachLane(LaneTraffic::windowChanged));
  }

  /** The state of every peer that has been dialled or has dialled, by name. */
  public List<PeerStatus> status() {
    return peers.values().stream()
        .map(PeerSlots::status)
        .sorted(Comparator.comparing(PeerStatus::peer))
        .toList();
  }

  /**
   * Takes or ends a stream that a peer opened.
   *
   * @param from the gateway at its other end, as the transport proves
   * @param hello the first frame on it
   */
  public void accept(IncomingStream stream, PeerName from, Hello hello) {
    Optional<Problem> problem = LinkHello.problem(hello, environment, from);
    if (problem.isPresent()) {
      environment.ports().onRefusal(from.agency(), problem.get().code());
      stream.end(problem.get().code(), problem.get().message());
      return;
    }
    synchronized (lifecycle) {
      if (closed) {
        stream.end(Code.NOT_READY, "stopping");
      } else {
        peer(from.agency()).accept(stream, from, hello);
      }
    }
  }

  private Optional<PeerSlots> known(AgencyName peer) {
    return Optional.ofNullable(peers.get(peer));
  }

  private PeerSlots peer(AgencyName peer) {
    return peers.computeIfAbsent(peer, name -> new PeerSlots(environment, name, () -> withheld));
  }

  /** Ends all streams; what was not answered is sent again by the next process. */
  @Override
  public void close() {
    synchronized (lifecycle) {
      closed = true;
      peers.values().forEach(slots -> slots.close(Code.NOT_READY, "stopping"));
    }
  }
}
