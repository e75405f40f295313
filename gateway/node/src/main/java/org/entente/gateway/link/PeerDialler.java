package org.entente.gateway.link;

import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import java.util.Optional;
import java.util.function.Supplier;
import org.entente.proto.link.v1.LinkServiceGrpc;
import org.jspecify.annotations.Nullable;

/**
 * Opens streams to one peer over one connection, opened on first use and closed with this dialler.
 * Thread-safe.
 */
final class PeerDialler implements Dialler {
  private final PeerName peer;
  private final Supplier<ManagedChannel> channels;
  private @Nullable ManagedChannel channel;
  private boolean closed;

  PeerDialler(PeerName peer, Supplier<ManagedChannel> channels) {
    this.peer = peer;
    this.channels = channels;
  }

  @Override
  public PeerName peer() {
    return peer;
  }

  @Override
  public Optional<FrameStream> open(FrameStream.Listener listener) {
    ManagedChannel to = channel();
    if (to == null) {
      return Optional.empty();
    }
    // Backoff is done here: gRPC's own pauses grow to minutes.
    if (to.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
      to.resetConnectBackoff();
    }
    DialledStream stream = new DialledStream(listener);
    var unused =
        LinkServiceGrpc.newStub(to)
            .withOption(LinkContext.DIALLED, stream::countedBy)
            .exchange(stream);
    return Optional.of(stream);
  }

  private synchronized @Nullable ManagedChannel channel() {
    if (closed) {
      return null;
    }
    if (channel == null) {
      channel = channels.get();
    }
    return channel;
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (channel != null) {
      channel.shutdownNow();
    }
  }
}
