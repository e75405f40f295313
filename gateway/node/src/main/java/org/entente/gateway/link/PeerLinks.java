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
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.Problem;
import org.entente.gateway.trust.Endpoint;
import org.entente.gateway.trust.gossip.TrustMessage;
import org.entente.proto.link.v1.AttachmentPart;
import org.entente.proto.link.v1.AttachmentRequest;
import org.entente.proto.link.v1.Frame;
import org.entente.proto.link.v1.Hello;
import org.entente.proto.link.v1.Notice;

/**
 * All links of this gateway: per peer one control stream and one stream per lane.
 *
 * <p>Either side may dial; a broken stream is replaced after a short pause, without limit of
 * attempts, and continues where it stopped. Queued envelopes are sent in order, at most a window at
 * a time. A slow, dead or hostile peer uses up its own window and delays no other peer. Nothing is
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
   * @param workers for everything else, ports included, which may wait for the disk; needs at least
   *     two threads, or one waiting lane delays the others
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
   * Keeps streams to a gateway open from now on, over one channel for an address that the function
   * creates on first use. Where one address does not lead to the gateway, the next is tried, and
   * there is a pause after the last. A channel must accept messages as large as the server of
   * {@link #service} does and authenticate that gateway, whichever address it has. Channels are
   * closed by {@link #closePeer}, by {@link #close}, and by another call for the same agency, which
   * replaces them.
   *
   * @param addresses at least one, all different
   */
  public void dial(
      PeerName gateway, List<Endpoint> addresses, Function<Endpoint, ManagedChannel> channels) {
    dial(new PeerDialler(gateway, addresses, channels));
  }

  /** The same over another transport than gRPC. */
  public void dial(Dialler dialler) {
    synchronized (lifecycle) {
      if (!closed) {
        peer(dialler.peer().agency()).dialWith(dialler);
      }
    }
  }

  /** Signals that envelopes for a peer on a lane were queued or became sendable. Cheap. */
  public void wake(AgencyName peer, Lane lane) {
    known(peer).ifPresent(slots -> slots.lane(lane).wake());
  }

  /** As {@link #wake}, but sends on this thread if it can; for a thread that holds no lock. */
  public void sendHere(AgencyName peer, Lane lane) {
    known(peer).ifPresent(slots -> slots.lane(lane).sendHere());
  }

  /** Whether mail to a peer on a lane goes out now, as far as this side can tell. Cheap. */
  public boolean carries(AgencyName peer, Lane lane) {
    return known(peer).map(slots -> slots.lane(lane).carries()).orElse(false);
  }

  /**
   * Sends a notice to a peer.
   *
   * @return false if there is no control stream or its queue is full; true does not promise arrival
   */
  public boolean send(AgencyName peer, Notice notice) {
    return known(peer).map(slots -> slots.control().send(notice)).orElse(false);
  }

  /** Sends a trust message to a neighbour; as {@link #send(AgencyName, Notice)}. */
  public boolean send(AgencyName peer, TrustMessage word) {
    return known(peer).map(slots -> slots.control().send(TrustFrames.frame(word))).orElse(false);
  }

  /** Requests a segment of an attachment; as {@link #send(AgencyName, Notice)}. */
  public boolean send(AgencyName peer, AttachmentRequest request) {
    return send(peer, Frame.newBuilder().setAttachmentRequest(request).build());
  }

  /** Answers such a request; as {@link #send(AgencyName, Notice)}. */
  public boolean send(AgencyName peer, AttachmentPart part) {
    return send(peer, Frame.newBuilder().setAttachmentPart(part).build());
  }

  private boolean send(AgencyName peer, Frame frame) {
    return known(peer).map(slots -> slots.control().send(frame)).orElse(false);
  }

  /**
   * Ends all streams to a peer at once and stops dialling it. The peer may dial in again while
   * {@link LinkPorts#admits} allows it.
   */
  public void closePeer(AgencyName peer) {
    known(peer).ifPresent(slots -> slots.close(Code.UNKNOWN_PEER, "no longer admitted"));
  }

  /** Pauses new sending on a lane in both directions; the stream stays open. */
  public void pause(AgencyName peer, Lane lane) {
    peer(peer).lane(lane).pause();
  }

  /** Continues a paused lane. */
  public void unpause(AgencyName peer, Lane lane) {
    peer(peer).lane(lane).unpause();
  }

  /** Pauses all lanes of a link and tells the peer; {@link LinkPorts#paused} already reports it. */
  public void pause(AgencyName peer) {
    peer(peer).eachLane(LaneTraffic::pause);
    peer(peer).control().sayPause();
  }

  /** Continues all lanes of a link and tells the peer. */
  public void unpause(AgencyName peer) {
    peer(peer).eachLane(LaneTraffic::unpause);
    peer(peer).control().sayPause();
  }

  /** Continues a lane that an alarm stopped, unless it is paused. */
  public void resume(AgencyName peer, Lane lane) {
    peer(peer).lane(lane).resume();
  }

  /**
   * Refuses deliveries from all peers while there is a reason: peers get no credit, and a delivery
   * that still arrives ends its stream with the reason's code. Sending continues.
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
   * Accepts or ends a stream that a peer opened.
   *
   * @param from the gateway at its other end, as the transport authenticates it
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

  /** Ends all streams; the next process repeats unanswered deliveries. */
  @Override
  public void close() {
    synchronized (lifecycle) {
      closed = true;
      peers.values().forEach(slots -> slots.close(Code.NOT_READY, "stopping"));
    }
  }
}
