package org.entente.gateway.link;

import org.entente.gateway.model.Code;
import org.entente.proto.link.v1.Frame;

/**
 * One open stream to a peer, from either side.
 *
 * <p>{@link #send} and {@link #end} are called from one thread at a time; the rest from any thread.
 */
public interface FrameStream {
  /** Who hears from a stream; called on the transport's threads. */
  interface Listener {
    /** A frame came; the next one comes only after {@link FrameStream#requestNext}. */
    void received(FrameStream stream, Frame frame);

    /** The stream takes frames again without buffering them. */
    void ready(FrameStream stream);

    /** The stream is over, and nothing was done to end it on this side. */
    void ended(FrameStream stream, String why);
  }

  /** Whether this side opened it. */
  boolean isDialled();

  /** Whether a frame would be taken without buffering. */
  boolean isReady();

  /** Sends a frame; dropped if the stream is over. */
  void send(Frame frame);

  /** Lets one more frame come. */
  void requestNext();

  /** Ends it; the other side sees why. Does nothing if it is over. */
  void end(Code code, String why);
}
