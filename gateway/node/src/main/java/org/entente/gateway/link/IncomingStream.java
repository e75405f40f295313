package org.entente.gateway.link;

/** A stream that the peer opened. */
public interface IncomingStream extends FrameStream {
  /**
   * Sets the listener. It also hears of an end that happened earlier, but not of the peer's Hello,
   * which was the first frame.
   */
  void listen(Listener toWhom);
}
