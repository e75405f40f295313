package org.entente.gateway.link;

/** A stream that the peer opened. */
public interface IncomingStream extends FrameStream {
  /**
   * From now on this listener hears, also of an end that has come already. The peer's Hello, which
   * was the first frame, is not among what it hears.
   */
  void listen(Listener toWhom);
}
