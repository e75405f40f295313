package org.entente.gateway.link;

/**
 * How large the messages of a call may be, and when their memory is free again. The transport
 * begins with a small limit, so that a peer whose Hello has not been checked can make this gateway
 * hold little. Safe for many threads.
 */
public interface InboundMessages {
  /** Where the transport counts nothing. */
  InboundMessages UNCOUNTED =
      new InboundMessages() {
        @Override
        public void allow(int messageBytes) {
          // The transport has one limit for all.
        }

        @Override
        public void processed() {
          // The transport holds no count.
        }

        @Override
        public boolean isOnNetworkThread() {
          return false;
        }
      };

  /** The largest message from now on. */
  void allow(int messageBytes);

  /** All messages that were received so far need no memory any more. */
  void processed();

  /**
   * Whether this thread serves the sockets of others too: it may not wait, verify, open or seal
   * anything.
   */
  boolean isOnNetworkThread();
}
