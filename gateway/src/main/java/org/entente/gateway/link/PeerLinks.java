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
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
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
      ScheduledExecutorService timers,
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
    return new LinkServer(environment, this);
  }

  /**
   * Keeps streams to a gateway open from now on, over one channel that the supplier makes when it
   * is needed. The channel accepts messages as large as the server of {@link #service} does, proves
   * that it leads to that gateway, and is closed by {@link #closePeer}, by {@link #close}, and by
   * another call for the same agency, which replaces it.
   */
  public void dial(PeerName gateway, Supplier<ManagedChannel> channels) {
    synchronized (lifecycle) {
      if (!closed) {
        peer(gateway.agency()).dialWith(new PeerDialler(gateway, channels));
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

  /** Goes on with a lane that was paused, or that an alarm has stopped. */
  public void resume(AgencyName peer, Lane lane) {
    peer(peer).lane(lane).resume();
  }

  /** The state of every peer that has been dialled or has dialled, by name. */
  public List<PeerStatus> status() {
    return peers.values().stream()
        .map(PeerSlots::status)
        .sorted(Comparator.comparing(PeerStatus::peer))
        .toList();
  }

  void accept(AcceptedStream stream, PeerName from, Hello hello) {
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
    return peers.computeIfAbsent(peer, name -> new PeerSlots(environment, name));
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
