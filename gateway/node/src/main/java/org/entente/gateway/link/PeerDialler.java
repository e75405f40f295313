package org.entente.gateway.link;

import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.entente.gateway.trust.Endpoint;
import org.entente.proto.link.v1.LinkServiceGrpc;

/**
 * Opens streams to one peer over one connection, opened on first use and closed with this dialler.
 * Of several addresses it uses one until an attempt there fails, then the next one, round and
 * round. Thread-safe.
 */
final class PeerDialler implements Dialler {
  private final PeerName peer;
  private final List<Endpoint> addresses;
  private final Function<Endpoint, ManagedChannel> channels;
  private final Map<Endpoint, ManagedChannel> opened = new HashMap<>();
  private int current;
  private boolean closed;

  /**
   * @param addresses at least one, all different
   * @param channels makes a channel that authenticates the peer, whichever address it has
   */
  PeerDialler(
      PeerName peer, List<Endpoint> addresses, Function<Endpoint, ManagedChannel> channels) {
    if (addresses.isEmpty()) {
      throw new IllegalArgumentException("a peer to dial has an address");
    }
    this.peer = peer;
    this.addresses = List.copyOf(addresses);
    this.channels = channels;
  }

  @Override
  public PeerName peer() {
    return peer;
  }

  @Override
  public int addresses() {
    return addresses.size();
  }

  @Override
  public synchronized Optional<FrameStream> open(FrameStream.Listener listener) {
    if (closed) {
      return Optional.empty();
    }
    Endpoint address = addresses.get(current);
    ManagedChannel to = opened.computeIfAbsent(address, channels);
    // Backoff is done here: gRPC's own pauses grow to minutes.
    if (to.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
      to.resetConnectBackoff();
    }
    DialledStream stream = new DialledStream(address, listener);
    var unused =
        LinkServiceGrpc.newStub(to)
            .withOption(LinkContext.DIALLED, stream::countedBy)
            .exchange(stream);
    return Optional.of(stream);
  }

  @Override
  public synchronized void failed(FrameStream attempt) {
    Endpoint address = addresses.get(current);
    boolean here = attempt.address().equals(Optional.of(address));
    if (addresses.size() > 1
        && here
        && !(attempt instanceof DialledStream dialled && dialled.leaderRefused())) {
      // Streams that stand there go on; only nothing is dialled there again.
      Optional.ofNullable(opened.get(address)).ifPresent(ManagedChannel::enterIdle);
      current = (current + 1) % addresses.size();
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    opened.values().forEach(ManagedChannel::shutdownNow);
  }
}
