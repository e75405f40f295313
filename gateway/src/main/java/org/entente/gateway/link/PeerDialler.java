package org.entente.gateway.link;

import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import java.util.function.Supplier;
import org.entente.proto.link.v1.LinkServiceGrpc;
import org.jspecify.annotations.Nullable;

/**
 * Opens streams to one peer over one connection, which it makes when it is first needed and closes
 * with itself. Thread-safe.
 */
final class PeerDialler {
  private final PeerName peer;
  private final Supplier<ManagedChannel> channels;
  private @Nullable ManagedChannel channel;
  private boolean closed;

  PeerDialler(PeerName peer, Supplier<ManagedChannel> channels) {
    this.peer = peer;
    this.channels = channels;
  }

  /** The gateway that the channels prove to lead to. */
  PeerName peer() {
    return peer;
  }

  /**
   * Opens a stream; it hears of a failure through its listener.
   *
   * @return false if the dialler has been closed
   */
  boolean open(DialledStream stream) {
    ManagedChannel to = channel();
    if (to == null) {
      return false;
    }
    // The pauses between attempts are ours: gRPC's own grow to minutes.
    if (to.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
      to.resetConnectBackoff();
    }
    var unused = LinkServiceGrpc.newStub(to).exchange(stream);
    return true;
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

  /** Closes the connection and what goes over it. */
  synchronized void close() {
    closed = true;
    if (channel != null) {
      channel.shutdownNow();
    }
  }
}
