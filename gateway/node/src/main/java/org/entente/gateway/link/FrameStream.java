package org.entente.gateway.link;

import java.util.Optional;
import org.entente.gateway.model.Code;
import org.entente.gateway.trust.Endpoint;
import org.entente.proto.link.v1.Frame;

/**
 * One open stream to a peer, from either side.
 *
 * <p>{@link #send} and {@link #end} are called from one thread at a time; the rest from any thread.
 */
public interface FrameStream {
  /** Receives the events of a stream, on the transport's threads. */
  interface Listener {
    /** A frame arrived; the next one arrives only after {@link FrameStream#requestNext}. */
    void received(FrameStream stream, Frame frame);

    /** The stream can send again without buffering. */
    void ready(FrameStream stream);

    /** The stream has ended, and not by this side. */
    void ended(FrameStream stream, String why);
  }

  /** Whether this side opened it. */
  boolean isDialled();

  /** The address that this side dialled; empty if the peer dialled or the transport has none. */
  default Optional<Endpoint> address() {
    return Optional.empty();
  }

  /** Whether a frame can be sent without buffering. */
  boolean isReady();

  /** Sends a frame, or drops it if the stream has ended. */
  void send(Frame frame);

  /** Allows messages of this size from now on; before, only that of a Hello. */
  default void allow(int messageBytes) {
    // A transport may have one limit for all.
  }

  /** Whether this thread handles a frame of the stream and also serves the sockets of others. */
  default boolean isOnNetworkThread() {
    return false;
  }

  /** Requests one more frame. */
  void requestNext();

  /** Ends the stream and tells the peer why. Does nothing if it has ended. */
  void end(Code code, String why);
}
